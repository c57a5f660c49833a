"""/undo, and the record of changes that it goes by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.cards import Page, say_card
from bot.cards.record import Noted, record_card
from bot.commands.circle import LINKED
from bot.commands.circle import in_words as circle_in_words
from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context, NearMiss
from bot.commands.destination_settings import SETTINGS as HERE
from bot.commands.line import unquoted
from bot.commands.record import ALL, MUTED, State, holds, reading, recorded, restore, state_of
from bot.commands.setting import Setting, find_setting
from bot.commands.subscription_settings import SETTINGS as SUBSCRIPTION
from bot.domain.card import Button, Tone
from bot.domain.subscription import Destination, Subscription
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import AuditEntry, Reply

SHOWN = 5
_LOOKED_THROUGH = 500
_UNDO = "undo"


def parse_args(rest: str, texts: Texts) -> int | None:
    """The number of a change, or None for the last. Raises UserError."""
    words = unquoted(rest).removeprefix("#")
    if not words:
        return None
    if not (words.isascii() and words.isdigit() and len(words) < 19):
        raise UserError(texts.t("Which change? Write its number in /subscriptions log."))
    return int(words)


async def run(ctx: Context, number: int | None) -> Reply:
    """Take a change back."""
    entry = await _entry(ctx, number)
    if entry is None:
        raise _no_such(number, ctx.texts)
    if not holds(await state_of(ctx), entry.after, ctx.now):
        raise await _overtaken(ctx, entry)
    async with recorded(ctx, _UNDO) as change:
        await restore(ctx, entry.before)
    lines = await in_words(ctx, entry.after, entry.before)
    said = "\n".join((ctx.texts.t("Undone."), *lines))
    shown = Button(ctx.texts.t("Changes"), "/subscriptions log")
    return Reply(say_card(said, tone=Tone.GOOD, buttons=[*change.undo(ctx.texts), shown]), replaces=True)


async def _entry(ctx: Context, number: int | None) -> AuditEntry | None:
    if ctx.destination is None:
        return None
    if number is not None:
        return await ctx.tx.audit.get(ctx.destination.id, number)
    return next(iter(await ctx.tx.audit.of(ctx.destination.id, 1)), None)


def _no_such(number: int | None, texts: Texts) -> NearMiss:
    if number is None:
        return NearMiss(texts.t("Nothing has been changed here yet."))
    said = texts.t("There is no change {number} here.", number=number)
    return NearMiss(said, [Button(texts.t("Changes"), "/subscriptions log")])


async def _overtaken(ctx: Context, entry: AuditEntry) -> NearMiss:
    """Why it is not taken back: somebody changed the same since."""
    since = await ctx.tx.audit.since(entry.destination_id, entry.id, _LOOKED_THROUGH)
    newer = next((each for each in since if _touches(each, entry)), None)
    buttons = [Button(ctx.texts.t("Changes"), "/subscriptions log")]
    if newer is None:
        return NearMiss(ctx.texts.t("That is not so any more, so it cannot be taken back."), buttons)
    said = ctx.texts.t(
        "{name} has changed the same since ({moment}), so it cannot be taken back.",
        name=newer.name or newer.by,
        moment=ctx.texts.moment(newer.at, ctx.now),
    )
    lines = await in_words(ctx, newer.before, newer.after)
    undo = Button(ctx.texts.t("Undo {number}", number=newer.id), f"/undo {newer.id}")
    return NearMiss("\n".join((said, *lines)), [undo, *buttons])


def _touches(one: AuditEntry, other: AuditEntry) -> bool:
    return bool({*_keys(one.after)} & {*_keys(other.after)})


def _keys(state: State) -> Iterator[str]:
    yield from (LINKED,) if LINKED in state else ()
    yield from state.get("here", {})
    for slug, values in state.get("subscriptions", {}).items():
        yield f"{slug}:"
        yield from (f"{slug}:{name}" for name in values or ())


# The record in words ----------------------------------------------------------------------------------------------------


async def show(ctx: Context) -> Reply:
    """A page of the record."""
    number = ctx.page or 1
    offset = (number - 1) * SHOWN
    found = await ctx.tx.audit.of(ctx.destination.id, SHOWN + 1, offset) if ctx.destination else []
    noted = [
        Noted(
            each.id,
            each.name or each.by,
            each.at,
            await in_words(ctx, each.before, each.after),
            undid=each.what == _UNDO,
        )
        for each in found[:SHOWN]
    ]
    page = Page(number, SHOWN, offset + len(found), "/subscriptions log")
    return Reply(record_card(noted, ctx.texts, ctx.now, page=page), replaces=ctx.page is not None)


async def in_words(ctx: Context, before: State, after: State) -> list[str]:
    """What changed, in words, a line for each thing."""
    names = {each.slug: each.name for each in await ctx.newsrooms()} | {ALL: ctx.texts.t("all newsrooms offered here")}
    links = [await circle_in_words(ctx, before.get(LINKED, []), after[LINKED])] if LINKED in after else []
    return [*links, *_here(ctx, before.get("here", {}), after.get("here", {})), *_subscriptions(ctx, before, after, names)]


def _here(ctx: Context, before: State, after: State) -> Iterator[str]:
    for name in after:
        setting = find_setting(name, HERE)
        if setting:
            yield _line(setting, before.get(name, ""), after.get(name, ""), ctx)


def _subscriptions(ctx: Context, before: State, after: State, names: Mapping[str, str]) -> Iterator[str]:
    was, now_is = before.get("subscriptions", {}), after.get("subscriptions", {})
    for slug, other in now_is.items():
        name, one = names.get(slug, slug), was.get(slug)
        if other is None:
            yield ctx.texts.t("Unsubscribed from {newsroom}", newsroom=name)
            continue
        if one is None:
            yield ctx.texts.t("Subscribed to {newsroom}", newsroom=name)
        said = other if one is not None else {setting: value for setting, value in other.items() if value}
        if lines := [*_of_subscription(ctx, one or {}, said)]:
            yield f"{name[:1].upper()}{name[1:]}: {', '.join(lines)}"


def _of_subscription(ctx: Context, before: State, after: State) -> Iterator[str]:
    for name in after:
        setting = find_setting(name, SUBSCRIPTION)
        if setting:
            yield _line(setting, before.get(name, ""), after.get(name, ""), ctx)
        elif name == MUTED:
            until = after.get(MUTED)
            moment = ctx.texts.moment(datetime.fromisoformat(until), ctx.now) if until else ""
            yield ctx.texts.t("muted until {moment}", moment=moment) if until else ctx.texts.t("no longer muted")


def _line(setting: Setting[Destination] | Setting[Subscription], before: str, after: str, ctx: Context) -> str:
    read = reading(ctx)
    one, other = setting.spelt_in_words(before, read), setting.spelt_in_words(after, read)
    return f"{ctx.texts.t(setting.label)}: {one} → {other}"


COMMAND = Command(
    name="undo",
    family=Family.SUBSCRIPTIONS,
    aliases={"da": ("fortryd",)},
    arguments=N_("[number]"),
    summary=N_("take a change of subscriptions or settings back"),
    details=N_(
        "Without a number the last change here; the numbers are in /subscriptions log. "
        "What somebody has changed again since stays as it is. "
        "In groups and channels only who manages them can do this."
    ),
    examples=("", "12"),
    audience=Audience.MANAGERS_OF_GROUPS,
    writes=True,
    parse_args=parse_args,
    run=run,
)
