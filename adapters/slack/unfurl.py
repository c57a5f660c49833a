"""What do links lead to? Those to known releases are shown as cards below the message that they stand in."""

from __future__ import annotations

import html
import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.errors import SlackApiError

from adapters.slack.blocks import Message
from adapters.slack.heard import Shared
from adapters.slack.limits import MESSAGE_BLOCKS, WEIGHT
from adapters.slack.outcomes import Shape, simpler, word_of
from adapters.slack.people import People
from adapters.slack.pieces import without_image
from adapters.slack.render import blocks_of, without_calls
from adapters.slack.words import notification, plain_message
from adapters.slack.workspaces import Workspaces
from bot.domain.card import Card
from bot.ports import Linked

log = logging.getLogger(__name__)

MOST = 5
"""So many cards below one message; they share what a message may weigh."""


class Unfurls:
    """Shows links of these domains. All cards of a message are said at once: what is said of it later takes their place."""

    def __init__(self, workspaces: Workspaces, people: People, linked: Linked, domains: Collection[str]) -> None:
        self._workspaces, self._people, self._linked, self._domains = workspaces, people, linked, domains
        self._shape = Shape()

    async def show(self, shared: Shared) -> None:
        """Show them. Raises what is in FAULTS where Slack cannot be asked; what it does not take stays a link."""
        # Slack writes & as &amp; in them (python-slack-events-api, issue 49), and wants them named as it wrote them.
        urls = {link: url for link in shared.links if _is_of(url := html.unescape(link), self._domains)}
        if not urls:
            return
        account = shared.call.address.account
        person = await self._people.about(account, shared.spot.user)
        found = await self._linked(replace(shared.call, language=person.language), list(urls.values()))
        cards = {link: found[url] for link, url in urls.items() if url in found}
        if cards:
            await self._put(account, shared.message, dict(list(cards.items())[:MOST]))

    async def _put(self, account: str, message: Mapping[str, str], cards: Mapping[str, Card]) -> None:
        client = await self._workspaces.client_for(account)
        shape = self._shape
        while True:
            unfurls = {link: _unfurl(card, shape, len(cards)) for link, card in cards.items()}
            try:
                await client.chat_unfurl(
                    unfurls=unfurls,
                    channel=message.get("channel"),
                    ts=message.get("ts"),
                    source=message.get("source"),
                    unfurl_id=message.get("unfurl_id"),
                )
            except SlackApiError as error:
                easier = simpler(shape, error)
                if easier is None:
                    log.info("links in %s are not shown as cards: %s", account, word_of(error))
                    return
                # A picture is one card's matter; whether Slack takes such blocks here at all is the same for every card.
                self._shape = replace(self._shape, calls=easier.calls, blocks=easier.blocks)
                shape = easier
            else:
                return


def _is_of(url: str, domains: Collection[str]) -> bool:
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return False
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _unfurl(card: Card, shape: Shape, share: int) -> dict[str, Any]:
    """A card below a message, without buttons: it belongs to whoever wrote the message, and nothing there can be replaced."""
    card = replace(card if shape.pictures else without_image(card), buttons=())
    if not shape.blocks:
        return {"text": plain_message(card).text, "fallback": notification(card), "mrkdwn_in": []}
    blocks = blocks_of(card, most=MESSAGE_BLOCKS // share, room=WEIGHT // share)
    return {"blocks": blocks if shape.calls else without_calls(Message("", blocks)).blocks}
