"""The history of newsrooms whose feed has no older pages: over the sitemaps of their sites."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import start
from bot.domain.newsroom import NewsroomEntry
from bot.feeds.archive import historian
from bot.operate.backfill import backfill
from bot.ports import HistoryState
from tests.fakes.chat import ChatServer, HttpChatAdapter
from tests.fakes.feeds import Item, Newsroom, ago
from tests.fakes.site import HTML, SUBJECTS, Site, urlset
from tests.fakes.via import Press
from tests.fakes.web import WebServer
from tests.features.conftest import Journey, settings_for
from tests.features.newsdesk import words_of
from tests.features.test_via import Desk, until

Begin = Callable[..., AbstractAsyncContextManager[Desk]]


@pytest.fixture
def begin(tmp_path: Path, web: WebServer, chat: ChatServer) -> Begin:
    """Start the bot on the site's feed; a second time it is the same installation."""

    @asynccontextmanager
    async def beginning(**more: Any) -> AsyncIterator[Desk]:
        adapter = HttpChatAdapter(chat.url)
        entry = NewsroomEntry("havnen", "Havnen", web.url("/feed"), "DK", "da", "rss")
        settings = settings_for(tmp_path, **{"PRESSEVAGT_ARCHIVE_SPACING": 0, **more})
        async with start(settings, [adapter], [entry], listen=False) as bot:
            await Journey(bot, Newsroom(web), chat, adapter, web).subscribe("desk")
            desk = Desk(bot, Press(web), chat, adapter)
            await desk.primed()
            yield desk

    return beginning


async def test_the_releases_of_a_site_are_found_among_its_pages(web: WebServer, chat: ChatServer, begin: Begin) -> None:
    """Each is asked for once, those of the feed and the other three hundred pages not at all; nobody is alerted."""
    site = Site(web)
    async with begin() as desk:
        stands = await desk.fetched()
        assert (stands.state, stands.total) == (HistoryState.DONE, 40)
        releases = await desk.releases()
        assert sorted(releases) == sorted(piece.title for piece in site.pieces)
        newest_first = [piece.path + "/" for piece in site.pieces[:30]][::-1]
        assert site.asked() == newest_first
        old = releases[site.pieces[0].title]
        assert old.published == site.pieces[0].published
        assert (old.content().lead, old.content().url) == ("Sag 1 i korte træk.", web.url(site.pieces[0].path))
        assert [contact.name for contact in old.contacts] == ["Asta Dam"]
        assert site.pieces[0].title in words_of((await desk.adapter.hear("/search tovværk001")).card)
        assert chat.messages == []


async def test_a_walk_goes_on_where_it_was_stopped(web: WebServer, chat: ChatServer, begin: Begin) -> None:
    """Though the sitemap is another one by then; no page is asked for twice."""
    site = Site(web)
    for piece in site.pieces:
        site.put(piece, delay=0.05)

    async def some() -> bool:
        return len(site.asked()) >= 3

    async with begin() as desk:
        await until(some)
    before = site.asked()
    assert len(before) < 30
    site.add(site.pieces[12].published + timedelta(days=1))
    async with begin() as desk:
        await desk.fetched()
        assert len(await desk.releases()) == 41
    assert len(set(site.asked())) == len(site.asked()) == 31
    assert chat.messages == []


async def test_pages_that_are_no_releases_any_more_are_passed_over(web: WebServer, begin: Begin) -> None:
    """What is gone, has moved away, fails, is not dated, or is said to be another page; the others are stored."""
    site = Site(web, releases=30, others=10)
    gone, moved, broken, undated, twin, empty = site.pieces[:6]
    site.put(gone, status=410)
    site.put(moved, status=302, headers={"Location": "/"})
    site.put(broken, status=500)
    site.put(undated, body=re.sub(r"<meta property[^>]*>", "", undated.html()))
    site.put(twin, body=twin.html().replace(twin.path, site.pieces[-1].path))
    site.put(empty, body="<title>Nyhed</title>")
    web.put("/", "<h1>Havnen</h1>", content_type=HTML)
    async with begin() as desk:
        stands = await desk.fetched()
        assert (stands.state, stands.done) == (HistoryState.DONE, 30)
        assert sorted(await desk.releases()) == sorted(piece.title for piece in site.pieces[6:])


