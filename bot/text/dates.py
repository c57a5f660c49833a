"""Dates as people write them in a question, in Danish and English, as stretches of whole days.

`13. oktober`, `2025-10-13`, `oktober 2025`, `uge 41`, `i går`, `sidste uge`, `for en uge siden` are dates wherever they stand.
`oktober`, `mandag`, `2025`, `13/10` may as well be words (Maj is a name, 3/10 a share): they are dates only behind a word that asks
for a time (`siden mandag`, `i oktober`, `before May`), or as the value of `from:` and its like. What lies wholly in the future is
no time of publication unless it is such a value: `klimamål i 2030` are words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from bot.text.days import DAY, HOUR, ONE, YEAR, Days, back_to, before, day_of, month_of, one_day, quarter_of, unit_of


def _numbered(*groups: str, start: int = 1) -> dict[str, int]:
    return {word: number for number, words in enumerate(groups, start) for word in words.split("|")}


_MONTH_NUMBERS = _numbered(
    "januar|january|jan", "februar|february|feb", "marts|march|mar", "april|apr", "maj|may", "juni|june|jun", "juli|july|jul",
    "august|aug", "september|sept|sep", "oktober|october|okt|oct", "november|nov", "december|dec",
)  # fmt: skip
_WEEKDAY = _numbered(
    "mandag|monday", "tirsdag|tuesday", "onsdag|wednesday", "torsdag|thursday", "fredag|friday", "lørdag|loerdag|saturday",
    "søndag|soendag|sunday", start=0,
)  # fmt: skip
_NUMBER = _numbered(
    "en|et|one|an|a", "et par|to|two|a couple of", "tre|three", "fire|four", "fem|five", "seks|six", "syv|seven", "otte|eight",
    "ni|nine", "ti|ten", "elleve|eleven", "tolv|twelve", "tretten|thirteen", "fjorten|fourteen",
)  # fmt: skip
_UNIT = _numbered(
    "timer|hours|hour", "dage|dag|døgnet|døgn|doegn|days|day", "uger|ugen|uge|weeks|week",
    "måneder|måneden|måned|maaneder|maaned|mdr|months|month", "kvartal|quarter", "året|år|aar|years|year", start=0,
)  # fmt: skip


def _any(words: dict[str, int]) -> str:
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


_WHOLE_NAMES = _any({word: 0 for word in _MONTH_NUMBERS if (len(word) > 3 and word != "sept") or word in ("maj", "may")})
_NAME = rf"({_any(_MONTH_NUMBERS)})\.?"
_D, _Y = r"(\d{1,2})", r"((?:19|20|21)\d\d)"
_TH = r"(?:\.|st|nd|rd|th)?"
_UNITS, _COUNT = rf"({_any(_UNIT)})", rf"(\d{{1,4}}|{_any(_NUMBER)})"
_LAST, _THIS = "(?:sidste|forrige|last|previous)", "(?:denne|dette|indeværende|this)"
# A date ends where its word ends: not in `year's`, `dag-til-dag` or `13.10.2`.
_END = r"(?![\w'’]|[-./–]\w)"


_Read = Callable[[re.Match[str], date], Days | None]


@dataclass(frozen=True, slots=True)
class _Form:
    pattern: re.Pattern[str]
    read: _Read
    sure: bool


_FORMS: list[_Form] = []


def _form(pattern: str, *, sure: bool = True) -> Callable[[_Read], _Read]:
    def keep(read: _Read) -> _Read:
        _FORMS.append(_Form(re.compile(pattern.replace(" ", r"\s+") + _END, re.IGNORECASE), read, sure))
        return read

    return keep


# Dates ------------------------------------------------------------------------------------------------------------------


@_form(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})")
def _year_first(found: re.Match[str], _today: date) -> Days | None:
    return day_of(int(found[1]), int(found[3]), int(found[4]))


@_form(rf"(?:(?:den|d\.) )?{_D}[./-]{_D}[./-]{_Y}")
def _year_last(found: re.Match[str], _today: date) -> Days | None:
    return day_of(int(found[3]), int(found[2]), int(found[1]))


@_form(rf"{_D}[./]{_D}(?:[./](\d\d))?\.?", sure=False)
def _figures(found: re.Match[str], today: date) -> Days | None:
    year = 2000 + int(found[3]) if found[3] else None
    return day_of(year, int(found[2]), int(found[1]), today)


@_form(rf"(?:(?:den|d\.|the) )?{_D}{_TH}(?: of)?\s*{_NAME}(?:,? {_Y})?")
def _day_and_month(found: re.Match[str], today: date) -> Days | None:
    return day_of(_int(found[3]), _MONTH_NUMBERS[found[2].lower()], int(found[1]), today)


@_form(rf"{_NAME} {_D}{_TH}(?:,? {_Y})?")
def _month_and_day(found: re.Match[str], today: date) -> Days | None:
    return day_of(_int(found[3]), _MONTH_NUMBERS[found[1].lower()], int(found[2]), today)


@_form(rf"(?:(?:den|d\.|the) )?{_D}{_TH}\s*(?:-|–| til | to | og | and )\s*{_D}{_TH}\s*{_NAME}(?: {_Y})?")
def _days_of_a_month(found: re.Match[str], today: date) -> Days | None:
    month = _MONTH_NUMBERS[found[3].lower()]
    last = day_of(_int(found[4]), month, int(found[2]), today)
    first = day_of(last.first.year, month, int(found[1])) if last else None
    return Days(first.first, last.after, both=True) if first and last and first.first < last.after else None


@_form(rf"{_NAME},? {_Y}")
def _month_and_year(found: re.Match[str], _today: date) -> Days | None:
    return month_of(int(found[2]), _MONTH_NUMBERS[found[1].lower()])


@_form(rf"({_WHOLE_NAMES})(?: måned)? (?:(sidste år|last year|i fjor)|i år|i aar|this year)")
def _month_of_this_year_or_the_last(found: re.Match[str], today: date) -> Days | None:
    return month_of(today.year - bool(found[2]), _MONTH_NUMBERS[found[1].lower()])


@_form(rf"(?:i )?{_LAST} ({_WHOLE_NAMES})")
def _last_month_of_the_name(found: re.Match[str], today: date) -> Days | None:
    month = _MONTH_NUMBERS[found[1].lower()]
    return month_of(today.year - (month >= today.month), month)


@_form(rf"({_WHOLE_NAMES})(?: måned)?", sure=False)
def _month_alone(found: re.Match[str], today: date) -> Days | None:
    month = _MONTH_NUMBERS[found[1].lower()]
    days = month_of(today.year - (month > today.month), month)
    return replace(days, earlier=days.first.replace(year=days.first.year - 1)) if days else None


@_form(r"(\d{4})-(\d\d)", sure=False)
def _month_in_figures(found: re.Match[str], _today: date) -> Days | None:
    return month_of(int(found[1]), int(found[2]))


@_form(_Y, sure=False)
def _year_alone(found: re.Match[str], _today: date) -> Days | None:
    return Days(date(int(found[1]), 1, 1), date(int(found[1]) + 1, 1, 1))


@_form(rf"(?:uge|week) {_D}(?:(?:/|,? ){_Y})?")
def _week_by_number(found: re.Match[str], today: date) -> Days | None:
    """ISO weeks, as Danish calendars count them; without a year the last that has begun."""
    for year in [int(found[2])] if found[2] else (today.year + 1, today.year, today.year - 1):
        try:
            first = date.fromisocalendar(year, int(found[1]), 1)
        except ValueError:
            continue
        if found[2] or first <= today:
            return Days(first, first + 7 * ONE)
    return None


@_form(rf"(?:q([1-4])|([1-4])\.? (?:kvartal|quarter)) {_Y}")
def _quarter_of_a_year(found: re.Match[str], _today: date) -> Days | None:
    return quarter_of(int(found[3]), int(found[1] or found[2]))


# Days and periods told from today -----------------------------------------------------------------------------------------

_TOLD = {"dag": 0, "today": 0, "går": -1, "gaar": -1, "yesterday": -1, "forgårs": -2, "forgaars": -2, "morgen": 1, "tomorrow": 1}


@_form(r"(?:i (dag|går|gaar|forgårs|forgaars|morgen)|i(dag|går|gaar|forgårs|morgen)|(today|yesterday|tomorrow))")
def _told_from_today(found: re.Match[str], today: date) -> Days:
    return one_day(today + _TOLD[(found[1] or found[2] or found[3]).lower()] * ONE)


@_form(r"(?:i (?:morges|formiddags|eftermiddags|aften)|this (?:morning|afternoon|evening)|tonight)")
def _part_of_today(_found: re.Match[str], today: date) -> Days:
    return one_day(today)


@_form(r"(?:(i aftes)|i nat|last night)")
def _last_night(found: re.Match[str], today: date) -> Days:
    """A night is of two days."""
    return Days(today - ONE, today if found[1] else today + ONE)


@_form(r"(?:the )?day before yesterday")
def _day_before_yesterday(_found: re.Match[str], today: date) -> Days:
    return one_day(today - 2 * ONE)


@_form(rf"(?:(?:i )?{_LAST} ({_any(_WEEKDAY)})|i ({_any(_WEEKDAY)})s)")
def _last_weekday(found: re.Match[str], today: date) -> Days:
    return one_day(back_to(_WEEKDAY[(found[1] or found[2]).lower()], today - ONE))


@_form(rf"(?:{_THIS} )?({_any(_WEEKDAY)})", sure=False)
def _weekday_alone(found: re.Match[str], today: date) -> Days:
    day = back_to(_WEEKDAY[found[1].lower()], today)
    return replace(one_day(day), earlier=day - 7 * ONE)


@_form(rf"(?:i )?(?:den )?({_LAST}|{_THIS}) {_UNITS}")
def _last_or_this(found: re.Match[str], today: date) -> Days | None:
    before = not re.fullmatch(_THIS, found[1], re.IGNORECASE)
    return unit_of(_UNIT[found[2].lower()], today, -1 if before else 0)


@_form(r"i (?:år|aar|(fjor))")
def _this_year_or_the_last(found: re.Match[str], today: date) -> Days | None:
    return unit_of(YEAR, today, -1 if found[1] else 0)


@_form(rf"(?:i )?(?:({_LAST}) weekend|weekenden|{_THIS} weekend)")
def _weekend(found: re.Match[str], today: date) -> Days:
    saturday = back_to(5, today)
    if found[1] and today.weekday() > 4:
        saturday -= 7 * ONE
    return Days(saturday, saturday + 2 * ONE)


@_form(rf"(?:i )?(?:(?:de|det|den|the) )?(?:(?:seneste|past) (?:{_COUNT} )?|{_LAST} {_COUNT} ){_UNITS}")
def _up_to_now(found: re.Match[str], today: date) -> Days | None:
    first = before(today, _count(found[1] or found[2] or "1"), _UNIT[found[3].lower()])
    return Days(first, today + ONE) if first else None


@_form(rf"(?:for )?{_COUNT} {_UNITS} (?:siden|ago)")
def _ago(found: re.Match[str], today: date) -> Days | None:
    """`A week ago` is somewhere in that week, and since then it is seven days."""
    unit = _UNIT[found[2].lower()]
    then = before(today, _count(found[1]), unit)
    days = unit_of(DAY if unit == HOUR else unit, then, 0) if then else None
    return replace(days, since=then) if days else None


def _int(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _count(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBER[" ".join(word.lower().split())]


def named(text: str, at: int, today: date, *, sure: bool = False) -> tuple[Days, int] | None:
    """The longest date that stands at this place, and where it ends. `sure`: only what is a date wherever it stands."""
    best: tuple[Days, int] | None = None
    for form in _FORMS:
        if (form.sure or not sure) and (found := form.pattern.match(text, at)) and (best is None or found.end() > best[1]):
            days = form.read(found, today)
            best = (days, found.end()) if days else best
    return best
