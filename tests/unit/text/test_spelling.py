"""Slips of typing, mended by the words there are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.request import understand
from bot.text.spelling import corrected

TITLES = [
    "Nye sanktioner mod Rusland",
    "Sanktioner forlænges",
    "Møde i Det Udenrigspolitiske Nævn",
    "Grønlandske fiskere",
    "Sektioner lukkes",
]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def mended(line: str) -> str:
    """What the line should have been."""
    return corrected(understand(line, NOW, UTC), TITLES)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sanktoner", "sanktioner"),
        ("rsuland", "rusland"),
        ("russland told", "rusland told"),
        ("sanktoiner OR rusland", "sanktioner OR rusland"),
        ("udenrigspolitsike", "udenrigspolitiske"),
        ("gronladnske", "grønlandske"),
        ("sanktoner siden mandag kind:nyhed", "sanktioner siden mandag kind:nyhed"),
    ],
)
def test_a_slip_is_mended(line: str, expected: str) -> None:
    """One letter, two in long words, in any spelling of Nordic letters; the rest of the line stays."""
    assert mended(line) == expected


@pytest.mark.parametrize(
    "line", ["sanktion", "sanktionerne", "giraf", "mod", '"sanktoner"', "-sanktoner", "newsroom:sanktoner", "sanktoner*", ""]
)
def test_what_is_no_slip_stays(line: str) -> None:
    """Other forms of a word, words like none, short words, phrases, labels, and what is left out or left open."""
    assert mended(line) == ""


@given(st.text(max_size=60))
def test_any_line_is_taken(line: str) -> None:
    """Nothing raises, with or without words to compare with."""
    request = understand(line, NOW, UTC)
    corrected(request, TITLES)
    assert corrected(request, []) == ""
