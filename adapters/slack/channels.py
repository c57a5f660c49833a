"""Which conversation is it? Direct messages by person, and what Slack says of channels, believed for a while."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.outcomes import FAULTS, word_of
from adapters.slack.workspaces import Workspaces
from bot.domain.subscription import Address

log = logging.getLogger(__name__)

BELIEVED = 60.0
"""Seconds that what Slack says of a channel is believed."""
_MOST = 2000
_PAGE = 1000
_PAGES = 20


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel. `is_member`: we are in it; `is_open`: whoever is of the workspace may join."""

    name: str = ""
    creator: str = ""
    is_member: bool = False
    is_open: bool = False

    @property
    def title(self) -> str:
        """How people call it."""
        return f"#{self.name}" if self.name else ""


class Channels:
    """Channels and direct messages by workspace."""

    def __init__(self, workspaces: Workspaces, clock: Callable[[], float] = time.monotonic) -> None:
        self._workspaces, self._clock = workspaces, clock
        self._known: OrderedDict[tuple[str, str], tuple[float, Channel]] = OrderedDict()
        self._members: OrderedDict[tuple[str, str], tuple[float, frozenset[str]]] = OrderedDict()
        self._direct: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def reached(self, address: Address) -> Address:
        """The address as Slack takes it: direct messages by their own id in place of the person's. Raises what is in FAULTS."""
        if not is_person(address.conversation):
            return address
        key = (address.account, address.conversation)
        if key not in self._direct:
            client = await self._workspaces.client_for(address.account)
            opened = await client.conversations_open(users=address.conversation)
            self._direct[key] = str(opened["channel"]["id"])
            _bound(self._direct)
        return replace(address, conversation=self._direct[key])

    def learn(self, account: str, user: str, channel: str) -> None:
        """These are somebody's direct messages with us."""
        self._direct[account, user] = channel
        _bound(self._direct)

    async def about(self, account: str, channel: str, within: float = BELIEVED) -> Channel | None:
        """What Slack said of a channel within so many seconds; None: nothing, as of a private one that we are not in."""
        asked, known = self._known.get((account, channel), (float("-inf"), None))
        return known if self._clock() - asked < within else await self._ask(account, channel)

    async def _ask(self, account: str, channel: str) -> Channel | None:
        try:
            client = await self._workspaces.client_for(account)
            said = (await client.conversations_info(channel=channel)).get("channel") or {}
        except FAULTS as error:
            log.info("nothing is known of the channel %s in %s: %s", channel, account, word_of(error))
            return None
        known = Channel(
            name=str(said.get("name") or ""),
            creator=str(said.get("creator") or ""),
            is_member=bool(said.get("is_member") or said.get("is_mpim")),
            is_open=not (said.get("is_private") or said.get("is_im") or said.get("is_mpim") or said.get("is_archived")),
        )
        self._known[account, channel] = (self._clock(), known)
        _bound(self._known)
        return known

    async def has(self, account: str, channel: str, user: str, within: float = BELIEVED) -> bool:
        """Whether somebody is in a channel, as Slack said within so many seconds; no, where it does not say."""
        asked, members = self._members.get((account, channel), (float("-inf"), frozenset[str]()))
        if self._clock() - asked >= within:
            members = await self._ask_members(account, channel)
        return user in members

    async def _ask_members(self, account: str, channel: str) -> frozenset[str]:
        found: set[str] = set()
        cursor = ""
        try:
            client = await self._workspaces.client_for(account)
            for _ in range(_PAGES):
                said = await client.conversations_members(channel=channel, limit=_PAGE, cursor=cursor or None)
                found.update(said.get("members") or ())
                cursor = str((said.get("response_metadata") or {}).get("next_cursor") or "")
                if not cursor:
                    break
        except FAULTS as error:
            log.info("the members of %s in %s are not known: %s", channel, account, word_of(error))
            return frozenset()
        members = frozenset(found)
        self._members[account, channel] = (self._clock(), members)
        _bound(self._members)
        return members

    async def join(self, account: str, channel: str) -> bool:
        """Join a channel, if it is open to everybody and we may; whether we are in it now."""
        try:
            client = await self._workspaces.client_for(account)
            await client.conversations_join(channel=channel)
        except SlackApiError as error:
            log.info("the channel %s in %s cannot be joined: %s", channel, account, word_of(error))
            return False
        self.forget(account, channel)
        return True

    def forget(self, account: str, channel: str) -> None:
        """Something about it changed."""
        self._known.pop((account, channel), None)
        self._members.pop((account, channel), None)


def is_person(conversation: str) -> bool:
    """Whether a conversation is named by the person whose direct messages it is."""
    return conversation.startswith(("U", "W"))


def _bound(kept: OrderedDict[tuple[str, str], Any]) -> None:
    while len(kept) > _MOST:
        kept.popitem(last=False)
