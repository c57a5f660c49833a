"""How an answer says what it is kept to."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.cards.asked import days, understood
from bot.domain.release import Kind
from bot.i18n import texts
from bot.ports import UNNARROWED, Narrowing

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
DA, EN = texts("da", "Europe/Copenhagen"), texts("en", "Europe/Copenhagen")


def midnight(text: str) -> datetime | None:
    """The beginning of a day in Copenhagen."""
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN).astimezone(UTC) if text else None


@pytest.mark.parametrize(
    ("since", "until", "danish", "english"),
    [
        ("2026-11-16", "2026-11-23", "16.–22. nov. 2026", "16–22 Nov 2026"),
        ("2026-11-16", "2026-11-17", "16. nov. 2026", "16 Nov 2026"),
        ("2026-10-01", "2026-11-01", "oktober 2026", "October 2026"),
        ("2025-12-01", "2026-01-01", "december 2025", "December 2025"),
        ("2025-01-01", "2026-01-01", "2025", "2025"),
        ("2026-11-16", "", "fra 16. nov. 2026", "from 16 Nov 2026 on"),
        ("", "2026-11-16", "til og med 15. nov. 2026", "up to 15 Nov 2026"),
    ],
)
def test_days_as_one_says_them(since: str, until: str, danish: str, english: str) -> None:
    """A day, a month, a year, or the first and the last day, in the reader's zone."""
    assert [days(midnight(since), midnight(until), reader) for reader in (DA, EN)] == [danish, english]


def test_everything_that_narrows_is_said() -> None:
    """Newsrooms, kinds and languages, wanted and unwanted; and nothing where nothing narrows."""
    narrowing = Narrowing(frozenset({Kind.NEWS}), frozenset({Kind.INVITATION}), frozenset({"da"}), frozenset({"en"}))
    said = understood(narrowing, DA, among=["Kystvagten"], left_out=["Havnen"])
    assert said == "Kystvagten · uden Havnen · kun nyheder · ingen presseinvitationer · på dansk · ikke på engelsk"
    assert understood(UNNARROWED, DA) == ""
