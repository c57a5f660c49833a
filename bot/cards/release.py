"""What is said of releases: alerts, digests, the whole text, documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.cards.contact import call_items
from bot.cards.listing import release_entry
from bot.cards.occasion import asks, occasion_elements
from bot.cards.shorten import shorten, shorten_prose, summary
from bot.cards.words import (
    date_note,
    elsewhere_in,
    kind_word,
    language_name,
    marks,
    meta_parts,
    other_versions,
    rows,
)
from bot.domain.card import (
    Button,
    Card,
    Element,
    Entry,
    Fact,
    Heading,
    Image,
    Meta,
    Text,
    Title,
    Tone,
)
from bot.domain.contact import Pin
from bot.domain.options import AS_USUAL, DestinationOptions, Length
from bot.domain.prose import Prose, paragraphs, plain
from bot.domain.release import Content, Document, Release, ReleaseId
from bot.i18n import Texts
from bot.ports import Taker

LEAD = 600
"""Characters of an alert's lead."""
BODY = 3500
"""Characters of a release's text; the rest is behind its link, and platforms have limits."""
ALERT_CONTACTS = 2
"""Contacts in an alert; the others are one press away."""
_DIGEST = 3400
_ENTRIES = 20
"""Characters of a digest's lines, and their number: what one message of every platform has room for."""
_MARKUP = 9_600
_ENTRY_MARKUP, _MARK_MARKUP, _LABEL = 480, 100, 75
"""What a digest may come to in Slack's structure, where an entry and each of its marks cost so much besides what they say, and a
title its first letters once more in the menu below. The rest of Slack's 12,000 is for the heading, what stands at the end, and the
marks that later edits bring.
"""
_APART = 4
_TITLE = 300
_CONTACTS = 6
_PICTURES = 3
_DOCUMENTS = 10
_KEYWORDS = 300
_NAME = 60
_BUTTONS = 6
"""Below an alert: two rows of three, which a telephone shows with the alert's first lines."""


def alert_card(
    release: Release,
    texts: Texts,
    how: DestinationOptions = AS_USUAL,
    taker: Taker | None = None,
    pins: Sequence[Pin] = (),
) -> Card:
    """A release as it is told to a destination, where it may stand for days: what, who, when, the lead, whom to call.

    `how`: a headline alone, or the whole text, and without a picture, where that was chosen there; and whether it is shown who has
    taken the story on, which is then the `taker`. `pins`: the newsroom's contacts that operators vouch for.
    """
    content = release.content(texts.language)
    elements = [
        *_head(release, content, texts, None),
        *occasion_elements(release, content, texts, None),
        *_told(content, texts, how.length),
    ]
    elements += call_items(release, pins, texts)[:ALERT_CONTACTS] if how.length is not Length.HEADLINE else ()
    elements += _pictures(content)[:1] if how.picture else ()
    taking: Button | None = None
    if how.takers:
        elements += _taken(taker, texts)
        taking = Button(texts.t("Give it back") if taker else texts.t("I take it"), f"/take {release.id}")
    return Card(_summary(release, content, texts, None), tuple(elements), rows(*_alert_buttons(release, content, texts, taking)))


def sent_late(card: Card, texts: Texts) -> Card:
    """An alert that waited for hours while operators had its platform paused."""
    mark = texts.t("Sent late")
    return replace(card, elements=tuple(replace(e, marks=(*e.marks, mark)) if isinstance(e, Meta) else e for e in card.elements))


def _taken(taker: Taker | None, texts: Texts) -> list[Element]:
    if taker is None:
        return []
    name = shorten(taker.name, _NAME) or texts.t("Somebody")
    said = texts.t("{name} has the story (since {moment}).", name=name, moment=texts.moment(taker.at, None))
    return [Text(paragraphs(said)[0])]


def _told(content: Content, texts: Texts, length: Length) -> list[Element]:
    """The text of an alert, of the length that was chosen."""
    if length is Length.HEADLINE:
        return []
    if length is Length.LEAD or not content.body:
        return [Text(block) for block in paragraphs(shorten(content.lead or plain(content.body), LEAD))]
    return [*(Text(block) for block in paragraphs(content.lead)), *body_elements(content, texts)]


