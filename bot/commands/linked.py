"""Which releases people link to: an address as a card, where the release may be spoken of."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import alert_card
from bot.commands.context import Context
from bot.domain.card import Card
from bot.domain.release import Release
from bot.feeds.html.links import absolute_url, spellings
from bot.feeds.reading.identity import ids_at

MOST = 10
"""So many addresses are looked up at once."""
_SAME = 10


async def cards_of(ctx: Context, addresses: Sequence[str]) -> dict[str, Card]:
    """The cards of the releases that addresses lead to, in the words of where the call is made; others are left out."""
    found = {address: await release_at(ctx, address) for address in list(dict.fromkeys(addresses))[:MOST]}
    releases = {address: release for address, release in found.items() if release}
    pins = await ctx.tx.pins.among({each.newsroom.id for each in releases.values()}) if releases else ()
    return {address: alert_card(release, ctx.texts, pins=pins) for address, release in releases.items()}


async def release_at(ctx: Context, address: str) -> Release | None:
    """The release that an address leads to, where it may be spoken of here."""
    url = absolute_url(address)
    if url is None:
        return None
    seen = [each for each in await ctx.tx.releases.found_at(ids_at(url), spellings(url), _SAME) if await ctx.may_see(each)]
    # Some newsrooms link every release to one page, which is then about none of them.
    return seen[0] if len({each.content().title for each in seen}) == 1 else None
