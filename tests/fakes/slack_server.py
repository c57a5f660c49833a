"""The fake Slack as a server: calls carried out or befallen by faults, sockets, response addresses, uploads."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.slack_acts import Acts
from tests.fakes.slack_chat import Chat
from tests.fakes.slack_deliveries import Deliveries
from tests.fakes.slack_directory import Directory
from tests.fakes.slack_errors import Json, SlackError
from tests.fakes.slack_events import Events
from tests.fakes.slack_files import PRIVATE, UPLOADS, Files
from tests.fakes.slack_http import RequestUrl
from tests.fakes.slack_limits import Fault, Faults, Gate
from tests.fakes.slack_messages import Message
from tests.fakes.slack_methods import METHODS, Methods, basic_of
from tests.fakes.slack_oauth import OAuth
from tests.fakes.slack_socket import Sockets
from tests.fakes.slack_views import Views
from tests.fakes.slack_wire import answer, large_request, read, read_upload
from tests.fakes.slack_world import World


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it came. `status`: of HTTP, 0 where nothing was answered. `error`: Slack's code. `at`: monotonic seconds."""

    method: str
    params: Json
    at: float
    status: int
    error: str = ""
    token: str = ""


class Server:
    """Serves while the `async with` block runs: see SlackApi."""

    def __init__(self, world: World, gate: Gate, *, keep_calls: bool) -> None:
        self.world = world
        self.gate = gate
        self.faults = Faults()
        self.calls: list[Call] = []
        self.port = 0
        self.most_at_once = 0
        self.sockets = Sockets(world)
        self.http = RequestUrl(world, lambda: self.deliveries.request_url)
        self.deliveries = Deliveries(world, self.sockets, self.http)
        self.events = Events(world, self.deliveries.send, lambda: bool(self.sockets.links or self.deliveries.request_url))
        self.acts = Acts(world, lambda: self.root)
        self.views = Views(world, self.acts)
        self.files = Files(world, self.events)
        self.oauth = OAuth(world, self.events)
        chat, directory = Chat(world, self.events), Directory(world, self.events)
        parts: list[Any] = [chat.methods, directory.methods, self.views.methods, self.files.methods]
        self._methods = Methods(world, gate, self.oauth, parts, lambda: self.sockets.ticket(self.port))
        self._keep_calls = keep_calls
        self._at_once = 0
        self._closing = asyncio.Event()

    @property
    def root(self) -> str:
        """The fake's own address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sent(self) -> list[Message]:
        """All that apps posted, in order, ephemeral and deleted messages too."""
        return self.world.sent

    def asked(self, method: str) -> list[Call]:
        """The calls of a method."""
        return [call for call in self.calls if call.method == method]

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
        self.files.base = self.root
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing.set()
        await self.deliveries.close()
        await self.sockets.close()
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if not request.path.startswith("/api/"):
            return await self._elsewhere(request)
        name = request.path.removeprefix("/api/")
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            return await self._called(request, name)
        finally:
            self._at_once -= 1

    async def _called(self, request: web.BaseRequest, name: str) -> web.StreamResponse:
        method = METHODS.get(name)
        try:
            params = await read(request, form_only=method is not None and method.form)
        except ValueError:
            return self._refused(Call(name, {}, time.monotonic(), 200), SlackError("invalid_json", violates=True))
        if "token" in request.query:
            self.world.violated("a token in an address", name)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        token = token if token.startswith(("xox", "xapp")) else str(params.pop("token", "") or token)
        if self.faults.waiting and (fault := self.faults.next(name, str(params.get("channel", "")), self._workspace_of(token))):
            return await self._befall(request, fault, name, params, token)
        return self._carried_out(request, name, params, token)

    def _carried_out(self, request: web.BaseRequest, name: str, params: Json, token: str) -> web.Response:
        call = Call(name, params, time.monotonic(), 200, token=token)
        try:
            said = self._methods.call(name, params, token, basic_of(request.headers.get("Authorization", "")))
        except SlackError as error:
            return self._refused(call, error)
        if self._keep_calls:
            self.calls.append(call)
        known = self.world.tokens.get(token)
        headers = {"X-OAuth-Scopes": ",".join(sorted(known.scopes))} if known else {}
        return answer(200, said, headers)

    def _refused(self, call: Call, error: SlackError) -> web.Response:
        if self._keep_calls:
            self.calls.append(Call(call.method, call.params, call.at, error.status, error.code, call.token))
        if error.violates:
            self.world.violated(f"{call.method}: {error.code}", call.params)
        headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
        body = {"ok": False, "error": error.code} if error.retry_after is not None else error.body()
        return answer(error.status, body, headers)

    def _workspace_of(self, token: str) -> str:
        known = self.world.tokens.get(token)
        installation = known.installation if known else None
        home = (installation.workspace or installation.enterprise) if installation else None
        return home.id if home else ""

    async def _befall(self, request: web.BaseRequest, fault: Fault, name: str, params: Json, token: str) -> web.StreamResponse:
        call = Call(name, params, time.monotonic(), 0, token=token)
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.error:
            return self._refused(call, SlackError(fault.error))
        if fault.retry_after is not None:
            if fault.holds:
                self.gate.hold(fault.retry_after, name, self._workspace_of(token))
            return self._refused(call, SlackError("ratelimited", status=429, retry_after=fault.retry_after))
        lost = fault.hang or fault.reset or fault.malformed or fault.status
        if not lost or fault.taken:
            outcome = self._carried_out(request, name, params, token)
        elif self._keep_calls:
            self.calls.append(call)
        return await self._lost(request, fault) if lost else outcome

    async def _lost(self, request: web.BaseRequest, fault: Fault) -> web.Response:
        if fault.hang:
            await self._closing.wait()
        if fault.reset and request.transport:
            request.transport.abort()
        page = "<html><head><title>Server Error" if fault.malformed else "<html><body>Server Error</body></html>"
        return web.Response(
            text=page, status=fault.status or 200, content_type="application/json" if fault.malformed else "text/html"
        )

    async def _elsewhere(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/link"):
            return await self.sockets.serve(request)
        if self.acts.is_hook(path):
            return await self._hooked(request)
        if path.startswith(UPLOADS):
            status, words = self.files.uploaded(path, await read_upload(request))
            return web.Response(status=status, text=words)
        if path.startswith(PRIVATE):
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            status, content, kind = self.files.fetched(path, token)
            return web.Response(status=status, body=content, content_type=kind)
        return answer(200, self.stats()) if path == "/stats" else web.Response(status=404)

    async def _hooked(self, request: web.BaseRequest) -> web.Response:
        if self.faults.waiting and (fault := self.faults.next("response_url", "", "")):
            return await self._befall_hook(request, fault)
        try:
            said = json.loads(await request.read())
        except ValueError:
            self.world.violated("a post to a response_url that is no JSON", request.path)
            return web.Response(status=400, text="invalid_payload")
        status, words = self.acts.respond(request.path, said)
        return web.Response(status=status, text=words)

    async def _befall_hook(self, request: web.BaseRequest, fault: Fault) -> web.Response:
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.taken:
            self.acts.respond(request.path, json.loads(await request.read()))
        return await self._lost(request, fault)

    def stats(self) -> Json:
        """What was taken, for a benchmark in another process; the times are of the machine's monotonic clock."""
        sent = self.sent
        return {
            "sent": len(sent),
            "first": sent[0].at if sent else None,
            "last": sent[-1].at if sent else None,
            "times": [round(message.at, 4) for message in sent],
            "channels": len({message.channel.id for message in sent}),
            "refusals": len(self.gate.refusals),
            "violations": len(self.world.violations),
            "most_at_once": self.most_at_once,
        }
