"""A filter, tried on the archive before it is saved: what it would have brought."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from bot.cards.settings import Tried
from bot.commands.context import Context
from bot.domain.newsroom import Newsroom
from bot.domain.subscription import Subscription
from bot.ports import Found, Narrowing
from bot.text import matching
from bot.text.matching import Fault, Filter, Fit, Said
from bot.text.request import understand
from bot.text.spelling import corrected

T = TypeVar("T")
DAYS = 90
SHOWN = 3
_LOOKED_AT = 200
"""Of more hits, which come best first, the newest of a shorter time are the latest."""
_SPELT_BY = 400


async def tried(ctx: Context, label: str, query: str, subscription: Subscription) -> Tried:
    """What the query would have brought by this subscription, with its kinds and languages, by the search."""
    newsrooms = await newsrooms_of(ctx, subscription)
    asked = matching.read(query, subscription.newsroom.language if subscription.newsroom else "")
    found = await _find(ctx, asked, newsrooms, subscription, DAYS)
    total, capped = found.total, found.capped
    if total > _LOOKED_AT:
        newer = await _find(ctx, asked, newsrooms, subscription, max(1, DAYS * _LOOKED_AT // (2 * total)))
        found = newer if len(newer.releases) >= SHOWN else found
    latest = sorted(found.releases, key=lambda release: release.published, reverse=True)[:SHOWN]
    notes = []
    if Fault.DATES in matching.faults(query):
        notes.append(ctx.texts.t("A date in it means nothing: what comes out is from today."))
    return Tried(label, query, total, DAYS, latest, capped=capped, notes=notes)


async def newsrooms_of(ctx: Context, subscription: Subscription) -> list[Newsroom]:
    """Whose releases come by a subscription."""
    return [subscription.newsroom] if subscription.newsroom else await ctx.tx.newsrooms.offered()


async def meant(ctx: Context, query: str, subscription: Subscription) -> str:
    """The query with its slips mended by the words of newer titles, if it has any."""
    newsrooms = await newsrooms_of(ctx, subscription)
    newest = await ctx.tx.releases.latest([each.id for each in newsrooms], limit=_SPELT_BY)
    titles = [version.title for release in newest for version in release.versions]
    return corrected(understand(query, ctx.now, ctx.texts.zone), titles)


async def _find(ctx: Context, asked: Filter, newsrooms: list[Newsroom], subscription: Subscription, days: int) -> Found:
    options = subscription.options
    narrowing = Narrowing(
        kinds=_both(asked.kinds, options.kinds),
        kinds_out=asked.kinds_out,
        languages=_both(asked.languages, options.languages),
        languages_out=asked.languages_out,
        since=ctx.now - timedelta(days=days),
    )
    only = Filter(newsrooms=asked.newsrooms)
    among = [each.id for each in newsrooms if matching.fits(only, Said(each, ())) is Fit.YES]
    if not among:
        return Found([], 0)
    if asked.query.is_empty:
        total = await ctx.tx.releases.count(among, narrowing=narrowing)
        return Found(await ctx.tx.releases.latest(among, limit=SHOWN, narrowing=narrowing), total)
    return await ctx.tx.search.find(asked.query, newsrooms=among, limit=_LOOKED_AT, narrowing=narrowing)


def _both(one: frozenset[T], other: frozenset[T]) -> frozenset[T]:
    return one & other if one and other else one or other
