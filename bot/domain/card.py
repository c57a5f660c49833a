"""Cards: a message as text and structure, before any platform's markup.

`bot.cards` makes them, each adapter's `render` shows them. All text in a card is plain: an adapter escapes every bit of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.contact import Contact
from bot.domain.prose import Block, BlockKind


class Tone(StrEnum):
    """How a line should look."""

    PLAIN = "plain"
    QUIET = "quiet"
    GOOD = "good"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Meta:
    """The small line above a title: kind, newsroom, time. `marks` are shown loud (a correction, a late find)."""

    parts: tuple[str, ...]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Title:
    """The headline, a link where `url` is set. `struck`: what it heads is no longer said."""

    text: str
    url: str = ""
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a card."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of prose."""

    block: Block
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class ContactItem:
    """A press contact to call or write to.

    `label` is what stands for it (a person's name or a desk); `source` says from where and when known, a link where `url` is set.
    `marks` are shown loud: that it may not be right any more.
    """

    label: str
    contact: Contact
    source: str = ""
    url: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list.

    `number` is what the reader may ask for it by, 0 where they may not. `meta` as in `Meta.parts`; `snippet` may hold highlighted
    (bold) spans; `command` opens it. `struck`: it is no longer said.
    """

    number: int
    title: str
    url: str = ""
    meta: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    snippet: Block | None = None
    command: str = ""
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and its value."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture to show where the platform can; its caption, and credit, as text where it cannot."""

    url: str
    alt: str = ""


Element = Meta | Title | Heading | Text | ContactItem | Entry | Fact | Image


def are_apart(before: Element, after: Element) -> bool:
    """Whether an empty line belongs between two elements, wherever a card is lines of text."""
    match before, after:
        case (Meta(), _) | (_, Meta()) | (Heading(), _):
            return False
        case (Fact(), Fact()) | (ContactItem(), ContactItem()):
            return False
        case (Text(), Text()):
            return not before.block.kind is after.block.kind is BlockKind.ITEM
        case _:
            return True


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press: either a command line, which enters by the router like a typed one, or a link."""

    label: str
    command: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A message. `summary` is one plain line for a notification; `buttons` come in rows. `silent`: it should make no sound.

    `pings`: whom it calls, as those who manage the destination named them in the platform's own form; never from press text.
    """

    summary: str
    elements: tuple[Element, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    silent: bool = False
    pings: tuple[str, ...] = ()
