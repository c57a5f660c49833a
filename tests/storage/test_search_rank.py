"""What SQLite's hits are ranked by."""

from __future__ import annotations

import pytest

from bot.text.query import parse
from storage.search_index import SCORE
from storage.search_marks import SECOND
from storage.search_rank import Hit, best

_YEAR = 365 * 24 * 3600 * SECOND


def hit(at: int, title: str, body: str = "") -> Hit:
    """A release of that place."""
    return Hit(at, f" {title} ", f" {body} ")


@pytest.mark.parametrize(
    ("words", "better", "worse"),
    [
        ("kaj", ("kaj", "mole"), ("mole", "kaj")),
        ("kaj", ("", "kaj bro kaj"), ("", "kaj bro bro")),
        ("kaj", ("", "kaj" + " mole" * 10), ("", "kaj" + " mole" * 100)),
        ("havnekran", ("havnekransag", ""), ("", "havnekran")),
        ('"den kaj"', ("", "den kaj og den kaj"), ("", "den kaj og den bro")),
        ("kaj OR mole", ("", "mole bro bro"), ("", "kaj bro bro")),
        ("kaj mole", ("", "kaj mole kaj mole"), ("", "kaj mole bro bro")),
    ],
)
def test_the_better_comes_first(words: str, better: tuple[str, str], worse: tuple[str, str]) -> None:
    """A title more than a mention, more of it more than less, a short text more than a long one, the rarer of two words."""
    others = [hit(at, "", "kaj bro bro") for at in range(10, 20)]
    order = best([hit(1, *worse), hit(0, *better), *others], parse(words), SCORE)
    assert order.index(0) < order.index(1)


def test_of_equals_the_newest_comes_first() -> None:
    """Also where nothing is to be pointed out, as in what only leaves a word out."""
    hits = [hit(at, "kaj") for at in (3, 1, 2)]
    for words in ("kaj", "-mole", ""):
        assert best(hits, parse(words), SCORE) == [3, 2, 1]


def test_age_takes_no_more_than_two_fifths() -> None:
    """A title of long ago stays before a mention of today, a mention does not."""
    text = "bro " * 50
    old, new = hit(0, "kaj", text), hit(50 * _YEAR, "bro", f"{text}kaj")
    assert best([old, new], parse("kaj"), SCORE)[0] == 0
    assert best([hit(0, "bro", f"{text}kaj"), new], parse("kaj"), SCORE)[0] == 50 * _YEAR


def test_nothing_is_ranked_of_nothing() -> None:
    """No hit, no place."""
    assert best([], parse("kaj"), SCORE) == []
