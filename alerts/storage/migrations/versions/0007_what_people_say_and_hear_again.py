"""Updates and repeats of alerts, mutes, feedback, consents, bounces, and what signs links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alerts.storage.tables import Moment, Serial

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NOTHING = sa.text("''")


def upgrade() -> None:
    """Alerts from before are the first episode of their story, for the address of their delivery."""
    op.add_column(
        "deliveries", sa.Column("silent", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "deliveries", sa.Column("held_by", sa.Text(), nullable=False, server_default=_NOTHING)
    )
    op.execute("UPDATE deliveries SET held_by = 'gone' WHERE state = 'held'")
    _alerts()
    _what_people_say()
    _mail()
    op.create_table(
        "bot_updates",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_updates")),
    )
    op.create_index(op.f("ix_bot_updates_seen_at"), "bot_updates", ["seen_at"])


def _alerts() -> None:
    op.add_column(
        "alerts", sa.Column("address", sa.Text(), nullable=False, server_default=_NOTHING)
    )
    op.add_column(
        "alerts",
        sa.Column("episode", sa.Integer(), nullable=False, server_default=sa.text("1")),
    )
    op.execute(
        "UPDATE alerts SET address = (SELECT channel || ':' || target ||"
        " COALESCE('/' || thread, '') FROM deliveries WHERE deliveries.id = alerts.delivery)"
    )
    op.create_index("ix_alerts_told", "alerts", ["story", "address", "episode"])
    op.create_table(
        "updates",
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("severity_before", sa.Text()),
        sa.Column("headline_before", sa.Text(), nullable=False),
        sa.Column("watchlists", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name=op.f("fk_updates_delivery")),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name=op.f("fk_updates_alert")),
        sa.PrimaryKeyConstraint("delivery", name=op.f("pk_updates")),
    )
    op.create_index(op.f("ix_updates_alert"), "updates", ["alert"])


def _what_people_say() -> None:
    op.create_table(
        "mutes",
        sa.Column("id", Serial, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("thread", sa.Integer()),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("muted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mutes")),
        sa.UniqueConstraint("address", "kind", "value", name=op.f("uq_mutes_address_kind_value")),
    )
    op.create_index(op.f("ix_mutes_until"), "mutes", ["until"])
    op.create_table(
        "feedback",
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("given_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name=op.f("fk_feedback_alert")),
        sa.PrimaryKeyConstraint("alert", "person", name=op.f("pk_feedback")),
    )


def _mail() -> None:
    op.create_table(
        "consents",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("until", Moment()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "target", "list", name=op.f("pk_consents")),
    )
    op.create_table(
        "bounces",
        sa.Column("id", Serial, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("bounced_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
        sa.UniqueConstraint(
            "target", "message_id", "status", name=op.f("uq_bounces_target_message_id_status")
        ),
    )
    op.create_index(op.f("ix_bounces_target"), "bounces", ["target"])
    op.create_table(
        "page_keys",
        sa.Column("id", Serial, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_keys")),
    )
