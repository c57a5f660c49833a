"""How is somebody answered? To a response address where there is one, for their eyes alone, or in the channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp

from adapters.slack.buttons import long_commands
from adapters.slack.channels import Channels
from adapters.slack.heard import Spot
from adapters.slack.outcomes import FAULTS, Fault, after_of, is_limited
from adapters.slack.render import message, response
from adapters.slack.sender import Keep, Sender
from adapters.slack.words import plain_message
from adapters.slack.workspaces import Workspaces
from bot.domain.card import Button, Card, Text, Tone
from bot.domain.prose import paragraphs
from bot.domain.subscription import Address

log = logging.getLogger(__name__)

T = TypeVar("T")

_TRIES = 3
_LONGEST_PAUSE = 30.0
_REFUSED = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR})


class Answers:
    """Says cards to people. `turn` waits until an account may write; `names` is how commands are typed here."""

    def __init__(
        self,
        workspaces: Workspaces,
        channels: Channels,
        sender: Sender,
        *,
        keep: Keep,
        turn: Callable[[str], Awaitable[None]],
        names: Mapping[str, str],
    ) -> None:
        self._workspaces, self._channels, self._sender = workspaces, channels, sender
        self._keep, self._turn, self.names = keep, turn, names

    async def say(self, address: Address, spot: Spot, card: Card, *, private: bool) -> None:
        """Answer where it was asked; `private`: for nobody else's eyes. Raises what is in FAULTS where nothing could be said."""
        if spot.response_url and await self._respond(address, spot, card, private=private):
            return
        if private and not spot.channel.startswith("D") and spot.channel:
            await self.whisper(address, spot, card)
        else:
            await self.post(address, card, thread=spot.thread)

    async def replace(self, address: Address, spot: Spot, reference: str, card: Card, *, ephemeral: bool) -> None:
        """Have the message whose button was pressed show another card: by the press's response address, which works everywhere."""
        if spot.response_url and await self._respond(address, spot, card, private=ephemeral, replaces=True):
            return
        if ephemeral:  # nobody can edit it otherwise
            await self.say(address, Spot(spot.channel, spot.user, spot.thread), card, private=True)
        else:
            await self._insist(address, lambda: self._edit(address, reference, card))

    async def post(self, address: Address, card: Card, *, thread: str = "") -> str:
        """Post in the conversation; the post's reference."""
        return await self._insist(address, lambda: self._post(address, card, thread))

    async def whisper(self, address: Address, spot: Spot, card: Card) -> None:
        """Show it to one person of the channel alone."""
        await self._keep(long_commands(card))
        said = message(card, names=self.names)

        async def put() -> None:
            client = await self._workspaces.client_for(address.account)
            await client.chat_postEphemeral(
                channel=spot.channel,
                user=spot.user,
                text=said.text,
                blocks=said.blocks,
                thread_ts=spot.thread or None,
                parse="none",
            )

        await self._insist(address, put)

    async def _post(self, address: Address, card: Card, thread: str) -> str:
        reached = await self._channels.reached(address)
        return await self._sender.post(reached, card, thread=thread, names=self.names)

    async def _edit(self, address: Address, reference: str, card: Card) -> str:
        return await self._sender.edit(await self._channels.reached(address), reference, card, names=self.names)

    # Response addresses -------------------------------------------------------------------------------------------------

    async def _respond(self, address: Address, spot: Spot, card: Card, *, private: bool, replaces: bool = False) -> bool:
        """Whether it was taken: such an address is good five times, for half an hour."""
        await self._keep(long_commands(card))
        said = response(card, private=private, replaces=replaces, names=self.names)
        status = await self._hand_in(address, spot, said)
        if status in _REFUSED:
            plain = plain_message(card)
            status = await self._hand_in(address, spot, said | {"text": plain.text, "blocks": plain.blocks})
        return status == HTTPStatus.OK

    async def _hand_in(self, address: Address, spot: Spot, said: dict[str, Any]) -> int:
        if spot.thread and not said["replace_original"]:
            said = said | {"thread_ts": spot.thread}
        await self._turn(address.account)
        try:
            async with self._workspaces.session.post(spot.response_url, json=said, allow_redirects=False) as answer:
                if answer.status != HTTPStatus.OK:
                    log.info("an answer was not taken at its response address: %s", answer.status)
                return answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("an answer was not taken at its response address: %s", type(error).__name__)
            # Whether it stands there is not known: saying it twice is better than not at all.
            return 0

    async def _insist(self, address: Address, say: Callable[[], Awaitable[T]]) -> T:
        """Say it; where Slack wants us to wait, or cannot be reached, a few times. Only this channel waits."""
        for _ in range(_TRIES - 1):
            await self._turn(address.account)
            try:
                return await say()
            except FAULTS as error:
                if not _passes(error):
                    raise
                await asyncio.sleep(min(after_of(error).total_seconds(), _LONGEST_PAUSE))
        return await say()


def in_words(text: str, tone: Tone = Tone.PLAIN, *buttons: Button) -> Card:
    """What the adapter says by itself, as a card."""
    return Card(text, tuple(Text(block, tone) for block in paragraphs(text)), (buttons,) if buttons else ())


def _passes(error: Fault) -> bool:
    """Whether it may be said a moment later, and surely was not yet."""
    return is_limited(error) or isinstance(error, aiohttp.ClientConnectorError)
