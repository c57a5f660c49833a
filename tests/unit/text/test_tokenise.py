"""Words and tokens."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.tokenise import pieces, tokens, words

WRITING = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("abcæøåÆØÅ .,-'’\u00ad\u030a 0123\n@/")), max_size=80)
LANGUAGE = st.sampled_from(["da", "nb", "sv", "fi", "de", "en", "", "fr"])


def test_words_know_where_they_stand() -> None:
    """Positions count characters of the text as given, so that it can be marked there."""
    text = "Nyt: EU-topmøde\n i København"
    assert [text[word.start : word.end] for word in words(text)] == ["Nyt", "EU-topmøde", "i", "København"]


def test_a_hyphenated_word_has_parts() -> None:
    """`EU-topmøde` is one word of two parts, each with its own place."""
    (word,) = words("EU-topmøde")
    assert [(part.text, part.start, part.end) for part in word.parts] == [("EU", 0, 2), ("topmøde", 3, 10)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("USA's", ["usa"]),
        ("EU’s", ["eu"]),
        ("EU-topmøde", ["eu", "topmoede", "eutopmoede", "0topmode", "0eutopmode"]),
        ("e-mail", ["e", "mail", "email"]),
        ("lovforsla-get", ["lovforsla", "get", "lovforslaget"]),
        ("O'Neill", ["o", "neill", "oneill"]),
        ("F-35", ["f", "35", "f35"]),
        ("375", ["375"]),
        ("5,3 pct.", ["5", "3", "pct"]),
        ("2026-10-03", ["2026", "10", "03"]),
        ("pressevagten@um.dk", ["pressevagten", "um", "dk"]),
        ("+45 61 97 92 47", ["45", "61", "97", "92", "47"]),
        ("snake_case *fed* <b>", ["snake", "case", "fed", "b"]),
        ("—  …", []),
    ],
)
def test_words_fall_into_tokens(text: str, expected: list[str]) -> None:
    """Parts come in their order, then joined forms and marked skeletons."""
    assert tokens(text, "") == expected


@pytest.mark.parametrize(
    "spellings",
    [
        ("København", "KØBENHAVN", "Koebenhavn", unicodedata.normalize("NFD", "København"), "Køben\u00adhavn"),
        ("Århus", "Aarhus", unicodedata.normalize("NFD", "Århus")),
        ("sanktionerne", "Sanktioner", "sanktion"),
    ],
)
def test_spellings_of_a_word_are_one_token(spellings: tuple[str, ...]) -> None:
    """Case, accents that stand apart, digraphs and soft hyphens make no other word."""
    assert len({tokens(spelling, "da")[0] for spelling in spellings}) == 1


def test_long_words_with_nordic_letters_have_a_skeleton() -> None:
    """`København` is also indexed as typed on a foreign keyboard, under a mark, and only once for a text."""
    assert tokens("København, København", "da") == ["koebenhavn", "koebenhavn", "0kobenhavn", "1nvahnebeok"]


@pytest.mark.parametrize(
    ("word", "language", "turned"),
    [
        ("sanktionspakken", "da", "1kkapsnoitknas"),
        ("sanktionspaketet", "sv", "1tekapsnoitknas"),
        ("sanctions", "en", ""),
        ("sanktionspakken", "", ""),
        ("pakken", "da", ""),
        ("begrænse", "da", ""),
    ],
)
def test_what_may_be_a_compound_is_also_read_backwards(word: str, language: str, turned: str) -> None:
    """By its stem, with the letter doubled again; not in English, not short words, not a short word behind a verb's prefix."""
    assert [token for token in tokens(word, language) if token.startswith("1")] == ([turned] if turned else [])


@pytest.mark.parametrize("text", ["hæren har", "kræften og kraften", "møde og mode", "købe og kobe"])
def test_short_words_have_no_skeleton(text: str) -> None:
    """Short stems that differ in a vowel are different words."""
    assert not any(token.startswith("0") for token in tokens(text, "da"))


def test_an_unknown_language_is_told_from_the_text() -> None:
    """With no tag, or one without stemmer, the text's small words decide, and without them words are folded only."""
    sentence = "Der kommer flere sanktioner, siger ministeren efter mødet, og de bliver hårde."
    assert tokens(sentence, "fr") == tokens(sentence, "") == tokens(sentence, "da")
    assert tokens("Sanktioner", "") == ["sanktioner"]


@given(WRITING, LANGUAGE)
def test_tokens_and_pieces_agree(text: str, language: str) -> None:
    """What is indexed and what is marked in a text are cut by the same rule."""
    indexed, placed = tokens(text, language), [piece.token for piece in pieces(text, language)]
    in_order = sum(len(word.parts) or 1 for word in words(text))
    assert indexed[:in_order] == placed[:in_order]
    assert indexed[in_order:] == list(dict.fromkeys(placed[in_order:]))


@given(WRITING, LANGUAGE)
def test_tokens_are_letters_and_digits(text: str, language: str) -> None:
    """A token holds nothing that an index, a query or a separator could take for its own sign."""
    assert all(token.isalnum() for token in tokens(text, language))


@given(WRITING)
def test_words_are_cut_from_the_text(text: str) -> None:
    """Every word and part is the text at its place, in order and without overlap."""
    found = words(text)
    assert all(text[word.start : word.end] == word.text for word in found)
    assert all(text[part.start : part.end] == part.text for word in found for part in word.parts)
    assert all(before.end <= after.start for before, after in pairwise(found))


def test_a_text_without_spaces_is_taken() -> None:
    """A megabyte in one piece becomes one token of bounded length."""
    (token,) = tokens("b" * 1_000_000, "da")
    assert len(token) == 64
