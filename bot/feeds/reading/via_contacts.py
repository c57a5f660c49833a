"""Cards of press contacts in a document of the Via platform.

How a card names telephone and e-mail is not known for certain, so all its texts are searched, as the text of a release is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.contact import Contact, Phone
from bot.feeds.contacts import extract_contacts
from bot.feeds.html.lines import plain_line, shorten
from bot.feeds.reading.loose import all_texts, fields_in, first_text, text_in

MOST_CARDS = 20
_LONGEST = 120
_NAMES = ("name", "title", "company_department", "image", "contactLinks")
"""What is no telephone and no e-mail, whatever digits stand in it."""


def card_contacts(cards: Iterable[object], region: str, language: str) -> tuple[Contact, ...]:
    """The contacts of a document's cards, in their order; a card that names nobody is left out."""
    found = (_contact(fields_in(card), region, language) for card in list(cards)[:MOST_CARDS])
    return tuple(dict.fromkeys(contact for contact in found if contact))


def with_cards(cards: Sequence[Contact], in_text: Sequence[Contact]) -> tuple[Contact, ...]:
    """The cards, and of the contacts in the text those that no card names; what the text says of a number is kept with it."""
    noted = {phone.e164: phone for contact in in_text for phone in contact.phones if phone.note}
    known = {way for contact in cards for way in _ways(contact)}
    named = {contact.name.casefold() for contact in cards if contact.name}
    kept = [replace(contact, phones=tuple(_noted(phone, noted) for phone in contact.phones)) for contact in cards]
    others = [each for each in in_text if not known & set(_ways(each)) and (each.name or "").casefold() not in named]
    return (*kept, *others)


def _contact(card: dict[str, object], region: str, language: str) -> Contact | None:
    name, title, org = (shorten(plain_line(text_in(card.get(field))), _LONGEST) for field in _NAMES[:3])
    said = [plain_line(text) for text in all_texts({key: value for key, value in card.items() if key not in _NAMES})]
    read = extract_contacts("\n".join(filter(None, (name, title, *said))), region, language)
    if not read and not name:
        return None
    # A card is one contact, however many its texts look like; and a desk that stands where a name belongs has none.
    is_desk = bool(read) and read[0].name is None and read[0].role is not None and not title
    first = read[0] if read else Contact()
    return replace(
        first,
        name=None if is_desk else name or first.name,
        role=first_text(title, first.role, name if is_desk else "") or None,
        org=org or first.org,
        phones=tuple(dict.fromkeys(phone for contact in read for phone in contact.phones)),
        emails=tuple(dict.fromkeys(email for contact in read for email in contact.emails)),
    )


def _ways(contact: Contact) -> list[str]:
    return [*(phone.e164 for phone in contact.phones if phone.e164), *contact.emails]


def _noted(phone: Phone, noted: dict[str | None, Phone]) -> Phone:
    return phone if phone.note or phone.e164 not in noted else replace(phone, note=noted[phone.e164].note)
