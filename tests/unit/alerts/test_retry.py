"""What becomes of a delivery after a platform answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.retry import (
    ACCOUNT_GONE_PAUSE,
    GIVE_UP_AFTER,
    LONGEST_PAUSE,
    LONGEST_WISH,
    pause_before,
    put_off,
    settlement,
    skipped,
)
from bot.domain.delivery import (
    AccountBlocked,
    AccountGone,
    Delivery,
    DeliveryId,
    DeliveryKind,
    DeliveryState,
    DestinationGone,
    DestinationMoved,
    PostGone,
    PostId,
    Refused,
    RetryLater,
    SendOutcome,
    Sent,
    Settlement,
)
from bot.domain.release import ReleaseId
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DESK = Destination(DestinationId(7), Address("test", "bot", "desk"), "Desk", ConversationKind.GROUP, "da", "UTC")
ALERT = Delivery(DeliveryId(1), DESK, DeliveryKind.ALERT, NOW - SECOND, 0, ReleaseId(3), 1)
DIGEST = replace(ALERT, kind=DeliveryKind.DIGEST, release_id=None, digest_of=(ReleaseId(3), ReleaseId(4)))
SHOWS = ((ReleaseId(3), 1), (ReleaseId(4), 1))
PENDING = Settlement(ALERT.id, DESK.id, DeliveryState.PENDING, NOW)

CASES: list[tuple[SendOutcome, Settlement]] = [
    (Sent("m-1"), replace(PENDING, state=DeliveryState.SENT, reference="m-1", shows=SHOWS)),
    # The first try failed: one second.
    (RetryLater("503"), replace(PENDING, reason="503", due_at=NOW + SECOND)),
    (RetryLater("429", 7 * SECOND), replace(PENDING, reason="429", due_at=NOW + 7 * SECOND)),
    (RetryLater("429", timedelta(0)), replace(PENDING, reason="429", due_at=NOW)),
    (RetryLater("429", timedelta.max), replace(PENDING, reason="429", due_at=NOW + LONGEST_WISH)),
    (RetryLater("reset", ambiguous=True), replace(PENDING, reason="reset", due_at=NOW + SECOND, ambiguous=True)),
    (Refused("too long"), replace(PENDING, state=DeliveryState.DEAD, reason="too long")),
    (PostGone("deleted"), replace(PENDING, state=DeliveryState.SKIPPED, reason="deleted")),
    # What says nothing about the message is no try of it.
    (DestinationGone("kicked"), replace(PENDING, reason="kicked", pause="kicked", due_at=NOW, counts_as_attempt=False)),
    (
        AccountBlocked(60 * SECOND, "flood"),
        replace(PENDING, reason="flood", due_at=NOW + 60 * SECOND, blocks_account=True, counts_as_attempt=False),
    ),
    (
        AccountGone("revoked"),
        replace(PENDING, reason="revoked", due_at=NOW + ACCOUNT_GONE_PAUSE, blocks_account=True, counts_as_attempt=False),
    ),
    # Moved: at once at the new place.
    (DestinationMoved("new"), replace(PENDING, reason="moved", moved_to="new", due_at=NOW)),
]


@pytest.mark.parametrize(("outcome", "expected"), CASES, ids=lambda case: str(case)[:30])
def test_each_outcome_has_its_settlement(outcome: SendOutcome, expected: Settlement) -> None:
    """Sent, tried again, given up, skipped, paused, moved, or the whole account waits."""
    assert settlement(ALERT, outcome, NOW, shows=SHOWS) == expected


def test_no_outcome_is_left_out() -> None:
    """Every member of the union stands in the table above."""
    assert {type(outcome) for outcome, _ in CASES} == set(get_args(SendOutcome))


def test_an_edit_names_the_post_that_it_changed() -> None:
    """Only once it was made."""
    assert settlement(ALERT, Sent("m-1"), NOW, shows=SHOWS, edited=PostId(5)).edited == PostId(5)
    assert settlement(ALERT, RetryLater("x"), NOW, shows=SHOWS, edited=PostId(5)).edited is None


@pytest.mark.parametrize(
    ("outcome", "digests"),
    [(Sent("m-1"), True), (Refused("too long"), True), (RetryLater("503"), False), (DestinationGone("x"), False)],
)
def test_what_was_held_back_is_settled_with_its_digest(outcome: SendOutcome, digests: bool) -> None:
    """Sent with it or dead with it; as long as the digest is owed, they wait."""
    settled = settlement(DIGEST, outcome, NOW, shows=SHOWS)
    assert (settled.digests, settled.shows) == (digests, SHOWS if digests else ())


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 1), (2, 2), (3, 4), (7, 64), (8, 120), (500, 120)])
def test_pauses_double_up_to_two_minutes(attempt: int, seconds: int) -> None:
    """1, 2, 4 ... 64 seconds, then two minutes."""
    assert pause_before(attempt) == timedelta(seconds=seconds) <= LONGEST_PAUSE


def test_the_pause_follows_the_tries_so_far() -> None:
    """Three tries before this one: eight seconds."""
    assert settlement(replace(ALERT, attempts=3), RetryLater("503"), NOW).due_at == NOW + 8 * SECOND


@pytest.mark.parametrize(
    ("age", "attempts", "state"),
    [
        (GIVE_UP_AFTER - timedelta(hours=1), 200, DeliveryState.PENDING),
        (GIVE_UP_AFTER - LONGEST_PAUSE, 200, DeliveryState.PENDING),  # the next try falls on the last moment
        (GIVE_UP_AFTER - LONGEST_PAUSE + SECOND, 200, DeliveryState.DEAD),  # the next try would come too late
        (GIVE_UP_AFTER * 3, 0, DeliveryState.PENDING),  # owed long ago and never tried: it gets its tries
    ],
)
def test_after_forty_eight_hours_it_is_a_dead_letter(age: timedelta, attempts: int, state: DeliveryState) -> None:
    """With the last reason, for operators to see."""
    settled = settlement(replace(ALERT, created_at=NOW - age, attempts=attempts), RetryLater("503"), NOW)
    assert settled.state is state
    if state is DeliveryState.DEAD:
        assert settled.reason == "given up after 48 hours: 503"


def test_conversations_that_lead_to_each_other_are_not_chased() -> None:
    """The first move is followed at once, the next ones at the pace of any other failure."""
    assert settlement(ALERT, DestinationMoved("b"), NOW).due_at == NOW
    assert settlement(replace(ALERT, attempts=4), DestinationMoved("a"), NOW).due_at == NOW + 16 * SECOND


def test_what_did_not_come_to_be_tried_is_put_off() -> None:
    """However old it is: the fault was ours."""
    old = replace(ALERT, created_at=NOW - GIVE_UP_AFTER * 2, attempts=9)
    settled = put_off(old, "the lease ran out", NOW)
    assert (settled.state, settled.due_at, settled.counts_as_attempt) == (DeliveryState.PENDING, NOW + SECOND, False)


def test_what_has_nothing_left_to_say_is_skipped() -> None:
    """With the reason why."""
    assert skipped(ALERT, "already shown", NOW) == replace(PENDING, state=DeliveryState.SKIPPED, reason="already shown")


@given(
    st.integers(0, 10_000),
    st.timedeltas(timedelta(0), timedelta(days=30)),
    st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=300))),
)
def test_whatever_is_owed_still_has_a_time(attempts: int, age: timedelta, after: timedelta | None) -> None:
    """Pending always comes with a due time that is not in the past and within a day."""
    settled = settlement(replace(ALERT, attempts=attempts, created_at=NOW - age), RetryLater("x", after), NOW)
    if settled.state is DeliveryState.PENDING:
        assert settled.due_at is not None
        assert NOW <= settled.due_at <= NOW + timedelta(days=1)
    else:
        assert settled.state is DeliveryState.DEAD
