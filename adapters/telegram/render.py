"""What do we show? Cards as text with looks, and as rows of buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import assert_never

from adapters.telegram.markup import Run, Runs, cut, length, link, plain, since, visible
from bot.domain.card import Card, ContactItem, Element, Entry, Fact, Heading, Image, Meta, Text, Title, Tone, are_apart
from bot.domain.contact import Contact, Phone
from bot.domain.prose import Block, BlockKind, Span
from bot.text.cutting import MORE

TEXT = 4096
CAPTION = 1024
"""The most that Telegram takes, in UTF-16 units."""

_SIGNS = {Tone.PLAIN: "", Tone.QUIET: "", Tone.GOOD: "✅ ", Tone.WARNING: "⚠️ "}
_SHORT_CODE = "short code "
_FAX = "fax"
_NAME = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}")
_COMMAND = re.compile(r"(?<!\S)/(\w+)")


def text_of(card: Card, limit: int = TEXT, *, names: Mapping[str, str] | None = None) -> Runs:
    """A card's text within a limit: where it is too long its prose gives way, so that contacts and what is below it stay.

    `names` are command names that Telegram cannot take, with those to write in their place: `{"søg": "soeg"}`.
    """
    return _fitted(card, limit, names) if names else _unnamed(card, limit)


@lru_cache(maxsize=64)  # a fan-out sends one card to thousands
def _unnamed(card: Card, limit: int) -> Runs:
    return _fitted(card, limit, {})


def _fitted(card: Card, limit: int, names: Mapping[str, str]) -> Runs:
    runs = _joined(_shrunk(_parts(card, names), limit))
    return cut(runs, limit) if length(runs) else (Run(visible(card.summary).strip() or "…"),)


def rest_of(card: Card, limit: int, *, names: Mapping[str, str] | None = None) -> Card | None:
    """What `text_of` leaves out at this limit, as a card of its own: prose from where it was cut, all else whole. None: nothing."""
    parts = _parts(card, names or {})
    shown = _shrunk(parts, limit)
    text = _joined(shown)
    end = len(plain(text)) if length(text) <= limit else len(plain(cut(text, limit))) - len(MORE)
    left = [
        _left(part, short if len(plain(_joined(shown[: at + 1]))) <= end else replace(short, runs=()))
        for at, (part, short) in enumerate(zip(parts, shown, strict=True))
    ]
    rest = tuple(element for element in left if element is not None)
    return Card(card.summary, rest, silent=card.silent) if rest else None


def _parts(card: Card, names: Mapping[str, str]) -> list[_Part]:
    parts = [_Part(element, _element(element, card)) for element in card.elements]
    parts = [part for part in parts if any(run.text.strip() for run in part.runs)]
    parts = [replace(part, runs=_renamed(part.runs, names)) for part in parts] if names else parts
    return [*_pings(card), *parts]


def _pings(card: Card) -> list[_Part]:
    """Whom the card calls: a name of Telegram's calls whoever bears it, and only here is any written as such."""
    called = [name for name in card.pings if _NAME.fullmatch(name)]
    return [_Part(Meta(()), (Run(" ".join(called)),))] if called else []


def _left(whole: _Part, shown: _Part) -> Element | None:
    """What of an element is not shown; None: it is all there."""
    if shown.runs == whole.runs:
        return None
    if not shown.runs:
        return whole.element
    seen = len(plain(shown.runs)) - len(MORE)
    runs = since(whole.runs, seen)
    spans = (Span(run.text, run.bold, run.italic, run.url or None, run.strike) for run in runs)
    kind = BlockKind.QUOTE if all(run.quote for run in runs) else BlockKind.PARAGRAPH
    return Text(Block((Span(MORE), *spans), kind))


@dataclass(frozen=True, slots=True)
class _Part:
    """An element, and its text."""

    element: Element
    runs: Runs

    @property
    def is_prose(self) -> bool:
        return isinstance(self.element, Text) and self.element.tone is Tone.PLAIN


def _shrunk(parts: list[_Part], limit: int) -> list[_Part]:
    """The parts with less prose; what there is no room for at all has no runs."""
    over = length(_joined(parts)) - limit
    if over <= 0:
        return parts
    room = sum(length(part.runs) for part in parts if part.is_prose) - over
    kept: list[_Part] = []
    for part in parts:
        if not part.is_prose:
            kept.append(part)
        else:
            kept.append(replace(part, runs=cut(part.runs, room) if room > 1 else ()))
            room -= length(part.runs)
    return kept


def _joined(parts: Iterable[_Part]) -> Runs:
    runs: list[Run] = []
    before: Element | None = None
    for part in filter(lambda part: part.runs, parts):
        if before is not None:
            runs.append(Run("\n\n" if are_apart(before, part.element) else "\n"))
        runs += part.runs
        before = part.element
    return tuple(runs)


# Elements ---------------------------------------------------------------------------------------------------------------


def _element(element: Element, card: Card) -> Runs:
    match element:
        case Meta(parts, marks):
            return _meta(parts, marks)
        case Title(text, url, struck):
            return _run(text, bold=True, url=link(url), strike=struck)
        case Heading(text):
            return _run(text, bold=True)
        case Text(block, tone):
            return _text(block, tone)
        case ContactItem():
            return _contact(element)
        case Entry():
            return _entry(element)
        case Fact(label, value, url):
            return (*_run(f"{label}: "), *_run(value, url=link(url)))
        case Image(url, alt):
            return _run(f"📷 {alt}", italic=True) if photo_of(card) == element and alt else _picture(url, alt)
        case _:
            assert_never(element)


