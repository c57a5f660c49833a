"""Destinations: where they are, how they are told, and whether they can be."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, insert, select, update

from bot.domain.options import DestinationOptions
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId
from bot.ports import Hint
from storage.dialects import insert_or_ignore
from storage.hints import hint
from storage.lanes import lock_account, lock_lanes
from storage.models import (
    AccountRow,
    DestinationRow,
    LaneRow,
)
from storage.moving import move_conversation
from storage.options import options_to_json
from storage.rows import DESTINATION_COLUMNS, ERASED, destination_from
from storage.subscriptions import Subscribing


class SqlDestinations(Subscribing):
    """`bot.ports.Destinations` in SQL."""

    async def find(self, address: Address) -> Destination | None:
        """The destination of this address."""
        row = (await self._db.execute(_at(address))).first()
        return destination_from(row) if row else None

    async def known(self, ids: Collection[DestinationId]) -> list[Destination]:
        """See `bot.ports.Destinations.known`."""
        these = (DestinationRow.id.in_(ids), DestinationRow.paused.is_distinct_from(ERASED))
        query = select(*DESTINATION_COLUMNS).join_from(DestinationRow, AccountRow)
        return [destination_from(row) for row in await self._db.execute(query.where(*these).order_by(DestinationRow.id))]

    async def of_conversation(self, address: Address) -> list[Destination]:
        """See `bot.ports.Destinations.of_conversation`."""
        query = _in_conversation(address).order_by(DestinationRow.thread)
        return [destination_from(row) for row in await self._db.execute(query)]

    async def of_account(self, platform: str, account: str) -> list[Destination]:
        """See `bot.ports.Destinations.of_account`."""
        query = (
            select(*DESTINATION_COLUMNS)
            .join(AccountRow, AccountRow.id == DestinationRow.account_id)
            .where(AccountRow.platform == platform, AccountRow.name == account, DestinationRow.paused.is_(None))
            .order_by(DestinationRow.title, DestinationRow.id)
        )
        return [destination_from(row) for row in await self._db.execute(query)]

    async def ensure(
        self, address: Address, *, kind: ConversationKind, title: str, language: str, timezone: str, now: datetime
    ) -> Destination:
        """See `bot.ports.Destinations.ensure`."""
        stored = await self.find(address)
        if stored is None:
            account_id = await self._account(address)
            made = await self._db.execute(
                insert_or_ignore(self._db, DestinationRow)
                .values(
                    account_id=account_id,
                    conversation=address.conversation,
                    thread=address.thread,
                    kind=kind,
                    title=title,
                    language=language,
                    timezone=timezone,
                    created_at=now,
                )
                .returning(DestinationRow.id)
            )
            new = made.scalar_one_or_none()  # else another made it meanwhile, and its lane
            if new is not None:
                await self._db.execute(insert(LaneRow).values(destination_id=new, account_id=account_id, pending=0))
        elif title and title != stored.title:
            await lock_lanes(self._db, [stored.id])
            await self._db.execute(update(DestinationRow).where(DestinationRow.id == stored.id).values(title=title))
        else:
            return stored
        found = await self.find(address)
        assert found is not None
        return found

    async def _account(self, address: Address) -> int:
        this = (AccountRow.platform == address.platform, AccountRow.name == address.account)
        # Locked: a conversation that moves to this address at the same time is waited for, and waits.
        query = select(AccountRow.id).where(*this).with_for_update(key_share=True)
        found = (await self._db.execute(query)).scalar_one_or_none()
        if found is None:
            await self._db.execute(insert_or_ignore(self._db, AccountRow).values(platform=address.platform, name=address.account))
            found = (await self._db.execute(query)).scalar_one()
        return found

    async def set_language(self, destination_id: DestinationId, language: str) -> None:
        """Speak this language there from now on."""
        await lock_lanes(self._db, [destination_id])
        await self._db.execute(update(DestinationRow).where(DestinationRow.id == destination_id).values(language=language))

    async def set_timezone(self, destination_id: DestinationId, timezone: str) -> None:
        """Go by this zone's clocks there from now on."""
        await lock_lanes(self._db, [destination_id])
        await self._db.execute(update(DestinationRow).where(DestinationRow.id == destination_id).values(timezone=timezone))

    async def set_options(self, destination_id: DestinationId, options: DestinationOptions) -> None:
        """How the destination is told from now on."""
        await lock_lanes(self._db, [destination_id])
        chosen = options_to_json(options)
        await self._db.execute(update(DestinationRow).where(DestinationRow.id == destination_id).values(options=chosen))

    async def pause(self, address: Address, reason: str, at: datetime) -> None:
        """See `bot.ports.Destinations.pause`."""
        ids = await self._locked(address)
        await self._db.execute(update(DestinationRow).where(DestinationRow.id.in_(ids)).values(paused=reason, paused_at=at))
        await self._db.execute(update(LaneRow).where(LaneRow.destination_id.in_(ids)).values(due_at=None))

    async def resume(self, address: Address, now: datetime) -> None:
        """See `bot.ports.Destinations.resume`."""
        ids = await self._locked(address)
        hint(self._db, Hint.LANES)
        await self._db.execute(update(DestinationRow).where(DestinationRow.id.in_(ids)).values(paused=None, paused_at=None))
        await self._db.execute(update(LaneRow).where(LaneRow.destination_id.in_(ids), LaneRow.pending > 0).values(due_at=now))

    async def pause_account(self, platform: str, account: str, reason: str, at: datetime) -> None:
        """See `bot.ports.Destinations.pause_account`."""
        ids = await self._locked_in(platform, account, DestinationRow.paused.is_(None))
        await self._db.execute(update(LaneRow).where(LaneRow.destination_id.in_(ids)).values(due_at=None))
        await self._db.execute(update(DestinationRow).where(DestinationRow.id.in_(ids)).values(paused=reason, paused_at=at))

    async def resume_account(self, platform: str, account: str, reason: str, now: datetime) -> None:
        """See `bot.ports.Destinations.resume_account`."""
        ids = await self._locked_in(platform, account, DestinationRow.paused == reason)
        hint(self._db, Hint.LANES)
        await self._db.execute(update(LaneRow).where(LaneRow.destination_id.in_(ids), LaneRow.pending > 0).values(due_at=now))
        await self._db.execute(update(DestinationRow).where(DestinationRow.id.in_(ids)).values(paused=None, paused_at=None))

    async def _locked_in(self, platform: str, account: str, which: ColumnElement[bool]) -> Select[int]:
        """The destinations of an account of which this holds. Their lanes are changed first: then it holds no longer."""
        this = and_(AccountRow.platform == platform, AccountRow.name == account)
        ids = select(DestinationRow.id).where(DestinationRow.account_id.in_(select(AccountRow.id).where(this)), which)
        await lock_account(self._db, this)
        await lock_lanes(self._db, ids)
        return ids

    async def _locked(self, address: Address) -> Select[int]:
        ids = _ids(address)
        await lock_account(self._db, _account(address))
        await lock_lanes(self._db, ids)
        return ids

    async def move(self, address: Address, conversation: str) -> None:
        """See `bot.ports.Destinations.move`."""
        await lock_account(self._db, _account(address))
        account_id = (await self._db.execute(select(_account_id(address)))).scalar_one()
        if account_id is not None:
            await move_conversation(self._db, account_id, address.conversation, conversation)


def _at(address: Address) -> Select[*tuple[Any, ...]]:
    return _in_conversation(address).where(DestinationRow.thread == address.thread)


def _in_conversation(address: Address) -> Select[*tuple[Any, ...]]:
    return (
        select(*DESTINATION_COLUMNS)
        .join(AccountRow, AccountRow.id == DestinationRow.account_id)
        .where(
            AccountRow.platform == address.platform,
            AccountRow.name == address.account,
            DestinationRow.conversation == address.conversation,
        )
    )


def _account(address: Address) -> ColumnElement[bool]:
    return and_(AccountRow.platform == address.platform, AccountRow.name == address.account)


def _account_id(address: Address) -> Any:  # noqa: ANN401 - a scalar subquery
    return select(AccountRow.id).where(_account(address)).scalar_subquery()


def _ids(address: Address) -> Select[int]:
    """The destinations of an address; without a thread, those of all its threads too."""
    query = select(DestinationRow.id).where(
        DestinationRow.account_id == _account_id(address), DestinationRow.conversation == address.conversation
    )
    return query.where(DestinationRow.thread == address.thread) if address.thread else query
