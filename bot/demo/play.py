"""`pressevagt demo`: a newsroom, a bot and a terminal on this machine, and the main job played with them.

The bot is the real one, from the poller to the terminal. The play speaks to it in one way only: it publishes in the newsroom.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from pydantic import SecretStr

from adapters.console.adapter import ConsoleAdapter
from bot.app import Bot, start
from bot.demo.held import HeldInput
from bot.demo.newsroom import DemoNewsroom
from bot.demo.picture import draw
from bot.demo.releases import COMING_ID, NEWSROOM, archive, coming
from bot.domain.delivery import Delivery, DeliveryKind, DeliveryState, Settlement
from bot.domain.newsroom import NewsroomEntry
from bot.feeds.catalogue import Catalogue
from bot.i18n import Texts, texts
from bot.settings import Settings
from bot.terminal import follow_everything, make_console, operators_at, until_quit

LONGEST_WAIT = 15.0
"""Seconds; what takes longer will not come."""
LOOK_EVERY = 0.05
BEFORE_RELEASE = 1.0
BEFORE_CORRECTION = 4.0
"""Seconds that a person is given to look and read; a pipe needs none."""
FIRST_SAID, MEANT = 40, 45
"""Millions: what the release says by mistake, and what it should say."""


class Stalled(Exception):
    """Something did not come; the text, in the reader's language, says what."""


def play(language: str, picture: Path | None) -> None:
    """Play the demo in this terminal until the person leaves, or draw its picture into an SVG file.

    Ends the process with exit code 1 and one line where something does not come in 15 seconds, or the file cannot be written.
    """
    fault = _drawn(language, picture) if picture else _played(language)
    if fault:
        click.echo(f"pressevagt: {fault}", err=True)
        sys.exit(1)


def _drawn(language: str, path: Path) -> str:
    try:
        draw(language, path)
    except OSError as error:
        return f"{path} cannot be written: {error.strerror}"
    return ""


def _played(language: str) -> str:
    with TemporaryDirectory(prefix="pressevagt-demo-", ignore_cleanup_errors=True) as folder:
        return asyncio.run(_demo(language, Path(folder)))


async def _demo(language: str, folder: Path) -> str:
    """What did not come, or nothing."""
    settings = _settings(language, folder)
    # A pipe is answered after the play; whoever sits at a keyboard may type from the start.
    held = None if sys.stdin is not None and sys.stdin.isatty() else HeldInput(sys.stdin)
    console = make_console(settings, "demo", "admin", language, folder=folder, stdin=held.stream if held else None)
    settled: asyncio.Queue[tuple[Delivery, Settlement]] = asyncio.Queue()
    async with (
        DemoNewsroom(archive(datetime.now(UTC))) as newsroom,
        start(
            settings,
            [console],
            [entry_of(newsroom)],
            operators=operators_at(console),
            listen=False,
            on_settled=lambda delivery, settlement: settled.put_nowait((delivery, settlement)),
        ) as bot,
    ):
        await follow_everything(bot, settings, console)
        shown = Play(newsroom, bot, console, texts(language, settings.timezone), hurried=held is not None, settled=settled)
        return await _perform(shown, console, held)


async def _perform(shown: Play, console: ConsoleAdapter, held: HeldInput | None) -> str:
    """The play, and then whatever the person asks, until they leave."""
    leaving, playing = asyncio.create_task(until_quit(console)), asyncio.create_task(shown.run())
    try:
        await asyncio.wait({leaving, playing}, return_when=asyncio.FIRST_COMPLETED)
        fault = await _fault(playing) if playing.done() else ""
        if fault and held:
            return fault
        if fault:
            await console.notice(fault)
        if held:
            held.let_go()
        await leaving
        return fault
    finally:
        leaving.cancel()
        playing.cancel()


async def _fault(playing: asyncio.Task[None]) -> str:
    try:
        await playing
    except Stalled as stalled:
        return str(stalled)
    return ""


def entry_of(newsroom: DemoNewsroom) -> NewsroomEntry:
    """The catalogue's Udenrigsministeriet, with this newsroom in its place."""
    entry = next(entry for entry in Catalogue.load().entries if entry.slug == "udenrigsministeriet")
    return replace(entry, name=NEWSROOM, feed_url=newsroom.feed_url, page_url=newsroom.page_url, api_url="")


