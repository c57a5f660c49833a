"""HTML parse mode as Telegram's server applies it. Pure.

    parse_html("<b>Rettet</b> &amp; klar") -> Formatted("Rettet & klar", ({"type": "bold", "offset": 0, "length": 6},))

The scanner and its error texts follow TDLib's `parse_html` (`MessageEntity.cpp`), which the real Bot API server runs: read there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tests.fakes.telegram_entities import RAW, Entity, Formatted, MarkupError, checked_link, settled, units

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_SPECIAL = re.compile(r"[<&]")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]*)|#([0-9]*)|([A-Za-z]*))(;?)")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TAG_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(r"[^\s=>/\"']*")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_SPACE = re.compile(r"\s*")


@lru_cache(maxsize=256)
def parse_html(markup: str) -> Formatted:
    """What stands in a message sent with `parse_mode=HTML`. Raises MarkupError; the text may come out empty."""
    if "<" not in markup and "&" not in markup:
        return settled(markup, ())
    scanner = _Scanner(markup)
    scanner.run()
    return settled("".join(scanner.out), scanner.entities)


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    start: int


class _Scanner:
    """One pass over the markup; `pos` counts characters, and becomes bytes only in an error."""

    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.out: list[str] = []
        self.entities: list[Entity] = []
        self.offset = 0
        self.open: list[_Open] = []

    def run(self) -> None:
        pos, markup = 0, self.markup
        while hit := _SPECIAL.search(markup, pos):
            self._text(markup[pos : hit.start()])
            pos = hit.start()
            if markup[pos] == "&":
                char, end = _decoded(markup, pos)
                self._text(char or "&")
                pos = end
            elif markup.startswith("/", pos + 1):
                pos = self._end(pos)
            else:
                pos = self._start(pos)
        self._text(markup[pos:])
        if self.open:
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        if not "".join(self.out).isprintable():
            self._check_surrogates()

    def _check_surrogates(self) -> None:
        try:
            "".join(self.out).encode("utf-8")
        except UnicodeEncodeError:
            words = (
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"
            )
            raise MarkupError(words) from None

    def _text(self, text: str) -> None:
        if text:
            self.out.append(text)
            self.offset += units(text)

    def _at(self, pos: int) -> str:
        return f"at byte offset {len(self.markup[:pos].encode())}"

    def _match(self, pattern: re.Pattern[str], pos: int) -> tuple[str, int]:
        hit = pattern.match(self.markup, pos)
        assert hit
        return hit[0], hit.end()

    def _start(self, begin: int) -> int:
        tag, pos = self._match(_TAG_NAME, begin + 1)
        tag = tag.lower()
        if pos >= len(self.markup):
            raise MarkupError(f"Unclosed start tag {self._at(begin)}")
        if tag not in TAGS:
            raise MarkupError(f'Unsupported start tag "{tag}" {self._at(begin)}')
        argument = ""
        while True:
            _, pos = self._match(_SPACE, pos)
            if self.markup.startswith(">", pos):
                break
            name, value, pos = self._attribute(tag, begin, pos)
            argument = _argument(tag, name, value, argument)
        if tag == "span" and argument != "spoiler":
            raise MarkupError(f'Tag "span" must have class "tg-spoiler" {self._at(begin)}')
        self.open.append(_Open(tag, argument, self.offset, len(self.out)))
        return pos + 1

    def _attribute(self, tag: str, begin: int, pos: int) -> tuple[str, str | None, int]:
        name, pos = self._match(_ATTRIBUTE, pos)
        unclosed = MarkupError(f'Unclosed start tag "{tag}" {self._at(begin)}')
        if not name:
            raise MarkupError(f'Empty attribute name in the tag "{tag}" {self._at(begin)}') if pos < len(self.markup) else unclosed
        _, pos = self._match(_SPACE, pos)
        if not self.markup.startswith("=", pos):
            if pos >= len(self.markup):
                raise unclosed
            return name, None, pos
        _, pos = self._match(_SPACE, pos + 1)
        if pos >= len(self.markup):
            raise unclosed
        value, pos = self._value(pos)
        if pos >= len(self.markup):
            raise MarkupError(f"Unclosed start tag {self._at(begin)}")
        return name, value, pos

    def _value(self, pos: int) -> tuple[str, int]:
        markup, quote = self.markup, self.markup[pos]
        if quote not in "'\"":
            token, end = self._match(_TOKEN, pos)
            if end < len(markup) and not markup[end].isspace() and markup[end] != ">":
                raise MarkupError(f"Unexpected end of name token {self._at(pos)}")
            return token.lower(), end
        end = markup.find(quote, pos + 1)
        if end < 0:
            return "", len(markup)
        return _REFERENCE.sub(lambda hit: _decoded(hit[0], 0)[0] or hit[0], markup[pos + 1 : end]), end + 1

    def _end(self, begin: int) -> int:
        if not self.open:
            raise MarkupError(f"Unexpected end tag {self._at(begin)}")
        tag, pos = self._match(_TAG_NAME, begin + 2)
        tag = tag.lower()
        _, pos = self._match(_SPACE, pos)
        if not self.markup.startswith(">", pos):
            raise MarkupError(f"Unclosed end tag {self._at(begin)}")
        expected = self.open[-1].tag
        if tag and tag != expected:
            raise MarkupError(f'Unmatched end tag {self._at(begin)}, expected "</{expected}>", found "</{tag}>"')
        self._close(self.open.pop())
        return pos + 1

    def _close(self, opened: _Open) -> None:
        length = self.offset - opened.offset
        if not length:
            return
        entity: Entity = {"type": TAGS[opened.tag], "offset": opened.offset, "length": length}
        if opened.tag == "a":
            link = checked_link(opened.argument or "".join(self.out[opened.start :]))
            if link is None:
                return
            entity["url"] = link
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif opened.tag in RAW and self._became_code_block(opened, length):
            return
        self.entities.append(entity)

    def _became_code_block(self, opened: _Open, length: int) -> bool:
        last = self.entities[-1] if self.entities else None
        if last is None or last["type"] not in RAW or (last["offset"], last["length"]) != (opened.offset, length):
            if opened.tag == "code" and opened.argument:
                self.entities.append({"type": "code", "offset": opened.offset, "length": length, "_language": opened.argument})
                return True
            return False
        language = opened.argument or last.pop("_language", "")
        if last["type"] == TAGS[opened.tag] or not language:
            return False
        last |= {"type": "pre", "language": language}
        return True


def _argument(tag: str, name: str, value: str | None, so_far: str) -> str:
    if tag == "blockquote" and name == "expandable":
        return "1"
    if value is None:
        return so_far
    if (tag, name) in {("a", "href"), ("tg-emoji", "emoji-id")}:
        return value
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return so_far


def _decoded(markup: str, pos: int) -> tuple[str, int]:
    """The character of a reference, or an empty string where it is none, and where to read on."""
    hit = _REFERENCE.match(markup, pos)
    if hit is None:
        return "", pos + 1
    hexadecimal, decimal, name, semicolon = hit.groups()
    if name is not None:
        return (_NAMED[name], hit.end()) if name in _NAMED else ("", pos + 1)
    code = int(hexadecimal or "0", 16) if hexadecimal is not None else int(decimal or "0")
    too_long = hit.end() - len(semicolon) - pos >= 10
    return ("", pos + 1) if not 0 < code < 0x10FFFF or too_long else (chr(code), hit.end())


__all__ = ["TAGS", "Formatted", "MarkupError", "parse_html", "units"]
