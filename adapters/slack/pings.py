"""Whom does a card call? What those who manage a channel named, as the elements by which Slack calls people; nothing else pings."""

from __future__ import annotations

import re
from collections.abc import Iterable

from adapters.slack.blocks import rich
from adapters.slack.limits import Block

_ALL = frozenset({"here", "channel", "everyone"})
_WRAPPED = re.compile(r"[<@!>]")
_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
_GROUP = re.compile(r"S[A-Z0-9]{2,20}")


def calls(pings: Iterable[str]) -> list[Block]:
    """A block that calls them (`here`, `@channel`, the id of a user or of a user group); none where nobody is called."""
    names = dict.fromkeys(_WRAPPED.sub("", name) for name in pings)
    called = [element for name in names if (element := _called(name))]
    spaced = [part for element in called for part in (element, {"type": "text", "text": " "})][:-1]
    return [rich([{"type": "rich_text_section", "elements": spaced}])] if called else []


def _called(name: str) -> Block | None:
    if name.casefold() in _ALL:
        return {"type": "broadcast", "range": name.casefold()}
    if _USER.fullmatch(name):
        return {"type": "user", "user_id": name}
    return {"type": "usergroup", "usergroup_id": name} if _GROUP.fullmatch(name) else None
