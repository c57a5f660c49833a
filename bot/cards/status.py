"""How the bot is doing, for everybody and for operators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.cards.history import history_elements
from bot.cards.ledger import Latency, ledger_elements
from bot.cards.platforms import platform_name
from bot.cards.say import fault_words
from bot.cards.shorten import shorten, summary
from bot.cards.words import rows
from bot.domain.card import Button, Card, Element, Fact, Heading, Text, Tone
from bot.domain.newsroom import Feed, FeedState, NewsroomId
from bot.domain.prose import paragraphs
from bot.i18n import Texts
from bot.ports import DeadLetter, History, OutboxHealth, Pause

_MOST_FEEDS = 10
_BUTTONS = 5


@dataclass(frozen=True, slots=True)
class Inside:
    """What operators see besides. `processes`: the versions of all that run, where they tell of themselves."""

    outbox: OutboxHealth
    dead_letters: Sequence[DeadLetter]
    version: str
    pauses: Sequence[Pause] = ()
    processes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand: the feeds that are wanted, the releases stored, the subscriptions of this destination, how fast it goes."""

    feeds: Sequence[Feed]
    releases: int
    subscriptions: int
    inside: Inside | None = None
    speed: Mapping[NewsroomId, Latency] = field(default_factory=dict)
    histories: Sequence[History] = ()


def status_card(status: Status, texts: Texts, now: datetime) -> Card:
    """The state in a few lines, with the faults of feeds and of the outbox for operators."""
    polled = [feed for feed in status.feeds if feed.state is FeedState.LIVE]
    good = max((feed.last_good_at for feed in status.feeds if feed.last_good_at), default=None)
    failing = [feed for feed in polled if feed.failures]
    said = _headline(len(polled), len(failing), texts)
    elements: list[Element] = [
        Text(paragraphs(said)[0], Tone.WARNING if failing else Tone.GOOD),
        Fact(texts.t("Last looked"), f"{texts.moment(good, now)} ({texts.age(now - good)})" if good else texts.t("not yet")),
        Fact(texts.t("Releases"), texts.number(status.releases)),
        Fact(texts.t("Subscriptions here"), texts.number(status.subscriptions)),
    ]
    elements += ledger_elements(status.speed, dict.fromkeys(feed.newsroom for feed in status.feeds), texts)
    elements += history_elements(status.histories, texts, inside=status.inside is not None)
    held = [feed for feed in status.feeds if feed.state is FeedState.HELD]
    buttons: list[Button] = []
    if status.inside:
        elements += [*_pauses(status.inside, texts, now), *_feeds(status.feeds, texts, now), *_outbox(status.inside, texts, now)]
        buttons = [
            *(
                Button(texts.t("Let {platform} go on", platform=_place(each)), f"/resume {each.platform} {each.account}".rstrip())
                for each in status.inside.pauses[:_BUTTONS]
            ),
            *(
                Button(texts.t("Take {newsroom} as it is", newsroom=f.newsroom.name), f"/accept {f.newsroom.slug}")
                for f in held[:_BUTTONS]
            ),
            *(
                Button(texts.t("Try {newsroom} again now", newsroom=f.newsroom.name), f"/retry {f.newsroom.slug}")
                for f in _to_try(status.feeds)
            ),
            Button(texts.t("What operators did"), "/status log"),
        ]
    return Card(summary(said), tuple(elements), rows(*buttons, width=1))


def _to_try(feeds: Sequence[Feed]) -> Sequence[Feed]:
    """Those of which an operator may have more patience than we: they are closed, or fail."""
    return [feed for feed in feeds if feed.state is FeedState.ENDED or (feed.state is FeedState.LIVE and feed.failures)][:_BUTTONS]


def _pauses(inside: Inside, texts: Texts, now: datetime) -> list[Element]:
    return [
        Fact(
            texts.t("Paused"),
            texts.t(
                "{platform}, since {moment}, by {name}",
                platform=_place(each),
                moment=texts.moment(each.at, now),
                name=each.name or each.by,
            ),
        )
        for each in inside.pauses[:_MOST_FEEDS]
    ]


