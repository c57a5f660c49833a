"""Where the bot writes, on whose behalf, what is wanted there, and what people agreed on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.schema import NEVER_AGAIN, Base, Id, only


class AccountRow(Base):
    """A bot token on a platform; one process at a time owns it, by the lease. `gone_at`: since then it does not want us."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("platform", "name"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    platform: Mapped[str]
    name: Mapped[str]
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    blocked_until: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]


class InstallationRow(Base):
    """What an adapter was given when one of its accounts was installed, sealed by the adapter."""

    __tablename__ = "installation"
    platform: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[str]
    kept_at: Mapped[datetime]


class DestinationRow(Base):
    """A conversation that the bot writes to."""

    __tablename__ = "destination"
    __table_args__ = (UniqueConstraint("account_id", "conversation", "thread"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    conversation: Mapped[str]
    thread: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str]
    language: Mapped[str] = mapped_column(String(20))
    timezone: Mapped[str]
    paused: Mapped[str | None]
    paused_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    options: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class SubscriptionRow(Base):
    """A destination wants a newsroom's releases; without a newsroom, those of all that are offered."""

    __tablename__ = "subscription"
    __table_args__ = (
        Index(
            "uq_subscription_live",
            "destination_id",
            func.coalesce(text("newsroom_id"), text("0")),
            unique=True,
            **only("ended_at IS NULL"),
        ),
        Index("ix_subscription_newsroom", "newsroom_id", "id"),
        Index("ix_subscription_destination", "destination_id"),
        Index("ix_subscription_chosen", "destination_id", **only("options IS NOT NULL AND ended_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("destination.id"))
    newsroom_id: Mapped[int | None] = mapped_column(ForeignKey("newsroom.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    silent: Mapped[bool] = mapped_column(default=False)
    muted_from: Mapped[datetime | None]
    muted_until: Mapped[datetime | None]
    options: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class AuditRow(Base):
    """One change that somebody made to what a destination gets."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_destination", "destination_id", "id"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("destination.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    name: Mapped[str]
    what: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class TakerRow(Base):
    """Who took a story on, as a conversation is shown that asks for it."""

    __tablename__ = "taker"
    __table_args__ = (Index("ix_taker_at", "at"), Index("ix_taker_account", "account_id", "conversation"))
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    conversation: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    name: Mapped[str]
    at: Mapped[datetime]


class CircleRow(Base):
    """A conversation of a circle: conversations that are linked have the name of their circle in common."""

    __tablename__ = "circle"
    __table_args__ = (Index("ix_circle_name", "name"),)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    conversation: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime]


class LinkCodeRow(Base):
    """A code by which another conversation asks to be linked with `destination_id`; until then, and by whom it was asked."""

    __tablename__ = "link_code"
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("destination.id"), index=True)
    until: Mapped[datetime]
    asker_id: Mapped[int | None] = mapped_column(ForeignKey("destination.id"), index=True)
    person: Mapped[str]
    name: Mapped[str]
