"""The one HTTP port."""

from __future__ import annotations

import aiohttp
import pytest

from bot import web
from bot.errors import SettingsError


async def test_health_is_answered() -> None:
    """From the start, on whatever port is free."""
    async with web.serve("127.0.0.1", 0) as port, aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
            assert (answer.status, await answer.text()) == (200, "ok\n")
        async with session.get(f"http://127.0.0.1:{port}/elsewhere") as answer:
            assert answer.status == 404
        async with session.post(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 405


async def test_the_port_is_free_afterwards() -> None:
    """Stopped means stopped."""
    async with web.serve("127.0.0.1", 0) as port:
        pass
    async with web.serve("127.0.0.1", port) as again:
        assert again == port


async def test_a_port_that_is_taken_names_the_variables() -> None:
    """Whoever starts a second bot reads what to set."""
    async with web.serve("127.0.0.1", 0) as port:
        with pytest.raises(SettingsError, match=rf"127\.0\.0\.1:{port} .*PRESSEVAGT_HTTP_PORT"):
            async with web.serve("127.0.0.1", port):
                pass


async def test_an_address_that_is_not_ours_names_the_variables() -> None:
    """It belongs to nobody (RFC 5737)."""
    with pytest.raises(SettingsError, match="PRESSEVAGT_HTTP_HOST"):
        async with web.serve("192.0.2.1", 0):
            pass


async def test_our_own_port_names_its_own_variables() -> None:
    """Which of the two ports is taken is what whoever reads it must know."""
    async with web.serve("127.0.0.1", 0) as port:
        with pytest.raises(SettingsError, match=rf"127\.0\.0\.1:{port} .*PRESSEVAGT_METRICS_PORT=off"):
            async with web.serve("127.0.0.1", port, remedy=web.OWN):
                pass
