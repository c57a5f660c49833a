"""One language version of a release, as any document of the Via platform names its parts: cleaned as the feed's items are.

Every version becomes a raw item and goes through `assemble`, so that identity, dates, kinds and texts come out as from the feed.
What a feed has no place for is added afterwards: cards of contacts, sizes of pictures, translations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain.release import Content, ParsedFeed, ParsedRelease, Picture, Translation
from bot.errors import FeedError
from bot.feeds.html.lines import plain_line, shorten
from bot.feeds.html.links import absolute_url
from bot.feeds.reading.assemble import LONGEST_TITLE, assemble
from bot.feeds.reading.identity import language_tag, via_release
from bot.feeds.reading.loose import fields_in, first_text, list_in, number_in, text_in
from bot.feeds.reading.raw import RawFeed, RawItem, RawMedia
from bot.feeds.reading.via import ViaRoom
from bot.feeds.reading.via_contacts import card_contacts, with_cards

MOST_VERSIONS = 20
_KIND_WORD = 80


@dataclass(frozen=True, slots=True)
class Newsdesk:
    """Where a document comes from, and what it is read by: the newsroom's language and country, and the time (aware UTC)."""

    room: ViaRoom
    now: datetime
    language: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A version before it is cleaned. `kind`: the platform's word for it. `cards`: contacts as the document has them."""

    number: int
    raw: RawItem
    kind: str = ""
    cards: Sequence[object] = ()
    thumbnails: Mapping[str, str] | None = None
    translations: tuple[Translation, ...] = ()


def assembled(versions: Iterable[Version], desk: Newsdesk, url: str) -> ParsedFeed:
    """The versions as releases, in their order; one that cannot be used costs a sentence in `faults`."""
    releases: list[ParsedRelease] = []
    faults: list[str] = []
    for version in versions:
        try:
            read = assemble(RawFeed(items=(version.raw,)), url=url, now=desk.now, language=desk.language, region=desk.region)
        except FeedError as error:
            faults.append(f"Release {version.number}: {error.detail}.")
            continue
        releases += [replace(each, content=_completed(each.content, version, desk)) for each in read.releases]
        faults += read.faults
    return ParsedFeed("", tuple(releases), tuple(faults))


def link_of(room: ViaRoom, number: int, href: str, language: str) -> str:
    """The release's address, if it is one of this release; else one made of its number."""
    url = absolute_url(href, room.origin) if href.strip() else None
    found = via_release(url) if url else None
    return url if url and found and found[0] == room.external_id(number) else room.link(number, language)


def pictures(images: Iterable[object], room: ViaRoom) -> Iterator[tuple[RawMedia, str]]:
    """The pictures of a document, each with the address of a small one (or '')."""
    for image in images:
        fields = fields_in(image)
        address = text_in(image) or first_text(fields.get("path"), fields.get("url"), fields.get("normal"))
        url = absolute_url(address, room.origin) if address else None
        if url:
            small = absolute_url(_small(fields), room.origin) if _small(fields) else None
            credit = first_text(*(fields.get(name) for name in ("credit", "credits", "photographer", "copyright", "byline")))
            yield RawMedia(url, "", text_in(fields.get("caption")), credit, picture=True), small or ""


def files(documents: object, room: ViaRoom) -> Iterator[RawMedia]:
    """The attached files of a document. (Their address and name have several names.)"""
    for document in map(fields_in, list_in(documents, 50)):
        address = first_text(*(document.get(name) for name in ("downloadPath", "downloadUrl", "url", "path")))
        named = first_text(*(document.get(name) for name in ("caption", "originalFilename", "filename", "name", "title")))
        url = absolute_url(address, room.origin) if address else None
        if url:
            yield RawMedia(url, "application/octet-stream", named)


def translation(fields: dict[str, Any], room: ViaRoom) -> Translation | None:
    """The release in another language, under a number of its own; None where none is named."""
    number = number_in(fields.get("id"))
    if number is None:
        return None
    language = language_tag(text_in(fields.get("language")))
    url = link_of(room, number, text_in(fields.get("url")), language)
    title = shorten(plain_line(text_in(fields.get("title"))), LONGEST_TITLE)
    return Translation(room.external_id(number), language, title, url)


def _small(image: dict[str, Any]) -> str:
    sizes = ("thumbnail_16_9", "thumbnail_4_3", "thumbnail_original", "thumbnail_square", "thumbnail")
    return first_text(*(image.get(size) for size in sizes))


def _completed(content: Content, version: Version, desk: Newsdesk) -> Content:
    cards = card_contacts(version.cards, desk.region or "ZZ", desk.language)
    small = version.thumbnails or {}
    return replace(
        content,
        contacts=with_cards(cards, content.contacts),
        pictures=tuple(_sized(picture, small.get(picture.url, "")) for picture in content.pictures),
        translations=version.translations,
        # A word that means no kind of ours is what the newsroom calls it all the same, and no keyword.
        kind_word=content.kind_word or shorten(plain_line(version.kind), _KIND_WORD),
        keywords=tuple(word for word in content.keywords if word != plain_line(version.kind)),
    )


def _sized(picture: Picture, thumbnail: str) -> Picture:
    return replace(picture, thumbnail=thumbnail) if thumbnail else picture
