"""How is the value of a setting written? Raises ValueError, in words for whoever wrote it."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from datetime import time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr

MAKE_KEY = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_KEY_BYTES = 32


def words(value: object) -> object:
    """Several, with commas or lines between them."""
    return tuple(listed(value)) if isinstance(value, str) else value


def people(value: object) -> object:
    """Several people, each `platform:id`."""
    named = frozenset(listed(value)) if isinstance(value, str) else value
    wrong = [name for name in named if not re.fullmatch(r"[a-z]+:\S+", name)] if isinstance(named, frozenset) else []
    if wrong:
        message = f"{wrong[0]!r} names nobody; write platform:id, such as telegram:123 or slack:U1"
        raise ValueError(message)
    return named


def hour(value: object) -> object:
    """A time of day (`08:00`), or `off`: never."""
    if not isinstance(value, str):
        return value
    said = value.strip().lower()
    found = re.fullmatch(r"([01]?\d|2[0-3])(?:[:.]([0-5]\d))?", said)
    if not found and said != "off":
        message = f"{value!r} is no time of day; write one such as 08:00, or off"
        raise ValueError(message)
    return time(int(found[1]), int(found[2] or 0)) if found else None


def hosts(value: object) -> object:
    """Yes, no, or the hosts for which it is yes."""
    if not isinstance(value, str):
        return value
    said = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    return said.get(value.strip().lower(), frozenset(listed(value)))


def number_or_off(value: object) -> object:
    """`off`: none."""
    return None if isinstance(value, str) and value.strip().lower() == "off" else value


def lower(value: object) -> object:
    """However it is written: capitals do not count."""
    return value.strip().lower() if isinstance(value, str) else value


def zone(value: str) -> str:
    """A name of the time zone database."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        message = f"{value!r} is no time zone; write one such as Europe/Copenhagen"
        raise ValueError(message) from None
    return value


def proxy_address(value: SecretStr | None) -> SecretStr | None:
    """An HTTP proxy."""
    if value is None:
        return None
    try:
        parts = urlsplit(value.get_secret_value().strip())
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        message = "that is no HTTP proxy; write one such as http://proxy.example:3128"
        raise ValueError(message)
    return value


def public_address(value: str | None) -> str | None:
    """An https address with nothing but host, port and path, or http on this machine; without its last slash."""
    if value is None:
        return None
    try:
        parts = urlsplit(value.strip())
        usable = parts.hostname and parts.port != 0 and not (parts.username or parts.query or parts.fragment)
        usable = usable and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK))
    except ValueError:
        usable = False
    if not usable:
        message = "this is no public address; write one such as https://press.example.org"
        raise ValueError(message)
    return value.strip().rstrip("/")


def keys(value: SecretStr | None) -> SecretStr | None:
    """Keys of Fernet's, one or several."""
    if value is not None and not all(map(_is_key, listed(value.get_secret_value()) or [""])):
        message = f"this is no key, or one of several is none; make one with: {MAKE_KEY}"
        raise ValueError(message)
    return value


def _is_key(text: str) -> bool:
    """Whether it is a key of Fernet's; looked at here, so that it need not be loaded to say so."""
    try:
        return len(urlsafe_b64decode(text)) == _KEY_BYTES
    except ValueError:
        return False


def listed(text: str) -> list[str]:
    """The words between commas or lines."""
    return [word.strip() for word in re.split(r"[,\n]", text) if word.strip()]
