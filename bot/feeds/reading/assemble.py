"""From raw items to releases: cleaning, identity, dates, leads and kinds, once for all formats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.domain.contact import Contact
from bot.domain.prose import Prose, plain
from bot.domain.release import Content, Document, Kind, ParsedFeed, ParsedRelease, Picture
from bot.errors import NoUsableRelease
from bot.feeds.contacts import extract_contacts
from bot.feeds.html.clean import Cleaned, clean, shorten_prose
from bot.feeds.html.files import LONGEST_CAPTION, MOST_FILES, file_name, is_document, is_picture
from bot.feeds.html.lines import plain_line, shorten
from bot.feeds.html.links import absolute_url, without_tracking
from bot.feeds.reading.dates import Dated, published
from bot.feeds.reading.identity import Named, distinct, language_tag, via_release
from bot.feeds.reading.kinds import kind_of
from bot.feeds.reading.raw import RawFeed, RawItem, RawMedia
from bot.text.clocks import zone_of

LONGEST_TITLE = 500
LONGEST_LEAD = 2_000
LONGEST_BODY = 200_000
WHOLE_LEAD = 600
"""Up to so many characters a first paragraph is a lead as it stands; of a longer one `CUT_LEAD` are kept."""
CUT_LEAD = 300
TITLE_WORDS = 12
MOST_KEYWORDS = 30
MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class _Read:
    """One item, read: what it is called, what it says and when."""

    named: Named
    content: Content
    dated: Dated


def assemble(raw: RawFeed, *, url: str, now: datetime, language: str = "", region: str = "") -> ParsedFeed:
    """The feed with its items as releases; an item that cannot be used costs a sentence in `faults`.

    Raises NoUsableRelease where there are items and none is usable.
    """
    zone = zone_of(region)
    read: list[_Read] = []
    faults = list(raw.faults)
    for number, item in enumerate(raw.items, 1):
        try:
            read.append(_read(item, url=url, now=now, zone=zone, region=region, language=language))
        except _Unusable as unusable:
            faults.append(f"Item {number} ({_where(item)}) {unusable}.")
        except Exception as error:  # noqa: BLE001 - one bad item costs one item, whatever is wrong with it
            faults.append(f"Item {number} ({_where(item)}) could not be read ({type(error).__name__}).")
    if not read and (raw.items or (raw.faults and not raw.truncated)):
        raise NoUsableRelease(url, f"none of its {len(raw.items) or len(raw.faults)} items can be used; {faults[0]}")
    names = distinct([(one.named, one.content.language) for one in read])
    releases = tuple(
        ParsedRelease(name, one.content, one.dated.at, one.dated.note)
        for name, one in zip(names, read, strict=True)
        if name is not None
    )
    return ParsedFeed(shorten(plain_line(raw.title), LONGEST_TITLE), releases, _bounded(faults), raw.truncated)


def _bounded(faults: list[str]) -> tuple[str, ...]:
    """The first faults, and how many more there were."""
    more = len(faults) - MOST_FAULTS
    return (*faults[:MOST_FAULTS], f"And {more} more.") if more > 0 else tuple(faults)


class _Unusable(Exception):
    """Why an item is no release."""


def _where(item: RawItem) -> str:
    return shorten(plain_line(item.link or item.guid or item.title), 100) or "nameless"


def _read(item: RawItem, *, url: str, now: datetime, zone: tzinfo, region: str, language: str) -> _Read:
    base = absolute_url(item.base, url) if item.base else None
    link = absolute_url(item.link, base or url) if item.link.strip() else None
    link = without_tracking(link) if link else ""
    lead, cleaned = _lead_and_body(item, base or link or url)
    title = shorten(plain_line(item.title), LONGEST_TITLE) or _first_words(lead)
    if not title:
        raise _Unusable("has neither title nor text")
    dated = published(item.dates, now=now, zone=zone, last_resort=item.last_resort)
    kind, word, keywords = _kind(item.words, dated.kind_word)
    pictures, documents = _media(item.media, cleaned, base or link or url)
    content = Content(
        title=title,
        lead=lead,
        body=cleaned.prose,
        language=_language(item, link),
        url=link or _guid_link(item.guid),
        kind=kind,
        kind_word=word,
        pictures=pictures,
        documents=documents,
        keywords=keywords,
        contacts=_contacts(lead, cleaned.prose, region, language),
    )
    return _Read(Named(item.guid, link, title, dated.at, " ".join(item.dates)), content, dated)


def _guid_link(guid: str) -> str:
    """A Via guid leads to its release."""
    return (absolute_url(guid) or "") if via_release(guid) else ""


def _language(item: RawItem, link: str) -> str:
    for address in (link, item.guid):
        if (via := via_release(address)) and via[1]:
            return via[1]
    return language_tag(item.language)


# Lead and body -------------------------------------------------------------------------------------------------------


def _lead_and_body(item: RawItem, base: str) -> tuple[str, Cleaned]:
    """A summary is the lead and the content the body; a text that is alone is a lead if it is short, else a body."""
    summary, content = clean(item.summary, base), clean(item.content, base)
    content = Cleaned(shorten_prose(content.prose, LONGEST_BODY), content.pictures, content.documents)
    if not content.prose:
        pictures = content.pictures or summary.pictures
        if len(summary.prose) <= 1 and len(plain(summary.prose)) <= WHOLE_LEAD:
            return plain(summary.prose), Cleaned((), pictures, summary.documents)
        return _lead(summary.prose), Cleaned(shorten_prose(summary.prose, LONGEST_BODY), pictures, summary.documents)
    lead = plain(summary.prose)
    if not lead or lead == plain(content.prose):
        lead = _lead(content.prose)
    return shorten(" ".join(lead.split()), LONGEST_LEAD), _joined(content, summary)


def _joined(content: Cleaned, summary: Cleaned) -> Cleaned:
    return Cleaned(content.prose, content.pictures or summary.pictures, content.documents or summary.documents)


def _lead(body: Prose) -> str:
    first = next((block.text for block in body), "")
    return first if len(first) <= WHOLE_LEAD else shorten(first, CUT_LEAD)


def _first_words(lead: str) -> str:
    words = lead.split()
    short = " ".join(words[:TITLE_WORDS])
    return shorten(short if len(words) <= TITLE_WORDS else short.rstrip(" ,;:.…–-") + "…", LONGEST_TITLE)


# What stands beside the text -----------------------------------------------------------------------------------------


def _kind(words: tuple[str, ...], printed: str) -> tuple[Kind | None, str, tuple[str, ...]]:
    """The kind, the source's word for it, and the other words as keywords."""
    shown = dict.fromkeys(word for word in (shorten(plain_line(word), 80) for word in words) if word)
    kinds = [word for word in shown if kind_of(word)]
    word = printed or (kinds[0] if kinds else "")
    keywords = tuple(other for other in shown if not kind_of(other))[:MOST_KEYWORDS]
    return kind_of(word), word, keywords


