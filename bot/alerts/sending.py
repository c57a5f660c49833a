"""What a platform makes of one delivery: each message is sent once, in its turn, and only if it must end before the lease does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from time import monotonic
from typing import assert_never

from bot.alerts.composition import Edit, FollowUp, Message
from bot.alerts.owning import Ownership
from bot.alerts.pace import Budget
from bot.alerts.retry import put_off, settlement
from bot.domain.delivery import Delivery, DeliveryState, PostGone, Refused, RetryLater, SendOutcome, Sent, Settlement
from bot.happenings import Posted, Waited, Witness
from bot.ports import ChatAdapter, Clock

SEND_LIMIT = 10.0
"""Seconds that one send may take in all; none starts that could end after the lease does."""


class Sending:
    """The way out through one account: in turns of its `budget`, and as many at once as the platform's pace has it."""

    def __init__(self, adapter: ChatAdapter, clock: Clock, budget: Budget, ownership: Ownership, witness: Witness) -> None:
        self._adapter, self._clock, self._budget, self._ownership, self._witness = adapter, clock, budget, ownership, witness
        self._sends = asyncio.Semaphore(adapter.pace.at_once)

    async def send(self, delivery: Delivery, composition: Message | list[Edit] | FollowUp, begun: Callable[[], None]) -> Settlement:
        """Send what a delivery comes to, or put it off where the lease may run out meanwhile. `begun`: it waits no longer."""
        started = monotonic()
        await self._budget.turn()
        self._witness(Waited(self._adapter.platform, is_answer=False, seconds=monotonic() - started))
        async with self._sends:
            begun()
            if not self._ownership.lasts(SEND_LIMIT):
                # The lease may have run out while we waited: whoever owns the account now delivers this.
                return put_off(delivery, "the lease ran out", self._clock.now())
            return await self._send(delivery, composition)

    async def _send(self, delivery: Delivery, composition: Message | list[Edit] | FollowUp) -> Settlement:
        match composition:
            case Message(card, shows, release, reason, more):
                outcome = await self._limited(self._adapter.send(delivery.destination, card))
                now = self._clock.now()
                if release and isinstance(outcome, Sent):
                    self._witness(Posted(self._adapter.platform, release, now))
                settled = settlement(delivery, outcome, now, shows=shows, more=more)
                return replace(settled, reason=reason) if reason and not settled.reason else settled
            case FollowUp(under, card, told):
                outcome = await self._limited(self._adapter.send(delivery.destination, card, under=under))
                return settlement(delivery, outcome, self._clock.now(), told=told)
            case list():
                return await self._edit(delivery, composition)
            case _:
                assert_never(composition)

    async def _edit(self, delivery: Delivery, edits: list[Edit]) -> Settlement:
        """Edit each post; an edit repeated does no harm, so one that must wait has them all tried again."""
        result: Settlement | None = None
        for edit in edits:
            outcome = await self._limited(self._adapter.edit(edit.post, edit.card))
            told = edit.told(delivery.release_id) if await self._told_anew(edit, outcome) else ()
            settled = settlement(delivery, outcome, self._clock.now(), shows=edit.shows, edited=edit.post.id, told=told)
            if not isinstance(outcome, Sent | PostGone | Refused):
                return settled
            if result is None or settled.state is DeliveryState.SENT:
                result = settled
        assert result is not None
        return result

    async def _told_anew(self, edit: Edit, outcome: SendOutcome) -> bool:
        """Where the platform could not edit and posted anew: say there what changed too, so that no third message need tell it."""
        if not isinstance(outcome, Sent) or outcome.reference in ("", edit.post.reference) or edit.anew is None:
            return False
        if not self._ownership.lasts(SEND_LIMIT):
            return False
        await self._budget.turn()
        posted = replace(edit.post, reference=outcome.reference)
        return isinstance(await self._limited(self._adapter.edit(posted, edit.anew)), Sent)

    async def _limited(self, sending: Awaitable[SendOutcome]) -> SendOutcome:
        try:
            async with asyncio.timeout(SEND_LIMIT):
                return await sending
        except TimeoutError:
            return RetryLater(f"no answer in {SEND_LIMIT:.0f} seconds", ambiguous=True)
