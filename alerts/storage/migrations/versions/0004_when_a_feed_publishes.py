"""When a feed publishes, how far its answers can be believed, and where it moved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alerts.storage.tables import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Stored feeds begin without a rhythm: they are polled as usual until one shows."""
    nothing, zero = sa.text("''"), sa.text("0")
    for column in (
        sa.Column("rhythm", sa.LargeBinary()),
        sa.Column("listed_count", sa.Integer(), nullable=False, server_default=zero),
        sa.Column("gaps", sa.Integer(), nullable=False, server_default=zero),
        sa.Column("last_gap_at", Moment()),
        sa.Column("late", sa.Integer(), nullable=False, server_default=zero),
        sa.Column("unreliable_at", Moment()),
        sa.Column("moved_to", sa.Text(), nullable=False, server_default=nothing),
        sa.Column("moved_at", Moment()),
        sa.Column("moved", sa.Integer(), nullable=False, server_default=zero),
        sa.Column("effective_url", sa.Text(), nullable=False, server_default=nothing),
    ):
        op.add_column("feeds", column)
    op.create_table(
        "pace",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("polled", sa.Float(), nullable=False),
        sa.Column("foretold", sa.Float(), nullable=False),
        sa.Column("tuned_at", Moment()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pace")),
    )
