"""What a check says of one thing, and how an adapter brings checks of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.errors import PressevagtError
from bot.i18n import Texts
from bot.ports import Database

WITHIN = 15.0
"""Seconds that one check may take."""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One thing, and how it is. `remedy` is what to do where it is wrong; empty where it is well."""

    what: str
    said: str
    remedy: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is well."""
        return not self.remedy


@runtime_checkable
class Checks(Protocol):
    """An adapter that can say what is wrong with its platform before the bot runs there."""

    async def check(self, texts: Texts, *, offline: bool) -> Sequence[CheckLine]:
        """Ask the platform, unless `offline`, while not connected: nothing is changed there, and nothing is sent."""
        ...


@runtime_checkable
class ChecksInstalled(Protocol):
    """An adapter whose accounts are kept in the database."""

    async def check_installed(self, database: Database, texts: Texts, *, offline: bool) -> Sequence[CheckLine]:
        """The same of the accounts that a database of this version keeps. Raises StorageError."""
        ...


async def within(what: str, lines: Awaitable[Sequence[CheckLine]], texts: Texts) -> Sequence[CheckLine]:
    """The lines of a check, or why there are none: it takes too long, or fails in a way that it did not foresee."""
    try:
        async with asyncio.timeout(WITHIN):
            return await lines
    except TimeoutError:
        said = texts.t("no answer within {seconds} seconds", seconds=texts.number(WITHIN))
        return [CheckLine(what, said, texts.t("look at the network and try again"))]
    except PressevagtError as error:
        return [CheckLine(what, str(error), texts.t("do as it says"))]
    except Exception as error:  # noqa: BLE001 - one check that breaks must not hide what the others found
        said = texts.t("could not be checked ({error})", error=f"{type(error).__name__}: {error}"[:300])
        return [CheckLine(what, said, texts.t("this is a fault of Pressevagt's; please report it"))]
