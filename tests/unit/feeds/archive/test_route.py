"""In which order the pages of a sitemap are asked, and that none is lost when it changes under way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.archive.route import Cursor, route
from bot.feeds.html.links import same_address
from bot.feeds.reading.shape import Shape, learn
from bot.feeds.reading.sitemap import Listed

BEGAN = datetime(2026, 11, 20, tzinfo=UTC)
SITE = "https://havnen.example/nyt"


def shape_of(*links: str) -> Shape:
    """What these have in common."""
    shape = learn(links)
    assert shape is not None
    return shape


SHAPE = shape_of(*(f"{SITE}/{word}-havnen-{word}" for word in ("paa", "ved", "om", "mod", "til")))
DATED = shape_of(*(f"{SITE}/2026/{month}/{word}-havnen" for month, word in ((1, "paa"), (2, "ved"), (3, "om"))))


def listed(name: object, changed: datetime | str = "") -> Listed:
    """A page of the site."""
    return Listed(f"{SITE}/{name}", changed.isoformat() if isinstance(changed, datetime) else changed)


def order(pages: list[Listed], known: frozenset[str] = frozenset(), cursor: Cursor | None = None) -> list[str]:
    """The last parts of the addresses, in the order in which they are asked."""
    stops, _ = route(pages, SHAPE, known, cursor or Cursor(BEGAN))
    return [stop.listed.url.rpartition("/")[2] for stop in stops]


def test_what_was_changed_last_is_asked_first() -> None:
    """What is not dated comes last; what is known is not asked, however its address is written."""
    pages = [listed("a"), listed("b", "2026-01-02"), listed("c", "2026-03-02T10:00:00Z"), listed("d", "2026-02-02")]
    assert order(pages) == ["c", "d", "b", "a"]
    assert order(pages, frozenset({same_address("http://www.havnen.example/nyt/D/")})) == ["c", "b", "a"]
    assert order([listed("a"), listed("a/"), Listed(f"{SITE}/a?utm_source=x")]) == ["a"]


def test_the_date_in_an_address_goes_before_the_day_of_a_change() -> None:
    """Old pages are changed too."""
    pages = [
        Listed(f"https://havnen.example/nyt/{month}/x", changed)
        for month, changed in (("2026/5", "2026-05-09"), ("2019/1", "2026-11-01"))
    ]
    assert [stop.listed.url[-6:] for stop in route(pages, DATED, (), Cursor(BEGAN))[0]] == ["26/5/x", "19/1/x"]


def test_a_stamp_dates_nothing() -> None:
    """Many sites say of all pages that they were changed when the sitemap was made."""
    pages = [listed(f"s{n}", BEGAN - timedelta(hours=1)) for n in range(8)] + [listed("a", "2026-01-01"), listed("b", "2026-02-01")]
    stops, cursor = route(pages, SHAPE, (), Cursor(BEGAN))
    assert [stop.listed.url[-1] for stop in stops[:2]] == ["b", "a"]
    assert cursor.stamp == "2026-11-19"


def test_cursors_are_small_and_read_back() -> None:
    """Other cursors of the archive, and none at all, are no cursors of this way."""
    stops, cursor = route([listed("x" * 1_500, "2026-01-01")], SHAPE, (), Cursor(BEGAN))
    at = Cursor(cursor.since, stops[0].key, "2026-11-19")
    assert Cursor.read(at.written()) == at
    assert len(at.written()) < 300
    assert Cursor.read("") is Cursor.read('{"page": 1, "whole": true}') is Cursor.read('{"url": "https://a.example"}') is None


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 300)), max_size=30, unique_by=lambda one: one[0]),
    st.lists(st.tuples(st.integers(0, 60), st.integers(-5, 300)), max_size=30, unique_by=lambda one: one[0]),
    st.integers(0, 30),
)
def test_no_page_is_lost_when_the_sitemap_changes_under_way(
    before: list[tuple[int, int]], edits: list[tuple[int, int]], asked: int
) -> None:
    """Pages appear, and are changed while the walk is stopped: whatever stood there at first is asked."""
    pages = {f"p{name}": listed(f"p{name}", BEGAN - timedelta(days=days + 1)) for name, days in before}
    stops, cursor = route(pages.values(), SHAPE, (), Cursor(BEGAN))
    first = [stop.listed.url for stop in stops[:asked]]
    if stops[:asked]:
        cursor = Cursor(cursor.since, stops[:asked][-1].key, cursor.stamp)
    later = BEGAN + timedelta(hours=2)
    pages |= {f"p{name}": listed(f"p{name}", later) for name, _ in edits}
    again, _ = route(pages.values(), SHAPE, (), Cursor.read(cursor.written()) or cursor)
    then = [stop.listed.url for stop in again]
    assert {f"{SITE}/p{name}" for name, _ in before} <= {*first, *then}
    edited = {f"{SITE}/p{name}" for name, _ in edits}
    assert set(first) & set(then) <= edited
