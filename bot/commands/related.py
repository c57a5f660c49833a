"""Which earlier releases are on the same matter: found by the rarest words that they share."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.context import Context
from bot.domain.release import Release, ReleaseId
from bot.ports import Narrowing
from bot.text.detect import detect
from bot.text.matter import candidates, in_title, rarest, same_matter, sharing
from bot.text.query import parse

SHOWN = 3
_HAVING = 500
"""So many of the newest releases with a word are looked through: a word of more says little, and of these any is as good."""
_READ = 40
"""So many of those that share words are read."""


async def related(ctx: Context, release: Release) -> list[Release]:
    """Earlier releases on the same matter, of the same newsroom first, the surest first; none where none is sure."""
    newsrooms = [each.id for each in await ctx.newsrooms()]
    everywhere = None if await ctx.sees_everything() else newsrooms
    content, earlier = release.content(), Narrowing(until=release.published)
    languages = tuple(filter(None, (detect(content.text), content.language, release.newsroom.language)))
    words = candidates(content.title, content.lead, release.newsroom.name)
    asked = [parse(f'"{word}"', languages) for word in words]
    found_by = await ctx.tx.search.having(asked, newsrooms=everywhere, limit=_HAVING, narrowing=earlier)
    # Times are compared to the second, and a release may be of its own.
    having = {word: [each for each in ids if each != release.id] for word, ids in zip(words, found_by, strict=True)}
    counts, total = {word: len(ids) for word, ids in having.items()}, await ctx.tx.releases.count(newsrooms, earlier)
    found = {word: having[word] for word in rarest(counts, total)}
    known = {each.id: each for each in await ctx.tx.releases.many(sharing(found, counts, total)[:_READ])}
    ids = {word: [ident for ident in having if ident in known] for word, having in found.items()}
    own = {each.id for each in known.values() if each.newsroom.id == release.newsroom.id}
    told = {word: _told(word, release, [known[ident] for ident in having]) for word, having in ids.items()}
    return [known[ident] for ident in same_matter(ids, counts, total, own=own, told=told)[:SHOWN]]


def _told(word: str, release: Release, having: Sequence[Release]) -> set[ReleaseId]:
    """Those that have the word in their title, if this release does."""
    if not in_title(word, release.content().title):
        return set()
    return {each.id for each in having if any(in_title(word, version.title) for version in each.versions)}
