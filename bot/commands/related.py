"""Which earlier releases are on the same matter: found by the rarest words that they share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.commands.context import Context
from bot.domain.release import Release, ReleaseId
from bot.ports import Narrowing
from bot.text.detect import detect
from bot.text.matter import candidates, in_title, rarest, same_matter
from bot.text.query import parse

SHOWN = 3
_HAVING = 12
"""So many releases with one of the words are weighed."""


async def related(ctx: Context, release: Release) -> list[Release]:
    """Earlier releases on the same matter, of the same newsroom first, the surest first; none where none is sure."""
    newsrooms = [each.id for each in await ctx.newsrooms()]
    everywhere = None if await ctx.sees_everything() else newsrooms
    content, earlier = release.content(), Narrowing(until=release.published)
    languages = tuple(filter(None, (detect(content.text), content.language, release.newsroom.language)))
    find = partial(ctx.tx.search.find, newsrooms=everywhere, narrowing=earlier)
    asked = {word: parse(f'"{word}"', languages) for word in candidates(content.title, content.lead, release.newsroom.name)}
    counts = {word: (await find(query, limit=1)).total for word, query in asked.items()}
    total = await ctx.tx.releases.count(newsrooms, earlier)
    found = {word: (await find(asked[word], limit=_HAVING)).releases for word in rarest(counts, total)}
    known = {each.id: each for having in found.values() for each in having if each.id != release.id}
    ids: dict[str, list[ReleaseId]] = {word: [each.id for each in having if each.id in known] for word, having in found.items()}
    own = {each.id for each in known.values() if each.newsroom.id == release.newsroom.id}
    told = {word: _told(word, release, [known[ident] for ident in having]) for word, having in ids.items()}
    return [known[ident] for ident in same_matter(ids, counts, total, own=own, told=told)[:SHOWN]]


def _told(word: str, release: Release, having: Sequence[Release]) -> set[ReleaseId]:
    """Those that have the word in their title, if this release does."""
    if not in_title(word, release.content().title):
        return set()
    return {each.id for each in having if any(in_title(word, version.title) for version in each.versions)}
