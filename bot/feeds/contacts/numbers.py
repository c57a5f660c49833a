"""Which telephone numbers does the text hold, and which of its digits are none?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.contact import Phone
from bot.feeds.contacts import plans
from bot.feeds.contacts.marks import BLOT, Mark, blank
from bot.feeds.contacts.surroundings import Surroundings

MAX_RUNS = 1000
"""More runs of digits than any press page has: what comes after is not looked at, so that no text takes long."""

SHORTEST, LONGEST = 7, 17
"""Digits of a telephone number; E.164 allows 15, and `00` may come before them."""

LONGEST_RUN = 40
"""Digits of a run that may be several numbers; a longer one is a table of figures."""

AREA_CODE = 3
"""Digits of an area code at least, with its trunk zero."""

WIDEST_RANGE = 20
"""How far a range of extensions (`040-41`) counts on at most."""

_RUN = re.compile(r"[0-9](?:[ ()./-]{0,4}[0-9])*")
_LEAD = re.compile(r"(?:\(?\+ ?\(?|\()$")
_DATE = re.compile(
    r"(?<![\d+])(?<!\d[ ./-])(?:(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])([-./])(?:0?[1-9]|1[0-2])\2(?:19|20)\d\d)(?!\d)"
)
_HOURS = re.compile(r"(?<![\d.:])(?:[01]?\d|2[0-4])[.:][0-5]\d ?- ?(?:[01]?\d|2[0-4])[.:][0-5]\d(?![\d.])(?! ?- ?\d| \d)")
_YEARS = re.compile(r"(?<![\d+])(?<!\d[ ./-])(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d(?!\d)(?! ?[-/]? ?\d)")
_VANITY = re.compile(
    r"8(?:00|33|44|55|66|77|88)\)?[-. ]((?=[\dA-Z-]{7,16}(?!\w))[\dA-Z-]*[A-Z]{2}[\dA-Z-]*)(?:\s?\(([\d .-]{7,16})\))?"
)
_VANITY_LEAD = re.compile(r"(?:\+?1[-. ]?)?\(?$")
_SHORT = re.compile(r"(?:1[0-9]{2,3}|11[0-9] [0-9]{2}|0[0-9]{4})(?![0-9:]|[ .,-][0-9]|\s?(?:%|kr|pct|procent|timer|personer))")
_SHORT_LEAD = re.compile(
    r"(?:\bpå|\btlf\.?|\w*telefon\w*|\bring(?:e|a)?(?: til)?|\bcall|\btel\.?|\bnummer|\bpuh(?:elin)?\.?)[ :]{1,2}$", re.IGNORECASE
)
_TO = re.compile(r"\s?(?:bis|til|till|to)\s?-?\s?\d{1,4}(?!\d)", re.IGNORECASE)
_NANP = re.compile(r"\(?(?:1[-. ])?(?:\(?\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}")
_HOME = {"da": "DK", "no": "NO", "nb": "NO", "nn": "NO", "sv": "SE", "fi": "FI", "de": "DE"}


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits that stand together, their place in the text, and what stands between them and the group before."""

    digits: str
    start: int
    end: int
    gap: str


def find_numbers(text: str, region: str, language: str, addresses: Sequence[Mark]) -> list[Mark]:
    """The telephone numbers of `text` (see `plain.as_read`), in order, without what is remarked on them (see `remarks`)."""
    marks = list(_vanity_numbers(blank(text, addresses)))
    masked = _hide(blank(text, sorted([*addresses, *marks], key=lambda mark: mark.start)))
    marks += _short_codes(masked, region.upper())
    reader = _Reader(masked, region.upper(), _HOME.get(language[:2].lower(), ""), Surroundings(masked, addresses))
    for count, run in enumerate(_RUN.finditer(masked)):
        if count >= MAX_RUNS:
            break
        if SHORTEST <= sum(map(str.isdigit, run[0])) <= LONGEST_RUN:
            marks += reader.read(run)
    return sorted(marks, key=lambda mark: mark.start)


