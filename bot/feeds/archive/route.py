"""In which order the pages of a sitemap are asked, and where to go on after a stop. Pure.

A sitemap is another one at every look: pages come, go, and are stamped anew. So a cursor is no place in it. Pages have an order of
their own (newest first, by what their addresses and the sitemap say of their dates); the cursor is the page that was asked last,
by its place in that order. Whatever is behind it is asked still; so is what was changed since the walk began, since that may have
stood behind it before. What is known is not asked again, wherever it stands.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.feeds.html.links import same_address
from bot.feeds.reading.loose import fields_in, list_in, text_in
from bot.feeds.reading.shape import Shape
from bot.feeds.reading.sitemap import Listed, printed_moment

Key = tuple[str, str, str, str]
"""Where a page stands: the date in its address, when it was changed, its number, and something that no other page has."""
_STAMPED = 0.5
"""Of all pages: if more than so many were changed on one day, that is when the sitemap was made."""
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Stop:
    """A page to be asked."""

    key: Key
    listed: Listed


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a walk has come. `since`: when it began. `after`: the page that was asked last. `stamp`: a day that dates nothing."""

    since: datetime
    after: Key | None = None
    stamp: str = ""

    @staticmethod
    def read(text: str) -> Cursor | None:
        """What was written; None where that is no such cursor."""
        said = fields_in(json.loads(text)) if text else {}
        since = printed_moment(text_in(said.get("sitemap")))
        if since is None:
            return None
        match [text_in(part) for part in list_in(said.get("after"))]:
            case [period, changed, number, digest]:
                after: Key | None = (period, changed, number, digest)
            case _:
                after = None
        return Cursor(since, after, text_in(said.get("stamp")))

    def written(self) -> str:
        """As text, of less than 300 characters."""
        said: dict[str, object] = {"sitemap": self.since.isoformat()}
        said |= {"after": list(self.after)} if self.after else {}
        said |= {"stamp": self.stamp} if self.stamp else {}
        return json.dumps(said)


def route(found: Iterable[Listed], shape: Shape, known: Collection[str], cursor: Cursor) -> tuple[list[Stop], Cursor]:
    """The pages that are to be asked, in their order, and the cursor with what was learnt on the way.

    `known` are releases that are stored, as `same_address` names them.
    """
    pages: dict[str, Listed] = {}
    for one in found:
        name = same_address(one.url)
        if name not in known and (name not in pages or one.published):
            pages[name] = one
    changed = {name: one.changed_at for name, one in pages.items()}
    stamp = _stamp([moment for moment in changed.values() if moment], len(pages))
    dateless = {stamp, cursor.stamp} - {""}
    stops: list[Stop] = []
    for name, one in pages.items():
        moment = changed[name]
        dated = moment if moment and moment.date().isoformat() not in dateless else None
        key = _key(name, one, dated, shape)
        if cursor.after is None or key < cursor.after or (dated and dated >= cursor.since):
            stops.append(Stop(key, one))
    return sorted(stops, key=lambda stop: stop.key, reverse=True), replace(cursor, stamp=stamp or cursor.stamp)


def _stamp(moments: Sequence[datetime], pages: int) -> str:
    """The day on which a sitemap says that most of its pages were changed; ''."""
    days = Counter(moment.date().isoformat() for moment in moments)
    day, count = days.most_common(1)[0] if days else ("", 0)
    return day if count >= _FEWEST and count > pages * _STAMPED else ""


def _key(name: str, listed: Listed, changed: datetime | None, shape: Shape) -> Key:
    digest = hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).hexdigest()
    moment = changed.isoformat(timespec="seconds") if changed else ""
    return shape.period(listed.url), moment, f"{shape.number(listed.url):018d}", digest
