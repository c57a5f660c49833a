"""Which conversations are linked, and the codes by which they come to be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import Select, and_, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.domain.subscription import Address, Destination, DestinationId
from bot.ports import Actor, Circle, LinkCode
from storage.dialects import insert_into, insert_or_ignore, one_at_a_time
from storage.models import AccountRow, CircleRow, DestinationRow, LinkCodeRow, TakerRow
from storage.rows import DESTINATION_COLUMNS, any_of, destination_from

_IN_CIRCLE = and_(CircleRow.account_id == DestinationRow.account_id, CircleRow.conversation == DestinationRow.conversation)


class SqlCircles:
    """`bot.ports.Circles` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def of(self, address: Address) -> Circle | None:
        """See `bot.ports.Circles.of`."""
        name = await self._name(address)
        if name is None:
            return None
        # Of a conversation with threads the one without comes first.
        rows = await self._db.execute(
            _destinations().join(CircleRow, _IN_CIRCLE).where(CircleRow.name == name).order_by(DestinationRow.thread)
        )
        found: dict[tuple[str, str, str], Destination] = {}
        for each in map(destination_from, rows):
            found.setdefault((each.address.platform, each.address.account, each.address.conversation), each)
        found.pop((address.platform, address.account, address.conversation), None)
        others = sorted(found.values(), key=lambda each: each.id)
        return Circle(name, tuple(others)) if others else None

    async def alone(self) -> None:
        """See `bot.ports.Circles.alone`."""
        await one_at_a_time(self._db, "circles")

    async def join(self, one: Address, other: Address, now: datetime) -> None:
        """See `bot.ports.Circles.join`."""
        await one_at_a_time(self._db, "circles")
        names = [await self._name(one), await self._name(other)]
        name = next(filter(None, names), None) or token_hex(8)
        await self._db.execute(update(CircleRow).where(CircleRow.name.in_(filter(None, names))).values(name=name))
        both = any_of((one, other), AccountRow.platform, AccountRow.name, DestinationRow.conversation)
        query = select(DestinationRow.account_id, DestinationRow.conversation).distinct()
        for row in (await self._db.execute(query.join(AccountRow, AccountRow.id == DestinationRow.account_id).where(both))).all():
            values = {"account_id": row.account_id, "conversation": row.conversation, "name": name, "since": now}
            await self._db.execute(insert_or_ignore(self._db, CircleRow).values(values))

    async def leave(self, address: Address) -> None:
        """See `bot.ports.Circles.leave`."""
        await one_at_a_time(self._db, "circles")
        account = select(AccountRow.id).where(AccountRow.platform == address.platform, AccountRow.name == address.account)
        this = (CircleRow.account_id == account.scalar_subquery(), CircleRow.conversation == address.conversation)
        await self._db.execute(delete(CircleRow).where(*this))

    async def _name(self, address: Address) -> str | None:
        query = select(CircleRow.name).join(AccountRow, AccountRow.id == CircleRow.account_id)
        this = any_of((address,), AccountRow.platform, AccountRow.name, CircleRow.conversation)
        return (await self._db.execute(query.where(this))).scalar_one_or_none()

    # Codes --------------------------------------------------------------------------------------------------------------

    async def give_code(self, code: str, destination_id: DestinationId, now: datetime, until: datetime) -> None:
        """See `bot.ports.Circles.give_code`."""
        await self._db.execute(
            delete(LinkCodeRow).where(or_(LinkCodeRow.until <= now, LinkCodeRow.destination_id == destination_id))
        )
        values = {"code": code, "destination_id": destination_id, "until": until, "person": "", "name": ""}
        await self._db.execute(insert_into(self._db, LinkCodeRow).values(values))

    async def code(self, code: str, now: datetime) -> LinkCode | None:
        """See `bot.ports.Circles.code`."""
        row = (
            await self._db.execute(select(LinkCodeRow.__table__).where(LinkCodeRow.code == code, LinkCodeRow.until > now))
        ).first()
        if row is None:
            return None
        here, asker = await self._destination(row.destination_id), await self._destination(row.asker_id)
        if here is None:
            return None
        platform, _, ident = row.person.partition(":")
        actor = Actor(platform, asker.address.account, ident, row.name) if asker else None
        return LinkCode(code, here, asker, actor)

    async def use_code(self, code: str, destination_id: DestinationId, actor: Actor) -> bool:
        """See `bot.ports.Circles.use_code`."""
        free = or_(LinkCodeRow.asker_id.is_(None), LinkCodeRow.asker_id == destination_id)
        asked = {"asker_id": destination_id, "person": str(actor), "name": actor.name}
        return bool((await self._db.execute(update(LinkCodeRow).where(LinkCodeRow.code == code, free).values(asked))).rowcount)

    async def end_code(self, code: str) -> bool:
        """See `bot.ports.Circles.end_code`."""
        return bool((await self._db.execute(delete(LinkCodeRow).where(LinkCodeRow.code == code))).rowcount)

    async def _destination(self, ident: int | None) -> Destination | None:
        row = (await self._db.execute(_destinations().where(DestinationRow.id == ident))).first()
        return destination_from(row) if row else None


def _destinations() -> Select[Any]:
    return select(*DESTINATION_COLUMNS).join(AccountRow, AccountRow.id == DestinationRow.account_id)


# When conversations move or are erased ---------------------------------------------------------------------------------------


async def move_circle(db: AsyncConnection, account_id: int, old: str, new: str) -> None:
    """A conversation is linked, and shows who took what, under its new id; what is there already stays as it is."""
    there, known = aliased(CircleRow), aliased(TakerRow)
    linked = exists().where(there.account_id == account_id, there.conversation == new)
    taken = exists().where(known.account_id == account_id, known.conversation == new, known.release_id == TakerRow.release_id)
    for row, is_there in ((CircleRow, linked), (TakerRow, taken)):
        this = (row.account_id == account_id, row.conversation == old)
        await db.execute(update(row).where(*this, ~is_there).values(conversation=new))
        await db.execute(delete(row).where(*this))


async def erase_circles(db: AsyncConnection, account_id: int, conversation: str) -> None:
    """A conversation of which no destination is left shows nothing, and is linked with nothing."""
    left = exists().where(DestinationRow.account_id == account_id, DestinationRow.conversation == conversation)
    for row in (CircleRow, TakerRow):
        await db.execute(delete(row).where(row.account_id == account_id, row.conversation == conversation, ~left))


async def erase_codes(db: AsyncConnection, destinations: Sequence[int]) -> None:
    """Codes that these gave out, or used, are good no longer."""
    await db.execute(
        delete(LinkCodeRow).where(or_(LinkCodeRow.destination_id.in_(destinations), LinkCodeRow.asker_id.in_(destinations)))
    )
