"""Dates in a question, read on Monday 23 November 2026."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.dates import named
from bot.text.period import read

TODAY = date(2026, 11, 23)


def days(text: str, today: date = TODAY) -> str:
    """What running text asks for, as `first..after`; nothing where it is words, or where words are left over."""
    found = read(text, 0, today)
    return f"{found.first or ''}..{found.after or ''}" if found and found.end == len(text) else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-10-13", "2025-10-13..2025-10-14"),
        ("13.10.2025", "2025-10-13..2025-10-14"),
        ("13. oktober 2025", "2025-10-13..2025-10-14"),
        ("den 13. oktober", "2026-10-13..2026-10-14"),
        ("October 13th, 2025", "2025-10-13..2025-10-14"),
        ("the 13th of October", "2026-10-13..2026-10-14"),
        ("24. december", "2025-12-24..2025-12-25"),
        ("29. februar", "2024-02-29..2024-03-01"),
        ("1.-5. oktober", "2026-10-01..2026-10-06"),
        ("13-15 October 2025", "2025-10-13..2025-10-16"),
        ("oktober 2025", "2025-10-01..2025-11-01"),
        ("december 2025", "2025-12-01..2026-01-01"),
        ("oktober sidste år", "2025-10-01..2025-11-01"),
        ("last december", "2025-12-01..2026-01-01"),
        ("september i år", "2026-09-01..2026-10-01"),
        ("january this year", "2026-01-01..2026-02-01"),
        ("oktober måned i fjor", "2025-10-01..2025-11-01"),
        ("uge 41", "2026-10-05..2026-10-12"),
        ("uge 50", "2025-12-08..2025-12-15"),
        ("week 1 2026", "2025-12-29..2026-01-05"),
        ("3. kvartal 2025", "2025-07-01..2025-10-01"),
        ("q4 2025", "2025-10-01..2026-01-01"),
    ],
)
def test_calendar_dates(text: str, expected: str) -> None:
    """Days, months, weeks and quarters; without a year, the last that has come."""
    assert days(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i dag", "2026-11-23..2026-11-24"),
        ("i går", "2026-11-22..2026-11-23"),
        ("yesterday", "2026-11-22..2026-11-23"),
        ("i forgårs", "2026-11-21..2026-11-22"),
        ("the day before yesterday", "2026-11-21..2026-11-22"),
        ("sidste fredag", "2026-11-20..2026-11-21"),
        ("last Monday", "2026-11-16..2026-11-17"),
        ("i mandags", "2026-11-16..2026-11-17"),
        ("denne uge", "2026-11-23..2026-11-30"),
        ("sidste uge", "2026-11-16..2026-11-23"),
        ("i forrige måned", "2026-10-01..2026-11-01"),
        ("last quarter", "2026-07-01..2026-10-01"),
        ("sidste år", "2025-01-01..2026-01-01"),
        ("i fjor", "2025-01-01..2026-01-01"),
        ("i morges", "2026-11-23..2026-11-24"),
        ("this morning", "2026-11-23..2026-11-24"),
        ("i aftes", "2026-11-22..2026-11-23"),
        ("i nat", "2026-11-22..2026-11-24"),
        ("last night", "2026-11-22..2026-11-24"),
        ("sidste weekend", "2026-11-21..2026-11-23"),
        ("de seneste 3 dage", "2026-11-20..2026-11-24"),
        ("past three weeks", "2026-11-02..2026-11-24"),
        ("seneste døgn", "2026-11-22..2026-11-24"),
        ("past 30 hours", "2026-11-21..2026-11-24"),
        ("for tre dage siden", "2026-11-20..2026-11-21"),
        ("a week ago", "2026-11-16..2026-11-23"),
        ("for to måneder siden", "2026-09-01..2026-10-01"),
    ],
)
def test_dates_told_from_today(text: str, expected: str) -> None:
    """Named days and calendar periods; `seneste` and `past` count back from today; `ago` is the period that lay there."""
    assert days(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("siden mandag", "2026-11-23.."),
        ("since last Friday", "2026-11-20.."),
        ("siden for en uge siden", "2026-11-16.."),
        ("efter 1. oktober", "2026-10-02.."),
        ("before May", "..2026-05-01"),
        ("til og med 1. oktober", "..2026-10-02"),
        ("i oktober", "2026-10-01..2026-11-01"),
        ("in October 2025", "2025-10-01..2025-11-01"),
        ("i 2025", "2025-01-01..2026-01-01"),
        ("den 13/10", "2026-10-13..2026-10-14"),
        ("fra 1. til 5. oktober", "2026-10-01..2026-10-06"),
        ("fra mandag til onsdag", "2026-11-16..2026-11-19"),
        ("between 28 September and 3 October", "2026-09-28..2026-10-04"),
        ("fra december til januar", "2025-12-01..2026-02-01"),
        ("fra oktober til november 2024", "2024-10-01..2024-12-01"),
        ("fra 24. december til 1. januar 2023", "2022-12-24..2023-01-02"),
        ("between October 1 and October 5, 2023", "2023-10-01..2023-10-06"),
        ("fra 29. februar til 1. marts 2022", "2020-02-29..2022-03-02"),
        ("fra mandag til 13. oktober 2025", "2025-10-13..2025-10-14"),
        ("fra 5. oktober 2026 til 1. oktober 2026", "2026-10-01..2026-10-06"),
        ("1. oktober til 5. oktober", "2026-10-01..2026-10-06"),
        ("28 Sep - 3 Oct 2025", "2025-09-28..2025-10-04"),
        ("oktober til november 2024", "2024-10-01..2024-12-01"),
        ("uge 40 til uge 41", "2026-09-28..2026-10-12"),
        ("i september måned", "2026-09-01..2026-10-01"),
    ],
)
def test_words_that_ask_for_a_time(text: str, expected: str) -> None:
    """Since, after, before, until, in, and from the one to the other, whichever way round they were typed."""
    assert days(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "maj", "mandag", "oktober", "2025", "13/10", "i 3/10", "klimamål", "i 2030", "i morgen", "før 2030", "31. februar",
        "mod 2025", "til mandag", "sidste år's", "i dagpleje", "1.10.2025.3", "13. oktober-aftalen", "uge 60", "de seneste 9999 år",
        "seneste tal", "siden", "fra Danmark", "mandag til fredag", "2025 til 2030", "",
    ],
)  # fmt: skip
def test_what_is_no_date_in_running_text(text: str) -> None:
    """Names of months and weekdays by themselves, bare years, the future, days that no calendar has, and beginnings of words."""
    assert days(text) == ""


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("maj", date(2026, 5, 1)),
        ("mandag", TODAY),
        ("2025", date(2025, 1, 1)),
        ("13/10", date(2026, 10, 13)),
        ("5.1.26", date(2026, 1, 5)),
    ],
)
def test_a_date_that_is_asked_for_may_be_short(text: str, first: date) -> None:
    """As the value of a label, names of months and weekdays, years and figures are dates."""
    found = named(text, 0, TODAY)
    assert found is not None
    assert found[0].first == first


@given(st.text(max_size=60), st.dates(date(1950, 1, 1), date(2150, 12, 31)))
def test_whatever_is_typed_is_read(text: str, today: date) -> None:
    """Nothing raises on any day, and what is read lies within the text."""
    for at in range(len(text) + 1):
        found = read(text, at, today)
        assert found is None or at < found.end <= len(text)


FORMS = [
    "i går",
    "sidste uge",
    "forrige måned",
    "siden mandag",
    "de seneste 3 måneder",
    "uge 9",
    "last quarter",
    "29. februar",
    "i år",
]


@given(st.sampled_from(FORMS), st.dates(date(1950, 1, 1), date(2150, 12, 31)))
def test_periods_are_in_order_on_every_day(text: str, today: date) -> None:
    """On any day of any year a period begins before it ends, and not after today."""
    found = read(text, 0, today)
    assert found is not None
    assert found.first is not None
    assert found.first <= today
    assert found.after is None or found.first < found.after
