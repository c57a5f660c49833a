"""What an operator says of contacts, in alerts that stand and in those to come, on a real database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest

from bot.alerts.anew import MOST, RECENT, show_contacts
from bot.alerts.compose import compose
from bot.alerts.composition import Composition, Edit, Message
from bot.domain.card import Card, ContactItem
from bot.domain.contact import Contact, Phone
from bot.domain.delivery import Delivery, Sent
from bot.domain.newsroom import Newsroom
from bot.domain.release import Content, ParsedRelease, ReleaseId
from bot.domain.subscription import DestinationId
from bot.ports import Actor
from storage.database import SqlDatabase
from storage.pins import SqlPins
from tests.fakes.world import World

READ = Contact(name="Bo Berg", phones=(Phone("+4520111111"),))
RIGHT = Contact(name="Bo Berg", phones=(Phone("+4520222222"),))
DAGNY = Actor("telegram", "presse_bot", "9", "Dagny")


@pytest.fixture
def world(database: SqlDatabase) -> World:
    """A small installation."""
    return World(database)


async def named(world: World, number: int, *contacts: Contact, slug: str = "havnen") -> ReleaseId:
    """A release that names contacts."""
    content = Content(f"Kaj {number}", language="da", url=f"https://{slug}.example/{number}", contacts=contacts)
    return (await world.add(ParsedRelease(str(number), content, world.now), slug=slug))[str(number)]


async def pin(world: World, newsroom: Newsroom, contact: Contact) -> int:
    """Have an operator pin a contact; about how many releases alerts are edited."""
    async with world.database.begin() as tx:
        before = await tx.pins.of(newsroom.id)
        await tx.pins.add(newsroom.id, contact, DAGNY, world.now)
        return await show_contacts(tx, newsroom.id, before, world.now)


async def composed(world: World, limit: int = 10) -> list[tuple[Delivery, Composition]]:
    """What is due, and what it comes to."""
    deliveries = await world.claim(limit)
    async with world.database.read() as tx:
        return list(zip(deliveries, await compose(tx, deliveries, world.now), strict=True))


async def posted(world: World, desk: DestinationId, *releases: ReleaseId) -> None:
    """Have alerts about releases posted."""
    await world.owe(desk, *releases)
    for number in range(len(releases)):
        ((delivery, _),) = await composed(world)
        assert await world.settle(delivery, Sent(f"{delivery.release_id}.{number}"))


def numbers(card: Card) -> list[str]:
    """The telephone numbers on a card."""
    items = [each.contact for each in card.elements if isinstance(each, ContactItem)]
    return [str(phone.e164) for contact in items for phone in contact.phones]


async def test_an_alert_that_is_still_owed_names_what_is_pinned(world: World) -> None:
    """It is made when it is sent, so nothing more is owed for it."""
    newsroom, desk = await world.newsroom(), await world.desk()
    await world.owe(desk, await named(world, 1, READ))
    assert await pin(world, newsroom, RIGHT) == 0
    ((_, message),) = await composed(world)
    assert isinstance(message, Message)
    assert numbers(message.card) == ["+4520222222"]
    assert await world.states(desk) == ["pending"]


async def test_an_alert_that_stands_is_edited_without_a_word(world: World) -> None:
    """Without sound, mark or follow-up; taken back, it names what was read again."""
    newsroom, desk = await world.newsroom(), await world.desk()
    await posted(world, desk, await named(world, 1, READ))
    assert await pin(world, newsroom, RIGHT) == 1
    ((delivery, edits),) = await composed(world)
    assert isinstance(edits, list)
    (edit,) = edits
    assert isinstance(edit, Edit)
    assert (numbers(edit.card), edit.card.silent, edit.anew) == (["+4520222222"], True, None)
    assert "RETTET" not in edit.card.summary
    assert await world.settle(delivery, Sent(edit.post.reference), shows=edit.shows, edited=edit.post.id)
    assert await world.claim() == []
    async with world.database.begin() as tx:
        (before,) = await tx.pins.of(newsroom.id)
        await tx.pins.remove(before.id)
        assert await show_contacts(tx, newsroom.id, [before], world.now) == 1
    ((_, back),) = await composed(world)
    assert isinstance(back, list)
    assert numbers(back[0].card) == ["+4520111111"]


async def test_only_alerts_that_would_look_otherwise_are_edited(world: World) -> None:
    """Not those of other newsrooms, nor those whose two contacts are the same as before."""
    newsroom, desk = await world.newsroom(), await world.desk()
    await posted(world, desk, await named(world, 1, READ), await named(world, 2, READ, slug="anden"))
    for at in range(3):
        assert await pin(world, newsroom, Contact(role=f"vagt {at}", phones=(Phone(f"+453311000{at}"),))) == 1
    async with world.database.begin() as tx:
        before = await tx.pins.of(newsroom.id)
        await tx.pins.remove(before[-1].id)
        assert await show_contacts(tx, newsroom.id, before, world.now) == 0, "it was the third"


async def test_old_alerts_and_very_many_are_let_be(world: World) -> None:
    """Nobody calls about them, and the operator waits for the answer."""
    newsroom, desk = await world.newsroom(), await world.desk()
    await posted(world, desk, await named(world, 1000, READ))
    world.pass_time(seconds=(RECENT + timedelta(minutes=1)).total_seconds())
    await posted(world, desk, *[await named(world, number, READ) for number in range(MOST + 3)])
    assert await pin(world, newsroom, RIGHT) == MOST


async def test_pins_are_read_once_for_all_that_is_sent_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many places, releases and newsrooms it is about; not at all where no release is."""
    asked: list[Any] = []
    among = SqlPins.among

    async def counted(self: SqlPins, newsrooms: Collection[Any]) -> Any:
        asked.append(newsrooms)
        return await among(self, newsrooms)

    monkeypatch.setattr(SqlPins, "among", counted)
    desks = [await world.desk(f"desk{number}") for number in range(10)]
    releases = [await named(world, at, READ, slug=slug) for at, slug in enumerate(("havnen", "anden"))]
    for at, desk in enumerate(desks):
        await world.owe(desk, releases[at % 2])
    assert len(await composed(world, 20)) == len(desks)
    assert len(asked) == 1
    async with world.database.read() as tx:
        await compose(tx, [], world.now)
    assert len(asked) == 1
