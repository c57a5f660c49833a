"""From the outbox to one platform account: own, claim, send, settle (the outbox page of ARCHITECTURE.md)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import assert_never

import structlog

from bot.alerts.administrators import PAUSED, tell_administrators
from bot.alerts.compose import Composition, Edit, FollowUp, Message, Nothing, compose
from bot.alerts.fanout import work_off
from bot.alerts.pace import Budget
from bot.alerts.retry import put_off, settlement, skipped
from bot.alerts.stock import Stock
from bot.alerts.together import LEASE, Lookout, until_next
from bot.domain.delivery import (
    Delivery,
    DeliveryId,
    DeliveryState,
    PostGone,
    Refused,
    RetryLater,
    SendOutcome,
    Sent,
    Settlement,
)
from bot.errors import StorageError
from bot.gather import Gather
from bot.happenings import Posted, Settled, Waited, Witness, nobody
from bot.ports import ChatAdapter, Clock, Database

log = structlog.get_logger()

RENEW_EVERY = 5.0
"""Seconds between renewals of the lease."""
SEND_LIMIT = 10.0
"""Seconds that one send may take in all; none starts that could end after the lease does."""
TICK = 1.0
"""Seconds after which the outbox is looked at at the latest, even if no wake-up came: that is a hint, the tick is the guarantee."""
STILL_ENOUGH = 1 / 3
"""While more than this share of what may be in flight waits for its turn, no more is claimed: few claims of many cost less."""
SETTLE_WITHIN = 0.05
"""Seconds over which outcomes are gathered, to be written down in one transaction."""
RELEASED_AT_ONCE = 200
"""Destinations whose held alerts leave in one transaction: at eight in the morning there are many."""
STOP_WITHIN = SEND_LIMIT + 5
"""Seconds that sends in flight get to settle when we stop."""


class Dispatcher:
    """Delivers what is owed through one account, while it owns that account.

    `owner` is unlike any other process's; `budget` is the account's, from which answers to people take their turns too.
    `evict`: the former owner is known to be dead. `on_settled` hears of every settlement
    that counted (the demo listens), `witness` of all that may be counted. `lookout` is shared by the dispatchers of a process.
    """

    def __init__(
        self,
        database: Database,
        adapter: ChatAdapter,
        account: str,
        clock: Clock,
        *,
        owner: str,
        budget: Budget,
        evict: bool = False,
        on_settled: Callable[[Delivery, Settlement], None] = lambda _delivery, _settlement: None,
        witness: Witness = nobody,
        lookout: Lookout | None = None,
    ) -> None:
        self._database = database
        self._witness = witness
        self._adapter = adapter
        self._account = account
        self._clock = clock
        self._owner = owner
        self._lookout = lookout or Lookout(database, clock, owner)
        self._evict = evict
        self._on_settled = on_settled
        self._budget = budget
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._lease_until: datetime | None = None
        self._account_id = 0
        self._backlog = False
        self._in_hand: set[DeliveryId] = set()
        # Whether a claim failed: it may have been made all the same, and only the word of it was lost.
        self._unsure = False
        self._sends = asyncio.Semaphore(adapter.pace.at_once)
        self._stock = Stock(adapter.pace)
        self._in_flight: set[asyncio.Task[None]] = set()
        self._outcomes = Gather(self._settle, SETTLE_WITHIN, enough=self._stock.enough)
        self._log = log.bind(platform=adapter.platform, account=account)

    @property
    def owns(self) -> bool:
        """Whether the account is ours to send through."""
        return self._lease_until is not None and self._clock.now() < self._lease_until

    def wake(self) -> None:
        """Something was owed: look now rather than at the next tick."""
        self._wake.set()

    def stop(self) -> None:
        """Claim nothing more; what is in flight settles, then `run` returns."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Deliver until `stop`."""
        async with self._tasks():
            while not self._stopping.is_set():
                await self._guarded(self._round)
        await self._guarded(self._disown)

    @asynccontextmanager
    async def _tasks(self) -> AsyncIterator[None]:
        keeper = asyncio.create_task(self._keep_lease())
        settler = asyncio.create_task(self._outcomes.run())
        try:
            yield
        finally:
            if self._in_flight:
                await asyncio.wait(self._in_flight, timeout=STOP_WITHIN)
            for task in self._in_flight:
                task.cancel()
            keeper.cancel()
            await self._outcomes.drain(STOP_WITHIN)
            settler.cancel()
            await asyncio.gather(keeper, settler, *self._in_flight, return_exceptions=True)

    async def _guarded(self, step: Callable[[], Awaitable[None]]) -> None:
        """Run a step; a database that cannot be used, or a fault of ours, costs a pause, not the dispatcher."""
        try:
            await step()
        except StorageError as error:
            self._log.error("database_unusable", error=str(error))
            await self._sleep(TICK)
        except Exception:  # noqa: BLE001 - a lease that is renewed no more, or a round that ends all, would stop everything
            self._log.exception("dispatcher_broken")
            await self._sleep(TICK)

    # Own

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(until_next(RENEW_EVERY))
            if self._lease_until:
                await self._guarded(self._renew)

    async def _renew(self) -> None:
        renewed_at = await self._lookout.renew(self._account_id)
        if renewed_at is None:
            await self._own()
        else:
            self._lease_until = renewed_at + LEASE

    async def _own_if_free(self) -> None:
        seen = await self._lookout.look(self._account_id) if self._account_id else None
        if seen is None or seen.is_free:
            await self._own()

    async def _own(self) -> None:
        now = self._clock.now()
        async with self._database.begin() as tx:
            if not self._account_id:
                self._account_id = await tx.outbox.register(self._adapter.platform, self._account)
            owned = await tx.outbox.own(self._account_id, self._owner, now, LEASE, evict=self._evict)
        self._evict = False
        if not owned and self._lease_until:
            self._log.warning("account_lost")
        self._lease_until = now + LEASE if owned else None
        self._budget.owned = owned

    async def _disown(self) -> None:
        if self._account_id and self._lease_until:
            async with self._database.begin() as tx:
                await tx.outbox.disown(self._account_id, self._owner)

    def _may_send(self) -> bool:
        """Whether a send that starts now must end before the lease does."""
        limit = timedelta(seconds=SEND_LIMIT)
        return self._lease_until is not None and self._clock.now() + limit < self._lease_until

    # Claim

    async def _round(self) -> None:
        self._wake.clear()
        if not self._lease_until:
            await self._own_if_free()
        if not self._lease_until:
            await self._sleep(until_next(TICK))
            return
        claimed, next_due = await self._claim()
        for delivery, composition in zip(claimed, await self._composed(claimed), strict=True):
            task = asyncio.create_task(self._deliver(delivery, composition))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)
        if not claimed:
            await self._sleep(self._until(next_due))

    async def _claim(self) -> tuple[list[Delivery], datetime | None]:
        room = self._stock.most - len(self._in_flight) - len(self._outcomes)
        if room <= 0 or self._budget.waiting > self._adapter.pace.at_once * STILL_ENOUGH:
            return [], None
        now = self._clock.now()
        if not self._backlog and not self._unsure:
            seen = await self._lookout.look(self._account_id)
            if seen and not seen.is_due:
                return [], seen.next_due
        unsure, self._unsure = self._unsure, True
        async with self._database.begin() as tx:
            if unsure:
                await tx.outbox.let_go(self._account_id, self._owner, self._in_hand)
            await work_off(tx, now)
            await tx.outbox.release_held(self._account_id, now, RELEASED_AT_ONCE)
            claim = await tx.outbox.claim(self._account_id, self._owner, now, room)
        self._unsure = False
        self._in_hand.update(delivery.id for delivery in claim.deliveries)
        self._backlog = len(claim.deliveries) == room
        return claim.deliveries, claim.next_due

    def _until(self, due: datetime | None) -> float:
        tick = until_next(TICK)
        return tick if due is None else min(max((due - self._clock.now()).total_seconds(), 0.005), tick)

    async def _sleep(self, seconds: float) -> None:
        """Until a wake-up, or so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    # Send

    async def _composed(self, claimed: Sequence[Delivery]) -> Sequence[Composition | None]:
        """What each comes to, from one reading. None: that failed, so each reads by itself, and a fault stays with its delivery."""
        try:
            return await self._compose(claimed) if claimed else []
        except Exception:  # noqa: BLE001 - who reads by itself will hear of it
            return [None] * len(claimed)

    async def _compose(self, deliveries: Sequence[Delivery]) -> list[Composition]:
        async with self._database.read() as tx:
            return await compose(tx, deliveries, self._clock.now())

    async def _deliver(self, delivery: Delivery, composition: Composition | None) -> None:
        try:
            settled = await self._attempt(delivery, composition)
        except StorageError as error:
            settled = put_off(delivery, str(error), self._clock.now())
        except Exception as error:  # noqa: BLE001 - a fault of ours in one delivery must not stop the others
            self._log.exception("delivery_failed", delivery=delivery.id)
            settled = settlement(delivery, RetryLater(f"{type(error).__name__}: {error}"), self._clock.now())
        self._outcomes.put((delivery, settled))

    async def _attempt(self, delivery: Delivery, composition: Composition | None) -> Settlement:
        if composition is None:
            (composition,) = await self._compose([delivery])
        if isinstance(composition, Nothing):
            return skipped(delivery, composition.reason, self._clock.now())
        started = monotonic()
        await self._budget.turn()
        self._witness(Waited(self._adapter.platform, is_answer=False, seconds=monotonic() - started))
        async with self._sends:
            if not self._may_send():
                # The lease may have run out while we waited: whoever owns the account now delivers this.
                return put_off(delivery, "the lease ran out", self._clock.now())
            return await self._send(delivery, composition)

    async def _send(self, delivery: Delivery, composition: Message | list[Edit] | FollowUp) -> Settlement:
        match composition:
            case Message(card, shows, release, reason):
                outcome = await self._limited(self._adapter.send(delivery.destination, card))
                now = self._clock.now()
                if release and isinstance(outcome, Sent):
                    self._witness(Posted(self._adapter.platform, release, now))
                settled = settlement(delivery, outcome, now, shows=shows)
                return replace(settled, reason=settled.reason or reason)
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
        if not self._may_send():
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

    # Settle

    async def _settle(self, batch: list[tuple[Delivery, Settlement]]) -> None:
        async with self._database.begin() as tx:
            between = [self._adapter.pace.between_in(delivery.destination.kind) for delivery, _ in batch]
            counted = await tx.outbox.settle(self._owner, [s for _, s in batch], between)
            for (delivery, settled), still_ours in zip(batch, counted, strict=True):
                if still_ours and settled.pause is not None:
                    closed = await tx.destinations.of_conversation(delivery.destination.address)
                    await tell_administrators(tx, closed, PAUSED, settled.at, settled.pause)
        self._in_hand.difference_update(delivery.id for delivery, _ in batch)
        self._stock.settled(len(batch))
        for (delivery, settled), still_ours in zip(batch, counted, strict=True):
            if still_ours:
                self._tell(delivery, settled)
            else:
                self._log.warning("settlement_lost", delivery=delivery.id, state=settled.state)
        self._wake.set()

    def _tell(self, delivery: Delivery, settled: Settlement) -> None:
        report = self._log.info if settled.state is DeliveryState.SENT else self._log.warning
        if settled.state is DeliveryState.SKIPPED:
            report = self._log.debug
        report(
            "delivery",
            state=settled.state.value,
            kind=delivery.kind.value,
            delivery=delivery.id,
            release=delivery.release_id,
            shows=",".join(str(ident) for ident, _ in settled.shows) if settled.digests else None,
            destination=str(delivery.destination.address),
            post=settled.reference or None,
            reason=settled.reason or None,
        )
        self._on_settled(delivery, settled)
        self._witness(Settled(delivery, settled))
