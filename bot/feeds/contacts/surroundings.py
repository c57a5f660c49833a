"""Do the words around a row of digits speak of a telephone?"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from bot.feeds.contacts import people, words
from bot.feeds.contacts.marks import BLOT, Mark

A_GLUED_WORD = 4
"""Letters right before a number that are a word run into it, not the start of a code."""

_OPENERS = "([|,;:>\"'\u00bb\u00ab\u2022\u00b7~"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A text in which addresses, dates and hours are blotted out, and where its addresses are."""

    text: str
    addresses: Sequence[Mark]

    def may_begin(self, start: int) -> bool:
        """Whether a number may begin here: not in a word, a code, a web address or an amount."""
        before = self.text[max(0, start - 60) : start]
        line = before.rsplit("\n", 1)[-1]
        if words.NOT_A_PHONE.search(line) or words.AMOUNT_BEFORE.search(line):
            return False
        if not before or before[-1] in " \n" + BLOT or self.labelled(start):
            return True
        token = re.split(r"\s", before)[-1]
        if self.text[start] == "(" or before[-1] in _OPENERS:
            return ":" not in token or not token[:-1].isdigit()
        return before[-1].isalpha() and len(token) >= A_GLUED_WORD and not token.isupper()

    def labelled(self, start: int) -> bool:
        """Whether a word such as `tlf.`, `mobil` or `fax` stands right before."""
        before = self.text[max(0, start - 40) : start].rsplit(BLOT, 1)[-1]
        said = words.LABEL_TAIL.sub("", before)
        return any(m.end() >= len(said) for pattern in (words.PHONE, words.FAX) for m in pattern.finditer(before))

    def rule_out(self, start: int, end: int) -> bool:
        """Whether the digits are an amount or a register's number."""
        line = self.text[max(0, start - 60) : start].rsplit("\n", 1)[-1]
        return bool(words.AMOUNT_AFTER.match(self.text, end) or words.NOT_A_PHONE.search(line))

    def speak_of_contact(self, start: int, end: int) -> bool:
        """Whether an address, a name, a label or a word such as `kontakt` is near."""
        near = bisect(self.addresses, start, key=lambda mark: mark.start)
        if any(mark.start - 150 < end and start < mark.end + 150 for mark in self.addresses[max(0, near - 1) : near + 1]):
            return True
        before = self.text[max(0, start - 250) : start]
        return bool(
            "@" in self.text[max(0, start - 80) : end + 80]
            or words.CUE.search(before)
            or words.PRESS.search(before[-120:])
            or words.PHONE.search(before[-60:])
            or people.find_people(people.unglue(before[-80:].rsplit("\n", 1)[-1]))
        )

    def alone(self, start: int, end: int) -> bool:
        """Whether nothing but punctuation stands before it, or nothing after it, on its line."""
        line_before = self.text[max(0, start - 60) : start].rsplit("\n", 1)[-1]
        line_after = self.text[end : end + 60].split("\n", 1)[0]
        return not line_before.strip(" .,|-:(") or not line_after.strip(" .,|-)")
