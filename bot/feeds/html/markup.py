"""HTML as a flat run of tokens, in linear time.

Press text is full of things that only look like markup (`3 < 5`, `AT&T`, `<!channel>`), so only the tags that HTML knows, comments
and complete references count; everything else is text. justhtml reads what is left; the plain markup that newsrooms nearly always
send is split by one expression instead, which gives the same tokens in a fifth of the time.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from justhtml import stream

Attributes = dict[str, str | None]
Token = tuple[str, str, Attributes]
"""`("start", name, attributes)`, `("end", name, {})` or `("text", characters, {})`."""
_NONE: Final[Attributes] = {}

_NAMES: Final = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br "
    "button canvas caption center cite code col colgroup command content data datalist dd del details dfn dialog dir div dl "
    "dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i "
    "iframe image img input ins isindex kbd keygen label legend li link listing main map mark marquee math menu menuitem meta "
    "meter nav nobr noembed noframes noscript object ol optgroup option output p param picture plaintext pre progress q rb rp "
    "rt rtc ruby s samp script section select slot small source span strike strong style sub summary sup svg table tbody td "
    "template textarea tfoot th thead time title tr track tt u ul var video wbr xmp "
)
_OPAQUE: Final = frozenset(
    ["script", "style", "iframe", "noembed", "noframes", "noscript", "xmp", "textarea", "title", "plaintext", "svg", "math"]
)
"""What holds something other than markup, so that only a real HTML reader finds its end."""

_NAME = rf"(?:{'|'.join(sorted(_NAMES.split(), key=len, reverse=True))}|[a-z][a-z0-9]{{0,9}}:[a-z][a-z0-9-]{{0,19}})"
_TAG_START = rf"<(?=/?{_NAME}(?:[\s/>]))"
_REFERENCE = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"

_MARKUP = re.compile(rf"{_TAG_START}|<!--|<!\[|<!doctype|{_REFERENCE}", re.IGNORECASE | re.ASCII)
_WHOLE_TAG = re.compile(rf"{_TAG_START}[^<>]*+>|<!doctype[^<>]*+>|<!\[CDATA\[|\]\]>|<!\[[^<>\]]*+\]>", re.IGNORECASE | re.ASCII)
_NO_MARKUP = re.compile(rf"<(?!/?{_NAME}[\s/>]|!--|!\[|!doctype)", re.IGNORECASE | re.ASCII)
_BARE_AMPERSAND = re.compile(rf"(?!{_REFERENCE})&", re.ASCII)
_KNOWN_REFERENCE = re.compile(_REFERENCE, re.ASCII)
_AMPERSANDS = re.compile(r"&(?:amp;|#0{0,4}38;|#[xX]0{0,4}26;)++", re.ASCII)
_PLAIN_TAG = re.compile(
    r"<(/?)([A-Za-z][A-Za-z0-9]*+)"
    r"""((?:\s++[A-Za-z][A-Za-z0-9_:.-]*+(?:=(?:"[^"<>]*+"|'[^'<>]*+'))?+)*+)\s*+/?>""",
    re.ASCII,
)
_ATTRIBUTE = re.compile(r"""([A-Za-z][A-Za-z0-9_:.-]*+)(?:=(?:"([^"]*+)"|'([^']*+)'))?+""", re.ASCII)
_ROUNDS = 8
"""Nobody escapes a text as often as this by accident."""


def has_markup(text: str) -> bool:
    """Whether anything in the text means something in HTML: a known tag, a comment, a complete reference."""
    return ("<" in text or "&" in text) and _MARKUP.search(text) is not None


def unescape(text: str) -> str:
    """The text with its complete references (`&aelig;`, `&#39;`) as characters; unknown and incomplete ones stay as they are."""
    return _KNOWN_REFERENCE.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    return _characters(match[0])


@lru_cache(1024)
def _characters(reference: str) -> str:
    return html.unescape(reference)


def without_markup(text: str) -> str:
    """The words of a line: known tags and comments dropped, references as characters, however often they were escaped."""
    for _ in range(_ROUNDS):
        if not has_markup(text):
            return text
        before = text
        text = unescape(_WHOLE_TAG.sub("", without_comments(_AMPERSANDS.sub("&", text))))
        if text == before:
            return text
    return text.replace("<", "").replace("&", "")


def tokens(text: str) -> Iterable[Token]:
    """The tokens of an HTML text: names in lower case, references read, comments and declarations left out."""
    text = without_comments(text)
    parts = _PLAIN_TAG.split(text)
    if not _is_plain(parts):
        return _by_justhtml(text)
    return _by_split(parts)


def _is_plain(parts: list[str]) -> bool:
    if any("<" in part for part in parts[::4]):
        return False
    return all(name in _NAME_SET and name not in _OPAQUE for name in {name.lower() for name in parts[2::4]})


_NAME_SET: Final = frozenset(_NAMES.split())


def _by_split(parts: list[str]) -> list[Token]:
    run: list[Token] = []
    for text, slash, name, attributes in zip(parts[::4], parts[1::4], parts[2::4], parts[3::4], strict=False):
        if text:
            run.append(("text", unescape(text) if "&" in text else text, _NONE))
        if slash:
            run.append(("end", name.lower(), _NONE))
        else:
            run.append(("start", name.lower(), _attributes(attributes) if attributes else _NONE))
    if parts[-1]:
        run.append(("text", unescape(parts[-1]), _NONE))
    return run


def _attributes(text: str) -> Attributes:
    found: Attributes = {}
    for name, double, single in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), unescape(double or single))
    return found


def _by_justhtml(text: str) -> Iterator[Token]:
    text = _BARE_AMPERSAND.sub("&amp;", _NO_MARKUP.sub("&lt;", text))
    for event in stream(text):
        if event[0] == "start":
            yield "start", event[1][0], event[1][1]
        elif event[0] == "end":
            yield "end", event[1], {}
        elif event[0] == "text":
            yield "text", event[1], {}


def without_comments(text: str) -> str:
    """The text without its comments, conditional ones included; an unclosed one runs to the end.

    By hand, since the library looks for the rarer of two comment ends through the whole rest of the text at every comment.
    """
    start = text.find("<!--")
    if start < 0:
        return text
    kept, place = [], 0
    while start >= 0:
        kept.append(text[place:start])
        if text.startswith((">", "->"), start + 4):
            place = text.index(">", start) + 1
        else:
            end = text.find("-->", start + 4)
            place = len(text) if end < 0 else end + 3
        start = text.find("<!--", place)
    kept.append(text[place:])
    return "".join(kept)
