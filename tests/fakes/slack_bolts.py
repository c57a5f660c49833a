"""Apps on Bolt, for tests of the fake Slack: told of things in either way, and to be installed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_api import SlackApi
from tests.fakes.slack_bricks import client_of
from tests.fakes.slack_errors import Json


@dataclass(slots=True)
class Running:
    """An app of Bolt's on the fake. `heard`: the events and interactions that came, as Bolt has them. `url`: its HTTP server."""

    api: SlackApi
    bolt: AsyncApp
    url: str = ""
    heard: list[Json] = field(default_factory=list)

    def of(self, kind: str) -> list[Json]:
        """The events of a type."""
        return [event for event in self.heard if event.get("type") == kind]


class Bolt:
    """Starts an app that notes every event, and closes it."""

    def __init__(self, api: SlackApi, client: AsyncWebClient, mode: str) -> None:
        self.api, self.mode = api, mode
        self.running = Running(api, AsyncApp(client=client, signing_secret=api.signing_secret))

    async def __aenter__(self) -> Running:
        for event in ("app_mention", "link_shared", "member_joined_channel", "tokens_revoked", "app_uninstalled"):
            self.running.bolt.event(event)(self._note)
        for kind in ("archive", "unarchive", "rename", "deleted", "left"):
            self.running.bolt.event(f"channel_{kind}")(self._note)
            self.running.bolt.event(f"group_{kind}")(self._note)
        for event in ("message", "member_left_channel", "channel_shared", "user_change"):
            self.running.bolt.event(event)(self._note)
        await (self._connect() if self.mode == "socket" else self._serve())
        return self.running

    async def _note(self, event: Json) -> None:
        self.running.heard.append(event)

    async def _connect(self) -> None:
        self.handler = AsyncSocketModeHandler(self.running.bolt, self.api.app_token)
        await self.handler.connect_async()  # type: ignore[no-untyped-call]
        await self.api.connected()

    async def _serve(self) -> None:
        server = web.Application()
        server.router.add_post("/slack/events", self._dispatch)
        self.runner = web.AppRunner(server, access_log=None)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.running.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}/slack/events"
        self.api.request_url = self.running.url

    async def _dispatch(self, request: web.Request) -> web.Response:
        return await to_aiohttp_response(await self.running.bolt.async_dispatch(await to_bolt_request(request)))

    async def __aexit__(self, *_: object) -> None:
        if self.mode == "socket":
            await self.handler.close_async()  # type: ignore[no-untyped-call]
        else:
            await self.runner.cleanup()


class Installable:
    """Bolt's install pages on a server of their own."""

    def __init__(self, api: SlackApi, folder: Path) -> None:
        settings = AsyncOAuthSettings(
            client_id=api.app.client_id,
            client_secret=api.app.client_secret,
            scopes=["chat:write", "channels:read", "channels:history"],
            redirect_uri="https://presse.example/slack/oauth_redirect",
            installation_store=FileInstallationStore(base_dir=str(folder / "installed")),
            state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(folder / "states")),
        )
        self.bolt = AsyncApp(signing_secret=api.signing_secret, oauth_settings=settings, client=client_of(api))

    async def __aenter__(self) -> Self:
        server = web.Application()
        for path in ("/slack/install", "/slack/oauth_redirect"):
            server.router.add_get(path, self._page)
        self.runner = web.AppRunner(server, access_log=None)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}/slack/install"
        return self

    async def _page(self, request: web.Request) -> web.Response:
        flow = self.bolt.oauth_flow
        assert flow is not None
        handle = flow.handle_installation if request.path == flow.install_path else flow.handle_callback
        return await to_aiohttp_response(await handle(await to_bolt_request(request)))

    async def __aexit__(self, *_: object) -> None:
        await self.runner.cleanup()
