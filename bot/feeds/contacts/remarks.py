"""What does the text say about a number: its extension, that it is a fax, that it takes no SMS?"""

from __future__ import annotations

import re

from bot.feeds.contacts import words
from bot.feeds.contacts.marks import Mark

_EXTENSION = re.compile(
    r"[ ,;]{0,2}\(?(?:ext(?:ension|n)?|lok(?:al)?|ankn(?:ytning)?|anknytn"
    r"|alanumero|alanro|durchwahl|dw|nst|nebenstelle|linje|apparat|app)\b\.?[ :-]{0,3}(\d{1,6})\b\)?"
    r"|[ ,;]{0,2}[xX#] ?(\d{1,6})(?!\d)",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s{0,2}\(([^()\n]{2,80})\)")
_CHOICE = re.compile(r"[ ,;(]{0,3}((?:tast|tryk|press|option|välj|trykk|taste)\s\d)\b", re.IGNORECASE)
_BRACKET_BEFORE = re.compile(r"\(([^()\n]{2,60})\)[ :.-]{0,3}$")
_SENTENCE = re.compile(r"[^.\n()|;]*")


def remark_all(text: str, marks: list[Mark]) -> list[Mark]:
    """The marks with extension and note read from the text around each, up to the marks beside it."""
    ends = [0, *(mark.end for mark in marks)]
    starts = [*(mark.start for mark in marks), len(text)]
    return [mark if mark.phone is None else _remark(text, mark, ends[i], starts[i + 1]) for i, mark in enumerate(marks)]


def _remark(text: str, mark: Mark, floor: int, ceiling: int) -> Mark:
    before = text[max(floor, mark.start - 60) : mark.start]
    if floor and (said := _BRACKET.match(text[floor : mark.start])):
        before = text[max(floor + said.end(), mark.start - 60) : mark.start]  # that was said of the number before it
    after = text[mark.end : min(ceiling, mark.end + 110)]
    found = _EXTENSION.match(after)
    if found:
        after = after[found.end() :]
        mark = mark.noted(ext=found[1] or found[2])
        mark = Mark(mark.start, mark.end + found.end(), mark.phone)
    if mark.phone and mark.phone.note:
        return mark
    return mark.noted(note=_note(before.rsplit("\n", 1)[-1] if before.strip("\n ") else "", before, after))


def _note(line: str, before: str, after: str) -> str | None:
    """The remark on a number, from the text before (on its line) and after it."""
    bracket = _BRACKET.match(after)
    if is_fax(line or before) or (bracket and words.FAX.fullmatch(bracket[1].strip())):
        return "fax"
    if words.WHATSAPP.search((line or before)[-25:]) and not words.PHONE.search((line or before)[-12:]):
        return "WhatsApp"
    if bracket and words.WHATSAPP.fullmatch(bracket[1].strip()):
        return "WhatsApp"
    if bracket and words.REMARK.search(bracket[1]):
        return bracket[1].strip()
    if choice := _CHOICE.match(after):
        return choice[1]
    ahead = _BRACKET_BEFORE.search(line)
    if ahead and words.REMARK.search(ahead[1]):
        return ahead[1].strip()
    return _no_sms(after)


def is_fax(before: str) -> bool:
    """Whether the last label before a number is that of a fax; `Tel./Fax` is both, so a telephone."""
    labels = list(words.FAX.finditer(before))
    if not labels:
        return False
    last = labels[-1]
    both = re.search(
        r"(?:tel|tlf|phone|telefon|telefoni|puh)\w*\.?\s?(?:[/&+,]|og|och|und|and|ja)\s?$", before[: last.start()], re.IGNORECASE
    )
    return both is None and not words.PHONE.search(before, last.end())


def _no_sms(after: str) -> str | None:
    """The clause right after a number that says it takes no text messages."""
    for part in _SENTENCE.findall(after)[:4]:
        if words.NO_SMS.search(part):
            return str(part).strip(" ,:-!\x1f") or None
    return None
