"""Which numbers and addresses belong together, to whom, and for whom are they?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.domain.contact import Contact, ContactKind, Phone
from bot.feeds.contacts import people, words
from bot.feeds.contacts.marks import Mark

LOOK_BACK = 500
"""How many characters before a number may say whose it is."""

LONG_LINE = 180
"""A longer line is prose, not a line of a contact."""

A_WORD = 4
"""Shorter remains between two numbers, such as `og`, say nothing."""

_PROSE_END = re.compile(r"(?<=[a-zæøåäöüß]{3})[.!?] +(?=[A-ZÆØÅÄÖÜ])|(?<=[\d)»”\"])[.!?] +(?=[A-ZÆØÅÄÖÜ])")
_LABELS = re.compile(r"\b(?:e-?mail|mail|e-?post|epost|mejl|sähköposti|adresse|address|web|www)\b|\b[EMTP]\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<![ .][A-ZÆØÅ])(?<!\btlf)(?<!\btel)(?<!\bmob)[.!?] +(?=[A-ZÆØÅÄÖ])|\n\s*[-•·] ?(?=\w)")
_REMARK = re.compile(r"^\s*\([^()\n]*\)")
_POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}-)?\d{4,5} [A-ZÆØÅÄÖ]|\b\d{3} \d{2} [A-ZÆØÅÄÖ]")


@dataclass(slots=True)
class _Block:
    """A contact in the making."""

    kind: ContactKind
    name: str | None
    role: str | None
    org: str | None
    end: int
    marks: list[Mark] = field(default_factory=list)

    def contact(self) -> Contact:
        phones: dict[str, Phone] = {}
        emails: dict[str, None] = {}
        for mark in self.marks:
            if mark.phone is not None:
                phones.setdefault(mark.value, mark.phone)
            elif mark.email is not None:
                emails.setdefault(mark.email)
        return Contact(self.kind, self.name, self.role, self.org, tuple(phones.values()), tuple(emails))


def gather(text: str, marks: Sequence[Mark]) -> tuple[Contact, ...]:
    """The contacts that `marks` make in `text`, in order, each once."""
    blocks: list[_Block] = []
    for mark in marks:
        floor = blocks[-1].end if blocks else 0
        gap = people.unglue(_relevant(text[max(floor, mark.start - LOOK_BACK) : mark.start]))
        if not blocks or _begins(gap, mark, blocks[-1]):
            blocks.append(_begin(gap, mark, blocks[-1] if blocks else None))
        blocks[-1].marks.append(mark)
        blocks[-1].end = mark.end
    return _once([block.contact() for block in blocks])


def _relevant(gap: str) -> str:
    """The end of a gap that may speak of the contact: not the prose above its lines, nor earlier sentences of a long line."""
    head, newline, line = gap.rpartition("\n")
    if len(line) > LONG_LINE:
        return _PROSE_END.split(line)[-1]
    while newline:
        above, newline, last = head.rpartition("\n")
        if len(last) > LONG_LINE:
            return gap[len(head) :]
        head = above
    return gap


def _begins(gap: str, mark: Mark, block: _Block) -> bool:
    """Whether the words before a mark begin another contact."""
    named = _named(gap)
    if named is not None:
        return named.name.casefold() != (block.name or "").casefold()
    if block.kind is ContactKind.OTHER and _is_press(mark):
        return True
    gap = _REMARK.sub("", gap)
    said = re.sub(r"[\W\d_]+", " ", words.FAX.sub(" ", words.PHONE.sub(" ", _LABELS.sub(" ", gap)))).strip()
    if len(said) < A_WORD:
        return False
    if _SENTENCE_END.search(gap) or words.DESK.search(gap) or words.NOT_PRESS.search(gap):
        return True
    if any((mark.phone is None) == (other.phone is None) for other in block.marks) and "\n" in gap.strip(" "):
        return mark.value not in {other.value for other in block.marks} and len(said) > 2 * A_WORD
    return bool(words.CUE.search(gap)) and "\n" in gap


def _named(gap: str) -> people.Person | None:
    """The person of a gap: whom the words after the last word of contact name, or else one who stands alone on a line."""
    cues = list(words.CUE.finditer(gap))
    after = cues[-1].end() if cues else 0
    found = [
        person for person in people.find_people(gap) if person.start >= after or words.CUE.fullmatch(gap[person.start : person.end])
    ]
    if not found and cues and not gap[cues[-1].end() :].strip(" \n:|"):
        found = people.find_people(gap[: cues[-1].start()].rsplit("\n", 1)[-1])
    return people.called(gap, found)


def _begin(gap: str, mark: Mark, previous: _Block | None) -> _Block:
    """A new contact from the words before its first mark."""
    person = _named(gap) or (people.lone_name(gap) if previous is None or "\n\n" in gap else None)
    role = people.role_of(gap if person is not None else _last_part(gap), person)
    return _Block(_kind(gap, role, person, mark, previous), _plain_name(person), role, people.org_of(gap), mark.end)


def _plain_name(person: people.Person | None) -> str | None:
    return words.TITLE.sub("", person.name) if person else None


def _last_part(gap: str) -> str:
    """The last sentence of a gap, where a desk is named."""
    return _SENTENCE_END.split(gap)[-1]


def _kind(gap: str, role: str | None, person: people.Person | None, mark: Mark, previous: _Block | None) -> ContactKind:
    """For the media, unless the nearest word that tells says something else."""
    part = _last_part(gap)
    press, other = _last(words.PRESS, part), _last(words.NOT_PRESS, part)
    if role and words.PRESS.search(role) and not words.NOT_PRESS.search(role):
        return ContactKind.PRESS
    if other > press:
        return ContactKind.OTHER
    if _is_press(mark):
        return ContactKind.PRESS
    if (
        press < 0
        and previous is not None
        and previous.kind is ContactKind.OTHER
        and "\n\n" not in gap
        and not words.CUE.search(gap)
    ):
        return ContactKind.OTHER
    if mark.phone is not None and mark.phone.e164 is None:
        return ContactKind.OTHER
    if press < 0 and person is None and not words.CUE.search(gap) and _POSTCODE.search(gap):
        return ContactKind.OTHER
    return ContactKind.PRESS


def _is_press(mark: Mark) -> bool:
    """Whether an address says itself that it is for the media."""
    return mark.email is not None and words.PRESS.match(mark.email) is not None


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((m.start() for m in pattern.finditer(text)), default=-1)


def _once(contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """Repeats of a contact made one: the same person, or a nameless one all of whose numbers and addresses were given before."""
    kept: list[Contact] = []
    for contact in contacts:
        twin = next((i for i, other in enumerate(kept) if _same(contact, other)), None)
        if twin is None:
            kept.append(contact)
        else:
            kept[twin] = _joined(kept[twin], contact)
    return tuple(kept)


def _same(new: Contact, old: Contact) -> bool:
    if new.name and old.name:
        return new.name.casefold() == old.name.casefold()
    values, known = set(_values(new)), set(_values(old))
    return bool(values) and (values <= known if new.name is None else old.name is None and known <= values)


def _values(contact: Contact) -> list[str]:
    return [*(phone.e164 or phone.note or "" for phone in contact.phones), *contact.emails]


def _joined(old: Contact, new: Contact) -> Contact:
    phones = {phone.e164 or phone.note: phone for phone in (*new.phones, *old.phones)}
    order = dict.fromkeys(phone.e164 or phone.note for phone in (*old.phones, *new.phones))
    return replace(
        old,
        name=old.name or new.name,
        role=old.role or new.role,
        org=old.org or new.org,
        phones=tuple(phones[key] for key in order),
        emails=tuple(dict.fromkeys((*old.emails, *new.emails))),
    )
