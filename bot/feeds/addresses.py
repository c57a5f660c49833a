"""Newsrooms that are given by an address alone: any feed, and every page or listing of the Via platform."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from bot.domain.newsroom import NewsroomEntry
from bot.errors import SettingsError
from bot.text.fold import fold

_LONGEST_SLUG = 60
_LONGEST_ADDRESS = 2000


@dataclass(frozen=True, slots=True)
class ViaHost:
    """A national edition of the Via platform. `newsroom` is its word for one, as it stands in addresses."""

    country: str
    language: str
    newsroom: str


VIA_HOSTS = {
    "via.ritzau.dk": ViaHost("DK", "da", "nyhedsrum"),
    "via.tt.se": ViaHost("SE", "sv", "pressrum"),
    "kommunikasjon.ntb.no": ViaHost("NO", "no", "presserom"),
    "www.sttinfo.fi": ViaHost("FI", "fi", "uutishuone"),
}
_PUBLISHER = re.compile(r"[?&]publisher(?:Id)?=(\d{1,12})(?!\d)", re.IGNORECASE)
_PRESSROOM = re.compile(r"/public-website-api/pressroom/(\d{1,12})(?!\d)")


def web_address(text: str) -> SplitResult:
    """The parts of an http(s) address. Raises SettingsError, which says what is wrong, for anything else."""
    shown = "".join(character if character.isprintable() else "?" for character in text[:100])
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host or " " in host or not text.isprintable() or len(text) > _LONGEST_ADDRESS:
        raise SettingsError(f"{shown!r} is neither a newsroom of the catalogue nor an address like https://host/feed")
    if "@" in parts.netloc:
        raise SettingsError(f"the address of {host} must not hold a user name or password")
    return parts


def same_address(url: str) -> str:
    """What two spellings of one address have in common: scheme, case of the host, its usual port and the fragment do not count."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.hostname}{port}{parts.path or '/'}{query}"


def via_newsroom(parts: SplitResult) -> NewsroomEntry | None:
    """The newsroom that an address on a Via host is about, with its RSS address; None where no newsroom's number stands in it.

    (via-platform: newsroom pages of both forms, listings, JSON, RSS and releases with their `publisherId`.)
    """
    host = parts.hostname or ""
    host = "www.sttinfo.fi" if host == "sttinfo.fi" else host
    edition = VIA_HOSTS.get(host)
    number, slug = _number_and_slug(parts, edition.newsroom) if edition else ("", "")
    if edition is None or not number:
        return None
    short = parts.path.startswith("/rss/short-messages/")
    return NewsroomEntry(
        slug=slug or f"{slug_of(host)}-{number}",
        name=slug.replace("-", " ").capitalize() or f"{host} {number}",
        feed_url=f"https://{host}/rss/{'short-messages' if short else 'releases'}/latest?publisherId={number}",
        country=edition.country,
        language=edition.language,
        platform="via-short" if short else "via",
        page_url=f"https://{host}/{edition.newsroom}/{number}",
        api_url="" if short else f"https://{host}/public-website-api/pressroom/{number}/releases/20/0",
    )


def bare_newsroom(url: str, parts: SplitResult) -> NewsroomEntry:
    """A newsroom of which only an address is known: its slug is made of host and path, its name is the host."""
    place = same_address(url).partition("?")[0].removeprefix("www.")
    slug = slug_of(place)
    if parts.query or len(place) > _LONGEST_SLUG or not fold(place).isascii():
        slug = distinct_slug(slug, url)  # what the slug leaves out may be all that tells two feeds apart
    return NewsroomEntry(slug=slug, name=parts.hostname or "", feed_url=url)


def distinct_slug(slug: str, url: str) -> str:
    """A slug for this address and no other one."""
    return f"{slug or 'feed'}-{hashlib.blake2b(same_address(url).encode(), digest_size=3).hexdigest()}"


def slug_of(text: str) -> str:
    """Lower case letters and digits of ASCII, with hyphens between them."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text))[:_LONGEST_SLUG].strip("-")


def _number_and_slug(parts: SplitResult, newsroom: str) -> tuple[str, str]:
    segments = [segment for segment in parts.path.split("/") if segment]
    rest = segments[1:] if segments[:1] == [newsroom] else []
    if rest and rest[0].isascii() and rest[0].isdecimal():
        return rest[0], slug_of("".join(rest[1:2]))
    # Also where the query was begun with & for ?, which the platform answers with a page that says 404.
    asked = _PRESSROOM.match(parts.path) or _PUBLISHER.search(f"{parts.path}?{parts.query}")
    return (asked[1], slug_of("".join(rest[:1]))) if asked else ("", "")
