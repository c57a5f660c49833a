"""What is counted, and what becomes a label."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.alerts.retry import put_off, settlement, skipped
from bot.domain.delivery import (
    AccountBlocked,
    AccountGone,
    Delivery,
    DeliveryId,
    DeliveryKind,
    DestinationGone,
    DestinationMoved,
    PostGone,
    Refused,
    RetryLater,
    SendOutcome,
    Sent,
)
from bot.domain.newsroom import Feed, FeedId, FeedState, Newsroom, NewsroomId
from bot.domain.release import Content, DateNote, Release, ReleaseId
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId
from bot.gauges import NEWSROOMS_AT_MOST
from bot.happenings import (
    Answered,
    DatabaseFailed,
    Fetched,
    Heard,
    Polled,
    Posted,
    Settled,
    Stored,
    Waited,
    Withdrawn,
)
from bot.metrics import Became, Metrics, became
from bot.ports import OutboxHealth, Pause
from bot.standing import Platform, Standing

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
HERE = Address("telegram", "110201543", "4455667788", "12")
DESK = Destination(DestinationId(1), HERE, "Redaktionen på Havnen", ConversationKind.GROUP, "da", "Europe/Copenhagen")
HARBOUR = Newsroom(NewsroomId(1), "havnen", "Havnen", "DK", "da", "", offered=True)


def delivery(attempts: int = 0, ago: timedelta = timedelta(0)) -> Delivery:
    """An alert that is owed to the desk."""
    return Delivery(DeliveryId(1), DESK, DeliveryKind.ALERT, NOW - ago, attempts, ReleaseId(7), 1)


def release(**more: object) -> Release:
    """Published a minute before it was seen, ten seconds before now."""
    seen = NOW - timedelta(seconds=10)
    known = Release(ReleaseId(7), HARBOUR, "7", seen - timedelta(minutes=1), seen, (Content("Kajen åbner"),))
    return replace(known, **more)  # type: ignore[arg-type]


def page(metrics: Metrics, standing: Standing | None = None) -> str:
    """The page as Prometheus reads it."""
    return metrics.page(standing or Standing()).decode()


def value(text: str, sample: str) -> float | None:
    """The value of a sample, named as the page names it; None: it is not there."""
    found = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else None


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Sent("1"), Became.SENT),
        (RetryLater("too fast"), Became.RETRIED),
        (Refused("too long"), Became.REFUSED),
        (PostGone("deleted"), Became.SKIPPED),
        (DestinationGone("kicked"), Became.PAUSED),
        (DestinationMoved("-100"), Became.MOVED),
        (AccountBlocked(timedelta(seconds=5), "flood"), Became.BLOCKED),
        (AccountGone("revoked"), Became.BLOCKED),
    ],
)
def test_what_became_of_a_delivery_by_what_the_platform_said(outcome: SendOutcome, expected: Became) -> None:
    """One word for each way that it can go."""
    assert became(settlement(delivery(), outcome, NOW)) is expected


def test_what_was_tried_for_two_days_is_given_up_and_not_refused() -> None:
    """Both are dead letters, and another thing went wrong."""
    long_tried = delivery(attempts=200, ago=timedelta(hours=48))
    assert became(settlement(long_tried, RetryLater("no connection"), NOW)) is Became.GIVEN_UP
    assert became(settlement(long_tried, Refused("no"), NOW)) is Became.REFUSED


def test_what_was_not_tried_is_counted_as_that() -> None:
    """Nothing left to say, or no time to say it."""
    assert became(skipped(delivery(), "shown already", NOW)) is Became.SKIPPED
    assert became(put_off(delivery(), "the lease ran out", NOW)) is Became.PUT_OFF


def test_a_lost_answer_is_counted_beside_its_retry() -> None:
    """The message may stand already."""
    metrics = Metrics()
    for outcome in (RetryLater("reset", ambiguous=True), RetryLater("refused"), Sent("1")):
        metrics.witness(Settled(delivery(), settlement(delivery(), outcome, NOW)))
    text = page(metrics)
    assert value(text, 'pressevagt_lost_answers_total{platform="telegram"}') == 1
    assert value(text, 'pressevagt_deliveries_total{kind="alert",outcome="retried",platform="telegram"}') == 2
    assert value(text, 'pressevagt_deliveries_total{kind="alert",outcome="sent",platform="telegram"}') == 1


def test_how_long_an_alert_took() -> None:
    """From publication and from being seen; a release without a time of publication has only the latter."""
    metrics = Metrics()
    metrics.witness(Posted("telegram", release(), NOW))
    metrics.witness(Posted("telegram", release(date_note=DateNote.MISSING), NOW))
    text = page(metrics)
    assert value(text, 'pressevagt_seen_to_posted_seconds_sum{platform="telegram"}') == 20
    assert value(text, 'pressevagt_seen_to_posted_seconds_count{platform="telegram"}') == 2
    assert value(text, 'pressevagt_published_to_posted_seconds_sum{platform="telegram"}') == 70
    assert value(text, 'pressevagt_published_to_posted_seconds_count{platform="telegram"}') == 1


def test_what_is_dated_ahead_took_no_time() -> None:
    """A histogram with less than nothing in it has a sum that falls."""
    metrics = Metrics()
    metrics.witness(Posted("telegram", release(published=NOW + timedelta(hours=1)), NOW))
    metrics.witness(Stored("havnen", (timedelta(minutes=-5),), 0, 0))
    text = page(metrics)
    assert value(text, 'pressevagt_published_to_posted_seconds_sum{platform="telegram"}') == 0
    assert value(text, "pressevagt_published_to_seen_seconds_sum") == 0


def test_what_feeds_bring_is_counted() -> None:
    """News, what is stored in silence, corrections, withdrawals."""
    metrics = Metrics()
    metrics.witness(Fetched(0.2))
    metrics.witness(Polled("havnen", "read"))
    metrics.witness(Stored("havnen", (timedelta(seconds=40), None), silent=3, corrected=1))
    metrics.witness(Withdrawn("havnen"))
    text = page(metrics)
    assert value(text, 'pressevagt_polls_total{newsroom="havnen",outcome="read"}') == 1
    assert value(text, "pressevagt_feed_fetch_seconds_count") == 1
    counted = {
        what: value(text, f'pressevagt_releases_total{{newsroom="havnen",what="{what}"}}')
        for what in ("new", "silent", "corrected", "withdrawn")
    }
    assert counted == {"new": 2, "silent": 3, "corrected": 1, "withdrawn": 1}
    assert value(text, "pressevagt_published_to_seen_seconds_count") == 1


def test_newsrooms_have_labels_up_to_a_limit() -> None:
    """Whoever may add feeds could else fill the memory of whatever reads this."""
    metrics = Metrics()
    for number in range(NEWSROOMS_AT_MOST + 50):
        metrics.witness(Polled(f"newsroom-{number}", "read"))
    metrics.witness(Polled("newsroom-0", "read"))
    text = page(metrics)
    assert value(text, 'pressevagt_polls_total{newsroom="other",outcome="read"}') == 50
    assert value(text, 'pressevagt_polls_total{newsroom="newsroom-0",outcome="read"}') == 2


def test_a_command_is_counted_by_its_name_and_what_is_none_as_unknown() -> None:
    """Whatever people write, they write no labels."""
    metrics = Metrics()
    metrics.witness(Answered("telegram", "search", "done", 0.02))
    metrics.witness(Answered("telegram", None, "refused", 0.001))
    metrics.witness(Heard("telegram"))
    text = page(metrics)
    assert value(text, 'pressevagt_command_seconds_count{command="search",outcome="done"}') == 1
    assert value(text, 'pressevagt_command_seconds_count{command="unknown",outcome="refused"}') == 1
    assert value(text, 'pressevagt_updates_total{platform="telegram",what="command"}') == 2
    assert value(text, 'pressevagt_updates_total{platform="telegram",what="event"}') == 1


def test_turns_and_faults_of_the_database() -> None:
    """Who waited, and why a transaction came to nothing."""
    metrics = Metrics()
    metrics.witness(Waited("telegram", is_answer=True, seconds=0.04))
    metrics.witness(Waited("telegram", is_answer=False, seconds=2))
    metrics.witness(DatabaseFailed("DiskFull"))
    text = page(metrics)
    assert value(text, 'pressevagt_turn_wait_seconds_sum{platform="telegram",whose="answer"}') == 0.04
    assert value(text, 'pressevagt_turn_wait_seconds_sum{platform="telegram",whose="delivery"}') == 2
    assert value(text, 'pressevagt_database_errors_total{error="DiskFull"}') == 1


def test_two_bots_in_one_process_count_apart() -> None:
    """Each has a registry of its own."""
    one, other = Metrics(), Metrics()
    one.witness(Heard("telegram"))
    assert value(page(one), 'pressevagt_updates_total{platform="telegram",what="event"}') == 1
    assert "pressevagt_updates_total{" not in page(other)


def test_how_the_bot_stands_is_read_anew_each_time() -> None:
    """Depth and age of the outbox, accounts, adapters, feeds."""
    metrics = Metrics()
    outbox = OutboxHealth(3, 2, 1, 5, NOW - timedelta(seconds=90), NOW - timedelta(seconds=30), 1)
    feed = Feed(FeedId(1), HARBOUR, "https://havnen.example/feed", failures=6, last_good_at=NOW - timedelta(hours=1))
    ended = replace(feed, id=FeedId(2), state=FeedState.ENDED, failures=0)
    platforms = [Platform("telegram", [True], connected=True), Platform("slack", [True, False]), Platform("console")]
    text = page(metrics, Standing(NOW, "", [feed, ended], outbox=outbox, platforms=platforms))
    assert value(text, "pressevagt_database_up") == 1
    assert value(text, 'pressevagt_outbox_deliveries{state="pending"}') == 3
    assert value(text, 'pressevagt_outbox_deliveries{state="dead"}') == 1
    assert value(text, "pressevagt_outbox_oldest_pending_seconds") == 90
    assert value(text, "pressevagt_outbox_overdue_seconds") == 30
    assert value(text, "pressevagt_ambiguous_sends") == 5
    assert value(text, 'pressevagt_feeds{state="ended"}') == 1
    assert value(text, 'pressevagt_feed_failures{newsroom="havnen"}') == 6
    assert value(text, 'pressevagt_feed_last_good_timestamp_seconds{newsroom="havnen"}') == (NOW - timedelta(hours=1)).timestamp()
    assert value(text, 'pressevagt_accounts{platform="slack"}') == 2
    assert value(text, 'pressevagt_accounts_owned{platform="slack"}') == 1
    assert value(text, 'pressevagt_accounts{platform="console"}') is None
    assert value(text, 'pressevagt_adapter_connected{platform="telegram"}') == 1
    assert value(text, 'pressevagt_adapter_connected{platform="slack"}') is None


def test_what_cannot_be_read_is_left_out() -> None:
    """A figure of before would look like one of now, and a nought like good news."""
    metrics = Metrics()
    metrics.page(Standing(NOW, "", [], outbox=OutboxHealth(3, 0, 0, 0, NOW, NOW, 0)))
    text = page(metrics, Standing(NOW, "the disk is gone"))
    assert value(text, "pressevagt_database_up") == 0
    for name in ("outbox_deliveries", "outbox_oldest_pending_seconds", "ambiguous_sends", "feeds", "feed_failures"):
        assert not re.search(rf"^pressevagt_{name}[ {{]", text, re.MULTILINE), name


def test_no_person_place_or_secret_is_on_the_page() -> None:
    """Whoever reads the metrics learns nothing of who reads the alerts."""
    metrics = Metrics()
    metrics.witness(Settled(delivery(), settlement(delivery(), DestinationGone("Forbidden: bot was kicked by Asta"), NOW)))
    metrics.witness(Posted("telegram", release(), NOW))
    text = page(metrics, Standing(NOW, "postgresql://asta:hemmelig@db is gone", platforms=[Platform("telegram", [True])]))
    for word in ("4455667788", "110201543", "Redaktionen", "Asta", "hemmelig", "Kajen"):
        assert word not in text


def test_the_page_is_one_that_prometheus_reads() -> None:
    """Every family parses, has a word of help, and says what runs."""
    families = {family.name: family for family in text_string_to_metric_families(page(Metrics(), Standing(NOW, "", [])))}
    assert all(family.documentation for family in families.values())
    assert {"pressevagt_build_info", "process_resident_memory_bytes"} <= families.keys()


def test_a_paused_platform_is_a_gauge_of_its_own() -> None:
    """Whether the whole of it or an account is; platforms that are not say 0, and nothing is said where it could not be read."""
    pauses = [Pause("slack", "T1", NOW, "telegram:9", "Dagny")]
    platforms = [Platform("telegram", [True]), Platform("slack", [True, True])]
    text = page(Metrics(), Standing(NOW, "", [], pauses=pauses, platforms=platforms))
    assert value(text, 'pressevagt_platform_paused{platform="slack"}') == 1
    assert value(text, 'pressevagt_platform_paused{platform="telegram"}') == 0
    unread = page(Metrics(), Standing(NOW, "the disk is gone", platforms=platforms))
    assert value(unread, 'pressevagt_platform_paused{platform="telegram"}') is None
