"""Which other conversation somebody means. Pure; that there is one is told only to whom it may be told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.cards.shorten import shorten
from bot.commands.context import NearMiss
from bot.domain.card import Button
from bot.domain.subscription import Destination
from bot.i18n import Texts
from bot.text.nearest import Exact, Nothing, Several, nearest

MOST = 5
"""So many are asked about; who may manage none of them hears of none."""
_CHANNEL = re.compile(r"<#(?P<id>[A-Z0-9]+)(?:\|[^>]*)?>")


def candidates(words: str, known: Sequence[Destination]) -> list[Destination]:
    """Those that words may mean: a title, the platform's own id (also as Slack writes channels), or `id:12` as buttons say it."""
    channel = _CHANNEL.fullmatch(words)
    typed = channel["id"] if channel else words.removeprefix("#")
    own = [each for each in known if typed in (f"id:{each.id}", each.address.conversation)]
    if own:
        return own[:MOST]
    match nearest(typed, [(each, (str(each.address), each.title)) for each in known if each.title]):
        case Exact(found):
            return [found]
        case Several(found):
            return list(found[:MOST])
        case Nothing():
            return []


def chosen(words: str, managed: Sequence[Destination], again: Callable[[Destination], str], texts: Texts) -> Destination:
    """The one that is left. Raises NearMiss."""
    if len(managed) == 1:
        return managed[0]
    if not managed:
        said = texts.t("I know no conversation “{words}” that you manage.", words=shorten(words, 60))
        raise NearMiss(said)
    buttons = [Button(name_of(each), again(each)) for each in managed]
    raise NearMiss(texts.t("Which conversation do you mean?"), buttons)


def name_of(destination: Destination) -> str:
    """What a conversation is called, with its thread's id where it is one."""
    title = destination.title or destination.address.conversation
    return f"{title} ({destination.address.thread})" if destination.address.thread else title
