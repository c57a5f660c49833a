"""The history of newsrooms that have no listing: older pages of their feed; and what operators see and do about histories."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from bot.app import start
from bot.domain.card import Fact
from bot.domain.newsroom import NewsroomEntry
from bot.operate.backfill import backfill
from bot.ports import HistoryState
from tests.fakes.chat import ChatServer, HttpChatAdapter
from tests.fakes.feeds import Newsroom
from tests.fakes.via import HOST, Press, at_home, old
from tests.fakes.web import WebServer
from tests.features.conftest import Journey, settings_for
from tests.features.test_via import Desk, until

PAGE = 5


def serve_pages(web: WebServer, pages: int, *, wordpress: bool) -> None:
    """A feed of so many pages with five releases each, which names the next page, or is WordPress's."""
    newest = datetime.now(UTC).replace(microsecond=0) - timedelta(days=10)
    generator = "<generator>https://wordpress.org/?v=6.6</generator>" if wordpress else ""
    for page in range(1, pages + 1):
        numbers = range((page - 1) * PAGE, page * PAGE)
        items = "".join(
            f"<item><title>Nyhed {n}</title><link>{web.url(f'/nyt/{n}')}</link><guid>{web.url(f'/?p={n}')}</guid>"
            f"<description>Sag {n}.</description>"
            f"<pubDate>{format_datetime(newest - timedelta(days=n), usegmt=True)}</pubDate></item>"
            for n in numbers
        )
        following = f'<atom:link rel="next" href="{web.url(f"/feed?side={page + 1}")}"/>' if page < pages and not wordpress else ""
        body = (
            f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Havnen</title>{generator}{following}'
            f"{items}</channel></rss>"
        )
        if page == 1:
            web.put("/feed", body)
        web.put(f"/feed?{'paged' if wordpress else 'side'}={page}", body)
    if wordpress:
        web.put(f"/feed?paged={pages + 1}", status=404)


async def walked(web: WebServer, chat: ChatServer, folder: Path, **more: object) -> Desk:
    """The bot, once the history of its newsroom is through; it has stopped."""
    adapter = HttpChatAdapter(chat.url)
    entry = NewsroomEntry("havnen", "Havnen", web.url("/feed"), "DK", "da", "rss")
    settings = settings_for(folder, PRESSEVAGT_ARCHIVE_SPACING=0, **more)
    async with start(settings, [adapter], [entry], listen=False) as bot:
        await Journey(bot, Newsroom(web), chat, adapter, web).subscribe("desk")
        desk = Desk(bot, Press(web), chat, adapter)
        await desk.fetched()
        return desk


@pytest.mark.parametrize("wordpress", [True, False])
async def test_older_pages_of_a_feed_are_read_to_their_end(
    web: WebServer, chat: ChatServer, tmp_path: Path, *, wordpress: bool
) -> None:
    """Each once; everything is stored, and nobody is alerted."""
    serve_pages(web, 4, wordpress=wordpress)
    desk = await walked(web, chat, tmp_path)
    assert sorted(await desk.releases()) == sorted(f"Nyhed {n}" for n in range(4 * PAGE))
    stands = await desk.history()
    assert stands is not None
    assert stands.state is HistoryState.DONE
    assert chat.messages == []
    asked = [request.path for request in web.requests if "side=" in request.path or "paged=" in request.path]
    assert len(asked) == len(set(asked)) == (4 if wordpress else 3)


async def test_a_server_that_gives_the_same_page_again_and_again_is_left(web: WebServer, chat: ChatServer, tmp_path: Path) -> None:
    """It does not know the parameter."""
    serve_pages(web, 1, wordpress=True)
    web.forget("/feed?paged=1")
    web.forget("/feed?paged=2")
    desk = await walked(web, chat, tmp_path)
    assert len(await desk.releases()) == PAGE
    assert len([request for request in web.requests if "paged=" in request.path]) == 1


async def test_enough_is_enough(web: WebServer, chat: ChatServer, tmp_path: Path) -> None:
    """The limit of the settings ends a history."""
    serve_pages(web, 4, wordpress=False)
    desk = await walked(web, chat, tmp_path, PRESSEVAGT_ARCHIVE_LIMIT=8)
    stands = await desk.history()
    assert stands is not None
    assert (stands.state, len(await desk.releases())) == (HistoryState.CAPPED, 2 * PAGE)


async def test_status_tells_how_far_a_history_is(
    web: WebServer, chat: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is under way; afterwards there is nothing to tell."""
    at_home(monkeypatch)
    press = Press(web)
    press.publish(*old(60))
    adapter = HttpChatAdapter(chat.url)
    more = {"PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES": frozenset({HOST}), "PRESSEVAGT_ARCHIVE_SPACING": 0.7}
    async with start(settings_for(tmp_path, **more), [adapter], [press.entry], listen=False) as bot:
        desk = Desk(bot, press, chat, adapter)

        async def facts() -> dict[str, str]:
            card = (await adapter.hear("/status")).card
            return {element.label: element.value for element in card.elements if isinstance(element, Fact)}

        async def under_way() -> bool:
            return (await facts()).get("Havnen") in ("20 af 60 hentet", "40 af 60 hentet")

        await until(under_way)
        await desk.fetched()
        assert "Havnen" not in await facts()


async def test_backfill_fetches_a_history_without_a_bot(
    web: WebServer, chat: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From where it stands, and from the beginning where it is asked to; what is no newsroom of ours is said so."""
    at_home(monkeypatch)
    press = Press(web)
    press.publish(*old(45))
    adapter = HttpChatAdapter(chat.url)
    more = {"PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES": frozenset({HOST}), "PRESSEVAGT_ARCHIVE_LIMIT": 0}
    settings = settings_for(tmp_path, **more)
    async with start(settings, [adapter], [press.entry], listen=False) as bot:
        await Desk(bot, press, chat, adapter).primed()
    assert press.pages == []
    for name, value in {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES": HOST,
        "PRESSEVAGT_ARCHIVE_SPACING": "0",
    }.items():
        monkeypatch.setenv(name, value)
    empty = tmp_path / "none.env"
    empty.write_text("")
    await asyncio.to_thread(backfill, empty, "havnen", again=False)
    said = capsys.readouterr()
    assert "Havnen: 45 releases looked through, which is all there is to be read" in said.out
    assert press.pages == [0, 1, 2]
    await asyncio.to_thread(backfill, empty, "Havnen", again=True)
    assert press.pages == [0, 1, 2, 0, 1, 2]
    found = await asyncio.to_thread(_command, "backfill", "nabohavnen")
    assert found == (2, "pressevagt: 'nabohavnen' is no newsroom that is followed here; nearest: havnen\n")


def _command(*words: str) -> tuple[int, str]:
    """What the command says, and how it ends."""
    done = subprocess.run([sys.executable, "-m", "bot.cli", *words], env=os.environ, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr
