"""Newsrooms on the Via platform: releases completed before they are told, looked at again, and their history fetched."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot, start
from bot.domain.release import Release
from bot.feeds.archive import looks
from bot.ports import History, HistoryState
from bot.text.query import parse
from storage import lookups
from storage.database import SqlDatabase
from storage.outbox import hurry
from tests.fakes.chat import ChatServer, HttpChatAdapter
from tests.fakes.feeds import Newsroom, ago
from tests.fakes.via import HOST, Press, Text, at_home, old, word
from tests.fakes.web import WebServer
from tests.features.conftest import Journey, settings_for

DESK_CARD = {"name": "Pressevagten", "phone": "+45 33 12 34 56 (ikke SMS)", "email": "presse@havnen.example"}
PERSON_CARD = {"name": "Freja Holmsted", "title": "havnefoged", "direct": "20 30 40 50", "mail": "freja@havnen.example"}


@dataclass(slots=True)
class Desk:
    """A bot that reads a newsroom on the platform, and writes to a chat."""

    bot: Bot
    press: Press
    chat: ChatServer
    adapter: HttpChatAdapter

    async def primed(self) -> None:
        """Until the first good poll is stored."""
        await until(self._is_primed)

    async def _is_primed(self) -> bool:
        async with self.bot.database.read() as tx:
            return all(feed.primed_at for feed in await tx.feeds.all())

    async def history(self) -> History | None:
        """How far the newsroom's history has been fetched."""
        async with self.bot.database.read() as tx:
            found = await tx.histories.progress()
        return found[0] if found else None

    async def fetched(self) -> History:
        """Until the history is through."""

        async def through() -> bool:
            stands = await self.history()
            return stands is not None and stands.state in (HistoryState.DONE, HistoryState.CAPPED, HistoryState.REFUSED)

        await until(through)
        stands = await self.history()
        assert stands is not None
        return stands

    async def releases(self) -> dict[str, Release]:
        """Everything stored, by title."""
        async with self.bot.database.read() as tx:
            newsrooms = [newsroom.id for newsroom in await tx.newsrooms.all()]
            found = await tx.releases.latest(newsrooms, limit=1000)
        assert len({release.external_id for release in found}) == len(found)
        return {release.content().title: release for release in found}

    async def release(self, title: str) -> Release:
        """A stored release."""
        return (await self.releases())[title]


async def until(happens: Callable[[], Awaitable[bool]], limit: float = 20.0) -> None:
    """Wait for something; raises TimeoutError."""
    async with asyncio.timeout(limit):
        while not await happens():
            await asyncio.sleep(0.02)


def be_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let alerts wait for longer than a test does: what is told was not waited for in vain."""
    for module in (lookups, hurry):
        monkeypatch.setattr(module, "GRACE", timedelta(minutes=5))


@pytest.fixture(autouse=True)
def _via_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    at_home(monkeypatch)


@pytest.fixture
def press(web: WebServer) -> Press:
    """A newsroom on the platform."""
    return Press(web)


@pytest.fixture
def desk(tmp_path: Path, press: Press, chat: ChatServer) -> Callable[..., Any]:
    """Start the bot on the newsroom; the same folder again is the same installation."""

    @asynccontextmanager
    async def begin(*conversations: str, **more: Any) -> AsyncIterator[Desk]:
        adapter = HttpChatAdapter(chat.url)
        values = {"PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES": frozenset({HOST}), "PRESSEVAGT_ARCHIVE_SPACING": 0} | more
        async with start(settings_for(tmp_path, **values), [adapter], [press.entry], listen=False) as bot:
            journey = Journey(bot, Newsroom(press.server), chat, adapter, press.server)
            await journey.subscribe(*conversations)
            found = Desk(bot, press, chat, adapter)
            await found.primed()
            yield found

    return begin


async def test_a_release_is_complete_before_it_is_told(
    press: Press, chat: ChatServer, desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kind, contacts and picture come from its document; the alert waits for it and no longer, and is posted once."""
    be_patient(monkeypatch)
    press.publish(*old(1))
    image = {"path": "/data/images/kaj.jpg", "caption": "Kajen", "credit": "Foto: Asta Dam"}
    async with desk("desk") as d:
        press.publish(
            Text(
                50, "Kajen åbner igen", "Fra mandag.", "<p>Skibe kan lægge til.</p>", kind="Nyhed", cards=[PERSON_CARD], image=image
            )
        )
        await chat.wait_for(1)
        (alert,) = chat.posts("desk")
        assert "Freja Holmsted" in alert.text
        assert "Nyhed" in alert.text
        release = await d.release("Kajen åbner igen")
        assert release.content().pictures[0].url == f"{press.origin}/data/images/kaj.jpg"
        assert "Skibe kan lægge til." in release.content().text
        await asyncio.sleep(0.5)
        assert (alert.edits, len(chat.messages), release.revision) == (0, 1, 1)


