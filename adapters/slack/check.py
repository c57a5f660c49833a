"""What would go wrong on Slack? Asked before the bot runs there; nothing is set and nothing is sent.

Of the app's settings Slack tells a bot its scopes alone: which events, commands and domains are registered cannot be asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.http import PATH
from adapters.slack.installing import WRONG as WRONG_TOKEN
from adapters.slack.oauth import INSTALL, SCOPES
from adapters.slack.outcomes import FAULTS, Fault, code_of, word_of
from adapters.slack.settings import SlackSettings
from adapters.slack.socket import MAY_NOT
from adapters.slack.socket import WRONG as WRONG_APP_TOKEN
from adapters.slack.workspaces import PLATFORM, Installation, Sealer, installations_in, new_session, web_client
from bot.checks.line import CheckLine
from bot.errors import SettingsError
from bot.i18n import Texts
from bot.ports import Database

BOT, APP = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"
CLIENT = "SLACK_CLIENT_ID"
SIGNING = "SLACK_SIGNING_SECRET"
KEY = "PRESSEVAGT_SECRET_KEY"
_SCOPES = "x-oauth-scopes"
"""The header in which Slack says what a token may do."""


async def check(settings: SlackSettings, public_url: str, texts: Texts, *, offline: bool) -> list[CheckLine]:
    """The lines about the tokens of the settings, and the way by which Slack tells us things."""
    bot, app = settings.slack_bot_token, settings.slack_app_token
    lines = [] if app else [_called(public_url, texts)]
    if offline:
        return [*(CheckLine(what, texts.t("looks like a token; not asked: offline")) for what in _tokens(settings)), *lines]
    async with new_session() as session:
        if app:
            lines.append(await _connection(_client(session, settings, app.get_secret_value()), texts))
        if bot:
            lines.insert(0, await _asked(BOT, _client(session, settings, bot.get_secret_value()), texts))
    return lines


async def check_installed(
    settings: SlackSettings, sealer: Sealer, public_url: str, database: Database, texts: Texts, *, offline: bool
) -> list[CheckLine]:
    """The lines about the workspaces that installed us, as the database keeps them. Raises StorageError."""
    async with database.read() as tx:
        sealed = installations_in(await tx.installations.all(PLATFORM))
    if not sealed:
        said = texts.t("no workspace has installed it yet; that is done at {url}", url=public_url + INSTALL)
        return [CheckLine(CLIENT, said)]
    if offline:
        said = texts.n("{count} workspace, not asked: offline", "{count} workspaces, not asked: offline", len(sealed))
        return [CheckLine(CLIENT, said)]
    async with new_session() as session:
        asked = (_workspace(session, settings, sealer, account, said, texts) for account, said in sorted(sealed.items()))
        return await asyncio.gather(*asked)


def _client(session: aiohttp.ClientSession, settings: SlackSettings, token: str) -> AsyncWebClient:
    return web_client(session, settings.slack_api_url, token)


def _tokens(settings: SlackSettings) -> list[str]:
    return [what for what, token in ((BOT, settings.slack_bot_token), (APP, settings.slack_app_token)) if token]


def _called(public_url: str, texts: Texts) -> CheckLine:
    """HTTP mode, as far as it can be seen from here."""
    if public_url and not public_url.startswith("https://"):
        return CheckLine("PRESSEVAGT_PUBLIC_URL", texts.t("is no https address"), texts.t("Slack calls https alone"))
    where = (public_url or "https://…") + PATH
    return CheckLine(SIGNING, texts.t("Slack calls the bot: {url} must lead to PRESSEVAGT_HTTP_PORT", url=where))


async def _connection(client: AsyncWebClient, texts: Texts) -> CheckLine:
    """Socket Mode: Slack gives an address for a connection, which is not opened."""
    try:
        await client.apps_connections_open(app_token=client.token or "")
    except FAULTS as error:
        code = code_of(error)
        if code in WRONG_APP_TOKEN:
            remedy = texts.t("the right one stands under Basic Information, App-Level Tokens")
            return CheckLine(APP, texts.t("Slack does not know this token"), remedy)
        if code in MAY_NOT:
            said = texts.t("this token may not open connections")
            return CheckLine(APP, said, texts.t("make one with the scope connections:write"))
        return _unreached(APP, error, texts)
    return CheckLine(APP, texts.t("Socket Mode: a connection may be opened"))


async def _workspace(
    session: aiohttp.ClientSession, settings: SlackSettings, sealer: Sealer, account: str, sealed: str, texts: Texts
) -> CheckLine:
    try:
        installation: Installation = sealer.open(sealed)
    except SettingsError:
        said = texts.t("does not open the token of {account}", account=account)
        return CheckLine(KEY, said, texts.t("add the former key behind a comma"))
    return await _asked(f"{PLATFORM}:{account}", _client(session, settings, installation.token), texts)


async def _asked(what: str, client: AsyncWebClient, texts: Texts) -> CheckLine:
    """Whose a bot token is, and whether it may do all that is needed."""
    try:
        said = await client.auth_test()
    except FAULTS as error:
        if code_of(error) in WRONG_TOKEN:
            remedy = texts.t("the right one stands under OAuth & Permissions")
            if what != BOT:
                remedy = texts.t("install it there again; until then nothing is sent there")
            return CheckLine(what, texts.t("Slack does not know this token"), remedy)
        return _unreached(what, error, texts)
    return _granted(what, f"@{said.get('user')}, {said.get('team')}", said.headers, texts)


def _granted(what: str, who: str, headers: Mapping[str, Any], texts: Texts) -> CheckLine:
    header = next((str(value) for name, value in headers.items() if name.lower() == _SCOPES), None)
    if header is None:
        return CheckLine(what, texts.t("{who}; Slack does not say what it may do", who=who))
    granted = {scope.strip() for scope in header.split(",")} - {""}
    if missing := sorted(set(SCOPES) - granted):
        said = texts.t("{who} lacks {scopes}", who=who, scopes=", ".join(missing))
        return CheckLine(what, said, texts.t("bring the app up to deploy/slack-manifest.yaml, and install it again"))
    if more := sorted(granted - set(SCOPES)):
        return CheckLine(what, texts.t("{who}; it may do more than it needs: {scopes}", who=who, scopes=", ".join(more)))
    return CheckLine(what, who)


def _unreached(what: str, error: Fault, texts: Texts) -> CheckLine:
    remedy = texts.t("look at the network, and at {variable} if it is set", variable="SLACK_API_URL")
    return CheckLine(what, texts.t("Slack cannot be reached: {why}", why=word_of(error)), remedy)
