"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.models import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every table of version 0.1."""
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("blocked_until", UtcDateTime(), nullable=True),
        sa.Column("gone_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("platform", "name", name=op.f("uq_account_platform_name")),
    )
    op.create_table(
        "button",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_button")),
    )
    op.create_index("ix_button_kept_at", "button", ["kept_at"], unique=False)
    op.create_table(
        "newsroom",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("page_url", sa.Text(), nullable=False),
        sa.Column("offered_by", sa.String(length=20), nullable=True),
        sa.Column("contact", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newsroom")),
        sa.UniqueConstraint("slug", name=op.f("uq_newsroom_slug")),
    )
    op.create_table(
        "destination",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("paused", sa.Text(), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("options", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_destination_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destination")),
        sa.UniqueConstraint("account_id", "conversation", "thread", name=op.f("uq_destination_account_id_conversation_thread")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "broadcast",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("drafted_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "fan_out",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("newsroom_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("broadcast_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("releases", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["newsroom_id"], ["newsroom.id"], name=op.f("fk_fan_out_newsroom_id_newsroom")),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_fan_out_broadcast_id_broadcast")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fan_out")),
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("newsroom_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.Text(), nullable=True),
        sa.Column("primed_at", UtcDateTime(), nullable=True),
        sa.Column("last_good_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("polls", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("fault_detail", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["newsroom_id"], ["newsroom.id"], name=op.f("fk_feed_newsroom_id_newsroom")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("newsroom_id", "url", name=op.f("uq_feed_newsroom_id_url")),
    )
    op.create_index(
        "ix_feed_due",
        "feed",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "lane",
        sa.Column("destination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pending", sa.BigInteger(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("newest", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("in_flight", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_lane_account_id_account")),
        sa.ForeignKeyConstraint(["destination_id"], ["destination.id"], name=op.f("fk_lane_destination_id_destination")),
        sa.PrimaryKeyConstraint("destination_id", name=op.f("pk_lane")),
    )
    op.create_index(
        "ix_lane_due",
        "lane",
        ["account_id", "due_at", "destination_id"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_lane_newest",
        "lane",
        ["account_id", "newest"],
        unique=False,
        sqlite_where=sa.text("newest IS NOT NULL"),
        postgresql_where=sa.text("newest IS NOT NULL"),
    )
    op.create_index(
        "ix_lane_held",
        "lane",
        ["account_id", "held_until"],
        unique=False,
        sqlite_where=sa.text("held_until IS NOT NULL"),
        postgresql_where=sa.text("held_until IS NOT NULL"),
    )
    op.create_table(
        "release",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("newsroom_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("feed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("published", UtcDateTime(), nullable=False),
        sa.Column("date_note", sa.String(length=20), nullable=True),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("corrected_at", UtcDateTime(), nullable=True),
        sa.Column("gone_at", UtcDateTime(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("ask_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_release_feed_id_feed")),
        sa.ForeignKeyConstraint(["newsroom_id"], ["newsroom.id"], name=op.f("fk_release_newsroom_id_newsroom")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("feed_id", "external_id", name=op.f("uq_release_feed_id_external_id")),
    )
    op.create_index("ix_release_external_id", "release", ["external_id"], unique=False)
    op.create_index("ix_release_feed_published", "release", ["feed_id", "published"], unique=False)
    op.create_index("ix_release_newsroom_published", "release", ["newsroom_id", "published", "id"], unique=False)
    op.create_index("ix_release_published", "release", ["published", "id"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("destination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("newsroom_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("muted_from", UtcDateTime(), nullable=True),
        sa.Column("muted_until", UtcDateTime(), nullable=True),
        sa.Column("options", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["destination_id"], ["destination.id"], name=op.f("fk_subscription_destination_id_destination")),
        sa.ForeignKeyConstraint(["newsroom_id"], ["newsroom.id"], name=op.f("fk_subscription_newsroom_id_newsroom")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
    )
    op.create_index("ix_subscription_destination", "subscription", ["destination_id"], unique=False)
    op.create_index("ix_subscription_newsroom", "subscription", ["newsroom_id", "id"], unique=False)
    op.create_index(
        "ix_subscription_chosen",
        "subscription",
        ["destination_id"],
        unique=False,
        sqlite_where=sa.text("options IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("options IS NOT NULL AND ended_at IS NULL"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("destination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("ambiguous", sa.BigInteger(), nullable=False),
        sa.Column("ambiguous_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("digest_id", sa.BigInteger(), nullable=True),
        sa.Column("delayed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["destination_id"], ["destination.id"], name=op.f("fk_delivery_destination_id_destination")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_delivery_release_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("destination_id", "dedupe_key", name=op.f("uq_delivery_destination_id_dedupe_key")),
    )
    op.create_index(
        "ix_delivery_pending",
        "delivery",
        ["destination_id", "priority", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_delivery_held",
        "delivery",
        ["destination_id", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index("ix_delivery_release", "delivery", ["release_id"], unique=False)
    op.create_index(
        "ix_delivery_ambiguous",
        "delivery",
        ["ambiguous"],
        unique=False,
        sqlite_where=sa.text("ambiguous > 0"),
        postgresql_where=sa.text("ambiguous > 0"),
    )
    op.create_index(
        "ix_delivery_state",
        "delivery",
        ["state", "id"],
        unique=False,
        sqlite_where=sa.text("state <> 'sent'"),
        postgresql_where=sa.text("state <> 'sent'"),
    )
    op.create_index(
        "ix_delivery_broadcast",
        "delivery",
        ["dedupe_key"],
        unique=False,
        sqlite_where=sa.text("kind = 'broadcast'"),
        postgresql_where=sa.text("kind = 'broadcast'"),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("replaced_at", UtcDateTime(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("title_since", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lead_since", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_revision_release_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_index("ix_revision_release", "revision", ["release_id", "number"], unique=False)
    op.create_table(
        "shown",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_shown_release_id_release")),
        sa.PrimaryKeyConstraint("actor", "address", "number", name=op.f("pk_shown")),
    )
    op.create_index("ix_shown_shown_at", "shown", ["shown_at"], unique=False)
    op.create_table(
        "taker",
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_taker_account_id_account")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_taker_release_id_release")),
        sa.PrimaryKeyConstraint("release_id", "account_id", "conversation", name=op.f("pk_taker")),
    )
    op.create_index("ix_taker_at", "taker", ["at"], unique=False)
    op.create_index("ix_taker_account", "taker", ["account_id", "conversation"], unique=False)
    op.create_table(
        "circle",
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_circle_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", "conversation", name=op.f("pk_circle")),
    )
    op.create_index("ix_circle_name", "circle", ["name"], unique=False)
    op.create_table(
        "link_code",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("destination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("asker_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asker_id"], ["destination.id"], name=op.f("fk_link_code_asker_id_destination")),
        sa.ForeignKeyConstraint(["destination_id"], ["destination.id"], name=op.f("fk_link_code_destination_id_destination")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_link_code")),
    )
    op.create_index(op.f("ix_link_code_asker_id"), "link_code", ["asker_id"], unique=False)
    op.create_index(op.f("ix_link_code_destination_id"), "link_code", ["destination_id"], unique=False)
    op.create_table(
        "statement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=80), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("spoken", sa.String(length=2), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("title_since", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lead_since", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_statement_release_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("release_id", "language", "source", name=op.f("uq_statement_release_id_language_source")),
    )
    op.create_index("ix_statement_url", "statement", ["url"], unique=False)
    op.create_table(
        "lookup",
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("stage", sa.BigInteger(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_lookup_release_id_release")),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_lookup")),
    )
    op.create_index("ix_lookup_due", "lookup", ["stage", "due_at"], unique=False)
    op.create_table(
        "history",
        sa.Column("feed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("primed_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_history_feed_id_feed")),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_history")),
    )
    op.create_table(
        "post",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("destination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("more", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_post_delivery_id_delivery")),
        sa.ForeignKeyConstraint(["destination_id"], ["destination.id"], name=op.f("fk_post_destination_id_destination")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    op.create_index("ix_post_delivery", "post", ["delivery_id"], unique=False)
    op.create_index("ix_post_reference", "post", ["destination_id", "reference"], unique=False)
    op.create_table(
        "post_release",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_release_post_id_post")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_post_release_release_id_release")),
        sa.PrimaryKeyConstraint("post_id", "release_id", name=op.f("pk_post_release")),
    )
    op.create_index("ix_post_release_release", "post_release", ["release_id"], unique=False)
    # Two subscriptions to everything (no newsroom) must collide too, and NULLs do not.
    op.create_index(
        "uq_subscription_live",
        "subscription",
        ["destination_id", sa.text("coalesce(newsroom_id, 0)")],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "installation",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "account", name=op.f("pk_installation")),
    )
    op.create_table(
        "mark",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mark")),
    )
    op.create_index("ix_mark_until", "mark", ["until"], unique=False)
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "worker",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_worker")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("destination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["destination_id"], ["destination.id"], name=op.f("fk_audit_destination_id_destination")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_destination", "audit", ["destination_id", "id"], unique=False)
    op.create_table(
        "pin",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("newsroom_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["newsroom_id"], ["newsroom.id"], name=op.f("fk_pin_newsroom_id_newsroom")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin")),
    )
    op.create_index("ix_pin_newsroom_id", "pin", ["newsroom_id"], unique=False)
    op.create_table(
        "pause",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "account", name=op.f("pk_pause")),
    )
    op.create_table(
        "deed",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "summary",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_summary")),
    )
    # The search index is each engine's own, and no model knows it.
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE TABLE release_search_place (place INTEGER PRIMARY KEY, row INTEGER NOT NULL UNIQUE)")
        op.execute("CREATE VIRTUAL TABLE release_search USING fts5(marks, title, body, tokenize = 'ascii')")
        # Beginnings of every length that words are asked for by, compounds forwards and backwards: of a longer one all words that
        # begin so are read, newest or not, which takes a tenth of a second for one that a million releases often have.
        lengths = " ".join(map(str, range(3, 19)))
        op.execute(
            "CREATE VIRTUAL TABLE release_search_words USING fts5(words, tokenize = 'ascii', content = '', detail = none, "
            f"prefix = '{lengths}')"
        )
        # What a transaction adds to so many lists is gathered in memory first. The megabyte that FTS5 takes for it by itself is
        # full after a dozen releases; with sixteen, a page of a history costs a fifth less, an archive that is copied a third.
        op.execute("INSERT INTO release_search_words (release_search_words, rank) VALUES ('hashsize', 16777216)")
    else:
        op.execute("CREATE TABLE release_search (place BIGINT PRIMARY KEY, document TSVECTOR NOT NULL)")
        op.execute("CREATE INDEX ix_release_search_document ON release_search USING gin (document)")


def downgrade() -> None:
    """Nothing is left."""
    op.execute("DROP TABLE release_search")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE release_search_words")
        op.execute("DROP TABLE release_search_place")
    op.drop_table("summary")
    op.drop_table("deed")
    op.drop_table("pause")
    op.drop_index("ix_pin_newsroom_id", table_name="pin")
    op.drop_table("pin")
    op.drop_index("ix_audit_destination", table_name="audit")
    op.drop_table("audit")
    op.drop_table("worker")
    op.drop_table("lease")
    op.drop_index("ix_mark_until", table_name="mark")
    op.drop_table("mark")
    op.drop_table("installation")
    op.drop_index("uq_subscription_live", table_name="subscription")
    op.drop_index("ix_post_release_release", table_name="post_release")
    op.drop_table("post_release")
    op.drop_index("ix_post_reference", table_name="post")
    op.drop_index("ix_post_delivery", table_name="post")
    op.drop_table("post")
    op.drop_table("history")
    op.drop_index("ix_lookup_due", table_name="lookup")
    op.drop_table("lookup")
    op.drop_index("ix_statement_url", table_name="statement")
    op.drop_table("statement")
    op.drop_index(op.f("ix_link_code_destination_id"), table_name="link_code")
    op.drop_index(op.f("ix_link_code_asker_id"), table_name="link_code")
    op.drop_table("link_code")
    op.drop_index("ix_circle_name", table_name="circle")
    op.drop_table("circle")
    op.drop_index("ix_taker_account", table_name="taker")
    op.drop_index("ix_taker_at", table_name="taker")
    op.drop_table("taker")
    op.drop_index("ix_shown_shown_at", table_name="shown")
    op.drop_table("shown")
    op.drop_index("ix_revision_release", table_name="revision")
    op.drop_table("revision")
    op.drop_index(
        "ix_delivery_state",
        table_name="delivery",
        sqlite_where=sa.text("state <> 'sent'"),
        postgresql_where=sa.text("state <> 'sent'"),
    )
    op.drop_index(
        "ix_delivery_broadcast",
        table_name="delivery",
        sqlite_where=sa.text("kind = 'broadcast'"),
        postgresql_where=sa.text("kind = 'broadcast'"),
    )
    op.drop_index(
        "ix_delivery_ambiguous",
        table_name="delivery",
        sqlite_where=sa.text("ambiguous > 0"),
        postgresql_where=sa.text("ambiguous > 0"),
    )
    op.drop_index("ix_delivery_release", table_name="delivery")
    op.drop_index(
        "ix_delivery_held",
        table_name="delivery",
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.drop_index(
        "ix_delivery_pending",
        table_name="delivery",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_table("delivery")
    op.drop_index(
        "ix_subscription_chosen",
        table_name="subscription",
        sqlite_where=sa.text("options IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("options IS NOT NULL AND ended_at IS NULL"),
    )
    op.drop_index("ix_subscription_newsroom", table_name="subscription")
    op.drop_index("ix_subscription_destination", table_name="subscription")
    op.drop_table("subscription")
    op.drop_index("ix_release_published", table_name="release")
    op.drop_index("ix_release_newsroom_published", table_name="release")
    op.drop_index("ix_release_feed_published", table_name="release")
    op.drop_index("ix_release_external_id", table_name="release")
    op.drop_table("release")
    op.drop_index(
        "ix_lane_held",
        table_name="lane",
        sqlite_where=sa.text("held_until IS NOT NULL"),
        postgresql_where=sa.text("held_until IS NOT NULL"),
    )
    op.drop_index(
        "ix_lane_newest",
        table_name="lane",
        sqlite_where=sa.text("newest IS NOT NULL"),
        postgresql_where=sa.text("newest IS NOT NULL"),
    )
    op.drop_index(
        "ix_lane_due", table_name="lane", sqlite_where=sa.text("due_at IS NOT NULL"), postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.drop_table("lane")
    op.drop_index(
        "ix_feed_due", table_name="feed", sqlite_where=sa.text("due_at IS NOT NULL"), postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.drop_table("feed")
    op.drop_table("fan_out")
    op.drop_table("broadcast")
    op.drop_table("destination")
    op.drop_table("newsroom")
    op.drop_index("ix_button_kept_at", table_name="button")
    op.drop_table("button")
    op.drop_table("account")
