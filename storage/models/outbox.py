"""What is owed to conversations, and what stands in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.schema import Base, Id, only


class LaneRow(Base):
    """One destination's queue: how much is pending, when it is due, and who has its head in hand.

    `held_until` is when something that is held back is to be looked at again: too early perhaps, never too late.
    `newest` is the newest release of which it is owed an alert, until something had to be tried again: a hint for who is fair.
    """

    __tablename__ = "lane"
    __table_args__ = (
        Index("ix_lane_due", "account_id", "due_at", "destination_id", **only("due_at IS NOT NULL")),
        Index("ix_lane_newest", "account_id", "newest", **only("newest IS NOT NULL")),
        Index("ix_lane_held", "account_id", "held_until", **only("held_until IS NOT NULL")),
    )
    destination_id: Mapped[int] = mapped_column(ForeignKey("destination.id"), primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    pending: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    newest: Mapped[int | None]
    owner: Mapped[str | None]
    in_flight: Mapped[int | None]


class DeliveryRow(Base):
    """Our debt of one alert, correction, digest or notice to one destination: a row of the outbox.

    What is held waits for `held_until`, or belongs to the digest `digest_id`. `delayed`: it waited out an operator's pause.
    `ambiguous` counts sends that may stand already, `ambiguous_at` is when the first of them was found to.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("destination_id", "dedupe_key"),
        Index("ix_delivery_pending", "destination_id", "priority", "id", **only("state = 'pending'")),
        Index("ix_delivery_release", "release_id"),
        Index("ix_delivery_held", "destination_id", "id", **only("state = 'held'")),
        Index("ix_delivery_ambiguous", "ambiguous", **only("ambiguous > 0")),
        Index("ix_delivery_state", "state", "id", **only("state <> 'sent'")),
        Index("ix_delivery_broadcast", "dedupe_key", **only("kind = 'broadcast'")),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("destination.id"))
    release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    revision: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    priority: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(default=0)
    ambiguous: Mapped[int] = mapped_column(default=0)
    ambiguous_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    dedupe_key: Mapped[str] = mapped_column(String(200))
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    silent: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    digest_id: Mapped[int | None]
    delayed: Mapped[bool] = mapped_column(server_default=false())


class PostRow(Base):
    """A message that stands in a destination; `more` counts what a digest had no room for."""

    __tablename__ = "post"
    __table_args__ = (Index("ix_post_reference", "destination_id", "reference"), Index("ix_post_delivery", "delivery_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("destination.id"))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    reference: Mapped[str]
    sent_at: Mapped[datetime]
    more: Mapped[int] = mapped_column(default=0)


class PostReleaseRow(Base):
    """Which releases a post shows, and at which revision; `told` is the revision that its readers know of."""

    __tablename__ = "post_release"
    __table_args__ = (Index("ix_post_release_release", "release_id"),)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True, autoincrement=False)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True, autoincrement=False)
    revision: Mapped[int]
    told: Mapped[int]


class FanOutRow(Base):
    """A fan-out cursor: the debt of an audience too large for one transaction, of a newsroom's releases or of a broadcast."""

    __tablename__ = "fan_out"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    newsroom_id: Mapped[int | None] = mapped_column(ForeignKey("newsroom.id"))
    broadcast_id: Mapped[int | None] = mapped_column(ForeignKey("broadcast.id"))
    releases: Mapped[list[list[int]]] = mapped_column(JSON)
    at: Mapped[datetime]
    after: Mapped[int]
    until: Mapped[int]
