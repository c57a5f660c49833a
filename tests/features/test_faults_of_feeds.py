"""Newsrooms' servers at their worst: nothing is lost, what is wrong is named, and afterwards all is well again."""

from __future__ import annotations

import asyncio
import gzip
import json
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.web import BaseRequest, Response, StreamResponse
from sqlalchemy import Connection, event
from structlog.testing import capture_logs

from bot import gather
from bot.alerts import dispatcher, ledger
from bot.app import start
from bot.domain.newsroom import Feed, FeedState, NewsroomEntry
from bot.domain.release import Release
from bot.feeds import poll, poller, telling
from storage import engine
from storage.database import SqlDatabase
from tests.fakes.chat import ChatServer, HttpChatAdapter, card_text
from tests.fakes.feeds import Item, Newsroom, ago
from tests.fakes.web import WebServer
from tests.features.conftest import Journey, Start, settings_for

PAGE = "<!doctype html><html><head><title>Havnen</title>{}</head><body><h1>Presse</h1></body></html>"
LINK = '<link rel="alternate" type="application/rss+xml" href="/rss">'
QUICK = timedelta(milliseconds=30)


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again at once; only the server's own wish is waited for."""

    def soon(now: datetime, *_: object) -> datetime:
        return now + QUICK

    def wished(now: datetime, _interval: object, _failures: object, _chance: object, wish: timedelta | None = None) -> datetime:
        return now + max(QUICK, wish or QUICK)

    monkeypatch.setattr(poll, "next_poll", soon)
    monkeypatch.setattr(poll, "next_try", wished)
    monkeypatch.setattr(poller, "TICK", 0.02)
    monkeypatch.setattr(poller, "SETTLE_WITHIN", 0.005)
    monkeypatch.setattr(dispatcher, "TICK", 0.02)
    monkeypatch.setattr(ledger, "SETTLE_WITHIN", 0.005)
    monkeypatch.setattr(gather, "PAUSE", 0.02)
    monkeypatch.setattr(engine, "BUSY_TIMEOUT", 0.05)


async def feed_of(j: Journey) -> Feed:
    """The only feed."""
    async with j.bot.database.read() as tx:
        return (await tx.feeds.all())[0]


async def until(j: Journey, reached: Callable[[Feed], bool], limit: float = 15.0) -> Feed:
    """Until the feed is so."""
    async with asyncio.timeout(limit):
        while not reached(feed := await feed_of(j)):
            await asyncio.sleep(0.01)
    return feed


async def polls(j: Journey, times: int = 2) -> None:
    """Until it was polled well so many times more."""
    before = (await feed_of(j)).polls
    await until(j, lambda feed: feed.polls >= before + times)


async def tries(j: Journey, path: str, times: int = 2) -> None:
    """Until an address was asked so many times more."""
    before = len(j.web.asked(path))
    async with asyncio.timeout(15):
        while len(j.web.asked(path)) < before + times:
            await asyncio.sleep(0.01)


async def followed(j: Journey) -> None:
    """A subscriber, and a feed that was well once."""
    j.newsroom.publish(*(Item(n, f"Gammel nyhed {n}", published=ago(days=9 - n)) for n in range(1, 4)))
    await j.subscribe("desk")
    await until(j, lambda feed: feed.primed_at is not None)


async def releases(j: Journey) -> list[Release]:
    """All that is stored, newest first."""
    async with j.bot.database.read() as tx:
        return await tx.releases.latest([newsroom.id for newsroom in await tx.newsrooms.all()], limit=100)


def titles(j: Journey, conversation: str = "desk") -> list[str]:
    """What was posted."""
    return [post.title for post in j.chat.posts(conversation)]


async def alerts_come_again(j: Journey) -> None:
    """What was published meanwhile and what comes now reach the subscriber, each once; the fault is over."""
    j.newsroom.publish(Item(90, "Imens", published=ago(minutes=2)))
    j.newsroom.publish(Item(91, "Igen", published=ago(minutes=1)))
    await j.chat.wait_for(2)
    await polls(j)
    assert titles(j) == ["Imens", "Igen"]
    feed = await feed_of(j)
    assert (feed.fault, feed.fault_detail, feed.failures) == (None, None, 0)


# What stands there instead of the feed


async def _hang_up(request: BaseRequest) -> StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return Response()


def _bomb() -> bytes:
    return gzip.compress(b"<rss><channel>" + b" " * 60_000_000)


