"""The figures of how long releases take."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cards.ledger import Spread, latencies
from bot.domain.newsroom import NewsroomId
from bot.domain.release import ReleaseId
from bot.ports import Passage

ONE = NewsroomId(1)


def passage(release: int, found: float, posted: float, posts: int = 1) -> Passage:
    """Alerts of one newsroom, by seconds."""
    return Passage(ONE, ReleaseId(release), timedelta(seconds=found), timedelta(seconds=posted), posts)


def spread(half: float, most: float) -> Spread:
    """By seconds."""
    return Spread(timedelta(seconds=half), timedelta(seconds=most))


@pytest.mark.parametrize(
    ("passages", "found", "posted"),
    [
        ([passage(1, 40, 2)], spread(40, 40), spread(2, 2)),
        ([passage(1, 40, 2), passage(1, 40, 9)], spread(40, 40), spread(2, 9)),
        # Of 20 the tenth is half, and the nineteenth 95 of a hundred.
        ([passage(n, n, 21 - n) for n in range(1, 21)], spread(10, 19), spread(10, 19)),
        ([passage(1, 5, 1, posts=94), passage(2, 7, 8, posts=6)], spread(5, 7), spread(1, 8)),
        ([passage(1, 5, 1, posts=95), passage(2, 7, 8, posts=5)], spread(5, 7), spread(1, 1)),
        ([passage(1, -30, 2)], spread(0, 0), spread(2, 2)),
    ],
)
def test_figures_are_by_nearest_rank(passages: list[Passage], found: Spread, posted: Spread) -> None:
    """Each release counts once as found, each post for itself; what came before its stated time took no time."""
    figures = latencies(passages)[ONE]
    assert (figures.found, figures.posted) == (found, posted)
