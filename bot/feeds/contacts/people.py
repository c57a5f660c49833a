"""Who is named in the words before a number, and what is said of them?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.feeds.contacts import words
from bot.feeds.contacts.marks import BLOT

FEWEST_NAMES, MOST_NAMES = 2, 4
"""Capitalised words of a person's name."""
_BEFORE = 100
"""Characters before a name that may say that somebody works for it."""

_GLUE = re.compile(
    r"(?<=[a-zß-ÿ.)])(?=[A-ZÀ-ÖØ-Þ][a-zß-ÿ])|(?<=[A-Z])(?=[A-ZÀ-ÖØ-Þ][a-zß-ÿ]{2})|(?<=[a-zß-ÿ]{3})(?=[A-Z]{2,})|(?<=[a-zß-ÿ]H)(?=[A-ZÀ-ÖØ-Þ])|(?<=[)\d])(?=[A-ZÀ-ÖØ-Þ][a-zß-ÿ]{2})"
)
_KEEP = re.compile(r"(?:\b(?:Mc|Mac|De|Di|Du|La|Le|Van|Fitz|O)|[A-Z]\.)$")
_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*\.?|\d+|[^\w\s]|\n|" + BLOT)
_COMPANY = re.compile(
    r"(?:^|[|\n:;,(] ?|\b)((?:[A-ZÀ-Þ][\w&.'-]{0,30} ){1,4}(?:GmbH|AG|SE|ApS|A/S|ASA|AS|AB|"
    r"Oyj|Oy|Ltd|Limited|LLC|Inc|Corp|PLC|plc|Aktiengesellschaft))\b"
)
_PARTICLES = frozenset(
    ["von", "van", "der", "den", "de", "del", "di", "da", "af", "av", "la", "le", "zu", "zur", "bin", "al", "el", "dos"]
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person as named in a text, `text[start:end]`."""

    name: str
    start: int
    end: int


def unglue(text: str) -> str:
    """`text` with a bar where a word was run into the next (`GmbHBo`, `HolmGroup`): longer than before."""
    return _GLUE.sub(lambda m: "" if _KEEP.search(text[max(0, m.start() - 5) : m.start()]) else "|", text)


def find_people(text: str) -> list[Person]:
    """The people whom `text` names, in order: two to four capitalised words that are no function, organisation or place."""
    tokens = list(_TOKEN.finditer(text))
    found: list[Person] = []
    at = 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and _continues(tokens[end][0], begun=end > at):
            end += 1
        before = tokens[at - 1][0] if at else ""
        if (
            end > at
            and not before.isdigit()
            and (person := _person(text, tokens[at:end], [token[0] for token in tokens[end : end + 4]]))
        ):
            found.append(person)
        at = max(end, at + 1)
    return found


def _continues(token: str, *, begun: bool) -> bool:
    """Whether a token may be part of a name, of which something stands before if it has `begun`."""
    if token in _PARTICLES:
        return begun
    if not token[0].isupper() or not (token[-1].isalpha() or token[1:] == "."):
        return False
    return not words.is_function_word(token)


def _person(text: str, run: list[re.Match[str]], after: list[str]) -> Person | None:
    """The person that a run of name-like words is, if it is one: no address, no company."""
    if len(run[-1][0]) == 1 and after[:1] == [":"]:
        run = run[:-1]  # a label: `Bo Holm E: ...`
    elif len(run[-1][0]) == 1 or (after and after[0].isdigit()):
        return None  # a place: `1216 København K`, `Havnegade 12`
    while run and (run[-1][0] in _PARTICLES or run[-1][0].endswith(".")):
        run = run[:-1]
    if _is_company(after):
        run = run[:2] if len(run[2:]) else []
    capitals = [token[0] for token in run if token[0] not in _PARTICLES]
    shouted = sum(word.isupper() and len(word.rstrip(".")) > 1 for word in capitals)
    if not FEWEST_NAMES <= len(capitals) <= MOST_NAMES or shouted not in {0, len(capitals)}:
        return None
    start, end = run[0].start(), run[-1].end()
    return Person(re.sub(r"\s+", " ", text[start:end]), start, end)


def _is_company(after: list[str]) -> bool:
    """Whether the words behind a name make it that of a company: `Group` does, `Group PR Manager` does not."""
    for i, word in enumerate(after):
        low = word.lower().rstrip(".")
        if low in words.LEGAL_FORMS and word[0].isupper():
            return True
        if word == "," and after[i + 1 : i + 2] and after[i + 1].lower().rstrip(".") in words.LEGAL_FORMS:
            return True
        if low not in words.ORG_WORDS or not word[0].isupper() or (i == 0 and low in {"media", "communications"}):
            return False
        if not (after[i + 1 : i + 2] and words.ROLE_START.match(after[i + 1])):
            return True
    return False


def called(text: str, named: Sequence[Person]) -> Person | None:
    """Of the people whom `text` names, in order, the one whose number follows: the last, but not whom or where that one works for.

    Behind a name and a comma stands an organisation rather than somebody else; a desk that is named after all of them has none.
    """
    own = [person for person in named if not words.SERVED.search(text[max(0, person.start - _BEFORE) : person.start])]
    if not own or words.TO_A_DESK.search(text, own[-1].end):
        return None
    last = len(own) - 1
    while last and _is_listed(text[own[last - 1].end : own[last].start]):
        last -= 1
    return own[last]


def _is_listed(between: str) -> bool:
    """Whether two names stand on one line with commas alone between them and what is said of the first."""
    return between.endswith(", ") and not re.search(r"[\n|;:\d]", between) and not words.AND.search(between)


def lone_name(text: str) -> Person | None:
    """A single capitalised word alone on its line near the end: people who use one name."""
    for m in reversed(list(re.finditer(r"^[ |]*([^\W\d_]{3,20})[ |:]*$", text, re.MULTILINE))):
        if m[1].istitle() and not words.is_function_word(m[1]):
            return Person(m[1], m.start(1), m.end(1))
    return None


def role_of(text: str, person: Person | None) -> str | None:
    """The role that `text` gives to `person`, or the desk it names when there is no person."""
    if person is None:
        desks = list(words.DESK.finditer(text))
        return _tidy(desks[-1][0]) if desks else None
    for piece in re.split(r"[|\n;(]| {2,}|, (?=[A-ZÆØÅÄÖ]?[^,]*$)", text[person.end :]):
        if words.ROLE.search(piece):
            return _tidy(piece)
    before = re.split(r"[|\n;:]|\. | {2,}", text[: person.start].rstrip(" ,\n|-"))[-1]
    if words.ROLE.search(before):
        stops = [stop.end() for stop in words.ROLE_STOP.finditer(before) if not words.SERVED.search(before[: stop.end()])]
        return _tidy(before[stops[-1] :] if stops else before)
    return None


def _tidy(role: str) -> str | None:
    said = re.sub(r"\s+", " ", role).strip(" ,.:;-|()" + BLOT)
    return re.sub(r"\s+(?:på|paa|at|on|tlf|tel|telefon|mobil)$", "", said, flags=re.IGNORECASE)[:120] or None


def org_of(text: str) -> str | None:
    """The last company in `text` that bears its legal form."""
    found = _COMPANY.findall(text)
    return str(found[-1]) if found else None
