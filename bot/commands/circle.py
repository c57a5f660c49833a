"""With which other conversations this one is linked, and what becomes of the links, in all of their records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.cards.platforms import platform_name
from bot.cards.shorten import shorten
from bot.commands.context import Context
from bot.commands.elsewhere import name_of
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId
from bot.i18n import Texts
from bot.ports import Actor

LINKED = "linked"
"""What a state (`bot.commands.record`) calls it: the circle's name, then the ids of the others' destinations; empty for none."""
_NAME = 60


async def desk_of(ctx: Context) -> list[Address]:
    """This conversation and those that are linked with it: where it shows who takes a story."""
    circle = await ctx.tx.circles.of(ctx.call.address)
    return [ctx.call.address, *(each.address for each in (circle.others if circle else ()))]


async def others(ctx: Context) -> Sequence[Destination]:
    """The conversations that this one is linked with."""
    circle = await ctx.tx.circles.of(ctx.call.address)
    return circle.others if circle else ()


def named(destinations: Iterable[Destination], texts: Texts) -> str:
    """Conversations by name, each with its platform; without any: they are erased."""
    names = [f"{name(each, texts)} ({platform_name(each.address.platform)})" for each in destinations]
    return ", ".join(names) or texts.t("a conversation that is gone")


def name(destination: Destination, texts: Texts) -> str:
    """What a conversation is called; a person's own has no name on some platforms."""
    if destination.kind is ConversationKind.PRIVATE and not destination.title:
        return texts.t("a private conversation")
    return shorten(name_of(destination), _NAME)


async def state_of_links(ctx: Context, destination: Destination) -> list[Any]:
    """How a destination is linked, as the record keeps it."""
    circle = await ctx.tx.circles.of(destination.address)
    return [circle.name, [int(each.id) for each in circle.others]] if circle else []


async def link(ctx: Context, one: Destination, other: Destination, asker: Actor) -> None:
    """Link two conversations; both show from now on who takes a story. What the caller's record says of it is the caller's."""
    linked = [*await _circle_of(ctx, one), *await _circle_of(ctx, other)]
    before = {each.id: await _kept(ctx, each) for each in linked}
    await ctx.tx.circles.join(one.address, other.address, ctx.now)
    for each in (one, other):
        await ctx.tx.destinations.set_options(each.id, replace(each.options, takers=True))
    for each in linked:
        if each.id != one.id:
            await _note(ctx, each, before[each.id], asker if each.id == other.id else ctx.call.actor)


async def unlink(ctx: Context, one: Destination) -> None:
    """Take a conversation out of its circle; the others' records say so too."""
    left = [each for each in await _circle_of(ctx, one) if each.id != one.id]
    before = {each.id: await _kept(ctx, each) for each in left}
    await ctx.tx.circles.leave(one.address)
    for each in left:
        await _note(ctx, each, before[each.id], ctx.call.actor)


async def _circle_of(ctx: Context, destination: Destination) -> list[Destination]:
    circle = await ctx.tx.circles.of(destination.address)
    return [destination, *(circle.others if circle else ())]


async def _kept(ctx: Context, destination: Destination) -> Mapping[str, Any]:
    current = await ctx.tx.destinations.find(destination.address)
    takers = "on" if current and current.options.takers else ""
    return {"here": {"takers": takers}, LINKED: await state_of_links(ctx, destination)}


async def _note(ctx: Context, destination: Destination, before: Mapping[str, Any], actor: Actor) -> None:
    after = await _kept(ctx, destination)
    was, now_is = ({name: state[name] for name in after if before[name] != after[name]} for state in (before, after))
    if now_is:
        await ctx.tx.audit.note(destination.id, actor, "link", before=was, after=now_is, now=ctx.now)


async def in_words(ctx: Context, before: Sequence[Any], after: Sequence[Any]) -> str:
    """What became of links, in a line."""
    ids = [DestinationId(each) for each in (after or before)[1]]
    conversations = named(await ctx.tx.destinations.known(ids), ctx.texts)
    if after:
        return ctx.texts.t("Linked with {conversations}", conversations=conversations)
    return ctx.texts.t("No longer linked with {conversations}", conversations=conversations)
