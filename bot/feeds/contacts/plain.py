"""What does the text say once markup, odd spaces and web addresses are out of the way?"""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

from bot.feeds.contacts.marks import BLOT

A_NUMBER = 7
"""Digits with which a link's own words are a telephone number."""

_ODD = {
    **dict.fromkeys(map(ord, "\t\x0b\x0c\xa0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000*"), " "),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-"),
    **dict.fromkeys(
        map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\xad\x1f"), None
    ),
    **dict.fromkeys(map(ord, "\r\x85\u2028\u2029"), "\n"),
    ord("\uff20"): "@",
    ord("\uff0b"): "+",
    ord("\u2044"): "/",
    ord("\u2215"): "/",
}
_ESCAPE = re.compile(r"\\([^a-zA-Z0-9\s])")
_ANCHOR = re.compile(
    r"""<a\b[^<>]{0,300}?href\s{0,3}=\s{0,3}["']?\s?(mailto|tel|callto):([^"'?<>]{1,200})[^<>]{0,300}>(.{0,200}?)</a>""",
    re.IGNORECASE | re.DOTALL,
)
_LINK = re.compile(
    r"""\[([^\[\]]{0,200})\]\(\s?<?([a-z]{3,6}:)?([^()<>\s"]{0,300})>?(?:\s{1,3}"[^"]{0,200}")?\s?\)""", re.IGNORECASE
)
_INLINE = re.compile(r"</?(?:a|b|i|u|em|strong|span|font|small|sup|sub|mark)(?:\s[^<>]{0,500})?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][a-z0-9]{0,12}(?:\s[^<>]{0,500})?/?>|<!--.{0,500}?-->", re.IGNORECASE | re.DOTALL)
_URL = re.compile(r"""(?:https?://|www\.)(?:(?!\+\d\d)[^\s<>"'|;)\]])+""", re.IGNORECASE)


def as_read(text: str) -> str:
    """`text` as a reader sees it, one line per block: tags gone, entities read, every space and hyphen the ordinary one.

    The target of a mail or telephone link stands behind the link's words where these do not say it already. Other web
    addresses become a blot, so that their digits are no numbers.
    """
    if "&" in text:
        text = html.unescape(text)
    text = text.translate(_ODD)
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    if "<" in text:
        text = _ANCHOR.sub(lambda m: _linked(m[1], m[2], _INLINE.sub("", m[3])), text)
        text = _TAG.sub("\n", _INLINE.sub("", text))
    if "](" in text:
        text = _LINK.sub(lambda m: _linked((m[2] or "")[:-1], m[3], m[1]), text)
    if "%40" in text or "mailto:" in text:
        text = text.replace("%40", "@").replace("%20", " ")
    if "://" in text or "www." in text.lower():
        text = _URL.sub(BLOT, text)
    return text


def _linked(scheme: str, target: str, words: str) -> str:
    """A link as plain text: its words, and the number or address behind it where the words hold none."""
    said = "@" in words if scheme.lower() == "mailto" else sum(map(str.isdigit, words)) >= A_NUMBER
    if said or scheme.lower() not in {"mailto", "tel", "callto"}:
        return f" {words} " if said else words + " "
    return f"{words} | {unquote(target).strip()} | "
