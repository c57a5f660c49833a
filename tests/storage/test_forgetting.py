"""What is erased: a conversation, a person, an account that does not want us any more; and nothing of anybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.delivery import Sent
from bot.domain.options import SubscriptionOptions
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId
from bot.ports import Actor, Forgotten, Hint
from bot.retention import GRACE
from storage.portable.tables import tables_of
from tests.fakes.world import World
from tests.storage.filled import CONTACT, fill
from tests.storage.test_retention import tidy

ASTA = Actor("test", "bot", "7", "Asta Holm")
BIRK = Actor("test", "bot", "8", "Birk Lund")
CALLED = Actor("test", "bot", "U0A5TA", "Asta Bro")


async def destination(world: World, address: Address) -> Destination:
    """The destination at an address."""
    async with world.database.read() as tx:
        found = await tx.destinations.find(address)
    assert found is not None
    return found


async def lived_in(world: World, conversation: str = "desk", *, by: Actor = ASTA) -> DestinationId:
    """A conversation that has been told of two releases, is owed a third, and was configured by somebody."""
    desk = await world.desk(conversation)
    releases = [await world.release() for _ in range(3)]
    await world.owe(desk, *releases[:2])
    for release in releases[:2]:
        (delivery,) = await world.claim(1)
        assert await world.settle(delivery, Sent(f"{conversation} {release}"))
    async with world.database.begin() as tx:
        await tx.outbox.owe([world.debt(desk, releases[2])], world.now, due=world.now + timedelta(days=900))
        await tx.destinations.subscribe(desk, None, by=str(by), now=world.now)
        await tx.audit.note(desk, by, "mute", before={"here": {}}, after={"here": {"length": "full"}}, now=world.now)
        await tx.lists.keep(by, world.address(conversation), 1, releases, world.now)
    return desk


async def whole(world: World) -> str:
    """Everything that the tables with people in them say."""
    told = ("destination", "lane", "subscription", "delivery", "post", "post_release")
    tables = (*told, "audit", "shown", "taker", "circle", "link_code")
    return repr([await world.rows(f"SELECT * FROM {table}") for table in tables])  # noqa: S608 - the tests' own words


async def forget(world: World, *addresses: Address) -> None:
    """Have conversations forgotten."""
    found = [await destination(world, address) for address in addresses]
    async with world.database.begin() as tx:
        await tx.forgetting.destinations(found)


async def test_a_conversation_is_forgotten_at_once_and_cleared_away_later(world: World) -> None:
    """Nothing says any more whose it was; the worker is told, and leaves no row; the neighbour has all of theirs."""
    await lived_in(world, "next door", by=BIRK)
    neighbour = await whole(world)
    await lived_in(world, "nyhedsdesk")
    hints: list[Hint] = []
    async with world.database.watch(hints.append):
        await forget(world, world.address("nyhedsdesk"))
    assert Hint.HUSKS in hints
    said = await whole(world)
    assert "Asta" not in said
    assert "test:7" not in said
    assert "'nyhedsdesk'" not in said
    assert await world.drifted() == []
    assert await tidy(world) == {"destinations": 1}
    assert await whole(world) == neighbour
    assert await tidy(world) == {}


async def test_what_is_in_flight_when_it_is_forgotten_counts_no_more(world: World) -> None:
    """Its outcome finds nobody, and whoever writes there again begins anew."""
    desk = await world.desk()
    await world.owe(desk, await world.release())
    (delivery,) = await world.claim()
    await forget(world, world.address())
    assert not await world.settle(delivery, Sent("1"))
    anew = await world.desk()
    assert anew != desk
    await tidy(world)
    async with world.database.read() as tx:
        assert [each.id for each in await tx.forgetting.known("test")] == [anew]
    assert await world.drifted() == []


async def test_a_person_is_taken_out_of_what_others_keep(world: World) -> None:
    """The change stays, without a name; lists and stories go; nobody else is touched."""
    desk = await lived_in(world)
    release = await world.release()
    async with world.database.begin() as tx:
        await tx.takers.take(release, [world.address()], ASTA, world.now)
        await tx.audit.note(desk, BIRK, "mute", before={}, after={"here": {}}, now=world.now)
        assert await tx.forgetting.person(str(ASTA)) == Forgotten(changes=1, subscriptions=1, lists=3, stories=1)
    said = await whole(world)
    assert "Asta" not in said
    assert "test:7" not in said
    assert "Birk" in said
    async with world.database.read() as tx:
        assert [entry.name for entry in await tx.audit.of(desk, 10)] == ["Birk Lund", ""]
        assert len(await tx.destinations.subscriptions(desk)) == 1


_OF_PEOPLE = ("actor", "by", "created_by", "person")
"""What columns are called that hold a person's id."""


async def _everything(world: World) -> dict[tuple[str, str], str]:
    """All that every column of every table says."""
    async with world.database.read() as tx:
        tables = await tables_of(tx.connection)
        rows = {table: (await tx.connection.execute(select(table))).mappings().all() for table in tables}
    return {(t.name, c.name): repr([row[c.name] for row in found]) for t, found in rows.items() for c in t.columns}


