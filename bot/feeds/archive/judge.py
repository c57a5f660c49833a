"""What a source says of a release, held against what it said before: does it complete, or correct? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.release import FINGERPRINT_VERSION, Content
from bot.domain.sources import Source, Statement, restated
from bot.text.quiet import is_quiet


@dataclass(frozen=True, slots=True)
class Correction:
    """Other words of the same source. `quiet`: not worth a word."""

    content: Content
    quiet: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be stored: in silence, or as corrections."""

    completes: tuple[Content, ...] = ()
    corrects: tuple[Correction, ...] = ()


def judge(statements: Sequence[Statement], source: Source, contents: Sequence[Content]) -> Judgement:
    """Hold what a source says now against all that is known of the release.

    What it says for the first time completes the release. So does a text where it had none. A text that is missing where it had
    one is no statement: rather than that a newsroom publishes nothing, its platform has changed. Words that are not shown, since
    another source goes before, correct nothing either.
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
    if version != FINGERPRINT_VERSION or before.fingerprint == content.fingerprint or (content.body and not before.content.body):
        return None
    was, is_now = restated(said, before.source, before.content), restated(said, before.source, content)
    return None if was.fingerprint == is_now.fingerprint else Correction(content, is_quiet(was.text, is_now.text))


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
