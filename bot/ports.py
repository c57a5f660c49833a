"""The two seams: what the bot needs of a chat platform, and what it needs of a database. Nothing else crosses.

All times are aware UTC. Repositories never commit: `Database.begin` does when its block ends without an exception.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Any, Protocol

from bot.domain.card import Card
from bot.domain.contact import Contact, Pin, PinId, Sighting
from bot.domain.delivery import Delivery, DeliveryId, DeliveryKind, DeliveryState, Owed, Post, SendOutcome, Settlement
from bot.domain.file import Attached, File
from bot.domain.form import Choice, Form
from bot.domain.newsroom import Feed, FeedId, FeedState, Newsroom, NewsroomEntry, NewsroomId
from bot.domain.options import AS_USUAL, DestinationOptions, SubscriptionOptions
from bot.domain.release import Content, Kind, ParsedRelease, Release, ReleaseId
from bot.domain.sources import Source, Statement
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId, Subscription, SubscriptionId, Wish
from bot.text.query import Query

# Time -------------------------------------------------------------------------------------------------------------------


class Clock(Protocol):
    """The time that decisions are made by; tests shift it."""

    def now(self) -> datetime:
        """Aware UTC, as the database's clock has it."""
        ...


# Chat platforms ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Actor:
    """Who speaks to us. `id` is the platform's own; `str(actor)` is how settings name operators (`telegram:123`)."""

    platform: str
    account: str
    id: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.platform}:{self.id}"


@dataclass(frozen=True, slots=True)
class CommandCall:
    """One command as a platform heard it: typed, pressed, mentioned or sent from a form, all the same.

    `text` is the whole command line (`/latest um 5`). `language` is the platform's hint and may be empty. `reply_to` is the
    reference of the post that the person replies to. `attached`: a file that came with it.
    """

    text: str
    actor: Actor
    address: Address
    conversation_kind: ConversationKind = ConversationKind.PRIVATE
    title: str = ""
    language: str = ""
    reply_to: str = ""
    attached: Attached | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What we answer.

    `private`: for the caller's eyes, where the platform can. `replaces`: it takes the place of the message whose button was
    pressed. `form`: the same to fill in, where the platform has forms. `faults`: what is wrong with a form that was submitted, by
    the names of its fields. `parts`: the same as several cards, each with its own buttons, where the platform has a page to itself.
    `files` come with the card, where the platform takes files.
    """

    card: Card
    private: bool = False
    replaces: bool = False
    form: Form | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Card, ...] = ()
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A command as a platform's menu shows it, in one language."""

    name: str
    description: str
    aliases: tuple[str, ...] = ()
    arguments: str = ""
    for_managers: bool = False


@dataclass(frozen=True, slots=True)
class BotRemoved:
    """We can no longer write to a conversation."""

    address: Address
    reason: str


@dataclass(frozen=True, slots=True)
class BotAdded:
    """We can write to a conversation (again)."""

    address: Address
    kind: ConversationKind
    title: str = ""
    actor: Actor | None = None


@dataclass(frozen=True, slots=True)
class ConversationMoved:
    """A conversation has another id from now on."""

    address: Address
    conversation: str


@dataclass(frozen=True, slots=True)
class ThreadClosed:
    """A thread takes no messages now; what was meant for it went to the conversation itself."""

    address: Address
    reason: str


@dataclass(frozen=True, slots=True)
class AccountAdded:
    """An account lets us in (again)."""

    platform: str
    account: str

    @property
    def address(self) -> Address:
        """The account, as an address without a conversation."""
        return Address(self.platform, self.account, "")


@dataclass(frozen=True, slots=True)
class AccountRemoved:
    """An account does not want us any more: nothing can be written to any of its conversations."""

    platform: str
    account: str

    @property
    def address(self) -> Address:
        """The account, as an address without a conversation."""
        return Address(self.platform, self.account, "")


PlatformEvent = BotRemoved | BotAdded | ConversationMoved | ThreadClosed | AccountAdded | AccountRemoved

Answer = Callable[[CommandCall], Awaitable[Reply]]
Choices = Callable[[CommandCall, str, str], Awaitable[Sequence[Choice]]]
"""What a form's field offers a person for the words typed so far: the call, what is looked for (`newsroom`), and the words."""
Linked = Callable[[CommandCall, Sequence[str]], Awaitable[Mapping[str, Card]]]
"""The releases that addresses lead to, by address, as cards for where the call is made; other addresses are left out."""
OnEvent = Callable[[PlatformEvent], Awaitable[None]]
Menu = Callable[[str], Sequence[MenuEntry]]
"""The menu in a language (`da`, `en`)."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast an account may send.

    `per_second` over all destinations (None: no limit), of which `reserved` is left to answers while another process gives
    them; `between` is the least time between two messages to one destination, `between_in_groups` to one that is a group (None:
    the same); `at_once` how many sends may be in flight.
    """

    per_second: float | None = None
    reserved: float = 0.0
    between: timedelta = timedelta(0)
    between_in_groups: timedelta | None = None
    at_once: int = 30

    def between_in(self, kind: ConversationKind) -> timedelta:
        """The least time between two messages to one destination of this kind."""
        if kind is ConversationKind.GROUP and self.between_in_groups is not None:
            return self.between_in_groups
        return self.between


@dataclass(frozen=True, slots=True)
class Desk:
    """The bot, as an adapter meets it.

    `answer` takes what people say, `choices` what they look for in a form, `on_event` what happens to us. `turn` waits, ahead of
    all alerts, until a message to a person may be written through an account: answers share the account's rate with what is owed.
    `linked` knows the releases that people link to.
    """

    answer: Answer
    choices: Choices
    on_event: OnEvent
    menu: Menu
    database: Database
    turn: Callable[[str], Awaitable[None]]
    linked: Linked


