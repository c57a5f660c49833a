"""What stands where: the places of a text that hold a number or an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.contact import Phone


@dataclass(frozen=True, slots=True)
class Mark:
    """One number or address and its place, `text[start:end]`. Exactly one of `phone` and `email` is set."""

    start: int
    end: int
    phone: Phone | None = None
    email: str | None = None

    @property
    def value(self) -> str:
        """What makes two marks the same: the number, the short code's note, or the address."""
        return self.email or (self.phone and (self.phone.e164 or self.phone.note)) or ""

    def noted(self, **what: str | None) -> Mark:
        """The same mark, with more known about its number."""
        return self if self.phone is None else replace(self, phone=replace(self.phone, **what))


def blank(text: str, marks: Sequence[Mark]) -> str:
    """`text` with the marks blotted out, as long as before: a blot is neither letter, digit nor space."""
    parts, at = [], 0
    for mark in marks:
        parts += [text[at : mark.start], BLOT * (mark.end - mark.start)]
        at = mark.end
    return "".join([*parts, text[at:]])


BLOT = "\x1f"
