"""What does a card consist of? Its elements as pieces of text, each with the sort of place that it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import assert_never

from adapters.slack.limits import HEADER
from adapters.slack.rich_text import Run, Runs, call, link, listed, mail, run, web_link
from bot.domain.card import Card, ContactItem, Element, Entry, Fact, Heading, Image, Meta, Text, Title, Tone
from bot.domain.contact import Phone
from bot.domain.prose import Block, BlockKind, Span
from bot.text.cutting import units
from bot.text.shown import international

_SIGNS = {Tone.PLAIN: "", Tone.QUIET: "", Tone.GOOD: "✅ ", Tone.WARNING: "⚠️ "}
_SHORT_CODE = "short code "
_CAMERA = "📷 "
_BETWEEN = " · "


class Kind(Enum):
    """Where a piece stands."""

    RULE = auto()
    """A line across."""
    PICTURE = auto()
    LARGE = auto()
    """Large and bold, on a line of its own."""
    SMALL = auto()
    """Small and grey, on a line of its own."""
    LINE = auto()
    PARAGRAPH = auto()
    ITEM = auto()
    QUOTE = auto()


RICH = (Kind.LINE, Kind.PARAGRAPH, Kind.ITEM, Kind.QUOTE)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text, and the element that it is of; a picture's text is its description, `url` its address."""

    kind: Kind
    element: Element
    runs: Runs = ()
    url: str = ""

    @property
    def is_prose(self) -> bool:
        """Whether it may be shortened before anything else is."""
        return isinstance(self.element, Text) and self.element.tone is Tone.PLAIN

    @property
    def leads(self) -> bool:
        """Whether it is a heading within prose, to which what follows belongs."""
        return isinstance(self.element, Text) and self.element.block.kind is BlockKind.HEADING

    def continues(self, before: Piece) -> bool:
        """Whether it stands in one block with the piece before it."""
        if self.kind not in RICH or before.kind not in RICH:
            return False
        match before.element, self.element:
            case (Text(), Text()) | (Fact(), Fact()) | (Heading(), Text() | Fact()):
                return True
            case _:
                return False


def pieces(card: Card) -> list[Piece]:
    """A card's elements as pieces, in the order in which its readers should meet them."""
    ordered = _pictures_first(card.elements)
    large = _large_heading(ordered)
    found: list[Piece] = []
    marks: tuple[str, ...] = ()
    for element in ordered:
        if marks and not isinstance(element, Title | Meta):
            found.append(Piece(Kind.LINE, element, _badges(marks)))
            marks = ()
        match element:
            case Meta():
                marks += element.marks
                found.append(Piece(Kind.SMALL, element, _dotted(map(run, element.parts))))
            case Title():
                found += _title(element, marks)
                marks = ()
            case Heading(text) if run(text):
                found += [Piece(Kind.RULE, element)] if found else []
                found.append(Piece(Kind.LARGE if element is large else Kind.LINE, element, run(text, bold=True)))
            case Heading():
                pass
            case _:
                found += _body(element)
    return [*found, Piece(Kind.LINE, ordered[-1], _badges(marks))] if marks else found


def without_image(card: Card) -> Card:
    """The card with the captions of its pictures in their place: for where Slack cannot fetch one."""
    shown = (_captioned(element) if isinstance(element, Image) else element for element in card.elements)
    return replace(card, elements=tuple(element for element in shown if element))


def _captioned(image: Image) -> Element | None:
    return Text(Block((Span(_CAMERA + image.alt),)), Tone.QUIET) if image.alt.strip() else None


def _pictures_first(elements: Iterable[Element]) -> list[Element]:
    """Pictures belong to the text, and contacts beside the buttons below it: so no picture stands after a contact."""
    ordered: list[Element] = []
    for element in elements:
        at = len(ordered)
        while isinstance(element, Image) and at and isinstance(ordered[at - 1], ContactItem):
            at -= 1
        if at < len(ordered) and at and isinstance(ordered[at - 1], Heading):
            at -= 1
        ordered.insert(at, element)
    return ordered


def _large_heading(elements: list[Element]) -> Heading | None:
    """The heading that is the card's title: the only one, at its top."""
    headings = [element for element in elements if isinstance(element, Heading)]
    return headings[0] if len(headings) == 1 and elements[0] is headings[0] and units(headings[0].text) <= HEADER else None


