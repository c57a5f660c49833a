"""What operators do to the whole installation, and what they are told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.schema import NEVER_AGAIN, Base, Id


class PauseRow(Base):
    """Nothing goes out through an account, or (without one) through any of a platform, until an operator says so."""

    __tablename__ = "pause"
    platform: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True, default="")
    at: Mapped[datetime]
    by: Mapped[str]
    name: Mapped[str]


class BroadcastRow(Base):
    """A word of the operators to everybody; a draft until it is confirmed. Empty `platform` and `language` leave nobody out."""

    __tablename__ = "broadcast"
    __table_args__ = (NEVER_AGAIN,)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    text: Mapped[str]
    platform: Mapped[str]
    language: Mapped[str] = mapped_column(String(20))
    silent: Mapped[bool]
    by: Mapped[str]
    name: Mapped[str]
    drafted_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class DeedRow(Base):
    """Something that an operator did to the whole installation."""

    __tablename__ = "deed"
    __table_args__ = (NEVER_AGAIN,)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    name: Mapped[str]
    what: Mapped[str] = mapped_column(String(20))
    about: Mapped[dict[str, Any]] = mapped_column(JSON)


class SummaryRow(Base):
    """A day of which the operators got their summary, or of which there was nothing to say."""

    __tablename__ = "summary"
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    at: Mapped[datetime]
