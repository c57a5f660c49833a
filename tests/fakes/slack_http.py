"""HTTP mode: signed posts to the app's request URL, and what counts as an answer.

From docs.slack.dev/authentication/verifying-requests-from-slack (signature v0 over `v0:timestamp:body`) and the Events API page
(X-Slack-Retry-Num, X-Slack-Retry-Reason, X-Slack-No-Retry).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack_deliveries import Answer, Delivery, Undelivered
from tests.fakes.slack_world import World

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def signed(body: bytes, secret: str, at: int) -> dict[str, str]:
    """The two headers by which an app knows that Slack posted this."""
    digest = hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}


class RequestUrl:
    """The app's request URL. `secret`: signs with another than the app's. `age`: seconds by which timestamps are old.

    `deaf`: answers are lost on their way. `posts`: what was posted, as (headers, body), with what came back.
    """

    def __init__(self, world: World, url: Callable[[], str]) -> None:
        self.secret = ""
        self.age = 0
        self.deaf = False
        self.posts: list[tuple[dict[str, str], bytes, int]] = []
        self._world = world
        self._url = url

    async def carry(self, delivery: Delivery, patience: float) -> Answer:
        """Post, and read the answer."""
        kind, body = _body(delivery)
        retries: dict[str, str] = {}
        if delivery.failures:
            retries = {"X-Slack-Retry-Num": str(delivery.attempt), "X-Slack-Retry-Reason": delivery.failures[-1]}
        began = time.monotonic()
        status, headers, said = await self.post(body, kind, retries, patience)
        if self.deaf:
            raise Undelivered("http_timeout")
        if status != 200:
            raise Undelivered("http_error", no_retry=headers.get("X-Slack-No-Retry") == "1")
        return Answer(_read(said, headers.get("Content-Type", "")), time.monotonic() - began, status)

    async def verify(self) -> bool:
        """What Slack does when the request URL is entered: the challenge must come back."""
        challenge = f"challenge-{self._world.number()}"
        said = {"token": self._world.app.verification_token, "challenge": challenge, "type": "url_verification"}
        status, _, body = await self.post(json.dumps(said).encode(), JSON, {}, 3.0)
        return status == 200 and challenge in body.decode()

    async def post(self, body: bytes, kind: str, more: dict[str, str], patience: float) -> tuple[int, dict[str, str], bytes]:
        """A signed post. Raises Undelivered where no answer comes."""
        headers = {"Content-Type": kind, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)", **more}
        headers |= signed(body, self.secret or self._world.app.signing_secret, int(time.time()) - self.age)
        patient = aiohttp.ClientTimeout(total=patience)
        try:
            async with (
                aiohttp.ClientSession(timeout=patient, trust_env=False) as session,
                session.post(self._url(), data=body, headers=headers, allow_redirects=False) as answer,
            ):
                said = await answer.read()
        except TimeoutError:
            raise Undelivered("http_timeout") from None
        except (aiohttp.ClientError, OSError):
            raise Undelivered("connection_failed") from None
        self.posts.append((headers, body, answer.status))
        return answer.status, dict(answer.headers), said


def _body(delivery: Delivery) -> tuple[str, bytes]:
    if delivery.kind == "events_api":
        return JSON, json.dumps(delivery.payload).encode()
    form = delivery.payload if delivery.kind == "slash_commands" else {"payload": json.dumps(delivery.payload)}
    return FORM, urlencode(form).encode()


def _read(said: bytes, kind: str) -> Any:
    if not said.strip():
        return None
    if kind.startswith(JSON):
        return json.loads(said)
    return said.decode()
