"""Time zones, times to come and the values of settings, as people say them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.commands.mute import on_a_date, parse_args
from bot.commands.until import read_until
from bot.commands.zones import find_zone
from bot.errors import UserError
from bot.i18n import texts

DA = texts("da", "Europe/Copenhagen")
ZONE = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 11, 20, 11, 1, tzinfo=UTC)
"""A Friday; 12.01 in Copenhagen."""


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("København", "Europe/Copenhagen"),
        ("kobenhavn", "Europe/Copenhagen"),
        ("europe/copenhagen", "Europe/Copenhagen"),
        ("Europe/Kopenhagen", "Europe/Copenhagen"),
        ("Danmark", "Europe/Copenhagen"),
        ("CET", "Europe/Copenhagen"),
        ("Helsinki", "Europe/Helsinki"),
        ("Helsingfors", "Europe/Helsinki"),
        ("Finland", "Europe/Helsinki"),
        ("Grønland", "America/Nuuk"),
        ("Færøerne", "Atlantic/Faroe"),
        ("New York", "America/New_York"),
        ("London", "Europe/London"),
        ("utc", "UTC"),
        ("+01:00", "Europe/Copenhagen"),
        ("utc+2", "Europe/Helsinki"),
        ("GMT-5", "America/New_York"),
        ("+5:45", "Asia/Kathmandu"),
    ],
)
def test_a_zone_is_found_by_city_land_name_or_offset(words: str, zone: str) -> None:
    """In Danish, English and Swedish; an offset is that of today, and means the nearest place."""
    assert find_zone(words, DA, NOW) == zone


def test_an_offset_follows_summer_time() -> None:
    """In July it is Copenhagen that is two hours ahead."""
    assert find_zone("+02:00", DA, datetime(2026, 7, 1, tzinfo=UTC)) == "Europe/Copenhagen"


@pytest.mark.parametrize("words", ["", "Atlantis", "+25:00", "22", "../etc/passwd", "x" * 1000])
def test_no_zone_is_said_with_what_would_do(words: str) -> None:
    """Whatever is typed."""
    with pytest.raises(UserError, match="Jeg kender ingen tidszone"):
        find_zone(words, DA, NOW)


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("fredag", "2026-11-27 07:00"),
        ("friday", "2026-11-27 07:00"),
        ("på mandag kl. 9", "2026-11-23 09:00"),
        ("next monday at 8:30", "2026-11-23 08:30"),
        ("1. december", "2026-12-01 07:00"),
        ("December 1", "2026-12-01 07:00"),
        ("24/12 kl. 18", "2026-12-24 18:00"),
        ("2026-12-01", "2026-12-01 07:00"),
        ("20. november", "2027-11-20 07:00"),
        ("næste uge", "2026-11-23 07:00"),
        ("next month", "2026-12-01 07:00"),
        ("uge 49", "2026-11-30 07:00"),
        ("uge 2", "2027-01-11 07:00"),
        ("i overmorgen", "2026-11-22 07:00"),
        ("i morgen kl. 10", "2026-11-21 10:00"),
        ("i dag kl. 18", "2026-11-20 18:00"),
        ("17:30", "2026-11-20 17:30"),
        ("kl. 9", "2026-11-21 09:00"),
        ("29. februar", "2028-02-29 07:00"),
        ("kl. 24", "2026-11-21 00:00"),
        ("i dag kl. 24.00", "2026-11-21 00:00"),
        ("fredag kl. 24", "2026-11-28 00:00"),
    ],
)
def test_a_day_is_the_next_of_its_name(words: str, until: str) -> None:
    """At seven in the morning unless a time is said; what has passed today is tomorrow's."""
    found = read_until(words, NOW, ZONE)
    assert found is not None
    assert f"{found[0].astimezone(ZONE):%Y-%m-%d %H:%M}" == until


@pytest.mark.parametrize("words", ["", "orientering", "25:61", "24:30", "32. december"])
def test_what_is_no_time_is_none(words: str) -> None:
    """Nothing is guessed."""
    assert read_until(words, NOW, ZONE) is None


@pytest.mark.parametrize(
    ("line", "words", "until"),
    [
        ("um til fredag", "um", "2026-11-27 07:00"),
        ("til fredag um", "um", "2026-11-27 07:00"),
        ("until 1 December", "", "2026-12-01 07:00"),
        ("københavns politi until 1 December at 9", "københavns politi", "2026-12-01 09:00"),
        ("all until 17:30", "", "2026-11-20 17:30"),
        ("indtil næste uge", "", "2026-11-23 07:00"),
        ("um indtil mandag", "um", "2026-11-23 07:00"),
        ("um til i morgen", "um", "2026-11-21 07:00"),
        ("um til kl. 13", "um", "2026-11-20 13:00"),
    ],
)
def test_a_mute_lasts_until_a_date(line: str, words: str, until: str) -> None:
    """With the newsroom before it or after, in Danish and English."""
    mute = on_a_date(parse_args(line, DA), NOW, DA)
    ends = mute.until(NOW, ZONE)
    assert ends is not None
    assert (mute.words, f"{ends.astimezone(ZONE):%Y-%m-%d %H:%M}") == (words, until)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("til engang", "ingen dato »engang«"),
        ("um til fredag politi", "ingen dato"),
        ("til 1. marts", "op til 100 dage"),
        ("until 2026-11-01", "allerede passeret"),
    ],
)
def test_a_date_that_does_not_do_says_why(line: str, said: str) -> None:
    """No date, two newsrooms, too far away, or over."""
    with pytest.raises(UserError, match=said):
        on_a_date(parse_args(line, DA), NOW, DA)
