"""Which newsroom or release somebody means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.cards.shorten import shorten
from bot.commands.context import Context, NearMiss
from bot.commands.line import unquoted
from bot.domain.card import Button
from bot.domain.newsroom import Newsroom, NewsroomEntry
from bot.domain.release import Release, ReleaseId
from bot.errors import SettingsError, UserError
from bot.feeds.addresses import same_address
from bot.feeds.catalogue import Catalogue, entry_for_address
from bot.i18n import Texts
from bot.text.nearest import Exact, Nothing, Several, nearest

AnyNewsroom = Newsroom | NewsroomEntry
Again = Callable[[str], str]
"""The command line that asks the same of the newsroom with this slug."""

EVERYTHING = frozenset({"all", "alle", "alt", "everything"})
LIST_LIVES = timedelta(hours=1)
_CHOICES = 8
_TITLE = 60
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_REFERENCE = re.compile(r"(?P<direct>(?:id|release):)?#?(?P<number>[0-9]{1,18})", re.IGNORECASE)


def is_added(ctx: Context, chosen: AnyNewsroom) -> bool:
    """Whether somebody who subscribes to it adds it: neither the catalogue nor this installation offers it.

    Raises UserError where they may not: else anybody could have the bot read any number of feeds.
    """
    offered = isinstance(chosen, Newsroom) and chosen.offered
    adds = not offered and ctx.catalogue.get(chosen.slug) is None
    if adds and not ctx.is_operator:
        name = shorten(chosen.name, 100)
        raise UserError(
            ctx.texts.t("“{newsroom}” is not in the catalogue: only the operators of this bot can add it.", newsroom=name)
        )
    return adds


def is_address(words: str) -> bool:
    """Whether an http(s) address was typed."""
    return bool(_ADDRESS.match(words))


# Newsrooms --------------------------------------------------------------------------------------------------------------


async def find_newsroom(
    ctx: Context, words: str, again: Again, *, prefer_stored: bool = True, among: Sequence[Newsroom] | None = None
) -> AnyNewsroom:
    """The newsroom that is meant: stored here, else of the catalogue. Raises NearMiss naming the nearest.

    `prefer_stored`: where several may be meant and one alone is stored here, it is that one. `among`: stored newsrooms; None: those
    that may be spoken of here.
    """
    stored = await ctx.newsrooms() if among is None else among
    if is_address(words):
        return await _at_address(words, stored, ctx)
    match nearest(words, candidates(stored, ctx.catalogue)):
        case Exact(newsroom):
            return newsroom
        case Several(newsrooms):
            here = [newsroom for newsroom in newsrooms if isinstance(newsroom, Newsroom)]
            if prefer_stored and len(here) == 1:
                return here[0]
            more = Button(ctx.texts.t("All newsrooms"), f"/newsrooms {words}")
            raise NearMiss(ctx.texts.t("Which newsroom do you mean?"), [*_choice(_here_first(newsrooms), again), more])
        case Nothing(newsrooms):
            raise unknown_newsroom(words, _here_first(newsrooms), again, ctx.texts)


def candidates(stored: Iterable[Newsroom], catalogue: Catalogue) -> list[tuple[AnyNewsroom, Sequence[str]]]:
    """Stored newsrooms with the names that the catalogue knows for them too, then the rest of the catalogue."""
    known: dict[str, tuple[AnyNewsroom, Sequence[str]]] = {each.slug: (each, names_of(each, catalogue)) for each in stored}
    for entry in catalogue.entries:
        known.setdefault(entry.slug, (entry, (entry.slug, entry.name, *entry.aliases)))
    return list(known.values())


def names_of(newsroom: Newsroom, catalogue: Catalogue) -> Sequence[str]:
    """What a stored newsroom goes by, its slug first, with the names that the catalogue knows for it."""
    entry = catalogue.get(newsroom.slug)
    return (newsroom.slug, newsroom.name, *((entry.name, *entry.aliases) if entry else ()))


def unknown_newsroom(words: str, nearest_ones: Sequence[AnyNewsroom], again: Again, texts: Texts) -> NearMiss:
    """The error for a newsroom that nobody knows, with the nearest as buttons."""
    said = texts.t("No newsroom is called “{words}”.", words=shorten(words, 60))
    if nearest_ones:
        said += " " + texts.t("Did you mean {newsroom}?", newsroom=nearest_ones[0].name)
    return NearMiss(said, [*_choice(nearest_ones, again), Button(texts.t("All newsrooms"), "/newsrooms")])


async def _at_address(words: str, stored: Iterable[Newsroom], ctx: Context) -> AnyNewsroom:
    entry = await entry_at(words, ctx)
    return next((newsroom for newsroom in stored if newsroom.slug == entry.slug), entry)


async def entry_at(address: str, ctx: Context) -> NewsroomEntry:
    """The newsroom at an address that somebody wrote. Raises UserError for what is none, or may not be asked.

    What is no public address may be named where it is read already: by whoever may decide that.
    """
    try:
        entry = entry_for_address(address)
    except SettingsError:
        raise UserError(ctx.texts.t("“{address}” is not an address of a feed.", address=shorten(address, 100))) from None
    if not ctx.may_ask(entry.feed_url) and same_address(entry.feed_url) not in await read_here(ctx):
        raise UserError(ctx.texts.t("“{address}” is not a public address.", address=shorten(address, 100)))
    return entry


async def read_here(ctx: Context) -> dict[str, Newsroom]:
    """The newsrooms whose feeds are read, of those that may be spoken of here, by the feed's address (`same_address`)."""
    spoken_of = {newsroom.id for newsroom in await ctx.newsrooms()}
    feeds = [feed for feed in await ctx.tx.feeds.all() if feed.newsroom.id in spoken_of]
    return {same_address(feed.url): feed.newsroom for feed in feeds}


