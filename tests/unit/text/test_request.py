"""A line to the archive, read on Monday 23 November 2026 in Copenhagen."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.release import Kind
from bot.text.labels import Asked
from bot.text.request import Request, understand

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Copenhagen")


def asked(line: str) -> Request:
    """The line, understood."""
    return understand(line, NOW, ZONE)


def days(request: Request) -> str:
    """The local days that a request is kept to."""
    return "..".join(when.astimezone(ZONE).date().isoformat() if when else "" for when in (request.since, request.until))


@pytest.mark.parametrize(
    ("line", "words", "kept_to"),
    [
        ("sanktioner sidste uge", "sanktioner", "2026-11-16..2026-11-23"),
        ("taler siden mandag", "taler", "2026-11-23.."),
        ("i går", "", "2026-11-22..2026-11-23"),
        ("ulv i august OR ebola", "ulv OR ebola", "2026-08-01..2026-09-01"),
        ("sanktioner fra 16. til 22. november", "sanktioner", "2026-11-16..2026-11-23"),
        ("kommuner i 2025 og 2026", "kommuner og 2026", "2025-01-01..2026-01-01"),
        ("sanktioner from:13/10 to:fredag", "sanktioner", "2026-10-13..2026-11-21"),
        ("sanktioner fra: 1. oktober 2025 told", "sanktioner told", "2025-10-01.."),
        ('from:"1. oktober 2025" told', "told", "2025-10-01.."),
        ("til:sidste fredag told", "told", "..2026-11-21"),
        ("den:13.10.2025 ulv", "ulv", "2025-10-13..2025-10-14"),
        ("on:yesterday", "", "2026-11-22..2026-11-23"),
        ("from:a week ago", "", "2026-11-16.."),
        ("fra:december til:januar", "", "2025-12-01..2026-02-01"),
        ("fra:20.10.2025 til:10.10.2025", "", "2025-10-10..2025-10-21"),
        ("fra:oktober taler i går", "taler i går", "2026-10-01.."),
        ('ulv "sidste uge"', 'ulv "sidste uge"', ".."),
        ("Sofie Maj", "Sofie Maj", ".."),
        ("mandag morgen", "mandag morgen", ".."),
        ("klimamål i 2030", "klimamål i 2030", ".."),
        ("ulv -i går", "ulv -i går", ".."),
        ('ulv "i går', 'ulv "i går', ".."),
    ],
)
def test_dates_as_values_and_among_the_words(line: str, words: str, kept_to: str) -> None:
    """Labels go before dates among the words; quoted words, and words that need not be dates, stay words."""
    request = asked(line)
    assert (request.words, days(request)) == (words, kept_to)


def test_days_begin_and_end_at_the_readers_midnight() -> None:
    """A day is kept to from midnight to midnight in the reader's zone, summer time included."""
    request = asked("den:25.10.2026")
    assert (request.since, request.until) == (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))
    late = understand("i dag", datetime(2026, 11, 23, 23, 30, tzinfo=UTC), ZONE)
    assert late.since == datetime(2026, 11, 23, 23, tzinfo=UTC), "after midnight in Copenhagen"


def test_a_date_among_words_can_be_taken_back() -> None:
    """The words that were read as a date are told, with the line without them and the line that has them as words."""
    request = asked("taler siden mandag kind:nyhed")
    assert request.read_as_date == "siden mandag"
    assert request.undated == "taler kind:nyhed"
    assert request.as_words == 'taler "siden mandag" kind:nyhed'
    again = asked(request.as_words)
    assert (again.words, again.since, again.kinds) == ('taler "siden mandag"', None, frozenset({Kind.NEWS}))
    assert not asked("taler from:mandag").read_as_date


@pytest.mark.parametrize(
    ("line", "kinds", "out"),
    [
        ("kind:nyhed", {Kind.NEWS}, set()),
        ("slags:pressemeddelelser", {Kind.PRESS_RELEASE}, set()),
        ("type:Presseinvitation", {Kind.INVITATION}, set()),
        ("kind:press release", {Kind.PRESS_RELEASE}, set()),
        ('kind:"press release"', {Kind.PRESS_RELEASE}, set()),
        ("slags:pressmeddelelse", {Kind.PRESS_RELEASE}, set()),
        ("kind:presse", {Kind.PRESS_RELEASE, Kind.INVITATION}, set()),
        ("-kind:nyheder,invitation", set(), {Kind.NEWS, Kind.INVITATION}),
        ("kind:nyhed kind:pm", {Kind.NEWS, Kind.PRESS_RELEASE}, set()),
    ],
)
def test_kinds_by_their_words(line: str, kinds: set[Kind], out: set[Kind]) -> None:
    """In Danish and English, misspelt, several at once, and to leave out."""
    request = asked(line)
    assert (request.words, set(request.kinds), set(request.kinds_out)) == ("", kinds, out)


def test_languages_and_newsrooms() -> None:
    """Languages by name or code; newsrooms as typed, for the caller to find."""
    request = asked('told lang:da,engelsk -sprog:norsk newsroom:um,"kbh" -nyhedsrum:"københavns politi"')
    assert (request.languages, request.languages_out) == (frozenset({"da", "en"}), frozenset({"nb"}))
    assert request.newsrooms == (Asked("um"), Asked("københavns politi", out=True))


@pytest.mark.parametrize(
    "line", ["kind:abc told", "lang:rusland", "fra: til: kind:", "Fra: Danmark", "from:2025-13-45", "-from:i går", "x:y"]
)
def test_what_means_nothing_is_words(line: str) -> None:
    """A label whose value cannot be read, or that has none, stays in the words as it was typed."""
    request = asked(line)
    assert request.words == line
    assert not request.narrows


PIECES = [
    "told",
    '"',
    "from:",
    "kind:",
    "-",
    "OR",
    "i går",
    "mandag",
    "13/10",
    "newsroom:um",
    "lang:da",
    ":",
    "siden",
    "1. til 5. oktober",
    "\0",
]


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)))
def test_whatever_is_typed_is_understood(line: str) -> None:
    """Nothing raises, times come in order, and no word appears that was not typed."""
    request = asked(line)
    assert request.since is None or request.until is None or request.since < request.until
    assert set(request.words.split()) <= set(line.split())
