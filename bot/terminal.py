"""The bot in a terminal: what `pressevagt run` (without a chat platform), `chat` and `status` do."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from rich.console import Console

from adapters.console.adapter import ConsoleAdapter
from adapters.console.look import Ink
from adapters.console.render import render
from bot import log
from bot.app import Bot, start
from bot.domain.subscription import Address, ConversationKind
from bot.errors import SettingsError
from bot.feeds.catalogue import Catalogue
from bot.i18n import Texts, texts
from bot.offered import newsrooms_of
from bot.operate.opened import there
from bot.ports import CommandCall
from bot.process import run, stop_asked
from bot.settings import Settings, data_folder, load


def run_terminal(settings: Settings) -> None:
    """`pressevagt run` without a chat platform. Raises PressevagtError, also where there is no terminal either, as in a service."""
    if not _can_say_something(sys.stdin):
        message = (
            "no chat platform is configured, and there is no terminal to chat in: set TELEGRAM_BOT_TOKEN, or SLACK_BOT_TOKEN and"
            " SLACK_APP_TOKEN (.env.example explains them), or start it in a terminal"
        )
        raise SettingsError(message)
    console = make_console(settings, "terminal", "admin", None)
    run(_run(settings, console))


def _can_say_something(stdin: TextIO | None) -> bool:
    """Whether a person or a pipe is there: a service has /dev/null, with which the chat would be over at once, and no word why."""
    if stdin is None or stdin.closed:
        return False
    return not os.path.samestat(os.fstat(stdin.fileno()), Path(os.devnull).stat())


def chat_only(env_file: Path | None, role: str, language: str | None) -> None:
    """`pressevagt chat`. Raises PressevagtError."""
    settings = load(env_file)
    console = make_console(settings, "chat", role, language)
    run(_chat(settings, console, language))


def ask_once(env_file: Path | None, line: str, language: str | None) -> None:
    """Print what the admin of a terminal is answered to one command; nothing is made for it. Raises PressevagtError."""
    settings = load(env_file)
    log.configure("warning", settings.log_format)
    run(_ask_once(settings, line, language or settings.language))


def make_console(
    settings: Settings, account: str, role: str, language: str | None, *, folder: Path | None = None, stdin: TextIO | None = None
) -> ConsoleAdapter:
    """The console adapter on this process's terminal (or another `stdin`), its history kept in `folder`, logs out of its way."""
    speaks = language or settings.language
    folder = folder or data_folder()
    console = ConsoleAdapter(
        account,
        role="reader" if role == "reader" else "admin",
        language=speaks,
        t=texts(speaks, settings.timezone).t,
        history=folder / "history",
        suggest=_newsroom_names(),
        stdin=stdin,
    )
    file = folder / "pressevagt.log" if console.full_screen else None
    log.configure(settings.log_level if file else max_level(settings.log_level), settings.log_format, file=file)
    return console


def max_level(level: str) -> str:
    """Beside plain lines on a terminal only errors are worth a line of log: of feeds that fail the chat tells in its own words."""
    return "error" if level in ("info", "warning") else level


def operators_at(console: ConsoleAdapter) -> dict[str, Address]:
    """The admin of a terminal is an operator, and hears of faults there."""
    return {str(console.actor): console.address} if console.actor.id == "admin" else {}


async def follow_everything(bot: Bot, settings: Settings, console: ConsoleAdapter) -> None:
    """A terminal seen for the first time subscribes to all that is offered: whoever starts the bot wants to see it work."""
    now = bot.clock.now()
    async with bot.database.begin() as tx:
        here = await tx.destinations.ensure(
            console.address,
            kind=ConversationKind.PRIVATE,
            title=console.account,
            language=settings.language,
            timezone=settings.timezone,
            now=now,
        )
        if not await tx.destinations.ever_subscribed(here.id):
            await tx.destinations.subscribe(here.id, None, by="terminal", now=now)


async def until_quit(console: ConsoleAdapter) -> None:
    """Until the person leaves, or SIGTERM or SIGINT comes."""
    asked = stop_asked()
    waiting = {asyncio.create_task(asked.wait()), asyncio.create_task(console.run_until_quit())}
    done, rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    for task in done:
        task.result()


async def _run(settings: Settings, console: ConsoleAdapter) -> None:
    entries = newsrooms_of(settings, Catalogue.load())
    async with start(settings, [console], entries, operators=operators_at(console)) as bot:
        await follow_everything(bot, settings, console)
        await console.notice(_welcome(texts(settings.language, settings.timezone), [entry.name for entry in entries]))
        await until_quit(console)


async def _chat(settings: Settings, console: ConsoleAdapter, language: str | None) -> None:
    spoken = settings.model_copy(update={"language": language}) if language else settings
    entries = newsrooms_of(settings, Catalogue.load())
    async with start(spoken, [console], entries, operators=operators_at(console), worker=False):
        await until_quit(console)


async def _ask_once(settings: Settings, line: str, language: str) -> None:
    await there(settings.database_url.get_secret_value())
    asker = ConsoleAdapter("once", language=language)
    entries = newsrooms_of(settings, Catalogue.load())
    async with start(settings, [], entries, operators=operators_at(asker), worker=False) as bot:
        reply = await bot.router.answer(CommandCall(line, asker.actor, asker.address, language=language))
    screen = Console()
    screen.print(render(reply.card, Ink(plain=not screen.is_terminal)))


def _welcome(t: Texts, newsrooms: list[str]) -> str:
    first = t.t(
        "No chat platform is configured, so this terminal is the chat. It follows {newsrooms}.", newsrooms=", ".join(newsrooms)
    )
    second = t.t(
        "TELEGRAM_BOT_TOKEN in .env connects Telegram, SLACK_BOT_TOKEN and SLACK_APP_TOKEN connect Slack. "
        "Write /help to see what you can ask, /quit to leave."
    )
    return f"{first}\n{second}"


def _newsroom_names() -> Callable[[str], list[str]]:
    def suggest(line: str) -> list[str]:
        """Newsrooms whose names hold the line's last word."""
        return [entry.slug for entry in Catalogue.load().search(line.rsplit(maxsplit=1)[-1])][:20]

    return suggest
