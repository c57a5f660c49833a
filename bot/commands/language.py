"""/language: how the bot speaks in a conversation."""

from __future__ import annotations

from bot.cards import say_card
from bot.cards.shorten import shorten
from bot.cards.words import language_name
from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context, NearMiss
from bot.commands.line import unquoted
from bot.commands.record import recorded
from bot.domain.card import Button, Tone
from bot.i18n import N_, SUPPORTED, Texts, texts
from bot.ports import Reply
from bot.text.fold import fold

_NAMES = {"da": ("da", "dansk", "danish", "dk"), "en": ("en", "engelsk", "english", "uk", "gb")}

_SPOKEN = {"da": N_("I speak Danish here."), "en": N_("I speak English here.")}
_FROM_NOW_ON = {"da": N_("From now on I speak Danish here."), "en": N_("From now on I speak English here.")}


def parse_args(rest: str, reader: Texts) -> str:
    """A language by its code or name, or empty. Raises NearMiss for one that we do not speak."""
    typed = fold(unquoted(rest))
    if not typed:
        return ""
    found = next((code for code in SUPPORTED if typed in _NAMES[code]), None)
    if found is None:
        raise NearMiss(reader.t("I do not speak “{language}”.", language=shorten(rest, 40)), _choice())
    return found


async def run(ctx: Context, language: str) -> Reply:
    """Change the language of the destination, or ask."""
    if not language:
        said = ctx.texts.t(_SPOKEN[ctx.texts.language])
        return Reply(say_card(said, buttons=_choice(but=ctx.texts.language)))
    destination = await ctx.ensure_destination()
    async with recorded(ctx, "language") as change:
        await ctx.tx.destinations.set_language(destination.id, language)
    reader = texts(language, destination.timezone)
    return Reply(say_card(reader.t(_FROM_NOW_ON[language]), tone=Tone.GOOD, buttons=change.undo(reader)))


def _choice(but: str = "") -> list[Button]:
    return [Button(language_name(code), f"/language {code}") for code in SUPPORTED if code != but]


COMMAND = Command(
    name="language",
    family=Family.BOT,
    aliases={"da": ("sprog",)},
    arguments=N_("[da or en]"),
    summary=N_("choose Danish or English"),
    details=N_("It counts for everybody in the conversation; press releases are shown in it where the newsroom wrote them in it."),
    examples=("da", "en"),
    audience=Audience.MANAGERS_OF_GROUPS,
    writes=True,
    parse_args=parse_args,
    run=run,
)