class ChatAdapter(Protocol):
    """A chat platform, with one account of ours on it or several."""

    @property
    def platform(self) -> str:
        """The platform's name as addresses and settings write it."""
        ...

    @property
    def pace(self) -> Pace:
        """How fast an account may send."""
        ...

    @property
    def listens_alone(self) -> bool:
        """Whether only one process may listen at a time."""
        ...

    async def accounts(self) -> Collection[str]:
        """The accounts that we can speak through now, each stable over restarts. Raises StorageError."""
        ...

    def private(self, ident: str) -> Address | None:
        """Where the person is reached in private whom the settings name by this id; None: the id is not of this platform's form."""
        ...

    def connect(self, desk: Desk) -> AbstractAsyncContextManager[None]:
        """Be able to send until the block ends. Raises SettingsError for what the platform does not take."""
        ...

    def listen(self) -> AbstractAsyncContextManager[None]:
        """While connected: take what people say to us and what happens to us, until the block ends."""
        ...

    async def send(self, destination: Destination, card: Card, under: Post | None = None) -> SendOutcome:
        """Send once; `under` a post: in its thread, or as a reply to it. Platform errors come back as outcomes, not exceptions."""
        ...

    async def edit(self, post: Post, card: Card) -> SendOutcome:
        """Make a post that stands show another card. `Sent` names the post from now on: another one, where that had to be made."""
        ...

    async def may_manage(self, actor: Actor, address: Address) -> bool:
        """Whether the person may configure the destination."""
        ...

    async def link(self, address: Address, reference: str) -> str:
        """The permanent web address of a message there; empty where it has none, or the platform does not say."""
        ...


# The database -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """What a feed said last of one language version of a release.

    Where the archive found it and the feed has said nothing of it yet: what the archive knows, with an empty fingerprint.
    """

    release_id: ReleaseId
    external_id: str
    language: str
    fingerprint: str
    title: str
    url: str
    published: datetime
    ask_at: int | None
    """It is missing from the feed: at this count of good polls its own address is asked. None while it stands there."""


class Newsrooms(Protocol):
    """Newsrooms, and which of them this installation offers."""

    async def ensure(self, entry: NewsroomEntry, *, offered_by: str | None = None, now: datetime) -> Newsroom:
        """The stored newsroom of this slug, made or brought up to the entry together with its feed.

        `offered_by` says who offers it to everybody here (`settings`, `operator`); None leaves that as it is (new ones: nobody).
        """
        ...

    async def withdraw_others(self, offered_by: str, keep: Collection[NewsroomId]) -> None:
        """Offer no longer what this one offered before and is not to be kept."""
        ...

    async def get(self, newsroom_id: NewsroomId) -> Newsroom | None: ...
    async def all(self) -> list[Newsroom]:
        """Every stored newsroom, by name."""
        ...

    async def offered(self, by: str | None = None) -> list[Newsroom]:
        """Those offered here, by name; of these only those that this one offers (see `ensure`)."""
        ...

    async def subscribed_by(self, platform: str, account: str, among: Collection[NewsroomId]) -> set[NewsroomId]:
        """Those of them to which a destination of the account subscribes, or once did."""
        ...

    async def offer(self, newsroom_id: NewsroomId, by: str) -> None:
        """Offer a stored newsroom to everybody, unless it is offered already."""
        ...

    async def withdraw(self, newsroom_id: NewsroomId) -> None:
        """Offer it no longer; releases and subscriptions stay."""
        ...

    async def subscribers(self, newsroom_id: NewsroomId | None) -> int:
        """How many destinations subscribe to it; None: to all that are offered."""
        ...

    async def rename(self, newsroom_id: NewsroomId, name: str) -> None: ...
    async def contacts(self, newsroom_id: NewsroomId) -> list[Sighting]:
        """The contacts that its newest releases named, newest first; in a release as they stand there."""
        ...


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll leaves in the feed's row, whatever came of it. `due_at` None: never again by itself.

    Without `good_at` and `fault` it was no failure either: the feed's address was found on a page, and is asked next.
    """

    feed_id: FeedId
    due_at: datetime | None
    state: FeedState = FeedState.LIVE
    good_at: datetime | None = None
    """Set by a good poll: clears failures and faults and counts one more."""
    fault: str | None = None
    fault_detail: str | None = None
    moved_to: str | None = None
    """Where the feed is to be asked from now on; what is not good and says nothing leaves it as it is."""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    missing: int = 0
    primes: bool = False