def _here_first(newsrooms: Iterable[AnyNewsroom]) -> list[AnyNewsroom]:
    return sorted(newsrooms, key=lambda newsroom: not isinstance(newsroom, Newsroom))


def _choice(newsrooms: Iterable[AnyNewsroom], again: Again) -> list[Button]:
    return [Button(newsroom.name, again(newsroom.slug)) for newsroom in list(newsrooms)[:_CHOICES]]


async def is_followed(ctx: Context, newsroom: AnyNewsroom) -> bool:
    """Whether the newsroom's feed is polled here: it is offered, or somebody subscribes to it."""
    if not isinstance(newsroom, Newsroom):
        return False
    return newsroom.offered or any(feed.newsroom.id == newsroom.id for feed in await ctx.tx.feeds.all())


async def is_polled(ctx: Context, newsroom: AnyNewsroom) -> bool:
    """Whether its feed is polled on anybody's behalf, be it one of whom nobody here may know."""
    return any(feed.newsroom.slug == newsroom.slug for feed in await ctx.tx.feeds.all())


# Releases ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reference:
    """A release by its number in the digest replied to or the list shown last; or (`direct`, and where there is none) by its id."""

    number: int
    direct: bool = False


def reference(words: str) -> Reference | None:
    """`3`, `#3`, `id:123` or `release:123` as a reference, or None."""
    found = _REFERENCE.fullmatch(unquoted(words))
    return Reference(int(found["number"]), bool(found["direct"])) if found else None


async def replied_to(ctx: Context) -> list[Release]:
    """The releases that the message replied to is about, in its order; none where it is none of ours."""
    ids = await ctx.tx.outbox.about(ctx.call.address, ctx.call.reply_to) if ctx.call.reply_to else []
    return await ctx.tx.releases.many(ids)


def which(releases: Sequence[Release], command: str, texts: Texts) -> NearMiss:
    """The question which of several is meant; `command` is the line that asks of one, with `{}` for its id."""
    titles = [shorten(each.content(texts.language).title, _TITLE) for each in releases[:_CHOICES]]
    choice = [Button(title, command.format(each.id)) for title, each in zip(titles, releases, strict=False)]
    return NearMiss(texts.t("Which of these releases?"), choice)


async def find_release(ctx: Context, wanted: Reference) -> Release:
    """The release that is meant: of the digest replied to, of the list shown last, or with this id. Raises UserError."""
    release_id: ReleaseId | None = None
    digest = [] if wanted.direct else await replied_to(ctx)
    if len(digest) > 1 and 1 <= wanted.number <= len(digest):
        release_id = digest[wanted.number - 1].id
    elif not wanted.direct:
        release_id = await ctx.tx.lists.entry(ctx.call.actor, ctx.call.address, wanted.number, ctx.now - LIST_LIVES)
    release = await ctx.tx.releases.get(ReleaseId(wanted.number) if release_id is None else release_id)
    if release is None or not await ctx.may_see(release):
        raise NearMiss(
            ctx.texts.t(
                "There is no release {number}: the numbers are those of the list you were shown last, for an hour.",
                number=wanted.number,
            ),
            [Button(ctx.texts.t("Latest"), "/latest")],
        )
    return release
