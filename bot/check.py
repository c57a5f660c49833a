"""`pressevagt check`: what would go wrong, said before it does. Nothing is changed, and nothing is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from pathlib import Path

import click

from bot import log
from bot.checks.database import WHAT as DATABASE
from bot.checks.database import check_database
from bot.checks.installed import check_installed
from bot.checks.line import CheckLine, Checks, ChecksInstalled, within
from bot.checks.listening import check_ports
from bot.checks.newsrooms import check_feeds, stopped, to_ask
from bot.domain.newsroom import Feed, NewsroomEntry
from bot.errors import SettingsError
from bot.feeds.catalogue import Catalogue
from bot.i18n import Texts, texts
from bot.offered import newsrooms_of
from bot.ports import ChatAdapter
from bot.service import adapters_of
from bot.settings import Settings, load

Lines = Sequence[CheckLine]


def check(env_file: Path | None, language: str | None, *, offline: bool) -> bool:
    """Print a line for everything that was looked at; whether all of it is well."""
    try:
        settings = load(env_file)
    except SettingsError as error:
        return _print(_unreadable(error, texts(language or "da", "UTC")))
    log.configure("error", settings.log_format)
    return asyncio.run(_check(settings, texts(language or settings.language, settings.timezone), offline=offline))


async def _check(settings: Settings, reader: Texts, *, offline: bool) -> bool:
    well = True
    async for lines in checks(settings, reader, offline=offline):
        well &= _print(lines)
    return well


async def checks(settings: Settings, reader: Texts, *, offline: bool) -> AsyncIterator[Lines]:
    """The lines, part by part in a fixed order, though all parts are looked at side by side."""
    entries, wrong = _entries(settings, reader)
    adapters, unusable = _adapters(settings, reader)
    feeds: asyncio.Future[list[Feed]] = asyncio.get_running_loop().create_future()
    parts = [
        within(DATABASE, _database(settings, reader, feeds), reader),
        within("PRESSEVAGT_HTTP_PORT", check_ports(settings, reader), reader),
        *(within(each.platform, each.check(reader, offline=offline), reader) for each in adapters if isinstance(each, Checks)),
        *_installed(settings, adapters, reader, offline=offline),
        _newsrooms(settings, entries, feeds, reader, offline=offline),
    ]
    yield [*_settings(settings, adapters, reader), *wrong, *unusable]
    async for lines in _in_order(parts):
        yield lines


def _installed(settings: Settings, adapters: Sequence[ChatAdapter], reader: Texts, *, offline: bool) -> list[Awaitable[Lines]]:
    url = settings.database_url.get_secret_value()
    return [
        within(each.platform, check_installed(url, each, reader, offline=offline), reader)
        for each in adapters
        if isinstance(each, ChecksInstalled)
    ]


async def _in_order(parts: Sequence[Awaitable[Lines]]) -> AsyncIterator[Lines]:
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        for task in tasks:
            yield await task
    finally:
        for task in tasks:
            task.cancel()


async def _database(settings: Settings, reader: Texts, feeds: asyncio.Future[list[Feed]]) -> Lines:
    found: list[Feed] = []
    try:
        lines, found = await check_database(settings.database_url.get_secret_value(), reader)
        return lines
    finally:
        feeds.set_result(found)


async def _newsrooms(
    settings: Settings, entries: Sequence[NewsroomEntry], feeds: asyncio.Future[list[Feed]], reader: Texts, *, offline: bool
) -> Lines:
    known = await feeds
    asked = to_ask(entries, known)
    if offline:
        said = reader.n("{count} feed, not asked: offline", "{count} feeds, not asked: offline", len(asked))
        return [*stopped(known, reader), CheckLine("PRESSEVAGT_NEWSROOMS", said)]
    return [*stopped(known, reader), *await check_feeds(settings, asked, reader)]


def _entries(settings: Settings, reader: Texts) -> tuple[list[NewsroomEntry], Lines]:
    try:
        return newsrooms_of(settings, Catalogue.load()), []
    except SettingsError as error:
        return [], _unreadable(error, reader)


def _adapters(settings: Settings, reader: Texts) -> tuple[list[ChatAdapter], Lines]:
    try:
        return adapters_of(settings), []
    except SettingsError as error:
        return [], _unreadable(error, reader)


def _unreadable(error: SettingsError, reader: Texts) -> Lines:
    remedy = reader.t("put it right in .env or in the environment; .env.example explains every setting")
    return [CheckLine(reader.t("settings"), line, remedy) for line in str(error).splitlines()]


def _settings(settings: Settings, adapters: Sequence[ChatAdapter], reader: Texts) -> Lines:
    what = reader.t("settings")
    platforms = ", ".join(adapter.platform for adapter in adapters)
    said = (
        reader.t("read; on {platforms}", platforms=platforms) if adapters else reader.t("read; without a platform, in the terminal")
    )
    return [CheckLine(what, said), *_operators(settings, adapters, reader)]


def _operators(settings: Settings, adapters: Sequence[ChatAdapter], reader: Texts) -> Lines:
    what, by_platform = "PRESSEVAGT_OPERATORS", {adapter.platform: adapter for adapter in adapters}
    if not settings.operators:
        return [CheckLine(what, reader.t("nobody is named: nobody hears of feeds that fail"))] if adapters else []
    lines = []
    for name in sorted(settings.operators):
        platform, _, ident = name.partition(":")
        adapter = by_platform.get(platform)
        if adapter is None:
            remedy = reader.t("connect {platform}, or take the name away", platform=platform)
            lines.append(CheckLine(what, reader.t("{name} is on a platform that is not connected", name=name), remedy))
        elif adapter.private(ident) is None:
            remedy = reader.t("write the id as the platform shows it; .env.example says where")
            lines.append(CheckLine(what, reader.t("{name} is no id of {platform}", name=name, platform=platform), remedy))
        else:
            lines.append(CheckLine(what, reader.t("{name} hears of faults", name=name)))
    return lines


def _print(lines: Lines) -> bool:
    for line in lines:
        verdict = click.style("ok   ", fg="green") if line.ok else click.style("wrong", fg="red", bold=True)
        remedy = f" — {line.remedy}" if line.remedy else ""
        click.echo(f"{verdict}  {log.safe(f'{line.what}: {line.said}{remedy}')}")
    return all(line.ok for line in lines)
