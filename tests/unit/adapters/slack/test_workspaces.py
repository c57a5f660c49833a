"""Who installed us, and how that is kept."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from adapters.slack.workspaces import Installation, NotInstalled, Sealer, Workspaces
from bot.errors import SettingsError
from storage.database import SqlDatabase

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
HERE = Installation("T1", "xoxb-1-hemmelig", "UBOT", "Dagens Nyt", "pressevagten")
WHOLE = Installation("E1", "xoxb-2-hemmelig", "UBOT", "Koncernen", "pressevagten")
API = "http://127.0.0.1:9/api/"


def test_what_is_sealed_shows_nothing_and_opens_again() -> None:
    """With the key that sealed it, also once another seals."""
    sealed = Sealer([OLD]).seal(HERE)
    assert "hemmelig" not in sealed
    assert "Dagens" not in sealed
    assert Sealer([NEW, OLD]).open(sealed) == HERE
    assert "hemmelig" not in repr(HERE)


@pytest.mark.parametrize("sealed", ["", "noget andet", Fernet(OLD).encrypt(b"[]").decode()], ids=["nothing", "something", "sealed"])
def test_another_key_is_said_to_be_the_wrong_one(sealed: str) -> None:
    """With the setting to change."""
    with pytest.raises(SettingsError, match="PRESSEVAGT_SECRET_KEY"):
        Sealer([NEW]).open(sealed)


async def test_installations_are_shared_by_the_database(database: SqlDatabase) -> None:
    """One process keeps, others find it when they look; what is forgotten is gone for all."""
    one, other = (Workspaces(API, Sealer([OLD])) for _ in range(2))
    try:
        await one.open(database)
        await other.open(database)
        await one.keep(HERE)
        assert one.accounts() == {"T1"}
        assert other.accounts() == frozenset()
        await other.look()
        assert other.find("T1") == HERE
        assert (await other.client_for("T1")).token == HERE.token
        assert one.covered(HERE) == {"T1"}
        await one.forget("T1")
        await other.look()
        with pytest.raises(NotInstalled):
            await other.client_for("T1")
    finally:
        await one.close()
        await other.close()


async def test_an_organisations_workspaces_are_remembered(database: SqlDatabase) -> None:
    """Once heard of they are accounts, after a restart too; without the organisation they are none."""
    first, second = (Workspaces(API, Sealer([OLD])) for _ in range(2))
    try:
        await first.open(database)
        await first.keep(WHOLE)
        assert first.accounts() == frozenset()
        assert await first.of(["", "T3", "E1"]) == "T3"
        assert await first.of(["T9"]) is None
        await second.open(database)
        assert second.accounts() == {"T3"}
        assert second.find("T3") == WHOLE
        assert second.covered(WHOLE) == {"T3"}
        await second.forget("E1")
        assert second.accounts() == frozenset()
        await second.keep(WHOLE)
        assert second.accounts() == {"T3"}
    finally:
        await first.close()
        await second.close()


async def test_a_key_that_opens_nothing_stops_the_start(database: SqlDatabase) -> None:
    """Before anything is sent."""
    workspaces = Workspaces(API, Sealer([OLD]))
    await workspaces.open(database)
    await workspaces.keep(HERE)
    await workspaces.close()
    wrong = Workspaces(API, Sealer([NEW]))
    with pytest.raises(SettingsError, match="PRESSEVAGT_SECRET_KEY"):
        await wrong.open(database)
    await wrong.close()


async def test_clients_neither_retry_nor_use_the_environments_proxy(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying again is the outbox's, and a proxy would see the token."""
    for name in ("http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    workspaces = Workspaces(API)
    await workspaces.open(database)
    client = workspaces.client("xoxb-1")
    assert client.retry_handlers == []
    assert client.proxy is None
    assert client.session is workspaces.session
    await workspaces.close()
