"""What newsrooms say: their feeds, releases and contacts, and how far their documents and histories were looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.schema import Base, Id, only


class NewsroomRow(Base):
    """An organisation's press office."""

    __tablename__ = "newsroom"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str]
    country: Mapped[str]
    language: Mapped[str]
    page_url: Mapped[str]
    offered_by: Mapped[str | None] = mapped_column(String(20))
    contact: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime]


class FeedRow(Base):
    """One address of a newsroom, with its poll state."""

    __tablename__ = "feed"
    __table_args__ = (UniqueConstraint("newsroom_id", "url"), Index("ix_feed_due", "due_at", **only("due_at IS NOT NULL")))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    newsroom_id: Mapped[int] = mapped_column(ForeignKey("newsroom.id"))
    url: Mapped[str]
    moved_to: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(20))
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[str | None]
    primed_at: Mapped[datetime | None]
    last_good_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    polls: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str | None]
    fault_detail: Mapped[str | None]
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]


class ReleaseRow(Base):
    """A release; what it says is in its statements."""

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("feed_id", "external_id"),
        Index("ix_release_newsroom_published", "newsroom_id", "published", "id"),
        Index("ix_release_published", "published", "id"),
        Index("ix_release_feed_published", "feed_id", "published"),
        Index("ix_release_external_id", "external_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    newsroom_id: Mapped[int] = mapped_column(ForeignKey("newsroom.id"))
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"))
    external_id: Mapped[str]
    published: Mapped[datetime]
    date_note: Mapped[str | None] = mapped_column(String(20))
    first_seen: Mapped[datetime]
    revision: Mapped[int]
    corrected_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]
    late: Mapped[bool]
    ask_at: Mapped[int | None]


class StatementRow(Base):
    """What one source says now of one language version of a release; `stale`: its feed has changed its words since.

    `title_since`, `lead_since`: the revision as of which the source changed these itself; 0 if it never did.
    """

    __tablename__ = "statement"
    __table_args__ = (UniqueConstraint("release_id", "language", "source"), Index("ix_statement_url", "url"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    language: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(20))
    title: Mapped[str]
    url: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(String(80))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    kind: Mapped[str | None] = mapped_column(String(20))
    spoken: Mapped[str] = mapped_column(String(2))
    stale: Mapped[bool] = mapped_column(default=False)
    title_since: Mapped[int] = mapped_column(default=0, server_default="0")
    lead_since: Mapped[int] = mapped_column(default=0, server_default="0")


class RevisionRow(Base):
    """What a statement said before, kept whole; `number` is the release's revision at which it was current."""

    __tablename__ = "revision"
    __table_args__ = (Index("ix_revision_release", "release_id", "number"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    language: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]
    replaced_at: Mapped[datetime]
    title: Mapped[str]
    url: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    title_since: Mapped[int] = mapped_column(default=0, server_default="0")
    lead_since: Mapped[int] = mapped_column(default=0, server_default="0")


class LookupRow(Base):
    """A release whose document is to be looked at (again); `stage` says which look it is."""

    __tablename__ = "lookup"
    __table_args__ = (Index("ix_lookup_due", "stage", "due_at"),)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True, autoincrement=False)
    stage: Mapped[int]
    due_at: Mapped[datetime]
    tries: Mapped[int]
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]


class HistoryRow(Base):
    """How far the history of a feed's newsroom has been fetched; `primed_at` is the feed's as of which it is."""

    __tablename__ = "history"
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(20))
    cursor: Mapped[str]
    done: Mapped[int]
    total: Mapped[int | None]
    primed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int]
    fault: Mapped[str]
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]


class PinRow(Base):
    """A press contact that an operator vouches for."""

    __tablename__ = "pin"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    newsroom_id: Mapped[int] = mapped_column(ForeignKey("newsroom.id"), index=True)
    contact: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
    by: Mapped[str]
