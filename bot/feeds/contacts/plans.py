"""What do the numbering plans say of a row of digits?"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException

_PLACEHOLDERS = ("1234567", "7654321")
_EMERGENCY = frozenset({"110", "112", "118", "911", "999"})
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")
_OPEN = ("+49", "+43", "+358", "+46", "+39")
_EIGHT_DIGITS = frozenset({"DK", "NO", "FO", "GL", "IS"})
_NORTH_AMERICAN = frozenset({(3, 3, 4), (1, 3, 3, 4)})
_RARER = frozenset(
    {
        (8,),
        (4, 4),
        (3, 5),
        (2, 6),
        (2, 3, 3),
        (2, 2, 4),
        (4, 2, 2),
        (3, 3, 2),
        (2, 8),
        (2, 4, 4),
        (2, 2, 2, 2, 2),
        (2, 2, 2, 2),
        (3, 2, 3),
    }
)


@lru_cache(maxsize=4096)
def valid(digits: str, region: str | None) -> str | None:
    """E.164 of a number that the region's plan knows (`region` None: `digits` begin with a plus); None for any other.

    Placeholders are no numbers: 12 34 56 78 and the like, or one digit throughout.
    """
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    national = str(number.national_number)
    if len(set(national)) == 1 or national.endswith(_PLACEHOLDERS) or national in {"87654321", "23456789"}:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_short_code(code: str, region: str) -> bool:
    """Whether `code` is a short number of the region, such as the police's 114 in Denmark; 112 and its like do not count."""
    if region not in phonenumbers.SUPPORTED_SHORT_REGIONS:
        return False
    number = phonenumbers.PhoneNumber(country_code=phonenumbers.country_code_for_region(region), national_number=int(code))
    return code not in _EMERGENCY and bool(phonenumbers.is_valid_short_number_for_region(number, region))


def known(region: str) -> bool:
    """Whether there is a plan for the region."""
    return region in phonenumbers.SUPPORTED_REGIONS


@lru_cache(maxsize=512)
def trunk(region: str) -> str:
    """What is dialled before national numbers inside a region: `0` in Germany and Sweden, nothing in Denmark."""
    return phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) or "" if known(region) else ""


def has_open_lengths(e164: str) -> bool:
    """Whether the country's numbers have no fixed length, so that a range reads like a longer number."""
    return e164.startswith(_OPEN)


def keypad(letters: str) -> str:
    """The digits on the keys of `letters`: `FLOWERS` is 3569377."""
    return str(phonenumbers.convert_alpha_characters_in_number(letters)).replace("-", "")


def looks_dialled(region: str, shape: tuple[int, ...], first: str, gaps: str) -> bool | None:
    """Whether digits in groups of these lengths are a number at sight: yes, no, or None, if the surroundings say so too.

    `first` is the first group, `gaps` what stands between the groups.
    """
    # 20.415.563 is an amount, 55.676098 a decimal.
    if len(shape) > 1 and set(gaps) == {"."} and (set(shape[1:]) == {3} or shape == (2, 6)):
        return False
    if trunk(region) == "0" and first.startswith("0"):
        # Six and four digits are a Swedish personal or company number.
        return False if shape in {(6, 4), (8,)} else True if len(shape) > 1 else None
    if shape in _NORTH_AMERICAN:
        return True
    if shape == (8,) and _DAY.match(first):
        return False
    if region in _EIGHT_DIGITS:
        return None if shape in _RARER else False
    return None
