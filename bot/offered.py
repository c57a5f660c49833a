"""Which newsrooms do the settings name, and what does the database hold of them?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.commands.offer import BY_SETTINGS
from bot.domain.newsroom import NewsroomEntry
from bot.errors import SettingsError
from bot.feeds.catalogue import Ambiguous, Catalogue, Found, Unknown, entry_for_address
from bot.ports import Transaction
from bot.settings import Settings


def newsrooms_of(settings: Settings, catalogue: Catalogue) -> list[NewsroomEntry]:
    """The newsrooms that the settings name; raises SettingsError for a name that the catalogue does not know, with the nearest."""
    return [_newsroom(word, catalogue) for word in settings.newsrooms]


def _newsroom(word: str, catalogue: Catalogue) -> NewsroomEntry:
    if "://" in word:
        try:
            return entry_for_address(word)
        except SettingsError as error:
            raise SettingsError(f"PRESSEVAGT_NEWSROOMS: {error}") from None
    match catalogue.find(word):
        case Found(entry):
            return entry
        case Ambiguous(entries):
            problem, near = "fits several newsrooms", entries
        case Unknown(nearest):
            problem, near = "is no newsroom of the catalogue", nearest
    hint = ", ".join(entry.slug for entry in near[:3]) or "pressevagt chat, then /newsrooms, lists them"
    message = f"PRESSEVAGT_NEWSROOMS: {word!r} {problem}; nearest: {hint}"
    raise SettingsError(message)


async def offer(tx: Transaction, entries: Sequence[NewsroomEntry], now: datetime, *, worker: bool) -> None:
    """Offer the newsrooms that the settings name, and those no longer that they named before: what a `worker` is to say.

    Who is none says so only where nobody did.
    """
    if not worker and await tx.newsrooms.offered():
        return
    followed = {feed.newsroom.id for feed in await tx.feeds.all()}
    offered = [await tx.newsrooms.ensure(entry, offered_by=BY_SETTINGS, now=now) for entry in entries]
    for newsroom in offered:
        if newsroom.id not in followed:
            # Nobody followed it until now: what came out meanwhile is no news.
            await tx.feeds.wake(newsroom.id, now, prime=True)
    if worker:
        await tx.newsrooms.withdraw_others(BY_SETTINGS, [newsroom.id for newsroom in offered])
