"""Names found forgivingly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.nearest import Exact, Nothing, Several, edits, matching, nearest

TOWNS = [
    (1, ("koebenhavns-politi", "Københavns Politi", "kbh politi")),
    (2, ("koebenhavns-vestegns-politi", "Københavns Vestegns Politi", "vestegnen")),
    (3, ("udenrigsministeriet", "Udenrigsministeriet", "um")),
    (4, ("aaklagarmyndigheten", "Åklagarmyndigheten")),
    (5, ("wire", "Business Wire")),
    (6, ("wire-ritzau", "Business Wire (via Ritzau)")),
    (7, ("entra", "Entra")),
]


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("udenrigsministeriet", 3),
        ("UM", 3),
        ("udenrigs", 3),
        ("udenrigsminsteriet", 3),
        ("udenrigsmniisteriet", 3),
        ("københavns politi", 1),
        ("koebenhavns politi", 1),
        ("kobenhavns-politi", 1),
        ("KØBENHAVNS   POLITI", 1),
        ("kbhpoliti", 1),
        ("københavsn politi", 1),
        ("politi vestegns", 2),
        ("åklagarmyndigheten", 4),
        ("aklagar", 4),
        ("business wire", 5),
        ("ritzau", 6),
    ],
)
def test_what_people_type_finds_the_one_they_mean(words: str, item: int) -> None:
    """Slugs, aliases, names, their beginnings and slips of the finger lead to one thing."""
    assert nearest(words, TOWNS) == Exact(item)


def test_a_beginning_of_several_names_is_answered_with_all_of_them_nearest_first() -> None:
    """Where more than one may be meant, the shorter name comes first."""
    assert nearest("københavns", TOWNS) == Several((1, 2))


def test_the_whole_name_goes_before_longer_ones_that_begin_with_it() -> None:
    """An exact name is never ambiguous for being the beginning of another."""
    assert nearest("Business Wire", TOWNS) == Exact(5)


def test_a_slug_is_its_owners_even_where_others_bear_it_as_a_name() -> None:
    """The first name settles a dispute: it is how one thing can always be named."""
    assert nearest("politi", [(1, ("kbh", "Politi")), (2, ("politi", "Politiet")), (3, ("pet", "Politi"))]) == Exact(2)


def test_equal_names_are_several() -> None:
    """Two things of one name are both offered."""
    assert nearest("Politi", [(1, ("a", "Politi")), (2, ("b", "politi"))]) == Several((1, 2))


def test_short_words_are_not_taken_for_misspelt_ones() -> None:
    """Five letters with one wrong are another word: it is suggested, not acted upon."""
    assert nearest("extra", TOWNS) == Nothing((7,))


def test_a_part_of_a_name_is_a_suggestion_only() -> None:
    """Nobody is subscribed to something because three letters stand in the middle of it."""
    assert nearest("ministeriet", TOWNS) == Nothing((3,))


@pytest.mark.parametrize("words", ["", "   ", "-", "🙂", "<!channel>", "x" * 10_000])
def test_words_that_mean_nothing_find_nothing(words: str) -> None:
    """Odd and endless input is answered quickly and calmly."""
    assert nearest(words, TOWNS) == Nothing(())


def test_no_candidates_is_no_trouble() -> None:
    """An empty list has nothing in it."""
    assert nearest("um", []) == Nothing(())


def test_a_list_for_words_holds_beginnings_else_parts() -> None:
    """Searching is wider than finding: where nothing begins with the words, what holds them is listed."""
    assert matching("politi", TOWNS) == [1, 2]
    assert matching("ministeriet", TOWNS) == [3]


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("", "", 0), ("a", "", 1), ("abcd", "acbd", 1), ("politi", "poilti", 1), ("kitten", "sitting", 3)],
)
def test_edits_counts_letters_and_swaps(one: str, other: str, distance: int) -> None:
    """A letter more, less, changed or swapped with its neighbour counts one."""
    assert edits(one, other) == distance


@given(st.text(max_size=8), st.text(max_size=8))
def test_edits_is_a_distance(one: str, other: str) -> None:
    """It is nothing between equals alone, the same both ways, and no more than the longer word."""
    assert (edits(one, other) == 0) == (one == other)
    assert edits(one, other) == edits(other, one) <= max(len(one), len(other))


@given(st.text(max_size=30))
def test_whatever_is_typed_has_an_answer(words: str) -> None:
    """No input raises."""
    assert isinstance(nearest(words, TOWNS), Exact | Several | Nothing)
