"""What a command is given to answer with, and what it may do besides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.commands.line import visible
from bot.domain.card import Button
from bot.domain.delivery import Post
from bot.domain.newsroom import Newsroom, NewsroomId
from bot.domain.release import Release, ReleaseId
from bot.domain.subscription import Destination, Subscription
from bot.errors import UserError
from bot.feeds.catalogue import Catalogue
from bot.i18n import Texts
from bot.ports import CommandCall, Transaction
from bot.retention import Keep

if TYPE_CHECKING:
    from bot.commands.command import Command

_LONGEST_TITLE = 200


class NearMiss(UserError):
    """A request that cannot be met as asked, with what would work as buttons."""

    def __init__(self, text: str, buttons: Sequence[Button] = ()) -> None:
        super().__init__(text)
        self.buttons = tuple(buttons)


@dataclass(frozen=True, slots=True)
class ShownList:
    """Releases that were shown as a numbered list, the first of them at number `first`."""

    first: int
    release_ids: tuple[ReleaseId, ...]


@dataclass(slots=True)
class Context:
    """One call of one command, within one transaction.

    `commands` are those that the person may know of. `destination` is None where nothing was ever written down about this
    conversation. `page` is what a paging button asks for.
    `may_ask`: whether a feed's address may be asked, or lies on a machine that is nobody's business.
    `other` is the other conversation of a command that names one. `keep`: for how long what is kept. `shown` is written down once
    the answer is made, and then there are links to the posts that it `speaks_of`, each with what it is called, where the platform
    has such.
    """

    tx: Transaction
    call: CommandCall
    now: datetime
    texts: Texts
    destination: Destination | None
    catalogue: Catalogue
    commands: Sequence[Command[Any]]
    is_operator: bool
    timezone: str
    may_ask: Callable[[str], bool]
    page: int | None = None
    other: Destination | None = None
    keep: Keep = field(default_factory=Keep)
    shown: ShownList | None = field(default=None, init=False)
    speaks_of: Sequence[tuple[str, Post]] = field(default=(), init=False)
    _newsrooms: list[Newsroom] | None = field(default=None, init=False)
    _hidden: bool = field(default=False, init=False)

    async def ensure_destination(self) -> Destination:
        """The destination of this conversation, made if it is new."""
        self.destination = await self.tx.destinations.ensure(
            self.call.address,
            kind=self.call.conversation_kind,
            title=visible(self.call.title, _LONGEST_TITLE),
            language=self.texts.language,
            timezone=self.timezone,
            now=self.now,
        )
        return self.destination

    async def subscriptions(self) -> list[Subscription]:
        """What this destination subscribes to."""
        return await self.tx.destinations.subscriptions(self.destination.id) if self.destination else []

    async def newsrooms(self) -> list[Newsroom]:
        """The stored newsrooms that may be spoken of here, by name: no account learns what another one added.

        They are those that are offered, those of the catalogue, and those to which a destination of this account subscribes, or
        once did: alerts about them stand there. Every command that names newsrooms or shows releases goes by this list.
        """
        if self._newsrooms is None:
            stored = await self.tx.newsrooms.all()
            private = [each.id for each in stored if not each.offered and self.catalogue.get(each.slug) is None]
            hidden = {*private} - await self._subscribed_by_us(private)
            self._newsrooms, self._hidden = [each for each in stored if each.id not in hidden], bool(hidden)
        return self._newsrooms

    async def sees_everything(self) -> bool:
        """Whether nothing is stored that may not be spoken of here."""
        await self.newsrooms()
        return not self._hidden

    async def followed(self) -> list[Newsroom]:
        """Those of them that are looked at on behalf of this account: offered, or subscribed to here."""
        seen = await self.newsrooms()
        ours = await self._subscribed_by_us([each.id for each in seen if not each.offered])
        return [each for each in seen if each.offered or each.id in ours]

    async def may_see(self, release: Release) -> bool:
        """Whether a release may be shown here: its newsroom may be spoken of, or the release was shown here before."""
        if any(each.id == release.newsroom.id for each in await self.newsrooms()):
            return True
        return bool(self.destination and await self.tx.outbox.posts(self.destination.id, release.id))

    async def _subscribed_by_us(self, among: Collection[NewsroomId]) -> set[NewsroomId]:
        here = self.call.address
        return await self.tx.newsrooms.subscribed_by(here.platform, here.account, among)

    async def own_newsrooms(self) -> list[Newsroom]:
        """The newsrooms that this destination subscribes to; without subscriptions, those offered here."""
        offered = await self.tx.newsrooms.offered()
        wanted: dict[NewsroomId, Newsroom] = {}
        for subscription in await self.subscriptions():
            for newsroom in [subscription.newsroom] if subscription.newsroom else offered:
                wanted[newsroom.id] = newsroom
        return list(wanted.values()) or offered

    def remember(self, first: int, releases: Sequence[Release]) -> None:
        """Let `/release 3` mean the third of these for the next hour."""
        self.shown = ShownList(first, tuple(release.id for release in releases))
