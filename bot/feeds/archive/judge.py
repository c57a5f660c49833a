"""What a source says of a release, held against what it said before: does it complete, or correct? Pure."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.prose import plain
from bot.domain.release import FINGERPRINT_VERSION, Content
from bot.domain.sources import Name, Source, Statement, restated, stated
from bot.text.quiet import is_quiet

_LATEST = sys.maxsize
_CUT = 20
"""Characters that a lead has at least where a feed cut it short."""


@dataclass(frozen=True, slots=True)
class Correction:
    """Other words of the same source. `quiet`: not worth a word; `renames`: what of the release's names it changed itself."""

    content: Content
    quiet: bool
    renames: frozenset[Name] = frozenset()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be stored: in silence, or as corrections."""

    completes: tuple[Content, ...] = ()
    corrects: tuple[Correction, ...] = ()


def judge(statements: Sequence[Statement], source: Source, contents: Sequence[Content]) -> Judgement:
    """Hold what a source says now against all that is known of the release.

    What it says for the first time completes the release. So does a text where it had none. A text that is missing where it had
    one is no statement: rather than that a newsroom publishes nothing, its platform has changed. Words that are not shown, since
    another source goes before, correct nothing either; but a title or a lead that it changed goes before what others say.
    """
    completes: list[Content] = []
    corrects: list[Correction] = []
    for content in in_known_languages(statements, contents):
        said = [statement for statement in statements if statement.content.language == content.language]
        before = next((statement for statement in said if statement.source is source), None)
        if before is None:
            completes.append(content)
        elif before.content.body and not content.body:
            continue
        elif correction := _correction(said, before, content):
            corrects.append(correction)
        else:
            completes.append(content)
    return Judgement(tuple(completes), tuple(corrects))


def _correction(said: Sequence[Statement], before: Statement, content: Content) -> Correction | None:
    version, _, _ = before.fingerprint.partition(":")
    if version != FINGERPRINT_VERSION or before.fingerprint == content.fingerprint:
        return None
    renames = renamed(said, before, content)
    was, is_now = _read(said, before, content, renames)
    if not before.content.body:  # a text that comes later completes
        was = replace(was, body=is_now.body)
    return None if was.fingerprint == is_now.fingerprint else Correction(content, is_quiet(was.text, is_now.text), renames)


def renamed(said: Sequence[Statement], before: Statement, content: Content) -> frozenset[Name]:
    """What of a release's names a source has changed itself; what was stale merely follows.

    Where readers know it by another source's words (feeds cut leads short, and set titles otherwise), what is not worth a word is
    no change; neither is what they read already.
    """
    if before.stale:
        return frozenset()
    shown = restated(said, before)
    new = [name for name in Name if name.of(content) and not _same(name.of(shown), name.of(content))]
    changed = [name for name in new if not _same(before.says(name), name.of(content))]
    told = [name for name in changed if not is_quiet(before.says(name), name.of(content))]
    return frozenset(name for name in changed if before.says(name) and (name in told or _same(before.says(name), name.of(shown))))


def is_trifle(said: Sequence[Statement], before: Statement, content: Content, renames: frozenset[Name]) -> bool:
    """Whether what a source says now changes nothing for readers that is worth a word."""
    was, is_now = _read(said, before, content, renames)
    return is_quiet(was.text, is_now.text)


def _read(said: Sequence[Statement], before: Statement, content: Content, renames: frozenset[Name]) -> tuple[Content, Content]:
    """What readers read of a version before a source said this, and since."""
    return restated(said, before), restated(said, stated(before, content, renames, _LATEST))


def has_followed(said: Sequence[Statement], before: Statement, content: Content) -> bool:
    """Whether a feed now says what is shown already: another source said so before it, and nothing changes for readers."""
    now = restated(said, before)
    body = now.body if _same(plain(now.body), plain(content.body)) else before.content.body
    then = replace(restated(said, stated(before, content)), body=now.body)
    if then.fingerprint != now.fingerprint or not _same(plain(body), plain(content.body)):
        return False
    return is_quiet(now.title, content.title) and _begins(now.lead, content.lead)


def _begins(whole: str, part: str) -> bool:
    """Whether a lead is another, or as much of it as a feed shows."""
    return is_quiet(whole, part) or not part or (len(part) >= _CUT and whole.startswith(part.rstrip(" .…")))


def _same(one: str, other: str) -> bool:
    """Whether the words are the same."""
    return Content(one).fingerprint == Content(other).fingerprint


def is_behind(statements: Sequence[Statement], source: Source, contents: Sequence[Content]) -> bool:
    """Whether a source still says what it said before the feed changed its words: the same title and the same lead."""
    before = {each.content.language: each.content for each in statements if each.source is source and each.stale}
    now = in_known_languages(statements, contents)
    return any((was := before.get(each.language)) and (was.title, was.lead) == (each.title, each.lead) for each in now)


def in_known_languages(statements: Sequence[Statement], contents: Sequence[Content]) -> list[Content]:
    """The contents, a single one under the tag that its release bears where only one of the two names a language."""
    known = {statement.content.language for statement in statements}
    if len(contents) == 1 and len(known) == 1 and contents[0].language not in known and "" in (contents[0].language, *known):
        return [replace(contents[0], language=next(iter(known)))]
    return list(contents)
