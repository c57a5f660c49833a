"""What several sources say of one release, made into what is shown of it.

A newsroom's feed brings a release; its document completes it. Which of them is believed in what:

- **The feed names**: title, lead and address are the feed's. Where no feed has brought the release (the archive found it), they are
  the document's, else the archive's. A lead that the feed leaves empty is the next source's that has one.
- **The document fills**: text, contacts, pictures, files, kind, keywords and translations are the document's as far as it has
  them, else those of whole releases in bulk, else the archive's, else the feed's. Of text the feed comes before the archive.
- **No stale text**: once the feed has changed its words, the text of every other source is left out until that source was asked
  again. Facts that are no text (contacts, pictures, files, kind) stay.
- **A correction is other words of the same source.** That another source has more to say completes a release and corrects nothing.
  So what a release said before is always put together from the same sources as what it says now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from bot.domain.release import Content

T = TypeVar("T")


class Source(StrEnum):
    """Where a statement comes from."""

    FEED = "feed"
    DOCUMENT = "document"
    """The document of one release."""
    WHOLE = "whole"
    """A reply that holds many releases, whole."""
    ARCHIVE = "archive"
    """A listing, or an older page of the feed, which the archive read."""


_NAMES = (Source.FEED, Source.DOCUMENT, Source.WHOLE, Source.ARCHIVE)
_FILLS = (Source.DOCUMENT, Source.WHOLE, Source.ARCHIVE, Source.FEED)
_TEXTS = (Source.DOCUMENT, Source.WHOLE, Source.FEED, Source.ARCHIVE)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says of one language version. `stale`: the feed has changed its words since this source was asked.

    `fingerprint` is the content's, as it was when it was stored.
    """

    source: Source
    content: Content
    stale: bool = False
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Former:
    """What a source said before. `revision`: the release's at which it was current."""

    revision: int
    source: Source
    content: Content


def shown(statements: Iterable[Statement]) -> tuple[Content, ...]:
    """The language versions of a release, in the order in which they were first heard of."""
    versions: dict[str, list[Statement]] = {}
    for statement in statements:
        versions.setdefault(statement.content.language, []).append(statement)
    return tuple(merged(said) for said in versions.values())


def merged(said: Sequence[Statement]) -> Content:
    """What is shown of one language version, of which every source in `said` says something."""
    if len(said) == 1:
        return said[0].content
    by_source = {statement.source: statement.content for statement in said}
    fresh = {statement.source: statement.content for statement in said if not statement.stale}
    names = _first(by_source, _NAMES, lambda content: content.title) or said[0].content
    fills = [by_source[source] for source in _FILLS if source in by_source]
    kind = next((content for content in fills if content.kind), next((c for c in fills if c.kind_word), names))
    text = _first(fresh, _TEXTS, lambda content: content.body)
    return replace(
        names,
        lead=next((by_source[source].lead for source in _NAMES if source in by_source and by_source[source].lead), ""),
        body=text.body if text else (),
        kind=kind.kind,
        kind_word=kind.kind_word,
        pictures=_fullest(fills, lambda content: content.pictures),
        documents=_fullest(fills, lambda content: content.documents),
        keywords=_fullest(fills, lambda content: content.keywords),
        contacts=_fullest(fills, lambda content: content.contacts),
        translations=_fullest(fills, lambda content: content.translations),
    )


def restated(said: Sequence[Statement], source: Source, content: Content) -> Content:
    """What would be shown if this source said this, and all of them had just been asked."""
    others = [replace(statement, stale=False) for statement in said if statement.source is not source]
    return merged([*others, Statement(source, content)])


def formers(statements: Sequence[Statement], said_before: Sequence[Former]) -> list[tuple[int, Content]]:
    """What was shown before each correction, oldest first, with the revision at which it was; `said_before` is oldest first.

    Put together from all the sources there are now: what merely came to be known later is no difference. The same goes for a text
    that one side lacks because it is stale now, or was not known then.
    """
    current = {(each.content.language, each.source): each for each in statements}
    now = {version.language: version for version in shown(statements)}
    found: list[tuple[int, Content]] = []
    for former in reversed(said_before):
        language = former.content.language
        current[language, former.source] = Statement(former.source, former.content)
        said = [statement for (spoken, _), statement in current.items() if spoken == language]
        before = restated(said, former.source, former.content)
        if len(said) > 1 and language in now and bool(before.body) != bool(now[language].body):
            before = replace(before, body=now[language].body)
        found.append((former.revision, before))
    return found[::-1]


def _first(by_source: dict[Source, Content], order: Sequence[Source], has: Callable[[Content], object]) -> Content | None:
    return next((by_source[source] for source in order if source in by_source and has(by_source[source])), None)


def _fullest(contents: Sequence[Content], of: Callable[[Content], tuple[T, ...]]) -> tuple[T, ...]:
    return next((found for content in contents if (found := of(content))), ())
