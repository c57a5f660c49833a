"""/link: have other conversations show who took which story, as this one does, on whatever platform they are.

Whoever links must manage both ends. In one account that is asked of the platform; across accounts a code that was given out here is
used in the other conversation by who manages that, and then agreed to here: a code that others read leads nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from secrets import choice

from bot.cards import say_card
from bot.commands.circle import link, name, named, others, unlink
from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context, NearMiss
from bot.commands.line import unquoted
from bot.commands.record import recorded
from bot.domain.card import Button, Tone
from bot.domain.subscription import Destination
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import Actor, LinkCode, Reply

LASTS = timedelta(minutes=10)
"""So long a code is good."""
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Those that nobody mistakes for another. A code has a figure among them: few names of conversations do."""
_HALF = 4
_CODE = re.compile(
    rf"(?=[^ ]*[2-9])(?P<one>[{_LETTERS}]{{{_HALF}}})-?(?P<other>[{_LETTERS}]{{{_HALF}}})(?: (?P<word>\w+))?", re.IGNORECASE
)
_WORDS = {"off": "off", "fra": "off", "yes": "yes", "ja": "yes", "no": "no", "nej": "no", "new": "new", "ny": "new"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A `code`, the words for another conversation of the account, or neither. `what`: `off`, `new`; of a code `yes` or `no`."""

    code: str = ""
    words: str = ""
    what: str = ""


def parse_args(rest: str, texts: Texts) -> Asked:
    """`[code [yes|no]] | [conversation] | off`. Raises UserError."""
    words = unquoted(rest)
    if words.casefold() in ("off", "fra", "new", "ny"):
        return Asked(what=_WORDS[words.casefold()])
    found = _CODE.fullmatch(words)
    if found is None:
        return Asked(words=words)
    what = _WORDS.get((found["word"] or "").casefold(), "")
    if found["word"] and what not in ("yes", "no"):
        raise UserError(texts.t("Write the code and nothing else."))
    return Asked(f"{found['one']}-{found['other']}".upper(), what=what)


async def run(ctx: Context, args: Asked) -> Reply:
    """Say how it is linked, or give a code out; use one, agree to it or not; end it."""
    here = await ctx.ensure_destination()
    if ctx.other is not None:
        return await _linked(ctx, here, ctx.other, ctx.call.actor)
    if args.code:
        return await _with_code(ctx, here, args)
    if args.what == "off":
        return await _ended(ctx, here)
    linked = await others(ctx)
    return await _given(ctx, here) if not linked or args.what == "new" else _shown(ctx, named(linked, ctx.texts))


def _shown(ctx: Context, conversations: str) -> Reply:
    texts = ctx.texts
    said = "\n".join(
        (
            texts.t("Linked with {conversations}.", conversations=conversations),
            texts.t("Alerts there and here show who takes a story, and the same name; nothing else is shared."),
        )
    )
    more = [Button(texts.t("Link another"), "/link new")] if ctx.is_operator else []
    return Reply(say_card(said, buttons=[Button(texts.t("End the link"), "/link off"), *more]))


# By a code ----------------------------------------------------------------------------------------------------------------


async def _given(ctx: Context, here: Destination) -> Reply:
    """A code for the other conversation."""
    await _room(ctx, here)
    code, until = new_code(), ctx.now + LASTS
    await ctx.tx.circles.give_code(code, here.id, ctx.now, until)
    said = "\n".join(
        (
            ctx.texts.t("Alerts here and in another conversation can show who takes a story, on any platform."),
            ctx.texts.t(
                "In the other conversation, give me the command “link {code}” before {time}. Then press the button here.",
                code=code,
                time=ctx.texts.clock(until),
            ),
            ctx.texts.t("If you manage both and they are on the same platform, “link” and the other one's name is enough."),
        )
    )
    return Reply(say_card(said, buttons=_again(code, ctx.texts)))


def new_code() -> str:
    """Two halves, such as `KTRA-7MWQ`."""
    code = "-".join("".join(choice(_LETTERS) for _ in range(_HALF)) for _ in range(2))
    return code if any(map(str.isdigit, code)) else new_code()


def _again(code: str, texts: Texts) -> list[Button]:
    return [Button(texts.t("It is written there"), f"/link {code}"), Button(texts.t("Cancel"), f"/link {code} no")]


async def _with_code(ctx: Context, here: Destination, args: Asked) -> Reply:
    given = await ctx.tx.circles.code(args.code, ctx.now)
    if given is None:
        raise NearMiss(
            ctx.texts.t("That code is not good, or not any more: each is good for ten minutes."),
            [Button(ctx.texts.t("A new code"), "/link new")],
        )
    if not _is_same(given.destination, here):
        return await _asked(ctx, here, given)
    if args.what == "no":
        await ctx.tx.circles.end_code(given.code)
        return Reply(say_card(ctx.texts.t("Nothing was linked.")), replaces=True)
    if given.asker is None or given.actor is None:
        said = ctx.texts.t("The code {code} has not been written anywhere yet.", code=given.code)
        raise NearMiss(said, _again(given.code, ctx.texts))
    if args.what != "yes":
        return _agree(ctx, given, given.asker)
    if not await ctx.tx.circles.end_code(given.code):
        raise UserError(ctx.texts.t("Somebody was quicker."))
    return await _linked(ctx, here, given.asker, given.actor)


async def _asked(ctx: Context, here: Destination, given: LinkCode) -> Reply:
    """The code was used in another conversation than the one that gave it out, which has to agree."""
    await _room(ctx, here)
    if not await ctx.tx.circles.use_code(given.code, here.id, ctx.call.actor):
        raise UserError(ctx.texts.t("That code was used in another conversation already."))
    there = name(given.destination, ctx.texts)
    return Reply(say_card(ctx.texts.t("Now “{name}” has to agree: press the button there.", name=there)), private=True)


def _agree(ctx: Context, given: LinkCode, asker: Destination) -> Reply:
    who = given.actor.name if given.actor and given.actor.name else ctx.texts.t("Somebody")
    said = "\n".join(
        (
            ctx.texts.t(
                "{who} wants to link this conversation with {conversations}.", who=who, conversations=named([asker], ctx.texts)
            ),
            ctx.texts.t("Alerts there and here would show who takes a story, and the same name; nothing else is shared."),
        )
    )
    yes, no = Button(ctx.texts.t("Link"), f"/link {given.code} yes"), Button(ctx.texts.t("No"), f"/link {given.code} no")
    return Reply(say_card(said, buttons=[yes, no]), replaces=True)


# Made and ended -----------------------------------------------------------------------------------------------------------


async def _linked(ctx: Context, here: Destination, there: Destination, asker: Actor) -> Reply:
    texts = ctx.texts
    await ctx.tx.circles.alone()
    if _is_same(here, there):
        raise UserError(texts.t("A conversation cannot be linked with itself."))
    if any(_is_same(each, there) for each in await others(ctx)):
        raise UserError(texts.t("They are linked already."))
    await _room(ctx, here)
    await _room(ctx, there)
    async with recorded(ctx, "link") as change:
        await link(ctx, here, there, asker)
    said = "\n".join(
        (
            texts.t("Linked with {conversations}.", conversations=named([there], texts)),
            texts.t("Alerts in both have the button “I take it” from now on, and show the same name."),
        )
    )
    return Reply(
        say_card(said, tone=Tone.GOOD, buttons=[*change.undo(texts), Button(texts.t("Settings"), "/settings")]), replaces=True
    )


async def _ended(ctx: Context, here: Destination) -> Reply:
    linked = await others(ctx)
    if not linked:
        raise UserError(ctx.texts.t("This conversation is not linked."))
    async with recorded(ctx, "link"):
        await unlink(ctx, here)
    said = ctx.texts.t("No longer linked with {conversations}", conversations=named(linked, ctx.texts))
    return Reply(say_card(f"{said}.", tone=Tone.GOOD, buttons=[Button(ctx.texts.t("Settings"), "/settings")]), replaces=True)


async def _room(ctx: Context, destination: Destination) -> None:
    """Two conversations agree with each other; a third would see what one of them never agreed to. Raises UserError."""
    circle = await ctx.tx.circles.of(destination.address)
    if circle and not ctx.is_operator:
        said = ctx.texts.t(
            "“{name}” is linked already. An operator of this bot can link more than two.", name=name(destination, ctx.texts)
        )
        raise NearMiss(said, [Button(ctx.texts.t("How it is linked"), "/link")])


def _is_same(one: Destination, other: Destination) -> bool:
    """Whether it is one conversation, be it in another thread."""
    return replace(one.address, thread="") == replace(other.address, thread="")


COMMAND = Command(
    name="link",
    family=Family.SUBSCRIPTIONS,
    aliases={"da": ("forbind",)},
    arguments=N_("[conversation]"),
    summary=N_("show who takes a story in another conversation too"),
    details=N_(
        "Alerts here and in the other conversation then show the same name beside a story that somebody took, on any platform; "
        "nothing else is shared. Alone it gives you a code to write in the other conversation, or says how this one is linked; "
        "“link off” ends it. "
        "In groups and channels only who manages them can do this."
    ),
    examples=("", "off"),
    audience=Audience.MANAGERS_OF_GROUPS,
    writes=True,
    elsewhere=lambda args: args.words,
    parse_args=parse_args,
    run=run,
)
