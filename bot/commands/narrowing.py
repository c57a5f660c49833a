"""What the narrowing words of a line come to here: which newsrooms they mean, and how that is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from bot.cards.asked import understood
from bot.cards.shorten import shorten
from bot.commands.context import Context, NearMiss
from bot.commands.lookup import AnyNewsroom, find_newsroom
from bot.domain.card import Button
from bot.domain.newsroom import Newsroom, NewsroomId
from bot.i18n import Texts
from bot.ports import UNNARROWED, Narrowing
from bot.text.labels import Asked
from bot.text.request import Request

T = TypeVar("T")
_LABEL = 30


@dataclass(frozen=True, slots=True)
class Kept:
    """What an answer is kept to. `newsrooms`: those asked for, none if none was; `left_out`: those that must not be."""

    newsrooms: tuple[Newsroom, ...]
    left_out: tuple[NewsroomId, ...]
    narrowing: Narrowing
    said: str

    def among(self, newsrooms: Sequence[Newsroom]) -> list[Newsroom]:
        """Those asked for, else all of these, without those that must not be."""
        return self.without(self.newsrooms or newsrooms)

    def without(self, newsrooms: Iterable[Newsroom]) -> list[Newsroom]:
        """These, but for those that must not be."""
        return [newsroom for newsroom in newsrooms if newsroom.id not in self.left_out]

    def narrowed(self, ask: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
        """The repository's method, to be asked for what the answer is kept to."""
        return ask if self.narrowing == UNNARROWED else partial(ask, narrowing=self.narrowing)

    @property
    def names_newsrooms(self) -> bool:
        """Whether any newsroom was asked for or left out."""
        return bool(self.newsrooms or self.left_out)


async def keep(ctx: Context, request: Request, command: str) -> Kept:
    """What the request to a command is kept to. Raises NearMiss for a newsroom of which nothing is kept."""
    found = [(asked, await _newsroom(ctx, asked, command, request.line)) for asked in request.newsrooms]
    wanted = tuple(newsroom for asked, newsroom in found if not asked.out and isinstance(newsroom, Newsroom))
    out = [newsroom for asked, newsroom in found if asked.out]
    narrowing = Narrowing(request.kinds, request.kinds_out, request.languages, request.languages_out, request.since, request.until)
    said = understood(
        narrowing, ctx.texts, among=[newsroom.name for newsroom in wanted], left_out=[newsroom.name for newsroom in out]
    )
    return Kept(wanted, tuple(newsroom.id for newsroom in out if isinstance(newsroom, Newsroom)), narrowing, said)


async def _newsroom(ctx: Context, asked: Asked, command: str, line: str) -> AnyNewsroom:
    before, after = line[: asked.at], line[asked.at + len(asked.text) :]
    newsroom = await find_newsroom(ctx, asked.text, lambda slug: f"{command} {before}{slug}{after}")
    if asked.out or isinstance(newsroom, Newsroom):
        return newsroom
    subscribe = Button(ctx.texts.t("Subscribe"), f"/subscribe {newsroom.slug}")
    raise NearMiss(not_collected(newsroom, ctx.texts), [subscribe])


def not_collected(newsroom: AnyNewsroom, texts: Texts) -> str:
    """Why there is nothing of a newsroom here."""
    return texts.t(
        "Nobody here subscribes to {newsroom} yet, so I have none of its releases. Subscribe, and I collect them from now on.",
        newsroom=newsroom.name,
    )


def other_readings(command: str, request: Request, texts: Texts) -> list[Button]:
    """Ways out of a date that was read out of words without being asked for: without it, and as the words that they are."""
    if not request.read_as_date:
        return []
    undated = [Button(texts.t("Any date"), f"{command} {request.undated}")] if request.undated else []
    label = texts.t("“{words}” as words", words=shorten(request.read_as_date, _LABEL))
    return [*undated, Button(label, f"{command} {request.as_words}")]
