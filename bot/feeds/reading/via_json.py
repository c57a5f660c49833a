"""JSON version 2: whole releases, many at a time.

The address and its shape are documented by the vendor; most of its fields are known from programs that read them.
"""

from __future__ import annotations

from typing import Any

from bot.domain.release import ParsedFeed
from bot.errors import MalformedFeed
from bot.feeds.reading.loose import fields_in, first_text, json_object, list_in, number_in, text_in
from bot.feeds.reading.raw import RawItem
from bot.feeds.reading.via_versions import Newsdesk, Version, assembled, files, link_of, pictures, translation


def read_whole(body: bytes, desk: Newsdesk, url: str) -> ParsedFeed:
    """The releases of a page. Raises MalformedFeed where it is no such page; a bare list is none."""
    document = json_object(body, url)
    if not isinstance(document.get("releases"), list):
        raise MalformedFeed(url, "JSON, but no list of releases in it")
    entries = (fields_in(entry) for entry in list_in(document["releases"], 1_000))
    return assembled([version for entry in entries if (version := _version(entry, desk))], desk, url)


def _version(entry: dict[str, Any], desk: Newsdesk) -> Version | None:
    number, publisher = number_in(entry.get("id")), number_in(fields_in(entry.get("publisher")).get("id"))
    if number is None or publisher not in (None, desk.room.publisher):
        return None  # an unfiltered reply holds what others published
    language, kind = text_in(entry.get("language")), text_in(entry.get("type"))
    shown = list(pictures([entry.get("mainImage"), *list_in(entry.get("images"))], desk.room))
    contacts = fields_in(entry.get("contacts"))
    translations = (translation(fields_in(other), desk.room) for other in list_in(entry.get("versions"), 20))
    own = desk.room.external_id(number)
    return Version(
        number,
        RawItem(
            link=link_of(desk.room, number, text_in(entry.get("url")), language),
            title=text_in(entry.get("title")),
            summary=text_in(entry.get("leadtext")),
            content=first_text(entry.get("body")),
            dates=tuple(filter(None, (text_in(entry.get("published")),))),
            language=language,
            base=desk.room.origin,
            words=tuple(filter(None, (kind, *map(text_in, list_in(entry.get("keywords")))))),
            media=(*(media for media, _ in shown), *files(entry.get("documents"), desk.room)),
        ),
        kind=kind,
        cards=[*list_in(contacts.get("persons")), *list_in(contacts.get("cards"))],
        thumbnails={media.url: small for media, small in shown},
        translations=tuple(other for other in translations if other and other.external_id != own),
    )
