"""What do we show? Cards as rich renderables: pure, and nothing from a card is ever read as markup or as an escape sequence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import assert_never

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text as Line

from adapters.console.layout import Flow, Margin
from adapters.console.look import Ink, Look
from adapters.console.safe import escaped, line, safe_url, visible
from bot.domain.card import Button, Card, ContactItem, Element, Entry, Fact, Heading, Image, Meta, Text, Title, Tone, are_apart
from bot.domain.contact import Phone
from bot.domain.prose import Block, BlockKind, Span
from bot.text.shown import international


def render(card: Card, ink: Ink | None = None) -> RenderableType:
    """A card as it stands in the terminal: its elements beside a coloured bar, its buttons at the foot."""
    ink = ink or Ink()
    if ink.look is Look.REPLY:
        ink = replace(ink, look=_tone_of(card))
    elif ink.look is Look.ALERT and any(isinstance(e, Meta) and e.marks for e in card.elements):
        ink = replace(ink, look=Look.CORRECTED)
    parts = [_element(element, ink) for element in card.elements] or [line(card.summary)]
    spaced = [parts[0]]
    for (before, after), part in zip(pairwise(card.elements), parts[1:], strict=True):
        spaced += [line(""), part] if _apart(before, after) else [part]
    keys = _buttons(card, ink)
    called = [line(" ".join(card.pings), "bold")] if card.pings else []
    body = Group(*called, *spaced, *([line(""), keys] if keys else []))
    return Margin(body, "█ " if ink.fresh else "▌ ", style=f"bold {ink.look}" if ink.fresh else ink.look.value, ascii_mark="| ")


def _tone_of(card: Card) -> Look:
    """A reply that holds nothing but one toned text has the colour of its tone."""
    tones = {e.tone for e in card.elements if isinstance(e, Text)}
    if Tone.WARNING in tones:
        return Look.WARNING
    return Look.GOOD if Tone.GOOD in tones else Look.REPLY


def _apart(before: Element, after: Element) -> bool:
    """As everywhere, but that entries without an excerpt stand close, as lines of a list do."""
    if isinstance(before, Entry) and isinstance(after, Entry):
        return before.snippet is not None or after.snippet is not None
    return are_apart(before, after)


def _element(element: Element, ink: Ink) -> RenderableType:
    match element:
        case Meta():
            return _meta(element.parts, element.marks, ink)
        case Title():
            return _title(element, ink)
        case Heading():
            return line(element.text, "bold underline")
        case Text():
            return _text(element, ink)
        case ContactItem():
            return _contact(element, ink)
        case Entry():
            return _entry(element, ink)
        case Fact():
            return _fact(element, ink)
        case Image():
            return ink.link(f"▣ {element.alt}" if element.alt else "▣", element.url, "dim italic")
        case _:
            assert_never(element)


def _meta(parts: Iterable[str], marks: Iterable[str], ink: Ink) -> RenderableType:
    *first, last = [part for part in parts if part] or [""]
    return Flow([*(ink.badge(mark) for mark in marks), *(line(f"{part} ·", "dim") for part in first), line(last, "dim")], " ")


def _title(title: Title, ink: Ink) -> RenderableType:
    return _linked(_said(title, ink), title.url, _bold(title), ink)


def _said(part: Title | Entry, ink: Ink) -> str:
    """A headline; where there are no looks, signs say that it is struck."""
    text = part.text if isinstance(part, Title) else part.title
    return f"[-{text}-]" if part.struck and ink.plain else text


def _bold(part: Title | Entry) -> str:
    return "bold strike" if part.struck else "bold"


def _linked(text: str, url: str, style: str, ink: Ink) -> RenderableType:
    shown = ink.link(text, url, style)
    return Group(shown, Line(safe_url(url), no_wrap=True, overflow="ignore")) if ink.plain and safe_url(url) else shown


TONES = {Tone.PLAIN: "", Tone.QUIET: "dim", Tone.GOOD: "green", Tone.WARNING: "yellow"}


def _text(text: Text, ink: Ink) -> RenderableType:
    shown = prose(text.block, ink, TONES[text.tone])
    match text.block.kind:
        case BlockKind.PARAGRAPH:
            return shown
        case BlockKind.HEADING:
            shown.stylize("bold")
            return shown
        case BlockKind.ITEM:
            return Margin(shown, "• ", "  ", ascii_mark="- ")
        case BlockKind.QUOTE:
            shown.stylize("italic")
            return Margin(shown, "│ ", style="dim", ascii_mark="| ")
        case _:
            assert_never(text.block.kind)


def prose(block: Block, ink: Ink, style: str = "", highlight: str = "bold") -> Line:
    """A block's spans as one line of rich text; `highlight` is how bold ones look."""
    shown = line("", style)
    for span in block.spans:
        shown.append_text(_span(span, ink, highlight))
    return shown


