"""What the administrators of a destination are told privately, rather than its readers in public."""

from __future__ import annotations

from datetime import datetime

from bot.alerts.fanout import owe_notice
from bot.domain.subscription import Address, ConversationKind, Destination
from bot.ports import Transaction

PAUSED = "destination_paused"
THREAD_CLOSED = "thread_closed"


async def tell_administrators(tx: Transaction, destination: Destination, code: str, now: datetime) -> None:
    """Owe a notice, once a day at most, to everybody who subscribed the destination to something.

    A private conversation has its person's id. Whoever spoke as the conversation itself (an anonymous administrator) has none.
    """
    if destination.kind is ConversationKind.PRIVATE:
        return
    here = destination.address
    people = {each.created_by for each in await tx.destinations.subscriptions(destination.id)}
    told = []
    for platform, _, ident in sorted(person.partition(":") for person in people):
        if platform != here.platform or not ident or ident == here.conversation:
            continue
        private = await tx.destinations.ensure(
            Address(here.platform, here.account, ident),
            kind=ConversationKind.PRIVATE,
            title="",
            language=destination.language,
            timezone=destination.timezone,
            now=now,
        )
        told.append(private.id)
    named = {"destination": destination.title or str(here)}
    await owe_notice(tx, told, f"{code}:{destination.id}:{now:%Y-%m-%d}", code, named, now)
