"""Whom the bot talks with: subscribers and what they watch, dialogues, invites, answers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from alerts.storage.tables import Moment, Serial

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has subscribed before: the two tables that nothing wrote to are made anew."""
    op.drop_table("subscriptions")
    # A number that was erased is not given again, so that nothing old is taken for somebody new.
    kwargs = {"sqlite_autoincrement": True}
    with op.batch_alter_table("subscribers", table_kwargs=kwargs) as table:
        for column in _settings():
            table.add_column(column)
        table.drop_column("state")
    _watchlists()
    _talk()


def _settings() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("kind", sa.Text(), nullable=False, server_default=sa.text("'private'")),
        sa.Column("quiet", sa.JSON()),
        sa.Column("digest", sa.JSON()),
        sa.Column("mail", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("paused_until", Moment()),
        sa.Column("next_number", sa.Integer(), nullable=False, server_default=sa.text("1")),
    )


def _watchlists() -> None:
    op.create_table(
        "subscriptions",
        _subscriber("subscriptions"),
        sa.Column("watchlist", sa.Text(), nullable=False),
        sa.Column("thread", sa.Integer()),
        sa.Column("paused_until", Moment()),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("subscriber", "watchlist", name=op.f("pk_subscriptions")),
    )
    op.create_table(
        "own_watchlists",
        _subscriber("own_watchlists"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("exclude", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("thread", sa.Integer()),
        sa.Column("paused_until", Moment()),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("subscriber", "number", name=op.f("pk_own_watchlists")),
    )


def _subscriber(table: str) -> sa.Column[int]:
    key = sa.ForeignKey("subscribers.id", name=op.f(f"fk_{table}_subscriber"))
    return sa.Column("subscriber", Serial, key, nullable=False)


def _talk() -> None:
    op.create_table(
        "dialogues",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "target", "person", name=op.f("pk_dialogues")),
    )
    op.create_index(op.f("ix_dialogues_asked_at"), "dialogues", ["asked_at"])
    op.create_table(
        "invites",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_invites")),
    )
    op.create_table(
        "answers",
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("follows", sa.Text(), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name=op.f("fk_answers_delivery")),
        sa.PrimaryKeyConstraint("delivery", name=op.f("pk_answers")),
    )
