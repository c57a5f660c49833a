"""A Slack on loopback: Web API, Socket Mode, HTTP mode and OAuth, with Slack's rules and refusals, and people who use it.

    async with SlackApi() as api:
        client = AsyncWebClient(token=api.token, base_url=api.url, retry_handlers=[])
        asta = api.user("Asta Holm", admin=True)
        desk = api.channel("redaktionen", creator=asta, bot=True)
        ...  # the app connects by Socket Mode, or: api.request_url = "http://127.0.0.1:…/slack/events"
        act = await asta.runs("/presse latest um", desk)
        assert (await act.answer()).words == "..." and desk.last.buttons[0].label == "Åbn" and api.violations == []

`python -m tests.fakes.slack_api --port 0 --limits off` runs it in a process of its own, prints its port on the first line, then for
each of its `--workspaces` a line with its id and token (the first is TOKEN), lets any channel id be written to with them, and tells
under /stats what it took.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from tests.fakes.slack_acts import Act
from tests.fakes.slack_browser import Page
from tests.fakes.slack_deliveries import Delivery
from tests.fakes.slack_limits import Fault, Gate, Limits
from tests.fakes.slack_messages import Message, View
from tests.fakes.slack_methods import WRITES
from tests.fakes.slack_people import Person
from tests.fakes.slack_server import Call, Server
from tests.fakes.slack_shown import Control
from tests.fakes.slack_state import App, Channel, Enterprise, File, Installation, Token, User, Workspace
from tests.fakes.slack_world import Violation, World

T = TypeVar("T")
TOKEN = "xoxb-000000000001-0000000000002-FakeFakeFakeFakeFakeFake"


class SlackApi(Server):
    """Serves while the `async with` block runs. `workspace` has the app installed unless `installed` is false.

    `app`: the app's settings. `calls`: all that was asked. `violations`: what real Slack would not like. `sent`: what apps posted,
    in order. `gate.refusals`: the 429s of `limits`. `deliveries`: what the app was sent and how it answered. `sockets`: its Socket
    Mode connections. `http`: how posts to `request_url` are signed. `clock`: what limits, triggers and response addresses are
    measured by.
    """

    def __init__(
        self,
        *,
        limits: Limits | bool | None = None,
        scopes: Iterable[str] | None = None,
        request_url: str = "",
        installed: bool = True,
        clock: Callable[[], float] = time.monotonic,
        keep_calls: bool = True,
    ) -> None:
        super().__init__(World(clock), Gate(Limits() if limits is True else limits or None, clock), keep_calls=keep_calls)
        self.deliveries.request_url = request_url
        self.world.tokens[self.app_token] = Token(self.app_token, frozenset({"connections:write"}))
        self.workspace = self.add_workspace("Dagens Nyt", domain="dagensnyt")
        if installed:
            self.install(self.workspace, scopes=scopes, token=TOKEN)

    # -- Where it is, and what the app's settings say

    @property
    def url(self) -> str:
        """The Web API's base address, as slack_sdk's `base_url` and SLACK_API_URL want it."""
        return f"{self.root}/api/"

    @property
    def authorize_url(self) -> str:
        """The consent page; people go through it in `installs`, wherever the app says that it is."""
        return f"{self.root}/oauth/v2/authorize"

    @property
    def app(self) -> App:
        """The app's settings: commands, events, domains, scopes, secrets."""
        return self.world.app

    @property
    def token(self) -> str:
        """The bot token of the first workspace."""
        return self.installation.token

    @property
    def app_token(self) -> str:
        """The app-level token of Socket Mode."""
        return self.app.app_token

    @property
    def signing_secret(self) -> str:
        """What posts to the request URL are signed with."""
        return self.app.signing_secret

    @property
    def request_url(self) -> str:
        """Where the app is told of things; "" is Socket Mode."""
        return self.deliveries.request_url

    @request_url.setter
    def request_url(self, url: str) -> None:
        self.deliveries.request_url = url

    # -- People and places

    def add_workspace(self, name: str, *, domain: str = "", enterprise: Enterprise | None = None) -> Workspace:
        """Another workspace, without the app."""
        workspace = Workspace(self.world.new_id("T"), name, domain or f"workspace{self.world.number()}", enterprise)
        self.world.workspaces[workspace.id] = workspace
        return workspace

    def add_enterprise(self, name: str) -> Enterprise:
        """An Enterprise Grid organisation."""
        enterprise = Enterprise(self.world.new_id("E"), name, f"org{self.world.number()}")
        self.world.enterprises[enterprise.id] = enterprise
        return enterprise

    def install(
        self,
        where: Workspace | Enterprise,
        *,
        scopes: Iterable[str] | None = None,
        installer: Person | None = None,
        token: str = "",
    ) -> Installation:
        """Install the app in a workspace or in a whole organisation, without anybody's browser."""
        granted = self.app.scopes if scopes is None else frozenset(scopes)
        workspace = where if isinstance(where, Workspace) else None
        enterprise = where if isinstance(where, Enterprise) else where.enterprise
        return self.oauth.install(workspace, enterprise, granted, installer.user if installer else None, token)

    @property
    def installation(self) -> Installation:
        """The app in the first workspace. Raises LookupError."""
        found = next((one for one in self.world.installations if one.workspace is self.workspace), None)
        if found is None:
            raise LookupError("the app is not installed")
        return found

    @property
    def bot(self) -> User:
        """The bot in the first workspace."""
        return self.installation.bot

    def user(
        self,
        name: str,
        *,
        workspace: Workspace | None = None,
        admin: bool = False,
        owner: bool = False,
        guest: str = "",
        deleted: bool = False,
        locale: str = "da-DK",
    ) -> Person:
        """Somebody. `guest`: "multi" or "single" channel. Somebody of another workspace is a stranger here (Slack Connect)."""
        handle = f"{name.lower().replace(' ', '.')}"
        user = User(self.world.new_id("U"), handle, name, workspace or self.workspace, admin, owner, guest, deleted, locale=locale)
        self.world.users[user.id] = user
        return Person(user, self.world, self.acts, self.events, self.views, self.deliveries, self.oauth, self.files)

    def channel(
        self,
        name: str,
        *,
        creator: Person,
        private: bool = False,
        bot: bool = False,
        members: Iterable[Person] = (),
        shared_with: Iterable[Workspace] = (),
        general: bool = False,
    ) -> Channel:
        """A channel. `bot`: the bot is in it already, and was told nothing. `shared_with`: Slack Connect, or one organisation."""
        kind, home = "group" if private else "channel", creator.user.workspace
        channel = Channel(self.world.new_id("C"), name, kind, home, creator.user, int(time.time()), general=general)
        channel.shared_with = list(shared_with)
        installation = self.world.installed(home) if bot else None
        users = [creator.user, *(member.user for member in members), *([installation.bot] if installation else [])]
        channel.members = {user.id: user for user in users}
        return self.world.add_channel(channel)

    def group_dm(self, *people: Person) -> Channel:
        """A direct message of several people and the bot (mpim)."""
        home, members = people[0].user.workspace, {one.id: one.user for one in people} | {self.bot.id: self.bot}
        name = f"mpdm-{'--'.join(one.user.name for one in people)}-1"
        return self.world.add_channel(
            Channel(self.world.new_id("G"), name, "mpim", home, people[0].user, int(time.time()), members)
        )

    # -- What happened

    @property
    def violations(self) -> list[Violation]:
        """What real Slack would not like; a test that provokes some clears it."""
        return self.world.violations

    async def until(self, holds: Callable[[], T | None], seconds: float = 5.0) -> T:
        """Wait until something holds here. Raises TimeoutError."""
        return await self.world.until(holds, seconds)

    async def settled(self, seconds: float = 10.0) -> None:
        """Wait until the app has acknowledged all that it was told. Raises TimeoutError."""
        await self.deliveries.settled(seconds)

    async def connected(self, links: int = 1, seconds: float = 5.0) -> None:
        """Wait until the app has so many Socket Mode connections. Raises TimeoutError."""
        await self.world.until(lambda: len(self.sockets.links) >= links, seconds)


