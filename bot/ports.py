"""The two seams: what the bot needs of a chat platform, and what it needs of a database. Nothing else crosses.

All times are aware UTC. Repositories never commit: `Database.begin` does when its block ends without an exception.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from bot.domain.card import Card
from bot.domain.contact import Contact
from bot.domain.delivery import Delivery, DeliveryId, DeliveryKind, Owed, Post, SendOutcome, Settlement
from bot.domain.form import Choice, Form
from bot.domain.newsroom import Feed, FeedId, FeedState, Newsroom, NewsroomEntry, NewsroomId
from bot.domain.release import Content, Kind, ParsedRelease, Release, ReleaseId
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId, Subscription, SubscriptionId
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
    reference of the post that the person replies to.
    """

    text: str
    actor: Actor
    address: Address
    conversation_kind: ConversationKind = ConversationKind.PRIVATE
    title: str = ""
    language: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What we answer.

    `private`: for the caller's eyes, where the platform can. `replaces`: it takes the place of the message whose button was
    pressed. `form`: the same to fill in, where the platform has forms. `faults`: what is wrong with a form that was submitted, by
    the names of its fields.
    """

    card: Card
    private: bool = False
    replaces: bool = False
    form: Form | None = None
    faults: Mapping[str, str] = field(default_factory=dict)


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
    """

    answer: Answer
    choices: Choices
    on_event: OnEvent
    menu: Menu
    database: Database
    turn: Callable[[str], Awaitable[None]]


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


# The database -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """What a feed said last of one language version of a release."""

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

    async def offered(self) -> list[Newsroom]:
        """Those offered here, by name."""
        ...

    async def subscribed_by(self, platform: str, account: str, among: Collection[NewsroomId]) -> set[NewsroomId]:
        """Those of them to which a destination of the account subscribes, or once did."""
        ...

    async def rename(self, newsroom_id: NewsroomId, name: str) -> None: ...
    async def last_contact(self, newsroom_id: NewsroomId) -> tuple[Contact, Release] | None:
        """The newest press contact that one of its releases named (a desk before a person within a release), and that release."""
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

    async def settle(self, results: Sequence[PollResult]) -> None:
        """Write down what polls came to, and let the feeds go."""
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

    async def mark_missing(self, ask_at: Mapping[ReleaseId, int], present: Collection[ReleaseId] = ()) -> None:
        """Write down at which count of good polls the addresses of missing releases are asked.

        Of those `present` again it is forgotten, and so is that they were taken down.
        """
        ...

    async def missing(self, feed_id: FeedId, polls: int, limit: int) -> list[Release]:
        """Missing releases whose addresses are to be asked once the feed counts so many good polls, the longest overdue first."""
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
        self, feed: Feed, parsed: Sequence[ParsedRelease], *, now: datetime, late: Collection[str]
    ) -> dict[str, ReleaseId]:
        """Store new releases (all language versions of each) as revision 1; their ids by external id."""
        ...

    async def add_version(self, release_id: ReleaseId, content: Content, *, source: str = ...) -> None:
        """Store another language version of a known release: no new revision."""
        ...

    async def revise(
        self, release_id: ReleaseId, content: Content, *, source: str = ..., now: datetime, correction: bool, quiet: bool = False
    ) -> int:
        """Store what a source now says of a version; the revision number, raised by one if it is a correction.

        A `quiet` correction is not worth a word (`bot.text.quiet`): the release does not count as corrected by it.
        """
        ...

    async def revisions(self, release_id: ReleaseId) -> list[tuple[int, Content]]:
        """What the release said before, oldest first, with the revision at which each was current."""
        ...

    async def rekey(self, release_id: ReleaseId, external_id: str) -> None:
        """The newsroom renumbered a release."""
        ...

    async def mark_gone(self, release_id: ReleaseId, at: datetime) -> None: ...
    async def get(self, release_id: ReleaseId) -> Release | None: ...
    async def many(self, release_ids: Sequence[ReleaseId]) -> list[Release]:
        """In the order asked for; unknown ones are left out."""
        ...

    async def latest(
        self, newsrooms: Collection[NewsroomId], *, limit: int, offset: int = 0, narrowing: Narrowing = UNNARROWED
    ) -> list[Release]:
        """Newest first by publication, equal times by id."""
        ...

    async def count(self, newsrooms: Collection[NewsroomId], narrowing: Narrowing = UNNARROWED) -> int: ...


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

    async def ensure(
        self, address: Address, *, kind: ConversationKind, title: str, language: str, timezone: str, now: datetime
    ) -> Destination:
        """The destination of this address, made if it is new; a new title is taken over."""
        ...

    async def set_language(self, destination_id: DestinationId, language: str) -> None: ...
    async def pause(self, address: Address, reason: str) -> None: ...
    async def resume(self, address: Address, now: datetime) -> None:
        """Send again; what was owed meanwhile is due at once."""
        ...

    async def pause_account(self, platform: str, account: str, reason: str) -> None:
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

    async def set_silent(self, subscription_id: SubscriptionId, *, silent: bool) -> None:
        """Whether what is owed because of it from now on makes no sound."""
        ...

    async def mute(self, subscription_ids: Collection[SubscriptionId], until: datetime | None, now: datetime) -> None:
        """Leave live subscriptions out of the audience of what comes out from now until then; None: no longer."""
        ...


@dataclass(frozen=True, slots=True)
class Audience:
    """One subscriber of a release, as fan-out reads it.

    `silent`: every subscription by which the destination is told of it is; one with sound is enough for sound.
    """

    destination_id: DestinationId
    subscription_id: SubscriptionId
    silent: bool = False


@dataclass(frozen=True, slots=True)
class FanOutCursor:
    """A fan-out too large for one transaction: the debt itself, worked off in chunks.

    Who is owed was settled when it was written. Of alerts: the subscriptions up to id `until` that were live and not muted at `at`,
    and still are live; of corrections (of kind FOLLOW_UP: with what changed): the destinations up to id `until` where the release
    stands. `after` is how far it has come.
    """

    id: int
    kind: DeliveryKind
    newsroom_id: NewsroomId
    releases: tuple[tuple[ReleaseId, int], ...]
    """The releases, each with its revision."""
    at: datetime
    after: int
    until: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What the owner of an account took in hand: the head delivery of each due lane; and when the next lane falls due otherwise."""

    deliveries: list[Delivery]
    next_due: datetime | None


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """How the outbox stands: deliveries by state, ambiguous sends so far, the oldest pending one's time, fan-outs under way."""

    pending: int
    held: int
    dead: int
    sent: int
    ambiguous: int
    oldest_pending: datetime | None
    cursors: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up, and why."""

    id: DeliveryId
    destination: Destination
    kind: DeliveryKind
    release_id: ReleaseId | None
    reason: str
    done_at: datetime | None


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

    async def due(self, account_id: int, now: datetime) -> bool:
        """Whether a claim would find something: a lane of the account that is due, or a fan-out to work off."""
        ...

    async def next_due(self, account_id: int) -> datetime | None:
        """When the account's next lane that nobody has in hand falls due."""
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

    async def owe(self, debts: Sequence[Owed], now: datetime) -> int:
        """Write deliveries down and make their lanes due; the number that was new."""
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
    def search(self) -> Search: ...
    @property
    def destinations(self) -> Destinations: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def lists(self) -> ShownLists: ...
    @property
    def buttons(self) -> Buttons: ...
    @property
    def installations(self) -> Installations: ...
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
