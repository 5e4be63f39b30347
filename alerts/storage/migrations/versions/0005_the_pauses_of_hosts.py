"""The pauses that hosts asked for (Retry-After)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alerts.storage.tables import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known of any host yet."""
    op.create_table(
        "hosts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("not_before_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_hosts")),
    )
