"""What processes keep between two requests, and what they know of each other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.schema import Base


class ButtonRow(Base):
    """The command of a button that its platform cannot carry, by a key that it can."""

    __tablename__ = "button"
    __table_args__ = (Index("ix_button_kept_at", "kept_at"),)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    command: Mapped[str]
    kept_at: Mapped[datetime]


class ShownRow(Base):
    """One line of the numbered list that a person was shown somewhere."""

    __tablename__ = "shown"
    __table_args__ = (Index("ix_shown_shown_at", "shown_at"),)
    actor: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    shown_at: Mapped[datetime]


class MarkRow(Base):
    """A mark that stands until it lapses."""

    __tablename__ = "mark"
    __table_args__ = (Index("ix_mark_until", "until"),)
    key: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]


class LeaseRow(Base):
    """Who does what only one process may do at a time."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    until: Mapped[datetime]


class WorkerRow(Base):
    """A process that runs the bot."""

    __tablename__ = "worker"
    owner: Mapped[str] = mapped_column(primary_key=True)
    roles: Mapped[list[str]] = mapped_column(JSON)
    place: Mapped[str]
    version: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
