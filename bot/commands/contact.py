"""/contact: whom to call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.cards import PressDesk, contact_card, release_contact_card, say_card
from bot.cards.contact import of_newsroom, of_release, sightings
from bot.cards.vcard import vcard_file
from bot.commands.command import Command, Family
from bot.commands.context import Context, NearMiss
from bot.commands.line import unquoted
from bot.commands.linked import release_at
from bot.commands.lookup import AnyNewsroom, Reference, find_newsroom, find_release, is_address, reference, replied_to, which
from bot.commands.narrowing import not_collected
from bot.contacts import KnownContact
from bot.domain.card import Button, Card
from bot.domain.newsroom import Newsroom
from bot.domain.release import Release
from bot.i18n import N_, Texts
from bot.ports import Reply

_MOST = 5
_VCARD = re.compile(r"(?:^|\s+)v-?card$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose contact: a newsroom's, a release's (by its address too), or (neither) of what the message replied to shows.

    Else of the usual newsrooms. `vcard`: as a file to save.
    """

    words: str = ""
    release: Reference | None = None
    vcard: bool = False


def parse_args(rest: str, _texts: Texts) -> Wanted:
    """`[newsroom | release number] [vcard]`."""
    option = _VCARD.search(rest)
    whose = rest[: option.start()] if option else rest
    found = reference(whose)
    return Wanted("" if found else unquoted(whose), found, bool(option))


async def run(ctx: Context, args: Wanted) -> Reply:
    """The press duty card."""
    if args.release:
        return await _of_release(ctx, await find_release(ctx, args.release), args)
    if is_address(args.words) and (linked := await release_at(ctx, args.words)):
        return await _of_release(ctx, linked, args)
    if args.words:
        newsroom = await find_newsroom(ctx, args.words, lambda slug: f"/contact {slug}{' vcard' if args.vcard else ''}")
        return await _of_newsrooms(ctx, [newsroom], args)
    shown = await replied_to(ctx)
    if len(shown) > 1:
        raise which(shown, f"/contact release:{{}}{' vcard' if args.vcard else ''}", ctx.texts)
    if shown:
        return await _of_release(ctx, shown[0], args)
    newsrooms = await ctx.own_newsrooms()
    if not newsrooms:
        said = ctx.texts.t("Whose press contact? Write the newsroom's name after the command.")
        return Reply(say_card(said, buttons=[Button(ctx.texts.t("All newsrooms"), "/newsrooms")]))
    return await _of_newsrooms(ctx, newsrooms, args)


async def press_desk(ctx: Context, newsroom: AnyNewsroom) -> PressDesk:
    """What is known of the newsroom's press contacts."""
    if not isinstance(newsroom, Newsroom):
        return PressDesk(newsroom)
    seen, pins = await ctx.tx.newsrooms.contacts(newsroom.id), await ctx.tx.pins.of(newsroom.id)
    return PressDesk(newsroom, tuple(seen), tuple(pins), ctx.now)


async def _of_newsrooms(ctx: Context, newsrooms: Sequence[AnyNewsroom], args: Wanted) -> Reply:
    """Raises NearMiss where nothing is known of the one that was asked for, since nothing of it is collected."""
    desks = [await press_desk(ctx, newsroom) for newsroom in newsrooms[:_MOST]]
    for desk in desks:
        if not isinstance(desk.newsroom, Newsroom) and not desk.known:
            again = [] if is_address(args.words) else [Button(ctx.texts.t("Subscribe"), f"/subscribe {desk.newsroom.slug}")]
            raise NearMiss(not_collected(desk.newsroom, ctx.texts), again)
    card = contact_card(desks, ctx.texts, more=max(0, len(newsrooms) - _MOST))
    return _reply(ctx, card, [(desk, of_newsroom(desk)) for desk in desks], args)


async def _of_release(ctx: Context, release: Release, args: Wanted) -> Reply:
    desk = await press_desk(ctx, release.newsroom)
    if all(each.release_id != release.id for each in desk.seen):  # older than those that were looked at
        desk = replace(desk, seen=(*desk.seen, *sightings(release)))
    card = release_contact_card(release, desk, ctx.texts, ctx.now)
    return _reply(ctx, card, [(desk, of_release(release, desk))], args)


def _reply(ctx: Context, card: Card, shown: Sequence[tuple[PressDesk, Sequence[KnownContact]]], args: Wanted) -> Reply:
    """The card; or where files were asked for, those, with a word on what they are."""
    if not args.vcard:
        return Reply(card)
    made = [vcard_file([each for each in known if not each.stale], desk.newsroom, ctx.texts) for desk, known in shown]
    files = tuple(file for file in made if file)
    if not files:
        return Reply(card)
    names = ", ".join(desk.newsroom.name for desk, _ in shown)
    return Reply(say_card(ctx.texts.t("Press contacts of {newsroom} for your address book.", newsroom=names)), files=files)


COMMAND = Command(
    name="contact",
    family=Family.NEWSROOMS,
    aliases={"da": ("kontakt",)},
    arguments=N_("[newsroom or number] [vcard]"),
    summary=N_("whom the press can call"),
    details=N_(
        "The press desk of a newsroom, or the contact of a release: write a number of the list you were shown last, "
        "or reply to an alert with the command. vcard gives the contacts as a file for an address book."
    ),
    examples=("", "um", "3", "um vcard"),
    parse_args=parse_args,
    run=run,
)
