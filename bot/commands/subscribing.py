"""/subscribe with settings: to what, what it brings, and when, in one line or filled in as a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.cards import error_card
from bot.cards.settings import saved
from bot.commands.context import Context
from bot.commands.fields import read_fields
from bot.commands.record import reading
from bot.commands.saving import save_subscription
from bot.commands.setting import as_near_miss, changed, differing, find_setting
from bot.commands.subscription_settings import FILTER, FREQUENCY, KINDS, LANGUAGES, SETTINGS
from bot.commands.trying import Line, is_saved, tried_of, try_out
from bot.domain.card import Button
from bot.domain.form import Field, Form
from bot.domain.newsroom import Newsroom
from bot.domain.subscription import DestinationId, Subscription, SubscriptionId
from bot.ports import Reply
from bot.text.fold import fold

_NEWSROOM = "newsroom"
_NAMES = tuple(map(fold, (_NEWSROOM, "nyhedsrum")))
_ASKED = (FREQUENCY, KINDS, LANGUAGES, FILTER)
"""What the form asks besides; the rest can be set afterwards."""


@dataclass(frozen=True, slots=True)
class Filled:
    """To what (empty: nothing was said), and the values to set, by the settings' names. `save`: it was seen what they bring."""

    words: str
    values: Mapping[str, str]
    save: bool = False


def read_filled(rest: str) -> Filled | None:
    """`[newsroom|all] setting:value ...`, or the same with `newsroom:`; None where no field is in it."""
    line, save = is_saved(rest)
    fields = read_fields(line, _known)
    values = dict(fields.values)
    words = values.pop(_NEWSROOM, fields.head)
    return Filled(words, values, save) if fields.values else None


def _known(name: str) -> str | None:
    if fold(name) in _NAMES:
        return _NEWSROOM
    found = find_setting(name, SETTINGS)
    return found.name if found else None


def form(ctx: Context) -> Form:
    """What a subscription takes."""
    texts = ctx.texts
    label, hint = texts.t("Newsroom"), texts.t("Write part of its name.")
    newsroom = Field(_NEWSROOM, label, search=_NEWSROOM, hint=hint)
    usual = tuple(each.field(_blank(ctx), texts) for each in _ASKED)
    return Form(texts.t("Subscribe"), texts.t("Subscribe"), "/subscribe", (newsroom, *usual))


def refused(ctx: Context, values: Mapping[str, str], *, named: bool) -> Reply | None:
    """What is wrong with a line that has fields; None where nothing is. `named`: it says to what."""
    _, faults = changed(_blank(ctx), values, SETTINGS, reading(ctx))
    if not named:
        faults = {_NEWSROOM: ctx.texts.t("Choose a newsroom."), **faults}
    if not faults:
        return None
    # The newsroom is no setting, and what is said of it needs no label.
    said = [faults[_NEWSROOM]] if _NEWSROOM in faults else []
    wrong = {name: fault for name, fault in faults.items() if name != _NEWSROOM}
    said += [str(as_near_miss(wrong, SETTINGS, ctx.texts))] if wrong else []
    return Reply(error_card("\n".join(said)), private=True, faults=faults)


async def try_first(ctx: Context, newsroom: Newsroom | None, values: Mapping[str, str], line: Line) -> Reply | None:
    """What filters in a line would have brought, which is seen before they are saved; None where there are none that are new."""
    wanted_id = newsroom.id if newsroom else None
    live = next((each for each in await ctx.subscriptions() if each.newsroom_id == wanted_id), None)
    before = live or replace(_blank(ctx), newsroom=newsroom)
    wanted, _ = changed(before, values, SETTINGS, reading(ctx))
    asked = tried_of(differing(before, wanted, SETTINGS), wanted)
    if not asked:
        return None
    return await try_out(ctx, wanted, asked, values, line, [Button(ctx.texts.t("Cancel"), "/subscriptions")])


async def settle(ctx: Context, subscription: Subscription, values: Mapping[str, str]) -> tuple[Subscription, str]:
    """Have a live subscription take these values; how it is then, and what changed by that, in a line."""
    wanted, _ = changed(subscription, values, SETTINGS, reading(ctx))
    different = differing(subscription, wanted, SETTINGS)
    await save_subscription(ctx, subscription, wanted)
    return wanted, saved([f"{ctx.texts.t(each.label)}: {each.said(wanted, ctx.texts)}" for each in different], ctx.texts)


def _blank(ctx: Context) -> Subscription:
    """A subscription as it is made."""
    return Subscription(SubscriptionId(0), DestinationId(0), None, ctx.now)
