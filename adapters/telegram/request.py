"""The SDK's requests on aiohttp, its public extension point: one session, no retries, no proxy of the environment.

No error that comes out of here holds the address, since the address holds the token.

The SDK's own (httpx) costs several times as much CPU a message, and logs the token within the address.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.received import at_most

LIMIT = 9.0
"""Seconds that a request may take in all: a little less than a send may (`bot.alerts.sending.SEND_LIMIT`)."""
CONNECT_LIMIT = 4.0
_AT_ONCE = 100


class NotSent(NetworkError):
    """No connection could be made, so nothing left this machine."""


class TooLarge(NetworkError):
    """What was asked for is longer than was allowed for."""


class ServerFault(NetworkError):
    """The server answered with a fault of its own (5xx). `status` is the code."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the server answered {status}")
        self.status = status


class AiohttpRequest(BaseRequest):
    """The SDK's way to the Bot API over one aiohttp session."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self.reached = False
        """Whether the last request was answered; a fault of the server or of what stands before it is no answer."""

    @property
    def read_timeout(self) -> float:
        """Seconds."""
        return LIMIT

    async def initialize(self) -> None:
        """Open the session."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_AT_ONCE),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=False,
            )

    async def shutdown(self) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer, read. What is no JSON (a gateway's page) is not logged: who asked says what it means."""
        try:
            answer: dict[str, Any] = json.loads(payload)
        except (ValueError, RecursionError):
            raise TelegramError("Invalid server response") from None
        return answer

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - the SDK's signature
        connect_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        pool_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Ask once; status and body. Raises NotSent, ServerFault, TimedOut, NetworkError (the request may have been taken)."""
        if self._session is None:
            raise NotSent("not connected")
        seconds = read_timeout if isinstance(read_timeout, int | float) else LIMIT
        limit = aiohttp.ClientTimeout(total=seconds, connect=CONNECT_LIMIT)
        fields = _fields(request_data) if request_data else None
        reached = False
        try:
            async with self._session.request(method, url, data=fields, timeout=limit, allow_redirects=False) as response:
                status, body = _checked(response.status), await response.read()
                reached = True
                return status, body
        # `from None`, and words of our own: an error of aiohttp's may hold the address, and the address holds the token.
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise NotSent(f"no connection: {_reason(error)}") from None
        except TimeoutError:
            raise TimedOut(f"no answer in {seconds:g} seconds") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(f"the connection broke: {_reason(error)}") from None
        finally:
            self.reached = reached

    async def fetch(self, url: str, most: int) -> bytes:
        """What stands at an address of the server's own, so many bytes at most. Raises TooLarge and NetworkError."""
        if self._session is None:
            raise NotSent("not connected")
        limit = aiohttp.ClientTimeout(total=LIMIT, connect=CONNECT_LIMIT)
        try:
            async with self._session.get(url, timeout=limit, allow_redirects=False) as response:
                if _checked(response.status) != HTTPStatus.OK:
                    raise NetworkError(f"the server answered {response.status}")
                said = await at_most(response, most)
        except TimeoutError:
            raise TimedOut(f"no answer in {LIMIT:g} seconds") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(f"the connection broke: {_reason(error)}") from None
        if said is None:
            raise TooLarge("longer than was allowed for")
        return said


def _fields(data: RequestData) -> dict[str, str] | aiohttp.FormData:
    """What is asked, with the files that go with it."""
    if not data.contains_files:
        return data.json_parameters
    form = aiohttp.FormData(data.json_parameters)
    for field, (name, content, media_type) in (data.multipart_data or {}).items():
        form.add_field(field, content, filename=name, content_type=media_type)
    return form


def _checked(status: int) -> int:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ServerFault(status)
    return status


def _reason(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"{error.host}: {error.os_error.strerror or type(error.os_error).__name__}"
    return type(error).__name__
