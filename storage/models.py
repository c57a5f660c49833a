"""The tables. Promises live in constraints; times are aware UTC; the words are those of ARCHITECTURE.md."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy import DateTime as NaiveDateTime
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time. SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = NaiveDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: D102
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a time without zone reached the database: {value!r}"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text. PostgreSQL's cannot hold the character NUL, and no text needs one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return value.replace("\0", "") if value and "\0" in value else value


# An INTEGER primary key is SQLite's rowid; elsewhere ids are 64 bits wide.
Id = BigInteger().with_variant(Integer, "sqlite")

NEVER_AGAIN = {"sqlite_autoincrement": True}
"""For tables whose ids are known outside of them: SQLite would give the id of the newest row, once it is gone, to the next."""


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, int: BigInteger, str: Words, bool: Boolean}  # noqa: RUF012


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
    __table_args__ = (
        UniqueConstraint("newsroom_id", "url"),
        Index("ix_feed_due", "due_at", sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL")),
    )
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
    """What one source says now of one language version of a release; `stale`: its feed has changed its words since."""

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
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_subscription_newsroom", "newsroom_id", "id"),
        Index("ix_subscription_destination", "destination_id"),
        Index(
            "ix_subscription_chosen",
            "destination_id",
            sqlite_where=text("options IS NOT NULL AND ended_at IS NULL"),
            postgresql_where=text("options IS NOT NULL AND ended_at IS NULL"),
        ),
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


class LaneRow(Base):
    """One destination's queue: how much is pending, when it is due, and who has its head in hand.

    `held_until` is when something that is held back is to be looked at again: too early perhaps, never too late.
    `newest` is the newest release of which it is owed an alert, until something had to be tried again: a hint for who is fair.
    """

    __tablename__ = "lane"
    __table_args__ = (
        Index(
            "ix_lane_due",
            "account_id",
            "due_at",
            "destination_id",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_lane_newest",
            "account_id",
            "newest",
            sqlite_where=text("newest IS NOT NULL"),
            postgresql_where=text("newest IS NOT NULL"),
        ),
        Index(
            "ix_lane_held",
            "account_id",
            "held_until",
            sqlite_where=text("held_until IS NOT NULL"),
            postgresql_where=text("held_until IS NOT NULL"),
        ),
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
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("destination_id", "dedupe_key"),
        Index(
            "ix_delivery_pending",
            "destination_id",
            "priority",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_delivery_release", "release_id"),
        Index(
            "ix_delivery_held", "destination_id", "id", sqlite_where=text("state = 'held'"), postgresql_where=text("state = 'held'")
        ),
        Index("ix_delivery_ambiguous", "ambiguous", sqlite_where=text("ambiguous > 0"), postgresql_where=text("ambiguous > 0")),
        Index("ix_delivery_state", "state", "id", sqlite_where=text("state <> 'sent'"), postgresql_where=text("state <> 'sent'")),
        Index(
            "ix_delivery_broadcast",
            "dedupe_key",
            sqlite_where=text("kind = 'broadcast'"),
            postgresql_where=text("kind = 'broadcast'"),
        ),
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
    """A message that stands in a destination."""

    __tablename__ = "post"
    __table_args__ = (Index("ix_post_reference", "destination_id", "reference"), Index("ix_post_delivery", "delivery_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("destination.id"))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    reference: Mapped[str]
    sent_at: Mapped[datetime]


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


class PinRow(Base):
    """A press contact that an operator vouches for."""

    __tablename__ = "pin"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    newsroom_id: Mapped[int] = mapped_column(ForeignKey("newsroom.id"), index=True)
    contact: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
    by: Mapped[str]


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


class InstallationRow(Base):
    """What an adapter was given when one of its accounts was installed, sealed by the adapter."""

    __tablename__ = "installation"
    platform: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[str]
    kept_at: Mapped[datetime]


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
