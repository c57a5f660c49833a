"""How long releases take: from the newsroom to us, and from us to a conversation."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from math import ceil

from bot.cards.words import lasted
from bot.domain.card import Element, Fact, Heading
from bot.domain.newsroom import Newsroom, NewsroomId
from bot.i18n import Texts
from bot.ports import Passage

DAYS = 30
MOST = 8


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something takes: in half of all cases at most `half`, in 95 of a hundred at most `most`."""

    half: timedelta
    most: timedelta


@dataclass(frozen=True, slots=True)
class Latency:
    """Of one newsroom: from publication to when it was found (each release once), and from there to each post."""

    releases: int
    found: Spread
    posted: Spread


def latencies(passages: Iterable[Passage]) -> dict[NewsroomId, Latency]:
    """The figures by newsroom. What was found before its stated time took no time."""
    by_newsroom: dict[NewsroomId, list[Passage]] = {}
    for passage in passages:
        by_newsroom.setdefault(passage.newsroom_id, []).append(passage)
    return {newsroom: _latency(found) for newsroom, found in by_newsroom.items()}


def _latency(passages: Sequence[Passage]) -> Latency:
    once = {each.release_id: each.found for each in passages}
    return Latency(
        len(once), _spread((found, 1) for found in once.values()), _spread((each.posted, each.posts) for each in passages)
    )


def _spread(spans: Iterable[tuple[timedelta, int]]) -> Spread:
    """Of spans and how often each was measured. By nearest rank, so that each figure is one of them."""
    ordered = sorted((max(span, timedelta()), times) for span, times in spans)
    total, upto = sum(times for _, times in ordered), [*accumulate(times for _, times in ordered)]
    return Spread(*(ordered[bisect_left(upto, ceil(share * total))][0] for share in (0.5, 0.95)))


def ledger_elements(figures: Mapping[NewsroomId, Latency], newsrooms: Iterable[Newsroom], texts: Texts) -> list[Element]:
    """The figures in words, those with the most releases first."""
    known = [(each.name, figures[each.id]) for each in newsrooms if each.id in figures]
    shown = sorted(known, key=lambda pair: (-pair[1].releases, pair[0]))[:MOST]
    if not shown:
        return []
    heading = texts.n("How fast, in the last {count} day", "How fast, in the last {count} days", DAYS)
    return [Heading(heading), *(Fact(name, _said(latency, texts)) for name, latency in shown)]


def _said(latency: Latency, texts: Texts) -> str:
    return texts.t(
        "found after {found} (95 %: {found_most}), sent after {sent} (95 %: {sent_most})",
        found=lasted(latency.found.half, texts),
        found_most=lasted(latency.found.most, texts),
        sent=lasted(latency.posted.half, texts),
        sent_most=lasted(latency.posted.most, texts),
    )