@pytest.mark.filterwarnings("ignore:.*expression-based index")
async def test_nothing_of_a_forgotten_person_is_left_in_any_table(world: World) -> None:
    """Whatever they did: each column that may hold somebody's id held theirs, so a new one cannot be forgotten here."""
    desk, other, release = await world.desk(), await world.desk("elsewhere"), await world.release()
    newsroom = await world.newsroom()
    async with world.database.begin() as tx:
        made, _ = await tx.destinations.subscribe(other, newsroom.id, by=str(CALLED), now=world.now)
        wish = SubscriptionOptions(urgent="brand", pings=("here", CALLED.id))
        await tx.destinations.set_subscription_options(made.id, wish)
        was, now_is = ({"subscriptions": {"havnen": {"ping": ping}}} for ping in ("", f"here,{CALLED.id}"))
        await tx.audit.note(other, CALLED, "subscription", before=was, after=now_is, now=world.now)
        await tx.audit.note(other, BIRK, "subscription", before=now_is, after=was, now=world.now)
        await tx.lists.keep(CALLED, world.address(), 1, [release], world.now)
        await tx.pins.add(newsroom.id, CONTACT, CALLED, world.now)
        await tx.takers.take(release, [world.address()], CALLED, world.now)
        await tx.deeds.note(CALLED, "pause", {"platform": "test"}, world.now)
        await tx.pauses.add("test", "one", CALLED, world.now)
        await tx.broadcasts.draft("Hej", "", "", CALLED, world.now, silent=True)
        await tx.circles.give_code("ABCD-2345", desk, world.now, world.now + timedelta(minutes=5))
        assert await tx.circles.use_code("ABCD-2345", other, CALLED)
    await fill(world.database)
    said = await _everything(world)
    assert [where for where, what in said.items() if where[1] in _OF_PEOPLE and CALLED.id not in what] == []
    async with world.database.begin() as tx:
        await tx.forgetting.person(str(CALLED))
    said = await _everything(world)
    assert [where for where, what in said.items() if CALLED.id in what or "Asta Bro" in what] == []
    async with world.database.read() as tx:
        (left,) = await tx.destinations.subscriptions(other)
        assert left.options.pings == ("here",)
        assert [entry.after for entry in await tx.audit.of(other, 9)] == [was, {"subscriptions": {"havnen": {"ping": "here"}}}]


async def test_private_conversations_of_a_person_are_known(world: World) -> None:
    """By the person's id, or because they did something there; not what they did in a group."""
    await lived_in(world)
    async with world.database.begin() as tx:
        for conversation in ("7", "D1", "D2"):
            await tx.destinations.ensure(
                world.address(conversation),
                kind=ConversationKind.PRIVATE,
                title="",
                language="da",
                timezone="UTC",
                now=world.now,
            )
    d1 = await destination(world, world.address("D1"))
    async with world.database.begin() as tx:
        await tx.audit.note(d1.id, ASTA, "mute", before={}, after={"here": {}}, now=world.now)
        assert [each.address.conversation for each in await tx.forgetting.private_of("test:7")] == ["7", "D1"]
        assert [each.address.conversation for each in await tx.forgetting.private_of("test:bot/7")] == ["7"]
        assert await tx.forgetting.private_of("test:other/7") == []
        assert await tx.forgetting.private_of("test:") == []


async def test_an_account_that_left_is_erased_after_a_time(world: World) -> None:
    """Its conversations with all they had, what it was installed with, and the account itself; another one stays."""
    for number in range(3):
        await lived_in(world, f"desk {number}")
    async with world.database.begin() as tx:
        await tx.outbox.register("test", "other")
        await tx.installations.keep("test", "bot", "sealed", world.now)
        await tx.forgetting.account_left("test", "bot", world.now)
    world.pass_time(days=29)
    before = await whole(world)
    await tidy(world)
    assert (await whole(world)).count("desk 0") == before.count("desk 0") - 3, "of them only the lists went, which lapse anyway"
    world.now += GRACE - timedelta(days=29) + timedelta(minutes=1)
    assert await tidy(world) != {}
    assert await whole(world) == repr([[]] * 11)
    assert await world.rows("SELECT name FROM account") == [("other",)]
    assert await world.rows("SELECT * FROM installation") == []


async def test_an_account_that_came_back_keeps_everything(world: World) -> None:
    """Even if the worker has just found that it was gone."""
    await lived_in(world)
    async with world.database.begin() as tx:
        await tx.forgetting.account_left("test", "bot", world.now)
    world.pass_time(days=31)
    async with world.database.begin() as tx:
        (account,) = await tx.forgetting.left_accounts(world.now - GRACE)
        await tx.forgetting.account_left("test", "bot", None)
    async with world.database.begin() as tx:
        assert await tx.forgetting.account(account, world.now - GRACE)
    assert (await destination(world, world.address())).paused is None