WRONG: dict[str, Callable[[Journey], None]] = {
    "html": lambda j: j.web.put("/feed", PAGE.format(""), content_type="text/html"),
    "malformed": lambda j: j.web.put("/feed", "<?xml version='1.0'?><letter>Kære redaktion</letter>"),
    "empty": lambda j: j.web.put("/feed", b""),
    "no_usable_release": lambda j: j.web.put(
        "/feed", "<rss version='2.0'><channel><title>x</title><item></item><item></item></channel></rss>"
    ),
    "too_large": lambda j: j.web.put("/feed", b"<rss>" + b" " * 50_000_000, drip=(1 << 20, 0.0)),
    "too_large: a bomb": lambda j: j.web.put("/feed", _bomb(), headers={"Content-Encoding": "gzip"}),
    "redirects": lambda j: j.web.redirect("/feed", "/feed"),
    "refused": lambda j: j.web.put("/feed", "no", status=500),
    "unreachable": lambda j: j.web.on("/feed", _hang_up),
    "forbidden_address": lambda j: j.web.redirect("/feed", "http://192.168.0.1/feed"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_is_wrong_is_named_and_nothing_is_lost(journey: Start, wrong: str) -> None:
    """The fault stands in the feed's state and in /status; the alerts come when the feed is back, old ones do not."""
    code = wrong.partition(":")[0]
    async with journey(PRESSEVAGT_OPERATORS=frozenset({"test:boss"}), PRESSEVAGT_LANGUAGE="en") as j:
        await followed(j)
        WRONG[wrong](j)
        feed = await until(j, lambda feed: feed.fault == code)
        assert feed.fault_detail is not None
        assert "\n" not in feed.fault_detail
        assert not feed.fault_detail.startswith(feed.address)
        assert (feed.state, feed.failures > 0) == (FeedState.LIVE, True)
        status = card_text((await j.adapter.hear("/status", conversation="boss")).card)
        assert "Havnen: " in status
        assert "next try" in status
        assert len(await releases(j)) == 3
        assert titles(j) == []
        await alerts_come_again(j)


async def test_operators_hear_once_of_a_feed_that_keeps_failing_and_once_that_it_is_back(journey: Start) -> None:
    """Not at the first failure, not at each, and not at all where nobody was told."""
    async with journey(PRESSEVAGT_OPERATORS=frozenset({"test:boss"}), PRESSEVAGT_LANGUAGE="en") as j:
        await followed(j)
        j.web.put("/feed", "no", status=500)
        await until(j, lambda feed: feed.failures > telling.TELL_AFTER_FAILURES + 2)
        j.newsroom.serve()
        await polls(j, 3)
        said = [post.text for post in j.chat.posts("boss")]
        assert len(said) == 2
        assert j.chat.posts("desk") == [], "its readers hear nothing of it"
        assert "cannot be read" in said[0]
        assert "500" in said[0]
        assert "can be read again" in said[1]
        j.web.put("/feed", "no", status=500)
        await until(j, lambda feed: feed.failures == 1)
        j.newsroom.serve()
        await polls(j, 3)
        assert len(j.chat.posts("boss")) == 2


async def test_operators_hear_at_once_of_a_feed_that_never_was_well(journey: Start) -> None:
    """A wrong address in the settings is not a passing trouble."""
    async with journey(PRESSEVAGT_OPERATORS=frozenset({"test:boss"}), PRESSEVAGT_LANGUAGE="en") as j:
        await j.chat.wait_for(1)
        await tries(j, "/feed", 5)
        (said,) = j.chat.posts("boss")
        assert "404" in said.text


async def test_an_address_that_answered_410_is_asked_no_more(journey: Start) -> None:
    """The newsroom ended its feed: the operators are told, once."""
    async with journey(PRESSEVAGT_OPERATORS=frozenset({"test:boss"}), PRESSEVAGT_LANGUAGE="en") as j:
        await followed(j)
        j.web.put("/feed", "gone", status=410)
        await until(j, lambda feed: feed.state is FeedState.ENDED)
        await j.chat.wait_for(1)
        asked = len(j.web.asked("/feed"))
        await asyncio.sleep(0.2)
        assert len(j.web.asked("/feed")) == asked
        (said,) = j.chat.posts("boss")
        assert "closed" in said.text
        assert "closed by the newsroom" in card_text((await j.adapter.hear("/status", conversation="boss")).card)


@pytest.mark.parametrize(("status", "remembered"), [(301, True), (308, True), (302, False), (307, False)])
async def test_only_a_permanent_redirect_is_remembered(journey: Start, status: int, remembered: bool) -> None:
    """The old address is asked no more; nothing that stood there before alerts anybody."""
    async with journey() as j:
        await followed(j)
        j.newsroom.path = "/ny"
        j.newsroom.serve()
        j.web.redirect("/feed", "/ny", status=status)
        await tries(j, "/ny", 2)
        assert ((await feed_of(j)).moved_to is not None) is remembered
        asked = len(j.web.asked("/feed"))
        await alerts_come_again(j)
        assert (len(j.web.asked("/feed")) == asked) is remembered


async def test_a_feed_that_is_suddenly_empty_is_logged_and_loses_nothing(journey: Start) -> None:
    """A channel without releases is a good answer, and a strange one: it withdraws nothing, and what comes after is news."""
    with capture_logs() as said:
        async with journey() as j:
            await followed(j)
            j.web.put("/feed", '<rss version="2.0"><channel><title>Havnen</title></channel></rss>')
            await tries(j, "/feed", 2)
            await alerts_come_again(j)
    assert "feed_empty" in [line["event"] for line in said]


async def test_a_feed_that_moved_back_is_found_again(journey: Start) -> None:
    """A remembered redirect that leads nowhere any more is forgotten once the newsroom's own address answers."""
    async with journey() as j:
        await followed(j)
        j.newsroom.path = "/ny"
        j.newsroom.serve()
        j.web.redirect("/feed", "/ny", status=301)
        await until(j, lambda feed: feed.moved_to is not None)
        j.web.forget("/ny")
        j.newsroom.path = "/feed"
        j.newsroom.serve()
        await until(j, lambda feed: feed.moved_to is None and not feed.failures)
        await alerts_come_again(j)


async def test_a_page_that_links_its_feed_is_as_good_as_the_feed(journey: Start) -> None:
    """Found at the first poll, and after a restart it is known still; nobody is told of a fault that was none."""
    for name in ("Første", "Anden"):
        async with journey(PRESSEVAGT_OPERATORS=frozenset({"test:boss"})) as j:
            j.web.put("/feed", PAGE.format(LINK), content_type="text/html")
            j.newsroom.path = "/rss"
            if name == "Første":
                await followed(j)
            j.newsroom.publish(Item(len(j.newsroom.items) + 1, name, published=ago(minutes=1)))
            await j.chat.wait_for(1 if name == "Første" else 2)
            assert (await feed_of(j)).failures == 0
    assert titles(j) == ["Første", "Anden"]
    assert j.chat.posts("boss") == []


async def test_pages_that_lead_to_each_other_are_not_followed_for_ever(journey: Start) -> None:
    """The page that is linked is a page too: that is a fault, told once."""
    async with journey(PRESSEVAGT_OPERATORS=frozenset({"test:boss"})) as j:
        j.web.put("/feed", PAGE.format(LINK), content_type="text/html")
        j.web.put("/rss", PAGE.format(LINK.replace("/rss", "/feed")), content_type="text/html")
        await until(j, lambda feed: feed.failures >= 3)
        assert len(j.web.asked("/feed")) == 1
        assert len(j.chat.posts("boss")) == 1


async def test_a_private_address_is_never_asked(journey: Start) -> None:
    """Not even once, where the settings do not allow it."""
    async with journey(PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES=False) as j:
        await until(j, lambda feed: feed.failures >= 2)
        assert (await feed_of(j)).fault == "forbidden_address"
        assert j.web.requests == []


async def test_retry_after_is_honoured(journey: Start) -> None:
    """A server that asks for a second gets it."""
    async with journey() as j:
        await followed(j)
        j.web.put("/feed", "later", status=503, headers={"Retry-After": "1"})
        await until(j, lambda feed: feed.fault == "refused")
        asked = len(j.web.asked("/feed"))
        j.newsroom.serve()
        await tries(j, "/feed", 1)
        before, after = j.web.asked("/feed")[asked - 1 : asked + 1]
        assert after.at - before.at >= 1.0


async def test_a_document_that_breaks_off_says_nothing_about_what_it_does_not_hold(journey: Start) -> None:
    """What it holds whole is taken, the rest is neither missing nor news when it comes."""
    async with journey() as j:
        await followed(j)
        j.newsroom.items.insert(0, Item(4, "Hel", published=ago(minutes=1)))
        whole = j.newsroom.document()
        j.web.put("/feed", whole[: whole.index("Gammel nyhed 2")], etag=True)
        await j.chat.wait_for(1)
        await polls(j)
        assert (await feed_of(j)).missing == 0
        j.newsroom.serve()
        await polls(j)
        assert titles(j) == ["Hel"]
        assert len(await releases(j)) == 4


# What stands in the feed


async def test_hostile_words_arrive_as_plain_text(journey: Start) -> None:
    """No ping, no markup, no turned-round text, no control character; and the alert comes."""
    async with journey() as j:
        await followed(j)
        j.newsroom.publish(
            Item(
                4,
                "&lt;!channel&gt; *fed* _skrå_ [x](http://ond.example) \u202evendt\u202c @everyone\x07\x1b[31m\x00",
                "<!here> \u2066",
                ago(minutes=1),
            )
        )
        await j.chat.wait_for(1)
        (title,) = titles(j)
        assert "*fed* _skrå_ [x](http://ond.example)" in title
        assert "@everyone" in title
        text = title + j.chat.posts("desk")[0].text.replace("\n", "")
        assert not [character for character in text if not character.isprintable()]


async def test_half_characters_in_json_are_no_obstacle(journey: Start) -> None:
    """A JSON feed may hold lone surrogates and NUL, which no database takes."""
    async with journey() as j:
        document = {"version": "https://jsonfeed.org/version/1.1", "title": "Havnen", "items": [{"id": "1", "title": "Gammel"}]}
        j.web.put("/feed", json.dumps(document), content_type="application/feed+json")
        await j.subscribe("desk")
        await until(j, lambda feed: feed.primed_at is not None)
        bad = {"id": "2\ud800", "title": "Halvt \ud83d tegn \u0000", "content_text": "\udfff Havnen", "url": j.web.url("/2\ud800")}
        document["items"].insert(0, bad)  # type: ignore[attr-defined]
        j.web.put("/feed", json.dumps(document), content_type="application/feed+json")
        await j.chat.wait_for(1)
        await polls(j)
        assert len(j.chat.messages) == 1
        assert "tegn" in titles(j)[0]


async def test_no_date_or_a_future_one_alerts_once_and_now(journey: Start) -> None:
    """It counts from when it was seen, says so, and is not alerted again at the next poll, nor after a restart."""
    async with journey(PRESSEVAGT_LANGUAGE="en") as j:
        await followed(j)
        j.newsroom.publish(Item(4, "Udateret"), Item(5, "Fra fremtiden", published=ago(days=-30)))
        await j.chat.wait_for(2)
        await polls(j)
        assert sorted(titles(j)) == ["Fra fremtiden", "Udateret"]
        assert {release.date_note is not None for release in (await releases(j))[:2]} == {True}
    async with journey() as j:
        await polls(j, 1)
        j.newsroom.serve()
        await polls(j, 2)
        assert len(j.chat.messages) == 2


async def test_a_release_that_was_taken_down_is_recorded_as_gone(journey: Start) -> None:
    """Missing over several polls while an older one remains, and its address answers 404; one that answers is only missing."""
    async with journey() as j:
        for number in (1, 3):
            j.web.put(f"/pressemeddelelse/{number}", "here", content_type="text/html")
        await followed(j)
        j.newsroom.publish(*(Item(n, f"Nyhed {n}", published=ago(hours=9 - n)) for n in (4, 5)))
        await polls(j)
        j.newsroom.remove(2)
        j.newsroom.remove(3)
        async with asyncio.timeout(15):
            while not any(release.gone_at for release in await releases(j)):
                await asyncio.sleep(0.02)
        await polls(j, 3)
        assert {release.content().title for release in await releases(j) if release.gone_at} == {"Gammel nyhed 2"}
        assert [request.path for request in j.web.requests if request.path.startswith("/p")].count("/pressemeddelelse/2") == 1


async def test_a_release_that_is_back_is_not_gone(journey: Start) -> None:
    """Taken down by mistake, and put up again: it alerts nobody anew."""
    async with journey() as j:
        await followed(j)
        item = j.newsroom.item(2)
        place = j.newsroom.items.index(item)
        j.newsroom.remove(2)
        async with asyncio.timeout(15):
            while not any(release.gone_at for release in await releases(j)):
                await asyncio.sleep(0.02)
        j.newsroom.items.insert(place, item)
        j.newsroom.serve()
        await polls(j)
        assert not any(release.gone_at for release in await releases(j))
        assert j.chat.messages == []


async def test_a_few_late_finds_come_singly_and_say_so(journey: Start) -> None:
    """Three that were published seven hours ago."""
    async with journey(PRESSEVAGT_LANGUAGE="en") as j:
        await followed(j)
        j.newsroom.publish(*(Item(n, f"Sent {n}", published=ago(hours=7, minutes=9 - n)) for n in (4, 5, 6)))
        await j.chat.wait_for(3)
        await polls(j)
        assert titles(j) == ["Sent 4", "Sent 5", "Sent 6"]
        assert all("FUNDET SENT" in post.text.upper() for post in j.chat.posts("desk"))


async def test_many_late_finds_come_as_one_digest(journey: Start) -> None:
    """Eight at once, after a night without network: one message that names them all; what is fresh comes on its own, first."""
    async with journey() as j:
        await followed(j)
        late = [Item(n, f"Sent {n}", published=ago(hours=20 - n)) for n in range(4, 12)]
        j.newsroom.publish(*late, Item(12, "Frisk", published=ago(minutes=5)))
        await j.chat.wait_for(2)
        await polls(j)
        fresh, digest = j.chat.posts("desk")
        assert fresh.title == "Frisk"
        assert all(item.title in digest.text for item in late)
        assert len(j.chat.messages) == 2


async def test_a_feed_in_which_all_is_unknown_waits_for_an_operator(journey: Start) -> None:
    """Nothing is stored and nobody alerted; once it is accepted, what stands there is taken in silence and life goes on."""
    async with journey(PRESSEVAGT_OPERATORS=frozenset({"test:boss"}), PRESSEVAGT_LANGUAGE="en") as j:
        await followed(j)
        j.newsroom.items = [Item(n, f"Helt andet {n}", published=ago(days=n)) for n in range(20, 26)]
        j.newsroom.serve()
        await until(j, lambda feed: feed.state is FeedState.HELD)
        await j.chat.wait_for(1)
        assert "/accept havnen" in j.chat.posts("boss")[0].text
        assert len(await releases(j)) == 3
        await j.adapter.hear("/accept havnen", conversation="boss")
        await until(j, lambda feed: feed.state is FeedState.LIVE and feed.primed_at is not None)
        assert len(await releases(j)) == 9
        j.newsroom.publish(Item(30, "Ny", published=ago(minutes=1)))
        async with asyncio.timeout(10):
            while not titles(j):
                await asyncio.sleep(0.01)
        await polls(j)
        assert titles(j) == ["Ny"]


async def test_a_newsroom_that_is_offered_again_does_not_flood(tmp_path: Path, web: WebServer, chat: ChatServer) -> None:
    """Taken out of the settings and put back: what came out while nobody followed it is taken in silence."""
    newsroom, adapter = Newsroom(web), HttpChatAdapter(chat.url)
    ours = NewsroomEntry("havnen", "Havnen", web.url("/feed"), "DK", "da", "rss")
    other = NewsroomEntry("nabohavnen", "Nabohavnen", web.url("/nabo"), "DK", "da", "rss")
    newsroom.publish(*(Item(n, f"Gammel nyhed {n}", published=ago(days=9 - n)) for n in range(1, 4)))
    for entry in (ours, other, ours):
        async with start(settings_for(tmp_path), [adapter], [entry], listen=False) as bot:
            j = Journey(bot, newsroom, chat, adapter, web)
            await j.subscribe("desk")
            if entry is other:
                newsroom.publish(*(Item(n, f"Imens {n}", published=ago(minutes=60 - n)) for n in range(10, 14)))
            else:
                await until(j, lambda feed: feed.primed_at is not None)
                await polls(j)
    assert chat.messages == []


# A database in trouble


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another program writes for as long as the block runs."""
    holder = sqlite3.connect(folder / "journey.db", isolation_level=None, timeout=5, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.rollback()
        holder.close()


@contextmanager
def full(database: SqlDatabase) -> Iterator[None]:
    """No page more than there are, for as long as the block runs."""
    limit = ["1"]

    def keep(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limit[0]}")

    sync_engine = database._engine.sync_engine
    event.listen(sync_engine, "begin", keep)
    try:
        yield
    finally:
        limit[0] = "1000000"


@pytest.mark.parametrize("trouble", ["locked", "full"])
async def test_a_database_in_trouble_delays_an_alert_and_loses_none(journey: Start, tmp_path: Path, trouble: str) -> None:
    """The poll that could not be stored is made again, and what was fetched but not stored comes then, once."""

    async def stays_silent(j: Journey, done: Awaitable[None]) -> None:
        j.newsroom.publish(*(Item(n, f"Nyhed {n}", "ord " * 5000, ago(minutes=9 - n)) for n in range(4, 8)))
        await done
        assert titles(j) == []

    async with journey() as j:
        await followed(j)
        with ExitStack() as stack:
            if trouble == "full":
                stack.enter_context(full(j.bot.database))
            else:  # in a thread: the bot may be writing just now, and must be able to go on
                await asyncio.to_thread(stack.enter_context, locked(tmp_path))
            await stays_silent(j, asyncio.sleep(0.5))
        await j.chat.wait_for(4)
        await polls(j)
        assert titles(j) == ["Nyhed 4", "Nyhed 5", "Nyhed 6", "Nyhed 7"]
        assert (await feed_of(j)).fault is None