def _hide(text: str) -> str:
    """`text` with dates, spans of hours and spans of years blotted out."""
    for pattern in (_DATE, _HOURS, _YEARS):
        text = pattern.sub(lambda m: BLOT * len(m[0]), text)
    return text


def _vanity_numbers(text: str) -> Iterator[Mark]:
    """`1-800-NEW-DESK (639-3375)`: letters on the keys of North American toll-free numbers."""
    for m in _VANITY.finditer(text):
        lead = _VANITY_LEAD.search(text, max(0, m.start() - 5), m.start())
        start = lead.start() if lead else m.start()
        subscriber = re.sub(r"\D", "", m[2] or "")[-7:] or plans.keypad(m[1])[:7]
        e164 = plans.valid(f"+1{m[0][:3]}{subscriber}", None)
        if e164 and not text[start - 1 : start].isalnum():
            yield Mark(start, m.end(), phone=Phone(e164, note="vanity"))


def _short_codes(text: str, region: str) -> Iterator[Mark]:
    """`Kontakt politiet på 114`: numbers of three to five digits behind a word of telephoning; most have no E.164."""
    for m in _SHORT.finditer(text):
        if not _SHORT_LEAD.search(text, max(0, m.start() - 20), m.start()):
            continue
        code = m[0].replace(" ", "")
        if plans.known(region) and (e164 := plans.valid(code, region)):
            yield Mark(m.start(), m.end(), phone=Phone(e164))
        elif plans.is_short_code(code, region):
            yield Mark(m.start(), m.end(), phone=Phone(None, note=f"short code {code}"))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads runs of digits in one text. `home` is the region of the text's language."""

    text: str
    region: str
    home: str
    around: Surroundings

    def read(self, run: re.Match[str]) -> Iterator[Mark]:
        """The numbers in one run of digits; there may be several, or something else before them."""
        groups = _groups(run)
        lead = _LEAD.search(self.text, max(0, run.start() - 4), run.start())
        begin = lead.start() if lead else run.start()
        plus = _is_international(groups, lead[0] if lead else "")
        if not plus and not self.around.may_begin(begin):
            return
        at = 0
        last: Mark | None = None
        while at < len(groups):
            start = begin if at == 0 else groups[at].start
            found = self._first(groups[at:], start, plus=plus and at == 0)
            if found is None:
                if last is not None and (extra := _alternative(groups[at], last, groups[at - 1])):
                    yield extra
                at += 1
                continue
            last, used = found
            at += used
            if at == len(groups) - 1 and last.phone and not last.phone.note and _counts_on(groups[at - 1], groups[at]):
                last = _ranged(Mark(start, groups[at].end, last.phone), groups[at])
                at += 1
            yield self._spoken_range(last)

    def _first(self, groups: Sequence[_Group], start: int, *, plus: bool) -> tuple[Mark, int] | None:
        """The longest number that begins at the first of `groups`, and how many of them it takes."""
        most = next((i for i, group in enumerate(groups) if i and re.search(r"/ ?-", group.gap)), len(groups))
        for used in range(most, 0, -1):
            part = groups[:used]
            e164 = None if self._is_two(part) else self._number(part, start, plus=plus)
            if e164 is None or not (plus or self._is_meant(part, start)):
                continue
            mark = Mark(start, part[-1].end, phone=Phone(e164))
            if len(part[:-1]) > 1 and plans.has_open_lengths(e164) and _counts_on(part[-2], part[-1]):
                shorter = self._number(part[:-1], start, plus=plus)
                mark = _ranged(Mark(start, part[-1].end, phone=Phone(shorter)), part[-1]) if shorter else mark
            return mark, used
        return None

    def _number(self, groups: Sequence[_Group], start: int, *, plus: bool) -> str | None:
        """E.164 of `groups` as one number, if a numbering plan has such a one."""
        digits = "".join(group.digits for group in groups)
        if not SHORTEST <= len(digits) <= LONGEST:
            return None
        if plus:
            return plans.valid("+" + digits.removeprefix("00"), None)
        if plans.known(self.region) and (digits[0] == "0" or plans.trunk(self.region) != "0" or self.around.labelled(start)):
            e164 = plans.valid(digits, self.region)
            if e164:
                return e164
        if digits[0] == "0" and plans.known(self.home) and plans.trunk(self.home) == "0":
            return plans.valid(digits, self.home)
        return plans.valid(digits, "US") if _NANP.fullmatch(self.text, start, groups[-1].end) else None

    def _is_two(self, groups: Sequence[_Group]) -> bool:
        """Whether the groups are rather two numbers side by side, the second beginning with a trunk zero."""
        for i in range(1, len(groups)):
            head, tail = groups[:i], groups[i:]
            zero = tail[0].digits[0] == "0" and len(tail[0].digits) >= AREA_CODE and bool(set(tail[0].gap) & {" ", "/"})
            long_enough = (
                sum(len(group.digits) for group in head) >= SHORTEST and sum(len(group.digits) for group in tail) > SHORTEST
            )
            if zero and long_enough and self._number(tail, tail[0].start, plus=False):
                return True
        return False

    def _is_meant(self, groups: Sequence[_Group], start: int) -> bool:
        """Whether digits without country code are meant as a number: by a label, or by their grouping and surroundings."""
        if self.around.labelled(start):
            return True
        first, end = groups[0].start, groups[-1].end
        if self.around.rule_out(first, end):
            return False
        shape = tuple(len(group.digits) for group in groups)
        looks = plans.looks_dialled(self.region, shape, groups[0].digits, "".join(group.gap for group in groups[1:]))
        if looks is None:
            return self.around.speak_of_contact(first, end) or (
                shape in {(2, 2, 2, 2), (3, 2, 3)} and self.around.alone(first, end)
            )
        return looks

    def _spoken_range(self, mark: Mark) -> Mark:
        """`2010 bis 2012`: the rest of a range behind a number, in words."""
        rest = _TO.match(self.text, mark.end)
        return Mark(mark.start, rest.end(), mark.phone).noted(note=f"range: {rest[0].strip()}") if rest else mark


