"""What a release's own page adds to what its feed said: text, contacts and picture, and never another title or lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.newsroom import Feed
from bot.domain.release import Content, ParsedRelease, Release
from bot.domain.sources import Source
from bot.feeds.archive.asking import Asking
from bot.feeds.archive.completing import Completed, complete
from bot.feeds.archive.sites import is_own
from bot.feeds.html.links import same_address
from bot.feeds.reading.page import NoRelease
from bot.feeds.reading.sitemap import Listed
from bot.ports import Transaction
from bot.text.fold import fold


def wants_page(feed: Feed, items: Sequence[ParsedRelease]) -> list[str]:
    """The releases (external ids) that a feed brings without a text, and whose pages stand on its own site."""
    return [item.external_id for item in items if not item.content.body and is_own(feed, item.content.url)]


async def ask_page(asking: Asking, feed: Feed, release: Release) -> Content:
    """What the release's page says. Raises FeedError, and NoRelease where it cannot be told that the page is this release's."""
    content = release.content()
    if not is_own(feed, content.url):
        raise NoRelease("elsewhere")
    listed = Listed(content.url, published=release.published.isoformat())
    read = await asking.page(feed, listed, lambda url: same_address(url) == same_address(content.url))
    if _letters(read.content.title) != _letters(content.title):
        raise NoRelease("other_title")
    return replace(read.content, title=content.title, lead=content.lead, language=content.language, url=content.url)


async def store_page(tx: Transaction, release: Release, said: Content, now: datetime) -> Completed:
    """Store what a page says: never as a correction, whatever it said before."""
    if any(each.source is Source.DOCUMENT for each in await tx.releases.statements(release.id)):
        await tx.releases.complete(release.id, [said], source=Source.DOCUMENT)
        return Completed()
    return await complete(tx, release, Source.DOCUMENT, [said], now)


def _letters(text: str) -> str:
    return "".join(character for character in fold(text) if character.isalnum())
