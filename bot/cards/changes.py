"""What is told after an alert, under it: what a correction changed, and a release's text and documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.release import LEAD, body_elements, document_elements, without_lead
from bot.cards.shorten import summary
from bot.cards.words import corrected, language_name, rows
from bot.domain.card import Button, Card, Element, Meta, Text, Title, Tone
from bot.domain.prose import Block, BlockKind, Span, paragraphs, plain
from bot.domain.release import Content, Release
from bot.i18n import Texts
from bot.text.changes import Changes, Fate, Passage, changes
from bot.text.quiet import is_quiet

ARROW = " → "
WHOLE = 9000
"""Characters of a release's text below its alert: nearly every text is shown whole where the platform's messages hold so much."""
_LONGEST = 1800
"""Characters of all passages together; what is left out is counted."""
_TITLE = 300
_WHOLE_TITLE = 60
"""Words around what changed in a title: nearly every title is shown whole."""
_NAMED = 3
"""Changes named in a notification."""


@dataclass(frozen=True, slots=True)
class _Changed:
    """What changed of one language version; `headline` and `text` apart."""

    before: Content
    now: Content
    headline: Changes
    text: Changes


def changes_card(before: Release, release: Release, texts: Texts, now: datetime) -> Card | None:
    """What a correction changed since the reader was told last, word by word; None where that is not worth a word.

    The version that the reader reads is shown; where nothing changed in it, the others. What is said no longer is struck out, what
    is said now is bold, and an arrow stands between, so that it can be read where looks are lost.
    """
    changed = _changed(before, release, texts)
    if not changed:
        return None
    kept, left_out = _bounded([line for each in changed for line in _lines(each, texts)])
    left_out += sum(each.headline.more + each.text.more for each in changed)
    mark = _mark(release, texts, now)
    shown = release.content(texts.language)
    other = () if changed[0].now == shown else (language_name(changed[0].now.language),)
    elements: list[Element] = [Meta((release.newsroom.name, *other), (mark,))]
    if not changed[0].headline:
        elements.append(Title(changed[0].now.title[:_TITLE], changed[0].now.url))
    elements += [Text(block) for block in kept]
    if left_out:
        elements.append(_quiet(texts.n("and {count} more change", "and {count} more changes", left_out)))
    said = f"{mark}: {release.newsroom.name}: {_named(changed)}"
    return Card(summary(said), tuple(elements), rows(_whole_button(release, texts) if left_out else None))


def whole_card(release: Release, texts: Texts) -> Card | None:
    """What an alert leaves out: the text and the documents of a release; None where there is no more than the alert says."""
    content = release.content(texts.language)
    says_more = content.lead or len(plain(content.body)) > LEAD
    elements = [*(body_elements(content, texts, WHOLE) if says_more else ()), *document_elements(content, texts)]
    if not elements:
        return None
    button = Button(texts.t("Open"), url=content.url) if content.url else None
    return Card(summary(f"{release.newsroom.name}: {content.title}"), tuple(elements), rows(button))


def passages_of(card: Card) -> tuple[Element, ...]:
    """The changed passages of a card that `changes_card` made, to be shown within another card."""
    return tuple(element for element in card.elements if isinstance(element, Text))


# What changed -----------------------------------------------------------------------------------------------------------


def _changed(before: Release, release: Release, texts: Texts) -> list[_Changed]:
    reads = release.content(texts.language)
    found = [each for each in _told(before, release) if each.now == reads]
    return found or _told(before, release)


def _told(before: Release, release: Release) -> list[_Changed]:
    """The versions of which something changed that is worth a word."""
    pairs = zip(before.versions, release.versions, strict=True)
    found = [_compare(was, now) for was, now in pairs if not is_quiet(was.text, now.text)]
    return [each for each in found if each.headline or each.text]


def _compare(was: Content, now: Content) -> _Changed:
    return _Changed(was, now, changes(was.title, now.title, context=_WHOLE_TITLE), changes(_text(was), _text(now)))


def _text(content: Content) -> str:
    return "\n".join((content.lead, plain(without_lead(content))))


# How it is shown --------------------------------------------------------------------------------------------------------


def _lines(changed: _Changed, texts: Texts) -> Iterator[Block]:
    for passage in changed.headline.passages:
        yield _block(passage, texts.t("Headline: "))
    for passage in changed.text.passages:
        yield _block(passage)


def _block(passage: Passage, label: str = "") -> Block:
    spans = [Span(label)] if label else []
    for at, part in enumerate(passage):
        replaced = part.fate is Fate.ADDED and at > 0 and passage[at - 1].fate is Fate.REMOVED
        spans += [Span(ARROW)] if replaced else []
        spans.append(Span(part.text, bold=part.fate is Fate.ADDED, strike=part.fate is Fate.REMOVED))
    return Block(tuple(spans), BlockKind.ITEM)


def _bounded(blocks: Sequence[Block]) -> tuple[list[Block], int]:
    """The first of them, one at least, and how many were left out."""
    room, kept = _LONGEST, 0
    for block in blocks:
        room -= len(block.text)
        if room < 0 and kept:
            break
        kept += 1
    return list(blocks[:kept]), len(blocks) - kept


def _named(changed: Sequence[_Changed]) -> str:
    """The first few changes in one line, those of figures before others."""
    pairs = [pair for each in changed for pair in (*each.headline.pairs, *each.text.pairs)]
    figures_first = sorted(dict.fromkeys(pairs), key=lambda pair: not any(map(str.isdigit, "".join(pair))))
    return "; ".join(_said(*pair) for pair in figures_first[:_NAMED])


def _said(was: str, now: str) -> str:
    if was and now:
        return f"{was}{ARROW}{now}"
    return f"+ {now}" if now else f"− {was}"


def _mark(release: Release, texts: Texts, now: datetime) -> str:
    return corrected(release.corrected_at or now, texts, None, since=now)


def _quiet(text: str) -> Text:
    return Text(paragraphs(text)[0], Tone.QUIET)


def _whole_button(release: Release, texts: Texts) -> Button:
    return Button(texts.t("Whole release"), f"/release id:{release.id}")
