"""When and where the press is invited, where a text says so clearly: `Tid: 3. maj kl. 10`, `Where: Christiansborg`. Pure.

Danish, English, Norwegian and Swedish. A time is certain only if the text gives one day and one hour (or one stretch of hours) that
contradict neither each other nor a weekday beside them. What is not certain is shown as it stands, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.text.sentences import sentences

_LONGEST = 300
_AHEAD = timedelta(days=180)
"""A day without a year is one that comes within so many days."""
_LEAD = 3
_INVITES = re.compile(
    r"\b(?:presse?(?:invitation|invitasjon|inbjudan|møde|møte|briefing|brifing|konference|konferanse|konferens|träff)\w*"
    r"|pressinbjudan|press (?:conference|briefing|invitation|call)|media (?:advisory|invitation|briefing)|ministeroverdragelse\w*"
    r"|invit(?:erer|eres|ation til|asjon til) (?:pressen|medierne|journalister)|(?:pressen|medierne|journalister) invit\w+"
    r"|media (?:are|is) invited)",
    re.IGNORECASE,
)
_CANCELLED = re.compile(
    r"\b(?:aflyst|aflyses|udsat|udskudt|cancelled|canceled|postponed|avlyst|utsatt|inställ[dt]|uppskjut\w+)\b", re.IGNORECASE
)
_WHEN = (
    r"tidspunkt|tid|dato(?: og tid(?:spunkt)?)?|tid og dato|hvornår|når|when|time|date(?: (?:and|&) time)?|när|datum(?: och tid)?"
    r"|tid och datum|tid og sted|tid og stad|tid och plats|time and (?:place|venue)|klokken|klokkeslæt|klokkeslett"
)
_WHERE = r"sted|hvor|where|place|venue|location|plats|var|lokation|adresse|adress|address|mødested|oppmøtested|samlingsplats"
# A heading has no colon, but the line to itself.
_LABELLED = re.compile(rf"^\W*(?:(?P<when>{_WHEN})|(?P<where>{_WHERE}))\s*(?::\s*(?P<value>.*)|\?)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the press is invited to: `when` and `where` in the text's own words, empty where it does not say.

    `starts` and `ends` are aware UTC; None where that is not certain.
    """

    when: str = ""
    where: str = ""
    starts: datetime | None = None
    ends: datetime | None = None


def invites(title: str, lead: str) -> bool:
    """Whether a text asks the press to come, by what newsrooms call that."""
    return bool(_INVITES.search(f"{title}\n{lead}"))


def occasion(title: str, lead: str, body: Sequence[str], *, published: datetime, zone: tzinfo | None) -> Occasion | None:
    """When and where; None where the text says neither. `published` is aware; without a `zone` no time is certain."""
    whens, wheres = _labelled((lead, *body))
    said = "; ".join(whens)
    sources = [said] if said else [each for each in _sentences((lead, *body[:_LEAD])) if _names_an_hour(each)]
    certain = zone is not None and len(sources) == 1 and not _CANCELLED.search(f"{title}\n{lead}")
    times = _moment(sources[0], published.astimezone(zone).date(), zone) if certain and zone else None
    if not (said or wheres or times):
        return None
    starts, ends = times or (None, None)
    return Occasion(said, wheres[0] if wheres else "", starts, ends)


def _names_an_hour(sentence: str) -> bool:
    """In a sentence `3.30` alone may as well be a length."""
    return bool(_HOUR.search(sentence)) and any(_times(_without_dates(sentence)))


def _labelled(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """What stands behind labels, or (behind a label alone) on the next line, each once."""
    whens: dict[str, None] = {}
    wheres: dict[str, None] = {}
    rows = [" ".join(line.split()) for line in lines for line in line.split("\n")]
    for at, row in enumerate(rows):
        found = _LABELLED.match(row) if len(row) <= _LONGEST else None
        if not found:
            continue
        after = rows[at + 1] if at + 1 < len(rows) and not _LABELLED.match(rows[at + 1]) else ""
        value = (found["value"] or "").strip(" .") or after.strip(" .")
        if value and len(value) <= _LONGEST:
            (whens if found["when"] else wheres)[value] = None
    return list(whens), list(wheres)


def _sentences(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield from sentences(line[: 10 * _LONGEST])


# Days and hours -----------------------------------------------------------------------------------------------------------

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar|january|januari|jan", "februar|february|februari|feb", "marts|march|mars|mar", "april|apr", "maj|may|mai",
            "juni|june|jun", "juli|july|jul", "august|augusti|aug", "september|sept|sep", "oktober|october|okt|oct", "november|nov",
            "december|desember|dec|des",
        ),
        1,
    )
    for name in names.split("|")
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "mandag|monday|måndag", "tirsdag|tuesday|tisdag", "onsdag|wednesday", "torsdag|thursday", "fredag|friday",
            "lørdag|saturday|lördag", "søndag|sunday|söndag",
        )
    )
    for name in names.split("|")
}  # fmt: skip
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"\b(?P<iso>\d{{4}}-\d\d-\d\d)\b"
    rf"|\b(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)?\s*(?:of )?(?P<month>{_NAME})\b\.?(?:,?\s+(?P<year>20\d\d)\b)?"
    rf"|\b(?P<month2>{_NAME})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.:]\d)(?:,?\s+(?P<year2>20\d\d)\b)?"
    r"|\b(?P<day3>\d{1,2})[./-](?P<month3>\d{1,2})[./-](?P<year3>20\d\d)\b"
    r"|\b(?P<day4>\d{1,2})/(?P<month4>\d{1,2})\b(?!/)"
    r"|\b(?P<today>i dag|idag|today)\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(_WEEKDAYS)})\b", re.IGNORECASE)
