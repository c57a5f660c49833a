"""A chat platform on loopback, and the adapter that speaks to it: what a journey sends alerts through.

    async with ChatServer() as chat:
        adapter = HttpChatAdapter(chat.url)
        ...
        assert chat.posts("desk-1")[0].text == ...

It keeps what it was told to post, and fails on demand: once (`chat.fail_next("429", after=2.0)`), or until it is told otherwise
(`chat.fails = {"fault": "500"}`, then None).
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import aiohttp
from aiohttp import web

from bot.domain.card import Card, ContactItem, Entry, Fact, Heading, Meta, Text, Title
from bot.domain.delivery import (
    AccountBlocked,
    DestinationGone,
    DestinationMoved,
    Post,
    PostGone,
    Refused,
    RetryLater,
    SendOutcome,
    Sent,
)
from bot.domain.subscription import Address, Destination
from bot.ports import Actor, Answer, ChatAdapter, CommandCall, Database, Desk, Menu, OnEvent, Pace, Reply


@dataclass(slots=True)
class Posted:
    """A message as it stands now; `edits` counts its changes; `under` is the message that it answers."""

    id: str
    conversation: str
    title: str
    text: str
    edits: int = 0
    under: str = ""


@dataclass(slots=True)
class ChatServer:
    """Serves on 127.0.0.1 while the `async with` block runs. `log`: a file that gets a line for each message it took, at once."""

    log: Path | None = None
    delay: float = 0.0
    messages: list[Posted] = field(default_factory=list)
    fails: dict[str, Any] | None = None
    calls: int = 0
    url: str = ""
    port: int = 0
    _faults: deque[dict[str, Any]] = field(default_factory=deque)

    def posts(self, conversation: str) -> list[Posted]:
        """The messages of a conversation, oldest first."""
        return [message for message in self.messages if message.conversation == conversation]

    def fail_next(self, fault: str, times: int = 1, **more: Any) -> None:
        """Answer the next calls with a fault: 429, 500, gone, moved, refused, blocked, hang-up (taken, but the answer is lost)."""
        self._faults.extend({"fault": fault, **more} for _ in range(times))

    async def wait_for(self, count: int, limit: float = 20.0) -> None:
        """Until so many messages stand; raises TimeoutError after `limit` seconds."""
        async with asyncio.timeout(limit):
            while len(self.messages) < count:
                await asyncio.sleep(0.01)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        if fault := await self._fault(request):
            if fault["fault"] == "hang-up":
                self._keep(said)
                assert request.transport is not None
                request.transport.abort()
            return _failing(fault)
        if self.delay:
            await asyncio.sleep(self.delay)
        return web.json_response({"id": self._keep(said).id})

    def _keep(self, said: dict[str, Any]) -> Posted:
        message = Posted(
            str(len(self.messages) + 1), said["conversation"], said["title"], said["text"], under=said.get("under", "")
        )
        self.messages.append(message)
        if self.log:
            with self.log.open("a") as log:
                log.write(json.dumps([message.conversation, message.title]) + "\n")
        return message

    async def _edit(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        if fault := await self._fault(request):
            return _failing(fault)
        message = next((m for m in self.messages if m.id == said["id"]), None)
        if message is None:
            return web.json_response({"fault": "no such post"})
        message.title, message.text, message.edits = said["title"], said["text"], message.edits + 1
        return web.json_response({"id": message.id})

    async def _fault(self, _request: web.Request) -> dict[str, Any] | None:
        self.calls += 1
        return self.fails or (self._faults.popleft() if self._faults else None)

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_post("/send", self._send)
        application.router.add_post("/edit", self._edit)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._runner.cleanup()

    _runner: web.AppRunner = field(init=False)


class HttpChatAdapter:
    """`bot.ports.ChatAdapter` for the ChatServer. `admins` are the ids of those who may manage every conversation."""

    platform = "test"

    def __init__(
        self, url: str, *, account: str = "bot", admins: frozenset[str] = frozenset({"boss"}), pace: Pace | None = None
    ) -> None:
        self._url = url
        self.account = account
        self.pace = pace or Pace(at_once=10)
        self._admins = admins
        self.desk: Desk | None = None

    listens_alone = False

    async def accounts(self) -> tuple[str]:
        """The one there is."""
        return (self.account,)

    def private(self, ident: str) -> Address:
        """A conversation of the person's name."""
        return self.address(ident)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[None]:
        """Everything comes by `hear`."""
        yield

    @asynccontextmanager
    async def connect(self, desk: Desk) -> AsyncIterator[None]:
        """Hold a session while the block runs."""
        self.desk = desk
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as self._session:
            yield

    def address(self, conversation: str, thread: str = "") -> Address:
        """A conversation here as an address."""
        return Address(self.platform, self.account, conversation, thread)

    async def hear(self, text: str, *, conversation: str = "desk", who: str = "boss", reply_to: str = "") -> Reply:
        """Somebody writes a line in a conversation; what the bot answers."""
        assert self.desk is not None
        actor = Actor(self.platform, self.account, who, who)
        return await self.desk.answer(CommandCall(text, actor, self.address(conversation), reply_to=reply_to))

    async def send(self, destination: Destination, card: Card, under: Post | None = None) -> SendOutcome:
        """Post once."""
        thread = {"under": under.reference} if under else {}
        return await self._call("/send", {"conversation": destination.address.conversation, **thread, **_said(card)})

    async def edit(self, post: Post, card: Card) -> SendOutcome:
        """Change a post."""
        return await self._call("/edit", {"id": post.reference, **_said(card)})

    async def may_manage(self, actor: Actor, address: Address) -> bool:
        """The admins may."""
        del address
        return actor.id in self._admins

    async def link(self, address: Address, reference: str) -> str:
        """Each message has its page."""
        return f"https://chat.example/{address.conversation}/{reference}"

    async def _call(self, path: str, body: dict[str, str]) -> SendOutcome:
        try:
            async with self._session.post(self._url + path, json=body) as response:
                if response.status >= 500:
                    return RetryLater(f"answered {response.status}")
                return _outcome(await response.json())
        except aiohttp.ClientConnectorError as error:
            return RetryLater(str(error))
        except (aiohttp.ClientError, TimeoutError) as error:
            return RetryLater(str(error), ambiguous=True)


