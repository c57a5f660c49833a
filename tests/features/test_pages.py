"""New releases whose feed brings a lead alone: their own page adds the text and the contact, after the alert, in silence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.domain.release import Release
from tests.fakes.chat import ChatServer
from tests.fakes.feeds import ago
from tests.fakes.site import HTML, Piece, Site
from tests.fakes.web import WebServer
from tests.features.conftest import Journey
from tests.features.conftest import Start as Begin
from tests.features.test_via import until


def site_of(web: WebServer) -> Site:
    """A site with a history that its feed shows all of, and no sitemap."""
    site = Site(web, releases=5, others=0)
    web.forget("/sitemap.xml")
    return site


def new_piece(site: Site) -> Piece:
    """A release that comes out now."""
    return Piece(len(site.pieces) + 1, datetime.now(UTC).replace(microsecond=0))


async def stored(journey: Journey, piece: Piece) -> Release | None:
    """The release as it is stored, if it is."""
    async with journey.bot.database.read() as tx:
        found = await tx.releases.latest([newsroom.id for newsroom in await tx.newsrooms.all()], limit=50)
    return next((each for each in found if each.content().url.endswith(piece.path)), None)


async def primed(journey: Journey) -> None:
    """Until the feed has been read once."""

    async def read() -> bool:
        async with journey.bot.database.read() as tx:
            return all(feed.primed_at for feed in await tx.feeds.all())

    await until(read)


def whole(journey: Journey, piece: Piece, word: str) -> Callable[[], Awaitable[bool]]:
    """Whether the release's text has a word in it."""

    async def is_whole() -> bool:
        release = await stored(journey, piece)
        return release is not None and word in release.content().text

    return is_whole


async def test_the_page_completes_what_was_told(web: WebServer, chat: ChatServer, journey: Begin) -> None:
    """The alert does not wait for it; contacts are shown by a silent edit; title and lead stay the feed's."""
    site = site_of(web)
    async with journey(PRESSEVAGT_ARCHIVE_SPACING=0) as j:
        await j.subscribe("desk")
        await primed(j)
        piece = new_piece(site)
        site.put(piece, delay=2.5)
        site.newsroom.publish(site.item(piece))
        await chat.wait_for(1)
        (alert,) = chat.posts("desk")
        release = await stored(j, piece)
        assert release is not None
        assert (j.bot.clock.now() - release.first_seen).total_seconds() < 2
        await until(whole(j, piece, "tovværk006"))

        async def edited() -> bool:
            return "+4520123456" in alert.text.replace(" ", "")

        await until(edited)
        release = await stored(j, piece)
        assert release is not None
        assert (release.content().lead, release.content().title, release.corrected_at) == ("Sag 6.", piece.title, None)
        assert len(chat.messages) == 1


async def test_a_page_under_another_title_is_not_this_release(web: WebServer, chat: ChatServer, journey: Begin) -> None:
    """Nor one that is not there: the release stays as its feed has it."""
    site = site_of(web)
    async with journey(PRESSEVAGT_ARCHIVE_SPACING=0) as j:
        await j.subscribe("desk")
        await primed(j)
        gone, other = Piece(6, ago(minutes=2)), Piece(7, ago(minutes=1))
        site.put(other, body=other.html().replace(other.title, "Noget ganske andet"), content_type=HTML)
        site.newsroom.publish(site.item(gone), site.item(other))
        await chat.wait_for(2)

        async def looked_at() -> bool:
            asked = {request.path for request in web.requests}
            return {gone.path, other.path} <= asked

        await until(looked_at)
        for piece in (gone, other):
            release = await stored(j, piece)
            assert release is not None
            assert (release.content().body, release.revision) == ((), 1)


async def test_a_correction_of_the_feed_is_told_once(web: WebServer, chat: ChatServer, journey: Begin) -> None:
    """The page is asked again, and what else was changed on it corrects nothing."""
    site = site_of(web)
    async with journey(PRESSEVAGT_ARCHIVE_SPACING=0) as j:
        await j.subscribe("desk")
        await primed(j)
        piece = new_piece(site)
        site.put(piece)
        site.newsroom.publish(site.item(piece))
        await until(whole(j, piece, "tovværk006"))
        site.put(piece, body=piece.html().replace("tovværk006", "tovværk007"))
        site.newsroom.item(piece.number).lead = "Sagen gælder 45 mio. kr."
        site.newsroom.serve()
        await until(whole(j, piece, "tovværk007"))
        release = await stored(j, piece)
        assert release is not None
        assert release.content().lead == "Sagen gælder 45 mio. kr."
        async with j.bot.database.read() as tx:
            assert len(await tx.releases.revisions(release.id)) == 1
        await chat.wait_for(2)
        assert [post.text.count("tovværk") for post in chat.posts("desk")][1:] == [0]
