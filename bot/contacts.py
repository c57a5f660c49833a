"""Whom the press can call at a newsroom: what releases, the catalogue and operators say of contacts, as one list. Pure.

Two people are two, whatever they share; people of one name are one. What has no name is a desk, and desks that share a number or
an address are one. A number stands once, but with people of different names: what a desk has is left out of what a person has.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.domain.contact import Contact, ContactKind, Phone, Pin, Sighting

OLD_AFTER = timedelta(days=548)
"""Eighteen months: whom no release has named for so long may sit elsewhere by now."""


class Stale(Enum):
    """Why a contact may not be the right one any more."""

    OLD = auto()
    """Not named for eighteen months."""
    SUPERSEDED = auto()
    """The same desk has another number since."""


@dataclass(frozen=True, slots=True)
class KnownContact:
    """A contact with all that is known of it.

    `last` is the newest release that names it, `releases` the ids of all that do. `listed`: the catalogue has it too. `pinned_at`:
    an operator vouches for it since. `through_desk`: all its numbers and addresses are those of a desk, with which they stand.
    """

    contact: Contact
    last: Sighting | None = None
    releases: frozenset[int] = frozenset()
    listed: bool = False
    pinned_at: datetime | None = None
    stale: Stale | None = None
    through_desk: bool = False

    @property
    def is_desk(self) -> bool:
        """Whether it is no person."""
        return self.contact.name is None


def merge(
    seen: Iterable[Sighting], *, listed: Contact | None = None, pins: Sequence[Pin] = (), now: datetime | None = None
) -> tuple[KnownContact, ...]:
    """The press contacts, none twice: pinned ones, then desks, then people, the newest first; what is stale comes last.

    Where sources disagree on a role or a note, the newest wins. A pin takes the place of what it corrects: the same name, or
    nothing beyond its numbers and addresses. Without `now` nothing is too old. Whom the press cannot reach is left out.
    """
    sightings = sorted(filter(_reachable, seen), key=lambda each: each.seen, reverse=True)
    known = [_united(group, now) for group in _grouped(_without_shadows(sightings))]
    known = _with_listed(known, listed) if listed and ways(listed) else known
    pinned = [KnownContact(pin.contact, pinned_at=pin.at) for pin in sorted(pins, key=lambda pin: pin.at, reverse=True)]
    known = [*_corrected(pinned, known), *(each for each in known if not any(corrects(pin.contact, each.contact) for pin in pins))]
    known = _marked(known, now)
    return tuple(_once(sorted(known, key=_rank)))


def ways(contact: Contact) -> frozenset[str]:
    """The numbers and addresses of a contact, in one form each."""
    return frozenset(filter(None, map(_number, contact.phones))) | {email.casefold() for email in contact.emails}


def without(contact: Contact, taken: frozenset[str]) -> Contact:
    """A contact without these numbers and addresses."""
    phones = tuple(phone for phone in contact.phones if _number(phone) not in taken)
    return replace(contact, phones=phones, emails=tuple(email for email in contact.emails if email.casefold() not in taken))


def _number(phone: Phone) -> str:
    return f"{phone.e164 or phone.note or ''} {phone.ext or ''}".rstrip()


def same_name(name: str | None) -> str:
    """A name in the form by which people are told apart."""
    return " ".join(unicodedata.normalize("NFC", name or "").casefold().split())


def _reachable(sighting: Sighting) -> bool:
    return sighting.contact.kind is ContactKind.PRESS and bool(ways(sighting.contact))


# What is one ------------------------------------------------------------------------------------------------------------


def _without_shadows(sightings: Sequence[Sighting]) -> list[Sighting]:
    """Without nameless contacts that are a person's: the text says the number once with the name, and once without.

    That is so where the same release has both, and of a bare number anywhere.
    """
    people = [each for each in sightings if each.contact.name]
    return [each for each in sightings if each.contact.name or not any(_is_shadow(each, person) for person in people)]


def _is_shadow(nameless: Sighting, person: Sighting) -> bool:
    bare = not nameless.contact.role and not nameless.contact.org
    return (bare or nameless.release_id == person.release_id) and ways(nameless.contact) <= ways(person.contact)


def _grouped(sightings: Iterable[Sighting]) -> list[list[Sighting]]:
    """Those that are of one contact together, newest first in each and by their newest."""
    groups: list[tuple[set[str], list[Sighting]]] = []
    for each in sightings:
        keys = {f"name {same_name(each.contact.name)}"} if each.contact.name else set(ways(each.contact))
        meeting = [group for group in groups if group[0] & keys]
        joined = (keys.union(*(group[0] for group in meeting)), [*(s for group in meeting for s in group[1]), each])
        at = groups.index(meeting[0]) if meeting else len(groups)
        groups = [group for group in groups if group not in meeting]
        groups.insert(at, joined)
    return [sorted(group, key=lambda each: each.seen, reverse=True) for _, group in groups]


def _united(group: Sequence[Sighting], now: datetime | None) -> KnownContact:
    """One contact of what several releases say; what was said long ago does not count beside what was said since."""
    fresh = [each for each in group if not _is_old(each.seen, now)] or group
    contact = _joined([each.contact for each in fresh])
    return KnownContact(contact, group[0], frozenset(each.release_id for each in group))


def _joined(contacts: Sequence[Contact]) -> Contact:
    """Contacts as one: the first one's words before those of the others, all their numbers and addresses."""
    first = contacts[0]
    phones: dict[str, Phone] = {}
    for phone in (phone for contact in contacts for phone in contact.phones):
        before = phones.setdefault(_number(phone), phone)
        phones[_number(phone)] = before if before.note else replace(before, note=phone.note)
    emails = {email.casefold(): email for contact in reversed(contacts) for email in reversed(contact.emails)}
    ordered = dict.fromkeys(email.casefold() for contact in contacts for email in contact.emails)
    return replace(
        first,
        role=next((each.role for each in contacts if each.role), None),
        org=next((each.org for each in contacts if each.org), None),
        phones=tuple(phones.values()),
        emails=tuple(emails[each] for each in ordered),
    )


