"""The dispatcher between a real database and a real chat server on loopback; the times that it waits are made short."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot import gather
from bot.alerts import dispatcher as dispatching
from bot.alerts import ledger, retry, sending
from bot.alerts.dispatcher import Dispatcher
from bot.alerts.pace import Budget
from bot.alerts.together import LEASE
from bot.domain.card import Card
from bot.domain.delivery import Delivery, DeliveryKind, DeliveryState, Post, RetryLater, SendOutcome, Settlement
from bot.domain.options import DestinationOptions, QuietHours
from bot.domain.release import Content, ReleaseId
from bot.domain.subscription import Destination, DestinationId
from bot.errors import StorageError
from bot.ports import Pace
from storage import engine
from storage.database import SqlDatabase, SqlTransaction
from tests.fakes.chat import ChatServer, HttpChatAdapter, serving
from tests.fakes.world import World

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
HOUR = timedelta(hours=1)


class ShiftedClock:
    """The real time, which a test may shift."""

    def __init__(self) -> None:
        self.shift = timedelta(0)

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC) + self.shift


@dataclass
class Desk:
    """A dispatcher that can be run, with all that surrounds it."""

    world: World
    chat: ChatServer
    adapter: HttpChatAdapter
    clock: ShiftedClock = field(default_factory=ShiftedClock)
    settled: list[tuple[Delivery, Settlement]] = field(default_factory=list)

    def dispatcher(self, owner: str = "one", *, evict: bool = False) -> Dispatcher:
        """A dispatcher as a process has it."""

        def keep(delivery: Delivery, settlement: Settlement) -> None:
            self.settled.append((delivery, settlement))

        adapter = self.adapter
        budget = Budget(adapter.pace)
        return Dispatcher(
            self.world.database, adapter, adapter.account, self.clock, owner=owner, budget=budget, evict=evict, on_settled=keep
        )

    @asynccontextmanager
    async def running(self, owner: str = "one", *, evict: bool = False) -> AsyncIterator[Dispatcher]:
        """A dispatcher at work, stopped gracefully at the end."""
        dispatcher = self.dispatcher(owner, evict=evict)
        task = asyncio.create_task(dispatcher.run())
        try:
            yield dispatcher
        finally:
            dispatcher.stop()
            async with asyncio.timeout(20):
                await task

    async def owed(self, *titles: str, to: str = "desk", late: bool = False) -> list[ReleaseId]:
        """Alerts about new releases, owed to a destination."""
        self.world.now = self.clock.now()
        desk = await self.world.desk(to)
        releases = [await self.world.release(title, late=late) for title in titles]
        await self.world.owe(desk, *releases)
        return releases

    async def until(self, reached: Callable[[], bool] | Callable[[], Awaitable[bool]], limit: float = 15.0) -> None:
        """Until something is so."""
        async with asyncio.timeout(limit):
            while True:
                found = reached()
                if found if isinstance(found, bool) else await found:
                    return
                await asyncio.sleep(0.005)

    async def quiet(self) -> None:
        """Until nothing is pending."""

        async def nothing_pending() -> bool:
            async with self.world.database.read() as tx:
                return (await tx.outbox.health()).pending == 0

        await self.until(nothing_pending)

    def titles(self, conversation: str = "desk") -> list[str]:
        """What was posted in a conversation."""
        return [post.title for post in self.chat.posts(conversation)]


@pytest.fixture
async def desk(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """A chat server, and a dispatcher that looks and settles quickly."""
    monkeypatch.setattr(dispatching, "TICK", 0.02)
    monkeypatch.setattr(ledger, "SETTLE_WITHIN", 0.005)
    monkeypatch.setattr(gather, "PAUSE", 0.02)
    monkeypatch.setattr(retry, "pause_before", lambda _attempt: timedelta(milliseconds=20))

    async def nobody(*_: object) -> None:
        raise AssertionError("nobody speaks here")

    async with ChatServer() as chat:
        adapter = HttpChatAdapter(chat.url)
        async with serving(adapter, nobody, nobody, lambda _language: []):  # type: ignore[arg-type]
            yield Desk(World(database), chat, adapter)


def unheard(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """What the chat answers is heard once this is set, however slow the machine is."""
    send, heard = desk.adapter.send, asyncio.Event()

    async def send_and_wait(destination: Destination, card: Card, under: Post | None = None) -> SendOutcome:
        outcome = await send(destination, card, under)
        await heard.wait()
        return outcome

    monkeypatch.setattr(desk.adapter, "send", send_and_wait)
    return heard


async def test_what_is_owed_is_sent_in_order_and_settled(desk: Desk) -> None:
    """Each once, its post kept, and who listens is told."""
    releases = await desk.owed(*(f"Nyhed {n}" for n in range(5)))
    async with desk.running():
        await desk.chat.wait_for(5)
        await desk.quiet()
    assert desk.titles() == [f"Nyhed {n}" for n in range(5)]
    assert [delivery.release_id for delivery, _ in desk.settled] == releases
    async with desk.world.database.read() as tx:
        (post,) = await tx.outbox.posts(await desk.world.desk(), releases[2])
    assert (post.reference, post.shows) == ("3", ((releases[2], 1),))


async def test_order_is_kept_through_failures(desk: Desk) -> None:
    """The first is tried until it is through; what comes after waits for it."""
    desk.chat.fail_next("429", times=3)
    await desk.owed("Først", "Så", "Sidst")
    async with desk.running():
        await desk.chat.wait_for(3)
        await desk.quiet()
    assert desk.titles() == ["Først", "Så", "Sidst"]
    assert desk.settled[-1][0].attempts == 0
    assert max(delivery.attempts for delivery, _ in desk.settled) == 3


async def test_one_destination_that_must_wait_stalls_no_other(desk: Desk) -> None:
    """A 429 for an hour in one conversation; the other gets all of its alerts meanwhile."""
    await desk.owed("Langsom", to="slow")
    desk.chat.fail_next("429", after=3600)
    async with desk.running() as dispatcher:
        await desk.until(lambda: desk.chat.calls == 1)
        await desk.owed("Hurtig 1", "Hurtig 2", to="quick")
        dispatcher.wake()
        await desk.chat.wait_for(2)
    assert (desk.titles("quick"), desk.titles("slow")) == (["Hurtig 1", "Hurtig 2"], [])


async def test_a_lost_answer_is_tried_again_and_counted(desk: Desk) -> None:
    """It may stand already: twice at most, and the operators can see how often."""
    desk.chat.fail_next("hang-up")
    await desk.owed("Måske to gange")
    async with desk.running():
        await desk.quiet()
    assert desk.titles() == ["Måske to gange"] * 2
    async with desk.world.database.read() as tx:
        assert (await tx.outbox.health()).ambiguous == 1


async def test_a_send_that_takes_too_long_is_given_up_as_ambiguous(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of a send is what the lease is reckoned with."""
    monkeypatch.setattr(sending, "SEND_LIMIT", 0.1)
    desk.chat.delay = 30
    await desk.owed("Træg")
    async with desk.running():
        await desk.until(lambda: bool(desk.settled))
        desk.chat.delay = 0
        await desk.quiet()
    assert desk.settled[0][1].ambiguous
    assert desk.titles() == ["Træg"]