def _settings(language: str, folder: Path) -> Settings:
    """Settings of the demo's own: what stands in the environment or in `.env` belongs to another bot."""
    return Settings.model_construct(
        database_url=SecretStr(f"sqlite:///{folder / 'pressevagt.db'}"),
        language="en" if language == "en" else "da",
        poll_interval=1,
        allow_private_addresses=frozenset({"127.0.0.1"}),
    )


@dataclass(slots=True)
class Play:
    """What happens in the newsroom, and what the play says when the bot has noticed."""

    newsroom: DemoNewsroom
    bot: Bot
    console: ConsoleAdapter
    texts: Texts
    hurried: bool
    settled: asyncio.Queue[tuple[Delivery, Settlement]] = field(repr=False)

    async def run(self) -> None:
        """The whole play. Raises Stalled."""
        await self._archive()
        await self._pause(BEFORE_RELEASE)
        await self._release()
        await self._pause(BEFORE_CORRECTION)
        await self._correct()
        await self.console.notice(
            self.texts.t(
                "Now it is your turn: /latest, /search sanktioner, /contact um, /release 1. /help shows the rest, /quit leaves."
            )
        )

    async def _archive(self) -> None:
        await self.console.notice(
            self.texts.t(
                "A small invented newsroom runs on this machine. The bot reads its feed every second, and knows nothing else of it."
            )
        )
        async with _at_most(
            self.texts.t("The newsroom's first releases were not stored within {seconds} seconds.", seconds=self._limit)
        ):
            while not (stored := await self._stored()):  # noqa: ASYNC110 - the poller tells nobody
                await asyncio.sleep(LOOK_EVERY)
        await self.console.notice(
            self.texts.n(
                "{count} release stood there already. It is stored, and nobody was alerted to it.",
                "{count} releases stood there already. They are stored, and nobody was alerted to them.",
                stored,
            )
        )

    async def _stored(self) -> int:
        """Releases of a feed that was read once; 0 before."""
        async with self.bot.database.read() as tx:
            feeds = [feed for feed in await tx.feeds.all() if feed.primed_at]
            return await tx.releases.count([feed.newsroom.id for feed in feeds]) if feeds else 0

    async def _release(self) -> None:
        since = self.newsroom.publish(coming(datetime.now(UTC), self.texts.language, FIRST_SAID))
        async with _at_most(self.texts.t("The alert did not come within {seconds} seconds.", seconds=self._limit)):
            seconds = await self._sent(DeliveryKind.ALERT, since)
        said = self.texts.t("The alert came {seconds} seconds after the release stood in the feed.", seconds=seconds)
        await self.console.notice(said)

    async def _correct(self) -> None:
        meant = coming(datetime.now(UTC), self.texts.language, MEANT)
        since = self.newsroom.correct(COMING_ID, title=meant.title, lead=meant.lead, body=meant.body)
        async with _at_most(self.texts.t("The correction did not come within {seconds} seconds.", seconds=self._limit)):
            seconds = await self._sent(DeliveryKind.CORRECTION, since)
            await self._sent(DeliveryKind.FOLLOW_UP, since)  # what changed, before the play goes on
        said = self.texts.t(
            "The newsroom corrected the amount, and {seconds} seconds later the alert was corrected too.", seconds=seconds
        )
        await self.console.notice(said)

    async def _sent(self, kind: DeliveryKind, since: datetime) -> str:
        """Wait until a delivery of this kind was sent; how long after `since` that was, in seconds."""
        while True:
            delivery, settlement = await self.settled.get()
            if delivery.kind is kind and settlement.state is DeliveryState.SENT:
                return self.texts.number(round((settlement.at - since).total_seconds(), 2))

    @property
    def _limit(self) -> str:
        return self.texts.number(LONGEST_WAIT)

    async def _pause(self, seconds: float) -> None:
        if not self.hurried:
            await asyncio.sleep(seconds)


@asynccontextmanager
async def _at_most(fault: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(LONGEST_WAIT):
            yield
    except TimeoutError:
        raise Stalled(fault) from None
