"""How updates reach a bot: the queue, long polling and the webhook, with the rules of the real server (source: Client.cpp).

Not copied: the three seconds by which it delays a second 409, and a repeated getUpdates with `timeout=0`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.fakes import telegram_errors as says
from tests.fakes.telegram_errors import ApiError, bad, conflict

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "my_chat_member",
    "chat_member",
)
NOT_BY_DEFAULT = {"chat_member"}
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(slots=True)
class Webhook:
    """Where updates are posted. `answers`: the statuses that came back, newest last."""

    url: str
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_date: int = 0
    answers: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Queued:
    id: int
    lane: Hashable
    body: dict[str, Any]


class Updates:
    """One bot's updates. `retry`: seconds before a webhook's first retry; they double up to one second."""

    def __init__(self) -> None:
        self.allowed = set(KINDS) - NOT_BY_DEFAULT
        self.pending: deque[_Queued] = deque()
        self.webhook: Webhook | None = None
        self.polls = 0
        self.retry = 0.05
        self._next_id = 500_000
        self._poll: asyncio.Future[ApiError | None] | None = None
        self._arrived = asyncio.Event()
        self._busy: set[Hashable] = set()
        self._deliveries: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None

    def put(self, kind: str, content: dict[str, Any], lane: Hashable = None) -> None:
        """An update for the bot, unless it did not ask for its kind. A webhook gets those of one lane one after the other."""
        if kind not in self.allowed:
            return
        self.pending.append(_Queued(self._next_id, lane, {"update_id": self._next_id, kind: content}))
        self._next_id += 1
        self._arrived.set()
        if self._poll and not self._poll.done():
            self._poll.set_result(None)

    def allow(self, kinds: list[str] | None) -> None:
        """What `allowed_updates` says: nothing leaves things as they are, an empty list means the default."""
        if kinds is not None:
            self.allowed = set(kinds) if kinds else set(KINDS) - NOT_BY_DEFAULT

    async def get(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        """What getUpdates answers. Raises ApiError 409 while a webhook is set, or when another poll takes over."""
        if self.webhook:
            raise conflict(says.WEBHOOK_ACTIVE)
        self.allow(params.get("allowed_updates"))
        self.polls += 1
        self._forget(params.get("offset", 0))
        timeout = max(0, min(50, params.get("timeout", 0)))
        if timeout and not self.pending:
            self._interrupt(conflict(says.OTHER_POLLER))
            await self._wait(float(timeout))
        limit = max(1, min(100, params.get("limit", 100)))
        return [queued.body for queued, _ in zip(self.pending, range(limit), strict=False)]

    def _forget(self, offset: int) -> None:
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
        while offset > 0 and self.pending and self.pending[0].id < offset:
            self.pending.popleft()

    async def _wait(self, seconds: float) -> None:
        poll: asyncio.Future[ApiError | None] = asyncio.get_running_loop().create_future()
        self._poll = poll
        try:
            error = await asyncio.wait_for(poll, seconds)
        except TimeoutError:
            return
        finally:
            if self._poll is poll:
                self._poll = None
        if error:
            raise error

    def _interrupt(self, error: ApiError) -> None:
        if self._poll and not self._poll.done():
            self._poll.set_result(error)
        self._poll = None

    async def set_webhook(self, params: dict[str, Any]) -> None:
        """Raises ApiError 400 for an address or a secret that the server refuses. Only this machine's addresses are called."""
        url = params.get("url", "")
        if not url:
            return await self.delete_webhook(params)
        secret = params.get("secret_token", "")
        if len(secret) > 256:
            raise bad(says.SECRET_TOO_LONG)
        if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
            raise bad(says.SECRET_UNALLOWED)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or (parts.scheme == "http" and parts.hostname not in LOOPBACK):
            raise bad(says.BAD_WEBHOOK.format(reason=says.WEBHOOK_NOT_HTTPS))
        if parts.hostname not in LOOPBACK:
            raise bad(says.BAD_WEBHOOK.format(reason="Failed to resolve host: Name or service not known"))
        await self.delete_webhook(params)
        self._interrupt(conflict(says.POLLER_LOST_TO_WEBHOOK))
        self.allow(params.get("allowed_updates"))
        self.webhook = Webhook(url, secret, params.get("max_connections", 40))
        self._loop = asyncio.create_task(self._deliver(self.webhook))
        return None

    async def delete_webhook(self, params: dict[str, Any]) -> None:
        """Back to polling; `drop_pending_updates` forgets what waits."""
        self.webhook = None
        tasks = [task for task in (self._loop, *self._deliveries) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._loop = None
        self._deliveries.clear()
        self._busy.clear()
        if params.get("drop_pending_updates"):
            self.pending.clear()

    def info(self) -> dict[str, Any]:
        """A WebhookInfo."""
        hook = self.webhook
        said: dict[str, Any] = {
            "url": hook.url if hook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
        }
        if hook:
            said |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
            if hook.last_error:
                said |= {"last_error_message": hook.last_error, "last_error_date": hook.last_error_date}
        if self.allowed != set(KINDS) - NOT_BY_DEFAULT:
            said["allowed_updates"] = sorted(self.allowed)
        return said

    async def close(self) -> None:
        """Stop delivering and let a poll go."""
        await self.delete_webhook({})
        if self._poll and not self._poll.done():
            self._poll.set_result(None)

    async def settled(self, seconds: float = 10.0) -> None:
        """Wait until the bot has taken every update: a webhook answered, or a later poll confirmed them. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while self.pending:
                await asyncio.sleep(0.005)

    async def _deliver(self, hook: Webhook) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            while True:
                while queued := self._ready(hook):
                    self._busy.add(queued.lane)
                    task = asyncio.create_task(self._post(session, hook, queued))
                    self._deliveries.add(task)
                    task.add_done_callback(self._deliveries.discard)
                self._arrived.clear()
                await self._arrived.wait()

    def _ready(self, hook: Webhook) -> _Queued | None:
        if len(self._busy) >= hook.max_connections:
            return None
        return next((queued for queued in self.pending if queued.lane not in self._busy), None)

    async def _post(self, session: aiohttp.ClientSession, hook: Webhook, queued: _Queued) -> None:
        headers = {"Content-Type": "application/json"} | ({"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {})
        pause = self.retry
        while not await self._accepted(session, hook, json.dumps(queued.body).encode(), headers):
            await asyncio.sleep(pause)
            pause = min(1.0, pause * 2)
        with contextlib.suppress(ValueError):
            self.pending.remove(queued)
        self._busy.discard(queued.lane)
        self._arrived.set()

    async def _accepted(self, session: aiohttp.ClientSession, hook: Webhook, body: bytes, headers: dict[str, str]) -> bool:
        try:
            async with session.post(hook.url, data=body, headers=headers) as answer:
                await answer.read()
                hook.answers.append(answer.status)
                if answer.ok:
                    return True
                hook.last_error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            hook.last_error = (
                "Connection refused" if isinstance(error, aiohttp.ClientConnectorError) else "Connection reset by peer"
            )
        hook.last_error_date = int(time.time())
        return False
