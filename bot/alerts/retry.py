"""What becomes of a delivery after a platform answered. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never

from bot.alerts.wants import Rule
from bot.domain.delivery import (
    AccountBlocked,
    AccountGone,
    Delivery,
    DeliveryKind,
    DeliveryState,
    DestinationGone,
    DestinationMoved,
    NotSent,
    PostGone,
    PostId,
    Refused,
    RetryLater,
    SendOutcome,
    Sent,
    Settlement,
)
from bot.domain.release import ReleaseId

GIVE_UP_AFTER = timedelta(hours=48)
LONGEST_PAUSE = timedelta(minutes=2)
"""A platform that was down for long is noticed to be back within that; a destination that never answers costs 1,440 tries."""
LONGEST_WISH = timedelta(hours=24)
"""A platform that asks for more is asked again then: what it said may have been a mistake."""
ACCOUNT_GONE_PAUSE = timedelta(minutes=15)
"""A revoked token is tried again after so long: an operator may have put a new one in place."""
GIVEN_UP = "given up after"
"""What the reason of a dead letter begins with that was tried for too long; any other was refused."""
_NO_TIME = timedelta(0)


def settlement(
    delivery: Delivery,
    outcome: SendOutcome,
    now: datetime,
    *,
    shows: tuple[tuple[ReleaseId, int], ...] = (),
    more: int = 0,
    edited: PostId | None = None,
    told: tuple[tuple[ReleaseId, int], ...] = (),
) -> Settlement:
    """The settlement of a delivery by its outcome: `shows`, `more`, `edited` and `told` as in `Settlement`, for when it was sent.

    `edited` may also turn out to stand no longer.
    """
    if isinstance(outcome, Sent):
        return Settlement(
            delivery.id,
            delivery.destination.id,
            DeliveryState.SENT,
            now,
            reference=outcome.reference,
            shows=shows,
            more=more,
            edited=edited,
            told=told,
            digests=delivery.kind is DeliveryKind.DIGEST,
        )
    settled = _by_outcome(delivery, outcome, now)
    if isinstance(outcome, PostGone):
        settled = replace(settled, gone=edited)
    if delivery.kind is DeliveryKind.DIGEST and settled.state is not DeliveryState.PENDING:
        # What was held back for it shares its fate.
        settled = replace(settled, shows=shows, digests=True)
    return settled


def _by_outcome(delivery: Delivery, outcome: NotSent, now: datetime) -> Settlement:
    pending = Settlement(delivery.id, delivery.destination.id, DeliveryState.PENDING, now)
    untried = partial(replace, pending, counts_as_attempt=False)
    match outcome:
        case RetryLater(reason, after, ambiguous):
            return _again(delivery, replace(pending, reason=reason, ambiguous=ambiguous), after)
        case Refused(reason):
            return replace(pending, state=DeliveryState.DEAD, reason=reason)
        case PostGone(reason):
            return replace(pending, state=DeliveryState.SKIPPED, reason=reason)
        case DestinationGone(reason):
            return untried(reason=reason, pause=reason, due_at=now)
        case DestinationMoved(conversation):
            # At once, the first time; conversations that lead to each other must not be chased.
            return _again(
                delivery, replace(pending, reason="moved", moved_to=conversation), None if delivery.attempts else _NO_TIME
            )
        case AccountBlocked(after, reason):
            return untried(reason=reason, due_at=now + min(after, LONGEST_WISH), blocks_account=True)
        case AccountGone(reason):
            return untried(reason=reason, due_at=now + ACCOUNT_GONE_PAUSE, blocks_account=True)
        case _:
            assert_never(outcome)


def skipped(delivery: Delivery, reason: str, now: datetime) -> Settlement:
    """The settlement of a delivery that has nothing left to say."""
    digests = delivery.kind is DeliveryKind.DIGEST  # what was held back for it shares its fate
    return Settlement(delivery.id, delivery.destination.id, DeliveryState.SKIPPED, now, reason=reason, digests=digests)


def held(delivery: Delivery, until: datetime, now: datetime) -> Settlement:
    """The settlement of a delivery that waits for its destination's quiet hours to end."""
    held_back = Settlement(delivery.id, delivery.destination.id, DeliveryState.HELD, now, counts_as_attempt=False, held_until=until)
    # An alert that is held is judged anew when it leaves; what was held for a digest before keeps its own reason.
    why = {"held": Rule.HELD_QUIET.value} if delivery.kind is DeliveryKind.ALERT else {}
    return replace(held_back, payload=why | dict(delivery.payload))


def put_off(delivery: Delivery, reason: str, now: datetime) -> Settlement:
    """The settlement of a delivery that did not come to be tried, for a reason that is ours."""
    pending = Settlement(delivery.id, delivery.destination.id, DeliveryState.PENDING, now, reason=reason)
    return replace(pending, counts_as_attempt=False, due_at=now + pause_before(1))


def pause_before(attempt: int) -> timedelta:
    """How long to wait after the `attempt`-th try, counted from 1: 1, 2, 4 ... seconds up to two minutes."""
    return min(timedelta(seconds=2 ** min(attempt - 1, 20)), LONGEST_PAUSE)


def _again(delivery: Delivery, pending: Settlement, after: timedelta | None) -> Settlement:
    due_at = pending.at + (pause_before(delivery.attempts + 1) if after is None else min(after, LONGEST_WISH))
    if delivery.attempts and due_at - delivery.created_at > GIVE_UP_AFTER:
        hours = GIVE_UP_AFTER // timedelta(hours=1)
        return replace(pending, state=DeliveryState.DEAD, reason=f"{GIVEN_UP} {hours} hours: {pending.reason}")
    return replace(pending, due_at=due_at)
