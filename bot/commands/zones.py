"""Time zones as people say them: `København`, `Helsinki`, `Grønland`, `+01:00`. Pure; names are those of CLDR."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale, get_global
from babel.dates import get_timezone_location

from bot.cards.shorten import shorten
from bot.errors import UserError
from bot.i18n import Texts
from bot.text.fold import fold
from bot.text.nearest import Exact, Nothing, Several, nearest

_OFFSET = re.compile(r"(?:utc|gmt|z)? ?(?P<sign>[+\-−–])? ?(?P<hours>\d{1,2})(?:[:.]?(?P<minutes>\d{2}))?", re.IGNORECASE)
# The first of these that has an offset is taken for it: who gives a number means a zone near here.
_NEAR = ("Europe/Copenhagen", "Europe/London", "Europe/Helsinki", "America/Nuuk", "Atlantic/Reykjavik", "America/New_York")
_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_ABBREVIATED = {"utc": "UTC", "gmt": "UTC", "z": "UTC", "cet": "Europe/Copenhagen", "cest": "Europe/Copenhagen"}
_LOCALES = (Locale("da"), Locale("en"), Locale("sv"))
# Where a land has several zones, the one that is meant by its name.
_MEANT = {"GL": "America/Nuuk", "PT": "Europe/Lisbon", "ES": "Europe/Madrid", "DE": "Europe/Berlin", "UA": "Europe/Kyiv"}
_SUGGESTED = 5


def find_zone(words: str, texts: Texts, now: datetime) -> str:
    """The IANA name that is meant. Raises UserError naming the nearest."""
    typed = " ".join(words.split())
    if found := _ABBREVIATED.get(fold(typed)):
        return found
    if found := _at_offset(typed, now):
        return found
    match nearest(typed.rpartition("/")[2] if "/" in typed and typed not in available_timezones() else typed, _candidates()):
        case Exact(zone):
            return zone
        case Several(zones) | Nothing(zones):
            said = texts.t("I know no time zone “{name}”.", name=shorten(words, 60))
            if zones:
                said += " " + texts.t("Did you mean {name}?", name=", ".join(zones[:_SUGGESTED]))
            else:
                said += " " + texts.t("Write a city, such as Copenhagen, or a name such as Europe/Copenhagen.")
            raise UserError(said)


def city(zone: str, texts: Texts) -> str:
    """The city that a zone is named after, in the reader's language."""
    return str(get_timezone_location(zone, locale=texts.language, return_city=True))


def like(words: str, most: int) -> list[str]:
    """Zones whose names hold the words, for a form's field."""
    asked = fold(words).strip()
    return [zone for zone, names in _candidates() if not asked or any(asked in fold(name) for name in names)][:most]


def _at_offset(typed: str, now: datetime) -> str | None:
    found = _OFFSET.fullmatch(typed)
    if not found or not (found["sign"] or typed[0].isalpha()):
        return None
    sign = -1 if found["sign"] in ("-", "−", "–") else 1
    wanted = sign * timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    zones = (*_NEAR, *(zone for zone, _ in _candidates()))
    return next((zone for zone in zones if now.astimezone(ZoneInfo(zone)).utcoffset() == wanted), None)


@cache
def _candidates() -> list[tuple[str, tuple[str, ...]]]:
    """Every zone of a place, with its own name, its city's and, where the land has but one, the land's."""
    lands = _lands()
    other_names = get_global("zone_aliases")
    names = sorted(zone for zone in available_timezones() if zone.partition("/")[0] in _REGIONS and zone not in other_names)
    return [(zone, (zone, zone.rpartition("/")[2].replace("_", " "), *_cities(zone), *lands.get(zone, ()))) for zone in names]


def _cities(zone: str) -> list[str]:
    return [get_timezone_location(zone, locale=locale, return_city=True) for locale in _LOCALES]


def _lands() -> dict[str, list[str]]:
    """The names of lands by the zone that each has alone, or that is meant."""
    found: dict[str, list[str]] = {}
    for land, zones in get_global("territory_zones").items():
        names = [name for locale in _LOCALES if (name := locale.territories.get(land))]
        if zone := zones[0] if len(zones) == 1 else _MEANT.get(land):
            found.setdefault(zone, []).extend(names)
    return found
