"""What the bot needs of a chat platform, and what a platform hears of the bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from bot.domain.card import Card
from bot.domain.delivery import Post, SendOutcome
from bot.domain.file import Attached, File
from bot.domain.form import Choice, Form
from bot.domain.subscription import Address, ConversationKind, Destination
from bot.ports.database import Database
from bot.ports.places import Actor


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
