"""A Bot API server on loopback: state, rules and refusals as Telegram's, and people who use it.

    async with TelegramApi() as api:
        bot = Bot(api.token, base_url=api.base_url, base_file_url=api.base_file_url)
        asta = api.user("Asta", language="da")
        await asta.starts()
        desk = api.group("Redaktionen", owner=asta)
        await asta.adds_bot(desk)
        ...
        assert desk.last.text == "..." and api.violations == []

`python -m tests.fakes.telegram_api --port 0 --limits off` runs it in a process of its own, prints its port on the first line, lets
any chat id be written to, and tells under /stats what it took.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.telegram_calls import Upload, Violation, checked, method_named
from tests.fakes.telegram_errors import ApiError
from tests.fakes.telegram_files import FINE, NO_IMAGE, PNG, UNREACHABLE, Files
from tests.fakes.telegram_limits import OFF, Fault, Faults, Gate, Limits, Refusal
from tests.fakes.telegram_methods import EDITS, SENDS, CallbackAnswer, InlineAnswer, Methods
from tests.fakes.telegram_people import ALL_RIGHTS, SUPERGROUPS, Person
from tests.fakes.telegram_state import Chat, Json, Member, Message, Topic, User
from tests.fakes.telegram_updates import Updates, Webhook
from tests.fakes.telegram_wire import answer, large_request, read
from tests.fakes.telegram_world import World

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
_WELL_FORMED = re.compile(r"\d+:[A-Za-z0-9_-]{24,}")


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it came. `status`: what was answered, 0 where nothing was. `at`: seconds of the monotonic clock."""

    method: str
    params: dict[str, str]
    at: float
    status: int
    description: str = ""


