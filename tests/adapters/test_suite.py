"""What every chat adapter must do, whatever its platform: a new one is done when it passes here.

A platform joins by a harness: its adapter, connected to a fake of its platform that is a real server (or a real pipe), and ways to
see what stands there and to write a line as a person would.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.console.adapter import ConsoleAdapter
from adapters.slack.adapter import SlackAdapter
from adapters.telegram.adapter import TelegramAdapter
from bot.domain.card import Button, Card, ContactItem, Entry, Heading, Meta, Text, Title
from bot.domain.contact import Contact, Phone
from bot.domain.delivery import Post, PostGone, PostId, Sent
from bot.domain.prose import paragraphs
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId
from bot.ports import Actor, ChatAdapter, CommandCall, MenuEntry, PlatformEvent, Reply
from tests.adapters.slack_desk import empty_database, slack_settings
from tests.adapters.telegram_desk import telegram_settings
from tests.fakes.chat import ChatServer, HttpChatAdapter, serving
from tests.fakes.slack_api import SlackApi
from tests.fakes.telegram_api import TelegramApi

HOSTILE = "<!channel> *fed* _kursiv_ [bold]x[/bold] \x1b[31mrød\x1b[0m \u202eomvendt"


@dataclass(slots=True)
class Harness:
    """An adapter on its platform. `standing`: all that a reader sees there now, as text; `write`: a person writes a line."""

    adapter: ChatAdapter
    address: Address
    standing: Callable[[], Awaitable[str]]
    write: Callable[[str], Awaitable[Any]]
    manager: Actor
    stranger: Actor

    @property
    def destination(self) -> Destination:
        """The conversation as a destination."""
        return Destination(DestinationId(1), self.address, "Desk", ConversationKind.PRIVATE, "da", "Europe/Copenhagen")

    async def seen(self, text: str, limit: float = 5.0) -> str:
        """What stands, once the text is there."""
        async with asyncio.timeout(limit):
            while text not in (standing := await self.standing()):
                await asyncio.sleep(0.01)
        return standing


async def answer(call: CommandCall) -> Reply:
    """Say the line back."""
    return Reply(card("svar på " + call.text))


async def ignore(_event: PlatformEvent) -> None:
    """Nothing of interest happens to us here."""


@asynccontextmanager
async def on_http() -> AsyncIterator[Harness]:
    """The chat server of the journeys."""
    async with ChatServer() as server:
        adapter = HttpChatAdapter(server.url)

        async def write(line: str) -> None:
            reply = await adapter.hear(line)
            await adapter.send(harness.destination, reply.card)

        async def standing() -> str:
            return "\n".join(message.text for message in server.messages)

        address = adapter.address("desk")
        harness = Harness(adapter, address, standing, write, Actor("test", "bot", "boss"), Actor("test", "bot", "guest"))
        async with serving(adapter, answer, ignore, lambda _language: ()):
            yield harness


@asynccontextmanager
async def on_a_pipe() -> AsyncIterator[Harness]:
    """The terminal as plain lines, through real pipes."""
    typed, keyboard = os.pipe()
    screen, shown = os.pipe()
    os.set_blocking(screen, False)
    seen: list[bytes] = []
    with os.fdopen(typed) as stdin, os.fdopen(shown, "w", encoding="utf-8") as stdout:
        adapter = ConsoleAdapter("terminal", language="da", stdin=stdin, stdout=stdout, environ={"TERM": "dumb"})

        async def write(line: str) -> None:
            os.write(keyboard, f"{line}\n".encode())

        async def standing() -> str:
            with suppress(BlockingIOError):
                seen.append(os.read(screen, 1 << 16))
            return b"".join(seen).decode("utf-8", "replace")

        stranger = Actor("elsewhere", "terminal", "guest")
        try:
            async with serving(adapter, answer, ignore, lambda _language: ()):
                yield Harness(adapter, adapter.address, standing, write, adapter.actor, stranger)
        finally:
            os.close(keyboard)
            os.close(screen)


@asynccontextmanager
async def on_telegram() -> AsyncIterator[Harness]:
    """A group on Telegram, by long polling."""
    async with TelegramApi() as api:
        asta = api.user("Asta", language="da", started=True)
        desk = api.supergroup("Redaktionen", owner=asta, bot=True)
        adapter = TelegramAdapter(telegram_settings(api))

        async def standing() -> str:
            return "\n".join(message.words for message in desk.posts)

        async def write(line: str) -> None:
            await asta.says(line, desk)

        address = Address("telegram", adapter.account, str(desk.id))
        manager, stranger = (Actor("telegram", adapter.account, str(each.id)) for each in (asta, api.user("Gæst")))
        menu = [MenuEntry("latest", "the newest")]
        async with serving(adapter, answer, ignore, lambda _language: menu):
            yield Harness(adapter, address, standing, write, manager, stranger)
        assert api.violations == []


@asynccontextmanager
async def on_slack() -> AsyncIterator[Harness]:
    """A channel on Slack, by Socket Mode; lines are written by mentioning the bot."""
    async with SlackApi() as api, empty_database() as database:
        asta, guest = api.user("Asta Holm", admin=True), api.user("Gæst")
        desk = api.channel("redaktionen", creator=asta, bot=True, members=[guest])
        adapter = SlackAdapter(slack_settings(api))

        async def standing() -> str:
            return "\n".join(message.words for message in desk.posts)

        async def write(line: str) -> None:
            await asta.mentions(line, desk)

        account = api.workspace.id
        manager, stranger = (Actor("slack", account, f"{account}/{each.id}") for each in (asta, guest))
        # Without a menu: commands that it names are shown as they are typed on Slack.
        async with serving(adapter, answer, ignore, lambda _language: (), database):
            await api.connected()
            yield Harness(adapter, Address("slack", account, desk.id), standing, write, manager, stranger)
        assert api.violations == []


PLATFORMS = {"http": on_http, "console": on_a_pipe, "telegram": on_telegram, "slack": on_slack}


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> Callable[[], AbstractAsyncContextManager[Harness]]:
    """Each platform in turn."""
    return PLATFORMS[request.param]


def card(title: str) -> Card:
    """A card with one of everything that text from outside reaches."""
    contact = Contact(phones=(Phone("+4561979247", note="ikke SMS"),), emails=("pressevagten@um.dk",))
    return Card(
        title,
        (
            Meta(("Nyhed", "Havnen"), ("RETTET",)),
            Title(title, "https://havnen.example/1"),
            Text(paragraphs(title)[0]),
            ContactItem("Pressevagten", contact, "fra kataloget"),
            Heading("Mere"),
            Entry(1, title, "https://havnen.example/1", ("i dag",)),
        ),
        ((Button("Læs", "/release 1"), Button("Åbn", url="https://havnen.example/1")),),
    )


def post(harness: Harness, reference: str) -> Post:
    """A post of this reference, as the outbox remembers it."""
    return Post(PostId(1), harness.address, reference, datetime.now(UTC))


Platform = Callable[[], AbstractAsyncContextManager[Harness]]


async def test_an_alert_is_shown_and_can_be_named(platform: Platform) -> None:
    """What was sent stands there when `Sent` comes back, and two posts have two references."""
    async with platform() as harness:
        first = await harness.adapter.send(harness.destination, card("Kajen åbner"))
        second = await harness.adapter.send(harness.destination, card("Kajen lukker"))
        assert isinstance(first, Sent)
        assert isinstance(second, Sent)
        assert first.reference
        assert first.reference != second.reference
        standing = await harness.seen("Kajen lukker")
        assert standing.index("Kajen åbner") < standing.index("Kajen lukker")
        digits = "".join(character for character in standing if character.isdigit())
        assert "4561979247" in digits
        assert "pressevagten@um.dk" in standing


async def test_a_post_is_corrected(platform: Platform) -> None:
    """An edit shows the new card and keeps the post's reference."""
    async with platform() as harness:
        sent = await harness.adapter.send(harness.destination, card("40 mio."))
        assert isinstance(sent, Sent)
        assert await harness.adapter.edit(post(harness, sent.reference), card("45 mio.")) == Sent(sent.reference)
        await harness.seen("45 mio.")


