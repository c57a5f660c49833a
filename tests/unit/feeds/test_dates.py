"""When a release was published, from whatever stands there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.release import DateNote
from bot.feeds.reading.dates import Dated, published, read_date
from bot.text.clocks import zone_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
COPENHAGEN = ZoneInfo("Europe/Copenhagen")


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Mon, 13 Oct 2025 09:50:04 GMT", "2025-10-13T09:50:04"),
        ("Mon, 13 Oct 2025 09:50:04 UT", "2025-10-13T09:50:04"),
        ("Mon, 13 Oct 2025 11:50:04 +0200", "2025-10-13T09:50:04"),
        ("Mon, 13 Oct 2025 11:50:04 CEST", "2025-10-13T09:50:04"),
        ("Tue, 13 Jan 2026 11:50:04 CET", "2026-01-13T10:50:04"),
        ("Mon, 13 Oct 2025 12:50:04 EEST", "2025-10-13T09:50:04"),
        ("Tue, 13 Jan 2026 12:50:04 EET", "2026-01-13T10:50:04"),
        ("Mon, 13 Oct 2025 10:50:04 BST", "2025-10-13T09:50:04"),
        ("Mon, 13 Oct 2025 05:50:04 EDT", "2025-10-13T09:50:04"),
        ("Mon, 13 Oct 2025 11:50:04 GMT+0200", "2025-10-13T09:50:04"),
        ("Mon, 13 Oct 2025 09:50:04 -0000", "2025-10-13T09:50:04"),
        ("13 Oct 25 09:50 GMT", "2025-10-13T09:50:00"),
        ("Mon, 13 Oct 2025 24:00:00 GMT", "2025-10-14T00:00:00"),
        ("2025-10-13T09:50:04Z", "2025-10-13T09:50:04"),
        ("2025-10-13T09:50:04.266Z", "2025-10-13T09:50:04"),
        ("2025-10-13T11:50:04+02:00", "2025-10-13T09:50:04"),
        ("2025-10-13T11:50+0200", "2025-10-13T09:50:00"),
        ("2025-10-13 11:50:04 CEST", "2025-10-13T09:50:04"),
        ("20251013T095004Z", "2025-10-13T09:50:04"),
        ("13.10.2025 11:50:04 CEST", "2025-10-13T09:50:04"),
        ("26.1.2022 16:58:50 CET", "2022-01-26T15:58:50"),
        ("19 Sep. 2025 12:00:00 GMT", "2025-09-19T12:00:00"),
        ("1760349004", "2025-10-13T09:50:04"),
        ("1760349004000", "2025-10-13T09:50:04"),
    ],
)
def test_dates_with_a_zone(printed: str, expected: str) -> None:
    """Every form that newsrooms print is read, and its own zone is believed before ours."""
    assert read_date(printed, zone=COPENHAGEN)[0] == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Wednesday, February 13, 2013 - 10:55am", "2013-02-13T09:55:00"),
        ("Wednesday, February 13, 2013 - 2:23pm", "2013-02-13T13:23:00"),
        ("October 13th, 2025 at 5 PM", "2025-10-13T15:00:00"),
        ("Mon, 13 Oct 2025 12:05 AM", "2025-10-12T22:05:00"),
        ("13. oktober 2025 kl. 11.50", "2025-10-13T09:50:00"),
        ("tirsdag den 13. maj 2025 kl. 9:05", "2025-05-13T07:05:00"),
        ("13 maj 2025 09:05", "2025-05-13T07:05:00"),
        ("13. desember 2025 11:50", "2025-12-13T10:50:00"),
        ("13. lokakuuta 2025 klo 11.50", "2025-10-13T09:50:00"),
        ("13. März 2025, 14:30 Uhr", "2025-03-13T13:30:00"),
        ("13.10.2025 11:50", "2025-10-13T09:50:00"),
        ("13.10.2025", "2025-10-12T22:00:00"),
        ("2025-10-13", "2025-10-12T22:00:00"),
        ("2025-10-13 11:50:04", "2025-10-13T09:50:04"),
        ("25/12/2025 10:00", "2025-12-25T09:00:00"),
    ],
)
def test_dates_on_the_newsrooms_clock(printed: str, expected: str) -> None:
    """A date without a zone is read on the clock that is given; one without a time is its midnight."""
    assert read_date(printed, zone=COPENHAGEN)[0] == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("printed", "word"),
    [
        ("13.10.2025 11:50:04 CEST | Pressemeddelelse", "Pressemeddelelse"),
        ("13.10.2025 11:50:04 CEST | Udenrigsministeriet | Nyhed", "Nyhed"),
        ("13.10.2025 11:50:04 CEST | Udenrigsministeriet", ""),
    ],
)
def test_printed_kind(printed: str, word: str) -> None:
    """The kind that Via prints beside a date is given back."""
    assert read_date(printed) == (datetime(2025, 10, 13, 9, 50, 4, tzinfo=UTC), word)


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "soon",
        "2025-13-40",
        "0000-00-00 00:00:00",
        "03/04/2025",
        "May 5",
        "31. februar 2025",
        "Mon, 13 Oct 2025 09:50:04 XYZT",
        "9" * 500,
    ],
)
def test_unreadable(printed: str) -> None:
    """What cannot be read, or only by guessing, is not."""
    assert read_date(printed)[0] is None


def test_notes() -> None:
    """The reason for having no date is told apart."""
    assert published([], now=NOW) == Dated(None, DateNote.MISSING)
    assert published(["", " "], now=NOW) == Dated(None, DateNote.MISSING)
    assert published(["soon"], now=NOW) == Dated(None, DateNote.UNREADABLE)
    assert published(["1989-12-31T23:59:59Z"], now=NOW) == Dated(None, DateNote.UNREADABLE)
    assert published([(NOW + timedelta(minutes=61)).isoformat()], now=NOW) == Dated(None, DateNote.FUTURE)
    assert published([(NOW + timedelta(minutes=59)).isoformat()], now=NOW).note is None


def test_last_resort() -> None:
    """What the library read is used when nothing else can be, and believed no more than the rest."""
    assert published(["soon"], now=NOW, last_resort=datetime(2025, 1, 1, tzinfo=UTC)).at == datetime(2025, 1, 1, tzinfo=UTC)
    assert published(["soon"], now=NOW, last_resort=datetime(2035, 1, 1, tzinfo=UTC)).note is DateNote.FUTURE
    assert published(["soon"], now=NOW, last_resort=datetime(1970, 1, 1, tzinfo=UTC)).note is DateNote.UNREADABLE


def test_zones() -> None:
    """A country with one clock has it; others have UTC."""
    assert zone_of("dk") == COPENHAGEN
    assert zone_of("US") is UTC
    assert zone_of("") is UTC


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60) | st.text("0123456789 .:-/+|TZapmGCESoctkvjan,", max_size=40))
def test_never_raises(printed: str) -> None:
    """Any text gives an aware UTC time or none."""
    at, word = read_date(printed, zone=COPENHAGEN)
    assert at is None or at.tzinfo is UTC
    assert isinstance(word, str)


@settings(max_examples=60, deadline=None)
@given(st.datetimes(datetime(1991, 1, 1), datetime(2026, 1, 1)))  # noqa: DTZ001 - made aware below
def test_round_trip(moment: datetime) -> None:
    """What is printed in the usual forms is read as the same second."""
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    assert read_date(moment.strftime("%a, %d %b %Y %H:%M:%S GMT"))[0] == moment
    assert read_date(moment.isoformat())[0] == moment
    assert read_date(moment.astimezone(ZoneInfo("Asia/Kolkata")).strftime("%d.%m.%Y %H:%M:%S %z"))[0] == moment