def _with_listed(known: Sequence[KnownContact], listed: Contact) -> list[KnownContact]:
    """With the catalogue's contact: in a desk that shares a number or an address with it, the person of its name, or by itself."""
    same = [each for each in known if _is_same(each.contact, listed)]
    others = [each for each in known if each not in same]
    if not same:
        return [KnownContact(listed, listed=True), *known]
    first = same[0]  # they come newest first
    contact = _joined([*(each.contact for each in same), listed])
    releases = frozenset(ident for each in same for ident in each.releases)
    return [KnownContact(contact, first.last, releases, listed=True), *others]


def _is_same(one: Contact, other: Contact) -> bool:
    if one.name or other.name:
        return same_name(one.name) == same_name(other.name)
    return bool(ways(one) & ways(other))


# What an operator says --------------------------------------------------------------------------------------------------


def corrects(pinned: Contact, read: Contact) -> bool:
    """Whether what an operator says replaces what was read: the same name, or nothing beyond its numbers and addresses."""
    return (bool(read.name) and same_name(pinned.name) == same_name(read.name)) or ways(read) <= ways(pinned)


def _corrected(pinned: Iterable[KnownContact], known: Sequence[KnownContact]) -> list[KnownContact]:
    """The pinned ones, with the releases that named what they correct."""
    made = []
    for pin in pinned:
        replaced = [each for each in known if corrects(pin.contact, each.contact)]
        sightings = [each.last for each in replaced if each.last]
        last = max(sightings, key=lambda each: each.seen, default=None)
        made.append(replace(pin, last=last, releases=frozenset(ident for each in replaced for ident in each.releases)))
    return made


# What may not be right any more, and what comes first ---------------------------------------------------------------------


def _is_old(seen: datetime, now: datetime | None) -> bool:
    return now is not None and now - seen > OLD_AFTER


def _marked(known: Sequence[KnownContact], now: datetime | None) -> list[KnownContact]:
    return [replace(each, stale=_staleness(each, known, now)) for each in known]


def _staleness(contact: KnownContact, known: Sequence[KnownContact], now: datetime | None) -> Stale | None:
    if contact.pinned_at:
        return None
    if contact.is_desk and contact.contact.phones and any(_supersedes(other, contact) for other in known):
        return Stale.SUPERSEDED
    is_old = not contact.listed and contact.last is not None and _is_old(contact.last.seen, now)
    return Stale.OLD if is_old else None


def _supersedes(newer: KnownContact, desk: KnownContact) -> bool:
    """Whether it is the same desk with another number since."""
    if newer is desk or not newer.is_desk or not newer.contact.phones or not _same_function(newer.contact, desk.contact):
        return False
    if newer.pinned_at:
        return True
    return bool(newer.last and desk.last and not desk.listed and newer.last.seen > desk.last.seen)


def _same_function(one: Contact, other: Contact) -> bool:
    return same_name(one.role) == same_name(other.role) and same_name(one.org) == same_name(other.org)


def _rank(known: KnownContact) -> tuple[bool, bool, bool, bool, float]:
    seen = -known.last.seen.timestamp() if known.last else 0.0
    return known.stale is not None, known.pinned_at is None, not known.is_desk, not known.listed, seen


def _once(ranked: Sequence[KnownContact]) -> list[KnownContact]:
    """No number or address twice, but with people of different names. What is pinned stays whole; what is fresh goes before."""
    shown: frozenset[str] = frozenset()
    of_desks: frozenset[str] = frozenset()
    found: list[KnownContact] = []
    for each in ranked:
        taken = frozenset[str]() if each.pinned_at else shown if each.is_desk else of_desks
        left = without(each.contact, taken)
        if not ways(left) and each.is_desk:
            continue
        found.append(replace(each, contact=left, through_desk=not ways(left)))
        shown |= ways(left)
        of_desks |= ways(left) if each.is_desk else frozenset()
    return found