def fits_digest(releases: Sequence[Release], texts: Texts) -> int:
    """How many of them, from the first on, one message has room for on every platform; at least one."""
    room, markup = _DIGEST, _MARKUP
    for count, release in enumerate(releases[:_ENTRIES]):
        entry = release_entry(count + 1, release, texts, None)
        said = len(entry.title) + sum(len(part) + _APART for part in (*entry.meta, *entry.marks)) + _APART
        said += len(entry.snippet.text) + _APART if entry.snippet else 0
        room -= said
        markup -= said + len(entry.url) + len(entry.title[:_LABEL]) + _ENTRY_MARKUP + _MARK_MARKUP * len(entry.marks)
        if min(room, markup) < 0 and count:
            return count
    return min(len(releases), _ENTRIES)


def digest_card(
    releases: Sequence[Release], texts: Texts, *, more: int = 0, takers: Mapping[ReleaseId, Taker] | None = None
) -> Card:
    """Several releases in one message: late finds, as the heading says where all of them are; `more` of which there was no room.

    `takers`: who has taken any of their stories on.
    """
    newsrooms = dict.fromkeys(release.newsroom.name for release in releases)
    single, late = len(newsrooms) == 1, all(release.late for release in releases)
    heading = _digest_heading(len(releases) + more, texts, late=late)
    if single:
        heading = f"{next(iter(newsrooms))}: {heading}"
    entries = [release_entry(n, release, texts, None, single=single, late=not late) for n, release in enumerate(releases, 1)]
    entries = [_with_taker(entry, (takers or {}).get(release.id), texts) for entry, release in zip(entries, releases, strict=True)]
    rest = texts.n("and {count} more: /latest", "and {count} more: /latest", more)
    below = [Text(paragraphs(rest)[0], Tone.QUIET)] if more else []
    return Card(summary(heading), (Heading(heading), *entries, *below))


def _with_taker(entry: Entry, taker: Taker | None, texts: Texts) -> Entry:
    if taker is None:
        return entry
    name = shorten(taker.name, _NAME) or texts.t("Somebody")
    return replace(entry, meta=(*entry.meta, texts.t("{name} has the story", name=name)))


def _digest_heading(count: int, texts: Texts, *, late: bool) -> str:
    if late:
        return texts.n("{count} release was found late", "{count} releases were found late", count)
    return texts.n("{count} release", "{count} releases", count)


def release_card(release: Release, texts: Texts, now: datetime, *, language: str = "", pins: Sequence[Pin] = ()) -> Card:
    """All that is stored of a release, in the wanted language version, its text capped; `pins` as in its alert."""
    content = release.content(language or texts.language)
    elements: list[Element] = [*_head(release, content, texts, now), *occasion_elements(release, content, texts, now)]
    elements += [Text(block) for block in paragraphs(shorten(content.lead, BODY))]
    elements += body_elements(content, texts)
    elements += _pictures(content)[:_PICTURES]
    elements += document_elements(content, texts)
    if content.keywords:
        elements.append(Fact(texts.t("Keywords"), shorten(", ".join(content.keywords), _KEYWORDS)))
    if contacts := call_items(release, pins, texts)[:_CONTACTS]:
        elements += [Heading(texts.t("Press contact")), *contacts]
    cut = shorten_prose(without_lead(content), BODY)[1]
    return Card(_summary(release, content, texts, now), tuple(elements), rows(*_release_buttons(release, content, texts, cut=cut)))


def body_elements(content: Content, texts: Texts, most: int = BODY) -> list[Element]:
    """The text below the lead, at most about so many characters of it."""
    body, cut = shorten_prose(without_lead(content), most)
    elements: list[Element] = [Text(block) for block in body]
    if cut:
        elements.append(Text(paragraphs(texts.t("The text is longer than this; the rest is at the newsroom."))[0], Tone.QUIET))
    return elements


def documents_card(release: Release, texts: Texts, now: datetime) -> Card:
    """The files that belong to a release."""
    content = release.content(texts.language)
    documents = document_elements(content, texts)
    if not documents:
        documents = [Text(paragraphs(texts.t("No documents belong to this release."))[0])]
    elements = (Meta(meta_parts(release, content, texts, now)), Title(shorten(content.title, _TITLE), content.url), *documents)
    return Card(_summary(release, content, texts, now), elements)


def _head(release: Release, content: Content, texts: Texts, now: datetime | None) -> list[Element]:
    head: list[Element] = [Meta(meta_parts(release, content, texts, now), marks(release, texts, now))]
    head.append(Title(shorten(content.title, _TITLE), content.url, struck=release.gone_at is not None))
    head += [Text(block, Tone.QUIET) for block in paragraphs(date_note(release, texts))]
    return head


