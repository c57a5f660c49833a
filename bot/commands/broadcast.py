"""/broadcast: a word of the operators to every conversation, shown first and sent when it is confirmed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot.alerts.broadcasting import owe_broadcast
from bot.cards import say_card
from bot.cards.broadcast import broadcasts_card, preview_card, progress_card
from bot.cards.shorten import shorten
from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context, NearMiss
from bot.commands.line import visible
from bot.domain.card import Button, Tone
from bot.errors import UserError
from bot.i18n import N_, SUPPORTED, Texts
from bot.ports import Broadcast, Reply
from bot.text.fold import fold

log = structlog.get_logger()

VALID = timedelta(minutes=10)
"""So long after it was shown a draft can be sent."""
LONGEST = 1500
"""Characters: what a message of every platform has room for, and anybody reads."""
_SHOWN = 5
_GLIMPSE = 200
_NUMBERED = re.compile(r"(?:(?P<what>send|cancel) )?#?(?P<number>[0-9]{1,18})", re.IGNORECASE)
_COMMAND = re.compile(r"\s*/?\S+")
_FIELD = re.compile(r"\s*(?P<name>[^\W\d_]+):(?P<value>[^\s/]\S*)\s")
_FIELDS = {"platform": "platform", "language": "language", "sprog": "language", "sound": "sound", "lyd": "sound"}
_YES = ("yes", "ja", "on", "til", "with", "med")
_LANGUAGES = {"dansk": "da", "danish": "da", "engelsk": "en", "english": "en"}


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be done: `send`, `cancel`, `show` one by its number; `draft` a text, or (empty) `list` the latest."""

    what: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """A text, with the fields that stand before it."""

    text: str
    fields: Mapping[str, str] = field(default_factory=dict)


def parse_args(rest: str, _texts: Texts) -> Line:
    """`[text]`, `number`, `send number` or `cancel number`. The text itself is read as it was written, lines and all."""
    found = _NUMBERED.fullmatch(rest.strip())
    if found:
        return Line((found["what"] or "show").lower(), int(found["number"]))
    return Line("draft" if rest.strip() else "list")


def read_words(said: str) -> Words:
    """The whole call: the command, then fields (`platform:slack language:en sound:yes`), then the text with its lines. Pure."""
    rest = _COMMAND.sub("", said, count=1)
    fields: dict[str, str] = {}
    while (found := _FIELD.match(f"{rest} ")) and (name := _FIELDS.get(fold(found["name"]))):
        fields[name] = found["value"].casefold()
        rest = rest[found.end() :]
    lines = (visible(line, len(line)) for line in rest.splitlines())
    return Words("\n".join(filter(None, lines)), fields)


async def run(ctx: Context, line: Line) -> Reply:
    """Show a draft, send it, throw it away, or tell what became of one."""
    match line.what:
        case "send":
            return await _send(ctx, line.number)
        case "cancel":
            return await _cancel(ctx, line.number)
        case "show":
            return await _progress(ctx, await _sent(ctx, line.number))
        case "draft":
            return await _draft(ctx, read_words(ctx.call.text))
        case _:
            return await _list(ctx)


