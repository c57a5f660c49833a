"""Which addresses of a site are those of a newsroom's releases: learnt from the addresses of releases that are known. Pure.

`https://ministry.example/nyheder/2025/oktober/nye-regler` and a few more of its sort say that a release stands at
`ministry.example`, below `nyheder`, a year and a month, under words of its own. Where the known addresses have no part in common
that tells releases from other pages, there is no shape: nothing is taken by its looks alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from bot.feeds.html.links import same_address, without_tracking
from bot.feeds.reading.segments import Part, Sort, learn_part, marked

FEWEST = 3
"""Addresses that a pattern is learnt from."""
_SHARE = 0.15
"""Of all known addresses, the least that a pattern stands for: a newsroom may file its releases in a few ways."""
_AGREED = 0.6
"""Of all known addresses, what the patterns must stand for together."""
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class _Place:
    """An address taken apart: all of it in lower case and unescaped."""

    host: str
    path: tuple[str, ...]
    query: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Addresses of one host and depth. `query`: the parameters they have, by name."""

    host: str
    path: tuple[Part, ...]
    query: tuple[tuple[str, Part], ...] = ()

    def takes(self, place: _Place) -> bool:
        """Whether an address is one of these."""
        return (
            place.host == self.host
            and len(place.path) == len(self.path)
            and [name for name, _ in place.query] == [name for name, _ in self.query]
            and all(part.takes(word) for part, word in zip(self.path, place.path, strict=True))
            and all(part.takes(word) for (_, part), (_, word) in zip(self.query, place.query, strict=True))
        )

    @property
    def tells(self) -> bool:
        """Whether it tells releases from other pages: something in it stands fast, or it is filed by date."""
        return any(part.tells for part in (*self.path, *(part for _, part in self.query)))


@dataclass(frozen=True, slots=True)
class Shape:
    """What the addresses of a newsroom's releases have in common.

    `origin` is scheme and host as its feed writes them (`https://www.ministry.example`), `slash` whether its paths end in one.
    """

    origin: str
    slash: bool
    patterns: tuple[_Pattern, ...]

    def takes(self, url: str) -> bool:
        """Whether an absolute address has this shape."""
        place = _place(url)
        return place is not None and any(pattern.takes(place) for pattern in self.patterns)

    def spelled(self, url: str) -> str:
        """The address as the newsroom's feed would write it, as to scheme, `www.`, the last slash and what tracks readers."""
        parts, own = urlsplit(without_tracking(url)), urlsplit(self.origin)
        here = _host(parts) == _host(own)
        path = parts.path.rstrip("/") + ("/" if self.slash and not _ends_in_file(parts.path) else "")
        return urlunsplit((own.scheme, own.netloc if here else parts.netloc, path, parts.query, ""))

    def period(self, url: str) -> str:
        """The date in an address as far as it goes, e.g. `2025`, `2025-10` or `2025-10-03`; '' where there is none."""
        place = _place(url)
        pattern = next((each for each in self.patterns if place and each.takes(place)), None)
        if pattern is None or place is None:
            return ""
        said = {part.sort: part.number(word) for part, word in zip(pattern.path, place.path, strict=True)}
        found = [f"{said[sort]:02d}" for sort in (Sort.YEAR, Sort.MONTH, Sort.DAY) if sort in said]
        return "-".join(found) if Sort.YEAR in said else ""

    def number(self, url: str) -> int:
        """The number that an address bears, which counts up with time; 0 where there is none."""
        place = _place(url)
        pattern = next((each for each in self.patterns if place and each.takes(place)), None)
        if pattern is None or place is None:
            return 0
        parts = [*zip(pattern.path, place.path, strict=True)]
        parts += [(part, word) for (_, part), (_, word) in zip(pattern.query, place.query, strict=True)]
        return next((part.number(word) for part, word in reversed(parts) if part.sort is Sort.NUMBER), 0)


def learn(links: Iterable[str]) -> Shape | None:
    """The shape of these absolute addresses of releases; None where they are too few, or do not agree on one."""
    known = {same_address(link): link for link in links}
    groups: dict[tuple[object, ...], list[_Place]] = defaultdict(list)
    for link in known.values():
        if place := _place(link):
            groups[place.host, len(place.path), tuple(name for name, _ in place.query)].append(place)
    least = max(FEWEST, len(known) * _SHARE)
    found = [(_pattern(places), len(places)) for places in groups.values() if len(places) >= least]
    patterns = [(pattern, count) for pattern, count in found if pattern.tells]
    if not patterns or sum(count for _, count in patterns) < len(known) * _AGREED:
        return None
    return _spelling(list(known.values()), tuple(pattern for pattern, _ in patterns))


def _pattern(places: Sequence[_Place]) -> _Pattern:
    path: list[Part] = []
    for at, words in enumerate(zip(*(place.path for place in places), strict=True)):
        path.append(learn_part(words, before=path[-1].sort if path else None, last=at == len(places[0].path) - 1))
    if any(part.sort is Sort.YEAR for part in path):
        path[-1] = replace(path[-1], least=0)  # the date is enough to tell it by
    if path and not any(part.tells for part in path):
        path[-1] = marked(path[-1], [place.path[-1] for place in places])
    names = [name for name, _ in places[0].query]
    query = [(name, learn_part([place.query[at][1] for place in places], last=True)) for at, name in enumerate(names)]
    return _Pattern(places[0].host, tuple(path), tuple(query))


def _spelling(links: Sequence[str], patterns: tuple[_Pattern, ...]) -> Shape:
    """The shape in the spelling that most of the addresses have."""
    taken = [link for link in links if (place := _place(link)) and any(pattern.takes(place) for pattern in patterns)]
    origins = Counter(urlunsplit((*urlsplit(link)[:2], "", "", "")) for link in taken)
    slashes = Counter(urlsplit(link).path.endswith("/") for link in taken)
    return Shape(origins.most_common(1)[0][0], slashes.most_common(1)[0][0], patterns)


def _place(url: str) -> _Place | None:
    try:
        parts = urlsplit(without_tracking(url))
        host = _host(parts)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    path = tuple(unquote(word, errors="replace").casefold() for word in parts.path.split("/") if word)
    pairs = sorted(part.partition("=")[::2] for part in parts.query.split("&") if part)
    query = tuple((unquote(name).casefold(), unquote(value, errors="replace").casefold()) for name, value in pairs)
    return _Place(host, path, query) if 0 < len(path) + len(query) <= _DEEPEST else None


def _host(parts: SplitResult) -> str:
    """Without `www.` and a usual port. Raises ValueError."""
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    return f"{(parts.hostname or '').removeprefix('www.').removesuffix('.')}{port}"


def _ends_in_file(path: str) -> bool:
    return re.search(r"\.[A-Za-z]{2,5}$", path) is not None
