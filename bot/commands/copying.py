"""/copy: another conversation's subscriptions and settings, here too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.cards import say_card
from bot.cards.shorten import shorten
from bot.commands.circle import LINKED
from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context
from bot.commands.elsewhere import name_of
from bot.commands.line import unquoted
from bot.commands.record import MUTED, State, difference, recorded, restore, state_of
from bot.commands.undo import in_words
from bot.domain.card import Button, Tone
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import Reply

_SAVE = "save:yes"
_MOST_LINES = 20
_LINE = 150


@dataclass(frozen=True, slots=True)
class Copy:
    """From where, by its words. `save`: it was seen what it would change."""

    words: str
    save: bool = False


def parse_args(rest: str, texts: Texts) -> Copy:
    """`conversation`. Raises UserError where none is named."""
    save = rest.endswith(_SAVE)
    words = unquoted(rest.removesuffix(_SAVE))
    if not words:
        raise UserError(texts.t("Whose subscriptions and settings? Write the name of another conversation after the command."))
    return Copy(words, save)


async def run(ctx: Context, args: Copy) -> Reply:
    """Show what it would change; then change it."""
    texts = ctx.texts
    assert ctx.other is not None
    await ctx.ensure_destination()
    wanted = _wanted(await state_of(ctx), await state_of(ctx, ctx.other))
    name = name_of(ctx.other)
    if not wanted:
        return Reply(say_card(texts.t("All that is set in {name} is set here already.", name=name)), replaces=args.save)
    if not args.save:
        return await _shown(ctx, wanted, name, f"/copy id:{ctx.other.id} {_SAVE}")
    async with recorded(ctx, "copy") as change:
        await restore(ctx, wanted)
    texts = ctx.texts
    said = texts.t("Copied from {name}.", name=name)
    buttons = [*change.undo(texts), Button(texts.t("Subscriptions"), "/subscriptions"), Button(texts.t("Settings"), "/settings")]
    return Reply(say_card(said, tone=Tone.GOOD, buttons=buttons), replaces=True)


def _wanted(here: State, there: State) -> State:
    """What has to change here; what is subscribed to here alone stays, and what is muted there need not be here."""
    subscriptions = {slug: _unmuted(values) for slug, values in there["subscriptions"].items()}
    own = {slug: _unmuted(values) for slug, values in here["subscriptions"].items() if slug in subscriptions}
    # With whom the other one is linked was agreed there, not here.
    linked = {LINKED: here.get(LINKED, [])}
    return difference({**here, "subscriptions": own}, {**there, **linked, "subscriptions": subscriptions})[1]


def _unmuted(values: State) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != MUTED}


async def _shown(ctx: Context, wanted: State, name: str, line: str) -> Reply:
    texts = ctx.texts
    before, after = await state_of(ctx), wanted
    lines = [shorten(each, _LINE) for each in await in_words(ctx, before, after)]
    more = len(lines) - _MOST_LINES
    rest = [texts.n("and {count} more", "and {count} more", more)] if more > 0 else []
    said = "\n".join((texts.t("To be copied from {name}:", name=name), *lines[:_MOST_LINES], *rest))
    buttons = [Button(texts.t("Copy"), line), Button(texts.t("Cancel"), "/settings page:1")]
    return Reply(say_card(said, buttons=buttons))


COMMAND = Command(
    name="copy",
    family=Family.SUBSCRIPTIONS,
    aliases={"da": ("kopier", "kopiér")},
    arguments=N_("conversation"),
    summary=N_("take another conversation's subscriptions and settings over"),
    details=N_(
        "The other conversation is named by its title, on Slack also as #channel; you must manage both. "
        "You see what would change before it is done. What is subscribed to here alone stays."
    ),
    examples=("nyhedsdesk",),
    audience=Audience.MANAGERS,
    writes=True,
    elsewhere=lambda args: args.words,
    parse_args=parse_args,
    run=run,
)
