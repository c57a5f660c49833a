"""What mrkdwn comes to when Slack shows it: words, pings, links and looks.

From docs.slack.dev/messaging/formatting-message-text. Not verified: exactly where Slack finds a bare address or a bare @channel in
text that is not `verbatim`; the fake finds them readily, so that text from outside is caught.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

BROADCASTS = ("channel", "here", "everyone")
_ANGLES = re.compile(r"<([^<>]*)>")
_BARE_LINK = re.compile(r"https?://[^\s<>|]*[^\s<>|.,;:!?)\]'\"]")
_BARE_PING = re.compile(rf"(?<![\w@])@({'|'.join(BROADCASTS)})\b")
_LOOKS = (
    ("preformatted", re.compile(r"```(.+?)```", re.DOTALL)),
    ("code", re.compile(r"(?<![\w`])`([^`\n]+)`(?![\w`])")),
    ("bold", re.compile(r"(?<![\w*])\*(?=\S)([^*\n]*[^\s*])\*(?![\w*])")),
    ("italic", re.compile(r"(?<![\w_])_(?=\S)([^_\n]*[^\s_])_(?![\w_])")),
    ("strike", re.compile(r"(?<![\w~])~(?=\S)([^~\n]*[^\s~])~(?![\w~])")),
    ("quote", re.compile(r"^(?:>|&gt;) ?(.*)$", re.MULTILINE)),
)


@dataclass(slots=True)
class Link:
    """A link as a reader sees it: its words, and where it goes."""

    words: str
    url: str


@dataclass(slots=True)
class Marked:
    """What some text comes to. `pings`: "@channel", "U0ASTA", "S0DESK"; `channels`: ids; `looks`: such as ("bold", "Nyt")."""

    words: str = ""
    pings: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    looks: list[tuple[str, str]] = field(default_factory=list)


def unescaped(text: str) -> str:
    """Slack's three escapes undone."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def read(text: str, *, verbatim: bool = False) -> Marked:
    """What a mrkdwn text comes to. `verbatim`: bare addresses and mentions are left alone."""
    marked = Marked()
    kept: list[str] = []
    place = 0
    for found in _ANGLES.finditer(text):
        kept += [_stretch(text[place : found.start()], marked, verbatim=verbatim), _hidden(_angle(found[1], marked))]
        place = found.end()
    kept.append(_stretch(text[place:], marked, verbatim=verbatim))
    marked.words = _shown(_looks("".join(kept), marked))
    return marked


def _stretch(text: str, marked: Marked, *, verbatim: bool) -> str:
    if not verbatim:
        marked.links += [Link(unescaped(url), unescaped(url)) for url in _BARE_LINK.findall(text)]
        marked.pings += [f"@{who}" for who in _BARE_PING.findall(text)]
    return text


def _angle(inside: str, marked: Marked) -> str:
    """What stands for `<...>` in the words."""
    target, _, label = inside.partition("|")
    if target.startswith("!"):
        return _special(target[1:], label, marked)
    if target.startswith("@"):
        marked.pings.append(target[1:])
        return label or target
    if target.startswith("#"):
        marked.channels.append(target[1:])
        return f"#{label}" if label else target
    if re.match(r"[a-z][a-z0-9+.-]*:", target, re.IGNORECASE):
        marked.links.append(Link(unescaped(label or target), unescaped(target)))
        return label or target
    return f"<{inside}>"


def _special(what: str, label: str, marked: Marked) -> str:
    kind, *rest = what.split("^")
    if kind in BROADCASTS:
        marked.pings.append(f"@{kind}")
        return f"@{kind}"
    if kind == "subteam":
        marked.pings.append(rest[0])
        return label or f"@{rest[0]}"
    if kind == "date" and len(rest) > 2:
        marked.links.append(Link(unescaped(label), unescaped(rest[2])))
    return label or f"<!{what}>"


def _looks(text: str, marked: Marked) -> str:
    for name, pattern in _LOOKS:
        for found in pattern.findall(text):
            marked.looks.append((name, _shown(_bare(found))))
        text = pattern.sub(lambda found, name=name: _inner(found[1], name), text)  # type: ignore[misc]
    return text


def _inner(words: str, name: str) -> str:
    return _hidden(words) if name in ("preformatted", "code") else words


_HIDE = {mark: chr(0xE000 + place) for place, mark in enumerate("*_~`>")}  # marks in code, links and labels are no marks
_SHOW = str.maketrans({hidden: mark for mark, hidden in _HIDE.items()})


def _hidden(words: str) -> str:
    return words.translate({ord(mark): hidden for mark, hidden in _HIDE.items()})


def _shown(words: str) -> str:
    return unescaped(words.translate(_SHOW))


def _bare(words: str) -> str:
    for name, pattern in _LOOKS:
        if name != "quote":
            words = pattern.sub(r"\1", words)
    return words


def joined(parts: Iterable[Marked], by: str = "\n") -> Marked:
    """Several as one."""
    whole = Marked()
    lines = []
    for part in parts:
        lines.append(part.words)
        whole.pings += part.pings
        whole.links += part.links
        whole.channels += part.channels
        whole.looks += part.looks
    whole.words = by.join(line for line in lines if line)
    return whole