class TelegramApi:
    """Serves while the `async with` block runs.

    `calls`: all that was asked. `violations`: calls that no correct bot makes. `sent`: the bot's messages, in order.
    `gate.refusals`: the 429s of `limits`. `files.addresses`: which pictures by address can be fetched. `updates`: the queue and the
    webhook. `clock`: what the limits are measured by, in seconds.
    """

    def __init__(
        self,
        *,
        limits: Limits = OFF,
        token: str = TOKEN,
        username: str = "pressevagt_bot",
        clock: Callable[[], float] = time.monotonic,
        keep_calls: bool = True,
    ) -> None:
        self.token = token
        self.bot = User(int(token.split(":", maxsplit=1)[0]), "Pressevagt", username=username, is_bot=True)
        self.world = World(self.bot)
        self.files = Files()
        self.methods = Methods(self.world, self.files)
        self.gate = Gate(limits, clock)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.violations: list[Call] = []
        self.port = 0
        self.most_at_once = 0
        self._at_once = 0
        self._keep_calls = keep_calls
        self._base = f"/bot{token}/"
        self._closing = asyncio.Event()

    # -- Where it is

    @property
    def url(self) -> str:
        """The root address, such as a bot's setting for a server of one's own names."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """What python-telegram-bot calls `base_url`."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """What python-telegram-bot calls `base_file_url`."""
        return f"{self.url}/file/bot"

    # -- People and places

    def user(self, name: str, *, language: str = "", username: str = "", started: bool = False) -> Person:
        """Somebody. `started`: they have written to the bot before."""
        first, _, last = name.partition(" ")
        user = User(7_000_000 + self.world.number(), first, last, username, language, known=started, started=started)
        self.world.users[user.id] = user
        chat = self.world.add_chat(Chat(user.id, "private", username=username, user=user, members={user.id: Member(user)}))
        return Person(user, chat, self.world, self.methods, self.files)

    def group(self, title: str, *, owner: Person, bot: bool = False) -> Chat:
        """A group. `bot`: the bot is in it already, and was told nothing."""
        return self._place(Chat(-4_000_000 - self.world.number(), "group", title), owner, "member" if bot else "")

    def supergroup(
        self, title: str, *, owner: Person, username: str = "", forum: bool = False, bot: bool = False, bot_is_admin: bool = False
    ) -> Chat:
        """A supergroup, a public one where it has a name."""
        chat = Chat(SUPERGROUPS - 1_500_000_000 - self.world.number(), "supergroup", title, username, is_forum=forum)
        return self._place(chat, owner, "administrator" if bot_is_admin else "member" if bot else "")

    def channel(self, title: str, *, owner: Person, username: str = "", bot: bool = False) -> Chat:
        """A channel; `bot`: the bot is an administrator who may post."""
        chat = Chat(SUPERGROUPS - 2_500_000_000 - self.world.number(), "channel", title, username)
        return self._place(chat, owner, "administrator" if bot else "")

    def _place(self, chat: Chat, owner: Person, bot: str) -> Chat:
        chat.members[owner.id] = Member(owner.user, "creator")
        if bot:
            rights = ALL_RIGHTS if bot == "administrator" else frozenset[str]()
            chat.members[self.bot.id] = Member(self.bot, bot, rights)
        return self.world.add_chat(chat)

    def image(self, name: str = "foto.png") -> str:
        """The address of a picture that the fake serves and can fetch."""
        address = f"{self.url}/images/{name}"
        self.files.addresses[address] = FINE
        return address

    # -- What happened

    @property
    def sent(self) -> list[Message]:
        """All that the bot posted, in order, deleted messages too."""
        return self.world.sent

    @property
    def updates(self) -> Updates:
        """The queue of updates, with `webhook`, `pending`, `polls` and `await settled()`."""
        return self.world.updates

    def asked(self, method: str) -> list[Call]:
        """The calls of a method."""
        return [call for call in self.calls if call.method == method]

    def menu(self, person: Person, chat: Chat | None = None) -> list[str]:
        """The commands that somebody sees in a chat, by the rules of scopes and languages."""
        chat = chat or person.chat
        admin, language = chat.member(person.user).is_admin, person.user.language
        for scope in _scopes(chat, person.id, admin=admin and chat.type != "private"):
            for tongue in (language, "") if language else ("",):
                if commands := self.methods.commands.get((scope, tongue)):
                    return [command["command"] for command in commands]
        return []

    def fault(self, method: str = "*", **what: Any) -> Fault:
        """Let the next calls go wrong: see Fault for what and how."""
        return self.faults.add(Fault(method, **what))

    # -- Serving

    async def __aenter__(self) -> Self:
        server = web.Server(self._answer, access_log=None, request_factory=large_request)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=1024).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing.set()
        await self.world.updates.close()
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if not path.startswith(self._base):
            return self._elsewhere(path)
        name = method_named(path[len(self._base) :])
        if name is None:
            return answer(404, {"ok": False, "error_code": 404, "description": "Not Found"})
        if name != "getUpdates":
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            given, files = await read(request)
            if self.faults.waiting and (fault := self.faults.next(name, given.get("chat_id", ""))):
                return await self._befall(request, fault, name, given, files)
            return answer(*await self._carried_out(name, given, files))
        finally:
            self._at_once -= name != "getUpdates"

    async def _carried_out(self, name: str, given: dict[str, str], files: dict[str, Upload]) -> tuple[int, Json]:
        """The call's status and answer; the world is changed."""
        now = time.monotonic()
        try:
            params = checked(name, given, files)
            if files:
                params["_files"] = files
            if name in SENDS or name in EDITS:
                self._admit(params)
            result = self.methods[name](params)
            if isinstance(result, Awaitable):
                result = await result
        except ApiError as error:
            self._note(Call(name, given, now, error.code, error.description), violates=isinstance(error, Violation))
            return error.code, error.body()
        if self._keep_calls:
            self.calls.append(Call(name, given, now, 200))
        return 200, {"ok": True, "result": result}

    def _note(self, call: Call, *, violates: bool) -> None:
        if self._keep_calls:
            self.calls.append(call)
        if violates:
            self.violations.append(call)

    def _admit(self, params: Json) -> None:
        chat_id = params.get("chat_id", "")
        chat = self.world.chats.get(chat_id) if isinstance(chat_id, int) else self.world.by_name.get(chat_id.lstrip("@").lower())
        group = chat.type in ("group", "supergroup") if chat else False
        self.gate.admit(
            str(chat.id if chat else chat_id), len(params["media"]) if isinstance(params.get("media"), list) else 1, group=group
        )

    async def _befall(
        self, request: web.BaseRequest, fault: Fault, name: str, given: dict[str, str], files: dict[str, Upload]
    ) -> web.StreamResponse:
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.retry_after is not None:
            self.gate.hold(fault.retry_after, str(fault.chat) if fault.chat is not None else "")
            fault = Fault()
        lost = fault.hang or fault.reset or fault.malformed
        if fault.status and not lost:
            words = fault.description or HTTPStatus(fault.status).phrase
            self._note(Call(name, given, time.monotonic(), fault.status, words), violates=False)
            return answer(fault.status, {"ok": False, "error_code": fault.status, "description": words})
        if not lost or fault.taken:
            outcome = await self._carried_out(name, given, files)
        else:
            self._note(Call(name, given, time.monotonic(), 0), violates=False)
        if fault.hang:
            await self._closing.wait()
        if fault.reset and request.transport:
            request.transport.abort()
        if fault.malformed:
            return web.Response(
                body=b"<html><head><title>502 Bad Gateway</title>", status=fault.status or 200, content_type="text/html"
            )
        return answer(500, {}) if lost else answer(*outcome)

    def _elsewhere(self, path: str) -> web.Response:
        if path == "/stats":
            return answer(200, self.stats())
        if path.startswith("/images/"):
            known = self.files.addresses.get(f"{self.url}{path}") == FINE
            return web.Response(body=PNG, content_type="image/png") if known else web.Response(status=404)
        if path.startswith(f"/file{self._base}"):
            content = self.files.fetched(path.removeprefix(f"/file{self._base}"))
            return web.Response(body=content) if content is not None else web.Response(status=404)
        token = path.removeprefix("/bot").split("/")[0]
        code, words = (401, "Unauthorized") if path.startswith("/bot") and _WELL_FORMED.fullmatch(token) else (404, "Not Found")
        return answer(code, {"ok": False, "error_code": code, "description": words})

    def stats(self) -> Json:
        """What was taken, for a benchmark in another process; the times are of the machine's monotonic clock."""
        sent = self.sent
        return {
            "sent": len(sent),
            "first": sent[0].at if sent else None,
            "last": sent[-1].at if sent else None,
            "times": [round(message.at, 4) for message in sent],
            "chats": len({message.chat.id for message in sent}),
            "refusals": len(self.gate.refusals),
            "violations": len(self.violations),
            "most_at_once": self.most_at_once,
        }


