"""The demo's newsroom: what its feed and its pages say over real HTTP, read by the bot's own parser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.demo.newsroom import DemoNewsroom, slug
from bot.demo.releases import COMING_ID, DemoRelease, archive, coming
from bot.domain.release import Kind, ParsedFeed, ParsedRelease
from bot.feeds.reading.parse import parse

NOW = datetime(2026, 11, 23, 7, 12, 31, 250_000, tzinfo=UTC)


@pytest.fixture
async def newsroom() -> AsyncIterator[DemoNewsroom]:
    """A newsroom with its archive."""
    async with DemoNewsroom(archive(NOW)) as newsroom:
        yield newsroom


async def get(url: str, headers: dict[str, str] | None = None) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body."""
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return response.status, response.headers, await response.read()


async def read(newsroom: DemoNewsroom) -> ParsedFeed:
    """The feed as the bot reads it."""
    _, _, body = await get(newsroom.feed_url)
    return parse(body, url=newsroom.feed_url, content_type="application/rss+xml", now=NOW, language="da", region="DK")


def titled(feed: ParsedFeed, words: str) -> ParsedRelease:
    """The release whose title holds these words."""
    return next(release for release in feed.releases if words in release.content.title)


async def test_the_feed_reads_without_faults_newest_first(newsroom: DemoNewsroom) -> None:
    """Every release of the archive is read with title, lead, text, kind and a time in the past, the newest first."""
    feed = await read(newsroom)
    times = [release.published for release in feed.releases if release.published]
    assert (len(feed.releases), feed.faults) == (11, ())
    assert times == sorted(times, reverse=True)
    assert len(times) == 11
    assert times[0] < NOW
    assert all(release.content.lead and release.content.body and release.content.kind for release in feed.releases)
    assert {release.content.kind for release in feed.releases} == set(Kind)


async def test_every_release_names_the_press_desk(newsroom: DemoNewsroom) -> None:
    """The press duty number stands in every release, with what is said about text messages."""
    for release in (await read(newsroom)).releases:
        phones = {phone.e164: phone.note for contact in release.content.contacts for phone in contact.phones}
        assert phones["+4561979247"] in {"ikke SMS", "no text messages"}


async def test_a_person_is_named_with_role_phone_and_mail(newsroom: DemoNewsroom) -> None:
    """One release has a press contact of its own."""
    contacts = titled(await read(newsroom), "Grønland").content.contacts
    person = next(contact for contact in contacts if contact.name)
    assert (person.name, person.role) == ("Mathilde Ravnborg", "Kommunikationsrådgiver")
    assert (person.phones[0].e164, person.emails) == ("+4533920000", ("mathilde.ravnborg@um.example",))


async def test_two_releases_of_one_title_stay_two(newsroom: DemoNewsroom) -> None:
    """A title that comes back makes no duplicate."""
    feed = await read(newsroom)
    meetings = [release for release in feed.releases if release.content.title == "Møde i Det Udenrigspolitiske Nævn"]
    assert len({release.external_id for release in meetings}) == 2


async def test_an_unchanged_feed_answers_304(newsroom: DemoNewsroom) -> None:
    """Whoever has the document is told so, until something is published."""
    _, headers, _ = await get(newsroom.feed_url)
    known = {"If-None-Match": headers["ETag"]}
    assert (await get(newsroom.feed_url, known))[0] == 304
    newsroom.publish(coming(NOW, "da", 40))
    assert (await get(newsroom.feed_url, known))[0] == 200


async def test_a_correction_keeps_address_and_time(newsroom: DemoNewsroom) -> None:
    """A corrected release is the same release: only its words change."""
    newsroom.publish(coming(NOW, "da", 40))
    before = titled(await read(newsroom), "40 millioner")
    meant = coming(NOW + timedelta(seconds=9), "da", 45)
    newsroom.correct(COMING_ID, title=meant.title, lead=meant.lead, body=meant.body)
    after = titled(await read(newsroom), "45 millioner")
    assert (after.external_id, after.content.url, after.published) == (before.external_id, before.content.url, before.published)
    assert after.content.fingerprint != before.content.fingerprint


async def test_what_is_withdrawn_is_gone(newsroom: DemoNewsroom) -> None:
    """A release that was taken down stands in no feed, and its page answers 404."""
    newsroom.publish(coming(NOW, "da", 40))
    page = titled(await read(newsroom), "40 millioner").content.url
    newsroom.withdraw(COMING_ID)
    assert len((await read(newsroom)).releases) == 11
    assert (await get(page))[0] == 404


async def test_links_lead_to_pages_that_say_what_they_are(newsroom: DemoNewsroom) -> None:
    """Every link of the feed, and of the list of releases, leads to a page that calls itself invented."""
    _, _, index = await get(newsroom.page_url)
    listed = set(re.findall(r'<a href="([^"]+)"', index.decode()))
    feed = await read(newsroom)
    assert listed == {release.content.url.replace("&", "&amp;") for release in feed.releases}
    for release in feed.releases:
        status, _, page = await get(release.content.url)
        assert (status, "Opdigtet" in page.decode()) == (200, True)


async def test_markup_in_a_release_stays_text(newsroom: DemoNewsroom) -> None:
    """What looks like markup is escaped on the page and in the feed."""
    newsroom.publish(DemoRelease(7, "Nyhed", "<b>A & B</b>", "<script>1</script>", ("5 < 6 & 7 > 2",), NOW))
    release = titled(await read(newsroom), "A & B")
    _, _, page = await get(release.content.url)
    assert b"<script>" not in page
    assert b"&lt;b&gt;A &amp; B&lt;/b&gt;" in page
    assert [block.text for block in release.content.body] == ["5 < 6 & 7 > 2"]


async def test_another_publisher_is_a_404_page(newsroom: DemoNewsroom) -> None:
    """A wrong address answers as Via's does: with a web page and 404."""
    status, _, body = await get(newsroom.feed_url.replace("?publisherId=", "?publisherId=9"))
    assert (status, body[:15]) == (404, b"<!doctype html>")


@pytest.mark.parametrize("day", range(0, 365, 13))
def test_the_archive_makes_sense_on_every_day(day: int) -> None:
    """Whenever the demo is played, all of it was published before, in the order of the ids."""
    now = NOW + timedelta(days=day, hours=day % 24)
    releases = archive(now)
    times = [release.published for release in releases]
    assert times == sorted(times, reverse=True)
    assert all(when < now for when in times)
    assert [release.id for release in releases] == sorted((release.id for release in releases), reverse=True)


def test_slugs_are_plain_letters() -> None:
    """An address is ASCII, the Danish letters as Via writes them."""
    assert slug("Møde i Det Udenrigspolitiske Nævn – på Åbenrå!") == "moede-i-det-udenrigspolitiske-naevn-paa-aabenraa"
