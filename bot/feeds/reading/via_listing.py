"""The listing of a newsroom's releases: number, time, kind, title and lead of each, and how many there are in all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.domain.release import ParsedRelease
from bot.errors import MalformedFeed
from bot.feeds.reading.loose import fields_in, first_text, json_object, list_in, number_in, text_in
from bot.feeds.reading.raw import RawItem
from bot.feeds.reading.via import PAGE
from bot.feeds.reading.via_versions import MOST_VERSIONS, Newsdesk, Version, assembled, link_of, pictures


@dataclass(frozen=True, slots=True)
class Listing:
    """A page. `total`: how many releases the newsroom has, where it says so. `is_last`: no page follows."""

    releases: tuple[ParsedRelease, ...]
    total: int | None
    is_last: bool
    faults: tuple[str, ...] = ()


def read_listing(body: bytes, desk: Newsdesk, url: str) -> Listing:
    """A page of the listing, newest first; `url` is where it was fetched. Raises MalformedFeed."""
    document = json_object(body, url)
    if not isinstance(document.get("releases"), list):
        raise MalformedFeed(url, "JSON, but no listing (it has no list of releases)")
    entries = [fields_in(entry) for entry in list_in(document["releases"], 5_000)]
    read = assembled((version for entry in entries for version in _versions(entry, desk)), desk, url)
    paging = fields_in(document.get("paging"))
    total, page = number_in(paging.get("count")), number_in(paging.get("page"))
    size = number_in(paging.get("itemsPerPage")) or PAGE
    seen_all = total is not None and page is not None and (page + 1) * size >= total
    return Listing(read.releases, total, is_last=not entries or seen_all, faults=read.faults)


def _versions(entry: dict[str, Any], desk: Newsdesk) -> Iterator[Version]:
    number = number_in(entry.get("id"))
    if number is None:
        return
    # (An older reply had no versions, and their fields on the release itself.)
    versions = fields_in(entry.get("versions")) or {"": entry}
    for language, said in list(versions.items())[:MOST_VERSIONS]:
        fields = fields_in(said)
        kind = text_in(fields.get("type"))
        shown = list(pictures([fields.get("image")], desk.room))
        yield Version(
            number,
            RawItem(
                link=link_of(desk.room, number, first_text(fields.get("url"), entry.get("url")), language),
                title=text_in(fields.get("title")),
                summary=text_in(fields.get("metadescription")),
                dates=tuple(filter(None, (first_text(entry.get("date"), fields.get("date")),))),
                language=language,
                words=(kind,) if kind else (),
                media=tuple(media for media, _ in shown),
            ),
            kind=kind,
            thumbnails={media.url: small for media, small in shown},
        )
