"""What becomes of a message? It is put into its channel once, joined first where that lets us in; what went wrong is an outcome."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable

from slack_sdk.errors import SlackApiError

from adapters.slack.channels import Channels, is_person
from adapters.slack.outcomes import FAULTS, Fault, FloodWatch, after_of, code_of, is_limited, is_outside, outcome_of, word_of
from adapters.slack.sender import Sender
from adapters.slack.workspaces import NotInstalled, Workspaces
from bot.domain.card import Card
from bot.domain.delivery import AccountGone, DestinationGone, SendOutcome, Sent
from bot.domain.subscription import Address
from bot.i18n import Texts

log = logging.getLogger(__name__)

_DEAD = frozenset({"account_inactive", "token_revoked"})
"""What is said of a token whose app was uninstalled."""
_OUTSIDE = frozenset({"not_in_channel", "channel_not_found"})
"""What is said of a channel that we are not in, of a private one the latter."""


class Posting:
    """The way into channels. `uninstalled` hears of a workspace whose token is dead; `speak` has the operators' language."""

    def __init__(
        self,
        workspaces: Workspaces,
        channels: Channels,
        sender: Sender,
        *,
        uninstalled: Callable[[str], Awaitable[None]],
        speak: Callable[[], Texts],
    ) -> None:
        self._workspaces, self._channels, self._sender = workspaces, channels, sender
        self._uninstalled, self._speak = uninstalled, speak
        self._flood: dict[str, FloodWatch] = {}

    async def send(self, address: Address, card: Card, thread: str = "") -> SendOutcome:
        """Post a card, in the thread of a message where one is named."""

        async def post(reached: Address) -> str:
            return await self._sender.post(reached, card, thread=thread)

        return await self._outcome("chat.postMessage", address, post)

    async def edit(self, address: Address, reference: str, card: Card) -> SendOutcome:
        """Put a card in the place of a message."""

        async def correct(reached: Address) -> str:
            return await self._sender.edit(reached, reference, card)

        return await self._outcome("chat.update", address, correct)

    async def link(self, address: Address, reference: str) -> str:
        """Where a message stands, as Slack says; empty where it does not."""
        try:
            reached = await self._channels.reached(address)
            client = await self._workspaces.client_for(address.account)
            said = await client.chat_getPermalink(channel=reached.conversation, message_ts=reference)
        except FAULTS as error:
            log.info("slack names no address of a message: %s", word_of(error))
            return ""
        return str(said.get("permalink") or "")

    async def _outcome(self, method: str, address: Address, put: Callable[[Address], Awaitable[str]]) -> SendOutcome:
        try:
            return Sent(await self._put(address, put))
        except NotInstalled:
            return AccountGone("the app is not installed there")
        except FAULTS as error:
            if is_limited(error):
                watch = self._flood.setdefault(address.account, FloodWatch())
                return watch.outcome(method, address.conversation, after_of(error), time.monotonic())
            return await self._lost(address, error, outcome_of(error))

    async def _put(self, address: Address, put: Callable[[Address], Awaitable[str]]) -> str:
        reached = await self._channels.reached(address)
        try:
            return await put(reached)
        except SlackApiError as error:
            if not is_outside(error) or not await self._channels.join(address.account, address.conversation):
                raise
            return await put(reached)

    async def _lost(self, address: Address, error: Fault, outcome: SendOutcome) -> SendOutcome:
        """What follows from an outcome: a token that is dead is erased, and who is left outside is told how to let us in."""
        if isinstance(outcome, AccountGone) and code_of(error) in _DEAD:
            try:
                await self._uninstalled(address.account)
            except Exception:
                log.exception("an installation that is gone could not be erased")
        if isinstance(outcome, DestinationGone) and code_of(error) in _OUTSIDE and not is_person(address.conversation):
            installation = self._workspaces.find(address.account)
            handle = installation.handle if installation else ""
            return DestinationGone(
                self._speak().t("I am not a member there. Write there: /invite @{name}", name=handle or "Pressevagten")
            )
        return outcome