async def test_a_slow_document_delays_the_alert_by_two_seconds_and_is_shown_later(
    press: Press, chat: ChatServer, desk: Callable[..., Any]
) -> None:
    """What comes later is shown by an edit: no mark, no word, and what the listing knew was there from the start."""
    press.publish(*old(1))
    async with desk("desk") as d:
        press.publish(Text(50, "Kajen åbner igen", "Fra mandag.", "<p>Skibe.</p>", kind="Nyhed", cards=[DESK_CARD], delay=6.0))
        await chat.wait_for(1)
        (alert,) = chat.posts("desk")
        first_seen = (await d.release("Kajen åbner igen")).first_seen
        waited = d.bot.clock.now() - first_seen
        assert waited >= timedelta(seconds=2)
        assert "Nyhed" in alert.text
        assert "+45" not in alert.text

        async def edited() -> bool:
            return alert.edits > 0

        await until(edited)
        assert "+4533123456" in alert.text.replace(" ", "")
        assert (len(chat.messages), "RETTET" in alert.text.upper()) == (1, False)
        release = await d.release("Kajen åbner igen")
        assert (release.corrected_at, release.revision) == (None, 2)


async def test_without_documents_the_alert_is_told_all_the_same(
    press: Press, chat: ChatServer, desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the feed answers: the alert does not wait for what does not come."""
    be_patient(monkeypatch)
    press.publish(*old(1))
    press.documents = press.whole = press.listed = False
    async with desk("desk") as d:
        press.publish(Text(50, "Kajen åbner igen", "Fra mandag.", "<p>Skibe.</p>"))
        await chat.wait_for(1)
        assert (await d.release("Kajen åbner igen")).content().body == ()


async def test_an_edited_text_is_found_and_told(
    press: Press, chat: ChatServer, desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feed does not show it; the look after five minutes (here: seconds) does, and readers hear what changed."""
    monkeypatch.setattr(looks, "AFTER", tuple(timedelta(seconds=s) for s in (0, 2, 4, 600)))
    press.publish(*old(1))
    async with desk("desk") as d:
        press.publish(Text(50, "Havnen giver penge", "Fra mandag.", "<p>Der gives 40 mio. kr. til kajen i år.</p>"))
        await chat.wait_for(1)
        press.text(50).body = "<p>Der gives 45 mio. kr. til kajen i år.</p>"
        await chat.wait_for(2)
        alert, told = chat.posts("desk")
        assert "40 mio. kr. → 45 mio. kr." in told.text
        assert told.under == alert.id

        async def marked() -> bool:
            return alert.edits > 0

        await until(marked)
        assert "RETTET" in alert.text.upper()
        assert (await d.release("Havnen giver penge")).revision == 2


async def test_a_title_that_only_the_document_changed_is_a_correction_and_told_once(
    press: Press, chat: ChatServer, desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feed may show it later or never; when it does, that is no second correction, and what it says after that is."""
    monkeypatch.setattr(looks, "AFTER", tuple(timedelta(seconds=s) for s in (0, 2, 4, 600)))
    press.publish(*old(1))
    async with desk("desk") as d:
        press.publish(Text(50, "Havnen giver 40 mio. kr.", "Fra mandag.", "<p>Pengene går til kajen.</p>"))
        await chat.wait_for(1)
        press.text(50).title = "Havnen giver 45 mio. kr."  # its feed is not served anew
        await chat.wait_for(2)
        alert, told = chat.posts("desk")
        assert "Havnen giver 40 mio. kr. → 45 mio. kr." in told.text

        async def shown() -> bool:
            return "RETTET" in alert.text.upper() and "45 mio. kr." in alert.text

        await until(shown)
        corrected = await d.release("Havnen giver 45 mio. kr.")
        assert corrected.revision == 2
        press.serve()  # the feed catches up

        async def caught_up() -> bool:
            async with d.bot.database.read() as tx:
                said = await tx.releases.statements(corrected.id)
            return {each.content.title for each in said} == {"Havnen giver 45 mio. kr."}

        await until(caught_up)
        press.text(50).title = "Havnen giver 47 mio. kr."
        press.serve()
        await chat.wait_for(3)
        assert "Havnen giver 45 mio. kr. → 47 mio. kr." in chat.posts("desk")[2].text
        assert (await d.release("Havnen giver 47 mio. kr.")).revision == 3


async def test_a_correction_of_the_feed_hides_the_stale_text_until_it_was_looked_at(
    press: Press, chat: ChatServer, desk: Callable[..., Any]
) -> None:
    """The document is asked at once; while it does not answer, its old text is not shown beside the new title."""
    press.publish(*old(1))
    async with desk("desk") as d:
        press.publish(Text(50, "Havnen giver 40 mio. kr.", "Fra mandag.", "<p>Der gives 40 mio. kr.</p>"))
        await chat.wait_for(1)
        text = press.text(50)
        text.title, text.body, text.delay = "Havnen giver 45 mio. kr.", "<p>Der gives 45 mio. kr.</p>", 5.0
        press.serve()
        await chat.wait_for(2)
        release = await d.release("Havnen giver 45 mio. kr.")
        assert release.content().body == ()

        async def whole() -> bool:
            return bool((await d.release("Havnen giver 45 mio. kr.")).content().body)

        await until(whole)
        await asyncio.sleep(1)
        told = [post.text for post in chat.posts("desk")[1:]]
        assert "Havnen giver 40 mio. kr. → 45 mio. kr." in told[0]
        assert "Der gives 40 mio. kr. → 45 mio. kr." in told[1]
        assert len(told) == 2
        assert "Der gives 45 mio. kr." in (await d.release("Havnen giver 45 mio. kr.")).content().text


async def test_a_document_that_is_gone_withdraws_only_what_its_page_says_is_gone(
    press: Press, chat: ChatServer, desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The document's 404 has the page asked; a page that stands decides otherwise."""
    monkeypatch.setattr(looks, "AFTER", tuple(timedelta(seconds=s) for s in (0, 2, 4, 600)))
    press.whole = False
    press.publish(*old(1))
    async with desk("desk") as d:
        press.publish(Text(50, "Kajen lukker", "x", "<p>a b c</p>"), Text(51, "Kajen åbner", "y", "<p>d e f</p>"))
        press.server.put("/pressemeddelelse/51/nyt-fra-havnen", b"her er den", content_type="text/html")
        await chat.wait_for(2)
        press.text(50).status = press.text(51).status = 404

        async def withdrawn() -> bool:
            return (await d.release("Kajen lukker")).gone_at is not None

        await until(withdrawn)
        assert (await d.release("Kajen åbner")).gone_at is None


async def test_on_postgresql_it_is_the_same(
    press: Press, chat: ChatServer, desk: Callable[..., Any], postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A history that is fetched under a lease, a release that is complete before it is told, and one whose text is edited."""
    be_patient(monkeypatch)
    monkeypatch.setattr(looks, "AFTER", tuple(timedelta(seconds=s) for s in (0, 2, 4, 600)))
    press.publish(*old(25))
    async with desk("desk", DATABASE_URL=postgres_url) as d:
        assert (await d.fetched()).done == 25
        assert len(await d.releases()) == 25
        press.publish(
            Text(50, "Havnen giver penge", "Fra mandag.", "<p>Der gives 40 mio. kr. til kajen i år.</p>", cards=[PERSON_CARD])
        )
        await chat.wait_for(1)
        assert "Freja Holmsted" in chat.posts("desk")[0].text
        press.text(50).body = "<p>Der gives 45 mio. kr. til kajen i år.</p>"
        await chat.wait_for(2)
        assert "40 mio. kr. → 45 mio. kr." in chat.posts("desk")[1].text


@pytest.mark.parametrize("whole", [True, False])
async def test_the_history_is_fetched_in_silence_and_found(
    press: Press, chat: ChatServer, desk: Callable[..., Any], *, whole: bool
) -> None:
    """All of it is stored once with its texts, in bulk or one by one; nobody is alerted; the newest page comes first."""
    press.whole = whole
    press.publish(*old(50))
    async with desk("desk") as d:
        stands = await d.fetched()
        assert (stands.state, stands.done, stands.total) == (HistoryState.DONE, 50, 50)

        async def texts() -> bool:
            return all(release.content().body for release in (await d.releases()).values())

        await until(texts)
        assert len(await d.releases()) == 50
        assert press.pages == [0, 1, 2]
        assert chat.messages == []
        async with d.bot.database.read() as tx:
            found = await tx.search.find(parse(word(3)), limit=10)
        assert [release.content().title for release in found.releases] == ["Gammel nyhed 3"]
        assert found.releases[0].content().kind_word == "Pressemeddelelse"


async def test_what_is_new_is_told_once_though_the_history_is_under_way(
    press: Press, chat: ChatServer, desk: Callable[..., Any]
) -> None:
    """A release that the listing shows before the feed does is left to the feed, which tells it."""
    press.publish(*old(60))
    async with desk("desk", PRESSEVAGT_ARCHIVE_SPACING=0.3) as d:
        hidden = Text(90, "Kun på listen endnu", "x", "<p>a</p>", published=ago(minutes=1), in_feed=False)
        press.publish(hidden)
        await d.fetched()
        assert "Kun på listen endnu" not in await d.releases()
        hidden.in_feed = True
        press.serve()
        await chat.wait_for(1)
        await asyncio.sleep(1.5)
        assert [post.title for post in chat.posts("desk")] == ["Kun på listen endnu"]
        assert len(await d.releases()) == 61


async def test_an_old_release_that_slides_back_into_the_feed_is_no_news_and_no_correction(
    press: Press, chat: ChatServer, desk: Callable[..., Any]
) -> None:
    """The archive knew it; that the feed now says it in its own words changes nothing."""
    press.window = 5
    press.publish(*old(10))
    async with desk("desk") as d:
        await d.fetched()
        press.text(3).lead = "Det skete i havnen, sag 3. Og feedet siger det lidt længere."
        for number in range(4, 11):
            press.text(number).in_feed = False
        press.serve()

        async def by_feed() -> bool:
            return "lidt længere" in (await d.release("Gammel nyhed 3")).content().lead

        await until(by_feed)
        assert (chat.messages, (await d.release("Gammel nyhed 3")).revision) == ([], 1)


async def test_a_host_that_says_no_is_left_alone(press: Press, chat: ChatServer, desk: Callable[..., Any]) -> None:
    """Its robots.txt counts for the archive; the feed's own alerts go on."""
    press.server.put("/robots.txt", "User-agent: *\nDisallow: /public-website-api/", content_type="text/plain")
    press.publish(*old(30))
    async with desk("desk") as d:
        assert (await d.fetched()).state is HistoryState.REFUSED
        assert press.pages == []
        press.publish(Text(50, "Kajen åbner igen", "Fra mandag."))
        await chat.wait_for(1)
        assert press.asked == []


async def test_a_host_that_is_asked_too_much_is_given_its_time(press: Press, chat: ChatServer, desk: Callable[..., Any]) -> None:
    """A 429 with a time stops all requests beside the feed for that long; then it goes on where it was."""
    press.publish(*old(1))
    async with desk("desk"):
        press.publish(Text(50, "Kajen åbner", "x", "<p>a</p>", status=429, headers={"Retry-After": "3"}))
        await chat.wait_for(1)
        asked = len(press.asked)
        press.publish(Text(51, "Kajen lukker", "y", "<p>b</p>"))
        await chat.wait_for(2)
        assert press.asked[asked:] == []
        press.text(50).status = 200

        async def again() -> bool:
            return {50, 51} <= set(press.asked[asked:])

        await until(again)


async def test_a_killed_process_leaves_a_history_that_the_next_goes_on_with(
    press: Press, chat: ChatServer, desk: Callable[..., Any], tmp_path: Path
) -> None:
    """Killed by -9 in the middle: the next process goes on at the page where it stood, and doubles nothing."""
    press.whole = False
    press.publish(*old(120))
    settings = settings_for(tmp_path)
    environment = os.environ | {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "PRESSEVAGT_ARCHIVE_SPACING": "0.5",
        "PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES": HOST,
        "PRESSEVAGT_POLL_INTERVAL": "1",
        "PRESSEVAGT_HTTP_PORT": "0",
        "PRESSEVAGT_METRICS_PORT": "off",
    }
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.features.via_process", chat.url, press.feed_url, env=environment, cwd=Path(__file__).parents[2]
    )

    async def some_pages() -> bool:
        return len(set(press.pages)) >= 3

    try:
        await until(some_pages, 60)
    finally:
        worker.send_signal(signal.SIGKILL)
        await worker.wait()
    before, press.pages[:] = set(press.pages), []
    database = SqlDatabase(settings.database_url.get_secret_value())
    async with database.read() as tx:
        (stood,) = await tx.histories.progress()
    await database.close()
    assert 0 < stood.done < 120
    async with desk() as d:
        assert (await d.fetched()).done == 120
        assert len(await d.releases()) == 120
        assert min(press.pages) >= max(before) - 1
        assert chat.messages == []
