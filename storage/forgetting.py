"""What is erased because somebody asks for it, or does not want us any more.

A destination loses at once all that says whose it is. What is left of it is a husk of numbers, which is cleared away a few rows at
a time: so nobody waits, and a crash leaves nothing that could be recognised.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, cast, delete, exists, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import String

from bot.domain.subscription import ConversationKind, Destination, DestinationId
from bot.ports import Forgotten, Hint
from storage.called import erase_calls
from storage.circles import erase_circles, erase_codes
from storage.hints import hint
from storage.lanes import PENDING, lock_account, lock_lanes
from storage.models import (
    AccountRow,
    AuditRow,
    BroadcastRow,
    CircleRow,
    DeedRow,
    DeliveryRow,
    DestinationRow,
    InstallationRow,
    LaneRow,
    LinkCodeRow,
    PauseRow,
    PinRow,
    PostReleaseRow,
    PostRow,
    ShownRow,
    SubscriptionRow,
    TakerRow,
)
from storage.retention import remove_deliveries
from storage.rows import DESTINATION_COLUMNS, ERASED, destination_from

_AT_ONCE = 100


class SqlForgetting:
    """`bot.ports.Forgetting` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def platforms(self) -> list[str]:
        """See `bot.ports.Forgetting.platforms`."""
        return list((await self._db.execute(select(AccountRow.platform).distinct().order_by(AccountRow.platform))).scalars())

    async def known(self, platform: str) -> list[Destination]:
        """See `bot.ports.Forgetting.known`."""
        query = (
            select(*DESTINATION_COLUMNS)
            .join(AccountRow, AccountRow.id == DestinationRow.account_id)
            .where(AccountRow.platform == platform, DestinationRow.paused.is_distinct_from(ERASED))
            .order_by(DestinationRow.id)
        )
        return [destination_from(row) for row in await self._db.execute(query)]

    async def private_of(self, person: str) -> list[Destination]:
        """See `bot.ports.Forgetting.private_of`."""
        platform, _, ident = person.partition(":")
        account, _, alone = ident.rpartition("/")
        named = and_(DestinationRow.conversation == alone, literal(account).in_(("", AccountRow.name)))
        acted = or_(
            exists().where(AuditRow.destination_id == DestinationRow.id, AuditRow.by == person),
            exists().where(SubscriptionRow.destination_id == DestinationRow.id, SubscriptionRow.created_by == person),
        )
        query = (
            select(*DESTINATION_COLUMNS)
            .join(AccountRow, AccountRow.id == DestinationRow.account_id)
            .where(
                AccountRow.platform == platform,
                DestinationRow.kind == ConversationKind.PRIVATE,
                DestinationRow.paused.is_distinct_from(ERASED),
                or_(named, acted),
            )
            .order_by(DestinationRow.id)
        )
        return [destination_from(row) for row in await self._db.execute(query)]

    async def person(self, person: str) -> Forgotten:
        """See `bot.ports.Forgetting.person`."""
        changes = update(AuditRow).where(AuditRow.by == person).values(by="", name="")
        made = update(SubscriptionRow).where(SubscriptionRow.created_by == person).values(created_by="")
        await self._db.execute(delete(LinkCodeRow).where(LinkCodeRow.person == person))
        for row in (DeedRow, BroadcastRow, PauseRow):
            await self._db.execute(update(row).where(row.by == person).values(by="", name=""))
        await self._db.execute(update(PinRow).where(PinRow.by == person).values(by=""))
        platform, _, ident = person.partition(":")
        await erase_calls(self._db, platform, ident.rpartition("/")[2])
        stories = select(func.count(TakerRow.release_id.distinct())).where(TakerRow.person == person)
        taken = int((await self._db.execute(stories)).scalar_one())
        await self._db.execute(delete(TakerRow).where(TakerRow.person == person))
        return Forgotten(
            changes=(await self._db.execute(changes)).rowcount,
            subscriptions=(await self._db.execute(made)).rowcount,
            lists=(await self._db.execute(delete(ShownRow).where(ShownRow.actor == person))).rowcount,
            stories=taken,
        )

    async def contents(self, destinations: Collection[DestinationId]) -> Forgotten:
        """See `bot.ports.Forgetting.contents`."""

        async def count(row: type[SubscriptionRow | DeliveryRow | PostRow | AuditRow]) -> int:
            query = select(func.count()).select_from(row).where(row.destination_id.in_(destinations))
            return int((await self._db.execute(query)).scalar_one())

        return Forgotten(
            destinations=len(destinations),
            subscriptions=await count(SubscriptionRow),
            deliveries=await count(DeliveryRow),
            posts=await count(PostRow),
            changes=await count(AuditRow),
        )

    async def destinations(self, destinations: Collection[Destination]) -> None:
        """See `bot.ports.Forgetting.destinations`."""
        ids = sorted(each.id for each in destinations)
        if not ids:
            return
        await lock_lanes(self._db, ids)
        idle = {"due_at": None, "held_until": None, "newest": None, "owner": None, "in_flight": None}
        await self._db.execute(update(LaneRow).where(LaneRow.destination_id.in_(ids)).values(idle))
        await self._db.execute(delete(SubscriptionRow).where(SubscriptionRow.destination_id.in_(ids)))
        nobody = {"by": "", "name": "", "before": None, "after": None}
        await self._db.execute(update(AuditRow).where(AuditRow.destination_id.in_(ids)).values(nobody))
        addresses = [str(each.address) for each in destinations]
        await self._db.execute(delete(ShownRow).where(ShownRow.address.in_(addresses)))
        husk = literal(f"{ERASED}:", String) + cast(DestinationRow.id, String)
        conversations = (
            await self._db.execute(
                select(DestinationRow.account_id, DestinationRow.conversation).where(DestinationRow.id.in_(ids)).distinct()
            )
        ).all()
        emptied = {"conversation": husk, "thread": "", "title": "", "paused": ERASED, "options": None}
        await self._db.execute(update(DestinationRow).where(DestinationRow.id.in_(ids)).values(emptied))
        await erase_codes(self._db, ids)
        for row in conversations:
            await erase_circles(self._db, row.account_id, row.conversation)
        hint(self._db, Hint.HUSKS)

    # What is left of them ------------------------------------------------------------------------------------------------

    async def husks(self) -> list[DestinationId]:
        """See `bot.ports.Forgetting.husks`."""
        query = select(DestinationRow.id).where(DestinationRow.paused == ERASED).order_by(DestinationRow.id)
        return [DestinationId(ident) for ident in (await self._db.execute(query)).scalars()]

    async def clear(self, husk: DestinationId, limit: int) -> bool:
        """See `bot.ports.Forgetting.clear`."""
        await lock_lanes(self._db, [husk])
        this = (DestinationRow.id == husk, DestinationRow.paused == ERASED)
        if not (await self._db.execute(select(DestinationRow.id).where(*this))).first():
            return True
        for part in (self._deliveries, self._posts, self._changes):
            if await part(husk, limit):
                return False
        await self._db.execute(delete(LaneRow).where(LaneRow.destination_id == husk))
        await self._db.execute(delete(SubscriptionRow).where(SubscriptionRow.destination_id == husk))
        await self._db.execute(delete(DestinationRow).where(*this))
        return True

    async def _deliveries(self, husk: int, limit: int) -> int:
        here = select(DeliveryRow.id).where(DeliveryRow.destination_id == husk).limit(limit)
        removed = await remove_deliveries(self._db, list((await self._db.execute(here)).scalars()))
        left = select(func.count()).where(PENDING, DeliveryRow.destination_id == husk).scalar_subquery()
        await self._db.execute(update(LaneRow).where(LaneRow.destination_id == husk).values(pending=left))
        return removed

    async def _posts(self, husk: int, limit: int) -> int:
        """Those whose delivery is another destination's by now."""
        these = list((await self._db.execute(select(PostRow.id).where(PostRow.destination_id == husk).limit(limit))).scalars())
        if these:
            await self._db.execute(delete(PostReleaseRow).where(PostReleaseRow.post_id.in_(these)))
            await self._db.execute(delete(PostRow).where(PostRow.id.in_(these)))
        return len(these)

    async def _changes(self, husk: int, limit: int) -> int:
        these = select(AuditRow.id).where(AuditRow.destination_id == husk).limit(limit)
        return (await self._db.execute(delete(AuditRow).where(AuditRow.id.in_(these)))).rowcount

    # Accounts that do not want us any more ------------------------------------------------------------------------------

    async def account_left(self, platform: str, account: str, at: datetime | None) -> None:
        """See `bot.ports.Forgetting.account_left`."""
        this = and_(AccountRow.platform == platform, AccountRow.name == account)
        await self._db.execute(update(AccountRow).where(this).values(gone_at=at))

    async def left_accounts(self, before: datetime) -> list[int]:
        """See `bot.ports.Forgetting.left_accounts`."""
        query = select(AccountRow.id).where(AccountRow.gone_at < before).order_by(AccountRow.id)
        return list((await self._db.execute(query)).scalars())

    async def account(self, account_id: int, before: datetime) -> bool:
        """See `bot.ports.Forgetting.account`."""
        this = and_(AccountRow.id == account_id, AccountRow.gone_at < before)
        await lock_account(self._db, this)
        found = (await self._db.execute(select(AccountRow.platform, AccountRow.name).where(this))).first()
        if found is None:
            return True  # it let us in again meanwhile
        query = (
            select(*DESTINATION_COLUMNS)
            .join(AccountRow, AccountRow.id == DestinationRow.account_id)
            .where(DestinationRow.account_id == account_id, DestinationRow.paused.is_distinct_from(ERASED))
            .limit(_AT_ONCE)
        )
        some = [destination_from(row) for row in await self._db.execute(query)]
        await self.destinations(some)
        for row in (TakerRow, CircleRow):
            await self._db.execute(delete(row).where(row.account_id == account_id))
        kept = and_(InstallationRow.platform == found.platform, InstallationRow.account == found.name)
        await self._db.execute(delete(InstallationRow).where(kept))
        await self._db.execute(delete(PauseRow).where(PauseRow.platform == found.platform, PauseRow.account == found.name))
        if some or (await self._db.execute(select(exists().where(DestinationRow.account_id == account_id)))).scalar_one():
            return False
        await self._db.execute(delete(AccountRow).where(this))
        return True