def _failing(fault: dict[str, Any]) -> web.Response:
    return web.Response(status=500) if fault["fault"] == "500" else web.json_response(fault)


@asynccontextmanager
async def serving(
    adapter: ChatAdapter, answer: Answer, on_event: OnEvent, menu: Menu, database: Database | None = None
) -> AsyncIterator[None]:
    """An adapter that is connected and listens, to a desk without a limit on answers, and without a database unless given one."""

    async def at_once(_account: str) -> None:
        return None

    async def none(_call: CommandCall, _what: str, _words: str) -> tuple[()]:
        return ()

    async def nothing(_call: CommandCall, _addresses: Sequence[str]) -> dict[str, Card]:
        return {}

    desk = Desk(answer, none, on_event, menu, cast("Database", database), at_once, nothing)
    async with adapter.connect(desk), adapter.listen():
        yield


def _outcome(answer: dict[str, Any]) -> SendOutcome:
    match answer.get("fault"):
        case None:
            return Sent(answer["id"])
        case "429":
            return RetryLater("too fast", timedelta(seconds=answer.get("after", 0)))
        case "gone":
            return DestinationGone("kicked")
        case "moved":
            return DestinationMoved(answer["to"])
        case "blocked":
            return AccountBlocked(timedelta(seconds=answer.get("after", 1)), "flood")
        case "no such post":
            return PostGone("deleted")
        case other:
            return Refused(str(other))


def _said(card: Card) -> dict[str, str]:
    title = next((element.text for element in card.elements if isinstance(element, Title)), card.summary)
    return {"title": title, "text": card_text(card)}


def card_text(card: Card) -> str:
    """A card as plain lines, for tests to look into."""
    lines: list[str] = []
    for element in card.elements:
        match element:
            case Meta(parts, marks):
                lines.append(" · ".join((*marks, *parts)))
            case Title(text, _) | Heading(text):
                lines.append(text)
            case Text(block, _):
                lines.append(block.text)
            case ContactItem(label, contact, source):
                phones = [f"{phone.e164} ({phone.note})" if phone.note else str(phone.e164) for phone in contact.phones]
                lines.append(" · ".join((label, *phones, *contact.emails, source)))
            case Entry():
                lines.append(f"{element.number}. {element.title} · {' · '.join((*element.marks, *element.meta))}")
                if element.snippet:
                    lines.append(element.snippet.text)
            case Fact(label, value, _):
                lines.append(f"{label}: {value}")
            case _:
                pass
    lines.extend(f"[{button.label}] {button.command or button.url}" for row in card.buttons for button in row)
    return "\n".join(lines)
