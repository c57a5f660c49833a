"""/release: one release in full."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.cards import documents_card, release_card
from bot.commands.command import Command, Family
from bot.commands.context import Context
from bot.commands.lookup import Reference, find_release, reference
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import Reply

_OPTION = re.compile(r"\s+(?:(?P<documents>documents)|in:(?P<language>[A-Za-z-]{1,20}))$")


@dataclass(frozen=True, slots=True)
class OneRelease:
    """Which release; `documents` alone; in which language version (empty: the reader's)."""

    wanted: Reference
    documents: bool = False
    language: str = ""


def parse_args(rest: str, texts: Texts) -> OneRelease:
    """`n`, or what buttons ask: `id:123`, `id:123 documents`, `id:123 in:en`. Raises UserError."""
    option = _OPTION.search(rest)
    wanted = reference(rest[: option.start()] if option else rest)
    if wanted is None:
        raise UserError(texts.t("Which release? Write its number in the list, such as /release 3, or find it with /search."))
    return OneRelease(wanted, bool(option and option["documents"]), (option["language"] or "") if option else "")


async def run(ctx: Context, args: OneRelease) -> Reply:
    """The release, or its documents."""
    release = await find_release(ctx, args.wanted)
    if args.documents:
        return Reply(documents_card(release, ctx.texts, ctx.now))
    return Reply(release_card(release, ctx.texts, ctx.now, language=args.language), replaces=bool(args.language))


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