async def _draft(ctx: Context, words: Words) -> Reply:
    texts = ctx.texts
    if not words.text:
        raise UserError(texts.t("Write what is to be told after the command."))
    if len(words.text) > LONGEST:
        raise UserError(
            texts.t(
                "That is {count} characters: {limit} at most can be told to everybody.",
                count=texts.number(len(words.text)),
                limit=texts.number(LONGEST),
            )
        )
    platform, language = await _platform(ctx, words.fields.get("platform", "")), _language(words.fields.get("language", ""), texts)
    silent = words.fields.get("sound", "") not in _YES
    draft = await ctx.tx.broadcasts.draft(words.text, platform, language, ctx.call.actor, ctx.now, silent=silent)
    reach = await ctx.tx.broadcasts.reach(draft, ctx.now)
    return Reply(preview_card(draft, reach, VALID // timedelta(minutes=1), texts), private=True)


async def _platform(ctx: Context, wanted: str) -> str:
    known = dict.fromkeys(platform for platform, _ in await ctx.tx.pauses.accounts())
    if wanted and wanted not in known:
        names = ", ".join(known)
        raise UserError(ctx.texts.t("There is no platform “{words}” here, only {names}.", words=shorten(wanted, 40), names=names))
    return wanted


def _language(wanted: str, texts: Texts) -> str:
    code = _LANGUAGES.get(wanted, wanted)
    if code and code not in SUPPORTED:
        raise UserError(texts.t("Conversations are spoken to in da or en, not in “{words}”.", words=shorten(wanted, 40)))
    return code


async def _send(ctx: Context, number: int) -> Reply:
    """Once: a second press, or another operator's, is told what became of it."""
    draft = await ctx.tx.broadcasts.get(number)
    if draft is None or not await ctx.tx.broadcasts.confirm(number, ctx.now - VALID, ctx.now):
        return await _not_sent(ctx, await ctx.tx.broadcasts.get(number))  # as it stands by now: somebody may have been quicker
    await owe_broadcast(ctx.tx, draft, ctx.now)
    log.info(
        "broadcast", broadcast=number, by=str(ctx.call.actor), platform=draft.platform or None, language=draft.language or None
    )
    about = {"number": str(number), "text": shorten(draft.text, _GLIMPSE)}
    await ctx.tx.deeds.note(ctx.call.actor, "broadcast", about, ctx.now)
    return await _progress(ctx, await _sent(ctx, number), replaces=True)


async def _not_sent(ctx: Context, draft: Broadcast | None) -> Reply:
    if draft is not None and draft.confirmed_at is not None:
        return await _progress(ctx, draft)
    if draft is None:
        raise _unknown(ctx.texts)
    said = ctx.texts.t("That was shown more than {count} minutes ago. Write it once more.", count=VALID // timedelta(minutes=1))
    raise UserError(said)


async def _cancel(ctx: Context, number: int) -> Reply:
    if not await ctx.tx.broadcasts.discard(number):
        return await _progress(ctx, await _sent(ctx, number))
    return Reply(say_card(ctx.texts.t("Nothing is sent."), tone=Tone.GOOD), private=True, replaces=True)


async def _sent(ctx: Context, number: int) -> Broadcast:
    """One that was sent. Raises NearMiss."""
    found = await ctx.tx.broadcasts.get(number)
    if found is None or found.confirmed_at is None:
        raise _unknown(ctx.texts)
    return found


def _unknown(texts: Texts) -> NearMiss:
    return NearMiss(texts.t("No such message to everybody was sent."), [Button(texts.t("Sent lately"), "/broadcast")])


async def _progress(ctx: Context, broadcast: Broadcast, *, replaces: bool = False) -> Reply:
    progress = await ctx.tx.broadcasts.progress(broadcast.id)
    return Reply(progress_card(broadcast, progress, ctx.texts, ctx.now), private=True, replaces=replaces)


async def _list(ctx: Context) -> Reply:
    texts = ctx.texts
    how = texts.t(
        "Write what is to be told after the command, such as: /broadcast No alerts tonight from 1 to 2. It is shown first."
    )
    sent = [(each, await ctx.tx.broadcasts.progress(each.id)) for each in await ctx.tx.broadcasts.latest(_SHOWN)]
    return Reply(broadcasts_card(sent, how, texts, ctx.now), private=True)


COMMAND = Command(
    name="broadcast",
    family=Family.OPERATORS,
    aliases={"da": ("fællesbesked",)},
    arguments=N_("[platform:slack] [language:en] [sound:yes] text"),
    summary=N_("tell every conversation something"),
    details=N_(
        "It is shown first, with how many conversations would get it, and sent when you say so. It comes once to every "
        "conversation that subscribes to anything, without sound unless you say otherwise; where everything is muted it does not "
        "come, and in quiet hours it waits. Without text: what was sent lately, and how far it has come."
    ),
    examples=("", N_("No alerts tonight between 1 and 2.")),
    audience=Audience.OPERATORS,
    writes=True,
    takes_text=True,
    parse_args=parse_args,
    run=run,
)