async def _serve(arguments: argparse.Namespace) -> None:
    api = SlackApi(limits=arguments.limits == "on", keep_calls=False)
    api.world.open_doors = True
    api.port = arguments.port
    for number in range(2, arguments.workspaces + 1):
        api.install(api.add_workspace(f"Nr. {number}"))
    async with api:
        lines = (f"{home.id} {one.token}" for one in api.world.installations if (home := one.workspace))
        print(api.port, *lines, sep="\n", flush=True)  # noqa: T201
        await asyncio.Event().wait()


def main() -> None:
    """Run the fake alone until it is stopped."""
    parser = argparse.ArgumentParser(description="A Slack on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--workspaces", type=int, default=1)
    parser.add_argument("--limits", choices=("on", "off"), default="off")
    try:
        asyncio.run(_serve(parser.parse_args()))
    except KeyboardInterrupt:
        return


__all__ = [
    "TOKEN",
    "WRITES",
    "Act",
    "App",
    "Call",
    "Channel",
    "Control",
    "Delivery",
    "Enterprise",
    "Fault",
    "File",
    "Installation",
    "Limits",
    "Message",
    "Page",
    "Person",
    "SlackApi",
    "Token",
    "User",
    "View",
    "Violation",
    "Workspace",
]

if __name__ == "__main__":
    main()