class Feeds(Protocol):
    """Feeds as things to poll."""

    async def claim_due(self, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Feed]:
        """Feeds that are due, live, wanted (offered or subscribed to) and in nobody's hands; in ours until the lease ends."""
        ...

    async def next_due(self) -> datetime | None:
        """When the next wanted feed falls due; one in somebody's hands does so when the lease ends."""
        ...

    async def renew(self, feed_ids: Collection[FeedId], owner: str, until: datetime) -> None:
        """Make leases longer; a feed that is in another's hands by now is left there."""
        ...

    async def holds(self, feed_id: FeedId, owner: str) -> bool:
        """Whether the feed is in this owner's hands, and then it stays there until the end of the transaction.

        To be asked in the transaction that stores what a poll found: where the lease ran out, another may have polled it since.
        """
        ...

    async def settle(self, results: Sequence[PollResult], owner: str | None = None) -> None:
        """Write down what polls came to, and let the feeds go; `owner`: only those that are in its hands still."""
        ...

    async def known(self, feed_id: FeedId, parsed: Sequence[ParsedRelease]) -> list[KnownVersion]:
        """What is known of these releases in this feed, by id, and of others with the same address or the same title and time."""
        ...

    async def newer_than(self, feed_id: FeedId, published: datetime, limit: int) -> list[KnownVersion]:
        """The feed's releases published later than that, not gone, newest first."""
        ...

    async def oldest(self, feed_id: FeedId) -> datetime | None:
        """When the oldest release that this feed has brought was published; None if it has brought none."""
        ...

    async def mark_missing(
        self, ask_at: Mapping[ReleaseId, int], present: Collection[ReleaseId] = ()
    ) -> list[tuple[ReleaseId, int]]:
        """Write down at which count of good polls the addresses of missing releases are asked.

        Of those `present` again it is forgotten, and so is that they were taken down: those that were, with the revision that each
        is of since it came back.
        """
        ...

    async def missing(self, feed_id: FeedId, polls: int, limit: int) -> list[Release]:
        """Missing releases whose addresses are to be asked once the feed counts so many good polls, the longest overdue first."""
        ...

    async def keep(self, feed_id: FeedId) -> None:
        """Until the end of the transaction nobody else stores releases of this feed."""
        ...

    async def of(self, newsroom_id: NewsroomId) -> list[Feed]: ...
    async def all(self) -> list[Feed]:
        """Every wanted feed, by newsroom."""
        ...

    async def wake(self, newsroom_id: NewsroomId, now: datetime, *, prime: bool) -> None:
        """Poll the newsroom's feeds at once; `prime`: take what stands there now in silence."""
        ...

    async def let_go(self, owner: str | None = None) -> None:
        """Let feeds go that this owner holds, or that anybody holds."""
        ...


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What releases are kept to, besides newsrooms. A release must pass all of it; what is empty or None keeps to nothing.

    `kinds`: it has a version of one of these; `kinds_out`: it has none of these (a release without a kind passes). `languages` and
    `languages_out` (codes of `bot.text.stem.known`, Norwegian as `nb`): the same by the language that a version is written in, as
    `bot.text.detect` tells it. `since`, `until`: aware UTC; published from then to before then.
    """

    kinds: frozenset[Kind] = frozenset()
    kinds_out: frozenset[Kind] = frozenset()
    languages: frozenset[str] = frozenset()
    languages_out: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


UNNARROWED = Narrowing()


class Releases(Protocol):
    """Releases, their language versions and their revisions, kept whole."""

    async def add(
        self, feed: Feed, parsed: Sequence[ParsedRelease], *, now: datetime, late: Collection[str], source: Source = ...
    ) -> dict[str, ReleaseId]:
        """Store new releases (all language versions of each) as revision 1; their ids by external id."""
        ...

    async def add_version(self, release_id: ReleaseId, content: Content, *, source: Source = ...) -> None:
        """Store another language version of a known release: no new revision."""
        ...

    async def revise(
        self, release_id: ReleaseId, content: Content, *, source: Source = ..., now: datetime, correction: bool, quiet: bool = False
    ) -> int:
        """Store what a source now says of a version; the revision number, raised by one if it is a correction.

        A `quiet` correction is not worth a word (`bot.text.quiet`): the release does not count as corrected by it. By a correction
        of the feed what all other sources said becomes stale. A source that has said nothing of the version yet corrects nothing.
        """
        ...

    async def statements(self, release_id: ReleaseId) -> list[Statement]:
        """What each source says of the release now, in the order in which they were first heard of."""
        ...

    async def sources(self, release_ids: Collection[ReleaseId]) -> dict[ReleaseId, frozenset[Source]]:
        """Who says something of each release, in any language."""
        ...

    async def complete(self, release_id: ReleaseId, contents: Sequence[Content], *, source: Source) -> None:
        """Store what a source says of some versions, without a correction: it was asked just now, and is not stale."""
        ...

    async def reshow(self, release_id: ReleaseId) -> int:
        """Raise the revision, which it returns: posts that stand show less than is known now. Nothing is corrected by it."""
        ...

    async def revisions(self, release_id: ReleaseId) -> list[tuple[int, Content]]:
        """What was shown of the release before, oldest first, with the revision of each (`bot.domain.sources.formers`)."""
        ...

    async def rekey(self, release_id: ReleaseId, external_id: str) -> None:
        """The newsroom renumbered a release."""
        ...

    async def mark_gone(self, release_id: ReleaseId, at: datetime) -> int | None:
        """The newsroom took a release down: the revision that it is of since then; None where that was known."""
        ...

    async def get(self, release_id: ReleaseId) -> Release | None: ...
    async def many(self, release_ids: Sequence[ReleaseId]) -> list[Release]:
        """In the order asked for; unknown ones are left out."""
        ...

    async def found_at(self, external_ids: Collection[str], urls: Collection[str], limit: int) -> list[Release]:
        """Those that go by one of these ids in any feed, or have a version at one of these addresses, stored last first."""
        ...

    async def latest(
        self, newsrooms: Collection[NewsroomId], *, limit: int, offset: int = 0, narrowing: Narrowing = UNNARROWED
    ) -> list[Release]:
        """Newest first by publication, equal times by id."""
        ...

    async def count(self, newsrooms: Collection[NewsroomId], narrowing: Narrowing = UNNARROWED) -> int: ...


@dataclass(frozen=True, slots=True)
class Lookup:
    """A release whose document is to be looked at, in our hands. `stage` counts the looks; `tries` those of this one that failed.

    The last stage, `ARCHIVED`, is that of old releases: they are looked at once, when nothing newer is.
    """

    release: Release
    feed: Feed
    stage: int
    due_at: datetime
    tries: int = 0


ARCHIVED = 100
"""The stage of a `Lookup` that completes what the archive found."""
GRACE = timedelta(seconds=2)
"""So long an alert waits for the first look at its release's document, and no longer."""


class Lookups(Protocol):
    """Documents of releases that are to be looked at, or looked at again."""

    async def add(self, release_ids: Sequence[ReleaseId], stage: int, due_at: datetime) -> None:
        """Have documents looked at; those that wait already go on waiting."""
        ...

    async def again(self, release_id: ReleaseId, stage: int, now: datetime) -> None:
        """Have a document looked at at once; a look under way counts no more, and one that waits is not put back by it.

        `stage` is that of the look where none waits.
        """
        ...

    async def looked_at(self, release_ids: Collection[ReleaseId]) -> set[ReleaseId]:
        """Those of them that are new enough to be looked at again and again."""
        ...

    async def awaited(self, release_ids: Collection[ReleaseId]) -> datetime | None:
        """Until when alerts about these releases wait for the first looks at their documents; None: none is to be waited for."""
        ...

    async def claim(self, owner: str, now: datetime, lease: timedelta, limit: int, *, archived: bool = False) -> list[Lookup]:
        """Looks that are due, of newsrooms that are wanted, and in nobody's hands; in ours until the lease ends."""
        ...

    async def next_due(self, *, archived: bool = False) -> datetime | None:
        """When the next look falls due; one in somebody's hands does so when the lease ends."""
        ...

    async def holds(self, owner: str, lookup: Lookup) -> bool:
        """Whether a look is in this owner's hands still, and then it stays there until the end of the transaction."""
        ...

    async def settle(self, owner: str, lookup: Lookup, stage: int | None, due_at: datetime, tries: int = 0) -> bool:
        """Let a look go and say which is the next (None: there is none); False: it was in our hands no longer, and nothing changed.

        To be asked first in the transaction that stores what was found, which then keeps others off it.
        """
        ...

    async def let_go(self, owner: str | None = None) -> None:
        """Let looks go that this owner holds, or that anybody holds."""
        ...