async def test_a_refused_one_is_a_dead_letter_and_the_next_goes_on(desk: Desk) -> None:
    """One message that can never be sent does not close the conversation."""
    desk.chat.fail_next("too long")
    await desk.owed("Umulig", "Mulig")
    async with desk.running():
        await desk.chat.wait_for(1)
        await desk.quiet()
    assert desk.titles() == ["Mulig"]
    async with desk.world.database.read() as tx:
        assert [letter.reason for letter in await tx.outbox.dead_letters(5)] == ["too long"]


async def test_where_we_were_removed_nothing_more_is_sent(desk: Desk) -> None:
    """The destination is paused with what it is owed; others are not."""
    await desk.owed("En", "To", to="gone")
    desk.chat.fail_next("gone")
    async with desk.running() as dispatcher:
        await desk.until(lambda: bool(desk.settled))
        await desk.owed("Tre", to="gone")
        await desk.owed("Her", to="desk")
        dispatcher.wake()
        await desk.chat.wait_for(1)
    assert (desk.titles("gone"), desk.titles("desk"), desk.chat.calls) == ([], ["Her"], 2)
    async with desk.world.database.read() as tx:
        found = await tx.destinations.find(desk.adapter.address("gone"))
    assert found is not None
    assert found.paused == "kicked"
    assert await desk.world.states(found.id) == ["pending"] * 3


