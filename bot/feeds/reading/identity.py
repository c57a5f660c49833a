"""Which release an item is: the same answer at every poll, whatever the newsroom changes around it.

On Via a release is its host and number; elsewhere its guid, else its link, else its title and date. A guid that is an address
counts as a link, so that a feed may start or stop to give guids. The answer depends on the item alone, except where several items
of one document share an identity that cannot be right.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

from bot.feeds.html.links import absolute_url, same_address

VIA_HOSTS = frozenset({"via.ritzau.dk", "via.tt.se", "kommunikasjon.ntb.no", "www.sttinfo.fi"})
_RELEASE_WORDS = frozenset(
    {"release", "pressemeddelelse", "pressmeddelande", "pressemelding", "tiedote", "press-release", "pressrelease"}
)
_SHORT_MESSAGE = re.compile(r"sm-(\d{1,18})", re.ASCII)
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9_-]{1,20})?", re.ASCII | re.IGNORECASE)
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]")
"""What nobody sees and some databases cannot hold: control characters that are no space, and lone surrogates."""
LONGEST = 300
"""Characters of an identity; a longer one is told by its digest."""


def language_tag(text: str) -> str:
    """The language of a tag such as `da-DK` or `EN`: `da`, `en`; '' where it is none."""
    match = _LANGUAGE.fullmatch(text.strip())
    return match[1].lower() if match else ""


def via_release(url: str) -> tuple[str, str] | None:
    """The identity and the language tag (or '') in the address of a Via release, e.g. `via:via.ritzau.dk:14500005` and `da`.

    A short message keeps its mark: `via:via.ritzau.dk:15002803#sm-15002803`. None for every other address.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = _via_host(parts.hostname or "")
    if not host:
        return None
    query = {name.lower(): value for name, value in parse_qsl(parts.query.replace("&amp;", "&"), max_num_fields=50)}
    number = _number_in(parts.path) or query.get("releaseid", "")
    if not _NUMBER.fullmatch(number):
        return None
    message = _SHORT_MESSAGE.fullmatch(parts.fragment)
    mark = f"#sm-{int(message[1])}" if message else ""
    return f"via:{host}:{int(number)}{mark}", language_tag(query.get("lang", ""))


def _via_host(host: str) -> str:
    for name in (host, f"www.{host}", host.removeprefix("www.")):
        if name in VIA_HOSTS:
            return name
    return ""


def _number_in(path: str) -> str:
    segments = path.lower().split("/")
    return next(
        (after for word, after in pairwise(segments) if word in _RELEASE_WORDS and _NUMBER.fullmatch(after)),
        "",
    )


@dataclass(frozen=True, slots=True)
class Named:
    """What identifies an item: `guid` as given, `link` absolute or '', a clean `title`, and when it says it was published."""

    guid: str
    link: str
    title: str
    published: datetime | None = None
    printed: str = ""

    @property
    def moment(self) -> str:
        """The date in one spelling, or as printed where it cannot be read."""
        return self.published.isoformat() if self.published else " ".join(self.printed.split()).casefold()


def external_id(item: Named) -> str:
    """The identity of an item, at most `LONGEST` characters: `via:…`, `url:…`, `guid:…` or `hash:…`."""
    via = [found[0] for url in (item.link, item.guid) if (found := via_release(url))]
    if via:
        return max(via, key=lambda name: "#" in name)
    guid = " ".join(_UNSEEN.sub("", item.guid).split())
    if address := _as_address(guid):
        return _bounded("url", same_address(address))
    if guid:
        return _bounded("guid", guid.casefold())
    if item.link:
        return _bounded("url", same_address(item.link))
    return _title_and_date(item)


def ids_at(url: str) -> list[str]:
    """The identities that a release may go by to which an absolute address leads, as `external_id` makes them."""
    via = via_release(url)
    if via is None:
        return [_bounded("url", same_address(url))]
    name = via[0]
    # Who copies the address of a short message may leave its mark out.
    return [name] if "#" in name else [name, f"{name}#sm-{name.rpartition(':')[2]}"]


def _as_address(guid: str) -> str | None:
    return absolute_url(guid) if guid[:4].lower() == "http" else None


def _bounded(space: str, name: str) -> str:
    name = _UNSEEN.sub("", name)  # an address may have escaped them
    if len(name) > LONGEST - 10:
        name = hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=20).hexdigest()
    return f"{space}:{name}"


def _title_and_date(item: Named) -> str:
    words = f"{' '.join(item.title.split()).casefold()}\x1f{item.moment}"
    return f"hash:{hashlib.blake2b(words.encode('utf-8', 'replace'), digest_size=16).hexdigest()}"


def distinct(items: Sequence[tuple[Named, str]]) -> list[str | None]:
    """The identities of one document's items, given with their languages, in order; None for one that repeats an earlier one.

    Items that share an identity and a language are one release unless their titles differ and so do their links or dates: then the
    newsroom's guids are broken, and all of that group are told apart by link, else by title and date, so that none is lost. Where
    a link is all that they share, other titles are enough: some newsrooms link every release to one page, and date none. On Via
    the number is believed.
    """
    names = [external_id(item) for item, _ in items]
    groups: dict[tuple[str, str], list[int]] = {}
    for place, (_, language) in enumerate(items):
        groups.setdefault((names[place], language), []).append(place)
    for (name, _), places in groups.items():
        if len(places) > 1 and not name.startswith("via:"):
            group = [items[place][0] for place in places]
            if _is_broken(group, by_link=name.startswith("url:")):
                for place, other in zip(places, _told_apart(group), strict=True):
                    names[place] = other
    seen: set[tuple[str, str]] = set()
    result: list[str | None] = []
    for name, (_, language) in zip(names, items, strict=True):
        result.append(None if (name, language) in seen else name)
        seen.add((name, language))
    return result


def _is_broken(group: Sequence[Named], *, by_link: bool) -> bool:
    first = group[0]
    link = same_address(first.link, fragment=True)
    return any(
        other.title.casefold() != first.title.casefold()
        and (by_link or same_address(other.link, fragment=True) != link or other.moment != first.moment)
        for other in group[1:]
    )


def _told_apart(group: Sequence[Named]) -> list[str]:
    links = [same_address(item.link, fragment=True) for item in group]
    titles: dict[str, set[str]] = {}
    for link, item in zip(links, group, strict=True):
        titles.setdefault(link, set()).add(item.title.casefold())
    return [
        _bounded("url", link) if link and len(titles[link]) == 1 else _title_and_date(item)
        for link, item in zip(links, group, strict=True)
    ]
