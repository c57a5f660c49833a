"""The record of changes: what a destination was before and after each, so that it can be shown and undone.

A state is JSON: `here` has the destination's settings, `subscriptions` those of each subscription by its newsroom's slug, or None
where there is none; all by the settings' names, as lines spell them. `linked` says with which conversations it is linked
(`bot.commands.circle`). Of a change only what differs is kept.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.commands.circle import LINKED, state_of_links, unlink
from bot.commands.context import Context
from bot.commands.destination_settings import SETTINGS as HERE
from bot.commands.saving import save_destination, save_subscription, subscribe_to
from bot.commands.setting import Reading, changed
from bot.commands.subscription_settings import SETTINGS as SUBSCRIPTION
from bot.domain.card import Button
from bot.domain.subscription import Destination, Subscription
from bot.errors import UserError
from bot.i18n import Texts

State = Mapping[str, Any]
ALL = "*"
"""What stands for all newsrooms where others have a slug."""
MUTED = "muted"


@dataclass(slots=True)
class Change:
    """A change under way; once through, `id` is its entry in the record, or None where nothing changed."""

    id: int | None = None

    def undo(self, texts: Texts) -> list[Button]:
        """The button that takes it back."""
        return [Button(texts.t("Undo"), f"/undo {self.id}")] if self.id is not None else []


@asynccontextmanager
async def recorded(ctx: Context, what: str) -> AsyncIterator[Change]:
    """Note what the block changes here; every command that changes anything does so within one of these. `what`: its name."""
    change, before = Change(), await state_of(ctx)
    yield change
    after = await state_of(ctx)
    was, now_is = difference(before, after)
    destination = await ctx.tx.destinations.find(ctx.call.address)
    if destination is None or was == now_is:
        return
    change.id = await ctx.tx.audit.note(destination.id, ctx.call.actor, what, before=was, after=now_is, now=ctx.now)


def reading(ctx: Context) -> Reading:
    """By what values are read in this call."""
    return Reading(ctx.texts, ctx.now, ctx.call.address.platform)


async def state_of(ctx: Context, destination: Destination | None = None) -> State:
    """How a destination stands, this one unless another is given."""
    destination = destination or await ctx.tx.destinations.find(ctx.call.address)
    if destination is None:
        return {"subscriptions": {}}
    subscriptions = await ctx.tx.destinations.subscriptions(destination.id)
    return {
        LINKED: await state_of_links(ctx, destination),
        "here": {each.name: each.spelt(destination) for each in HERE},
        "subscriptions": {slug_of(each): _spelt(each, ctx.now) for each in subscriptions},
    }


def slug_of(subscription: Subscription) -> str:
    """By what the record calls a subscription."""
    return subscription.newsroom.slug if subscription.newsroom else ALL


def _spelt(subscription: Subscription, now: datetime) -> dict[str, str]:
    until = subscription.muted_until if subscription.is_muted(now) else None
    return {each.name: each.spelt(subscription) for each in SUBSCRIPTION} | {MUTED: until.isoformat() if until else ""}


def difference(one: State, other: State) -> tuple[State, State]:
    """Of two states what differs in them; a destination that was only just made does not differ from what it was made as."""
    here = _differing(one.get("here") or other.get("here", {}), other.get("here", {}))
    slugs = {*one["subscriptions"], *other["subscriptions"]}
    subscriptions = {slug: _between(one["subscriptions"].get(slug), other["subscriptions"].get(slug)) for slug in sorted(slugs)}
    subscriptions = {slug: pair for slug, pair in subscriptions.items() if pair[0] != pair[1]}
    links = (one.get(LINKED, []), other.get(LINKED, []))
    was, now_is = (_side(here, subscriptions, side) for side in (0, 1))
    return (was, now_is) if links[0] == links[1] else ({**was, LINKED: links[0]}, {**now_is, LINKED: links[1]})


def _differing(one: State, other: State) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in other if one.get(name) != other[name]]
    return {name: one.get(name, "") for name in names}, {name: other[name] for name in names}


def _between(one: State | None, other: State | None) -> tuple[State | None, State | None]:
    return (one, other) if one is None or other is None else _differing(one, other)


def _side(here: tuple[State, State], subscriptions: Mapping[str, tuple[State | None, State | None]], side: int) -> State:
    found = {"here": here[side], "subscriptions": {slug: pair[side] for slug, pair in subscriptions.items()}}
    return {name: value for name, value in found.items() if value}


def holds(state: State, part: State, now: datetime) -> bool:
    """Whether what a change left behind still stands so; of a link that it is still of the same circle."""
    here = state.get("here", {})
    if state.get(LINKED, [])[:1] != part.get(LINKED, state.get(LINKED, []))[:1]:
        return False
    if any(here.get(name) != value for name, value in part.get("here", {}).items()):
        return False
    subscriptions = state["subscriptions"]
    return all(_holds(subscriptions.get(slug), values, now) for slug, values in part.get("subscriptions", {}).items())


def _holds(current: State | None, values: State | None, now: datetime) -> bool:
    if current is None or values is None:
        return current is values
    return all(current.get(name, "") == (_still(value, now) if name == MUTED else value) for name, value in values.items())


def _still(until: str, now: datetime) -> str:
    return until if until and datetime.fromisoformat(until) > now else ""


async def restore(ctx: Context, wanted: State) -> None:
    """Make what a part of a state names what it says. Newsrooms that are gone are passed over. Raises UserError for a link."""
    if wanted.get(LINKED):  # what was agreed once need not be now
        raise UserError(
            ctx.texts.t("Links are not taken back so: /link ends one, and makes one anew where the other conversation agrees.")
        )
    destination = await ctx.ensure_destination()
    if LINKED in wanted:
        await unlink(ctx, destination)
    here, _ = changed(destination, wanted.get("here", {}), HERE, reading(ctx))
    await save_destination(ctx, destination, here)
    live = {slug_of(each): each for each in await ctx.tx.destinations.subscriptions(destination.id)}
    for slug, values in wanted.get("subscriptions", {}).items():
        await _restore(ctx, destination, slug, live.get(slug), values)


async def _restore(ctx: Context, destination: Destination, slug: str, live: Subscription | None, values: State | None) -> None:
    if values is None:
        if live:
            await ctx.tx.destinations.unsubscribe(live.id, ctx.now)
        return
    if live is None:
        newsroom = next((each for each in await ctx.newsrooms() if each.slug == slug), None)
        if newsroom is None and slug != ALL:
            return
        live, _ = await subscribe_to(ctx, destination, newsroom)
    wanted, _ = changed(live, values, SUBSCRIPTION, reading(ctx))
    if MUTED in values:
        until = _still(values[MUTED], ctx.now)
        wanted = replace(wanted, muted_until=datetime.fromisoformat(until) if until else None)
    await save_subscription(ctx, live, wanted)
