"""A web page taken apart: what its head declares, the structured data it holds, and which part of it is its own text. Pure.

Linear in the length of the page: what scripts and styles hold is cut out before the rest is read as markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from bot.feeds.html.clean import LONGEST_SOURCE
from bot.feeds.html.lines import seen
from bot.feeds.html.markup import Attributes, Token, tokens

MOST_REGIONS = 300
LEAST_TEXT = 40
"""Characters that a text of a release has."""
_LIST_OF = 3
"""Other articles as long as this one's third make the page a list of them."""

_CUT_START = re.compile(r"<(script|style|svg|noscript|template|iframe)\b([^<>]*)>", re.IGNORECASE)
_CUT_END = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style", "svg", "noscript", "template", "iframe")
}
_DATA = re.compile(r"type\s*=\s*[\"']?application/ld\+json", re.IGNORECASE)
_MOST_DATA = 20
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)  # fmt: skip
_BESIDE = frozenset(["nav", "aside", "footer", "form", "button", "dialog", "menu"])
"""What stands beside a text, not in it."""
_BESIDE_ROLES = frozenset(["navigation", "complementary", "search", "contentinfo", "banner", "toolbar", "dialog"])
_BESIDE_WORDS = re.compile(
    r"(?:^|[\s_-])(?:breadcrumbs?|share|sharing|social|related|newsletter|cookies?|pagination|pager|skip-?link|sr-only"
    r"|visually-?hidden|del-?siden|readspeaker|print)(?:$|[\s_-])",
    re.IGNORECASE,
)
_KEPT_ATTRIBUTES = ("href", "src", "data-src", "data-lazy-src", "alt", "width", "height")


@dataclass(slots=True)
class Markup:
    """A page: `metas` by property or name (the first of each), `times` as (datetime, itemprop), those above the text."""

    language: str = ""
    canonical: str = ""
    title: str = ""
    headings: list[str] = field(default_factory=list)
    metas: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    times: list[tuple[str, str]] = field(default_factory=list)
    html: str = ""
    is_list: bool = False


def take_apart(text: str) -> Markup:
    """What a page says. Its own text is in `html`, '' where none can be told; `is_list`: it is a list of articles."""
    page = Markup()
    run = list(tokens(_without_scripts(text, page)[:LONGEST_SOURCE]))
    _head(run, page)
    found = list(_regions(run))
    if region := _region(run, found, page):
        start, end = region
        around = [first for kind, first, last in found if kind == "main" and first < start < last]
        page.times += [time for token in run[min(around, default=start) : start] if (time := _time(token))]
        _text(run[start:end], page)
    return page


def _without_scripts(text: str, page: Markup) -> str:
    kept, place = [], 0
    while start := _CUT_START.search(text, place):
        end = _CUT_END[start[1].lower()].search(text, start.end())
        kept.append(text[place : start.start()])
        if _DATA.search(start[2]) and len(page.data) < _MOST_DATA:
            page.data.append(text[start.end() : end.start() if end else len(text)])
        if end is None:
            return "".join(kept)
        place = end.end()
    return "".join((*kept, text[place:]))


# What the page declares ----------------------------------------------------------------------------------------------


def _head(run: Sequence[Token], page: Markup) -> None:
    within: list[str] | None = None
    for sort, value, attributes in run:
        if sort == "text" and within is not None:
            within.append(value)
        elif sort == "end" and value in ("h1", "title") and within is not None:
            _named(value, seen(" ".join(within)), page)
            within = None
        elif sort == "start" and value in ("h1", "title"):
            within = []
        elif sort == "start":
            _declared(value, attributes, page)


def _declared(name: str, attributes: Attributes, page: Markup) -> None:
    if name == "html":
        page.language = page.language or attributes.get("lang") or attributes.get("xml:lang") or ""
    elif name == "link" and (attributes.get("rel") or "").lower() == "canonical":
        page.canonical = page.canonical or attributes.get("href") or ""
    elif name == "meta" or "itemprop" in attributes:
        named = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        if content := (attributes.get("content") or "").strip():
            page.metas.setdefault(named.lower(), content)