async def test_a_host_that_fails_is_waited_for(web: WebServer, begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it could not give is asked again later; pages that it never can are left, and those behind them are not."""
    monkeypatch.setattr(historian, "_PAUSE", timedelta(milliseconds=100))
    site = Site(web, releases=30, others=0)
    for piece in site.pieces[5:14]:
        site.put(piece, status=500)

    async def waits() -> bool:
        stands = await desk.history()
        return stands is not None and stands.tries > 1

    async with begin() as desk:
        await until(waits)
        stands = await desk.history()
        assert stands is not None
        assert (stands.state, stands.done, len(await desk.releases())) == (HistoryState.WAITING, 16, 16)
        for piece in site.pieces[8:14]:
            site.put(piece)
        assert (await desk.fetched()).state is HistoryState.DONE
        kept = [*site.pieces[:5], *site.pieces[8:]]
        assert sorted(await desk.releases()) == sorted(piece.title for piece in kept)


async def test_a_hostile_sitemap_leads_nowhere(web: WebServer, begin: Begin) -> None:
    """Bombs are not unpacked, entities not read, circles walked once, and other hosts and private addresses not asked."""
    site = Site(web, releases=12, others=0)
    async with WebServer() as other:
        web.put(
            "/robots.txt", f"Sitemap: {web.url('/kort.xml')}\nSitemap: http://169.254.169.254/kort.xml\nSitemap: file:///etc/passwd"
        )
        elsewhere = (other.url("/sitemap.xml"), web.url("/sitemap.xml", host="localhost"), "http://[::1]/s.xml", "javascript:x")
        parts = [web.url(path) for path in ("/kort.xml", "/bombe.xml.gz", "/enheder.xml", "/skrot.xml", "/borte.xml", "/dele.xml")]
        listed = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in (*elsewhere, *parts))
        web.put("/kort.xml", f"<sitemapindex>{listed}</sitemapindex>")
        web.put("/bombe.xml.gz", gzip.compress(b"<urlset>" + b" " * 60_000_000))
        web.put(
            "/enheder.xml", f'<!DOCTYPE urlset [<!ENTITY a "{site.pieces[0].path}">]><urlset><url><loc>&a;</loc></url></urlset>'
        )
        web.put("/skrot.xml", "<urlset><url><loc>" + "<a>" * 10_000)
        web.redirect("/borte.xml", other.url("/sitemap.xml"))
        web.put("/dele.xml", f"<sitemapindex><sitemap><loc>{web.url('/dele/2.xml')}</loc></sitemap></sitemapindex>")
        web.put("/dele/2.xml", f"<sitemapindex><sitemap><loc>{web.url('/dele/3.xml')}</loc></sitemap></sitemapindex>")
        web.put("/dele/3.xml", site.part(site.pieces))
        async with begin() as desk:
            stands = await desk.fetched()
            assert stands.state is HistoryState.DONE
            assert len(await desk.releases()) == 10
        assert [request.path for request in other.requests if request.path != "/robots.txt"] == ["/sitemap.xml"]
    assert len(web.asked("/kort.xml")) == 1
    assert (len(web.asked("/dele/2.xml")), len(web.asked("/dele/3.xml")), len(web.asked("/sitemap.xml"))) == (1, 0, 0)


async def test_what_robots_txt_forbids_is_not_asked_for(web: WebServer, begin: Begin) -> None:
    """The sitemap that it names is read in place of the usual one, and pages that it closes are passed over."""
    site = Site(web, releases=20, others=10)
    closed = site.pieces[3]
    rules = f"User-agent: *\nDisallow: {closed.path.rpartition('/')[0]}/\nSitemap: {web.url('/kort.txt')}\n"
    web.put("/robots.txt", rules, content_type="text/plain")
    web.put("/kort.txt", "\n".join(web.url(piece.path) for piece in site.pieces), content_type="text/plain")
    async with begin() as desk:
        await desk.fetched()
        kept = [piece for piece in site.pieces if not piece.path.startswith(closed.path.rpartition("/")[0])]
        assert sorted(await desk.releases()) == sorted(piece.title for piece in kept)
        assert closed.path not in site.asked()
    assert web.asked("/sitemap.xml") == []


async def test_a_closed_sitemap_ends_the_history_with_the_feed(web: WebServer, begin: Begin) -> None:
    """As it would be without one."""
    site = Site(web, releases=20, others=10)
    web.put("/robots.txt", "User-agent: *\nDisallow: /sitemap.xml\n", content_type="text/plain")
    async with begin() as desk:
        assert (await desk.fetched()).state is HistoryState.DONE
        assert len(await desk.releases()) == 10
    assert site.asked() == []


@pytest.mark.parametrize("guids", [True, False])
async def test_a_release_of_the_feed_and_one_of_the_archive_are_one(
    web: WebServer, chat: ChatServer, begin: Begin, *, guids: bool
) -> None:
    """Whether the feed brings it before or after: what the feed says stands, with the text of its page, and nobody is told."""
    site = Site(web, releases=20, others=10, guids=guids)
    async with begin() as desk:
        await desk.fetched()
        assert len(site.asked()) == 10
        site.newsroom.window = 15
        site.newsroom.serve()

        async def brought() -> bool:
            return (await desk.release(site.pieces[5].title)).content().lead == "Sag 6."

        await until(brought)
        releases = await desk.releases()
        assert len(releases) == 20
        assert len((await desk.release(site.pieces[5].title)).content().body) == 2
        assert chat.messages == []


async def test_addresses_that_have_nothing_in_common_are_not_guessed_at(
    web: WebServer, begin: Begin, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The history ends with the feed, and `backfill` says why."""
    newsroom = Newsroom(web)
    newsroom.publish(
        *(
            Item(n, f"Nyhed {n}", link=web.url(f"/{SUBJECTS[n].lower()}-faar-plan-nummer-{n}"), published=ago(days=n))
            for n in range(1, 6)
        )
    )
    web.put("/sitemap.xml", urlset(*[(web.url(f"/om-havnen-og-dens-plan-{n}"), ago(days=n)) for n in range(100)]))
    async with begin() as desk:
        stands = await desk.fetched()
        assert (stands.state, stands.fault) == (HistoryState.DONE, "no_shape")
    assert web.asked("/sitemap.xml") == []
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'journey.db'}",
        "PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES": "127.0.0.1",
        "PRESSEVAGT_ARCHIVE_SPACING": "0",
    }.items():
        monkeypatch.setenv(name, value)
    empty = tmp_path / "none.env"
    empty.write_text("")
    await asyncio.to_thread(backfill, empty, "havnen", again=True)
    assert "5 releases looked through, which is all there is to be read: the addresses of its releases" in capsys.readouterr().out
