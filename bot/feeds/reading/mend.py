"""Makes a feed well-formed before the feed library sees it, so that one broken item costs at most one item.

What is broken off is cut after its last whole item. What is broken inside is taken apart into items: good ones stay as they are, a
bad one is rebuilt from the fields that can be told in it, or left out with a sentence.
"""

from __future__ import annotations

import html
import html.entities
import re
from dataclasses import dataclass, field
from xml.parsers.expat import errors

from bot.errors import MalformedFeed
from bot.feeds.reading.document import FeedDocument
from bot.feeds.reading.survey import MOST_ITEMS, Absurd, Survey, edited, survey

_JUNK_AFTER_ROOT = errors.codes[errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
LONGEST_BROKEN_ITEM = 500_000
_CHARACTERS = (range(0x20, 0xD800), range(0xE000, 0xFFFE), range(0x10000, 0x110000))
_CODE_NAMES = errors.messages

_CDATA, _CDATA_END = b"<![CDATA[", b"]]>"
_AMPERSAND = re.compile(rb"&(?:(amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9._-]{0,31});)?")
_ITEM_START = re.compile(rb"<((?:[A-Za-z][\w-]*:)?(?:item|entry))[\s>/]", re.IGNORECASE)
_DECLARATION = re.compile(rb"\s(xmlns(?::[A-Za-z_][\w.-]*)?)\s*=\s*(\"[^\"<>&]*\"|'[^'<>&]*')")
_TITLE = re.compile(rb"<title>([^<&]{0,500})</title>")
_FIELD = re.compile(
    rb"<((?:[A-Za-z][\w-]*:)?(?:title|link|guid|id|pubdate|description|encoded|summary|content|updated|published|date|category|subject"
    rb"|language|enclosure|thumbnail))((?:\s+[A-Za-z_][\w:.-]*+\s*=\s*(?:\"[^\"<>]*+\"|'[^'<>]*+'))*+)\s*(/?)>",
    re.IGNORECASE,
)
_PREFIXES = {
    b"xmlns:content": b"http://purl.org/rss/1.0/modules/content/", b"xmlns:dc": b"http://purl.org/dc/elements/1.1/",
    b"xmlns:dcterms": b"http://purl.org/dc/terms/", b"xmlns:media": b"http://search.yahoo.com/mrss/",
    b"xmlns:atom": b"http://www.w3.org/2005/Atom", b"xmlns:itunes": b"http://www.itunes.com/dtds/podcast-1.0.dtd",
    b"xmlns:slash": b"http://purl.org/rss/1.0/modules/slash/", b"xmlns:wfw": b"http://wellformedweb.org/CommentAPI/",
    b"xmlns:sy": b"http://purl.org/rss/1.0/modules/syndication/", b"xmlns:georss": b"http://www.georss.org/georss",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WellFormed:
    """A document that the feed library reads strictly.

    `languages` are its items' own xml:lang tags in order ('' for none), `bodies` the long texts for which it holds tokens.
    """

    data: bytes
    bodies: dict[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    truncated: bool = False


def well_formed(document: FeedDocument, url: str) -> WellFormed:
    """The XML document, mended where that was needed.

    Raises MalformedFeed where its shape is absurd, or where it is broken and no item can be told in it.
    """
    try:
        return _well_formed(document.data, document.entities, url)
    except Absurd as absurd:
        raise MalformedFeed(url, f"{absurd}; it was not read") from absurd


def _well_formed(data: bytes, entities: dict[str, str], url: str) -> WellFormed:
    found = survey(data)
    if found.spaced_namespace or (found.error and found.error != _JUNK_AFTER_ROOT):
        data = mend_ampersands(_DECLARATION.sub(_without_spaces, data), entities)
        found = survey(data)
    if found.error == _JUNK_AFTER_ROOT:
        return _passed(data[: found.root_end], found)
    if not found.error:
        return _cut(data, found) if found.more else _passed(data, found)
    return _taken_apart(data, url, broken_off=not _is_closed(data))


def _without_spaces(declaration: re.Match[bytes]) -> bytes:
    uri = "".join(declaration[2].decode("utf-8").split())
    return b" " + declaration[1] + b"=" + uri.encode("utf-8")


def _passed(data: bytes, found: Survey) -> WellFormed:
    return WellFormed(edited(data, found.edits), found.bodies, tuple(found.languages))


def _cut(data: bytes, found: Survey) -> WellFormed:
    end = found.items[-1][1]
    closing = "".join(f"</{name}>" for name in found.parents).encode()
    edits = [edit for edit in found.edits if edit[1] <= end]
    fault = f"The document holds more than {MOST_ITEMS} items; only its first {MOST_ITEMS} were read."
    return WellFormed(edited(data[:end], edits) + closing, found.bodies, tuple(found.languages[:MOST_ITEMS]), (fault,))


def mend_ampersands(data: bytes, entities: dict[str, str]) -> bytes:
    """Bare ampersands escaped and named references that XML does not know (`&nbsp;`) as numbers, outside CDATA."""

    def mended(match: re.Match[bytes]) -> bytes:
        known, name = match[1], (match[2] or b"").decode("ascii")
        if known:
            return match[0] if not known.startswith(b"#") or _is_character(known) else b"&#65533;"
        text = entities.get(name) or html.entities.html5.get(f"{name};")
        if not text:
            return b"&amp;" + match[0][1:]
        return html.escape(html.unescape(text) if name in entities else text).encode("utf-8")

    kept: list[bytes] = []
    place = 0
    while True:
        start = data.find(_CDATA, place)
        kept.append(_AMPERSAND.sub(mended, data[place : start if start >= 0 else None]))
        if start < 0:
            return b"".join(kept)
        end = data.find(_CDATA_END, start)
        place = len(data) if end < 0 else end + len(_CDATA_END)
        kept.append(data[start:place])


def _is_character(reference: bytes) -> bool:
    """Whether XML 1.0 has the character of a reference such as `#230` or `#xe6`."""
    digits = reference.removeprefix(b"#")
    code = int(digits[1:], 16) if digits.startswith(b"x") else int(digits)
    return code in (9, 10, 13) or any(code in span for span in _CHARACTERS)


# Taking apart --------------------------------------------------------------------------------------------------------


def _taken_apart(data: bytes, url: str, *, broken_off: bool) -> WellFormed:
    starts = list(_ITEM_START.finditer(data))
    if not starts:
        if broken_off and data.count(b"<") > 1:
            return WellFormed(_head(data, data) + _tail(data), truncated=True)
        raise MalformedFeed(url, "broken XML in which no item can be told")
    head, tail = _head(data, data[: starts[0].start()]), _tail(data)
    kept: list[bytes] = []
    faults: list[str] = []
    truncated = broken_off
    ends = [start.start() for start in starts[1:]] + [len(data)]
    for number, (start, end) in enumerate(zip(starts[:MOST_ITEMS], ends, strict=False), 1):
        chunk = data[start.start() : end]
        closing = b"</" + start[1] + b">"
        whole = chunk.rfind(closing)
        if whole < 0 and number == len(starts) and broken_off:
            continue
        item = _whole_item(chunk[: whole + len(closing)] if whole >= 0 else chunk, start[1], head, tail)
        if item:
            kept.append(item)
        else:
            faults.append(f"Item {number} is broken XML and could not be read.")
    if len(starts) > MOST_ITEMS:
        faults.append(f"The document holds more than {MOST_ITEMS} items; only its first {MOST_ITEMS} were read.")
    data = head + b"".join(kept) + tail
    found = survey(data)
    if found.error or not kept:
        if truncated and not faults and not kept:
            return WellFormed(head + tail, truncated=True)
        raise MalformedFeed(url, f"broken XML, beyond repair ({_CODE_NAMES.get(found.error, 'no whole item')})")
    return WellFormed(edited(data, found.edits), found.bodies, tuple(found.languages), tuple(faults), truncated)


def _whole_item(chunk: bytes, name: bytes, head: bytes, tail: bytes) -> bytes | None:
    """The item if it is well-formed, else rebuilt, else None."""
    for candidate in (chunk, _rebuilt(chunk, name)):
        if candidate is None:
            continue
        try:
            found = survey(head + candidate + tail)
        except Absurd:
            continue
        if not found.error and len(found.items) == 1:
            return candidate
    return None


def _rebuilt(chunk: bytes, name: bytes) -> bytes | None:
    """The item made anew from its fields: each from its tag to its closing tag, or to the next field where it is never closed."""
    if len(chunk) > LONGEST_BROKEN_ITEM:
        return None
    kept, place, unclosed = [b"<" + name + b">"], 0, set()
    while match := _FIELD.search(chunk, place):
        tag, attributes, empty = match.groups()
        place = match.end()
        if empty:
            kept.append(match[0])
            continue
        closing = b"</" + tag
        end = -1 if closing in unclosed else chunk.find(closing, place)
        if end < 0:
            unclosed.add(closing)
            following = _FIELD.search(chunk, place)
            end = following.start() if following else chunk.rfind(b"</")
        text = chunk[place : max(end, place)].replace(_CDATA_END, b"")
        if b"<" in text:
            text = _CDATA + text.replace(_CDATA, b"") + _CDATA_END
        kept.append(b"<" + tag + attributes + b">" + text + closing + b">")
        place = max(end, place)
    return b"".join([*kept, b"</" + name + b">"]) if len(kept) > 1 else None


def _is_closed(data: bytes) -> bool:
    """Whether the root's closing tag is there, near the end."""
    end = data[-500:]
    place = end.rfind(b"</" + _root(data))
    return place >= 0 and b">" in end[place:]


def _root(data: bytes) -> bytes:
    match = re.match(rb"<([\w:.-]+)", data)
    return match[1] if match else b"rss"


def _head(data: bytes, before: bytes) -> bytes:
    """The start of a document of the same sort, with the namespaces that the broken one declares and the usual ones."""
    declared = {name: b"".join(uri.split()) for name, uri in _DECLARATION.findall(before[:8_192])}
    for name, uri in _PREFIXES.items():
        declared.setdefault(name, b'"' + uri + b'"')
    spaces = b"".join(b" " + name + b"=" + uri for name, uri in declared.items())
    root = _root(data)
    title = _TITLE.search(before)
    inner = (b"<channel>" if _has_channel(root) else b"") + (title[0] if title else b"")
    version = b' version="2.0"' if root.lower() == b"rss" else b""
    return b"<" + root + version + spaces + b">" + inner


def _tail(data: bytes) -> bytes:
    root = _root(data)
    return (b"</channel>" if _has_channel(root) else b"") + b"</" + root + b">"


def _has_channel(root: bytes) -> bool:
    return root.lower() == b"rss"
