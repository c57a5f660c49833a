"""What operators are told once a day, of everything that need not be told at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from bot.cards.platforms import platform_name
from bot.cards.say import fault_words
from bot.cards.shorten import shorten, summary
from bot.cards.words import rows
from bot.domain.card import Button, Card, Element, Fact, Heading, Text, Tone
from bot.domain.prose import paragraphs
from bot.i18n import Texts

_MOST = 8
_REASON = 150


@dataclass(frozen=True, slots=True)
class FailingFeed:
    """A newsroom whose feed cannot be read, is closed or is held: its fault's code, and since when (ISO 8601; empty: ever)."""

    newsroom: str
    fault: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """What there is to say of the time `since` (ISO 8601): `dead`, `closed`, `left` and `ambiguous` as in `bot.ports.Troubles`.

    `paused`: what operators have paused. `versions`: of the processes that run, by how many; `version`: of this one.
    """

    since: str
    version: str
    dead: Mapping[str, int] = field(default_factory=dict)
    closed: Mapping[str, int] = field(default_factory=dict)
    left: int = 0
    ambiguous: int = 0
    feeds: Sequence[FailingFeed] = ()
    paused: Sequence[tuple[str, str]] = ()
    versions: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to say."""
        troubles = (self.dead, self.closed, self.left, self.ambiguous, self.feeds, self.paused)
        return not any(troubles) and len(self.versions) < 2


def day_to_json(day: Day) -> str:
    """As a notice carries it; `day_from_json` reads it back."""
    return json.dumps(asdict(day))


def day_from_json(text: str) -> Day:
    """The inverse of `day_to_json`."""
    values = json.loads(text)
    feeds = tuple(FailingFeed(**each) for each in values.pop("feeds", ()))
    paused = tuple((platform, account) for platform, account in values.pop("paused", ()))
    return Day(**values, feeds=feeds, paused=paused)


def day_card(day: Day, texts: Texts, now: datetime) -> Card:
    """The summary, each thing where there is any of it."""
    said = texts.t("What went wrong since {moment}", moment=texts.moment(datetime.fromisoformat(day.since), now))
    elements = (
        Text(paragraphs(said)[0], Tone.WARNING),
        *_feeds(day, texts, now),
        *_listed(texts.t("Given up"), day.dead, texts),
        *_listed(texts.t("Conversations that I can no longer write in"), day.closed, texts),
        *_rest(day, texts),
    )
    return Card(summary(said), tuple(elements), rows(Button(texts.t("Status"), "/status")))


def _feeds(day: Day, texts: Texts, now: datetime) -> Iterator[Element]:
    if not day.feeds:
        return
    yield Heading(texts.t("Feeds with faults"))
    for feed in day.feeds[:_MOST]:
        since = texts.t("since {moment}", moment=texts.moment(datetime.fromisoformat(feed.since), now)) if feed.since else ""
        fault = fault_words(feed.fault, texts) if feed.fault != "held" else texts.t("held back: everything in it is unknown")
        yield Fact(feed.newsroom, "; ".join(filter(None, (fault, since or texts.t("never read yet")))))
    yield from _more(len(day.feeds), texts)


def _listed(heading: str, counts: Mapping[str, int], texts: Texts) -> Iterator[Element]:
    """By reason, the most frequent first."""
    if not counts:
        return
    yield Heading(f"{heading}: {texts.number(sum(counts.values()))}")
    often = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    for reason, count in often[:_MOST]:
        yield Fact(texts.number(count), shorten(reason, _REASON) or texts.t("no reason given"))
    yield from _more(len(often), texts)


def _more(count: int, texts: Texts) -> Iterator[Element]:
    if (more := count - _MOST) > 0:
        yield Text(paragraphs(texts.n("and {count} more", "and {count} more", more))[0], Tone.QUIET)


def _rest(day: Day, texts: Texts) -> Iterator[Element]:
    if day.left:
        yield Fact(texts.t("Accounts that removed me"), texts.number(day.left))
    if day.ambiguous:
        yield Fact(texts.t("Perhaps twice"), texts.number(day.ambiguous))
    for platform, account in day.paused:
        yield Fact(texts.t("Paused"), f"{platform_name(platform)} {account}".rstrip())
    several = ", ".join(f"{version} ({texts.number(count)})" for version, count in sorted(day.versions.items()))
    yield Fact(texts.t("Version"), several if len(day.versions) > 1 else day.version)