def _groups(run: re.Match[str]) -> list[_Group]:
    found, last = [], run.start()
    for m in re.finditer("[0-9]+", run[0]):
        start, end = run.start() + m.start(), run.start() + m.end()
        found.append(_Group(m[0], start, end, run.string[last:start]))
        last = end
    return found


def _is_international(groups: Sequence[_Group], lead: str) -> bool:
    """Whether a run begins with a plus, or with 00 and a country code."""
    digits = "".join(group.digits for group in groups)
    return "+" in lead or (groups[0].digits.startswith("00") and digits[2:3] not in {"", "0"})


def _alternative(group: _Group, last: Mark, before: _Group) -> Mark | None:
    """`2010 / -2011`: a further extension behind a slash is the same number with another end."""
    if (
        not re.fullmatch(r" ?/ ?- ?", group.gap)
        or last.phone is None
        or last.phone.e164 is None
        or len(group.digits) > len(before.digits)
    ):
        return None
    e164 = plans.valid(last.phone.e164[: -len(group.digits)] + group.digits, None)
    return Mark(group.start, group.end, phone=Phone(e164)) if e164 else None


def _counts_on(before: _Group, last: _Group) -> bool:
    """`040-41`, `2010-2012`: the last group counts on from the end of the one before."""
    if not re.fullmatch(r" ?[-/] ?", last.gap) or len(last.digits) > min(4, len(before.digits)):
        return False
    return 0 < int(last.digits) - int(before.digits[-len(last.digits) :]) <= WIDEST_RANGE


def _ranged(mark: Mark, last: _Group) -> Mark:
    return mark.noted(note=f"range: {last.gap.strip()}{last.digits}")