def _summary(release: Release, content: Content, texts: Texts, now: datetime | None) -> str:
    loud = "".join(f"{mark}: " for mark in marks(release, texts, now)[:1])
    kind = kind_word(content, texts)
    return summary(f"{loud}{release.newsroom.name}{f' ({kind})' if kind else ''}: {content.title}")


def without_lead(content: Content) -> Prose:
    """The body without a first paragraph that says the lead again."""
    lead = " ".join(content.lead.split())
    if content.body and lead and " ".join(content.body[0].text.split()) == lead:
        return content.body[1:]
    return content.body


def _pictures(content: Content) -> list[Image]:
    return [Image(p.url, shorten(" – ".join(filter(None, (p.caption, p.credit))), 200)) for p in content.pictures]


def document_elements(content: Content, texts: Texts) -> list[Element]:
    """The files that belong to it, the first of them."""
    facts = [Fact(texts.t("Document"), shorten(document.name or document.url, 120), document.url) for document in content.documents]
    more = len(facts) - _DOCUMENTS
    if more <= 0:
        return [*facts]
    note = texts.n("and {count} more at the newsroom", "and {count} more at the newsroom", more)
    return [*facts[:_DOCUMENTS], Text(paragraphs(note)[0], Tone.QUIET)]


def _alert_buttons(release: Release, content: Content, texts: Texts, taking: Button | None) -> list[Button]:
    """What a journalist needs first comes first; what there is no room for is one press further away."""
    wanted = (
        Button(texts.t("Open"), url=content.url) if content.url else None,
        Button(texts.t("Contact"), f"/contact release:{release.id}"),
        _documents_button(release, content.documents, texts),
        taking,
        Button(texts.t("Mute"), f"/mute {release.newsroom.slug} 1h"),
        _calendar_button(release, content, texts),
        *_version_buttons(release, content),
    )
    present = [button for button in wanted if button]
    if len(present) <= _BUTTONS:
        return present
    return [*present[: _BUTTONS - 1], Button(texts.t("More…"), f"/release id:{release.id} more")]


def more_card(release: Release, texts: Texts, now: datetime) -> Card:
    """What else can be done with a release, for which its alert has no room."""
    content = release.content(texts.language)
    buttons = (
        Button(texts.t("Read"), f"/release id:{release.id}"),
        _calendar_button(release, content, texts),
        _pictures_button(release, content, texts),
        *_version_buttons(release, content),
        Button(texts.t("Related"), f"/release id:{release.id} related"),
        Button(texts.t("Why is it here?"), f"/why id:{release.id}"),
        Button(texts.t("Settings"), "/settings"),
    )
    return Card(_summary(release, content, texts, now), tuple(_head(release, content, texts, now)), rows(*buttons))


def _release_buttons(release: Release, content: Content, texts: Texts, *, cut: bool) -> list[Button | None]:
    label = texts.t("Read the rest") if cut else texts.t("Open")
    return [
        Button(label, url=content.url) if content.url else None,
        Button(release.newsroom.name, f"/newsroom {release.newsroom.slug}"),
        _calendar_button(release, content, texts),
        _pictures_button(release, content, texts),
        Button(texts.t("Related"), f"/release id:{release.id} related"),
        *(
            Button(language_name(version.language), f"/release id:{release.id} in:{version.language}")
            for version in other_versions(release, content)
        ),
        *elsewhere_in(release, content),
    ]


def _documents_button(release: Release, documents: Sequence[Document], texts: Texts) -> Button | None:
    return Button(texts.t("Documents"), f"/release id:{release.id} documents") if documents else None


def _pictures_button(release: Release, content: Content, texts: Texts) -> Button | None:
    of = f" in:{content.language}" if content != release.content(texts.language) else ""
    return Button(texts.t("Pictures"), f"/release id:{release.id} pictures{of}") if content.pictures else None


def _calendar_button(release: Release, content: Content, texts: Texts) -> Button | None:
    asked = asks(release, content)
    return Button(texts.t("Calendar"), f"/release id:{release.id} calendar") if asked and asked.starts else None


def _version_buttons(release: Release, content: Content) -> tuple[Button, ...]:
    """To the same in other languages, from below an alert."""
    here = tuple(_version_button(release, version) for version in other_versions(release, content))
    return (*here, *elsewhere_in(release, content))


def _version_button(release: Release, version: Content) -> Button:
    name = language_name(version.language)
    # As an answer of its own: what stands below an alert must not take the alert's place.
    return Button(name, url=version.url) if version.url else Button(name, f"/release id:{release.id} as:{version.language}")
