"""What the archive stores of a page, and what it leaves to the feed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.newsroom import Feed
from bot.domain.release import Content, ParsedFeed, ParsedRelease, ReleaseId
from bot.feeds.archive.sorting import sort_page
from bot.feeds.decide import decide
from bot.ports import KnownVersion
from tests.unit.feeds.test_decide import FEED, FRESH, NOW, ago, item, known_as


def via(number: int, published: datetime) -> ParsedRelease:
    """A release on Via."""
    url = f"https://via.ritzau.dk/release/{number}?publisherId=1&lang=da"
    return ParsedRelease(f"via:via.ritzau.dk:{number}", Content(f"Nyhed {number}", language="da", url=url), published)


def test_what_is_from_before_our_time_is_stored_last_first() -> None:
    """So that a higher id is a newer release."""
    page = [via(2, ago(days=40)), via(1, ago(days=41))]
    assert [one.external_id[-1] for one in sort_page(page, [], FEED, ago(days=35)).history] == ["1", "2"]


def test_what_may_be_news_is_left_to_the_feed() -> None:
    """Also what came out just before we knew the feed, and what has no date."""
    page = [via(3, ago(minutes=1)), via(2, ago(days=31)), replace(via(1, NOW), published=None)]
    found = sort_page(page, [], FEED, ago(days=60))
    assert (found.history, found.left) == ((), 3)


def test_what_is_known_is_not_stored_again() -> None:
    """By number on Via, where two releases of one title and time are two; elsewhere by address, or by title and time."""
    mine, twin = via(1, ago(days=40)), replace(via(2, ago(days=40)), content=via(1, NOW).content)
    assert sort_page([twin], known_as(mine), FEED, ago(days=40)).history == (twin,)
    stored, moved = item("a", published=ago(days=40)), item("b", "Nyhed a", published=ago(days=40), url="https://ny.example/a")
    found = sort_page([moved], known_as(stored), FEED, ago(days=40))
    assert (found.history, found.known) == ((), {"b": ReleaseId(1)})


def test_a_page_that_the_archive_read_is_the_release_of_its_address() -> None:
    """Though the feed calls it by a guid, and gives it another title and time than its page does."""
    read = ParsedRelease("url:havnen.example/nyt/1", Content("Nyt om kajen", url="https://havnen.example/nyt/1"), ago(days=40))
    brought = ParsedRelease("guid:f5ef", Content("Kajen", url="https://havnen.example/nyt/1"), ago(days=39))
    (of_archive,) = known_as(read)
    decision = decide(FEED, ParsedFeed("", (brought,)), [replace(of_archive, fingerprint="")], ago(days=20), NOW)
    assert (decision.new, decision.corrected) == ((), ())
    assert decision.rekeyed == {of_archive.release_id: "guid:f5ef"}
    said_by_feed = decide(FEED, ParsedFeed("", (brought,)), [of_archive], ago(days=20), NOW)
    assert said_by_feed.new == (brought,)


@dataclass
class World:
    """A newsroom whose feed is polled and whose history is read, in any order; what is stored, and who was alerted."""

    feed: Feed = FRESH
    published: list[ParsedRelease] = field(default_factory=list)
    stored: dict[str, tuple[ParsedRelease, bool]] = field(default_factory=dict)
    """By identity; and whether the feed itself has brought it."""
    alerted: list[str] = field(default_factory=list)
    now: datetime = NOW - timedelta(days=100)

    def known(self) -> list[KnownVersion]:
        """What is stored, as storage tells it."""
        return [
            replace(version, fingerprint=version.fingerprint if by_feed else "")
            for one, by_feed in self.stored.values()
            for version in known_as(one)
        ]

    def oldest(self) -> datetime | None:
        """Of those that the feed has brought."""
        return min((one.published for one, by_feed in self.stored.values() if by_feed and one.published), default=None)

    def poll(self, window: int) -> None:
        """The feed shows its newest."""
        document = ParsedFeed("", tuple(self.published[:window]))
        decision = decide(self.feed, document, self.known(), self.oldest(), self.now)
        assert not decision.held
        for one in decision.new:
            assert one.external_id not in self.stored
            self.stored[one.external_id] = (one, True)
            if one.external_id not in decision.silent:
                self.alerted.append(one.external_id)
        for change in (*decision.refreshed, *decision.corrected):
            self.stored[change.item.external_id] = (change.item, True)
        assert not decision.corrected
        self.feed = replace(self.feed, primed_at=self.feed.primed_at or self.now, last_good_at=self.now, polls=self.feed.polls + 1)

    def read(self, page: int, size: int) -> None:
        """The archive reads a page of the listing."""
        if self.feed.primed_at is None:
            return
        shown = self.published[page * size : (page + 1) * size]
        for one in sort_page(shown, self.known(), self.feed, self.oldest()).history:
            assert one.external_id not in self.stored
            self.stored[one.external_id] = (one, False)


STEPS = st.one_of(
    st.tuples(st.just("publish"), st.integers(0, 3 * 24 * 60)),
    st.tuples(st.just("poll"), st.integers(1, 6)),
    st.tuples(st.just("read"), st.integers(0, 5)),
    st.tuples(st.just("remove"), st.integers(0, 8)),
)


@given(st.integers(0, 12), st.lists(STEPS, max_size=40))
def test_whatever_comes_first_nothing_is_doubled_and_no_news_is_lost(before: int, steps: list[tuple[str, int]]) -> None:
    """Every release that comes out after the first poll, and that the feed shows, is alerted exactly once; no older one is."""
    world = World()
    numbers = iter(range(1, 1000))
    for place in range(before):
        world.published.insert(0, via(next(numbers), world.now - timedelta(days=3 * (before - place))))
    world.poll(6)
    since: set[str] = set()
    for what, value in steps:
        world.now += timedelta(minutes=1)
        match what:
            case "publish":
                world.now += timedelta(minutes=value)
                world.published.insert(0, via(next(numbers), world.now))
                since.add(world.published[0].external_id)
            case "poll":
                world.poll(value)
            case "read":
                world.read(value, 3)
            case "remove" if value < len(world.published):
                del world.published[value]
    in_feed = {one.external_id for one in world.published[:6]}
    world.poll(6)
    assert len(world.alerted) == len(set(world.alerted))
    assert set(world.alerted) <= since
    assert in_feed & since <= set(world.alerted)
