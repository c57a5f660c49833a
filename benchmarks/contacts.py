"""How many texts does the contact extractor get right?

    python benchmarks/contacts.py CASES.jsonl [--verbose]

One JSON object per line: `id`, `lang`, `region`, `text`, `expected.contacts` (kind, name, role, phones with e164, ext and note,
emails) and `must_not`; whatever is missing counts as empty. A text is right when the set of its numbers (fax left out) and
the set of its addresses are exactly those expected. The last line is `primary R/N`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.domain.contact import Contact, ContactKind, Phone
from bot.feeds.contacts import extract_contacts

_NO_SMS = re.compile(r"\b(?:sms|texts?\b|text messages?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Case:
    """A text and what a reader would note down from it."""

    id: str
    language: str
    region: str
    text: str
    contacts: tuple[Contact, ...]
    must_not: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """Right and all, by what was measured; the texts that are wrong; the milliseconds each text took."""

    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    hits: list[str] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    def count(self, what: str, *, good: bool) -> None:
        """Counts one thing measured."""
        self.of[what] += 1
        self.right[what] += good

    def share(self, what: str) -> str:
        """`what` as `right/all`."""
        return f"{self.right[what]}/{self.of[what]}"


def read_cases(path: Path) -> list[Case]:
    """The cases of a file, blank lines skipped; split at line feeds alone, since a text may hold other line ends."""
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    return [_case(json.loads(line), number) for number, line in enumerate(lines, 1) if line.strip()]


def _case(record: dict[str, Any], number: int) -> Case:
    expected = (record.get("expected") or {}).get("contacts") or record.get("contacts") or []
    return Case(
        str(record.get("id") or number),
        str(record.get("lang") or ""),
        str(record.get("region") or ""),
        str(record.get("text") or ""),
        tuple(_contact(contact) for contact in expected),
        tuple(record.get("must_not") or ()),
    )


def _contact(record: dict[str, Any]) -> Contact:
    phones = tuple(Phone(phone.get("e164"), phone.get("ext"), phone.get("note")) for phone in record.get("phones") or ())
    kind = ContactKind.OTHER if record.get("kind") == "other" else ContactKind.PRESS
    return Contact(kind, record.get("name"), record.get("role"), record.get("org"), phones, tuple(record.get("emails") or ()))


def score(cases: Sequence[Case]) -> Tally:
    """Runs the extractor on every case."""
    tally = Tally()
    for case in cases:
        began = time.perf_counter()
        found = extract_contacts(case.text, case.region, case.language)
        tally.took.append((time.perf_counter() - began) * 1000)
        _primary(tally, case, found)
        _secondary(tally, case.contacts, found)
        tally.hits += [f"{case.id}: {hit}" for hit in _must_not_hits(case, found)]
        _no_sms(tally, case.contacts, found)
    return tally


def _sets(contacts: Sequence[Contact]) -> tuple[set[str], set[str]]:
    """The numbers, fax left out, and the addresses in lower case."""
    numbers = {phone.e164 for contact in contacts for phone in contact.phones if phone.e164 and phone.note != "fax"}
    return numbers, {email.lower() for contact in contacts for email in contact.emails}


def _primary(tally: Tally, case: Case, found: Sequence[Contact]) -> None:
    wanted, got = (set().union(*_sets(contacts)) for contacts in (case.contacts, found))
    tally.count("primary", good=wanted == got)
    tally.count(f"primary, {case.language or 'no language'}", good=wanted == got)
    if wanted != got:
        tally.wrong.append(f"{case.id}: missing {sorted(wanted - got)}, extra {sorted(got - wanted)}")


def _secondary(tally: Tally, wanted: Sequence[Contact], found: Sequence[Contact]) -> None:
    for want, got in _pairs(wanted, found):
        tally.count("paired", good=got is not None)
        if got is None:
            continue
        tally.count("names", good=_folded(want.name) == _folded(got.name))
        if want.role is not None:
            ours, theirs = _folded(got.role), _folded(want.role)
            tally.count("roles", good=bool(ours) and (ours in theirs or theirs in ours))
        tally.count("attachment", good=_values(want) == _values(got))
        tally.count("kinds", good=want.kind is got.kind)
        extensions = {phone.e164: phone.ext for phone in got.phones}
        for phone in want.phones:
            if phone.e164 in extensions and (phone.ext or extensions[phone.e164]):
                tally.count("extensions", good=phone.ext == extensions[phone.e164])


def _pairs(wanted: Sequence[Contact], found: Sequence[Contact]) -> Iterator[tuple[Contact, Contact | None]]:
    """Each expected contact with the reported one that shares most with it; by name where it has no number or address."""
    left = list(found)
    for want in wanted:
        best = max(left, key=lambda got: _likeness(want, got), default=None)
        if best is None or not _likeness(want, best)[0]:
            yield want, None
        else:
            left.remove(best)
            yield want, best


def _likeness(want: Contact, got: Contact) -> tuple[int, bool]:
    same_name = bool(want.name) and _folded(want.name) == _folded(got.name)
    return (len(_values(want) & _values(got)) if _values(want) else int(same_name)), same_name


def _values(contact: Contact) -> set[str]:
    return {
        *(phone.e164 or phone.note or "" for phone in contact.phones if phone.note != "fax"),
        *(email.lower() for email in contact.emails),
    }


def _folded(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()


def _must_not_hits(case: Case, found: Sequence[Contact]) -> Iterator[str]:
    """The forbidden strings that were reported as an address, or as a number with or without its country code."""
    numbers, emails = _sets(found)
    for text in case.must_not:
        digits = re.sub(r"\D", "", text)
        as_number = (
            "@" not in text
            and digits
            and any(
                number[1:] == digits or (number.endswith(digits) and 1 <= len(number) - 1 - len(digits) <= 3) for number in numbers
            )
        )
        if text.lower() in emails or as_number:
            yield text


def _no_sms(tally: Tally, wanted: Sequence[Contact], found: Sequence[Contact]) -> None:
    notes = {phone.e164: phone.note or "" for contact in found for phone in contact.phones}
    for phone in (phone for contact in wanted for phone in contact.phones if _NO_SMS.search(phone.note or "")):
        tally.count("no-SMS notes kept", good=bool(_NO_SMS.search(notes.get(phone.e164, ""))))


def report(tally: Tally, *, verbose: bool) -> None:
    """Prints the figures; the primary score last."""
    if verbose:
        print(*(tally.wrong or ["no text is wrong"]), sep="\n")
    for what in sorted(key for key in tally.of if key.startswith("primary, ")):
        print(f"  {what}: {tally.share(what)}")
    for what in ("paired", "names", "roles", "attachment", "extensions", "kinds", "no-SMS notes kept"):
        print(f"{what}: {tally.share(what)}")
    print(f"must_not hits: {len(tally.hits)}" + "".join(f"\n  {hit}" for hit in tally.hits))
    took = sorted(tally.took) or [0.0]
    print(f"time per text: median {took[len(took) // 2]:.2f} ms, slowest {took[-1]:.2f} ms")
    print(f"primary {tally.share('primary')}")


def main() -> None:
    """Reads the command line and prints the report."""
    parser = argparse.ArgumentParser(description="Score the contact extractor on a file of cases.")
    parser.add_argument("file", type=Path, help="cases, one JSON object per line")
    parser.add_argument("--verbose", action="store_true", help="list the texts that are wrong, with what is missing and extra")
    arguments = parser.parse_args()
    report(score(read_cases(arguments.file)), verbose=arguments.verbose)


if __name__ == "__main__":
    main()
