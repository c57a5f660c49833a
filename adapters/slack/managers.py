"""Who may configure a channel? Admins and owners of the workspace, and whoever made it; or all in it. Never guests or strangers."""

from __future__ import annotations

from adapters.slack.channels import BELIEVED, Channels
from adapters.slack.people import People
from bot.domain.subscription import Address
from bot.ports import Actor

FRESH = 2.0
"""Seconds within which Slack is not asked again, even to refuse somebody."""


class Managers:
    """Tells managers. Somebody is refused only by what Slack says now, not by what is remembered."""

    def __init__(self, people: People, channels: Channels, *, everyone: bool = False) -> None:
        self._people, self._channels, self._everyone = people, channels, everyone

    async def include(self, actor: Actor, address: Address) -> bool:
        """Whether the person may configure the conversation; no, where Slack does not tell. In private it is theirs."""
        if actor.account != address.account:
            return False
        home, _, user = actor.id.rpartition("/")
        if user == address.conversation:
            return True
        return await self._may(home, user, address, BELIEVED) or await self._may(home, user, address, FRESH)

    async def _may(self, home: str, user: str, address: Address, within: float) -> bool:
        account, channel = address.account, address.conversation
        person = await self._people.about(account, user, within)
        if person.is_stranger or person.is_guest or home not in (account, person.home):
            return False
        if person.manages:
            return True
        known = await self._channels.about(account, channel, within)
        if known is not None and known.creator == user:
            return True
        return self._everyone and await self._channels.has(account, channel, user, within)
