"""What the search finds releases by: the tokens of all their versions, in SQLite's FTS5."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.prose import plain
from bot.domain.release import Content, ReleaseId
from bot.text.detect import detect
from bot.text.tokenise import tokens

EVERY = "every"
"""A token that all releases bear, so that "without this word" has something to be taken from."""

_DELETE = text("DELETE FROM release_search WHERE rowid = :id")
_INSERT = text("INSERT INTO release_search (rowid, newsroom, title, body) VALUES (:id, :newsroom, :title, :body)")


def newsroom_token(newsroom_id: int) -> str:
    """The token that the releases of a newsroom bear: it makes a search within one newsroom cheap."""
    return f"n{newsroom_id}"


async def index(
    connection: AsyncConnection, releases: Iterable[tuple[ReleaseId, int, Sequence[Content]]], *, anew: bool = False
) -> None:
    """Index releases (id, newsroom, versions); `anew`: they are indexed already and say something else now."""
    rows = [_row(*release) for release in releases]
    if anew:
        await connection.execute(_DELETE, [{"id": row["id"]} for row in rows])
    await connection.execute(_INSERT, rows)


def _row(release_id: ReleaseId, newsroom_id: int, versions: Sequence[Content]) -> dict[str, Any]:
    found = [_tokens(version) for version in versions]
    return {
        "id": release_id,
        "newsroom": f"{EVERY} {newsroom_token(newsroom_id)}",
        "title": " ".join(title for title, _ in found),
        "body": " ".join(body for _, body in found),
    }


def _tokens(content: Content) -> tuple[str, str]:
    body = f"{content.lead}\n{plain(content.body)}"
    language = detect(f"{content.title}\n{body}", content.language)
    return " ".join(tokens(content.title, language)), " ".join(tokens(body, language))
