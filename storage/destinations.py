"""Destinations and their subscriptions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import DeliveryKind, DeliveryState
from bot.domain.newsroom import NewsroomId
from bot.domain.options import DestinationOptions, SubscriptionOptions
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId, Subscription, SubscriptionId
from bot.ports import Hint
from storage.dialects import insert_or_ignore
from storage.hints import hint
from storage.lanes import PENDING, WAITS, lock_account, lock_lanes
from storage.models import (
    AccountRow,
    DeliveryRow,
    DestinationRow,
    LaneRow,
    NewsroomRow,
    ReleaseRow,
    SubscriptionRow,
    UtcDateTime,
)
from storage.moving import move_conversation
from storage.options import options_to_json, subscription_options_from_json
from storage.rows import DESTINATION_COLUMNS, ERASED, NEWSROOM_COLUMNS, destination_from, newsroom_from


class SqlDestinations:
    """`bot.ports.Destinations` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

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
        await self._db.execute(update(DestinationRow).where(DestinationRow.id == destination_id).values(language=language))

    async def set_timezone(self, destination_id: DestinationId, timezone: str) -> None:
        """Go by this zone's clocks there from now on."""
        await self._db.execute(update(DestinationRow).where(DestinationRow.id == destination_id).values(timezone=timezone))

    async def set_options(self, destination_id: DestinationId, options: DestinationOptions) -> None:
        """How the destination is told from now on."""
        chosen = options_to_json(options)
        await self._db.execute(update(DestinationRow).where(DestinationRow.id == destination_id).values(options=chosen))

    async def pause(self, address: Address, reason: str, at: datetime | None = None) -> None:
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

    async def pause_account(self, platform: str, account: str, reason: str, at: datetime | None = None) -> None:
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

    async def subscribe(
        self, destination_id: DestinationId, newsroom_id: NewsroomId | None, *, by: str, now: datetime
    ) -> tuple[Subscription, bool]:
        """See `bot.ports.Destinations.subscribe`."""
        same = SubscriptionRow.newsroom_id.is_(None) if newsroom_id is None else SubscriptionRow.newsroom_id == newsroom_id
        query = _live().where(SubscriptionRow.destination_id == destination_id, same)
        wanted = {"destination_id": destination_id, "newsroom_id": newsroom_id, "created_at": now, "created_by": by}
        while (stored := (await self._db.execute(query)).first()) is None:
            # Who else subscribes the same just now is waited for, and theirs is then the one; unless it has ended by then.
            made = insert_or_ignore(self._db, SubscriptionRow).values(wanted).returning(SubscriptionRow.id)
            if (await self._db.execute(made)).first() is not None:
                hint(self._db, Hint.FEEDS)
                return _subscription((await self._db.execute(query)).one()), True
        return _subscription(stored), False

    async def unsubscribe(self, subscription_id: SubscriptionId, now: datetime) -> None:
        """See `bot.ports.Destinations.unsubscribe`."""
        this = (SubscriptionRow.id == subscription_id, SubscriptionRow.ended_at.is_(None))
        await lock_lanes(self._db, select(SubscriptionRow.destination_id).where(*this))
        end = update(SubscriptionRow).where(*this).values(ended_at=now).returning(SubscriptionRow.destination_id)
        ended = (await self._db.execute(end)).scalar_one_or_none()
        if ended is not None:
            await self._drop_unwanted(ended, now)

    async def _drop_unwanted(self, destination_id: int, now: datetime) -> None:
        """Alerts that no subscription brings any more."""
        owed = DeliveryRow.state.in_((DeliveryState.PENDING, DeliveryState.HELD))
        await self._drop(destination_id, owed, SubscriptionRow.ended_at.is_(None), "unsubscribed", now)
        left = select(func.count()).where(PENDING, DeliveryRow.destination_id == destination_id).scalar_subquery()
        await self._db.execute(update(LaneRow).where(LaneRow.destination_id == destination_id).values(pending=left))
        await self._db.execute(
            update(LaneRow).where(LaneRow.destination_id == destination_id, LaneRow.pending == 0).values(due_at=None)
        )

    async def _drop(
        self, destination_id: int, which: ColumnElement[bool], brings: ColumnElement[bool], reason: str, now: datetime
    ) -> None:
        """Owe such alerts no longer that none of such subscriptions brings, but for one in flight."""
        offered = select(NewsroomRow.id).where(NewsroomRow.offered_by.is_not(None))
        wanted = exists().where(
            SubscriptionRow.destination_id == destination_id,
            brings,
            or_(
                SubscriptionRow.newsroom_id == ReleaseRow.newsroom_id,
                and_(SubscriptionRow.newsroom_id.is_(None), ReleaseRow.newsroom_id.in_(offered)),
            ),
        )
        in_flight = select(LaneRow.in_flight).where(LaneRow.destination_id == destination_id).scalar_subquery()
        await self._db.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.destination_id == destination_id,
                DeliveryRow.kind == DeliveryKind.ALERT,
                which,
                DeliveryRow.id.is_distinct_from(in_flight),
                DeliveryRow.release_id.in_(select(ReleaseRow.id).where(~wanted)),
            )
            .values(state=DeliveryState.SKIPPED, reason=reason, done_at=now)
        )

    async def subscriptions(self, destination_id: DestinationId) -> list[Subscription]:
        """Live ones, by newsroom; `all` first."""
        rows = await self._db.execute(
            _live()
            .where(SubscriptionRow.destination_id == destination_id)
            .order_by(SubscriptionRow.newsroom_id.is_not(None), NewsroomRow.name)
        )
        return [_subscription(row) for row in rows]

    async def ever_subscribed(self, destination_id: DestinationId) -> bool:
        """Whether there is or was any subscription."""
        query = select(exists().where(SubscriptionRow.destination_id == destination_id))
        return bool((await self._db.execute(query)).scalar_one())

    async def set_subscription_options(self, subscription_id: SubscriptionId, options: SubscriptionOptions) -> None:
        """See `bot.ports.Destinations.set_subscription_options`."""
        chosen = options_to_json(options)
        await self._db.execute(update(SubscriptionRow).where(SubscriptionRow.id == subscription_id).values(options=chosen))

    async def set_silent(self, subscription_id: SubscriptionId, *, silent: bool) -> None:
        """See `bot.ports.Destinations.set_silent`."""
        await self._db.execute(update(SubscriptionRow).where(SubscriptionRow.id == subscription_id).values(silent=silent))

    async def mute(self, subscription_ids: Collection[SubscriptionId], until: datetime | None, now: datetime) -> None:
        """See `bot.ports.Destinations.mute`."""
        these = (SubscriptionRow.id.in_(subscription_ids), SubscriptionRow.ended_at.is_(None))
        muted = SubscriptionRow.muted_until > now
        if until is None:
            # The time of the mute stays: a fan-out under way still has to know of it.
            await self._db.execute(update(SubscriptionRow).where(*these, muted).values(muted_until=now))
            return
        since = case((muted, SubscriptionRow.muted_from), else_=literal(now, UtcDateTime()))
        await self._db.execute(update(SubscriptionRow).where(*these).values(muted_from=since, muted_until=until))
        await self._drop_muted(subscription_ids, now)

    async def _drop_muted(self, subscription_ids: Collection[SubscriptionId], now: datetime) -> None:
        """What was held back came out before the mute, but would be told during it, or long after."""
        here = select(SubscriptionRow.destination_id).where(SubscriptionRow.id.in_(subscription_ids))
        await lock_lanes(self._db, here)
        audible = and_(
            SubscriptionRow.ended_at.is_(None), or_(SubscriptionRow.muted_until.is_(None), SubscriptionRow.muted_until <= now)
        )
        for destination_id in sorted(set((await self._db.execute(here)).scalars())):
            await self._drop(destination_id, WAITS, audible, "muted", now)


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


def _live() -> Select[*tuple[Any, ...]]:
    return (
        select(
            SubscriptionRow.id,
            SubscriptionRow.destination_id,
            SubscriptionRow.created_at,
            SubscriptionRow.created_by,
            SubscriptionRow.silent,
            SubscriptionRow.muted_until,
            SubscriptionRow.options,
            SubscriptionRow.newsroom_id.label("wants"),
            *NEWSROOM_COLUMNS,
        )
        .outerjoin(NewsroomRow, NewsroomRow.id == SubscriptionRow.newsroom_id)
        .where(SubscriptionRow.ended_at.is_(None))
    )


def _subscription(row: Any) -> Subscription:  # noqa: ANN401 - a row of _live
    newsroom = None if row.wants is None else newsroom_from(row[-len(NEWSROOM_COLUMNS) :])
    return Subscription(
        SubscriptionId(row.id),
        DestinationId(row.destination_id),
        newsroom,
        row.created_at,
        row.created_by,
        row.silent,
        row.muted_until,
        subscription_options_from_json(row.options),
    )
