"""What the system tells its operator about itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alerts.storage.tables import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Stored deliveries stay as they are: none of them is a notice."""
    op.create_table(
        "notices",
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("more", sa.Integer(), nullable=False),
        sa.Column("shown_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name=op.f("fk_notices_delivery")),
        sa.PrimaryKeyConstraint("delivery", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_about", "notices", ["about", "episode"])