async def test_editing_what_is_not_there_says_so(platform: Platform) -> None:
    """A post that no longer stands is an outcome, not an exception."""
    async with platform() as harness:
        assert isinstance(await harness.adapter.edit(post(harness, "nowhere"), card("x")), PostGone)


async def test_hostile_text_arrives_as_text(platform: Platform) -> None:
    """Markup, pings and escape sequences in a release are shown, and do nothing."""
    async with platform() as harness:
        assert isinstance(await harness.adapter.send(harness.destination, card(HOSTILE)), Sent)
        standing = await harness.seen("<!channel> *fed* _kursiv_")
        assert "[bold]x[/bold]" in standing or harness.adapter.platform == "test"


async def test_a_command_is_answered(platform: Platform) -> None:
    """A line that a person writes comes to the router, and its answer to the person."""
    async with platform() as harness:
        await harness.write("/latest um 3")
        await harness.seen("svar på /latest um 3")


async def test_only_managers_manage(platform: Platform) -> None:
    """The adapter knows who may configure a conversation and who may not."""
    async with platform() as harness:
        assert await harness.adapter.may_manage(harness.manager, harness.address)
        assert not await harness.adapter.may_manage(harness.stranger, harness.address)


async def test_a_message_has_an_address_or_none(platform: Platform) -> None:
    """A web address where the platform has permanent ones; what never stood has none, or one that leads nowhere."""
    async with platform() as harness:
        sent = await harness.adapter.send(harness.destination, card("Ny kaj"))
        assert isinstance(sent, Sent)
        starts = {"test": "https://chat.example/", "telegram": "https://t.me/c/", "slack": "https://dagensnyt.slack.com/archives/"}
        start = starts.get(harness.adapter.platform, "")
        link = await harness.adapter.link(harness.address, sent.reference)
        assert link.startswith(start)
        assert bool(link) == bool(start)
        assert isinstance(await harness.adapter.link(harness.address, "nothing"), str)
