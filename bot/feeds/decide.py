"""What a feed document means, held against what we know: new, corrected, unchanged, missing. Pure: no I/O, `now` comes in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import TypeVar

from bot.domain.newsroom import Feed
from bot.domain.release import FINGERPRINT_VERSION, LATE_AFTER, ParsedFeed, ParsedRelease, ReleaseId
from bot.feeds.reading.identity import ids_at
from bot.ports import KnownVersion

UNDATED_AT_ONCE = 5
"""Where nothing of a feed is known yet, more than this without a date at once are what it always held, not news."""

ASK_AFTER_POLLS = 3
"""Over so many good polls a release must be missing before its own address is asked."""

A = TypeVar("A")
B = TypeVar("B")

_SIGNS_WANTED = 2
_SMALLEST_JUDGED = 3
_LONG_KNOWN = timedelta(days=1)
_LONG_BEFORE = timedelta(days=2)
"""Before the first good poll; until then, a draft's date or a bare one may stand on a release that is new."""


@dataclass(frozen=True, slots=True)
class Change:
    """A known version and what the feed says of it now."""

    known: KnownVersion
    item: ParsedRelease


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done about a document.

    `new`: unknown releases, all language versions of each, oldest first; of these `silent` (external ids) alert nobody, and of the
    others `late` are marked so. `corrected`: known versions whose words changed. `refreshed`: known versions to be stored anew in
    silence. `versions`: further language versions of known releases. `rekeyed`: known releases that the newsroom renumbered, or
    whose id it gave to another.
    `ask_at` and `present`: see `bot.ports.Feeds.mark_missing`; `missing` counts the releases that are missed. `held`: nothing here
    overlaps with what is known, so nothing is to be done before an operator said what it means.
    """

    new: tuple[ParsedRelease, ...] = ()
    silent: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    corrected: tuple[Change, ...] = ()
    refreshed: tuple[Change, ...] = ()
    versions: tuple[Change, ...] = ()
    rekeyed: Mapping[ReleaseId, str] = field(default_factory=dict)
    ask_at: Mapping[ReleaseId, int] = field(default_factory=dict)
    present: frozenset[ReleaseId] = frozenset()
    missing: int = 0
    held: bool = False


@dataclass(slots=True)
class _Sorted:
    """The document's items, by what they are to what we know."""

    new: list[ParsedRelease] = field(default_factory=list)
    known: list[Change] = field(default_factory=list)
    versions: list[Change] = field(default_factory=list)
    rekeyed: dict[ReleaseId, str] = field(default_factory=dict)


def decide(feed: Feed, document: ParsedFeed, known: Sequence[KnownVersion], oldest: datetime | None, now: datetime) -> Decision:
    """Hold a document against the known releases that it may name; `oldest`: when the feed's oldest known release was published."""
    found = _sort(document.releases, known)
    if feed.primed_at and oldest and _is_another_feed(feed, document, found):
        return Decision(held=True)
    # Feeds stand newest first, and many releases go out on the same quarter: of equal times the lower one is the older.
    new = sorted(found.new[::-1], key=lambda item: item.published or now)  # noqa: C415 - the sort is stable
    filled = oldest is None and sum(item.published is None for item in new) > UNDATED_AT_ONCE
    silent = frozenset(item.external_id for item in new if is_history(item, feed, oldest) or (filled and item.published is None))
    return Decision(
        new=tuple(new),
        silent=silent,
        late=frozenset(item.external_id for item in new if is_late(item.published, now)) - silent,
        corrected=tuple(c for c in found.known if _says_something_else(c)),
        refreshed=tuple(c for c in found.known if not _says_something_else(c) and _looks_different(c)),
        versions=tuple(found.versions),
        rekeyed=found.rekeyed,
        present=frozenset(c.known.release_id for c in (*found.known, *found.versions) if c.known.ask_at is not None),
    )


