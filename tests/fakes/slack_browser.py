"""Somebody's browser on the way through an installation: cookies kept, Slack's pages decided by the fake, only loopback asked."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlsplit, urlunsplit

import aiohttp

from tests.fakes.slack_oauth import AUTHORIZE

_STEPS = 5


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser shows. `asked`: the address as the app gave it."""

    status: int
    text: str
    asked: str
    location: str = ""


class Browser:
    """Starts at an address of the app. Addresses under the app's public name are asked at the same host as the first one."""

    def __init__(self, start: str) -> None:
        self._start = start
        self._origin = urlsplit(start)
        self._cookies: dict[str, str] = {}

    async def installs(self, consent: Callable[[str], str]) -> Page:
        """Follow the install page to Slack, consent, and come back. Raises LookupError where the page leads nowhere."""
        page = await self.follows(self._start)
        found = page.location if AUTHORIZE in page.location else _authorize_link(page.text)
        if not found:
            raise LookupError(f"no way to Slack from {page.asked}: {page.status}")
        return await self.follows(consent(found))

    async def follows(self, url: str) -> Page:
        """Go to an address of the app and wherever it sends on, as far as Slack."""
        for _ in range(_STEPS):
            page = await self._get(url)
            if not page.location or AUTHORIZE in page.location:
                return page
            url = page.location
        raise LookupError(f"{url} sends on and on")

    async def _get(self, url: str) -> Page:
        asked = urlsplit(url)
        if asked.scheme not in ("http", "https", ""):
            return Page(200, "", url)
        here = urlunsplit((self._origin.scheme, self._origin.netloc, asked.path, asked.query, ""))
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())} if self._cookies else {}
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.get(here, headers=headers, allow_redirects=False) as answer,
        ):
            self._keep(answer.headers.getall("Set-Cookie", []))
            location = answer.headers.get("Location", "") if answer.status in (301, 302, 303, 307) else ""
            return Page(answer.status, await answer.text(), url, location)

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value


def _authorize_link(page: str) -> str:
    found = re.search(r'(?:href|content)="([^"]*' + re.escape(AUTHORIZE) + r'[^"]*)"', page)
    return html.unescape(found[1]) if found else ""
