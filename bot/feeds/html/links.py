"""Addresses: which may be shown, and what of one names the thing it leads to."""

from __future__ import annotations

import re
from itertools import product
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

LONGEST = 2_000
"""Characters; longer addresses are not believed."""

_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
"""What browsers leave out of an address, and what hides in one."""
_NO_HOST = re.compile(r"https?:(?!//[^/])", re.IGNORECASE)
_SIMPLE = re.compile(
    r"https?://[a-z0-9.-]+(?::\d{1,4})?(?:[/?#](?:[\w.~:/?#\[\]@!$&'()*+,;=-]|%[0-9a-f]{2})*)?", re.ASCII | re.IGNORECASE
)
_BROKEN_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?\.?|\[[0-9a-f:.]+\]", re.ASCII | re.IGNORECASE)
_MAILBOX = re.compile(r"[^\s<>\"'@,;:?&()\[\]\\]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])", re.ASCII | re.IGNORECASE)

_TRACKING_STARTS = ("utm_", "mc_", "pk_", "mtm_", "matomo_", "vero_", "hsa_", "_hs", "at_", "oly_", "__hs", "ns_")
_TRACKING = frozenset(
    [
        "fbclid", "gclid", "gclsrc", "gbraid", "wbraid", "dclid", "msclkid", "yclid", "twclid", "ttclid", "igshid", "igsh",
        "li_fat_id", "mkt_tok", "xtor", "cmpid", "ncid", "s_cid", "wt_mc", "wt.mc_id", "_ga", "_gl", "hsctatracking",
        "trk_contact", "trk_msg", "epik", "rb_clickid", "sc_cid", "ito", "ocid", "__twitter_impression", "wickedid",
    ]
)  # fmt: skip
_TRACKED = re.compile(rf"[?&](?:{'|'.join(map(re.escape, (*_TRACKING_STARTS, *sorted(_TRACKING))))})", re.IGNORECASE)


def absolute_url(href: str, base: str = "") -> str | None:
    """The http(s) address that `href` means when met at `base`, or None where there is none that may be shown.

    What comes back is printable ASCII of at most `LONGEST` characters, without user names and passwords (which only deceive).
    """
    if len(href) > LONGEST:
        return None
    if "@" not in href and _SIMPLE.fullmatch(href):
        return href
    href = _HIDDEN.sub("", href).strip()
    return None if not href or _NO_HOST.match(href) else _resolved(href, base)


def _resolved(href: str, base: str) -> str | None:
    try:
        parts = urlsplit(urljoin(base, href))
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return None
    host = _ascii_host(parts.hostname or "")
    if not host:
        return None
    netloc = host if port is None else f"{host}:{port}"
    tail = (_quoted(part) for part in (parts.path, parts.query, parts.fragment))
    url = urlunsplit((parts.scheme, netloc, *tail))
    return url if len(url) <= LONGEST else None


def _ascii_host(host: str) -> str:
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    return host if _HOST.fullmatch(host) else f"[{host}]" if _HOST.fullmatch(f"[{host}]") else ""


def _quoted(part: str) -> str:
    return quote(_BROKEN_PERCENT.sub("%25", part), safe="%/:=&?~+!$,;'@()*[]-._", errors="replace")


def mail_url(href: str) -> str | None:
    """`mailto:` and the address alone: a prepared subject or text is not kept."""
    address = unquote(href[len("mailto:") :].split("?", 1)[0]).strip()
    return f"mailto:{address}" if _MAILBOX.fullmatch(address) else None


def shown_link(href: str, base: str = "") -> str | None:
    """What a link in a text may lead to: an absolute http(s) or mailto address, else None (scripts, data, telephone links)."""
    if href[:7].lower() == "mailto:":
        return mail_url(href)
    return absolute_url(href, base)


def _is_tracking(parameter: str) -> bool:
    name = parameter.split("=", 1)[0].lower()
    return name in _TRACKING or name.startswith(_TRACKING_STARTS)


def without_tracking(url: str) -> str:
    """The same address without the parameters that only tell where a reader came from."""
    if not _TRACKED.search(url):
        return url
    head, _, rest = url.partition("?")
    query, mark, fragment = rest.partition("#")
    kept = "&".join(part for part in query.split("&") if not _is_tracking(part))
    return head + ("?" + kept if kept else "") + mark + fragment


def same_address(url: str, *, fragment: bool = False) -> str:
    """What of an absolute address names its page: equal for addresses that lead to the same one.

    Scheme, `www.`, default ports, a trailing slash, letter case, tracking parameters, the order of the others, ways of escaping and
    (unless it is asked for) the fragment do not count.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return " ".join(url.split()).casefold()
    host = (parts.hostname or "").removeprefix("www.").removesuffix(".")
    if port not in (None, 80, 443):
        host = f"{host}:{port}"
    path = unquote(parts.path, errors="replace").rstrip("/")
    query = "&".join(sorted(unquote(part, errors="replace") for part in parts.query.split("&") if part and not _is_tracking(part)))
    tail = f"#{parts.fragment}" if fragment and parts.fragment else ""
    return (host + path + ("?" + query if query else "") + tail).casefold()


def spellings(url: str) -> list[str]:
    """How an absolute address may be written that leads to the same page, as far as that can be listed: itself first.

    With and without `www.`, TLS, a slash at the end of the path, the fragment, and parameters that tell where a reader came from.
    """
    try:
        whole = [urlsplit(each) for each in dict.fromkeys((url, without_tracking(url)))]
    except ValueError:
        return [url]
    found = dict.fromkeys([url])
    for parts in whole:
        host, path = parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/")
        for scheme, www, slash, fragment in product(("https", "http"), ("", "www."), ("", "/"), ("", parts.fragment)):
            found[urlunsplit((scheme, www + host, path + slash, parts.query, fragment))] = None
    return list(found)
