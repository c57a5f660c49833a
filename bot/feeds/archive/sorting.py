"""Which releases of a page of history the archive stores. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.newsroom import Feed
from bot.domain.release import ParsedRelease, ReleaseId
from bot.feeds.decide import is_history
from bot.feeds.reading.via import release_number
from bot.ports import KnownVersion


@dataclass(frozen=True, slots=True)
class Sorted:
    """A page's releases: those to be stored, last first; those that are known, by identity; how many are left to the feed."""

    history: tuple[ParsedRelease, ...] = ()
    known: dict[str, ReleaseId] = field(default_factory=dict)
    left: int = 0


def sort_page(releases: Sequence[ParsedRelease], known: Sequence[KnownVersion], feed: Feed, oldest: datetime | None) -> Sorted:
    """Hold a page against what is known; `oldest`: when the oldest release that the feed itself has brought was published.

    The archive stores exactly what the feed would store in silence if it brought it now (`decide.is_history`). Everything else is
    news, or may become it, and is left to the feed, which tells it: so nothing is told twice, and nothing that is news is hidden
    by having been stored already. An old page says no more of a release without a date than that it is somewhere.
    """
    by_id = {version.external_id: version.release_id for version in known}
    places: dict[object, ReleaseId] = {version.url: version.release_id for version in known if version.url}
    places |= {(version.published, version.title): version.release_id for version in known}
    found: dict[str, ReleaseId] = {}
    history: list[ParsedRelease] = []
    left = 0
    for item in releases:
        same = by_id.get(item.external_id) or _elsewhere(item, places)
        if same is not None:
            found[item.external_id] = same
        elif item.published is not None and is_history(item, feed, oldest):
            history.append(item)
        else:
            left += 1
    return Sorted(tuple(reversed(history)), found, left)


def _elsewhere(item: ParsedRelease, places: dict[object, ReleaseId]) -> ReleaseId | None:
    """The known release that this one is under another identity. (On Via the number is believed.)"""
    if release_number(item.external_id) is not None:
        return None
    return places.get(item.content.url) or places.get((item.published, item.content.title))
