"""What is said of a release to those who were told of it before: their posts are edited, and what changed is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot import cards
from bot.alerts.composition import GONE, Composition, Edit, FollowUp, Nothing, shows_of
from bot.alerts.releases import Releases
from bot.domain.card import Card
from bot.domain.delivery import Delivery, More, Post
from bot.domain.options import Corrections
from bot.domain.release import Release
from bot.domain.subscription import Destination
from bot.i18n import Texts
from bot.ports import Transaction


async def correction(tx: Transaction, delivery: Delivery, releases: Releases, reader: Texts, now: datetime) -> Composition:
    """The posts that show a release, as it is now."""
    release, how = releases.of(delivery), delivery.destination.options
    if delivery.payload.get("more") == More.TAKER:
        return await _taken(tx, delivery, releases, reader)
    if how.corrections is Corrections.IGNORE:
        return Nothing("corrections are ignored there")
    posts = await tx.outbox.posts(delivery.destination.id, release.id)
    if not posts:
        return Nothing("not told there")
    stale = [post for post in posts if dict(post.shows)[release.id] < release.revision]
    if not stale:
        return Nothing("already shown as corrected")
    changed = releases.changes(delivery, _told(stale, release), reader, now)
    edits = []
    for post in stale:
        shown = await _shown(tx, post, releases, delivery.destination)
        edits.append(_edit(post, shown, releases.posted(post, shown, delivery.destination, reader), changed))
    told = delivery.payload.get("more") == More.CHANGES and how.corrections is Corrections.TELL
    return edits if told else [replace(edit, anew=None) for edit in edits]


async def _taken(tx: Transaction, delivery: Delivery, releases: Releases, reader: Texts) -> Composition:
    """What shows a release, with whoever has taken its story on; a digest that ignores corrections stays as it was read."""
    release, to = releases.of(delivery), delivery.destination
    ignores = to.options.corrections is Corrections.IGNORE
    posts = [post for post in await tx.outbox.posts(to.id, release.id) if not (post.is_digest and ignores)]
    if not posts:
        return Nothing("nothing that may be changed shows it there")
    edits = []
    for post in posts:
        as_posted = [releases.as_posted(release, post, to.options)]
        shown = await _shown(tx, post, releases, to) if post.is_digest else as_posted
        edits.append(_edit(post, shown, releases.posted(post, shown, to, reader), None))
    return edits


async def _shown(tx: Transaction, post: Post, releases: Releases, to: Destination) -> list[Release]:
    """All that a post shows, as it is now."""
    ids = [ident for ident, _ in post.shows]
    if post.is_digest and to.options.takers:
        releases.hear(await tx.takers.of(ids))
    return await tx.releases.many(ids)


def _edit(post: Post, releases: Sequence[Release], card: Card, changed: Card | None) -> Edit:
    if changed is None:  # where it must be posted anew, at least nobody is woken by it
        return Edit(post, replace(card, silent=True), shows_of(releases))
    return Edit(post, card, shows_of(releases), replace(card, elements=(*card.elements, *cards.passages_of(changed))))


async def follow_up(tx: Transaction, delivery: Delivery, releases: Releases, reader: Texts, now: datetime) -> Composition:
    """What changed, or all that a release says, under the post that shows it."""
    release = releases.of(delivery)
    posts = await tx.outbox.posts(delivery.destination.id, release.id)
    if not posts:
        return Nothing("no post stands there that shows it")
    if not await _is_wanted(tx, delivery, release):
        return Nothing("muted there, or subscribed to no longer")
    if delivery.payload.get("more") == More.WHOLE:
        return _whole(release, _answered(posts, release), reader)
    if delivery.destination.options.corrections is not Corrections.TELL:
        return Nothing("what changed is not told there")
    told = _told(posts, release)
    if told >= release.revision:
        return Nothing("already told")
    card = releases.changes(delivery, told, reader, now)
    return (
        FollowUp(_answered(posts, release), card, shows_of([release])) if card else Nothing("nothing changed that is worth a word")
    )


def _whole(release: Release, under: Post, reader: Texts) -> Composition:
    if under.is_digest:
        return Nothing("it was told within a digest")
    if release.gone_at:
        return Nothing(GONE)
    card = cards.whole_card(release, reader)
    return FollowUp(under, card) if card else Nothing("the alert says it all")


def _told(posts: Sequence[Post], release: Release) -> int:
    """The revision that the readers of a destination know of."""
    return max(dict(post.told)[release.id] for post in posts)


def _answered(posts: Sequence[Post], release: Release) -> Post:
    """The post to answer: the alert rather than a digest, one that is up to date rather than one that could not be edited."""
    return max(posts, key=lambda post: (not post.is_digest, dict(post.shows)[release.id], post.id))


async def _is_wanted(tx: Transaction, delivery: Delivery, release: Release) -> bool:
    """Whether any subscription brings the newsroom's releases that was not muted, then or since.

    An edit disturbs nobody, a new message does.
    """
    subscriptions = await tx.destinations.subscriptions(delivery.destination.id)
    return any(each.brings(release.newsroom) and not each.is_muted(delivery.created_at) for each in subscriptions)
