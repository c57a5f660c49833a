"""What belongs to a release: its pictures with captions and credits, and earlier releases on the same matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.cards.listing import release_entry
from bot.cards.shorten import shorten, summary
from bot.cards.words import meta_parts, rows
from bot.domain.card import Button, Card, Element, Fact, Heading, Image, Meta, Text, Title, Tone
from bot.domain.prose import paragraphs
from bot.domain.release import Picture, Release
from bot.i18n import Texts

_TITLE = 300
_CAPTION = 500
_CREDIT = 120
_SAID = re.compile(r"^\s*(?:foto(?:graf)?|photo(?:grapher|graph)?|credit|kredit|bild)\s*[:/]\s*", re.IGNORECASE)
"""A credit often says that it is one."""
_SHOWN = 4
_LISTED = 20


def pictures_card(release: Release, texts: Texts, now: datetime, *, language: str = "") -> Card:
    """The pictures of a release, of its wanted language version: the first shown, all with what stands below and whose they are."""
    content = release.content(language or texts.language)
    elements: list[Element] = [Meta(meta_parts(release, content, texts, now)), Title(shorten(content.title, _TITLE), content.url)]
    for number, picture in enumerate(content.pictures[:_LISTED], 1):
        elements += _picture(number, picture, texts)
    if not content.pictures:
        elements.append(Text(paragraphs(texts.t("No pictures belong to this release."))[0]))
    elif len(content.pictures) > _LISTED:
        more = len(content.pictures) - _LISTED
        note = texts.n("and {count} more at the newsroom", "and {count} more at the newsroom", more)
        elements.append(Text(paragraphs(note)[0], Tone.QUIET))
    said = texts.n("{count} picture", "{count} pictures", len(content.pictures))
    return Card(summary(f"{release.newsroom.name}: {content.title} ({said})"), tuple(elements), rows(_whole(release, texts)))


def _picture(number: int, picture: Picture, texts: Texts) -> list[Element]:
    """Shown while there is room for it; the address of the whole picture is always there."""
    label = texts.t("Picture {number}", number=texts.number(number))
    found: list[Element] = [Image(picture.thumbnail or picture.url)] if number <= _SHOWN else []
    found.append(Fact(label, shorten(picture.caption, _CAPTION) or texts.t("without a caption"), picture.url))
    if credit := _SAID.sub("", picture.credit):
        found.append(Fact(texts.t("Credit"), shorten(credit, _CREDIT)))
    return found


def related_card(release: Release, earlier: Sequence[Release], texts: Texts, now: datetime) -> Card:
    """Earlier releases on the same matter, numbered."""
    content = release.content(texts.language)
    heading = texts.t("Earlier on the same matter")
    elements: list[Element] = [Heading(heading), *(release_entry(n, each, texts, now) for n, each in enumerate(earlier, 1))]
    if not earlier:
        elements.append(Text(paragraphs(texts.t("Nothing earlier is known that is clearly about the same matter."))[0]))
    return Card(summary(f"{heading}: {content.title}"), tuple(elements), rows(_whole(release, texts)))


def _whole(release: Release, texts: Texts) -> Button:
    return Button(texts.t("Whole release"), f"/release id:{release.id}")
