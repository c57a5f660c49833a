"""Messages on their way: a card becomes blocks, and what Slack refuses in one form is put more simply."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.blocks import Message
from adapters.slack.buttons import long_commands
from adapters.slack.outcomes import Shape, Unreadable, code_of, is_no_edit, messages_of, simpler
from adapters.slack.pieces import without_image
from adapters.slack.render import message, without_calls
from adapters.slack.words import plain_message
from bot.domain.card import Card, Image
from bot.domain.subscription import Address

log = logging.getLogger(__name__)

_PICTURES = 500
_LONGEST = 300

ClientFor = Callable[[str], Awaitable[AsyncWebClient]]
Keep = Callable[[Sequence[str]], Awaitable[None]]
ThreadGone = Callable[[Address, str], Awaitable[None]]


class Sender:
    """Posts and edits; raises what is in `outcomes.FAULTS`.

    `client_for` gives the client of a workspace, as `workspaces.web_client` makes it over a `new_session`: it retries nothing by
    itself, and takes over what is written already. `keep` writes long commands of buttons down; `thread_gone` hears of threads that
    took nothing, and what Slack said.
    """

    def __init__(self, client_for: ClientFor, *, keep: Keep, thread_gone: ThreadGone | None = None) -> None:
        self._client_for, self._keep, self._thread_gone = client_for, keep, thread_gone
        self._refused = Refusals()

    async def post(
        self,
        address: Address,
        card: Card,
        *,
        thread: str = "",
        broadcast: bool = False,
        names: Mapping[str, str] | None = None,
    ) -> str:
        """Post a card in the address's channel and thread, or in another thread; the post's reference, its `ts`.

        `broadcast`: what is said in a thread is shown in the channel too. `names` as in `render.message`.
        """
        await self._keep(long_commands(card))
        client = await self._client_for(address.account)

        async def put(shape: Shape) -> str:
            said = _put(card, shape, names)
            answer = await _read(
                client.chat_postMessage(
                    channel=address.conversation,
                    text=said.text,
                    blocks=said.written if shape.blocks else None,
                    mrkdwn=None if shape.blocks else False,
                    thread_ts=shape.thread or None,
                    reply_broadcast=True if shape.thread and broadcast else None,
                    unfurl_links=False,
                    unfurl_media=False,
                    parse="none",
                )
            )
            return str(answer.get("ts", ""))

        wanted = self._shape(card, thread or address.thread)
        reference, shape, refusal = await self._step_down(address, card, wanted, put)
        if wanted.thread and not shape.thread and self._thread_gone:
            await self._thread_gone(address, refusal)
        return reference

    async def edit(self, address: Address, reference: str, card: Card, *, names: Mapping[str, str] | None = None) -> str:
        """Have a post show another card; the reference of the post that now shows it.

        Where it stands and cannot be changed any more, that is a reply to it, shown in the channel too.
        """
        await self._keep(long_commands(card))
        client = await self._client_for(address.account)

        async def put(shape: Shape) -> str:
            said = _put(card, shape, names)  # with blocks in every shape: rich text can only be replaced by rich text
            await _read(
                client.chat_update(
                    channel=address.conversation, ts=reference, text=said.text, blocks=said.written, parse="none", link_names=False
                )
            )
            return reference

        try:
            return (await self._step_down(address, card, self._shape(card), put))[0]
        except SlackApiError as error:
            if not is_no_edit(error):
                raise
            return await self.post(address, card, thread=address.thread or reference, broadcast=True, names=names)

    def _shape(self, card: Card, thread: str = "") -> Shape:
        return Shape(thread, pictures=not self._refused.has(card), calls=not self._refused.calls)

    async def _step_down(
        self, address: Address, card: Card, shape: Shape, put: Callable[[Shape], Awaitable[str]]
    ) -> tuple[str, Shape, str]:
        """Put a message in the first shape that is taken: its reference, that shape, and what was said of the one before."""
        refusal = ""
        while True:
            try:
                return await put(shape), shape, refusal
            except SlackApiError as error:
                easier = simpler(shape, error)
                if easier is None:
                    raise
                refusal = code_of(error)
                self._report(address, card, shape, easier, error)
                shape = easier

    def _report(self, address: Address, card: Card, shape: Shape, easier: Shape, error: SlackApiError) -> None:
        gave_up = [name for name in ("thread", "pictures", "calls", "blocks") if getattr(shape, name) != getattr(easier, name)]
        why = "; ".join(dict.fromkeys((code_of(error), *messages_of(error))))[:_LONGEST]
        log.warning("slack refused a message to %s: %s; sent without %s", address, why, ", ".join(gave_up))
        if "pictures" in gave_up:
            self._refused.add(card)
        if "calls" in gave_up:
            self._refused.calls = True


def _put(card: Card, shape: Shape, names: Mapping[str, str] | None) -> Message:
    if not shape.blocks:
        return plain_message(card)
    said = message(card if shape.pictures else without_image(card), names=names)
    return said if shape.calls else without_calls(said)


async def _read(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """The answer to a call. The SDK takes whatever comes for JSON, and stumbles over a page of text from something in between."""
    try:
        return await call
    except (AttributeError, ValueError, LookupError) as error:
        raise Unreadable("the answer cannot be read") from error


class Refusals:
    """What Slack did not take, so that it is not offered again: the pictures of cards, and (`calls`) links that call or write."""

    def __init__(self) -> None:
        self.calls = False
        self._pictures: OrderedDict[str, None] = OrderedDict()

    def has(self, card: Card) -> bool:
        """Whether one of its pictures could not be fetched."""
        return any(url in self._pictures for url in _pictures(card))

    def add(self, card: Card) -> None:
        """One of its pictures could not be fetched: from now on they are left out."""
        self._pictures.update(dict.fromkeys(_pictures(card)))
        while len(self._pictures) > _PICTURES:
            self._pictures.popitem(last=False)


def _pictures(card: Card) -> list[str]:
    return [element.url for element in card.elements if isinstance(element, Image)]