async def test_a_conversation_that_moved_gets_its_alerts_at_the_new_place(desk: Desk) -> None:
    """Also where we were there already."""
    await desk.owed("En", "To", to="group")
    await desk.owed("Nul", to="supergroup")
    desk.chat.fail_next("moved", to="supergroup", times=1)
    async with desk.running():
        await desk.chat.wait_for(3)
        await desk.quiet()
    assert sorted(desk.titles("supergroup") + desk.titles("group")) == ["En", "Nul", "To"]
    assert await desk.world.drifted() == []


async def test_conversations_that_lead_to_each_other_do_not_spin(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first move the pace is that of any failure."""
    monkeypatch.setattr(retry, "pause_before", lambda _attempt: timedelta(hours=1))
    desk.chat.fail_next("moved", to="b")
    desk.chat.fail_next("moved", to="a", times=50)
    await desk.owed("Rundt", to="a")
    async with desk.running():
        await desk.until(lambda: len(desk.settled) == 2)
        await asyncio.sleep(0.1)
    assert desk.chat.calls == 2


async def test_a_limit_of_the_whole_account_stops_all_until_it_is_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is tried meanwhile, and nothing counts as a try."""
    send, sent_at = desk.adapter.send, list[float]()

    async def send_and_note(destination: Destination, card: Card, under: Post | None = None) -> SendOutcome:
        sent_at.append(asyncio.get_running_loop().time())
        return await send(destination, card, under)

    monkeypatch.setattr(desk.adapter, "send", send_and_note)
    desk.chat.fail_next("blocked", after=0.3)
    await desk.owed("En", to="a")
    async with desk.running() as dispatcher:
        await desk.until(lambda: bool(desk.settled))
        await desk.owed("To", to="b")
        dispatcher.wake()
        await desk.chat.wait_for(2)
        await desk.quiet()
    blocked, *others = sent_at
    assert min(others) - blocked > 0.2
    assert {delivery.attempts for delivery, _ in desk.settled} == {0}


async def test_a_correction_edits_the_post(desk: Desk) -> None:
    """Where the alert stands it shows what the release says now; where nothing stands there is nothing to say."""
    (release,) = await desk.owed("40 mio. kr.")
    async with desk.running() as dispatcher:
        await desk.chat.wait_for(1)
        await desk.quiet()
        other = await desk.world.desk("other")
        async with desk.world.database.begin() as tx:
            await tx.releases.revise(release, Content("45 mio. kr.", language="da"), now=desk.clock.now(), correction=True)
        for to in (await desk.world.desk(), other):
            await desk.world.owe(to, release, kind=DeliveryKind.CORRECTION, revision=2)
        dispatcher.wake()
        await desk.quiet()
    (post,) = desk.chat.messages
    assert (post.title, post.edits) == ("45 mio. kr.", 1)
    assert sorted(settled.state.value for _, settled in desk.settled) == ["sent", "sent", "skipped"]


async def test_an_alert_says_what_the_release_says_when_it_is_sent(desk: Desk) -> None:
    """Corrected before it went out: one message, right from the start, and no correction after it."""
    (release,) = await desk.owed("40 mio. kr.")
    to = await desk.world.desk()
    async with desk.world.database.begin() as tx:
        await tx.releases.revise(release, Content("45 mio. kr.", language="da"), now=desk.clock.now(), correction=True)
    await desk.world.owe(to, release, kind=DeliveryKind.CORRECTION, revision=2)
    async with desk.running():
        await desk.quiet()
    assert [(post.title, post.edits) for post in desk.chat.messages] == [("45 mio. kr.", 0)]


async def test_a_correction_of_a_post_that_was_deleted_is_skipped(desk: Desk) -> None:
    """Nothing stands there any more; nothing new is posted."""
    (release,) = await desk.owed("40 mio. kr.")
    async with desk.running() as dispatcher:
        await desk.chat.wait_for(1)
        await desk.quiet()
        desk.chat.messages.clear()
        async with desk.world.database.begin() as tx:
            await tx.releases.revise(release, Content("45 mio. kr.", language="da"), now=desk.clock.now(), correction=True)
        await desk.world.owe(await desk.world.desk(), release, kind=DeliveryKind.CORRECTION, revision=2)
        dispatcher.wake()
        await desk.quiet()
    assert desk.chat.messages == []


async def test_where_it_is_quiet_hours_by_now_nothing_is_sent(desk: Desk) -> None:
    """It is held until they end, without a try, and others are sent what they are owed."""
    await desk.owed("Sent", to="asleep")
    now = desk.clock.now().astimezone(COPENHAGEN).replace(second=0, microsecond=0)
    asleep, quiet = await desk.world.desk("asleep"), QuietHours((now - HOUR).time(), (now + HOUR).time())
    async with desk.world.database.begin() as tx:
        await tx.destinations.set_options(asleep, DestinationOptions(quiet=quiet))
    await desk.owed("Her")
    async with desk.running():
        await desk.chat.wait_for(1)
        await desk.quiet()
    assert (desk.titles("asleep"), desk.titles()) == ([], ["Her"])
    assert await desk.world.rows("SELECT state, attempts, done_at FROM delivery WHERE destination_id = :desk", desk=asleep) == [
        ("held", 0, None)
    ]


async def test_a_graceful_stop_settles_what_is_in_flight_and_starts_nothing_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is free at once for the next process, which sends the rest; nothing is doubled."""
    heard = unheard(desk, monkeypatch)
    await desk.owed("En", "To")
    async with desk.running() as dispatcher:
        await desk.chat.wait_for(1)
        dispatcher.stop()
        heard.set()
    assert desk.titles() == ["En"]
    assert await desk.world.states(await desk.world.desk()) == ["sent", "pending"]
    async with desk.running("two"):
        await desk.chat.wait_for(2)
        await desk.quiet()
    assert desk.titles() == ["En", "To"]
    async with desk.world.database.read() as tx:
        assert (await tx.outbox.health()).ambiguous == 0


async def test_a_stop_that_takes_too_long_cuts_the_send_off_and_counts_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have arrived."""
    monkeypatch.setattr(dispatching, "STOP_WITHIN", 0.05)
    desk.chat.delay = 30
    await desk.owed("Træg")
    async with desk.running():
        await desk.until(lambda: desk.chat.calls == 1)
    async with desk.world.database.read() as tx:
        assert (await tx.outbox.health()).ambiguous == 1


async def test_while_another_owns_the_account_nothing_is_sent(desk: Desk) -> None:
    """Two processes, one limit; when the owner's lease ran out, the other takes over."""
    await desk.owed("En")
    desk.world.now = desk.clock.now()
    assert await desk.world.own("another")
    async with desk.running():
        await asyncio.sleep(0.15)
        assert desk.chat.calls == 0
        desk.clock.shift = LEASE
        await desk.chat.wait_for(1)
    assert desk.titles() == ["En"]


async def test_the_only_worker_does_not_wait_for_the_lease_of_a_dead_one(desk: Desk) -> None:
    """The lock file proves that the owner is dead."""
    await desk.owed("En")
    assert await desk.world.own("dead")
    async with desk.running(evict=True):
        await desk.chat.wait_for(1)
        await desk.quiet()


async def test_a_lease_that_cannot_end_after_the_send_starts_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was frozen comes back to find that it may not send; what it had in hand goes back untried."""
    monkeypatch.setattr(dispatching, "RENEW_EVERY", 3600.0)
    send = desk.adapter.send

    async def send_and_freeze(destination: Destination, card: Card, under: Post | None = None) -> SendOutcome:
        # Before anything is awaited, so that no other can have had its turn.
        desk.clock.shift = timedelta(seconds=11)  # of the lease's twenty: a send may take ten
        return await send(destination, card, under)

    monkeypatch.setattr(desk.adapter, "send", send_and_freeze)
    desk.adapter.pace = Pace(per_second=5, at_once=10)
    for conversation in ("a", "b", "c"):
        await desk.owed("En", to=conversation)
    async with desk.running() as dispatcher:
        await desk.until(lambda: len({delivery.id for delivery, _ in desk.settled}) == 3)
        assert desk.chat.calls == 1
        put_off = [settled for _, settled in desk.settled if settled.state is not DeliveryState.SENT]
        assert {(settled.reason, settled.counts_as_attempt) for settled in put_off} == {("the lease ran out", False)}
        dispatcher._ownership._lease_until = None  # what the keeper of the lease does in its own time
        await desk.chat.wait_for(3)
        await desk.quiet()
    assert desk.chat.calls == 3


async def test_what_another_took_over_is_not_settled_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer comes after another process took the account: the outcome is that process's to write down."""
    heard = unheard(desk, monkeypatch)
    await desk.owed("En")
    async with desk.running("one"):
        await desk.chat.wait_for(1)
        desk.world.now = desk.clock.now()
        assert await desk.world.own("two", evict=True)
        heard.set()
    assert await desk.world.states(await desk.world.desk()) == ["pending"]
    assert desk.settled == []
    async with desk.world.database.read() as tx:
        assert (await tx.outbox.health()).ambiguous == 1


async def test_a_busy_database_while_settling_sends_nothing_twice(
    desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sent is written down as soon as the database lets us, and sent no second time meanwhile."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT", 0.02)
    database = SqlDatabase(database_url)
    desk.world.database = database
    await desk.owed("En", "To")
    holder = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    heard = unheard(desk, monkeypatch)
    async with desk.running():
        await desk.chat.wait_for(1)
        # In a thread: the bot may be writing just now, and must be able to go on.
        await asyncio.to_thread(holder.execute, "BEGIN IMMEDIATE")
        heard.set()
        await asyncio.sleep(0.2)
        assert desk.chat.calls == 1
        assert desk.settled == []
        holder.rollback()
        await desk.chat.wait_for(2)
        await desk.quiet()
    holder.close()
    assert desk.titles() == ["En", "To"]
    async with database.read() as tx:
        assert (await tx.outbox.health()).ambiguous == 0
    await database.close()


async def test_a_fault_of_ours_in_one_delivery_stops_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again, and the others go out."""
    real, broken = desk.adapter.send, [True]

    async def send(destination, card):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        if destination.address.conversation == "a" and broken:
            broken.pop()
            raise ZeroDivisionError
        return await real(destination, card)

    monkeypatch.setattr(desk.adapter, "send", send)
    await desk.owed("En", to="a")
    await desk.owed("To", to="b")
    async with desk.running():
        await desk.quiet()
    assert (desk.titles("a"), desk.titles("b")) == (["En"], ["To"])


async def test_a_fault_of_ours_in_a_round_stops_nothing_for_good(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is logged, and the next round is another."""
    faults = [ZeroDivisionError(), ZeroDivisionError()]

    async def broken(tx: object, now: datetime) -> bool:
        if faults:
            raise faults.pop()
        return False

    monkeypatch.setattr(dispatching, "work_off", broken)
    await desk.owed("En")
    async with desk.running():
        await desk.chat.wait_for(1)
        await desk.quiet()


async def test_no_more_are_in_flight_than_the_pace_allows(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten destinations, three at once."""
    desk.adapter.pace = Pace(at_once=3)
    desk.chat.delay = 0.05
    for n in range(10):
        await desk.owed("Nyhed", to=f"desk-{n}")
    started, most = 0, 0
    real = desk.adapter.send

    async def send(destination, card):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        nonlocal started, most
        started += 1
        most = max(most, started)
        try:
            return await real(destination, card)
        finally:
            started -= 1

    monkeypatch.setattr(desk.adapter, "send", send)
    async with desk.running():
        await desk.chat.wait_for(10)
        await desk.quiet()
    assert most == 3


async def test_late_finds_come_as_one_message(desk: Desk) -> None:
    """Eight found at once: a digest that names them all."""
    releases = await desk.owed(*(f"Sent {n}" for n in range(8)), late=True)
    to: DestinationId = await desk.world.desk()
    async with desk.world.database.begin() as tx:
        await tx.outbox.fold_late([to], desk.clock.now())
    async with desk.running():
        await desk.quiet()
    (digest,) = desk.chat.messages
    assert all(f"Sent {n}" in digest.text for n in range(8))
    assert await desk.world.states(to) == ["skipped"] * 8 + ["sent"]
    async with desk.world.database.read() as tx:
        assert len(await tx.outbox.posts(to, releases[7])) == 1


async def test_a_claim_whose_word_was_lost_is_let_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was committed, and the connection broke before we heard: its lanes are claimed again, and nothing counts as ambiguous."""
    begin, lost = desk.world.database.begin, list[int]()

    @asynccontextmanager
    async def unheard() -> AsyncIterator[SqlTransaction]:
        async with begin() as tx:
            yield tx
            taken = (await tx.connection.execute(text("SELECT count(*) FROM lane WHERE in_flight IS NOT NULL"))).scalar_one()
        if taken and not lost:
            lost.append(taken)
            raise StorageError("the connection broke")

    for name in ("desk", "other"):
        await desk.owed("Ny kaj", "Ny færge", to=name)
    monkeypatch.setattr(desk.world.database, "begin", unheard)
    async with desk.running():
        await desk.quiet()
    assert lost == [2]
    assert (desk.titles(), desk.titles("other")) == (["Ny kaj", "Ny færge"], ["Ny kaj", "Ny færge"])
    assert sum(delivery.attempts for delivery, _ in desk.settled) == 0


async def test_a_settlement_whose_word_was_lost_holds_for_nothing_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Committed unheard, it is written again, which lets go of a later claim too: until then what it let go is not sent."""
    monkeypatch.setattr(gather, "PAUSE", 0.3)
    real, begin, tries, lost = desk.adapter.send, desk.world.database.begin, list[int](), list[int]()

    async def send(destination, card):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        tries.append(1)
        return RetryLater("come again") if len(tries) == 1 else await real(destination, card)

    @asynccontextmanager
    async def unheard() -> AsyncIterator[SqlTransaction]:
        async with begin() as tx:
            yield tx
            tried = (await tx.connection.execute(text("SELECT max(attempts) FROM delivery"))).scalar_one()
        if tried and not lost:
            lost.append(tried)
            raise StorageError("the connection broke")

    await desk.owed("Ny kaj")
    monkeypatch.setattr(desk.adapter, "send", send)
    monkeypatch.setattr(desk.world.database, "begin", unheard)
    async with desk.running():
        await desk.chat.wait_for(1)
        await desk.quiet()
    assert lost == [1]
    assert desk.titles() == ["Ny kaj"]
