"""Who installed us? Each workspace's token, from the settings or from the database, where it lies sealed.

A workspace installs the app for itself (`T…`), or its organisation does for all its workspaces (`E…`). Addresses name the workspace
all the same: which organisation it belongs to is written down when it is first heard of.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

import aiohttp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.wire import to_json
from bot.errors import SettingsError
from bot.ports import Database

log = logging.getLogger(__name__)

PLATFORM = "slack"
TIMEOUT = 9.0
"""Seconds for a call: less than a dispatcher waits, so that it hears how the call ended."""
QUIET = logging.getLogger("adapters.slack.sdk")
"""Where the SDK logs: at its lower levels it would write down what people say, and what stands in answers."""
QUIET.setLevel(logging.ERROR)
FAILED_FOR = 60.0
"""Seconds after which a call that came to nothing says nothing any more."""
_OF = "of:"
_LOOK_AGAIN = 2.0


class NotInstalled(SlackClientError):
    """No installation covers the workspace."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What installing gave us. `account` is the workspace or the organisation, called `name`.

    `bot` is our user's id there, and `handle` how people write it after an @.
    """

    account: str
    token: str = field(repr=False)
    bot: str = ""
    name: str = ""
    handle: str = ""


class Sealer:
    """Seals what must not lie open in the database. Of several `keys` the first seals, and all of them open."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, installation: Installation) -> str:
        """An installation as the database keeps it."""
        return self._fernet.encrypt(json.dumps(asdict(installation)).encode()).decode()

    def open(self, sealed: str) -> Installation:
        """An installation that was sealed. Raises SettingsError for one that no key opens."""
        try:
            return Installation(**json.loads(self._fernet.decrypt(sealed.encode())))
        except (InvalidToken, TypeError, ValueError):
            message = (
                "PRESSEVAGT_SECRET_KEY does not open the tokens of Slack's workspaces that the database keeps; add the former key"
            )
            raise SettingsError(message) from None


