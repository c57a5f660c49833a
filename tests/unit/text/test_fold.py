"""Folding: one spelling for words that mean the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.fold import fold

NORDIC = st.text(alphabet="abcdeæøåäöüéðþßÆØÅÄÖ \u0301\u0308\u030a\u00ad-")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Udenrigsministeriet", "udenrigsministeriet"),
        ("Århus", "aarhus"),
        ("AARHUS", "aarhus"),
        ("Miljøministeriet", "miljoeministeriet"),
        ("Miljöpartiet", "miljoepartiet"),
        ("Sæby", "saeby"),
        ("Säkerhetspolisen", "saekerhetspolisen"),
        ("STRASSE Straße STRAẞE", "strasse strasse strasse"),
        ("Ærø", "aeroe"),
        ("Ǻrhus Ǿ ǟ", "aarhus oe ae"),
        ("Ångström \u212bngström", "aangstroem aangstroem"),
        ("Łódź Đorđe Þór Jón", "lodz dorde thor jon"),
        ("é à ñ ü", "e a n u"),
        ("ﬁnans\u00a0１２", "finans 12"),
        ("ungdomspsyki\u00adatrien", "ungdomspsykiatrien"),
        ("İstanbul", "istanbul"),
        ("", ""),
    ],
)
def test_spellings_meet(text: str, folded: str) -> None:
    """Case, accents, Nordic letters and typographic forms all come down to one plain spelling."""
    assert fold(text) == folded


def test_letters_made_of_two_characters_fold_like_the_whole_one() -> None:
    """An å that came as a and a ring is still an å."""
    assert fold(unicodedata.normalize("NFD", "Blåbærgrød på Åen")) == fold("Blåbærgrød på Åen") == "blaabaergroed paa aaen"


@given(st.text() | NORDIC)
def test_folding_twice_changes_nothing(text: str) -> None:
    """What is folded stays as it is."""
    assert fold(fold(text)) == fold(text)


@given(st.text() | NORDIC)
def test_composed_and_decomposed_text_meet(text: str) -> None:
    """The normal form in which a text arrives does not show."""
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text() | NORDIC)
def test_no_accent_and_no_capital_is_left(text: str) -> None:
    """A folded text holds neither combining marks nor letters that lower case would change."""
    folded = fold(text)
    assert not any(map(unicodedata.combining, folded))
    assert folded == folded.lower()


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_text_is_only_lowered(text: str) -> None:
    """ASCII keeps every character in its place."""
    assert fold(text) == text.lower()
