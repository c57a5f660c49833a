"""Contacts as a file that telephones and mail programs take: vCard 3.0, which all of them read (RFC 2426)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from bot.cards.contact import label_of, source_of
from bot.cards.content_lines import escaped, written
from bot.contacts import KnownContact, same_name, ways
from bot.domain.contact import Contact, Phone
from bot.domain.file import File, file_name
from bot.domain.newsroom import Newsroom, NewsroomEntry
from bot.i18n import Texts

MEDIA_TYPE = "text/vcard"
_FAX = "fax"


def vcard_file(known: Sequence[KnownContact], newsroom: Newsroom | NewsroomEntry, texts: Texts) -> File | None:
    """The contacts that can be reached by themselves, a card each; None where there is none."""
    cards = [each for each in known if ways(each.contact)]
    if not cards:
        return None
    name = newsroom.slug if len(cards) > 1 else f"{newsroom.slug} {label_of(cards[0].contact, newsroom, texts)}"
    lines = [line for each in cards for line in _card(each, newsroom, texts)]
    return File(file_name(name, "vcf"), MEDIA_TYPE, written(lines))


def _card(known: KnownContact, newsroom: Newsroom | NewsroomEntry, texts: Texts) -> Iterator[str]:
    contact, org = known.contact, known.contact.org or newsroom.name
    yield "BEGIN:VCARD"
    yield "VERSION:3.0"
    yield f"UID:{_identity(contact, newsroom.slug)}"
    yield f"FN:{escaped(_full_name(contact, newsroom, texts))}"
    yield f"N:{_name(contact)}"
    yield f"ORG:{escaped(org)}"
    if contact.role:
        yield f"TITLE:{escaped(contact.role)}"
    yield from (_phone(phone) for phone in contact.phones if _number(phone))
    yield from (f"EMAIL;TYPE=INTERNET:{escaped(email)}" for email in contact.emails)
    if newsroom.page_url:
        yield f"URL:{newsroom.page_url}"
    yield f"NOTE:{escaped(_note(known, texts))}"
    yield "END:VCARD"


def _full_name(contact: Contact, newsroom: Newsroom | NewsroomEntry, texts: Texts) -> str:
    """A desk is looked for in a telephone by whose it is."""
    label = label_of(contact, newsroom, texts)
    return label if contact.name or newsroom.name in label else f"{label}, {newsroom.name}"


def _name(contact: Contact) -> str:
    """Family name; given names. A desk has neither."""
    given, _, family = (contact.name or "").strip().rpartition(" ")
    return f"{escaped(family)};{escaped(given)};;;"


def _phone(phone: Phone) -> str:
    fax = _FAX in (phone.note or "").casefold()
    return f"TEL;TYPE=WORK,{'FAX' if fax else 'VOICE'}:{escaped(_number(phone))}"


def _number(phone: Phone) -> str:
    """As telephones dial it: a comma is a pause before the extension."""
    number = phone.e164 or "".join(char for char in phone.note or "" if char.isdigit())
    return f"{number},{phone.ext}" if number and phone.ext else number


def _note(known: KnownContact, texts: Texts) -> str:
    notes = [f"{phone.e164}: {phone.note}" for phone in known.contact.phones if phone.e164 and phone.note]
    return "\n".join([*notes, source_of(known, texts)])


def _identity(contact: Contact, slug: str) -> str:
    """The same for the same contact, so that a telephone brings it up to date rather than keep it twice."""
    who = same_name(contact.name) or min(ways(contact))
    return f"pressevagt-{hashlib.blake2b(f'{slug} {who}'.encode(), digest_size=10).hexdigest()}"