class HistoryState(StrEnum):
    """How it stands with the fetching of a newsroom's history."""

    WAITING = "waiting"
    """Not begun, or under way."""
    CATCHING_UP = "catching_up"
    """It was fetched before; what came out while nobody followed the newsroom is fetched now."""
    DONE = "done"
    CAPPED = "capped"
    """There is more, but so much is enough."""
    REFUSED = "refused"
    """The newsroom does not let it be read, or offers nothing to read it from."""


@dataclass(frozen=True, slots=True)
class History:
    """How far the history of a feed's newsroom has been fetched.

    `cursor` says where to go on, in words of the archive's own. `done` releases were looked through of `total` (None: unknown);
    `texts` of those stored wait for their whole text. `fault` is the code of what went wrong last, after so many `tries`.
    """

    feed: Feed
    state: HistoryState
    due_at: datetime
    cursor: str = ""
    done: int = 0
    total: int | None = None
    tries: int = 0
    fault: str = ""
    texts: int = 0


class Histories(Protocol):
    """The histories of newsrooms, and how far each has been fetched."""

    async def claim(
        self, owner: str, now: datetime, lease: timedelta, limit: int, *, of: NewsroomId | None = None
    ) -> list[History]:
        """Histories to go on with, that are due and in nobody's hands; in ours until the lease ends.

        There is one for each wanted feed that has been read once. Where a feed was begun anew since, it is begun anew.
        """
        ...

    async def next_due(self) -> datetime | None:
        """When the next one falls due: one in somebody's hands when the lease ends, one that is to be begun at once."""
        ...

    async def settle(self, owner: str, history: History) -> bool:
        """Write down how far it has come, and let it go; False: it was in our hands no longer, and nothing changed."""
        ...

    async def restart(self, newsroom_id: NewsroomId, now: datetime) -> None:
        """Go through a newsroom's history from the beginning."""
        ...

    async def progress(self, newsrooms: Collection[NewsroomId] | None = None) -> list[History]:
        """How they stand, by newsroom; of all of them, or of these."""
        ...

    async def let_go(self, owner: str | None = None) -> None:
        """Let histories go that this owner holds, or that anybody holds."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """One page of search results, best first, and how many there are in all (`capped`: at least so many)."""

    releases: list[Release]
    total: int
    capped: bool = False


class Search(Protocol):
    """Full-text search over titles, leads and bodies; indexing is the storage's own business."""

    async def find(
        self,
        query: Query,
        *,
        newsrooms: Collection[NewsroomId] | None = None,
        limit: int,
        offset: int = 0,
        narrowing: Narrowing = UNNARROWED,
    ) -> Found: ...


class Destinations(Protocol):
    """Destinations and their subscriptions."""

    async def find(self, address: Address) -> Destination | None: ...
    async def of_conversation(self, address: Address) -> list[Destination]:
        """The destinations of an address's conversation: itself and its threads."""
        ...

    async def of_account(self, platform: str, account: str) -> list[Destination]:
        """The destinations of an account that are not paused, by title."""
        ...

    async def ensure(
        self, address: Address, *, kind: ConversationKind, title: str, language: str, timezone: str, now: datetime
    ) -> Destination:
        """The destination of this address, made if it is new; a new title is taken over."""
        ...

    async def set_language(self, destination_id: DestinationId, language: str) -> None: ...
    async def set_timezone(self, destination_id: DestinationId, timezone: str) -> None: ...
    async def set_options(self, destination_id: DestinationId, options: DestinationOptions) -> None: ...
    async def pause(self, address: Address, reason: str, at: datetime | None = None) -> None:
        """Send nothing more there; what is owed waits. `at`: since when, where that is to be told."""
        ...

    async def resume(self, address: Address, now: datetime) -> None:
        """Send again; what was owed meanwhile is due at once."""
        ...

    async def pause_account(self, platform: str, account: str, reason: str, at: datetime | None = None) -> None:
        """Send nothing more to any of an account's destinations; those that are paused already keep their reason."""
        ...

    async def resume_account(self, platform: str, account: str, reason: str, now: datetime) -> None:
        """Send again to those that were paused for this reason."""
        ...

    async def move(self, address: Address, conversation: str) -> None:
        """Every destination of a conversation (threads included) lives in another one from now on, together with what is there."""
        ...

    async def subscribe(
        self, destination_id: DestinationId, newsroom_id: NewsroomId | None, *, by: str, now: datetime
    ) -> tuple[Subscription, bool]:
        """The live subscription, and whether it is new."""
        ...

    async def unsubscribe(self, subscription_id: SubscriptionId, now: datetime) -> None:
        """End a subscription; alerts still owed because of it alone are not sent any more, but for one in flight."""
        ...

    async def subscriptions(self, destination_id: DestinationId) -> list[Subscription]:
        """Live ones, by newsroom; to all of them first."""
        ...

    async def ever_subscribed(self, destination_id: DestinationId) -> bool:
        """Whether there is or was any subscription."""
        ...

    async def set_subscription_options(self, subscription_id: SubscriptionId, options: SubscriptionOptions) -> None:
        """What is brought by it from now on, and when."""
        ...

    async def set_silent(self, subscription_id: SubscriptionId, *, silent: bool) -> None:
        """Whether what is owed because of it from now on makes no sound."""
        ...

    async def mute(self, subscription_ids: Collection[SubscriptionId], until: datetime | None, now: datetime) -> None:
        """Leave live subscriptions out of the audience of what comes out from now until then; None: no longer."""
        ...


