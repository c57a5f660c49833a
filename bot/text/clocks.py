"""Which clock a country goes by."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

_ZONES = {
    "DK": "Europe/Copenhagen", "SE": "Europe/Stockholm", "NO": "Europe/Oslo", "FI": "Europe/Helsinki", "IS": "Atlantic/Reykjavik",
    "GL": "America/Nuuk", "FO": "Atlantic/Faroe", "AX": "Europe/Mariehamn", "DE": "Europe/Berlin", "GB": "Europe/London",
    "IE": "Europe/Dublin", "NL": "Europe/Amsterdam", "BE": "Europe/Brussels", "EU": "Europe/Brussels", "FR": "Europe/Paris",
    "AT": "Europe/Vienna", "CH": "Europe/Zurich", "PL": "Europe/Warsaw", "EE": "Europe/Tallinn", "LV": "Europe/Riga",
    "LT": "Europe/Vilnius", "IT": "Europe/Rome", "ES": "Europe/Madrid",
}  # fmt: skip


def clock_of(region: str) -> ZoneInfo | None:
    """The one clock of a country (ISO 3166, or EU); None where there is none, or we do not know it."""
    name = _ZONES.get(region.upper())
    return ZoneInfo(name) if name else None


def zone_of(region: str) -> tzinfo:
    """The clock of a country for dates printed without a zone; UTC where there is no one clock."""
    return clock_of(region) or UTC