_REASONS = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    500: "Internal Server Error",
    502: "Bad Gateway",
    504: "Gateway Timeout",
}


def _scopes(chat: Chat, user_id: int, *, admin: bool) -> list[str]:
    if chat.type == "private":
        return [f"chat:{chat.id}", "all_private_chats", "default"]
    admins = [f"chat_administrators:{chat.id}"] if admin else []
    all_admins = ["all_chat_administrators"] if admin else []
    return [f"chat_member:{chat.id}:{user_id}", *admins, f"chat:{chat.id}", *all_admins, "all_group_chats", "default"]


async def _serve(arguments: argparse.Namespace) -> None:
    limits = Limits() if arguments.limits == "on" else OFF
    api = TelegramApi(limits=limits, token=arguments.token, keep_calls=False)
    api.world.open_doors = True
    api.port = arguments.port
    async with api:
        print(api.port, flush=True)  # noqa: T201
        await asyncio.Event().wait()


def main() -> None:
    """Run the fake alone until it is stopped."""
    parser = argparse.ArgumentParser(description="A Bot API server on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--limits", choices=("on", "off"), default="off")
    parser.add_argument("--token", default=TOKEN)
    try:
        asyncio.run(_serve(parser.parse_args()))
    except KeyboardInterrupt:
        return


__all__ = [
    "ALL_RIGHTS",
    "FINE",
    "NO_IMAGE",
    "OFF",
    "TOKEN",
    "UNREACHABLE",
    "Call",
    "CallbackAnswer",
    "Chat",
    "Fault",
    "InlineAnswer",
    "Limits",
    "Message",
    "Person",
    "Refusal",
    "TelegramApi",
    "Topic",
    "Webhook",
]

if __name__ == "__main__":
    main()
