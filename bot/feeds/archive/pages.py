"""A page of a newsroom's history, however it is reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.release import ParsedRelease


@dataclass(frozen=True, slots=True)
class Page:
    """Releases of a page, and where the next one is (`cursor` None: this was the last).

    `whole` are releases with their texts; `texts`: those that are not among them have documents to be looked at. `total`: how
    many releases there are in all, if that is known; or `left`: how many are to be looked at after these. `looked`: how many were
    looked at, where some of them are none. `ended`: the code of why there is no more, where that is not plain. `turns`: here the
    feed ends, and what follows is found in another way.
    """

    releases: Sequence[ParsedRelease]
    cursor: str | None
    whole: Sequence[ParsedRelease] = field(default=())
    texts: bool = False
    total: int | None = None
    left: int | None = None
    looked: int | None = None
    ended: str = ""
    turns: bool = False
