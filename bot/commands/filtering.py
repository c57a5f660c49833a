"""The newsrooms that filters name: people call them by any of their names, a filter goes by the newsroom's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.commands.context import Context
from bot.commands.lookup import Again, candidates, is_address, unknown_newsroom
from bot.commands.subscription_settings import FILTER, URGENT
from bot.text.labels import read_labels
from bot.text.nearest import Exact, Nothing, Several, nearest

_QUERIES = (FILTER.name, URGENT.name)


async def by_slugs(ctx: Context, values: Mapping[str, str], again: Callable[[Mapping[str, str]], str]) -> dict[str, str]:
    """The values of a line; what filters in it name by a nickname (`newsroom:um`) is called by its slug.

    `again`: the line that says other values. Raises NearMiss for what is no newsroom.
    """
    found = dict(values)
    for name in _QUERIES:
        query = found.get(name, "")
        for start, end in sorted(read_labels(query, ctx.now.date())[0].places, reverse=True):

            def line(part: str, name: str = name, query: str = query, start: int = start, end: int = end) -> str:
                return again({**found, name: f"{query[:start]}{part}{query[end:]}"})

            query = f"{query[:start]}{await _by_slug(ctx, query[start:end], line)}{query[end:]}"
        if query:
            found[name] = query
    return found


async def _by_slug(ctx: Context, part: str, again: Again) -> str:
    """A label with its value; one that names newsrooms with their slugs."""
    named = [each.text for each in read_labels(part, ctx.now.date())[0].newsrooms]
    label = part.partition(":")[0]
    meant = [await _slug(ctx, words, lambda slug: again(f"{label}:{slug}")) for words in named]
    if meant == named:
        return part
    value = ",".join(meant)
    return f'{label}:"{value}"' if " " in value else f"{label}:{value}"


async def _slug(ctx: Context, words: str, again: Again) -> str:
    """The slug of the one newsroom that is meant; words of several names are let be, since a filter lets all of those through."""
    known = candidates(await ctx.newsrooms(), ctx.catalogue)
    match nearest(words, known):
        case Exact(newsroom):
            return newsroom.slug
        case Several(newsrooms) if any(isinstance(nearest(words, [(each, (each.slug, each.name))]), Exact) for each in newsrooms):
            return words
        case Several(near) | Nothing(near):
            if is_address(words):
                return words
            raise unknown_newsroom(words, near, again, ctx.texts)
