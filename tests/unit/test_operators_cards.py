"""What operators read: the day's summary, their record, what is paused, how a broadcast goes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cards.broadcast import broadcast_card, preview_card, progress_card
from bot.cards.day import Day, FailingFeed, day_card, day_from_json, day_to_json
from bot.cards.deeds import deeds_card
from bot.cards.listing import Page
from bot.cards.status import Inside, Status, status_card
from bot.domain.card import Card
from bot.domain.delivery import DeliveryState
from bot.domain.newsroom import Feed, FeedId, FeedState, Newsroom, NewsroomId
from bot.i18n import texts
from bot.ports import Broadcast, Deed, OutboxHealth, Pause, Progress, Reach
from bot.summary import day_at
from tests.features.newsdesk import buttons_of, words_of

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
DA, EN = texts("da", "Europe/Copenhagen"), texts("en", "Europe/Copenhagen")
ZONE = ZoneInfo("Europe/Copenhagen")
HEALTHY = OutboxHealth(0, 0, 0, 0, None, None, 0)
SINCE = NOW - timedelta(days=1)
BUSY = Day(
    since=SINCE.isoformat(),
    version="0.1.0",
    dead={"chat not found": 1, "message is too long": 12},
    closed={"bot was kicked": 3},
    left=1,
    ambiguous=2,
    feeds=[FailingFeed("Havnen", "html", SINCE.isoformat()), FailingFeed("Broen", "gone"), FailingFeed("Fyret", "held")],
    paused=[("slack", "T1")],
    versions={"0.1.0": 2, "0.2.0": 1},
)


def words(card: Card) -> list[str]:
    """What a card says, a line each."""
    return words_of(card).splitlines()


def test_the_day_in_words() -> None:
    """Feeds with since when, what was given up by how often, the rest as figures; with the way to more."""
    assert words(day_card(BUSY, DA, NOW)) == [
        "Hvad der er gået galt siden i går kl. 12.00",
        "Feeds med fejl",
        "Havnen: der er en webside, hvor feedet skulle være; siden i går kl. 12.00",
        "Broen: nyhedsrummet har lukket det; aldrig læst endnu",
        "Fyret: holdt tilbage: alt i det er ukendt; aldrig læst endnu",
        "Opgivet: 13",
        "12: message is too long",
        "1: chat not found",
        "Samtaler, jeg ikke længere kan skrive i: 3",
        "3: bot was kicked",
        "Konti, der har fjernet mig: 1",
        "Måske sendt to gange: 2",
        "På pause: Slack T1",
        "Version: 0.1.0 (2), 0.2.0 (1)",
        "[Status] /status",
    ]
    assert words(day_card(BUSY, EN, NOW))[0] == "What went wrong since yesterday at 12:00"


def test_a_long_day_is_cut() -> None:
    """The most frequent reasons, and how many more there are."""
    many = Day(since=SINCE.isoformat(), version="0.1.0", dead={f"reason {n:02}": n + 1 for n in range(20)})
    said = words(day_card(many, DA, NOW))
    assert said[2] == "20: reason 19"
    assert "og 12 flere" in said


def test_the_day_survives_its_way_through_the_outbox() -> None:
    """As a notice carries it."""
    again = day_from_json(day_to_json(BUSY))
    assert words(day_card(again, DA, NOW)) == words(day_card(BUSY, DA, NOW))


@pytest.mark.parametrize(
    ("day", "quiet"),
    [
        (Day("", "0.1.0"), True),
        (Day("", "0.1.0", versions={"0.1.0": 3}), True),
        (Day("", "0.1.0", versions={"0.1.0": 3, "0.2.0": 1}), False),
        (Day("", "0.1.0", ambiguous=1), False),
        (Day("", "0.1.0", left=1), False),
        (Day("", "0.1.0", closed={"kicked": 1}), False),
        (Day("", "0.1.0", paused=[("slack", "")]), False),
        (Day("", "0.1.0", feeds=[FailingFeed("Havnen", "html")]), False),
    ],
)
def test_when_there_is_nothing_to_say(day: Day, *, quiet: bool) -> None:
    """Processes of one version are no news, those of two are."""
    assert day.is_quiet is quiet


@pytest.mark.parametrize(
    ("now", "at", "day"),
    [
        ("2026-11-20T06:59:59+00:00", time(8), date(2026, 11, 19)),
        ("2026-11-20T07:00:00+00:00", time(8), date(2026, 11, 20)),
        ("2026-07-01T05:59:00+00:00", time(8), date(2026, 6, 30)),
        ("2026-07-01T06:00:00+00:00", time(8), date(2026, 7, 1)),
        ("2026-11-20T23:00:00+00:00", time(0), date(2026, 11, 21)),  # midnight in Copenhagen
        ("2026-03-29T00:59:00+00:00", time(2, 30), date(2026, 3, 28)),  # clocks are put forward at one, UTC
        ("2026-03-29T01:00:00+00:00", time(2, 30), date(2026, 3, 29)),
        ("2026-10-25T00:30:00+00:00", time(2, 30), date(2026, 10, 25)),  # the first of two half past two
        ("2026-10-25T01:30:00+00:00", time(2, 30), date(2026, 10, 25)),
    ],
)
def test_which_days_summary_was_last_due(now: str, at: time, day: date) -> None:
    """By the clocks of the zone, through the changes of summer time."""
    assert day_at(datetime.fromisoformat(now), at, ZONE) == day


def test_status_shows_operators_what_is_paused_and_who_runs() -> None:
    """With a way back; feeds that are closed or fail can be tried again, those that are held are accepted."""
    newsroom = [Newsroom(NewsroomId(n), f"rum-{n}", f"Rum {n}", "DK", "da", "", offered=True) for n in range(3)]
    feeds = [
        Feed(FeedId(1), newsroom[0], "https://a.example", state=FeedState.ENDED),
        Feed(FeedId(2), newsroom[1], "https://b.example", failures=2, fault="html"),
        Feed(FeedId(3), newsroom[2], "https://c.example", state=FeedState.HELD),
    ]
    pauses = [Pause("telegram", "", SINCE, "telegram:9", "Dagny"), Pause("slack", "T1", NOW, "telegram:9")]
    inside = Inside(HEALTHY, [], "0.1.0", pauses, ["0.1.0", "0.2.0"])
    card = status_card(Status(feeds, 0, 0, inside), DA, NOW)
    said = words(card)
    assert "På pause: Telegram, siden i går kl. 12.00, af Dagny" in said
    assert "På pause: Slack T1, siden i dag kl. 12.00, af telegram:9" in said
    assert "Version: 0.1.0 (1 proces), 0.2.0 (1 proces)" in said
    assert [button.command for button in buttons_of(card)] == [
        "/resume telegram",
        "/resume slack T1",
        "/accept rum-2",
        "/retry rum-0",
        "/retry rum-1",
        "/status log",
    ]
    one = status_card(Status((), 0, 0, Inside(HEALTHY, [], "0.1.0", (), ["0.1.0"] * 2)), EN, NOW)
    assert "Version: 0.1.0 (2 processes)" in words(one)


def test_a_broadcast_before_and_after_it_is_sent() -> None:
    """It looks as it will; for nobody there is nothing to press; afterwards each state that occurs is counted."""
    broadcast = Broadcast(7, "Ingen varsler\ni nat", "", "da", True, "telegram:9", "Dagny", NOW, NOW)
    assert words(broadcast_card(broadcast.text, EN)) == ["From the operators of this bot", "Ingen varsler", "i nat"]
    shown = words(preview_card(broadcast, Reach({"slack": 2, "telegram": 1200}, 3), 10, EN))
    assert shown[1:6] == [
        "From the operators of this bot",
        "Ingen varsler",
        "i nat",
        "Conversations: 1,202 (Slack 2, Telegram 1,200)",
        "Only those: who read Danish",
    ]
    assert "[Send to 1,202 conversations] /broadcast send 7" in shown
    assert not buttons_of(preview_card(broadcast, Reach({}, 3), 10, EN))
    came = {DeliveryState.SENT: 2, DeliveryState.DEAD: 1, DeliveryState.HELD: 4}
    said = words(progress_card(broadcast, Progress(came, is_dealt_out=False), DA, NOW))
    assert said[3:8] == [
        "Sendt: 2",
        "Venter: 0",
        "Venter på, at stilletiden slutter: 4",
        "Opgivet: 1",
        "Flere samtaler føjes stadig til.",
    ]


def test_what_operators_did_in_words() -> None:
    """What we have no words for yet is named by its code."""
    deeds = [
        Deed(2, NOW, "telegram:9", "Dagny", "pause", {"platform": "slack", "account": "T1"}),
        Deed(1, NOW, "telegram:9", "", "moon_landing", {}),
    ]
    said = words(deeds_card(deeds, DA, NOW, page=Page(1, 10, 2, "/status log")))
    assert [line for line in said if line] == [
        "Hvad de driftsansvarlige har gjort",
        "0. Sat på pause: Slack T1",
        "Dagny · i dag kl. 12.00",
        "0. moon_landing",
        "telegram:9 · i dag kl. 12.00",
    ]
    assert words(deeds_card([], EN, NOW, page=Page(1, 10, 0, "/status log"))) == ["Operators have changed nothing yet."]
