"""Payloads, one at a time: whose workspace is it, what does it mean, was it dealt with before?"""

from __future__ import annotations

import logging
from collections import deque
from datetime import UTC, datetime, timedelta

from adapters.slack.commands import Commands
from adapters.slack.heard import Me, Payload
from adapters.slack.inbound import candidates, name_of, read
from adapters.slack.replies import Replies
from adapters.slack.workspaces import PLATFORM, Workspaces
from bot.errors import StorageError
from bot.ports import Database

log = logging.getLogger(__name__)

REMEMBERED = timedelta(hours=1)
"""Slack sends an event again within minutes: at once, after a minute, after five."""
_LAST = 2000


class Hearing:
    """Has each payload dealt with once, by whichever process it reaches."""

    def __init__(self, workspaces: Workspaces, replies: Replies, commands: Commands, database: Database) -> None:
        self._workspaces, self._replies, self._commands, self._database = workspaces, replies, commands, database
        self._seen: deque[str] = deque(maxlen=_LAST)

    async def __call__(self, payload: Payload) -> None:
        """Deal with it. Raises what is in FAULTS where somebody could not be answered, and StorageError."""
        me = await self.me(payload)
        if me is None:
            log.info("nobody installed us in any of %s", ", ".join(filter(None, candidates(payload))))
            return
        heard = read(payload, me)
        if heard is not None and await self._is_first(name_of(payload)):
            await self._replies.deal_with(heard)

    async def me(self, payload: Payload) -> Me | None:
        """Who we are where it happened; None: we are not installed there."""
        account = await self._workspaces.of(candidates(payload))
        installation = self._workspaces.find(account) if account else None
        return Me(account, installation.bot, self._commands.known) if account and installation else None

    async def _is_first(self, name: str) -> bool:
        if not name:
            return True
        if name in self._seen:
            return False
        self._seen.append(name)
        now = datetime.now(UTC)
        try:
            async with self._database.begin() as tx:
                return await tx.marks.set(f"{PLATFORM}:event:{name}", now + REMEMBERED, now)
        except StorageError as error:
            log.warning("whether an event came before is not known: %s", error)
            return True  # twice is better than not at all
