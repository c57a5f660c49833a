"""Filters, tried before they are saved: the line that saves them is in a button."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.cards.settings import Tried, tried_card
from bot.cards.shorten import shorten
from bot.commands.context import Context
from bot.commands.preview import meant, tried
from bot.commands.setting import Setting
from bot.commands.subscription_settings import FILTER, URGENT
from bot.domain.card import Button
from bot.domain.subscription import Subscription
from bot.i18n import Texts
from bot.ports import Reply

_SAVE = "save:yes"

Line = Callable[[Mapping[str, str]], str]
"""The command line that says these values."""


def is_saved(rest: str) -> tuple[str, bool]:
    """A line without the word that it was seen what its filter would bring, and whether that stood there."""
    before, _, after = rest.rpartition(" ")
    return (before, True) if after == _SAVE else (rest, False)


def tried_of(different: Sequence[Setting[Subscription]], wanted: Subscription) -> list[Setting[Subscription]]:
    """Of the settings that are to be changed those whose value is tried first."""
    return [each for each in different if each in (FILTER, URGENT) and each.of(wanted)]


async def try_out(
    ctx: Context,
    wanted: Subscription,
    asked: Sequence[Setting[Subscription]],
    values: Mapping[str, str],
    line: Line,
    leave: Sequence[Button],
) -> Reply:
    """What the filters of a subscription as it is wanted would have brought; `values`: what is to be saved; `leave`: other ways."""
    texts = ctx.texts
    found = [await tried(ctx, texts.t(each.label), each.of(wanted), wanted) for each in asked]
    mended = await _mended(ctx, wanted, values, line, asked, found)
    buttons = [*mended, Button(texts.t("Save"), f"{line(values)} {_SAVE}"), *leave]
    ctx.remember(1, [release for each in found for release in each.latest])
    return Reply(tried_card(name_of(wanted, texts), found, buttons, texts, ctx.now), replaces=True)


async def _mended(
    ctx: Context,
    wanted: Subscription,
    values: Mapping[str, str],
    line: Line,
    asked: Sequence[Setting[Subscription]],
    found: Sequence[Tried],
) -> list[Button]:
    """For what finds nothing, what was perhaps meant, if that finds something."""
    buttons: list[Button] = []
    for setting, result in zip(asked, found, strict=True):
        better = "" if result.total else await meant(ctx, result.query, wanted)
        if better and (await tried(ctx, result.label, better, wanted)).total:
            label = ctx.texts.t("Did you mean “{words}”?", words=shorten(better, 40))
            buttons.append(Button(label, line({**values, setting.name: better})))
    return buttons


def name_of(subscription: Subscription, texts: Texts) -> str:
    """What a subscription is to."""
    return subscription.newsroom.name if subscription.newsroom else texts.t("All newsrooms offered here")
