"""Text from outside, as a platform may be given it: what of it can be seen, which addresses may be opened, how a number stands."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote, urlsplit

WORD_JOINER = "\u2060"
"""A sign that nobody sees. What platforms would call or link by themselves they let be where it stands in it."""
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def visible(text: str) -> str:
    """Text that is only shown: no control character but line breaks, none that turns the reading direction, no half one."""
    return text if text.isprintable() else "".join(map(_visible_character, text))


def _visible_character(character: str) -> str:
    if character in "\n\t" or character in "\u2028\u2029":
        return "\n" if character != "\t" else " "
    match unicodedata.category(character):
        case "Cs":
            return "\N{REPLACEMENT CHARACTER}"
        case "Cc" | "Cn":
            return ""
        case _:
            return "" if character in _TURNS else character


def web_link(url: str, longest: int) -> str:
    """The address as it may stand behind a text or a button: http(s) of a named host, `longest` characters; empty for any other."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or "." not in host.strip(".") or parts.username or not url.isprintable():
        return ""
    safe = quote(url, safe="%/:=&?~#+!$,;'@()*[]")
    return safe if len(safe) <= longest else ""


def international(e164: str) -> str:
    """`+4561979247` as `+45 61 97 92 47`; what is no such number comes back as it is."""
    import phonenumbers  # here, since its tables take a while to load

    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
