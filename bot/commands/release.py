"""/release: one release in full."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.cards import documents_card, more_card, release_card, say_card
from bot.cards.occasion import calendar_file
from bot.cards.related import pictures_card, related_card
from bot.commands.command import Command, Family
from bot.commands.context import Context
from bot.commands.lookup import Reference, find_release, reference
from bot.commands.related import related
from bot.domain.release import Release
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import Reply

_LANGUAGE = r"[A-Za-z-]{1,20}"
_PART = r"documents|pictures|related|calendar|more"
_OPTION = re.compile(rf"\s+(?:(?P<part>{_PART})(?:\s+in:(?P<of>{_LANGUAGE}))?|(?P<how>in|as):(?P<language>{_LANGUAGE}))$")


@dataclass(frozen=True, slots=True)
class OneRelease:
    """Which release, and which language version of it (empty: the reader's); or a `part` of it (pictures, calendar and the like).

    `turned`: it takes the place of the version that is shown.
    """

    wanted: Reference
    part: str = ""
    language: str = ""
    turned: bool = False


def parse_args(rest: str, texts: Texts) -> OneRelease:
    """`n`, or what buttons ask: `id:123`, `id:123 documents`, `id:123 pictures in:en` and the like. Raises UserError.

    `as:en` is the same as `in:en`, as an answer of its own.
    """
    option = _OPTION.search(rest)
    wanted = reference(rest[: option.start()] if option else rest)
    if wanted is None:
        raise UserError(texts.t("Which release? Write its number in the list, such as /release 3, or find it with /search."))
    if option is None:
        return OneRelease(wanted)
    return OneRelease(wanted, option["part"] or "", option["language"] or option["of"] or "", turned=option["how"] == "in")


async def run(ctx: Context, args: OneRelease) -> Reply:
    """The release, or what belongs to it."""
    release = await find_release(ctx, args.wanted)
    match args.part:
        case "documents":
            return Reply(documents_card(release, ctx.texts, ctx.now))
        case "pictures":
            return Reply(pictures_card(release, ctx.texts, ctx.now, language=args.language))
        case "more":
            return Reply(more_card(release, ctx.texts, ctx.now), private=True)
        case "calendar":
            return _calendar(ctx, release)
        case "related":
            earlier = await related(ctx, release)
            ctx.remember(1, earlier)
            return Reply(related_card(release, earlier, ctx.texts, ctx.now))
    pins = await ctx.tx.pins.of(release.newsroom.id)
    return Reply(release_card(release, ctx.texts, ctx.now, language=args.language, pins=pins), replaces=args.turned)


def _calendar(ctx: Context, release: Release) -> Reply:
    """What it invites to as a file, where day and hour are certain."""
    file = calendar_file(release, release.content(ctx.texts.language), ctx.texts)
    if file is None:
        raise UserError(ctx.texts.t("The release does not say day and hour so clearly that I would put it in your calendar."))
    return Reply(say_card(ctx.texts.t("For your calendar. Please compare it with the invitation.")), files=(file,))


COMMAND = Command(
    name="release",
    family=Family.RELEASES,
    aliases={"da": ("pm", "pressemeddelelse")},
    arguments=N_("number"),
    summary=N_("read one press release in full"),
    details=N_("The number is that of the list you were shown last, for an hour; otherwise the release's own."),
    examples=("3",),
    parse_args=parse_args,
    run=run,
)
