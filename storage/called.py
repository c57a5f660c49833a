"""People whom the urgent words of a subscription call: taken out where one of them is forgotten."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, cast, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.lanes import lock_lanes
from storage.models import AccountRow, AuditRow, DestinationRow, SubscriptionRow


async def erase_calls(db: AsyncConnection, platform: str, ident: str) -> None:
    """Have nobody called by this id of the platform any more, nor named by it in what was changed.

    A number calls nobody: where people's ids are numbers they are called by names, of which we do not know whose they are.
    """
    if ident.isdigit():
        return
    for row, columns in ((SubscriptionRow, ("options",)), (AuditRow, ("before", "after"))):
        for column in columns:
            await _erase(db, row, column, platform, ident)


async def _erase(db: AsyncConnection, row: Any, column: str, platform: str, ident: str) -> None:  # noqa: ANN401 - a model
    value = getattr(row, column)
    names = (AccountRow.platform == platform, cast(value, String).contains(ident, autoescape=True))
    of_account = AccountRow.id == DestinationRow.account_id
    there = select(row.id, value).join(DestinationRow, DestinationRow.id == row.destination_id).join(AccountRow, of_account)
    if row is SubscriptionRow:  # before they are read: what somebody chooses meanwhile is not to be written over
        lanes = (
            select(row.destination_id).join(DestinationRow, DestinationRow.id == row.destination_id).join(AccountRow, of_account)
        )
        await lock_lanes(db, lanes.where(*names))
    for found_id, found in (await db.execute(there.where(*names))).all():
        await db.execute(update(row).where(row.id == found_id).values({column: _without(found, ident)}))


def _without(value: Any, ident: str) -> Any:  # noqa: ANN401 - JSON
    """JSON without an id, in lists and in strings that are lists."""
    match value:
        case dict():
            return {name: _without(each, ident) for name, each in value.items()}
        case list():
            return [_without(each, ident) for each in value if each != ident]
        case str():
            return ",".join(each for each in value.split(",") if each.strip() != ident)
        case _:
            return value
