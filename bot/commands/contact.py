"""/contact: whom to call."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards import PressDesk, contact_card, release_contact_card, say_card
from bot.commands.command import Command, Family
from bot.commands.context import Context
from bot.commands.line import unquoted
from bot.commands.lookup import AnyNewsroom, Reference, find_newsroom, find_release, reference
from bot.domain.card import Button
from bot.domain.newsroom import Newsroom
from bot.domain.release import Release
from bot.i18n import N_, Texts
from bot.ports import Reply

_MOST = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose contact: a newsroom's, a release's, or (neither) of what the message replied to shows, else of the usual newsrooms."""

    words: str = ""
    release: Reference | None = None


def parse_args(rest: str, _texts: Texts) -> Wanted:
    """`[newsroom | release number]`."""
    found = reference(rest)
    return Wanted(release=found) if found else Wanted(unquoted(rest))


async def run(ctx: Context, args: Wanted) -> Reply:
    """The press duty card."""
    if args.release:
        return await _of_release(ctx, await find_release(ctx, args.release))
    if args.words:
        newsroom = await find_newsroom(ctx, args.words, lambda slug: f"/contact {slug}")
        return Reply(contact_card([await press_desk(ctx, newsroom)], ctx.texts))
    if replied_to := await _replied_to(ctx):
        return await _of_release(ctx, replied_to)
    newsrooms = await ctx.own_newsrooms()
    if not newsrooms:
        said = ctx.texts.t("Whose press contact? Write the newsroom's name after the command.")
        return Reply(say_card(said, buttons=[Button(ctx.texts.t("All newsrooms"), "/newsrooms")]))
    desks = [await press_desk(ctx, newsroom) for newsroom in newsrooms[:_MOST]]
    return Reply(contact_card(desks, ctx.texts, more=max(0, len(newsrooms) - _MOST)))


async def press_desk(ctx: Context, newsroom: AnyNewsroom) -> PressDesk:
    """What is known of the newsroom's press contact."""
    named = await ctx.tx.newsrooms.last_contact(newsroom.id) if isinstance(newsroom, Newsroom) else None
    return PressDesk(newsroom, named)


async def _of_release(ctx: Context, release: Release) -> Reply:
    return Reply(release_contact_card(release, await press_desk(ctx, release.newsroom), ctx.texts, ctx.now))


async def _replied_to(ctx: Context) -> Release | None:
    if not ctx.call.reply_to:
        return None
    post = await ctx.tx.outbox.post(ctx.call.address, ctx.call.reply_to)
    return await ctx.tx.releases.get(post.shows[0][0]) if post and post.shows else None


COMMAND = Command(
    name="contact",
    family=Family.NEWSROOMS,
    aliases={"da": ("kontakt",)},
    arguments=N_("[newsroom or number]"),
    summary=N_("whom the press can call"),
    details=N_(
        "The press desk of a newsroom, or the contact of a release: write a number of the list you were shown last, "
        "or reply to an alert with the command."
    ),
    examples=("", "um", "3"),
    parse_args=parse_args,
    run=run,
)
