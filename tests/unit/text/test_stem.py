"""Stems in six languages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.stem import known, stem


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("da", ("sanktion", "sanktioner", "sanktionerne", "sanktionernes")),
        ("da", ("møde", "møder", "mødet", "mødernes")),
        ("nb", ("regjering", "regjeringen", "regjeringens")),
        ("sv", ("sanktion", "sanktioner", "sanktionerna")),
        ("fi", ("talo", "talon", "talossa", "talosta")),
        ("de", ("abkommen", "abkommens")),
        ("en", ("sanction", "sanctions", "sanctioned")),
    ],
)
def test_forms_of_a_word_share_a_stem(language: str, forms: tuple[str, ...]) -> None:
    """Inflected forms come down to one stem in each language."""
    assert len({stem(form, language) for form in forms}) == 1


def test_a_stem_is_its_own_stem() -> None:
    """Outside English the stemmer is applied until nothing changes: `ministeriernes` takes several turns."""
    found = stem("ministeriernes", "da")
    assert stem(found, "da") == found


def test_english_is_stemmed_once() -> None:
    """A second turn would make `kommunal`, which English stems from `kommunale`, into `kommun`, and find `kommunikation`."""
    assert stem("kommunale", "en") == "kommunal"


@pytest.mark.parametrize("word", ["f16", "2026", "a" * 41])
def test_what_is_no_word_stays(word: str) -> None:
    """Digits and very long runs of letters are left as they are."""
    assert stem(word, "da") == word


def test_no_language_leaves_the_word() -> None:
    """Without a language nothing is taken off."""
    assert stem("sanktionerne", "") == "sanktionerne"


@pytest.mark.parametrize(("tag", "code"), [("da-DK", "da"), ("DA", "da"), ("no", "no"), ("en_GB", "en"), ("fr", ""), ("", "")])
def test_language_tags_are_known_by_their_first_part(tag: str, code: str) -> None:
    """Region and case of a tag do not matter; a language without stemmer is unknown."""
    assert known(tag) == code


@given(st.text(max_size=30), st.sampled_from(["da", "nb", "sv", "fi", "de", "en", ""]))
def test_any_word_has_a_stem(word: str, language: str) -> None:
    """Stemming never raises and never leaves nothing of something."""
    assert bool(stem(word, language)) == bool(word)


def test_threads_may_stem_at_once() -> None:
    """A stemmer is shared by threads and keeps its word to itself all the same."""
    forms = [
        f"{start}{end}" for start in ("sanktion", "minister", "regering", "kommune") for end in ("er", "erne", "ens", "s")
    ] * 50
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda word: stem(word, "da"), forms)) == [stem(word, "da") for word in forms]