@dataclass(frozen=True, slots=True)
class Audience:
    """One subscriber of a release, as fan-out reads it.

    `wishes` are those of every subscription by which it comes to the destination, by id, and `options` and `timezone` the
    destination's. Without wishes nothing was chosen, there or for any of them: all is told, at once and with sound.
    """

    destination_id: DestinationId
    subscription_id: SubscriptionId
    wishes: tuple[Wish, ...] = ()
    options: DestinationOptions = AS_USUAL
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class FanOutCursor:
    """A fan-out too large for one transaction: the debt itself, worked off in chunks.

    Who is owed was settled when it was written. Of alerts: the subscriptions up to id `until` that were live and not muted at `at`,
    and still are live; of corrections (of kind FOLLOW_UP: with what changed): the destinations up to id `until` where the release
    stands; of a broadcast, which is of no newsroom: those up to id `until` that it is for. `after` is how far it has come.
    """

    id: int
    kind: DeliveryKind
    newsroom_id: NewsroomId | None
    releases: tuple[tuple[ReleaseId, int], ...]
    """The releases, each with its revision."""
    at: datetime
    after: int
    until: int
    broadcast_id: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What the owner of an account took in hand: the head delivery of each due lane; and when the next lane falls due otherwise."""

    deliveries: list[Delivery]
    next_due: datetime | None


@dataclass(frozen=True, slots=True)
class Look:
    """How an account stands.

    `is_free`: no process owns it now. `is_due`: a claim would find something, a lane that is due or a fan-out to work off.
    `next_due`: when its next lane that nobody has in hand falls due, or fell due.
    """

    is_free: bool
    is_due: bool
    next_due: datetime | None


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """How the outbox stands. What was sent is not counted here: that would mean to read all that ever was.

    `ambiguous`: sends that may stand twice. `oldest_pending`: when the oldest pending delivery was owed, be its
    destination paused or not. `overdue_since`: when the lane that waits longest fell due; where that lies ahead, none is overdue.
    `cursors`: fan-outs under way.
    """

    pending: int
    held: int
    dead: int
    ambiguous: int
    oldest_pending: datetime | None
    overdue_since: datetime | None
    cursors: int


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """How the outbox stands for one account: deliveries by state, and when the oldest pending one was owed."""

    platform: str
    account: str
    pending: int
    held: int
    dead: int
    oldest_pending: datetime | None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up, and why."""

    id: DeliveryId
    destination: Destination
    kind: DeliveryKind
    release_id: ReleaseId | None
    reason: str
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """What a destination is, or was, owed about one release. `payload` is that of its `Delivery`."""

    id: DeliveryId
    kind: DeliveryKind
    state: DeliveryState
    created_at: datetime
    revision: int
    done_at: datetime | None
    held_until: datetime | None
    attempts: int
    ambiguous: int
    reason: str
    payload: Mapping[str, str] = field(default_factory=dict)
    in_digest: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """A subscription, live or ended, by which a newsroom's releases come or came to a destination; `to_all`: the one to all."""

    id: SubscriptionId
    created_at: datetime
    ended_at: datetime | None
    muted_from: datetime | None
    muted_until: datetime | None
    to_all: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """What became of one release at one destination: all that was owed of it, and all subscriptions there ever were."""

    told: tuple[Told, ...]
    subscriptions: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that is held back: until when, and the payload of its `Delivery`."""

    id: DeliveryId
    until: datetime
    payload: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Passage:
    """Alerts about a release that were sent at once: how long it took to be found, and from there to be posted so many times."""

    newsroom_id: NewsroomId
    release_id: ReleaseId
    found: timedelta
    posted: timedelta
    posts: int


class Outbox(Protocol):
    """What is owed to whom (how: the outbox page of ARCHITECTURE.md)."""

    async def register(self, platform: str, account: str) -> int:
        """The account's id."""
        ...

    async def own(self, account_id: int, owner: str, now: datetime, lease: timedelta, *, evict: bool = False) -> bool:
        """Take or renew the lease on an account; False while another has it.

        On taking it over, the lanes in the former owner's hands are due at once, and what it had in flight counts as ambiguous.
        `evict`: the former owner is known to be dead (a lock file proves it), so its lease is not waited for.
        """
        ...

    async def disown(self, account_id: int, owner: str) -> None:
        """Let the account go; what is still in flight counts as ambiguous."""
        ...

    async def renew(self, account_ids: Collection[int], owner: str, now: datetime, lease: timedelta) -> set[int]:
        """Renew the lease on those of the accounts that this owner has; which they are. One statement."""
        ...

    async def look(self, account_ids: Collection[int], now: datetime) -> dict[int, Look]:
        """How each of the accounts stands. One statement, for `Database.glance`."""
        ...

    async def audience_size(self, newsroom_id: NewsroomId, at: datetime) -> int: ...
    async def audience(
        self, newsroom_id: NewsroomId, *, at: datetime, after: int = 0, until: int | None = None, limit: int | None = None
    ) -> list[Audience]:
        """Subscriptions, live since then, to the newsroom (or to all, where it is offered), by id.

        Left out: paused destinations, and what was muted at that moment.
        """
        ...

    async def shown_to(self, release_id: ReleaseId, *, after: int = 0, limit: int | None = None) -> dict[DestinationId, bool]:
        """Where a release stands, is owed, or is shown in a digest, by destination id; and whether silently."""
        ...

    async def owe(self, debts: Sequence[Owed], now: datetime, due: datetime | None = None) -> int:
        """Write deliveries down and make their lanes due (at `due`, or at once), but for what is held; how many were new."""
        ...

    async def release_held(self, account_id: int, now: datetime, limit: int) -> int:
        """Owe what was held back until now, at so many destinations at most; at how many it was.

        One of a destination leaves as the alert that it is, several as one digest.
        """
        ...

    async def hurry(self, release_id: ReleaseId, now: datetime) -> None:
        """Let the alerts about a release wait no longer for its document."""
        ...

    async def is_out(self, release_id: ReleaseId) -> bool:
        """Whether an alert about a release has gone out, or is on its way; no other sets out before the end of the transaction."""
        ...

    async def owe_later(
        self, kind: DeliveryKind, newsroom_id: NewsroomId, releases: Sequence[tuple[ReleaseId, int]], at: datetime
    ) -> None:
        """Write a fan-out cursor down."""
        ...

    async def cursors(self, limit: int = 10) -> list[FanOutCursor]:
        """Fan-outs that are not through, oldest first."""
        ...

    async def advance(self, cursor_id: int, after: int | None) -> None:
        """Move a cursor on; None ends it."""
        ...

    async def fold_late(self, destination_ids: Collection[DestinationId], now: datetime) -> int:
        """Where more than five late finds are pending, hold them back for one digest; how many digests were made."""
        ...

    async def claim(self, account_id: int, owner: str, now: datetime, limit: int) -> Claim:
        """Take the heads of due lanes in hand, if the account is ours and not blocked."""
        ...

    async def let_go(self, account_id: int, owner: str, keep: Collection[DeliveryId]) -> None:
        """Free the owner's lanes but those with one of `keep` in flight: what a claim took that the owner never heard of."""
        ...

    async def settle(
        self, owner: str, settlements: Sequence[Settlement], between: timedelta | Sequence[timedelta] = ...
    ) -> list[bool]:
        """Record outcomes in one go, fenced by lane owner and delivery in hand; which of them still counted.

        A lane with more pending is due `between` later, which may be given for each settlement.
        """
        ...

    async def posts(self, destination_id: DestinationId, release_id: ReleaseId) -> list[Post]:
        """The posts of a destination that show a release, oldest first."""
        ...

    async def post(self, address: Address, reference: str) -> Post | None:
        """The post that the platform calls by this reference."""
        ...

    async def health(self) -> OutboxHealth: ...
    async def dead_letters(self, limit: int) -> list[DeadLetter]:
        """The newest deliveries that were given up."""
        ...

    async def by_account(self) -> list[AccountHealth]:
        """How each account stands that is owed anything, or was in vain."""
        ...

    async def retry(self, ids: Collection[DeliveryId] | None, now: datetime) -> list[DeliveryId]:
        """Owe dead letters anew (None: all of them), in their old order, with all the time there is; those that were dead.

        What died with a digest is in it again.
        """
        ...

    async def drop(self, ids: Collection[DeliveryId] | None, now: datetime) -> list[DeliveryId]:
        """Let dead letters be (None: all of them), with what died with a digest; those that were dead."""
        ...

    async def story(self, destination_id: DestinationId, release_id: ReleaseId) -> Story: ...
    async def held_for(self, destination_id: DestinationId) -> int:
        """How many alerts are held back for a destination."""
        ...

    async def waiting(self, destination_id: DestinationId) -> list[Waiting]:
        """What is held back for a destination, and then stays so until the end of the transaction."""
        ...

    async def put_off(self, destination_id: DestinationId, until: Mapping[DeliveryId, datetime]) -> None:
        """Hold what waits for a destination until other times; those that are past let it go at once."""
        ...

    async def ledger(self, newsrooms: Collection[NewsroomId], since: datetime) -> list[Passage]:
        """The alerts of these newsrooms that were sent since then, of the newest 20,000 deliveries; not what was held back."""
        ...


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change that somebody made to what a destination gets.

    `what` is a code, `before` and `after` are what was and what is now, as JSON values that the command who wrote them reads;
    `by` is `str(actor)`, `name` what the person was called then.
    """

    id: int
    destination_id: DestinationId
    at: datetime
    by: str
    name: str
    what: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


class Audit(Protocol):
    """Who changed what, where and when."""

    async def note(
        self,
        destination_id: DestinationId,
        actor: Actor,
        what: str,
        *,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        now: datetime,
    ) -> int:
        """Write a change down; its id."""
        ...

    async def of(self, destination_id: DestinationId, limit: int, offset: int = 0) -> list[AuditEntry]:
        """The newest changes, newest first."""
        ...

    async def get(self, destination_id: DestinationId, entry_id: int) -> AuditEntry | None:
        """One change here by its id."""
        ...

    async def since(self, destination_id: DestinationId, entry_id: int, limit: int) -> list[AuditEntry]:
        """The newest changes after this one, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing goes out through an account of a platform (empty: through any of it) since then, as an operator said.

    `by` is `str(actor)`, `name` what the person was called.
    """

    platform: str
    account: str
    at: datetime
    by: str = ""
    name: str = ""


class Pauses(Protocol):
    """What operators have paused. An account that is paused claims nothing, and what it is owed stays owed."""

    async def add(self, platform: str, account: str, actor: Actor, now: datetime) -> bool:
        """Pause an account, or (empty) a platform with all accounts to come; False where that very pause is there already."""
        ...

    async def lift(self, platform: str, account: str, now: datetime) -> bool:
        """Let an account go on, or (empty) a platform with all of its accounts; False where nothing of it was paused.

        What waited is due at once, in its order. Of alerts that are more than six hours old by then five at most are sent one by
        one, and say that they come late; more of one destination leave as one digest.
        """
        ...

    async def all(self) -> list[Pause]:
        """By platform, then account."""
        ...

    async def accounts(self) -> list[tuple[str, str]]:
        """Every account that there is, paused or not: its platform and its name, in this order; not those that do not want us."""
        ...


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A word of the operators to everybody, or to a `platform` or to who reads a `language` (empty: all).

    A draft until it is confirmed. `by` is `str(actor)`, `name` what the person was called.
    """

    id: int
    text: str
    platform: str
    language: str
    silent: bool
    by: str
    name: str
    drafted_at: datetime
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How many conversations a broadcast is for, by platform; and in how many more everything is muted, which are left out."""

    conversations: Mapping[str, int]
    muted: int

    @property
    def total(self) -> int:
        """On all platforms."""
        return sum(self.conversations.values())


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of a broadcast: conversations by the state of its delivery there. `is_dealt_out`: none is still to be added."""

    states: Mapping[DeliveryState, int]
    is_dealt_out: bool


