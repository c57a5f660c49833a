"""What several sources say of one release, made into what is shown of it.

A newsroom's feed brings a release; its document completes it. Which of them is believed in what:

- **The feed names**: title, lead and address are the feed's. Where no feed has brought the release (the archive found it), they are
  the document's, else the archive's. A lead that the feed leaves empty is the next source's that has one.
- **Who changed it last names it**: a title or a lead that a source itself changed goes before what others say of it, until one of
  them changes it in turn. A feed may show a new title late, or never.
- **The document fills**: text, contacts, pictures, files, kind, keywords and translations are the document's as far as it has
  them, else those of whole releases in bulk, else the archive's, else the feed's. Of text the feed comes before the archive.
- **No stale text**: once the feed has changed its words, the text of every other source is left out until that source was asked
  again. Facts that are no text (contacts, pictures, files, kind) stay.
- **A correction is other words of the same source.** That another source has more to say completes a release and corrects nothing.
  So what a release said before is always put together from the same sources as what it says now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
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


class Name(StrEnum):
    """What a release goes by."""

    TITLE = "title"
    LEAD = "lead"

    def of(self, content: Content) -> str:
        """The title, or the lead."""
        return content.title if self is Name.TITLE else content.lead


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says of one language version. `stale`: the feed has changed its words since this source was asked.

    `fingerprint` is the content's, as it was when it was stored. `title_since`, `lead_since`: the release's revision as of which
    the source changed these; 0 if it never did.
    """

    source: Source
    content: Content
    stale: bool = False
    fingerprint: str = ""
    title_since: int = 0
    lead_since: int = 0

    def since(self, name: Name) -> int:
        """As of which revision the source goes by this title, or this lead."""
        return self.title_since if name is Name.TITLE else self.lead_since

    def says(self, name: Name) -> str:
        """Its title, or its lead."""
        return name.of(self.content)


@dataclass(frozen=True, slots=True)
class Former:
    """What a source said before. `revision`: the release's at which it was current; the rest as of a `Statement`."""

    revision: int
    source: Source
    content: Content
    title_since: int = 0
    lead_since: int = 0


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
        title=_namer(said, Name.TITLE).says(Name.TITLE),
        lead=_namer(said, Name.LEAD).says(Name.LEAD),
        body=text.body if text else (),
        kind=kind.kind,
        kind_word=kind.kind_word,
        pictures=_fullest(fills, lambda content: content.pictures),
        documents=_fullest(fills, lambda content: content.documents),
        keywords=_fullest(fills, lambda content: content.keywords),
        contacts=_fullest(fills, lambda content: content.contacts),
        translations=_fullest(fills, lambda content: content.translations),
    )


def _namer(said: Sequence[Statement], name: Name) -> Statement:
    """Whose title or lead is shown: theirs who changed it last, else by the order of sources."""
    having = [each for each in said if each.says(name)] or said
    return max(having, key=lambda each: (each.since(name), -_NAMES.index(each.source)))


def stated(before: Statement, content: Content, renames: Collection[Name] = (), revision: int = 0) -> Statement:
    """What a source says now; `renames`: what of it goes before what others say, as of that revision."""
    title, lead = (revision if name in renames else before.since(name) for name in Name)
    return Statement(before.source, content, title_since=title, lead_since=lead)


def restated(said: Sequence[Statement], statement: Statement) -> Content:
    """What would be shown if one source said this, and all of them had just been asked."""
    others = [each for each in said if each.source is not statement.source]
    return merged([replace(each, stale=False) for each in (*others, statement)])


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
        after = current.get((language, former.source))
        was = Statement(former.source, former.content, title_since=former.title_since, lead_since=former.lead_since)
        current[language, former.source] = was
        said = [statement for (spoken, _), statement in current.items() if spoken == language]
        before = restated(said, was)
        if after and _is_followed(Name.TITLE, former, after, said):
            before = replace(before, title=former.content.title)
        if after and _is_followed(Name.LEAD, former, after, said):
            before = replace(before, lead=former.content.lead)
        if len(said) > 1 and language in now and bool(before.body) != bool(now[language].body):
            before = replace(before, body=now[language].body)
        found.append((former.revision, before))
    return found[::-1]


def _is_followed(name: Name, former: Former, after: Statement, said: Sequence[Statement]) -> bool:
    """Whether the others have followed a source that changed a name: they say now, of old, what it alone began to say then.

    They may have changed it themselves before that, and have been asked again since.
    """
    namer = _namer(said, name)
    began = after.since(name) == former.revision + 1
    is_older = namer.since(name) <= former.revision and namer.source is not after.source
    return began and is_older and namer.says(name) == after.says(name)


def _first(by_source: dict[Source, Content], order: Sequence[Source], has: Callable[[Content], object]) -> Content | None:
    return next((by_source[source] for source in order if source in by_source and has(by_source[source])), None)


def _fullest(contents: Sequence[Content], of: Callable[[Content], tuple[T, ...]]) -> tuple[T, ...]:
    return next((found for content in contents if (found := of(content))), ())
