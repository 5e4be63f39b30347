"""What was agreed with hubs, and which articles' pages were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alerts.storage.tables import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No feed is pushed yet; articles from before have no page to wait for."""
    op.create_table(
        "pushes",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("asked_at", Moment()),
        sa.Column("lease_until", Moment()),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("proofs", sa.Integer(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("found_at", Moment()),
        sa.Column("told_at", Moment()),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_pushes")),
        sa.UniqueConstraint("path", name=op.f("uq_pushes_path")),
    )
    op.create_table(
        "full_texts",
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment()),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_full_texts_article")),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_full_texts")),
    )