class Broadcasts(Protocol):
    """Words of the operators to every conversation that subscribes to anything.

    A conversation gets one once, whatever number of its threads subscribe. Left out are those that are paused and those in which
    everything is muted.
    """

    async def draft(self, text: str, platform: str, language: str, actor: Actor, now: datetime, *, silent: bool) -> Broadcast:
        """Write one down, for nobody yet."""
        ...

    async def get(self, broadcast_id: int) -> Broadcast | None: ...
    async def latest(self, limit: int) -> list[Broadcast]:
        """Those that were confirmed, newest first."""
        ...

    async def confirm(self, broadcast_id: int, since: datetime, now: datetime) -> bool:
        """Have a draft count that was made since then; of two who do so at once one hears True."""
        ...

    async def discard(self, broadcast_id: int) -> bool:
        """Throw a draft away; False where it is none."""
        ...

    async def reach(self, broadcast: Broadcast, now: datetime) -> Reach: ...
    async def audience(
        self, broadcast: Broadcast, now: datetime, *, after: int = 0, until: int | None = None, limit: int | None = None
    ) -> list[Destination]:
        """Where it is to be told, by id."""
        ...

    async def owe_later(self, broadcast_id: int, now: datetime) -> None:
        """Write a fan-out cursor down."""
        ...

    async def progress(self, broadcast_id: int) -> Progress: ...


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that an operator did to the whole installation: `what` is a code, `about` names what it was done to."""

    id: int
    at: datetime
    by: str
    name: str
    what: str
    about: Mapping[str, str]


class Deeds(Protocol):
    """The operators' record."""

    async def note(self, actor: Actor, what: str, about: Mapping[str, str], now: datetime) -> None: ...
    async def latest(self, limit: int, offset: int = 0) -> list[Deed]:
        """Newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Troubles:
    """What went wrong in a time, as operators are told once a day.

    `dead` counts what was given up by reason, `closed` the conversations that nothing can be written to any more by reason,
    `left` the accounts that do not want us any more; `ambiguous` the sends that may stand twice.
    """

    dead: Mapping[str, int] = field(default_factory=dict)
    closed: Mapping[str, int] = field(default_factory=dict)
    left: int = 0
    ambiguous: int = 0


class Summaries(Protocol):
    """The days of which operators were told."""

    async def begin(self, day: str, now: datetime) -> datetime | None:
        """Take a day (ISO 8601) on; the moment up to which operators were told before, or a day ago where they never were.

        None where somebody has taken it on: of two who do so at once one does not hear it.
        """
        ...

    async def troubles(self, since: datetime, until: datetime) -> Troubles:
        """What went wrong from then to before then."""
        ...


class Pins(Protocol):
    """Press contacts that operators vouch for, for the whole installation."""

    async def add(self, newsroom_id: NewsroomId, contact: Contact, actor: Actor, now: datetime) -> Pin:
        """Pin a contact of a newsroom."""
        ...

    async def of(self, newsroom_id: NewsroomId) -> list[Pin]:
        """What is pinned of a newsroom, newest first."""
        ...

    async def remove(self, pin_id: PinId) -> bool:
        """Pin it no longer; False: nothing was pinned by this id."""
        ...


class ShownLists(Protocol):
    """The numbered lists people were shown, so that `/release 3` knows which was third."""

    async def keep(self, actor: Actor, address: Address, first: int, release_ids: Sequence[ReleaseId], now: datetime) -> None: ...
    async def entry(self, actor: Actor, address: Address, number: int, since: datetime) -> ReleaseId | None: ...


class Buttons(Protocol):
    """The commands of buttons that a platform cannot carry, by the adapter's own short keys."""

    async def keep(self, commands: Mapping[str, str], now: datetime) -> None:
        """Write commands down by their keys; a key that is known keeps its command."""
        ...

    async def command(self, key: str) -> str | None: ...


