"""An installation with something in every table: what an upgrade must bring over."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, DateTime, Integer, MetaData, Table, func, insert, inspect, select, text

from bot.domain.contact import Contact, Phone
from bot.domain.delivery import DeliveryKind, Refused, Sent
from bot.domain.options import DestinationOptions, Frequency, QuietHours, SubscriptionOptions
from bot.domain.prose import paragraphs
from bot.domain.release import Content, ParsedRelease
from bot.ports import Actor
from bot.text.query import parse
from storage.database import SqlDatabase
from storage.portable.tables import count_rows, tables_of
from tests.fakes.world import NOW, World, ids

ASTA = Actor("test", "bot", "7", "Asta Holm")
CONTACT = Contact(name="Birk Engholt", role="pressechef", phones=(Phone("+4520123456"),), emails=("birk@havnen.example",))
SAID = Content(
    "Kajen åbner",
    lead="Efter et halvt år.",
    body=paragraphs("Bolværket er nyt."),
    language="da",
    url="https://havnen.example/kaj",
    contacts=(CONTACT,),
)
DESK_OPTIONS = DestinationOptions(quiet=QuietHours(time(22), time(7)), digest_at=time(8, 30))
WISH = SubscriptionOptions(filter="kaj OR mole", frequency=Frequency.DAILY)


async def fill(database: SqlDatabase) -> None:
    """Releases that were sent, corrected, refused and are owed; subscriptions and settings; and a row in every other table."""
    world = World(database)
    desk, other = await world.desk("desk"), await world.desk("other", "7")
    newsroom = await world.newsroom()
    subscription = await world.subscribe(desk, newsroom.id)
    await world.subscribe(other)
    older = [replace(SAID, title=f"Mole {n}", url=f"https://havnen.example/{n}") for n in range(1, 4)]
    items = [ParsedRelease(f"r{n}", said, NOW - timedelta(days=n)) for n, said in enumerate(older, 1)]
    kept = await world.add(ParsedRelease("kaj", SAID, NOW), *items)
    for release in kept.values():
        await world.owe(desk, release)
        await world.owe(other, release)
    for outcome in (Sent("post-1"), Refused("not allowed")):
        (delivery,) = await world.claim(1)
        await world.settle(delivery, outcome)
    async with database.begin() as tx:
        await tx.releases.revise(kept["kaj"], replace(SAID, lead="Efter et år."), now=NOW, correction=True)
        await tx.outbox.owe_later(DeliveryKind.ALERT, newsroom.id, [(kept["kaj"], 2)], NOW)
        await tx.destinations.set_options(desk, DESK_OPTIONS)
        await tx.destinations.set_subscription_options(subscription, WISH)
        await tx.audit.note(desk, ASTA, "subscribed", before={}, after={"newsroom": "havnen"}, now=NOW)
        await tx.pins.add(newsroom.id, CONTACT, ASTA, NOW)
        await tx.lists.keep(ASTA, world.address(), 1, list(kept.values()), NOW)
        await tx.installations.keep("slack", "T1", "sealed", NOW)
        await tx.lookups.add([kept["kaj"]], 1, NOW)
        for table in await tables_of(tx.connection):
            await tx.connection.run_sync(_fill_one, table.name)


def _fill_one(connection: Any, name: str) -> None:
    """A row by the columns' types, where a table is empty."""
    table = Table(name, MetaData(), autoload_with=connection, resolve_fks=True)
    if connection.execute(select(func.count()).select_from(table)).scalar_one():
        return
    row = {}
    for column in table.columns:
        foreign = next(iter(column.foreign_keys), None)
        row[column.name] = connection.execute(select(foreign.column).limit(1)).scalar() if foreign else _value(column, connection)
    connection.execute(insert(table).values(row))


def _value(column: Any, connection: Any) -> object:
    match column.type:
        case JSON():
            return []
        case DateTime():
            return NOW.replace(tzinfo=None) if connection.dialect.name == "sqlite" else NOW
        case Boolean():
            return False
        case Integer():
            return 1
        case _:
            return column.name[:10]


async def empty_tables(database: SqlDatabase) -> list[str]:
    """Tables without a row."""
    async with database.read() as tx:
        counts = {table.name: await count_rows(tx.connection, table) for table in await tables_of(tx.connection)}
    return [name for name, count in counts.items() if not count]


async def look_through(database: SqlDatabase) -> None:
    """Everything is there still, as the bot reads it, and the bot goes on with it. Raises AssertionError."""
    world = World(database, now=NOW + timedelta(hours=1))
    async with database.read() as tx:
        (newsroom,) = [each for each in await tx.newsrooms.all() if each.slug == "havnen"]
        (release,) = [each for each in await tx.releases.latest([newsroom.id], limit=9) if each.external_id == "kaj"]
        assert (release.content("da").lead, release.revision) == ("Efter et år.", 2)
        assert [content.lead for _, content in await tx.releases.revisions(release.id)] == ["Efter et halvt år."]
        assert release.content("da").contacts == (CONTACT,)
        assert {found.id for found in (await tx.search.find(parse("bolværk"), limit=9)).releases} >= {release.id}
        desk = await tx.destinations.find(world.address())
        assert desk is not None
        assert desk.options == DESK_OPTIONS
        (subscription,) = await tx.destinations.subscriptions(desk.id)
        assert (subscription.options, subscription.created_at) == (WISH, NOW)
        assert [entry.name for entry in await tx.audit.of(desk.id, 9)] == ["Asta Holm"]
        assert CONTACT in [pin.contact for pin in await tx.pins.of(newsroom.id)]
        assert await tx.lists.entry(ASTA, world.address(), 1, NOW - timedelta(hours=1)) == release.id
        assert await tx.installations.get("slack", "T1") == "sealed"
        assert [letter.reason for letter in await tx.outbox.dead_letters(9)] == ["not allowed"]
        posts = [post for where in ("desk", "other") for post in await _posts(tx, world, where, release.id)]
        assert "post-1" in [post.reference for post in posts]
    assert await world.drifted() == []
    claimed = await world.claim(9, owner="after the upgrade")
    assert claimed, ids(claimed)
    assert await world.settle(claimed[0], Sent("post-9"), owner="after the upgrade")


async def _posts(tx: Any, world: World, conversation: str, release: Any) -> list[Any]:
    found = await tx.destinations.find(world.address(conversation, "7" if conversation == "other" else ""))
    return await tx.outbox.posts(found.id, release) if found else []


def shape_of(connection: Any) -> dict[str, object]:
    """What tables, columns, keys and indexes a database has, of our own; by table."""
    looking = inspect(connection)
    return {name: _shape(looking, name) for name in sorted(looking.get_table_names()) if not name.startswith("release_search")}


def _shape(looking: Any, name: str) -> dict[str, object]:
    return {
        "columns": {
            each["name"]: (str(each["type"]), each["nullable"], str(each["default"])) for each in looking.get_columns(name)
        },
        "primary": looking.get_pk_constraint(name)["constrained_columns"],
        "foreign": sorted((each["constrained_columns"], each["referred_table"]) for each in looking.get_foreign_keys(name)),
        "unique": sorted(each["column_names"] for each in looking.get_unique_constraints(name)),
        "indexes": sorted((str(each["name"]), each["unique"], each["column_names"]) for each in looking.get_indexes(name)),
    }


def revision_of(connection: Any) -> str:
    """The migration that a database is at."""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
