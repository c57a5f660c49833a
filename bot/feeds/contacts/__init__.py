"""Press contacts out of the text of a release: who may be called, at which number or address."""

from __future__ import annotations

from bot.domain.contact import Contact
from bot.feeds.contacts.addresses import find_addresses
from bot.feeds.contacts.blocks import gather
from bot.feeds.contacts.numbers import find_numbers
from bot.feeds.contacts.places import crop, hot_places
from bot.feeds.contacts.plain import as_read
from bot.feeds.contacts.remarks import remark_all


def extract_contacts(text: str, region: str, language: str = "") -> tuple[Contact, ...]:
    """The contacts that `text` names, in order of appearance, each once.

    `text` is plain, but may hold remnants of HTML or Markdown. `region` (ISO 3166 alpha-2) is assumed for numbers without a
    country code; that of `language` (ISO 639-1) helps where the region knows no such number. Names are never made from an
    address. Numbers are valid by the region's numbering plan; addresses are lower case. Nothing is raised.
    """
    places = hot_places(text)
    if not places:
        return ()
    readable = as_read(crop(text, places))
    addresses = find_addresses(readable)
    numbers = find_numbers(readable, region, language, addresses)
    if not addresses and not numbers:
        return ()
    marks = sorted([*addresses, *numbers], key=lambda mark: mark.start)
    return gather(readable, remark_all(readable, marks))