class Installations(Protocol):
    """What an adapter was given when one of its accounts was installed (a workspace's tokens), sealed by the adapter.

    The database never sees a secret in clear.
    """

    async def keep(self, platform: str, account: str, sealed: str, now: datetime) -> None:
        """Write an installation down, in place of the account's former one."""
        ...

    async def get(self, platform: str, account: str) -> str | None: ...
    async def all(self, platform: str) -> dict[str, str]:
        """What is kept for a platform, by account."""
        ...

    async def remove(self, platform: str, account: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Taker:
    """Who took the story of a release on, as a conversation is shown; `person` is `str(actor)`."""

    release_id: ReleaseId
    platform: str
    account: str
    conversation: str
    person: str
    name: str
    at: datetime


class Takers(Protocol):
    """Who took which story on: one person of each conversation at most; those that are linked (`Circles`) say the same.

    `among`: conversations, by addresses of which the thread does not matter.
    """

    async def take(self, release_id: ReleaseId, among: Collection[Address], actor: Actor, now: datetime) -> bool:
        """Take a story on in all of these; False where somebody has it in one. Of two who take it at once, one hears True.

        After False nothing must be committed: it may be taken in some.
        """
        ...

    async def give_back(self, release_id: ReleaseId, among: Collection[Address]) -> None:
        """Let it go in these, whoever has it."""
        ...

    async def of(self, release_ids: Collection[ReleaseId]) -> list[Taker]:
        """Who has these, in every conversation."""
        ...

    async def told(self, release_id: ReleaseId, among: Collection[Address]) -> list[Destination]:
        """Where in these a release stands, and who takes it is shown."""
        ...


@dataclass(frozen=True, slots=True)
class Circle:
    """Conversations that are linked, as one of them sees it: the others, each by one of its destinations."""

    name: str
    others: tuple[Destination, ...]


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A code that was given out in `destination`; where it was used, and by whom, once it was."""

    code: str
    destination: Destination
    asker: Destination | None = None
    actor: Actor | None = None


class Circles(Protocol):
    """Which conversations are linked: they show each other who took which story on, and nothing else."""

    async def of(self, address: Address) -> Circle | None:
        """The circle of a conversation; None: it is linked with none."""
        ...

    async def known(self, ids: Collection[DestinationId]) -> list[Destination]:
        """Destinations by their ids; those that were erased are left out."""
        ...

    async def join(self, one: Address, other: Address, now: datetime) -> None:
        """Link two conversations, and whatever each is linked with."""
        ...

    async def leave(self, address: Address) -> None:
        """Take a conversation out of its circle."""
        ...

    async def give_code(self, code: str, destination_id: DestinationId, now: datetime, until: datetime) -> None:
        """Give a code out; those that have lapsed, and the destination's former one, are gone."""
        ...

    async def code(self, code: str, now: datetime) -> LinkCode | None:
        """What a code stands for that has not lapsed."""
        ...

    async def use_code(self, code: str, destination_id: DestinationId, actor: Actor) -> bool:
        """Use a code in a destination; False where it was used in another."""
        ...

    async def end_code(self, code: str) -> bool:
        """A code is good no longer; whether it was. Of two who take it back at once, one hears True."""
        ...


class Aged(StrEnum):
    """What is kept for a time, besides deliveries."""

    CHANGES = "changes"
    """The record of changes."""
    AUTHORS = "authors"
    """Who made a subscription that has ended."""
    BUTTONS = "buttons"
    """The commands of buttons that were not shown since."""
    LISTS = "lists"
    """Lists that people were shown."""
    TAKERS = "takers"
    """Who took a story on."""
    MARKS = "marks"
    """Marks that have lapsed."""
    WORKERS = "workers"
    """Processes that were not heard of since."""
    DEEDS = "deeds"
    """The operators' record, and their broadcasts."""


class Retention(Protocol):
    """What is kept no longer because of its age. Releases stay."""

    async def settled(self, before: datetime, after: DeliveryId, limit: int) -> tuple[list[DeliveryId], DeliveryId | None]:
        """Of the next so many deliveries those that may go, and the last that was looked at; None: there are no more to look at.

        What is owed stays; so does what tells of a release that may still be corrected: one that came out since `before`, or is
        among the hundred newest of its feed.
        """
        ...

    async def remove(self, deliveries: Sequence[DeliveryId]) -> int:
        """Take deliveries away that are settled, with their posts; how many."""
        ...

    async def sweep(self, what: Aged, before: datetime, limit: int) -> int:
        """Take away so many at most of what is of before then; how many."""
        ...


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was kept of somebody. `stories`: that they took on; `lists`: lines of lists that they were shown."""

    destinations: int = 0
    subscriptions: int = 0
    deliveries: int = 0
    posts: int = 0
    changes: int = 0
    lists: int = 0
    stories: int = 0


class Forgetting(Protocol):
    """What is erased because somebody asks for it, or does not want us any more.

    A destination that is forgotten is nobody's from then on; its rows, a husk, are cleared away a few at a time.
    """

    async def platforms(self) -> list[str]:
        """Those of which an account is known."""
        ...

    async def known(self, platform: str) -> list[Destination]:
        """Every destination of a platform, paused or not."""
        ...

    async def private_of(self, person: str) -> list[Destination]:
        """The private conversations of a person (`platform:id`), as far as they can be told to be theirs."""
        ...

    async def person(self, person: str) -> Forgotten:
        """Take a person's id and name out of all that is kept; of what is theirs alone nothing is left."""
        ...

    async def contents(self, destinations: Collection[DestinationId]) -> Forgotten:
        """How much is kept of destinations."""
        ...

    async def destinations(self, destinations: Collection[Destination]) -> None:
        """Make husks of destinations. What is in flight there counts no more; whoever writes there again begins anew."""
        ...

    async def husks(self) -> list[DestinationId]: ...
    async def clear(self, husk: DestinationId, limit: int) -> bool:
        """Take so many rows of a husk away; whether nothing is left of it."""
        ...

    async def account_left(self, platform: str, account: str, at: datetime | None) -> None:
        """An account does not want us since then; None: it does."""
        ...

    async def left_accounts(self, before: datetime) -> list[int]:
        """The accounts that have not wanted us since before then."""
        ...

    async def account(self, account_id: int, before: datetime) -> bool:
        """Make husks of some destinations of such an account, and erase what is kept beside; whether nothing is left of it.

        One that let us in again meanwhile is left alone, and counts as done.
        """
        ...


class Marks(Protocol):
    """Short-lived marks: that something was given out, or was dealt with."""

    async def set(self, key: str, until: datetime, now: datetime) -> bool:
        """Make a mark; whether it was not there, or had lapsed. Of two who make it at once, one hears True."""
        ...

    async def take(self, key: str, now: datetime) -> bool:
        """Take a mark away; whether it was there and had not lapsed. Of two who take it at once, one hears True."""
        ...


class Leases(Protocol):
    """Who does what only one process may do at a time, such as asking Telegram for updates."""

    async def take(self, name: str, owner: str, now: datetime, lease: timedelta) -> bool:
        """Take or renew a lease; False while another has it."""
        ...

    async def release(self, owner: str, name: str | None = None) -> None:
        """Let a lease go, or all that this owner has."""
        ...


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that runs the bot: which roles it has, where it runs, and when it was last heard of."""

    owner: str
    roles: frozenset[str]
    where: str
    version: str
    started_at: datetime
    seen_at: datetime


class Workers(Protocol):
    """The processes of this installation."""

    async def seen(self, worker: Worker) -> None:
        """Write down that a process is there."""
        ...

    async def gone(self, owner: str) -> None:
        """A process has stopped."""
        ...

    async def live(self, since: datetime) -> list[Worker]:
        """Those heard of since then, oldest first."""
        ...


class Transaction(Protocol):
    """The repositories, bound to one transaction."""

    @property
    def newsrooms(self) -> Newsrooms: ...
    @property
    def feeds(self) -> Feeds: ...
    @property
    def releases(self) -> Releases: ...
    @property
    def lookups(self) -> Lookups: ...
    @property
    def histories(self) -> Histories: ...
    @property
    def search(self) -> Search: ...
    @property
    def destinations(self) -> Destinations: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def pauses(self) -> Pauses: ...
    @property
    def broadcasts(self) -> Broadcasts: ...
    @property
    def deeds(self) -> Deeds: ...
    @property
    def summaries(self) -> Summaries: ...
    @property
    def pins(self) -> Pins: ...
    @property
    def lists(self) -> ShownLists: ...
    @property
    def buttons(self) -> Buttons: ...
    @property
    def installations(self) -> Installations: ...
    @property
    def takers(self) -> Takers: ...
    @property
    def circles(self) -> Circles: ...
    @property
    def retention(self) -> Retention: ...
    @property
    def forgetting(self) -> Forgetting: ...
    @property
    def marks(self) -> Marks: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def workers(self) -> Workers: ...


class Hint(Enum):
    """What a commit changed that somebody may wait for. A hint may get lost; the tick is the guarantee."""

    LANES = "lanes"
    """Something is owed, or may be sent now."""
    FEEDS = "feeds"
    """A feed is wanted, or due, that was not."""
    ACCOUNTS = "accounts"
    """An account was installed or removed."""
    LOOKUPS = "lookups"
    """A document is to be looked at."""
    HUSKS = "husks"
    """Something was forgotten whose rows are to be cleared away."""


class Database(Protocol):
    """Where everything is kept."""

    def watch(self, on_hint: Callable[[Hint], None]) -> AbstractAsyncContextManager[None]:
        """Hear of hints after the commits that gave them, of this process and (PostgreSQL) of all others, until the block ends."""
        ...

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that writes; it commits when the block ends, and rolls back on an exception. Raises StorageError."""
        ...

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A snapshot to read from; it never blocks a writer."""
        ...

    def glance(self) -> AbstractAsyncContextManager[Transaction]:
        """For a question that is one statement: it costs no more than that. Several see no common snapshot. Raises StorageError."""
        ...
