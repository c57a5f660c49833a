"""Lines that must be read first: until when a release may not be used, and until when one may sign up. Pure.

Danish, English, Norwegian and Swedish. A line is given as it was found, or not at all: nothing is concluded from it. `Embargo`
alone says little, since states have those too: a line counts only if it begins with what newsrooms write, and names a day or time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.text.sentences import sentences

_BEGINNING = 4
"""Lines of a text at whose beginning an embargo or a date to sign up by is looked for."""
_LONGEST = 400

_WEEKDAYS = (
    "mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag|monday|tuesday|wednesday|thursday|friday|saturday|sunday|måndag|tisdag|torsdag"
    "|lördag|söndag"
)
_DAY_OR_TIME = re.compile(rf"\d|\b(?:{_WEEKDAYS}|midnat|midnight|midnatt|i dag|i morgen|today|tomorrow|i morgon)\b", re.IGNORECASE)

_UNTIL = r"(?:til og med|t\.?o\.?m|til|indtil|frem til|fram til|until|till|to|før|before|före)"
_USED = r"(?:offentligg?jøres|offentliggøres|publiceres|publiseres|citeres|siteres|bringes|omtales)"
_HELD = r"(?:klausul(?:eret|ert|erad)|embargo(?:eret|ert|erad|ed)?|sperret)"
_TEXT = r"(?:this|dette|denne|press?e?\w*meddel\w*|meddelelse\w*|release|statement|report|nyhe[dt]\w*|rapport\w*|indhold\w*)"
_EMBARGO = re.compile(
    rf"^\W*(?:strengt |strikt |strictly |under )?{_HELD}\b\s*(?:[:–—-]|{_UNTIL}\b|d\.|den\b|kl\b)"
    rf"|\b{_TEXT}\b.{{0,40}}\b(?:er|is|are|remains?|är)\s+(?:under\s+|strictly\s+|strengt\s+)?{_HELD}\s+{_UNTIL}\b"
    r"|^\W*(?:sperrefrist|frigives|frigis|frisläpps)\s*(?::|den\b|d\.|kl|mandag|tirsdag|onsdag|torsdag|fredag)"
    r"|\bnot (?:for|to be) (?:publication|release|broadcast|published|released)\b.{0,30}\b(?:before|until)\b"
    rf"|\bmå (?:først|tidligst) {_USED}\b|\bmå (?:ikke|ikkje) {_USED}\b.{{0,40}}\b(?:før|inden)\b"
    r"|\bfår (?:inte|ej) (?:publiceras|offentliggöras|citeras)\b.{0,30}\bföre\b",
    re.IGNORECASE,
)
_SIGN_UP = (
    r"(?:tilmeld\w*|akkrediter\w*|registrer\w*|påmeld\w*|anmäl\w*|ackrediter\w*|accredit\w*|registration|register|rsvp"
    r"|o\.s\.a\.?|s\.u\.)"
)
_BY = r"(?:senest|inden|innen|snarest og senest|no later than|by|before|deadline|frist\w*|senast|före)"
_DEADLINE = re.compile(
    rf"\b{_SIGN_UP}(?=\W)(?:[^.!?]|\.(?=\w)){{0,60}}?\b{_BY}\W+(?:\w+\W+){{0,4}}?(?:\d|(?:{_WEEKDAYS})\b)"
    rf"|\b(?:senest|no later than|senast|innen)\b[^!?]{{0,50}}\b{_SIGN_UP}"
    rf"|\b(?:frist|deadline|sista dag|sidste frist|siste frist)\s+(?:for|for at|to|för|för att)\s+{_SIGN_UP}"
    r"|\b(?:tilmeldingsfrist|akkrediteringsfrist|registreringsfrist|påmeldingsfrist|anmälningstid|ackrediteringsfrist|svarfrist"
    r"|ansøgningsfrist|høringsfrist|søknadsfrist|ansökningstid|sista anmälningsdag)\w*\b"
    rf"|^\W*(?:frist|deadline)\s*:",
    re.IGNORECASE,
)


def embargo(lead: str, body: Sequence[str]) -> str:
    """The line that says until when the release may not be used, as it stands; empty where none does."""
    return _first(_EMBARGO, _sentences((lead, *body[:_BEGINNING])))


def deadline(lead: str, body: Sequence[str], *, everywhere: bool = False) -> str:
    """The line that says until when one may sign up; `everywhere`: looked for in the whole text, as of an invitation."""
    return _first(_DEADLINE, _sentences((lead, *(body if everywhere else body[:_BEGINNING]))))


def _first(pattern: re.Pattern[str], sentences: Iterator[str]) -> str:
    return next((each for each in sentences if pattern.search(each) and _DAY_OR_TIME.search(each)), "")


def _sentences(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        for sentence in sentences(" ".join(line[: 10 * _LONGEST].split())):
            if len(sentence) <= _LONGEST:
                yield sentence.strip()
