"""What stands in a file that somebody sent us? Asked of Slack's own hosts alone: the token goes with the question."""

from __future__ import annotations

import logging
import re
from functools import partial
from http import HTTPStatus
from urllib.parse import urlsplit

from slack_sdk.errors import SlackApiError

from adapters.slack.heard import Payload, Said
from adapters.slack.outcomes import FAULTS, code_of, word_of
from adapters.slack.workspaces import Workspaces
from bot.domain.file import Attached
from bot.errors import FileNotRead
from bot.received import at_most

log = logging.getLogger(__name__)

_PAGE = (b"<!doctype html", b"<html")
"""What begins so is the page that people log in on: Slack shows it, with status 200, to a token that may not read files."""
_HOST = re.compile(r"[a-z0-9.-]+")
_FORBIDDEN = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_NOT_ALLOWED = frozenset({"missing_scope", "not_allowed_token_type", "no_permission"})


class Incoming:
    """Files by what a message tells of them."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    def attached(self, said: Said) -> Attached | None:
        """A file as a command is given it; nothing is asked of Slack before it is read."""
        if said.file is None:
            return None
        size = said.file.get("size")
        read = partial(self._read, said.call.address.account, said.file)
        return Attached(str(said.file.get("name") or ""), size if isinstance(size, int) else 0, read)

    async def _read(self, account: str, file: Payload, most: int) -> bytes:
        try:
            return await self._fetched(account, _address(file) or await self._looked_up(account, str(file.get("id") or "")), most)
        except FAULTS as error:
            log.info("a file could not be fetched in %s: %s", account, word_of(error))
            raise FileNotRead(_code(error), word_of(error)) from None

    async def _looked_up(self, account: str, ident: str) -> str:
        """Of files in channels that are shared with others the message tells no more than the id."""
        client = await self._workspaces.client_for(account)
        return _address((await client.files_info(file=ident)).get("file") or {})

    async def _fetched(self, account: str, url: str, most: int) -> bytes:
        client = await self._workspaces.client_for(account)
        if not is_slacks(url, client.base_url):
            raise FileNotRead("unreachable", "it does not lie with Slack")
        headers = {"Authorization": f"Bearer {client.token}"}
        async with self._workspaces.session.get(url, headers=headers, allow_redirects=False) as answer:
            if answer.status in _FORBIDDEN or HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
                raise FileNotRead("forbidden", f"answered {answer.status}")
            if answer.status != HTTPStatus.OK:
                raise FileNotRead("gone" if answer.status == HTTPStatus.NOT_FOUND else "unreachable", f"answered {answer.status}")
            said = await at_most(answer, most)
        if said is None:
            raise FileNotRead("too_large")
        if said[:200].lstrip().lower().startswith(_PAGE):
            raise FileNotRead("forbidden", "a page to log in on")
        return said


def _address(file: Payload) -> str:
    return str(file.get("url_private_download") or file.get("url_private") or "")


def is_slacks(url: str, api_url: str) -> bool:
    """Whether an address is of the same host as the Web API, or of one below it: `files.slack.com` where that is `slack.com`."""
    try:
        asked, api = urlsplit(url), urlsplit(api_url)
        same = (asked.scheme, asked.port, asked.username) == (api.scheme, api.port, None)
    except ValueError:
        return False
    host, ours = asked.hostname or "", api.hostname or ""
    return same and bool(ours and _HOST.fullmatch(host)) and (host == ours or host.endswith(f".{ours}"))


def _code(error: Exception) -> str:
    if not isinstance(error, SlackApiError):
        return "unreachable"
    return "forbidden" if code_of(error) in _NOT_ALLOWED else "gone"