def photo_of(card: Card) -> Image | None:
    """The picture to show with a card, if it has any that Telegram could fetch."""
    return next((element for element in card.elements if isinstance(element, Image) and link(element.url)), None)


def _run(text: str, *, bold: bool = False, italic: bool = False, url: str = "", strike: bool = False) -> Runs:
    shown = visible(text)
    return (Run(shown, bold=bold, italic=italic, url=url, strike=strike),) if shown else ()


def _meta(parts: Iterable[str], marks: Iterable[str]) -> Runs:
    shown = [*(_run(mark, bold=True) for mark in marks), *(_run(part) for part in parts)]
    return _listed(filter(None, shown), " · ")


def _listed(pieces: Iterable[Runs], between: str) -> Runs:
    runs: list[Run] = []
    for piece in pieces:
        runs += [Run(between), *piece] if runs else piece
    return tuple(runs)


def _text(block: Block, tone: Tone) -> Runs:
    runs = tuple(run for span in block.spans for run in _span(span))
    if tone is Tone.QUIET:
        runs = tuple(replace(run, italic=True) for run in runs)
    match block.kind:
        case BlockKind.PARAGRAPH:
            return (*_run(_SIGNS[tone]), *runs)
        case BlockKind.HEADING:
            return tuple(replace(run, bold=True) for run in runs)
        case BlockKind.ITEM:
            return (Run("• "), *runs)
        case BlockKind.QUOTE:
            return tuple(replace(run, quote=True) for run in runs)
        case _:
            assert_never(block.kind)


def _span(span: Span) -> Runs:
    url = link(span.url or "")
    runs = _run(span.text, bold=span.bold, italic=span.italic, url=url, strike=span.strike)
    mail = (span.url or "").removeprefix("mailto:")
    if span.url and mail != span.url and mail not in span.text:  # no link of Telegram's leads to an e-mail address
        return (*runs, *_run(f" ({mail})"))
    return runs


def _contact(item: ContactItem) -> Runs:
    contact = item.contact
    who = [part for part in (contact.role, contact.org) if part and part.casefold() not in item.label.casefold()]
    marks = tuple(run for mark in item.marks for run in _run(f"{mark}: ", bold=True))
    name = (Run("☎ "), *marks, *_run(item.label, bold=True), *_run("".join(f", {part}" for part in who)))
    ways = _listed(filter(None, (*map(_phone, contact.phones), *map(_run, contact.emails))), " · ")
    rows = [name, ways, _run(item.source, italic=True, url=link(item.url))]
    return _listed(filter(None, rows), "\n")


def _phone(phone: Phone) -> Runs:
    """A number as Telegram's clients make it tappable: E.164, nothing between the digits."""
    note = phone.note or ""
    if phone.e164 is None:
        return _run(note.removeprefix(_SHORT_CODE))
    extension = f" x{phone.ext}" if phone.ext else ""
    return _run(f"{phone.e164}{extension} ({note})" if note else f"{phone.e164}{extension}")


def _entry(entry: Entry) -> Runs:
    number = Run(f"{entry.number}. " if entry.number else "• ", bold=True)
    title = (number, *_run(entry.title, bold=True, url=link(entry.url), strike=entry.struck))
    snippet = tuple(run for span in entry.snippet.spans for run in _span(span)) if entry.snippet else ()
    return _listed(filter(None, (title, _meta(entry.meta, entry.marks), snippet)), "\n")


def _picture(url: str, alt: str) -> Runs:
    return (Run("📷 "), *_run(alt or url, italic=True, url=link(url))) if link(url) or alt else ()


def _renamed(runs: Runs, names: Mapping[str, str]) -> Runs:
    def ascii_name(found: re.Match[str]) -> str:
        return f"/{names.get(found[1].casefold(), found[1])}"

    return tuple(replace(run, text=_COMMAND.sub(ascii_name, run.text)) for run in runs)


# Contacts to keep -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallCard:
    """A contact as Telegram sends one: whoever gets it can call it or keep it."""

    phone: str
    name: str


def call_cards(card: Card) -> list[CallCard]:
    """The contacts of a card that can be called, each with its first number."""
    found = ((item.label, _callable(item.contact)) for item in card.elements if isinstance(item, ContactItem))
    return [CallCard(phone, cut((Run(visible(name)),), 64)[0].text) for name, phone in found if phone]


def _callable(contact: Contact) -> str:
    return next((phone.e164 for phone in contact.phones if phone.e164 and _FAX not in (phone.note or "").casefold()), "")


def about_chat(card: Card, chat: str, name: str, is_about: Callable[[str], bool]) -> Card:
    """The card of an answer about another chat: what it offers is about that too where it can be, and so are lines to write.

    `chat` is how buttons call it, `name` how its reader did.
    """

    def command(line: str) -> str:
        return f"{line} {chat}" if is_about(line) else line

    def element(each: Element) -> Element:
        match each:
            case Entry(command=str(line)) if line:
                return replace(each, command=command(line))
            case Text(Block(spans=(Span(text=line),))) if line.startswith("/") and is_about(line):
                return replace(each, block=replace(each.block, spans=(replace(each.block.spans[0], text=f"{line} {name}"),)))
            case _:
                return each

    rows = tuple(tuple(replace(b, command=command(b.command)) if b.command else b for b in row) for row in card.buttons)
    return replace(card, elements=tuple(map(element, card.elements)), buttons=rows)
