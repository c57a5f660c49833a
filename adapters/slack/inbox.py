"""Payloads in hand: those of one channel one by one in order, many channels at once, so that a slow answer delays no other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from adapters.slack.heard import Payload
from adapters.slack.inbound import lane
from adapters.slack.outcomes import FAULTS, word_of
from bot.tasks import InOrder

log = logging.getLogger(__name__)

PER_LANE = 20
"""More than so many waiting in one channel is a flood: the rest is dropped."""
IN_ALL = 1000
WITHIN = 60.0
"""Seconds that dealing with one payload may take."""


class Inbox:
    """Takes payloads that were acknowledged, and has each dealt with by `handle`."""

    def __init__(self, handle: Callable[[Payload], Awaitable[None]]) -> None:
        self._handle = handle
        self._lanes = InOrder(self._one, PER_LANE, self._dealt_with)
        self._in_hand = 0

    def put(self, payload: Payload) -> None:
        """Take a payload. It never waits: what is too much is dropped."""
        key = lane(payload)
        if self._in_hand < IN_ALL and self._lanes.put(key, payload):
            self._in_hand += 1
        else:
            log.warning("too much at once from %s: something was dropped", key)

    async def drain(self, seconds: float) -> None:
        """Let what is in hand be finished, for so long."""
        await self._lanes.drain(seconds)

    def _dealt_with(self) -> None:
        self._in_hand -= 1

    async def _one(self, payload: Payload) -> None:
        what = payload.get("command") or (payload.get("event") or payload).get("type")
        try:
            async with asyncio.timeout(WITHIN):
                await self._handle(payload)
        except TimeoutError:
            log.warning("%s was not dealt with in %.0f seconds", what, WITHIN)
        except FAULTS as error:
            log.warning("%s could not be answered: %s", what, word_of(error))
        except Exception:
            log.exception("%s could not be dealt with", what)
