"""The whole of the fake Slack's state, the numbers it gives out, and waiting for it to change."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tests.fakes.slack_errors import Json
from tests.fakes.slack_messages import Message, View
from tests.fakes.slack_state import App, Channel, Enterprise, File, Installation, Token, User, Workspace

T = TypeVar("T")
_OFTEN = 0.02


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that real Slack would not like. `about`: the call or payload."""

    what: str
    about: Any = None


class World:
    """Everything there is. `sent`: what apps posted, in order. `clock`: seconds, by which triggers and response addresses grow old.

    `open_doors`: channels of unknown ids come into being when written to. `unfetchable`: picture addresses, or hosts, that Slack
    cannot fetch.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.app = App()
        self.clock = clock
        self.workspaces: dict[str, Workspace] = {}
        self.enterprises: dict[str, Enterprise] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.installations: list[Installation] = []
        self.tokens: dict[str, Token] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.sent: list[Message] = []
        self.ephemerals: list[Message] = []
        self.violations: list[Violation] = []
        self.unfetchable: set[str] = set()
        self.open_doors = False
        self._numbers = itertools.count(1)
        self._last_ts = 0
        self._changed = asyncio.Event()

    # -- Numbers

    def number(self) -> int:
        """A number not used before."""
        return next(self._numbers)

    def new_id(self, letter: str) -> str:
        """An id such as C00000007PV."""
        return f"{letter}0{self.number():07d}PV"

    def ts(self) -> str:
        """A time that no message has yet, later than all before."""
        self._last_ts = max(time.time_ns() // 1000, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    # -- Waiting

    def touch(self) -> None:
        """Something changed."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def until(self, holds: Callable[[], T | None], seconds: float = 5.0) -> T:
        """Wait until something holds, looking when anything changes here, and often for what changes elsewhere.

        Raises TimeoutError.
        """
        async with asyncio.timeout(seconds):
            while not (found := holds()):
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), _OFTEN)
        return found

    def violated(self, what: str, about: Any = None) -> None:
        """Note what real Slack would not like."""
        self.violations.append(Violation(what, about))
        self.touch()

    # -- Who and where

    def installed(self, workspace: Workspace) -> Installation | None:
        """The living installation that covers a workspace."""
        return next((one for one in self.installations if one.covers(workspace)), None)

    def present(self, channel: Channel) -> list[Installation]:
        """The installations whose bot is in a channel."""
        return [one for one in self.installations if one.live and one.bot.id in channel.members]

    def add_channel(self, channel: Channel) -> Channel:
        """A channel that is there from now on."""
        self.channels[channel.id] = channel
        return channel

    def dm(self, user: User, bot: User) -> Channel:
        """The direct messages of a bot and somebody; they come into being when asked for."""
        for channel in self.channels.values():
            if channel.kind == "im" and set(channel.members) == {user.id, bot.id}:
                return channel
        members = {user.id: user, bot.id: bot}
        return self.add_channel(Channel(self.new_id("D"), "", "im", user.workspace, user, int(time.time()), members))

    def fetchable(self, url: str) -> bool:
        """Whether Slack can fetch a picture."""
        return url not in self.unfetchable and (urlsplit(url).hostname or "") not in self.unfetchable

    # -- What is written

    def post(self, channel: Channel, user: User, **content: Any) -> Message:
        """A message that stands in a channel, or is shown to one person."""
        message = Message(self.ts(), channel, user, at=time.monotonic(), **content)
        if message.to is None:
            channel.messages[message.ts] = message
        else:
            self.ephemerals.append(message)
        if message.by_bot:
            self.sent.append(message)
        self.touch()
        return message

    def typed(self, text: str) -> str:
        """What somebody typed as Slack keeps it: escaped, names and addresses made tokens, `<@U…>` left as it is."""
        parts = re.split(r"(<[@#!][^<>]+>|https?://\S+|@[\w.-]+)", text)
        return "".join(self._token(part) for part in parts)

    def _token(self, part: str) -> str:
        if re.fullmatch(r"<[@#!][^<>]+>", part):
            return part
        if part.startswith(("http://", "https://")):
            return f"<{_escaped(part)}>"
        if part.startswith("@") and (found := next((user for user in self.users.values() if user.name == part[1:]), None)):
            return f"<@{found.id}>"
        return _escaped(part)

    def team_json(self, workspace: Workspace) -> Json:
        """The `team` of an interaction."""
        said: Json = {"id": workspace.id, "domain": workspace.domain}
        if workspace.enterprise:
            said |= {"enterprise_id": workspace.enterprise.id, "enterprise_name": workspace.enterprise.name}
        return said


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
