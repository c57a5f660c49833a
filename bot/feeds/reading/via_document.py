"""The document of one release: all its language versions with text, contacts, pictures and files.

No reply of this kind was ever seen, only programs that read them: every field may be missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.domain.release import ParsedRelease
from bot.errors import MalformedFeed
from bot.feeds.reading.loose import fields_in, first_text, json_object, list_in, number_in, text_in
from bot.feeds.reading.raw import RawItem
from bot.feeds.reading.via_versions import MOST_VERSIONS, Newsdesk, Version, assembled, files, link_of, pictures


def read_document(body: bytes, number: int, desk: Newsdesk, url: str) -> tuple[ParsedRelease, ...]:
    """The language versions of the release of this number. Raises MalformedFeed where none can be used."""
    document = json_object(body, url)
    if number_in(document.get("id")) not in (None, number):
        raise MalformedFeed(url, f"the document of another release than {number}")
    read = assembled(_versions(document, number, desk), desk, url)
    if not read.releases:
        raise MalformedFeed(url, "JSON, but no release in it")
    return read.releases


def _versions(document: dict[str, Any], number: int, desk: Newsdesk) -> Iterator[Version]:
    date = text_in(document.get("date"))
    for language, said in list(fields_in(document.get("versions")).items())[:MOST_VERSIONS]:
        fields = fields_in(said)
        kind = text_in(fields.get("type"))
        shown = list(pictures([fields.get("leadimage"), *list_in(fields.get("images"))], desk.room))
        contacts = fields_in(fields.get("contacts"))
        yield Version(
            number,
            RawItem(
                link=link_of(desk.room, number, first_text(fields.get("url"), document.get("url")), language),
                title=text_in(fields.get("title")),
                summary=first_text(fields.get("leadtext"), fields.get("metadescription")),
                content=_body(fields.get("body")),
                dates=(date,) if date else (),
                language=language,
                base=desk.room.origin,
                words=tuple(filter(None, (kind, *_keywords(fields.get("keywords"))))),
                media=(*(media for media, _ in shown), *files(fields.get("documents"), desk.room)),
            ),
            kind=kind,
            cards=[*list_in(contacts.get("cards")), *list_in(contacts.get("persons"))],
            thumbnails={media.url: small for media, small in shown},
        )


def _body(value: object) -> str:
    fields = fields_in(value)
    return first_text(value, fields.get("complete"), fields_in(fields.get("cookieless")).get("content"))


def _keywords(value: object) -> list[str]:
    return [word for word in text_in(value).split(",") if word.strip()] or [text_in(word) for word in list_in(value)]
