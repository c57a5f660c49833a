"""One look over an XML feed by expat alone, before the feed library works on it.

It costs a fiftieth of what the library does, tells whether and where the document is broken, where each item lies, and refuses
documents whose shape would keep the library busy for minutes. The library is only ever given a document that passed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

MOST_ITEMS = 1_000
MOST_LEVELS = 200
MOST_ELEMENTS = 250_000
MOST_NAMESPACES = 100
MOST_ATTRIBUTES = 100
MOST_PIECES = 500_000
"""References and line ends outside the long texts: the library is called for each."""
KEYWORD_BYTES = 3_000
"""Of all keywords of one item: the library compares each with all others."""
NAME_BYTES = 1_000
"""Of all authors of one item: the library looks for addresses in them with an expression whose time grows with the square."""

_ITEM = frozenset({"item", "entry"})
_KEYWORDS = frozenset({"category", "subject", "keywords", "tags"})
_NAMES = frozenset(["author", "creator", "contributor", "publisher", "managingeditor", "webmaster", "name", "email", "owner"])
_LIMITS = {
    **dict.fromkeys(_NAMES, 300),
    **dict.fromkeys(
        ["pubdate", "date", "published", "updated", "issued", "modified", "created", "expirationdate", "valid", "lastbuilddate"],
        300,
    ),
    **dict.fromkeys(("keywords", "tags", "language", "type"), 500),
    **dict.fromkeys(("category", "subject"), KEYWORD_BYTES),
    **dict.fromkeys(("link", "guid", "id", "uri", "url", "comments"), 6_000),
    "title": 20_000,
}
"""Bytes beyond which an element holds something other than what it is for; it is then read as if it were not there."""
_LANG = "http://www.w3.org/XML/1998/namespace lang xml"
_BODIES = frozenset({"title", "description", "encoded", "summary", "content"})
_TEXT_TYPES = frozenset({"", "html", "text", "text/html", "text/plain"})
LONG = 300
"""Bytes from which a text travels around the library."""
MARK = "\uf8e5"
_CDATA, _CDATA_END = b"<![CDATA[", b"]]>"
_ESCAPES = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class Absurd(Exception):
    """The document's shape is one that no newsroom makes; the text says which."""


class _Enough(Exception):
    """All the items that are wanted have been seen."""


@dataclass(slots=True)
class Survey:
    """What was found. Places are byte offsets; `items` are (start, end) of the items seen whole, `languages` their xml:lang or ''.

    `error` is expat's code where the document is not well-formed, else 0. `spaced_namespace`: a namespace has a space in its
    name, at which the library stumbles. `parents` are the tags to close after an item, innermost
    first. `edits` are (start, end, replacement); with them made, the document holds tokens in place of its long texts, which are
    in `bodies`: the library would spend half of its time on carrying them.
    """

    items: list[tuple[int, int]] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    parents: tuple[str, ...] = ()
    edits: list[tuple[int, int, bytes]] = field(default_factory=list)
    bodies: dict[str, str] = field(default_factory=dict)
    error: int = 0
    spaced_namespace: bool = False
    root_end: int = 0
    more: bool = False


