"""/subscribe with settings: to what, what it brings, and when, in one line or filled in as a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.cards import error_card
from bot.cards.settings import saved
from bot.commands.context import Context
from bot.commands.fields import read_fields
from bot.commands.record import reading
from bot.commands.saving import save_subscription
from bot.commands.setting import as_near_miss, changed, differing, find_setting
from bot.commands.subscription_settings import FILTER, FREQUENCY, KINDS, LANGUAGES, SETTINGS
from bot.domain.form import Field, Form
from bot.domain.subscription import DestinationId, Subscription, SubscriptionId
from bot.ports import Reply
from bot.text.fold import fold

_NEWSROOM = "newsroom"
_NAMES = tuple(map(fold, (_NEWSROOM, "nyhedsrum")))
_ASKED = (FREQUENCY, KINDS, LANGUAGES, FILTER)
"""What the form asks besides; the rest can be set afterwards."""


@dataclass(frozen=True, slots=True)
class Filled:
    """To what (empty: nothing was said), and the values to set, by the settings' names."""

    words: str
    values: Mapping[str, str]


def read_filled(rest: str) -> Filled | None:
    """`[newsroom|all] setting:value ...`, or the same with `newsroom:`; None where no field is in it."""
    fields = read_fields(rest, _known)
    values = dict(fields.values)
    words = values.pop(_NEWSROOM, fields.head)
    return Filled(words, values) if fields.values else None


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
    return Reply(error_card(str(as_near_miss(faults, SETTINGS, ctx.texts))), private=True, faults=faults)


async def settle(ctx: Context, subscription: Subscription, values: Mapping[str, str]) -> str:
    """Have a live subscription take these values; what changed by that, in a line."""
    wanted, _ = changed(subscription, values, SETTINGS, reading(ctx))
    different = differing(subscription, wanted, SETTINGS)
    await save_subscription(ctx, subscription, wanted)
    return saved([f"{ctx.texts.t(each.label)}: {each.said(wanted, ctx.texts)}" for each in different], ctx.texts)


def _blank(ctx: Context) -> Subscription:
    """A subscription as it is made."""
    return Subscription(SubscriptionId(0), DestinationId(0), None, ctx.now)
