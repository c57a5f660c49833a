"""From the outbox to one platform account: own, claim, send, settle (the outbox page of ARCHITECTURE.md)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog
from structlog.contextvars import bind_contextvars

from bot.alerts.compose import compose
from bot.alerts.composition import Composition, Later, Nothing
from bot.alerts.fanout import work_off
from bot.alerts.ledger import Ledger, Line
from bot.alerts.owning import Ownership
from bot.alerts.pace import Budget
from bot.alerts.retry import held, put_off, settlement, skipped
from bot.alerts.sending import SEND_LIMIT, Sending
from bot.alerts.stock import Stock
from bot.alerts.together import Lookout, until_next
from bot.domain.delivery import (
    Delivery,
    DeliveryId,
    DeliveryState,
    RetryLater,
    Settlement,
)
from bot.errors import StorageError
from bot.happenings import Settled, Witness, nobody
from bot.ports import ChatAdapter, Clock, Database
from bot.tasks import finish

log = structlog.get_logger()

RENEW_EVERY = 5.0
"""Seconds between renewals of the lease."""
TICK = 1.0
"""Seconds after which the outbox is looked at at the latest, even if no wake-up came: that is a hint, the tick is the guarantee."""
RELEASED_AT_ONCE = 200
"""Destinations whose held alerts leave in one transaction: at eight in the morning there are many."""
STOP_WITHIN = SEND_LIMIT + 5
"""Seconds that sends in flight get to settle when we stop."""


class Dispatcher:
    """Delivers what is owed through one account, while it owns that account.

    `owner` is unlike any other process's; `budget` is the account's, from which answers to people take their turns too.
    `evict`: the former owner is known to be dead. `on_settled` hears of every settlement
    that counted (the demo listens), `witness` of all that may be counted. `lookout` and `ledger` are shared by the
    dispatchers of a process.
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
        ledger: Ledger | None = None,
    ) -> None:
        self._database = database
        self._witness = witness
        self._adapter = adapter
        self._clock = clock
        self._owner = owner
        self._lookout = lookout or Lookout(database, clock, owner)
        self._ledger = ledger or Ledger(database, owner)
        self._on_settled = on_settled
        self._ownership = Ownership(database, self._lookout, clock, budget, adapter.platform, account, owner=owner, evict=evict)
        self._sending = Sending(adapter, clock, budget, self._ownership, witness)
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._backlog = False
        self._in_hand: set[DeliveryId] = set()
        # Those in hand that wait for their turn to be sent.
        self._ahead: set[DeliveryId] = set()
        # Whether a claim failed: it may have been made all the same, and only the word of it was lost.
        self._unsure = False
        self._stock = Stock(adapter.pace)
        self._in_flight: set[asyncio.Task[None]] = set()
        self._log = log.bind(platform=adapter.platform, account=account)

    @property
    def owns(self) -> bool:
        """Whether the account is ours to send through."""
        return self._ownership.lasts()

    def wake(self) -> None:
        """Something was owed: look now rather than at the next tick."""
        self._wake.set()

    def stop(self) -> None:
        """Claim nothing more; what is in flight settles, then `run` returns."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Deliver until `stop`."""
        async with self._ledger.open(), self._tasks():
            while not self._stopping.is_set():
                await self._guarded(self._round)
        await self._guarded(self._ownership.give_up)

    @asynccontextmanager
    async def _tasks(self) -> AsyncIterator[None]:
        keeper = asyncio.create_task(self._keep_lease())
        try:
            yield
        finally:
            late = await finish(self._in_flight, STOP_WITHIN)
            self._ledger.expect(-len(late))
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

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
            if self._ownership.is_ours:
                await self._guarded(self._ownership.renew)

    # Claim

    async def _round(self) -> None:
        self._wake.clear()
        if not self._ownership.is_ours:
            await self._ownership.take_if_free()
        if not self._ownership.is_ours:
            await self._sleep(until_next(TICK))
            return
        claimed, next_due = await self._claim()
        compositions = await self._composed(claimed)
        self._ledger.expect(len(claimed))
        self._ahead.update(delivery.id for delivery in claimed)
        for delivery, composition in zip(claimed, compositions, strict=True):
            task = asyncio.create_task(self._deliver(delivery, composition))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)
        if not claimed:
            await self._sleep(self._until(next_due))

    async def _claim(self) -> tuple[list[Delivery], datetime | None]:
        room = self._stock.most - len(self._in_hand)
        if room <= 0 or len(self._ahead) > self._stock.still_enough:
            return [], None
        now = self._clock.now()
        if not self._backlog and not self._unsure:
            seen = await self._lookout.look(self._ownership.account_id)
            if seen and not seen.is_due:
                return [], seen.next_due
        unsure, self._unsure = self._unsure, True
        async with self._database.begin() as tx:
            if unsure:
                await tx.outbox.let_go(self._ownership.account_id, self._owner, self._in_hand)
            await work_off(tx, now)
            await tx.outbox.release_held(self._ownership.account_id, now, RELEASED_AT_ONCE)
            claim = await tx.outbox.claim(self._ownership.account_id, self._owner, now, room)
        self._unsure = False
        if not self._in_hand:
            self._stock.begin()
        # What is in hand still was let go by a settlement that got through unheard. That is written once more, and
        # lets go of this claim too: sent before, it would be sent twice.
        claimed = [delivery for delivery in claim.deliveries if delivery.id not in self._in_hand]
        self._in_hand.update(delivery.id for delivery in claimed)
        self._backlog = len(claim.deliveries) == room
        return claimed, claim.next_due

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
        # Whatever is logged on the way, by an adapter or an SDK too, says what it is about. The task ends with the delivery.
        bind_contextvars(delivery=delivery.id, release=delivery.release_id)
        try:
            settled = await self._attempt(delivery, composition)
        except StorageError as error:
            settled = put_off(delivery, str(error), self._clock.now())
        except Exception as error:  # noqa: BLE001 - a fault of ours in one delivery must not stop the others
            self._log.exception("delivery_failed")
            settled = settlement(delivery, RetryLater(f"{type(error).__name__}: {error}"), self._clock.now())
        self._begun(delivery)
        between = self._adapter.pace.between_in(delivery.destination.kind)
        self._ledger.put(Line(delivery, settled, between, self._written))
        if len(self._in_hand) - len(self._in_flight) >= self._stock.enough:
            self._ledger.hurry()

    async def _attempt(self, delivery: Delivery, composition: Composition | None) -> Settlement:
        if composition is None:
            (composition,) = await self._compose([delivery])
        if isinstance(composition, Nothing):
            return skipped(delivery, composition.reason, self._clock.now())
        if isinstance(composition, Later):
            return held(delivery, composition.until, self._clock.now())
        return await self._sending.send(delivery, composition, lambda: self._begun(delivery))

    # Settle

    def _begun(self, delivery: Delivery) -> None:
        """It waits for its turn no longer; where that leaves too few that do, more are claimed."""
        if delivery.id in self._ahead:
            self._ahead.remove(delivery.id)
            if len(self._ahead) == self._stock.still_enough:
                self._wake.set()

    def _written(self, lines: Sequence[tuple[Line, bool | None]]) -> None:
        self._in_hand.difference_update(line.delivery.id for line, _ in lines)
        self._stock.settled(len(lines))
        for line, counted in lines:
            if counted:
                self._tell(line.delivery, line.settlement)
            elif counted is False:
                self._log.warning("settlement_lost", delivery=line.delivery.id, state=line.settlement.state)
        self._wake.set()

    def _tell(self, delivery: Delivery, settled: Settlement) -> None:
        report = self._log.info if settled.state is DeliveryState.SENT else self._log.warning
        if settled.state in (DeliveryState.SKIPPED, DeliveryState.HELD):
            report = self._log.debug
        report(
            "delivery",
            state=settled.state.value,
            kind=delivery.kind.value,
            delivery=delivery.id,
            release=delivery.release_id,
            destination=str(delivery.destination.address),
            **{name: value for name, value in _besides(settled) if value},
        )
        self._on_settled(delivery, settled)
        self._witness(Settled(delivery, settled))


def _besides(settled: Settlement) -> Iterator[tuple[str, str]]:
    """What there is to say of some settlements, for the log."""
    if settled.digests:
        yield "shows", ",".join(str(ident) for ident, _ in settled.shows)
    yield "post", settled.reference
    yield "reason", settled.reason