class _Surveyor:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.survey = Survey()
        self.open: list[tuple[str, int, bool]] = []
        self.locals: dict[str, str] = {}
        self.namespaces: set[tuple[str | None, str]] = set()
        self.elements = self.keywords = self.names = 0
        self.item_depth = 0
        self.leaf = False
        self.lifts = MARK.encode() not in data
        self.expat = expat.ParserCreate("utf-8", " ")
        self.expat.namespace_prefixes = True
        self.expat.StartElementHandler = self.start
        self.expat.EndElementHandler = self.end
        self.expat.StartNamespaceDeclHandler = self.namespace

    def namespace(self, prefix: str | None, uri: str) -> None:
        self.survey.spaced_namespace = self.survey.spaced_namespace or bool(uri and len(uri.split()) > 1)
        self.namespaces.add((prefix, uri))
        if len(self.namespaces) > MOST_NAMESPACES:
            raise Absurd(f"more than {MOST_NAMESPACES} namespaces")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = self.locals.get(name)
        if local is None:
            local = self.locals[name] = _local(name)
        self.elements += 1
        depth = len(self.open)
        if len(attributes) > MOST_ATTRIBUTES:
            raise Absurd(f"more than {MOST_ATTRIBUTES} attributes in one tag")
        if local in _ITEM and not self.item_depth:
            if len(self.survey.items) >= MOST_ITEMS:
                raise _Enough
            self.item_depth = depth + 1
            self.keywords = self.names = 0
            self.survey.parents = tuple(_tag(parent[0]) for parent in reversed(self.open))
            self.survey.languages.append(attributes.get(_LANG, ""))
        elif depth >= MOST_LEVELS:
            raise Absurd(f"nested more than {MOST_LEVELS} levels deep")
        elif self.elements > MOST_ELEMENTS:
            raise Absurd(f"more than {MOST_ELEMENTS} elements")
        self.leaf = True
        self.open.append((name, self.expat.CurrentByteIndex, not attributes or _is_plain(attributes)))

    def end(self, name: str) -> None:
        _, start, plain = self.open.pop()
        place = self.expat.CurrentByteIndex
        local = self.locals[name]
        size = place - start
        if self.leaf and plain and local in _BODIES and size > LONG and len(self.open) == self.item_depth and self.lifts:
            lifted = self._lift(self.data.find(b">", start) + 1, place)
        else:
            lifted = False
        if local in _LIMITS and not lifted:
            self._guard(local, start, place)
        self.leaf = False
        if len(self.open) + 1 == self.item_depth:
            self.item_depth = 0
            self.survey.items.append((start, self._after(place)))
        if not self.open:
            self.survey.root_end = self._after(place)

    def _after(self, place: int) -> int:
        """The end of the element whose end expat reports at `place`: the start of its closing tag, or the end of an empty one."""
        return self.data.find(b">", place) + 1 if self.data.startswith(b"</", place) else place

    def _guard(self, local: str, start: int, place: int) -> None:
        """Cuts the content of what is longer than it has any reason to be."""
        size = place - start
        if local in _KEYWORDS:
            self.keywords += size + 16
        elif local in _NAMES:
            self.names += size
        cut = (local in _KEYWORDS and self.keywords > KEYWORD_BYTES) or (local in _NAMES and self.names > NAME_BYTES)
        if cut or size > _LIMITS[local]:
            end = self._after(place)
            while self.survey.edits and self.survey.edits[-1][0] >= start:
                self.survey.edits.pop()
            self.survey.edits.append((start, end, b""))

    def _lift(self, start: int, end: int) -> bool:
        """Takes out a text of an item and leaves a token, where it is plainly one CDATA section or escaped throughout."""
        text = self.data[start:end].strip()
        if text.startswith(_CDATA) and text.find(_CDATA_END) == len(text) - len(_CDATA_END):
            body = text[len(_CDATA) : -len(_CDATA_END)].decode("utf-8")
        elif b"<" not in text:
            body = _unescaped(text.decode("utf-8"))
        else:
            return False
        token = f"{MARK}{len(self.survey.bodies)}{MARK}"
        self.survey.bodies[token] = body
        self.survey.edits.append((start, end, token.encode()))
        return True


def _local(name: str) -> str:
    """The local name in lower case: expat gives `name`, `namespace name` or `namespace name prefix`."""
    return name.split(" ")[:2][-1].lower()


def _tag(name: str) -> str:
    """The name as the document writes it."""
    match name.split(" "):
        case [_, local, prefix]:
            return f"{prefix}:{local}"
        case [*_, local]:
            return local
    return name


def _is_plain(attributes: dict[str, str]) -> bool:
    """Whether an element's text is text, and its start tag ends at its first `>`."""
    return (
        attributes.get("type", "").lower() in _TEXT_TYPES
        and "mode" not in attributes
        and not any(">" in value for value in attributes.values())
    )


def _unescaped(text: str) -> str:
    """Escaped XML text as its characters; each reference is read once."""
    if "&#" in text:
        return _ESCAPES.sub(_character, text)
    for name in ("lt", "gt", "quot", "apos", "amp"):
        text = text.replace(f"&{name};", _NAMED[name])
    return text


def _character(match: re.Match[str]) -> str:
    if match[1]:
        return _NAMED[match[1]]
    return chr(int(match[2]) if match[2] else int(match[3], 16))


def survey(data: bytes) -> Survey:
    """Looks over a document in UTF-8 without a DOCTYPE.

    Raises Absurd. At most `MOST_ITEMS` items are looked at; `more` tells that others follow.
    """
    surveyor = _Surveyor(data)
    found = surveyor.survey
    try:
        surveyor.expat.Parse(data, True)  # noqa: FBT003 - expat's own signature
    except _Enough:
        found.more = True
    except expat.ExpatError as error:
        found.error = error.code
    return found


def edited(data: bytes, edits: Sequence[tuple[int, int, bytes]]) -> bytes:
    """The document with its edits made, as the library gets it. Raises Absurd."""
    kept: list[bytes] = []
    place = 0
    for start, end, text in edits:
        kept += (data[place:start], text)
        place = end
    kept.append(data[place:])
    data = b"".join(kept)
    if data.count(b"&") + data.count(b"\n") > MOST_PIECES:
        raise Absurd(f"more than {MOST_PIECES} references and line ends")
    return data