# Elements ---------------------------------------------------------------------------------------------------------------


def _title(title: Title, marks: tuple[str, ...]) -> Iterator[Piece]:
    url = link(title.url)
    badges = _badges(marks)
    if url or title.struck or units(title.text) > HEADER:
        yield Piece(Kind.LINE, title, listed((badges, run(title.text, bold=True, url=url, strike=title.struck)), "\n"))
        return
    if badges:
        yield Piece(Kind.LINE, title, badges)
    yield Piece(Kind.LARGE, title, run(title.text))


def _body(element: ContactItem | Entry | Fact | Image | Text) -> Iterator[Piece]:
    match element:
        case Text(block, tone):
            yield _text(element, block, tone)
        case Fact(label, value, url):
            yield Piece(Kind.LINE, element, (*run(f"{label}: ", bold=True), *run(value, url=link(url))))
        case ContactItem():
            yield Piece(Kind.LINE, element, _contact(element))
            url = link(element.url)
            yield Piece(Kind.LINE if url else Kind.SMALL, element, run(element.source, url=url))
        case Entry():
            yield Piece(Kind.LINE, element, _entry(element))
            yield Piece(Kind.SMALL, element, _dotted(map(run, element.meta)))
        case Image(url, alt):
            seen = bool(web_link(url))
            if seen:
                yield Piece(Kind.PICTURE, element, run(alt), url)
            yield Piece(Kind.SMALL, element, run(alt if seen or not alt else _CAMERA + alt))
        case _:
            assert_never(element)


def _text(text: Text, block: Block, tone: Tone) -> Piece:
    runs = tuple(each for span in block.spans for each in _span(span, quiet=tone is Tone.QUIET))
    match block.kind:
        case BlockKind.PARAGRAPH if tone is Tone.QUIET and not any(each.url for each in runs):
            return Piece(Kind.SMALL, text, runs)
        case BlockKind.PARAGRAPH:
            return Piece(Kind.PARAGRAPH, text, (*run(_SIGNS[tone]), *runs) if runs else ())
        case BlockKind.HEADING:
            return Piece(Kind.PARAGRAPH, text, tuple(Run(each.text, bold=True, url=each.url) for each in runs))
        case BlockKind.ITEM:
            return Piece(Kind.ITEM, text, runs)
        case BlockKind.QUOTE:
            return Piece(Kind.QUOTE, text, runs)
        case _:
            assert_never(block.kind)


def _span(span: Span, *, quiet: bool = False) -> Runs:
    return run(span.text, bold=span.bold, italic=span.italic or quiet, url=link(span.url or ""), strike=span.strike)


def _badges(marks: Iterable[str]) -> Runs:
    return listed((run(mark, bold=True, badge=True) for mark in marks), "  ")


def _dotted(parts: Iterable[Runs]) -> Runs:
    return listed(parts, _BETWEEN)


def _entry(entry: Entry) -> Runs:
    number = run(f"{entry.number}. ", bold=True) if entry.number else ()
    badges = tuple(each for mark in entry.marks for each in (Run("  "), *_badges((mark,))))
    title = (*number, *run(entry.title, bold=True, url=link(entry.url), strike=entry.struck), *badges)
    snippet = tuple(each for span in entry.snippet.spans for each in _span(span)) if entry.snippet else ()
    return listed((title, snippet), "\n")


def _contact(item: ContactItem) -> Runs:
    contact = item.contact
    who = [part for part in (contact.role, contact.org) if part and part.casefold() not in item.label.casefold()]
    marks = (*_badges(item.marks), *run("  ")) if item.marks else ()
    name = (*run("☎ "), *marks, *run(item.label, bold=True), *run("".join(f", {part}" for part in who)))
    return listed((name, _dotted((*map(_phone, contact.phones), *map(_mail, contact.emails)))), "\n")


def _mail(address: str) -> Runs:
    return run(address, url=mail(address))


def _phone(phone: Phone) -> Runs:
    note = phone.note or ""
    if phone.e164 is None:
        number = note.removeprefix(_SHORT_CODE)
        return run(number, url=call(number) if number != note else "")
    extension = f" x{phone.ext}" if phone.ext else ""
    shown = run(f"{international(phone.e164)}{extension}", url=call(phone.e164, phone.ext or ""))
    return (*shown, *run(f" ({note})")) if note else shown
