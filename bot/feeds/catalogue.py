"""The newsrooms that Pressevagt knows from the start, found by whatever people call them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.domain.contact import Contact, Phone
from bot.domain.newsroom import NewsroomEntry
from bot.feeds.addresses import bare_newsroom, distinct_slug, same_address, via_newsroom, web_address
from bot.text.nearest import Exact, Nothing, Several, matching, nearest


@dataclass(frozen=True, slots=True)
class Found:
    """The newsroom that is meant."""

    entry: NewsroomEntry


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Newsrooms that may be meant, the nearest first."""

    entries: tuple[NewsroomEntry, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """No newsroom of ours; `nearest` may be empty."""

    nearest: tuple[NewsroomEntry, ...] = ()


Match = Found | Ambiguous | Unknown


class Catalogue:
    """Newsrooms by slug, name, alias and address."""

    def __init__(self, entries: Iterable[NewsroomEntry]) -> None:
        self.entries = tuple(entries)
        self._by_slug = {entry.slug: entry for entry in self.entries}
        self._by_address = {
            same_address(url): entry
            for entry in reversed(self.entries)
            for url in (entry.page_url, entry.api_url, entry.feed_url)
            if url
        }
        self._names = [(entry, (entry.slug, entry.name, *entry.aliases)) for entry in self.entries]

    @staticmethod
    def load() -> Catalogue:
        """The catalogue that is shipped with the program; read once."""
        return _shipped()

    def get(self, slug: str) -> NewsroomEntry | None:
        """The newsroom with exactly this slug."""
        return self._by_slug.get(slug)

    def at(self, url: str) -> NewsroomEntry | None:
        """The newsroom whose feed, listing or page stands at this address."""
        return self._by_address.get(same_address(url))

    def find(self, words: str) -> Match:
        """The newsroom that somebody means; forgives as `nearest` does."""
        match nearest(words, self._names):
            case Exact(entry):
                return Found(entry)
            case Several(entries):
                return Ambiguous(entries)
            case Nothing(entries):
                return Unknown(entries)

    def search(self, words: str = "") -> list[NewsroomEntry]:
        """The newsrooms to list for some words, the nearest first; all of them, by name, where there are no words."""
        if not words.strip():
            return sorted(self.entries, key=lambda entry: entry.name.casefold())
        found = matching(words, self._names)
        if found:
            return found
        match self.find(words):
            case Found(entry):
                return [entry]
            case Ambiguous(entries) | Unknown(entries):
                return list(entries)


def entry_for_address(url: str) -> NewsroomEntry:
    """The newsroom for a feed, page or listing address as it stands in a setting.

    One of the catalogue where the address is known there; one of the Via platform by the number in any of its addresses; else one
    with host and path for a slug and the host for a name. Raises SettingsError for what is no http(s) address.
    """
    address = url.strip()
    parts = web_address(address)
    catalogue = Catalogue.load()
    via = via_newsroom(parts)
    known = catalogue.at(address) or (catalogue.at(via.feed_url) if via else None)
    if known is not None:
        return known
    entry = via or bare_newsroom(address, parts)
    return replace(entry, slug=distinct_slug(entry.slug, entry.feed_url)) if catalogue.get(entry.slug) else entry


@lru_cache(maxsize=1)
def _shipped() -> Catalogue:
    from importlib.resources import files

    text = files("bot.feeds").joinpath("newsrooms.csv").read_text(encoding="utf-8")
    return Catalogue(map(_entry, csv.DictReader(text.splitlines())))


def _entry(row: Mapping[str, str]) -> NewsroomEntry:
    return NewsroomEntry(
        slug=row["slug"],
        name=row["name"],
        feed_url=row["feed_url"],
        country=row["country"],
        language=row["language"],
        platform=row["platform"],
        page_url=row["page_url"],
        api_url=row["api_url"],
        aliases=tuple(filter(None, row["aliases"].split("|"))),
        contact=_contact(row),
    )


def _contact(row: Mapping[str, str]) -> Contact | None:
    phone, email = row["press_phone"], row["press_email"]
    if not phone and not email:
        return None
    return Contact(
        role=row["press_role"] or None,
        org=row["name"],
        phones=(Phone(phone, note=row["press_note"] or None),) if phone else (),
        emails=(email,) if email else (),
    )
