"""/forget: erase what is kept of this conversation, and of whoever asks where it is theirs alone."""

from __future__ import annotations

from bot.cards import say_card
from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context
from bot.commands.line import unquoted
from bot.domain.card import Button, Tone
from bot.domain.subscription import ConversationKind
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import Reply

_SURE = ("yes", "ja")


def parse_args(rest: str, texts: Texts) -> bool:
    """Whether they are sure. Raises UserError for anything else: nothing is erased by a slip."""
    words = unquoted(rest).casefold()
    if words and words not in _SURE:
        raise UserError(texts.t("Write /forget alone; what would be erased is shown first."))
    return words in _SURE


async def run(ctx: Context, sure: bool) -> Reply:  # noqa: FBT001 - the arguments of a command are one value
    """Ask, then erase."""
    texts, alone = ctx.texts, ctx.call.conversation_kind is ConversationKind.PRIVATE
    if not sure:
        what = (
            texts.t(
                "Subscriptions and settings here, what was sent here, and your id and name wherever they stand beside a change."
            )
            if alone
            else texts.t("Subscriptions and settings here, what was sent here, and who changed what here.")
        )
        said = "\n".join((texts.t("Erase all that I keep of this conversation? It cannot be undone."), what))
        buttons = [Button(texts.t("Erase it"), "/forget yes"), Button(texts.t("Cancel"), "/privacy")]
        return Reply(say_card(said, tone=Tone.WARNING, buttons=buttons), private=True)
    here = ctx.call.address
    known = await ctx.tx.forgetting.known(here.platform)
    # A conversation's threads are its own; a thread is itself alone.
    mine = [each for each in known if each.address == here or (not here.thread and str(each.address).startswith(f"{here}:"))]
    if alone:
        person = str(ctx.call.actor)
        # Notices to them may have gone to another conversation than this one.
        mine += [each for each in await ctx.tx.forgetting.private_of(person) if each not in mine]
        await ctx.tx.forgetting.person(person)
    await ctx.tx.forgetting.destinations(mine)
    said = texts.t("Erased. Nothing more is sent here; whoever writes to me begins anew. Copies that were saved before keep it.")
    return Reply(say_card(said, tone=Tone.GOOD), replaces=True)


COMMAND = Command(
    name="forget",
    family=Family.BOT,
    aliases={"da": ("glem", "slet")},
    summary=N_("erase what I keep of this conversation"),
    details=N_(
        "You are asked first. In a private conversation all that is kept of you goes too, also your name beside what you changed "
        "elsewhere. In groups and channels only who manages them can do this."
    ),
    examples=("",),
    audience=Audience.MANAGERS_OF_GROUPS,
    writes=True,
    parse_args=parse_args,
    run=run,
)