def missed(feed: Feed, document: ParsedFeed, candidates: Sequence[KnownVersion], decision: Decision) -> Decision:
    """The decision with what is missing: `candidates` are known releases newer than the oldest that the document dates.

    A feed is a window, and falling off its old end is normal. Only what is missing while something older remains may be gone.
    """
    if document.truncated:
        return decision
    named = {item.external_id for item in document.releases}
    absent = {known.release_id: known.ask_at for known in candidates if known.external_id not in named}
    for release_id in decision.rekeyed:
        absent.pop(release_id, None)
    unasked = {release_id: feed.polls + ASK_AFTER_POLLS for release_id, ask_at in absent.items() if ask_at is None}
    return replace(decision, ask_at=unasked, missing=len(absent))


def oldest_dated(document: ParsedFeed) -> datetime | None:
    """When the oldest release of the document that has a date was published."""
    return min((item.published for item in document.releases if item.published), default=None)


def is_late(published: datetime | None, now: datetime) -> bool:
    """Whether a release found now is a late find. A bare date (midnight, in UTC or by Nordic clocks) may mean all of that day."""
    if published is None:
        return False
    bare_date = published.time() in (time(0), time(21), time(22), time(23))
    return now - published > LATE_AFTER + (timedelta(days=1) if bare_date else timedelta(0))


def _sort(items: Sequence[ParsedRelease], known: Sequence[KnownVersion]) -> _Sorted:
    by_id: dict[str, list[KnownVersion]] = {}
    for version in known:
        by_id.setdefault(version.external_id, []).append(version)
    groups: dict[str, list[ParsedRelease]] = {}
    for item in items:
        groups.setdefault(item.external_id, []).append(item)
    given_away = {external_id for external_id, group in groups.items() if _is_given_away(group, by_id.get(external_id, ()))}
    unknown = [item for item in items if item.external_id not in by_id or item.external_id in given_away]
    unnamed = [version for version in known if version.external_id not in groups or version.external_id in given_away]
    before = _renumbered(unknown, unnamed, _shared(items, known))
    retired = {version.release_id: f"was:{version.release_id}" for version in unnamed if version.external_id in given_away}
    found = _Sorted(rekeyed=retired | {release_id: external_id for external_id, release_id in before.items()})
    for external_id, group in groups.items():
        if external_id in before:
            _compare(group, [version for version in known if version.release_id == before[external_id]], found)
        elif external_id in by_id and external_id not in given_away:
            _compare(group, by_id[external_id], found)
        else:
            found.new.extend(group)
    return found


def _is_given_away(items: Sequence[ParsedRelease], versions: Sequence[KnownVersion]) -> bool:
    """Whether the newsroom gave a known release's id to another: address, title and time are all new.

    Some number their items by place, or give whatever is on top one and the same guid. Addresses and Via's numbers are believed.
    """
    return bool(versions) and all(
        item.external_id.startswith("guid:")
        and item.published is not None
        and item.published != version.published
        and item.content.title != version.title
        and "" != item.content.url != version.url != ""
        for item in items
        for version in versions
    )


def _renumbered(unknown: Sequence[ParsedRelease], unnamed: Sequence[KnownVersion], shared: set[str]) -> dict[str, ReleaseId]:
    """The known releases that the newsroom gave other ids, by the new id.

    Their old ids are not in use, and two of address, title and time agree. One is not enough: titles repeat, many releases go out
    on the same quarter, and some newsrooms link all of them to one page (such an address, in `shared`, says nothing).
    """
    places: dict[object, list[KnownVersion]] = defaultdict(list)
    for version in unnamed:
        places[version.published].append(version)
        places[version.url].append(version)
    pairs: list[tuple[int, str, ReleaseId]] = []
    for item in unknown:
        own_url = "" if item.content.url in shared else item.content.url
        near = (*places.get(item.published or "", ()), *(places.get(own_url, ()) if own_url else ()))
        for version in dict.fromkeys(near):
            signs = (
                bool(own_url) and version.url == own_url,
                version.title == item.content.title,
                version.published == item.published,
                # What the archive read from a page is named by its address, whatever the feed calls it.
                bool(own_url) and not version.fingerprint and version.external_id in ids_at(own_url),
            )
            if sum(signs) >= _SIGNS_WANTED:
                pairs.append((sum(signs), item.external_id, version.release_id))
    return _best(pairs)


