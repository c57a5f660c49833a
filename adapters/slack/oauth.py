"""How do workspaces install us? Bolt's OAuth flow, with our database behind it and pages of our own."""

from __future__ import annotations

import html
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation as Granted
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.outcomes import FAULTS
from adapters.slack.workspaces import PLATFORM, QUIET, Installation
from bot.errors import StorageError
from bot.i18n import N_, Texts
from bot.ports import Database

log = logging.getLogger(__name__)

INSTALL = "/slack/install"
REDIRECT = "/slack/oauth_redirect"
SCOPES = (
    "app_mentions:read",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:read",
    "im:history",
    "im:write",
    "links:read",
    "links:write",
    "mpim:read",
    "users:read",
)
"""What we ask to be allowed."""
STATE_LASTS = timedelta(minutes=10)
_LONGEST_STATE = 100

Speak = Callable[[str], Texts]
Installed = Callable[[Installation], Awaitable[None]]
_Step = Callable[[AsyncOAuthFlow, AsyncBoltRequest], Awaitable[BoltResponse]]


class States(AsyncOAuthStateStore):
    """What an installation is recognised by when it comes back: each is good once."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database

    async def async_issue(self, *_args: object, **_kwargs: object) -> str:
        """A new one. Raises StorageError."""
        state, now = secrets.token_urlsafe(32), datetime.now(UTC)
        async with self._database().begin() as tx:
            await tx.marks.set(_mark(state), now + STATE_LASTS, now)
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether it was given out, not long ago, and did not come back yet. Raises StorageError."""
        if len(state) > _LONGEST_STATE:
            return False
        async with self._database().begin() as tx:
            return await tx.marks.take(_mark(state), datetime.now(UTC))


def _mark(state: str) -> str:
    return f"{PLATFORM}:state:{state}"


class Grants(AsyncInstallationStore):
    """Hands on what a workspace granted."""

    def __init__(self, installed: Installed) -> None:
        self._installed = installed

    async def async_save(self, installation: Granted) -> None:
        """It was installed. Raises BoltError where nothing was granted, and StorageError."""
        whole = installation.is_enterprise_install
        account = installation.enterprise_id if whole else installation.team_id
        if not (account and installation.bot_token):
            raise BoltError("no bot token was granted")
        if installation.bot_refresh_token:
            log.error("an installation was refused: the app has token rotation on, and its tokens expire")
            raise BoltError("the token expires")
        name = (installation.enterprise_name if whole else installation.team_name) or ""
        await self._installed(Installation(account, installation.bot_token, installation.bot_user_id or "", name))


def oauth_flow(
    client: AsyncWebClient,
    api_url: str,
    public_url: str,
    *,
    client_id: str,
    client_secret: str,
    database: Callable[[], Database],
    installed: Installed,
    speak: Speak,
) -> AsyncOAuthFlow:
    """The flow. `installed` hears of every installation; `speak` is in which words pages are written, by a browser's languages."""
    pages = Pages(speak)
    settings = AsyncOAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=SCOPES,
        user_scopes=(),
        redirect_uri=public_url + REDIRECT,
        install_path=INSTALL,
        redirect_uri_path=REDIRECT,
        install_page_rendering_enabled=False,
        authorization_url=urljoin(api_url, "../oauth/v2/authorize"),
        installation_store=Grants(installed),
        state_store=States(database),
        state_expiration_seconds=int(STATE_LASTS.total_seconds()),
        callback_options=AsyncCallbackOptions(success=pages.success, failure=pages.failure),
        logger=QUIET,
    )
    return AsyncOAuthFlow(client=client, logger=QUIET, settings=settings)


def oauth_routes(flow: Callable[[], AsyncOAuthFlow | None], speak: Speak) -> list[web.RouteDef]:
    """Where somebody's browser begins to install us, and where Slack sends it back. `flow` None: we are not connected now."""
    pages = Pages(speak)

    def answered(step: _Step) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            asked = await to_bolt_request(request)
            running = flow()
            try:
                said = await step(running, asked) if running else pages.page(asked, _NOT_NOW, status=503)
            except (*FAULTS, StorageError, KeyError) as error:
                log.warning("an installation failed: %s", type(error).__name__)
                said = pages.page(asked, _NOT_NOW, status=503)
            return await to_aiohttp_response(said)

        return answer

    return [
        web.get(INSTALL, answered(AsyncOAuthFlow.handle_installation)),
        web.get(REDIRECT, answered(AsyncOAuthFlow.handle_callback)),
    ]


# Pages ------------------------------------------------------------------------------------------------------------------

_NOT_NOW = N_("Slack or our database cannot be reached just now. Nothing was installed; please try again in a moment.")
_WHY = {
    "access_denied": N_("You said no, so nothing was installed."),
    "invalid_browser": N_("This page was opened in another browser than the one you began in. Please begin again in this one."),
    "invalid_state": N_("That took too long, or this page was opened a second time. Please begin again."),
}
_OTHERWISE = N_("Slack did not confirm the installation. Please begin again.")


class Pages:
    """What somebody's browser shows in the end."""

    def __init__(self, speak: Speak) -> None:
        self._speak = speak

    async def success(self, args: AsyncSuccessArgs) -> BoltResponse:
        """It is installed."""
        name = args.installation.team_name or args.installation.enterprise_name or "Slack"
        return self.page(args.request, N_("Pressevagt is installed in {name}. Go back to Slack and write: /presse"), name=name)

    async def failure(self, args: AsyncFailureArgs) -> BoltResponse:
        """It is not."""
        log.warning("an installation failed: %s", args.reason[:100] if args.reason in _WHY else "Slack did not confirm it")
        return self.page(args.request, _WHY.get(args.reason, _OTHERWISE), status=args.suggested_status_code)

    def page(self, request: AsyncBoltRequest, message: str, *, status: int = 200, **values: str) -> BoltResponse:
        """A page that says one thing, in the browser's language."""
        texts = self._speak(_language(request))
        said = html.escape(texts.t(message, **values))
        again = "" if status == 200 and values else f'<p><a href="{INSTALL}">{html.escape(texts.t("Begin again"))}</a></p>'
        body = (
            f'<!doctype html><html lang="{texts.language}"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>Pressevagt</title><h1>Pressevagt</h1><p>{said}</p>{again}</html>"
        )
        headers: dict[str, str | Sequence[str]] = {
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        return BoltResponse(status=status, body=body, headers=headers)


def _language(request: AsyncBoltRequest) -> str:
    """The language that a browser asks for first."""
    return (request.headers.get("accept-language") or [""])[0].partition(",")[0].partition(";")[0].strip()
