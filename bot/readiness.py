"""Whether the bot can do its work now: `/readyz` in values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.newsroom import Feed, FeedState
from bot.ports import Worker
from bot.standing import Platform, Standing

LEAST_LATELY = timedelta(minutes=1)
"""However short the interval: a fetch and a reading may take most of this."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that must be well. `why` is one line, for whoever looks."""

    name: str
    ok: bool
    why: str


def readiness(standing: Standing, interval: timedelta) -> list[Part]:
    """Every part; the bot is ready where all are well. `interval` lies between two polls of a feed."""
    if standing.trouble or standing.at is None:
        return [Part("database", ok=False, why=standing.trouble)]
    return [
        Part("database", ok=not standing.unwritten, why=standing.unwritten or "answers"),
        *_accounts(standing.platforms, standing.others),
        *_adapters(standing.platforms),
        _feeds(standing.feeds or (), standing.at, max(3 * interval, LEAST_LATELY)),
    ]


def _accounts(platforms: Sequence[Platform], workers: Sequence[Worker]) -> Iterable[Part]:
    # Another process that dispatches holds what we do not: it looks for accounts without an owner every second.
    others = any("dispatch" in worker.roles for worker in workers)
    for platform in platforms:
        yield Part(f"accounts:{platform.name}", *_owned(platform, others=others))


def _owned(platform: Platform, *, others: bool) -> tuple[bool, str]:
    """Whether somebody can send through every account, and who."""
    if not platform.dispatches:
        return others, "another process sends" if others else "nobody sends: no process that dispatches is there"
    if platform.owned is None:
        return False, "not looked for yet"
    owned = f"{sum(platform.owned)} of {len(platform.owned)} owned here"
    if all(platform.owned):
        return True, owned
    return others, f"{owned}, the rest by another process" if others else f"{owned}, nobody owns the rest yet"


def _adapters(platforms: Sequence[Platform]) -> Iterable[Part]:
    for platform in platforms:
        if platform.connected is not None:
            yield Part(
                f"adapter:{platform.name}", ok=platform.connected, why="connected" if platform.connected else "cannot be reached"
            )


def _feeds(feeds: Sequence[Feed], now: datetime, lately: timedelta) -> Part:
    """A poll puts a feed's next one ahead, after a failure too: nobody polls where all of them are long overdue."""
    live = [feed.due_at for feed in feeds if feed.state is FeedState.LIVE and feed.due_at]
    overdue = sum(due < now - lately for due in live)
    if live and overdue == len(live):
        return Part(
            "feeds", ok=False, why=f"none of {len(live)} was polled for {int(lately.total_seconds())} seconds after it was due"
        )
    return Part("feeds", ok=True, why=f"{len(live) - overdue} of {len(live)} polled or due lately")