def _span(span: Span, ink: Ink, highlight: str) -> Line:
    look = ((span.bold, highlight), (span.italic, "italic"), (span.url is not None, "underline"), (span.strike, "strike"))
    text = f"[-{span.text}-]" if span.strike and ink.plain else span.text
    shown = ink.link(text, span.url or "", " ".join(style for on, style in look if on))
    url = safe_url(span.url or "")
    if ink.plain and url and url not in shown.plain:
        shown.append(f" ({url})")
    return shown


def _contact(item: ContactItem, ink: Ink) -> RenderableType:
    contact = item.contact
    who = [part for part in (contact.role, contact.org) if part and part.casefold() not in item.label.casefold()]
    name = line(item.label, "bold")
    if who:
        name.append(", " + visible(", ".join(who)), "not bold")
    ways = [*(_phone(phone, ink) for phone in contact.phones), *(_email(email, ink) for email in contact.emails)]
    rows: list[RenderableType] = [Flow([*(ink.badge(mark) for mark in item.marks), name, *ways])]
    if item.source:
        rows.append(ink.link(item.source, item.url, "dim"))
    return Margin(Group(*rows), "☎ ", "  ", style="green", ascii_mark="* ")


def _email(email: str, ink: Ink) -> Line:
    return ink.link(email, f"mailto:{escaped(email)}", "cyan")


SHORT_CODE = "short code "


def _phone(phone: Phone, ink: Ink) -> Line:
    note = phone.note or ""
    if phone.e164 is None and note.startswith(SHORT_CODE):
        number = note.removeprefix(SHORT_CODE)
        return ink.link(number, f"tel:{escaped(number)}", "bold cyan")
    if phone.e164 is None:
        return line(note)
    extension = f";ext={escaped(phone.ext)}" if phone.ext else ""
    shown = ink.link(international(phone.e164), f"tel:{escaped(phone.e164)}{extension}", "bold cyan")
    if phone.ext:
        shown.append(f" x{visible(phone.ext)}")
    if note:
        shown.append(f" ({visible(note)})", "not bold")
    return shown


def _entry(entry: Entry, ink: Ink) -> RenderableType:
    rows: list[RenderableType] = [ink.link(_said(entry, ink), entry.url, _bold(entry))]
    if entry.meta or entry.marks:
        rows.append(_meta(entry.meta, entry.marks, ink))
    if entry.snippet is not None:
        rows.append(prose(entry.snippet, ink, highlight="bold yellow"))
    return Margin(Group(*rows), f"{entry.number or '•':>2}  ", "    ", style="bold cyan")


LABEL_WIDTH = 22


def _fact(fact: Fact, ink: Ink) -> RenderableType:
    label = visible(fact.label)
    value = ink.link(fact.value, fact.url)
    url = safe_url(fact.url)
    if ink.plain and url and url != value.plain:
        value.append(f"  {url}")
    return Margin(value, label + " " * max(2, LABEL_WIDTH - cell_len(label)), " " * LABEL_WIDTH, style="dim")


def _buttons(card: Card, ink: Ink) -> RenderableType | None:
    shown_urls = {e.url for e in card.elements if isinstance(e, Title)} if ink.plain else set()
    rows = [Flow([_button(b, ink) for b in row if not b.url or b.url not in shown_urls]) for row in card.buttons]
    return Group(*(row for row in rows if row.pieces)) if any(row.pieces for row in rows) else None


def _button(button: Button, ink: Ink) -> Line:
    if button.url:
        shown = ink.link(f"{button.label} ↗", button.url, "cyan")
        return shown.append(f" {safe_url(button.url)}") if ink.plain else shown
    key = (ink.keys or {}).get(button.command)
    shown = line(f"[{key}] ", "bold cyan") if key else line("")
    shown.append(visible(button.label), "not bold default" if key else "dim")
    return shown.append(f"  {visible(button.command)}", "dim not bold") if ink.plain else shown
