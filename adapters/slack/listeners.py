"""What does Bolt hand to whom? Every listener there is; another kind of thing that people do is a function here and a line."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.events import EVENTS
from adapters.slack.heard import Payload
from adapters.slack.workspaces import QUIET

log = logging.getLogger(__name__)

Take = Callable[[Payload], None]
"""Takes a payload that was acknowledged, and never waits."""
Submit = Callable[[Payload], Awaitable[dict[str, Any]]]
"""What the acknowledgement of a modal that is sent says, within two seconds."""
Offer = Callable[[Payload], Awaitable[list[dict[str, Any]]]]
"""The options that a field offers for the words typed so far, as soon."""
_OURS = re.compile(r"(?:do|pick|open):.*")
_ANY = re.compile(r".*", re.DOTALL)


def listeners(app: AsyncApp, take: Take) -> None:
    """Register all of them but `views`. Bolt asks them in this order, and the first that an interaction fits has it."""
    events(app, take)
    commands(app, take)
    presses(app, take)
    shortcuts(app, take)


def events(app: AsyncApp, take: Take) -> None:
    """What happens; Bolt acknowledges it."""

    async def happened(body: dict[str, Any]) -> None:
        take(body)

    for kind in dict.fromkeys(each.partition(".")[0] for each in EVENTS):
        app.event(kind)(happened)


def commands(app: AsyncApp, take: Take) -> None:
    """Slash commands of any name: the workspace says which there are."""

    async def ran(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        take(body)

    app.command(_ANY)(ran)


def presses(app: AsyncApp, take: Take) -> None:
    """Buttons and menus of messages."""

    async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        take(body)

    async def in_message(body: dict[str, Any]) -> bool:
        return (body.get("container") or {}).get("type") == "message"

    app.action({"type": "block_actions", "action_id": _OURS}, matchers=[in_message])(pressed)


def shortcuts(app: AsyncApp, take: Take) -> None:
    """Shortcuts, on a message and everywhere."""

    async def used(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        take(body)

    app.shortcut(_ANY)(used)


def views(app: AsyncApp, take: Take, submit: Submit, offer: Offer) -> None:
    """Modals and App Home: what is pressed there, what is looked for in fields, and modals that are sent."""

    async def used(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        take(body)

    async def in_view(body: dict[str, Any]) -> bool:
        return (body.get("container") or {}).get("type") == "view"

    async def sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        said = await submit(body)
        await (ack(said) if said else ack())

    async def looked_for(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(options=await offer(body))

    app.action({"type": "block_actions", "action_id": _ANY}, matchers=[in_view])(used)
    app.view_submission(_ANY)(sent)
    app.options(_ANY)(looked_for)


# Bolt itself ------------------------------------------------------------------------------------------------------------


def bolt(client: AsyncWebClient, *, signing_secret: str = "", flow: AsyncOAuthFlow | None = None) -> AsyncApp:
    """An app that nothing listens to yet. It decides nothing by itself: neither who may speak to us, nor what is ours to ignore.

    Signatures are looked at before it sees a request (`http`), and what it would log of payloads stays unsaid.
    """
    app = AsyncApp(
        name="pressevagt",
        logger=QUIET,
        client=client,
        authorize=_Everywhere(),
        oauth_flow=flow,
        signing_secret=signing_secret,
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,
        raise_error_for_unhandled_request=True,
    )
    app.error(_failed)
    return app


class _Everywhere(AsyncAuthorize):
    """Lets every signed request in without asking anybody: which workspace it is of is found out once it is acknowledged."""

    def __init__(self) -> None:
        pass  # typed, as its parent's is not

    async def __call__(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None, **_: object
    ) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)


async def _failed(error: Exception) -> BoltResponse | None:
    """What concerns nobody is taken all the same, or Slack would send it again."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200, body="")
    log.error("a request of Slack's could not be taken: %s", type(error).__name__, exc_info=error)
    return None