class Workspaces:
    """The installations, and a client for each. `sealer` None: there is one, by a token in the settings.

    All clients share one session, and none tries again by itself.
    """

    def __init__(self, api_url: str, sealer: Sealer | None = None) -> None:
        self._api_url, self._sealer = api_url, sealer
        self._session: aiohttp.ClientSession | None = None
        self._database: Database | None = None
        self._installed: dict[str, Installation] = {}
        self._organisation: dict[str, str] = {}
        self._rows: Mapping[str, str] = {}
        self._clients: dict[str, AsyncWebClient] = {}
        self._looked = float("-inf")
        self._failed_at = float("-inf")

    @property
    def reached(self) -> bool:
        """Whether Slack answered when it was last asked; where that is long ago nobody knows, and it counts as a yes."""
        return time.monotonic() - self._failed_at >= FAILED_FOR

    def _watched(self) -> aiohttp.TraceConfig:
        async def answered(*_: object) -> None:
            self._failed_at = float("-inf")

        async def failed(*_: object) -> None:
            self._failed_at = time.monotonic()

        watched = aiohttp.TraceConfig()
        watched.on_request_end.append(answered)
        watched.on_request_exception.append(failed)
        return watched

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session of every call to Slack, while it is open."""
        assert self._session is not None, "nobody asks Slack before connecting"
        return self._session

    async def open(self, database: Database) -> None:
        """Be able to ask Slack, and learn what the database keeps. Raises SettingsError and StorageError."""
        self._database = database
        self._session = new_session(self._watched())
        await self.look(strictly=True)

    async def close(self) -> None:
        """Ask Slack nothing more."""
        if self._session:
            await self._session.close()
        self._clients.clear()

    # Which there are ----------------------------------------------------------------------------------------------------

    def accounts(self) -> frozenset[str]:
        """The workspaces that we can speak in; of an organisation those that were heard of."""
        alone = (account for account in self._installed if not _is_organisation(account))
        return frozenset((*alone, *(team for team, whole in self._organisation.items() if whole in self._installed)))

    def find(self, account: str) -> Installation | None:
        """The installation that covers a workspace."""
        return self._installed.get(account) or self._installed.get(self._organisation.get(account, ""))

    def covered(self, installation: Installation) -> frozenset[str]:
        """The workspaces that an installation covers, as far as they were heard of."""
        return frozenset(account for account in self.accounts() if self.find(account) == installation)

    async def of(self, candidates: Iterable[str]) -> str | None:
        """The first workspace among these ids, of workspaces and organisations, that an installation covers; None if none is."""
        ids = [ident for ident in dict.fromkeys(candidates) if ident]
        found = await self._of(ids)
        if found is None and time.monotonic() - self._looked > _LOOK_AGAIN:  # another process may just have installed it
            await self.look()
            found = await self._of(ids)
        return found

    async def _of(self, ids: Sequence[str]) -> str | None:
        for ident in ids:
            if self.find(ident) and not _is_organisation(ident):
                return ident
        organisation = next((ident for ident in ids if _is_organisation(ident) and ident in self._installed), None)
        team = next((ident for ident in ids if not _is_organisation(ident)), None)
        if organisation is None or team is None:
            return None
        await self._keep(team, _OF + organisation)
        self._organisation[team] = organisation
        return team

    def client(self, token: str | None = None) -> AsyncWebClient:
        """A client of the Web API with this token, or with none."""
        return web_client(self.session, self._api_url, token)

    async def client_for(self, account: str) -> AsyncWebClient:
        """The client of a workspace. Raises NotInstalled."""
        installation = self.find(account)
        if installation is None:
            raise NotInstalled(account)
        if installation.token not in self._clients:
            self._clients[installation.token] = self.client(installation.token)
        return self._clients[installation.token]

    # Coming and going ---------------------------------------------------------------------------------------------------

    async def look(self, *, strictly: bool = False) -> None:
        """Learn what the database keeps. Raises StorageError; `strictly`: and SettingsError for what our key does not open."""
        self._looked = time.monotonic()
        assert self._database is not None
        async with self._database.read() as tx:
            rows = await tx.installations.all(PLATFORM)
        if rows == self._rows:
            return
        self._organisation = {team: said.removeprefix(_OF) for team, said in rows.items() if said.startswith(_OF)}
        if self._sealer is not None:
            sealed = installations_in(rows)
            self._installed = dict(self._opened(self._sealer, sealed, strictly=strictly))
        self._rows = rows

    def _opened(self, sealer: Sealer, sealed: Mapping[str, str], *, strictly: bool) -> Iterable[tuple[str, Installation]]:
        for account, said in sealed.items():
            if self._rows.get(account) == said and account in self._installed:
                yield account, self._installed[account]
                continue
            try:
                yield account, sealer.open(said)
            except SettingsError:
                if strictly:
                    raise
                log.error("the installation of %s cannot be opened: it was sealed with another key", account)

    async def keep(self, installation: Installation) -> None:
        """An installation is there from now on, in place of the same account's former one. Raises StorageError."""
        self._drop_client(installation.account)
        if self._sealer is not None:
            await self._keep(installation.account, self._sealer.seal(installation))
        self._installed[installation.account] = installation

    async def forget(self, account: str) -> None:
        """An installation is gone, its token with it. Raises StorageError.

        Which workspaces an organisation has stays known: it may install us again.
        """
        assert self._database is not None
        async with self._database.begin() as tx:
            await tx.installations.remove(PLATFORM, account)
        self._drop_client(account)
        self._installed.pop(account, None)
        self._rows = {}

    async def _keep(self, account: str, said: str) -> None:
        assert self._database is not None
        async with self._database.begin() as tx:
            await tx.installations.keep(PLATFORM, account, said, datetime.now(UTC))

    def _drop_client(self, account: str) -> None:
        former = self._installed.get(account)
        if former:
            self._clients.pop(former.token, None)


def new_session(*watching: aiohttp.TraceConfig) -> aiohttp.ClientSession:
    """A session for calls to Slack; the environment's proxies are not used."""
    timeout, jar = aiohttp.ClientTimeout(total=TIMEOUT), aiohttp.DummyCookieJar()
    return aiohttp.ClientSession(
        timeout=timeout, trust_env=False, cookie_jar=jar, trace_configs=[*watching], json_serialize=to_json
    )


def web_client(session: aiohttp.ClientSession, api_url: str, token: str | None = None) -> AsyncWebClient:
    """A client of the Web API that logs nothing and never tries again by itself."""
    made = AsyncWebClient(token, base_url=api_url, timeout=int(TIMEOUT), session=session, logger=QUIET, retry_handlers=[])
    made.proxy = None  # the SDK takes the environment's, which would see the token
    return made


def installations_in(rows: Mapping[str, str]) -> dict[str, str]:
    """Of what the database keeps of a platform's accounts, the sealed installations; the rest says what an organisation has."""
    return {account: said for account, said in rows.items() if not said.startswith(_OF)}


def introduced(said: AsyncSlackResponse, token: str) -> Installation:
    """What `auth.test` says of a token."""
    whole = bool(said.get("is_enterprise_install"))
    account = said.get("enterprise_id") if whole else said.get("team_id")
    bot, name, handle = (str(said.get(key) or "") for key in ("user_id", "team", "user"))
    return Installation(str(account), token, bot, name, handle)


def _is_organisation(ident: str) -> bool:
    return ident.startswith("E")
