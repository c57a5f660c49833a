"""What the administrators of a destination are told privately, rather than its readers in public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.alerts.fanout import owe_notice
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId
from bot.ports import Transaction

PAUSED = "destination_paused"
THREAD_CLOSED = "thread_closed"


async def tell_administrators(
    tx: Transaction, destinations: Sequence[Destination], code: str, now: datetime, why: str = ""
) -> None:
    """Owe a notice, once a day at most, to everybody who subscribed a conversation (its destinations) to something.

    `why` is what the platform said, or what is to be done about it.
    """
    if not destinations or destinations[0].kind is ConversationKind.PRIVATE:
        return
    first = destinations[0]
    told = [await _private(tx, first, person, now) for person in await _people(tx, destinations)]
    named = {"destination": next((each.title for each in destinations if each.title), str(first.address)), "detail": why}
    await owe_notice(tx, told, f"{code}:{first.id}:{now:%Y-%m-%d}", code, named, now)


async def _people(tx: Transaction, destinations: Sequence[Destination]) -> list[str]:
    """The ids of those who subscribed. Who spoke as the conversation itself (an anonymous administrator) cannot be reached."""
    here = destinations[0].address
    ours = f"{here.platform}:"
    subscriptions = [each for destination in destinations for each in await tx.destinations.subscriptions(destination.id)]
    people = {each.created_by.removeprefix(ours) for each in subscriptions if each.created_by.startswith(ours)}
    return sorted(people - {here.conversation})


async def _private(tx: Transaction, destination: Destination, person: str, now: datetime) -> DestinationId:
    """A private conversation has its person's id; where people are named by account and id, the latter."""
    account = destination.address.account
    made = await tx.destinations.ensure(
        Address(destination.address.platform, account, person.removeprefix(f"{account}/")),
        kind=ConversationKind.PRIVATE,
        title="",
        language=destination.language,
        timezone=destination.timezone,
        now=now,
    )
    return made.id