_SEVERAL_DAYS = re.compile(rf"\d\.?\s*(?:-|–|—|til|to|og|and|till|och)\s*(?:den\s+)?\d{{1,2}}\.?\s*(?:{_NAME})\b", re.IGNORECASE)
_CLOCK = r"(?P<{0}h>[01]?\d|2[0-4])(?:[.:](?P<{0}m>[0-5]\d))?\s*(?P<{0}p>[ap]\.?m\b\.?)?"
_AT = r"(?:\b(?:kl|klokken|klokka|klockan|at|from|fra|från)\b\.?\s*)"
_TIME = re.compile(
    rf"(?P<at>{_AT})?(?<![\d.:/-]){_CLOCK.format('s')}(?![\d:]|\.\d)"
    rf"(?:\s*(?:-|–|—|til|to|till|until|og)\s*(?:kl\.?\s*)?{_CLOCK.format('e')}(?![\d:]|\.\d))?",
    re.IGNORECASE,
)
_HOUR = re.compile(r"\b(?:kl|klokken|klokka|klockan)\b|\d\s*[ap]\.?m\b|\d:\d\d", re.IGNORECASE)
_OTHER_CLOCK = re.compile(r"\b(?:CES?T|GMT|BST|UTC|EES?T|ES?T|PS?T|local time|lokal tid)\b")
_HALF, _DAY = 12, 24

_Hours = tuple[time, time | None]


def _moment(text: str, today: date, zone: tzinfo) -> tuple[datetime, datetime | None] | None:
    """The one time that a text gives, as aware UTC; None where it gives none, several, or some that contradict each other."""
    if _OTHER_CLOCK.search(text) or _SEVERAL_DAYS.search(text):
        return None
    days = {_day(found, today) for found in _DATE.finditer(text)}
    hours = set(_times(_without_dates(text)))
    if len(days) != 1 or len(hours) != 1:
        return None
    day, (start, end) = days.pop(), hours.pop()
    named = {_WEEKDAYS[found[0].lower()] for found in _WEEKDAY.finditer(text)}
    if day is None or (named and named != {day.weekday()}) or day < today - timedelta(days=1) or (end and end <= start):
        return None
    finish = datetime.combine(day, end, zone).astimezone(UTC) if end else None
    return datetime.combine(day, start, zone).astimezone(UTC), finish


def _without_dates(text: str) -> str:
    return _DATE.sub(" ; ", text)


def _day(found: re.Match[str], today: date) -> date | None:
    if found["today"]:
        return today
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        number = int(found["day"] or found["day2"] or found["day3"] or found["day4"])
        name = found["month"] or found["month2"]
        month = _MONTHS[name.lower()] if name else int(found["month3"] or found["month4"])
        year = found["year"] or found["year2"] or found["year3"]
        return date(int(year), month, number) if year else _coming(month, number, today)
    except ValueError:
        return None


def _coming(month: int, day: int, today: date) -> date | None:
    """The next such day. Raises ValueError."""
    for year in (today.year, today.year + 1):
        if today <= (that := date(year, month, day)) <= today + _AHEAD:
            return that
    return None


def _times(text: str) -> Iterator[_Hours]:
    """The hours that a text gives: behind a word for it (`kl. 10`), with minutes (`10.30`), or as English has them (`10 am`)."""
    for found in _TIME.finditer(text):
        marked = found["sm"] or found["em"] or found["sp"] or found["ep"] or (found["at"] and found["at"].lower().startswith("k"))
        start = _hour(found["sh"], found["sm"], found["sp"] or found["ep"]) if marked else None
        if start is None:
            continue
        end = _hour(found["eh"], found["em"], found["ep"]) if found["eh"] else None
        if found["eh"] is None or end is not None:
            yield start, end


def _hour(hour: str, minute: str | None, half: str | None) -> time | None:
    number = int(hour)
    if half:
        if not 1 <= number <= _HALF:
            return None
        number = number % _HALF + (_HALF if half.lower().startswith("p") else 0)
    return time(number, int(minute or 0)) if number < _DAY else None
