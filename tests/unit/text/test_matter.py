"""What a release is about, by its rarest words."""

from __future__ import annotations

from bot.text.matter import candidates, in_title, rarest, same_matter, sharing


def test_the_title_comes_first_and_the_newsroom_says_nothing() -> None:
    """Long words before short ones, each once, no figures."""
    said = candidates("Havneministeren åbner 2026 kajen", "Kajen og kranen. Havneministeren taler.", "Havneministeriet")
    assert said == ["åbner", "kajen", "kranen", "taler"]


def test_words_that_are_everywhere_tell_nothing() -> None:
    """Nor do those that no other release has; the rarest come first."""
    assert rarest({"kajen": 3, "åbner": 400, "kranen": 1, "mudder": 0}, 1000) == ["kranen", "kajen"]
    assert rarest({"kajen": 3}, 4) == ["kajen"]


def test_forms_and_compounds_count_as_the_word() -> None:
    """Of a title."""
    assert in_title("sanktioner", "Ny sanktionspakke")
    assert not in_title("kajen", "Ny kran")


def test_a_matter_stands_in_the_title() -> None:
    """Sharing words of the text alone is chance; another newsroom has to share more than one's own."""
    found = {"kajen": [1, 2, 3], "kranen": [1, 2, 4], "mudder": [3, 4]}
    counts = {"kajen": 3, "kranen": 3, "mudder": 2}
    told = {"kajen": {1, 2}, "kranen": set[int]()}
    assert same_matter(found, counts, 100, own={1, 3, 4}, told=told) == [1]
    more = found | {"dybet": [2]}
    both = told | {"kranen": {2}}
    assert same_matter(more, counts | {"dybet": 1}, 100, own={1, 3, 4}, told=both) == [1, 2]


def test_what_shares_two_words_is_read_the_rarest_first() -> None:
    """Equals as they were found."""
    found = {"mudder": [3, 4], "kajen": [1, 2, 3], "kranen": [1, 2, 4, 5]}
    counts = {"mudder": 2, "kajen": 3, "kranen": 4}
    assert sharing(found, counts, 100) == [3, 4, 1, 2]
