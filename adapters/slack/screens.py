"""People's screens: views are opened, put on others, changed and published; what Slack refuses in one form is put more simply."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.limits import Block
from adapters.slack.outcomes import FAULTS, Fault, Shape, code_of, messages_of, simpler, word_of
from adapters.slack.render import blocks_without_calls
from adapters.slack.sender import Keep
from adapters.slack.views import View
from adapters.slack.workspaces import Workspaces
from bot.errors import StorageError

log = logging.getLogger(__name__)

_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged"})
_GONE = frozenset({"not_found", "view_not_found"})
_CONFLICT = frozenset({"hash_conflict"})
_LONGEST = 300

Said = dict[str, Any]


class Conflict(Exception):
    """Another view was published meanwhile."""


class Screens:
    """Shows views. `keep` writes down what a view needs to work and cannot carry."""

    def __init__(self, workspaces: Workspaces, keep: Keep) -> None:
        self._workspaces, self.keep = workspaces, keep

    async def open(self, account: str, trigger: str, view: View, *, on_top: bool = False) -> str:
        """Open a modal, or put it on top of those that are open; its id, or empty where it could not be."""
        client = await self._workspaces.client_for(account)
        put = client.views_push if on_top else client.views_open

        async def show(said: Said) -> AsyncSlackResponse:
            return await put(trigger_id=trigger, view=said)

        answer = await self._shown(view, show)
        return str((answer.get("view") or {}).get("id") or "") if answer else ""

    async def update(self, account: str, view_id: str, view: View) -> bool:
        """Have a modal show another view; False where it is not open any more."""
        client = await self._workspaces.client_for(account)

        async def show(said: Said) -> AsyncSlackResponse:
            return await client.views_update(view_id=view_id, view=said)

        return await self._shown(view, show) is not None

    async def publish(self, account: str, user: str, view: View, hash_: str) -> str:
        """Have somebody's App Home show this; its hash from now on.

        `hash_`: of the view that it takes the place of, empty for any. Raises Conflict where another stands there, StorageError,
        and what is in FAULTS.
        """
        await self.keep(view.kept)
        client = await self._workspaces.client_for(account)

        async def show(said: Said) -> AsyncSlackResponse:
            return await client.views_publish(user_id=user, view=said, hash=hash_ or None)

        try:
            answer = await _step_down(view, show)
        except SlackApiError as error:
            if code_of(error) in _CONFLICT:
                raise Conflict from None
            raise
        return str((answer.get("view") or {}).get("hash") or "")

    async def _shown(self, view: View, show: Callable[[Said], Awaitable[AsyncSlackResponse]]) -> AsyncSlackResponse | None:
        try:
            await self.keep(view.kept)
            return await _step_down(view, show)
        except StorageError as error:
            log.warning("a view could not be shown: %s", error)
        except FAULTS as error:
            _report(error)
        return None


def _report(error: Fault) -> None:
    why = "; ".join(dict.fromkeys((word_of(error), *messages_of(error))))[:_LONGEST]
    if code_of(error) in _LATE | _GONE:
        log.info("a view came too late: %s", why)
    else:
        log.warning("a view could not be shown: %s", why)


async def _step_down(view: View, show: Callable[[Said], Awaitable[AsyncSlackResponse]]) -> AsyncSlackResponse:
    """Show it in the first shape that is taken: without pictures or calls, where it must be."""
    shape = Shape()
    while True:
        try:
            return await show(view.said | {"blocks": _shaped(view.said["blocks"], shape)})
        except SlackApiError as error:
            easier = simpler(shape, error)
            if easier is None or not easier.blocks:
                raise
            shape = easier


def _shaped(blocks: list[Block], shape: Shape) -> list[Block]:
    kept = blocks if shape.pictures else [block for block in blocks if block["type"] != "image"]
    return kept if shape.calls else blocks_without_calls(kept)