def _media(media: tuple[RawMedia, ...], cleaned: Cleaned, base: str) -> tuple[tuple[Picture, ...], tuple[Document, ...]]:
    """Pictures and files, attached ones before those in the text; thumbnails only where there is nothing better."""
    pictures: dict[str, Picture] = {}
    documents: dict[str, Document] = {}
    for one in media:
        address = absolute_url(one.url, base) if one.url.strip() else None
        if not address or one.width == 1:
            continue
        if one.picture or one.type.startswith("image/") or is_picture(address):
            pictures.setdefault(
                address, Picture(address, shorten(plain_line(one.title), LONGEST_CAPTION), shorten(plain_line(one.credit), 200))
            )
        elif is_document(address) or not one.type.startswith(("text/html", "application/xhtml", "application/x-shockwave")):
            documents.setdefault(address, Document(address, shorten(plain_line(one.title), 200) or file_name(address)))
    for picture in cleaned.pictures:
        pictures.setdefault(picture.url, picture)
    for document in cleaned.documents:
        documents.setdefault(document.url, document)
    return tuple(pictures.values())[:MOST_FILES], tuple(documents.values())[:MOST_FILES]


def _contacts(lead: str, body: Prose, region: str, language: str) -> tuple[Contact, ...]:
    text = plain(body)
    if lead and not text.startswith(lead.removesuffix("…")):
        text = f"{lead}\n{text}" if text else lead
    return extract_contacts(text, region or "ZZ", language) if text else ()