def _place(pause: Pause) -> str:
    return f"{platform_name(pause.platform)} {pause.account}".rstrip()


def _headline(polled: int, failing: int, texts: Texts) -> str:
    looked = texts.n("{count} newsroom is looked at.", "{count} newsrooms are looked at.", polled)
    if not failing:
        return looked
    return (
        f"{looked} {texts.n('{count} of them cannot be read at present.', '{count} of them cannot be read at present.', failing)}"
    )


def _feeds(feeds: Sequence[Feed], texts: Texts, now: datetime) -> list[Element]:
    troubled = [feed for feed in feeds if feed.state is not FeedState.LIVE or feed.failures]
    if not troubled:
        return []
    found: list[Element] = [Heading(texts.t("Feeds with faults"))]
    found += [Fact(feed.newsroom.name, _trouble(feed, texts, now), feed.address) for feed in troubled[:_MOST_FEEDS]]
    if more := len(troubled) - _MOST_FEEDS if len(troubled) > _MOST_FEEDS else 0:
        found.append(Text(paragraphs(texts.n("and {count} more", "and {count} more", more))[0], Tone.QUIET))
    return found


def _trouble(feed: Feed, texts: Texts, now: datetime) -> str:
    why = ": ".join(filter(None, (fault_words(feed.fault or "", texts), shorten(feed.fault_detail or "", 200))))
    match feed.state:
        case FeedState.ENDED:
            parts = [texts.t("closed by the newsroom"), why]
        case FeedState.HELD:
            parts = [texts.t("held back: everything in it is unknown")]
        case FeedState.LIVE:
            tries = texts.n("{count} failed try", "{count} failed tries", feed.failures)
            parts = [why, tries, texts.t("next try {moment}", moment=texts.moment(feed.due_at, now)) if feed.due_at else ""]
    return "; ".join(filter(None, parts))


def _outbox(inside: Inside, texts: Texts, now: datetime) -> list[Element]:
    outbox = inside.outbox
    oldest = outbox.oldest_pending
    found: list[Element] = [
        Heading(texts.t("Outbox")),
        Fact(texts.t("Waiting"), _waiting(outbox.pending, oldest, texts, now)),
        Fact(texts.t("Held back"), texts.number(outbox.held)),
        Fact(texts.t("Given up"), texts.number(outbox.dead)),
        Fact(texts.t("Perhaps twice"), texts.number(outbox.ambiguous)),
    ]
    if outbox.cursors:
        found.append(Fact(texts.t("Being dealt out"), texts.number(outbox.cursors)))
    found += [_dead(letter, texts, now) for letter in inside.dead_letters]
    found.append(Fact(texts.t("Version"), _version(inside, texts)))
    return found


def _version(inside: Inside, texts: Texts) -> str:
    """With the number of processes; where these are of several versions, with all of them."""
    if not inside.processes:
        return inside.version
    counted = Counter(inside.processes)
    if set(counted) == {inside.version}:
        count = texts.n("{count} process", "{count} processes", len(inside.processes))
        return f"{inside.version} ({count})"
    return ", ".join(
        f"{version} ({texts.n('{count} process', '{count} processes', count)})" for version, count in sorted(counted.items())
    )


def _waiting(pending: int, oldest: datetime | None, texts: Texts, now: datetime) -> str:
    count = texts.number(pending)
    return texts.t("{count}, the oldest {age}", count=count, age=texts.age(now - oldest)) if pending and oldest else count


def _dead(letter: DeadLetter, texts: Texts, now: datetime) -> Fact:
    when = texts.moment(letter.done_at, now) if letter.done_at else ""
    where = letter.destination.title or str(letter.destination.address)
    release = texts.t("release {id}", id=letter.release_id) if letter.release_id else letter.kind.value
    return Fact(texts.t("Given up"), shorten("; ".join(filter(None, (when, where, release, letter.reason))), 300))