def _shared(items: Sequence[ParsedRelease], known: Sequence[KnownVersion]) -> set[str]:
    """Addresses that several releases bear, in the document or among what is known."""
    named = {("document", item.content.url, item.external_id) for item in items}
    named |= {("known", version.url, version.external_id) for version in known}
    counts = Counter((where, url) for where, url, _ in named)
    return {url for (_, url), count in counts.items() if count > 1}


def _compare(items: Sequence[ParsedRelease], versions: Sequence[KnownVersion], found: _Sorted) -> None:
    """Sort the language versions of one release, as the document has them, by those that are known."""
    by_language = {version.language: version for version in versions}
    same = {item.content.language: item.content.language for item in items if item.content.language in by_language}
    # A source that starts or stops naming the language has not published another version; which one it is, the text tells.
    same |= _best(
        (_likeness(item, version), item.content.language, version.language)
        for item in items
        for version in versions
        if "" in (item.content.language, version.language)
        and item.content.language not in by_language
        and version.language not in same
    )
    for item in items:
        if item.content.language in same:
            version = by_language[same[item.content.language]]
            found.known.append(Change(version, _in_language(item, version.language)))
        else:
            found.versions.append(Change(versions[0], item))


def _likeness(item: ParsedRelease, version: KnownVersion) -> int:
    content = item.content
    return 4 * (content.fingerprint == version.fingerprint) + 2 * (content.title == version.title) + (content.url == version.url)


def _best(pairs: Iterable[tuple[int, A, B]]) -> dict[A, B]:
    """Pairs with their likeness, made into a match: the likest first, each side once."""
    matched: dict[A, B] = {}
    taken: set[B] = set()
    for _, one, other in sorted(pairs, key=lambda pair: -pair[0]):
        if one not in matched and other not in taken:
            matched[one] = other
            taken.add(other)
    return matched


def _in_language(item: ParsedRelease, language: str) -> ParsedRelease:
    if item.content.language == language:
        return item
    return replace(item, content=replace(item.content, language=language))


def _says_something_else(change: Change) -> bool:
    version, _, _ = change.known.fingerprint.partition(":")
    return version == FINGERPRINT_VERSION and change.known.fingerprint != change.item.content.fingerprint


def _looks_different(change: Change) -> bool:
    return change.known.fingerprint != change.item.content.fingerprint or change.known.url != change.item.content.url


def is_history(item: ParsedRelease, feed: Feed, oldest: datetime | None) -> bool:
    """Whether a release is from before our time with the feed, and owed to nobody.

    Everything in the first good poll is. Later, an item older than all we ever saw slid back into the window because another was
    removed, or because the newsroom made the window larger. So did one from well before our time, even where an older one is
    known: a newsroom may keep a release of years ago on top.
    """
    if feed.primed_at is None:
        return True
    if item.published is None:
        return False
    # The feed that was empty at its first poll is given the time that a release may take to appear.
    if oldest is None:
        return item.published < feed.primed_at - LATE_AFTER
    return item.published < max(min(oldest, feed.primed_at), feed.primed_at - _LONG_BEFORE)


def _is_another_feed(feed: Feed, document: ParsedFeed, found: _Sorted) -> bool:
    """Whether the feed was moved or renumbered: nothing is known, and most of it stood there, by its dates, when we last looked."""
    if found.known or found.versions or len(document.releases) < _SMALLEST_JUDGED or feed.last_good_at is None:
        return False
    known_by_then = feed.last_good_at - _LONG_KNOWN
    old = sum(item.published is None or item.published < known_by_then for item in document.releases)
    return old * 2 > len(document.releases)