def _named(name: str, text: str, page: Markup) -> None:
    if name == "title":
        page.title = page.title or text
    elif text:
        page.headings.append(text)


# Its own text --------------------------------------------------------------------------------------------------------


def _region(run: Sequence[Token], found: Sequence[tuple[str, int, int]], page: Markup) -> tuple[int, int] | None:
    """The part that holds the text: the marked body, else the longest article, else the main part."""
    sizes = _lengths(run)
    lengths = [(sizes[end] - sizes[start], kind, start, end) for kind, start, end in found]
    for wanted in ("body", "article", "main"):
        those = sorted((each for each in lengths if each[1] == wanted and each[0] >= LEAST_TEXT), reverse=True)
        if not those:
            continue
        size, _, start, end = those[0]
        beside = [each for each in those[1:] if each[0] * 3 >= size and not start <= each[2] < end]
        page.is_list = page.is_list or (wanted == "article" and len(beside) >= _LIST_OF)
        return start, end
    return None


def _regions(run: Sequence[Token]) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of each part that may hold the text."""
    opened: list[tuple[str, str, int, int]] = []
    depths: dict[str, int] = {}
    count = 0
    for at, (sort, name, attributes) in enumerate(run):
        if sort == "start" and name not in _VOID:
            depths[name] = depths.get(name, 0) + 1
            kind = _kind(name, attributes.get("itemprop") or "", attributes.get("role") or "")
            if kind and count < MOST_REGIONS:
                count += 1
                opened.append((kind, name, depths[name], at))
        elif sort == "end" and depths.get(name, 0):
            if opened and any(each[1:3] == (name, depths[name]) for each in opened[-20:]):
                place = next(i for i in range(len(opened) - 1, -1, -1) if opened[i][1:3] == (name, depths[name]))
                kind, _, _, start = opened.pop(place)
                yield kind, start, at
            depths[name] -= 1
    for kind, _, _, start in opened:
        yield kind, start, len(run)


def _kind(name: str, itemprop: str, role: str) -> str:
    if itemprop.lower() == "articlebody":
        return "body"
    if name == "article" or role == "article":
        return "article"
    return "main" if name == "main" or role == "main" else ""


def _lengths(run: Sequence[Token]) -> list[int]:
    """Characters of the text before each place, links left out: they are what lists of pages consist of."""
    sizes, size, links = [0], 0, 0
    for sort, value, _ in run:
        if sort == "text":
            size += 0 if links else len(value.strip())
        elif value == "a":
            links = max(0, links + (1 if sort == "start" else -1))
        sizes.append(size)
    return sizes


def _text(run: Sequence[Token], page: Markup) -> None:
    """The region as HTML again, without headings of the first order and what stands beside the text."""
    kept: list[str] = []
    dropped, depth, begun = "", 0, False
    for sort, value, attributes in run:
        if dropped:
            if sort != "text" and value == dropped:
                depth += 1 if sort == "start" else -1
                dropped = dropped if depth else ""
            continue
        if sort == "text":
            kept.append(escape(value, quote=False))
        elif sort == "end":
            kept.append(f"</{value}>")
        else:
            begun = begun or value == "p"
            time = None if begun else _time((sort, value, attributes))
            page.times += [time] if time else []
            if value == "h1" or time or _is_beside(value, attributes):
                dropped, depth = value, 1
                continue
            said = "".join(f' {name}="{escape(text)}"' for name in _KEPT_ATTRIBUTES if (text := attributes.get(name)))
            kept.append(f"<{value}{said}>")
    page.html = "".join(kept)


def _time(token: Token) -> tuple[str, str] | None:
    _, name, attributes = token
    when = attributes.get("datetime") if name == "time" else None
    return (when, attributes.get("itemprop") or "") if when else None


def _is_beside(name: str, attributes: Attributes) -> bool:
    if name in _VOID or name in ("article", "main", "html", "body"):
        return False
    return (
        name in _BESIDE
        or (attributes.get("role") or "").lower() in _BESIDE_ROLES
        or attributes.get("aria-hidden") == "true"
        or "hidden" in attributes
        or _BESIDE_WORDS.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}") is not None
    )
