"""When and where the press is invited."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.occasion import Occasion, invites, occasion

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
PUBLISHED = datetime(2026, 1, 30, 6, tzinfo=UTC)


def found(*body: str, lead: str = "", published: datetime = PUBLISHED) -> Occasion | None:
    """What a press meeting's text says."""
    return occasion("Pressemøde", lead, body, published=published, zone=COPENHAGEN)


def at(day: int, hour: int, minute: int = 0, month: int = 2) -> datetime:
    """A time of 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (
            ("Tid: Torsdag den 5. februar 2026 kl. 10.00-11.30", "Sted: Kaj 3, København."),
            Occasion("Torsdag den 5. februar 2026 kl. 10.00-11.30", "Kaj 3, København", at(5, 9), at(5, 10, 30)),
        ),
        (
            ("Hvornår:", "Tirsdag den 3. februar kl. 9", "Hvor:", "Christiansborg"),
            Occasion("Tirsdag den 3. februar kl. 9", "Christiansborg", at(3, 8)),
        ),
        (
            ("Tid og sted", "Tirsdag den 3. februar kl. 9, Kaj 3", "Hvor?", "Christiansborg"),
            Occasion("Tirsdag den 3. februar kl. 9, Kaj 3", "Christiansborg", at(3, 8)),
        ),
        (
            ("Date: February 3, 2026", "Time: 2:30 pm to 3:30 pm", "Venue: Press room"),
            Occasion("February 3, 2026; 2:30 pm to 3:30 pm", "Press room", at(3, 13, 30), at(3, 14, 30)),
        ),
        (("When: Tuesday 3 February at 10 am",), Occasion("Tuesday 3 February at 10 am", "", at(3, 9))),
        (("Når: onsdag 4. februar kl. 12:15", "Hvor: Kaia"), Occasion("onsdag 4. februar kl. 12:15", "Kaia", at(4, 11, 15))),
        (("Tid: torsdag 5 februari kl 13.00", "Plats: Kajen"), Occasion("torsdag 5 februari kl 13.00", "Kajen", at(5, 12))),
        (("Tid: 26.06.2026 kl. 10",), Occasion("26.06.2026 kl. 10", "", at(26, 8, month=6))),
    ],
)
def test_when_and_where_it_is_said_clearly(lines: tuple[str, ...], wanted: Occasion) -> None:
    """In four languages, behind a label or below it, by the newsroom's clock, summer time included."""
    assert found(*lines) == wanted


@pytest.mark.parametrize(
    "lines",
    [
        ("Tid: Onsdag den 5. februar 2026 kl. 10",),  # it is a Thursday
        ("Tid: 20.-21. maj kl. 10",),
        ("Tid: kl. 10",),
        ("Tid: 5. februar",),
        ("Dato: 5. februar", "Tid: Dørene åbner kl. 9.30, start kl. 10"),
        ("Tid: 5. februar 2025 kl. 10",),
        ("Tid: 31. februar kl. 10",),
        ("When: 5 February at 10:00 GMT",),
        ("Tid: 5. februar kl. 11.00-10.00",),
    ],
)
def test_what_is_not_certain_is_shown_as_it_stands(lines: tuple[str, ...]) -> None:
    """No calendar gets it."""
    said = found(*lines)
    assert said is not None
    assert said.when
    assert (said.starts, said.ends) == (None, None)


@pytest.mark.parametrize(
    ("lead", "wanted"),
    [
        ("Ministeren inviterer til pressemøde i dag, mandag den 2. februar kl. 18.30, om havnen.", at(2, 17, 30)),
        ("Klokken 13.00 i dag er der pressemøde. Her fortæller Bo Berg mere.", at(2, 12)),
        ("PRESSEMØDET HOLDES ONSDAG DEN 11. FEBRUAR KL. 14.30 I HAVNEN.", at(11, 13, 30)),
        ("Pressen inviteres kl. 15.30.", None),
        ("Mandag den 16. februar 2026 kl. 8.10. Døren åbner mandag den 16. februar kl. 7.", None),
        ("Havnen får 3.30 meter mere den 3. maj.", None),
        ("Bo Berg møder 10 kolleger den 3. maj.", None),
    ],
)
def test_a_sentence_may_say_it_too(lead: str, wanted: datetime | None) -> None:
    """If one alone does; there is nothing to show besides the sentence itself."""
    said = found(lead=lead, published=at(2, 5))
    assert (said and said.starts) == wanted


def test_who_is_invited() -> None:
    """By what newsrooms call it."""
    assert invites("Presseinvitation: Kajen", "")
    assert invites("Kajen", "Havnen inviterer pressen til åbningen.")
    assert invites("Media advisory", "")
    assert invites("", "Presskonferens på torsdag")
    assert not invites("Kajen åbner", "Havnen inviterer alle til fest.")


@given(st.text(max_size=300), st.lists(st.text(max_size=120), max_size=5), st.sampled_from([COPENHAGEN, None]))
def test_any_text_means_something_or_nothing(lead: str, body: list[str], zone: ZoneInfo | None) -> None:
    """Nothing raises, and without a clock no time is certain."""
    said = occasion("", lead, body, published=PUBLISHED, zone=zone)
    assert zone or said is None or said.starts is None
