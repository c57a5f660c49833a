"""From the bytes of an answer to a document in UTF-8, or to the error that names what stands there instead.

Headers and declarations about the charset are often wrong, and content types nearly always: the bytes decide.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from bot.errors import EmptyDocument, HtmlInsteadOfFeed, MalformedFeed
from bot.feeds.discover import feed_links

FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
MOST_ENTITIES = 32
LONGEST_ENTITY = 32
MOST_STRAY = 10_000
"""Stray bytes that are read one by one."""
_JUNK = 16_384
"""Bytes in which a feed may begin after something that does not belong to it (warnings of a web server's scripts)."""

_PROLOG = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_CHARSETS = re.compile(r"utf-8|ascii|iso8859-\d+|cp\d+|koi8-[rut]|mac-[a-z]+|big5\w*|gb\w+|euc_\w+|shift_jis\w*|iso2022_\w+|johab")
_MULTIBYTE = re.compile(r"big5\w*|gb\w+|euc_\w+|shift_jis\w*|iso2022_\w+|johab|cp9\d\d")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
    (b"{\0", "utf-16-le"), (b"\0{", "utf-16-be"),
)  # fmt: skip
_ILLEGAL = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})
_LEADING = b" \t\r\n\xef\xbb\xbf"
_FEED_START = re.compile(rb"<\?xml\s|<(?:[\w-]+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_PAGE_TAGS = frozenset(
    [
        "html", "head", "body", "title", "meta", "link", "script", "style", "div", "span", "p", "br", "b", "i", "a", "h1", "h2",
        "h3", "table", "center", "noscript", "font", "pre", "main", "section", "header", "img", "form", "iframe", "frameset",
    ]
)  # fmt: skip
_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)(?=[\s/>])")
_ENTITY = re.compile(rb"<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:\"([^\"%<]*)\"|'([^'%<]*)')\s*>")


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A document that claims to be a feed: `data` is UTF-8 from its root on, `entities` the harmless ones that it declares."""

    data: bytes
    is_json: bool = False
    entities: dict[str, str] = field(default_factory=dict)


def read_document(body: bytes, *, url: str, content_type: str) -> FeedDocument:
    """The document in an answer's body.

    Raises EmptyDocument, HtmlInsteadOfFeed (told by content: feeds are served as text/html and pages as XML), or MalformedFeed
    for anything else that is no feed and for a DOCTYPE that declares more than a few plain entities.
    """
    data = as_utf8(body, content_type).translate(None, _ILLEGAL).lstrip(_LEADING)
    if not data.strip():
        raise EmptyDocument(url, "answered with nothing in it")
    if data[:1] in b"{[":
        return FeedDocument(data, is_json=True)
    doctype, place, name = _find_root(data)
    if name not in FEED_ROOTS:
        doctype, place, name = _find_root_after_junk(data, url, content_type, name)
    return FeedDocument(data[place:], entities=_entities(doctype, url))


# Charsets ------------------------------------------------------------------------------------------------------------


def as_utf8(body: bytes, content_type: str) -> bytes:
    """The body in UTF-8 whatever it is in.

    Bytes that read as UTF-8 are UTF-8, since by chance they never do; then the prolog is asked, then the header, then Windows-1252,
    which is what people mean by Latin-1. A few stray bytes in UTF-8 are read as Windows-1252 on their own.
    """
    for mark, charset in _BOMS:
        if body.startswith(mark):
            if charset == "utf-8":
                body = body[len(mark) :]
                break
            return body.decode(charset, "replace").removeprefix("\ufeff").encode("utf-8", "replace")
    declared = _declared(body, content_type)
    for charset in declared:
        if _MULTIBYTE.fullmatch(charset) and (converted := _converted(body, charset)) is not None:
            return converted
    if _converted(body, "utf-8") is not None:
        return body
    replaced = body.decode("utf-8", "replace")
    broken = replaced.count("\ufffd")
    whole = len(replaced) - len(replaced.encode("ascii", "ignore")) - broken
    if whole > broken or broken == 1:
        return body.decode("utf-8", _STRAY if broken < MOST_STRAY else "replace").encode("utf-8")
    for charset in declared:
        if charset not in ("utf-8", "ascii", "iso8859-1") and (converted := _converted(body, charset)) is not None:
            return converted
    return body.decode("cp1252", "replace").encode("utf-8")


def _declared(body: bytes, content_type: str) -> list[str]:
    """The charsets named by the prolog and by the header, as the names of codecs that are safe to use."""
    prolog = _PROLOG.search(body[:_JUNK])
    header = _HEADER.search(content_type)
    found = []
    for name in (prolog and prolog[1].decode("ascii"), header and header[1]):
        try:
            codec = codecs.lookup(name or "").name
        except LookupError:
            continue
        if _CHARSETS.fullmatch(codec):
            found.append(codec)
    return found


def _converted(body: bytes, charset: str) -> bytes | None:
    try:
        return body.decode(charset).encode("utf-8")
    except UnicodeError:
        return None


def _stray_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_STRAY = "pressevagt-stray-bytes"
codecs.register_error(_STRAY, _stray_bytes)


# What stands there ---------------------------------------------------------------------------------------------------


def _find_root(data: bytes) -> tuple[bytes, int, str]:
    """The DOCTYPE, the place of the first element and its local name in lower case ('' where none comes next)."""
    place, doctype = 0, b""
    while True:
        while data[place : place + 1].isspace():
            place += 1
        if data.startswith(b"<?", place):
            end = data.find(b"?>", place) + 2
        elif data.startswith(b"<!--", place):
            end = data.find(b"-->", place) + 3
        elif data[place : place + 9].upper() == b"<!DOCTYPE":
            end = _doctype_end(data, place)
            doctype = data[place:end]
        else:
            match = _ROOT.match(data, place)
            return doctype, place, match[2].decode("ascii", "replace").lower() if match else ""
        if end <= place:
            return doctype, len(data), ""
        place = end


def _doctype_end(data: bytes, place: int) -> int:
    """After the `>` that ends a DOCTYPE, past an internal subset; 0 where it is never ended."""
    close, subset = data.find(b">", place), data.find(b"[", place)
    if 0 <= subset < close:
        end = re.compile(rb"\]\s*>").search(data, subset)
        return end.end() if end else 0
    return close + 1


def _find_root_after_junk(data: bytes, url: str, content_type: str, name: str) -> tuple[bytes, int, str]:
    start = _FEED_START.search(data, 0, _JUNK)
    page = _PAGE.search(data, 0, _JUNK)
    if start and not (page and page.start() < start.start()):
        doctype, place, root = _find_root(data[start.start() :])
        if root in FEED_ROOTS:
            return doctype, place + start.start(), root
        name = name or root
    if page or name in _PAGE_TAGS or "html" in content_type.lower():
        raise HtmlInsteadOfFeed(url, linked=feed_links(data, url))
    if name:
        raise MalformedFeed(url, f"an XML document that begins with <{name[:40]}>, neither RSS nor Atom")
    raise MalformedFeed(url, f"neither RSS, Atom nor JSON Feed; it begins with {data[:40].decode('utf-8', 'replace')!a}")


def _entities(doctype: bytes, url: str) -> dict[str, str]:
    """The plain entities of a DOCTYPE; refuses every other sort, before any parser sees them."""
    if b"[" not in doctype:
        return {}
    subset = doctype.upper()
    found = {m[1].decode("ascii", "replace"): (m[2] or m[3] or b"").decode("utf-8", "replace") for m in _ENTITY.finditer(doctype)}
    declared = subset.count(b"<!ENTITY")
    if declared > MOST_ENTITIES or declared != len(found):
        raise MalformedFeed(url, "its DOCTYPE declares entities that could be a bomb; they were not read")
    if any(len(text) > LONGEST_ENTITY or ("&" in text and not re.fullmatch(r"&#\w{1,8};", text)) for text in found.values()):
        raise MalformedFeed(url, "its DOCTYPE declares entities made of others or of long texts; they were not read")
    return found
