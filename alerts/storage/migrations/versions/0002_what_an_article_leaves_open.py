"""What an article leaves open of what a watchlist asks for, and whether that holds it back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Matches that are stored already asked for nothing but words."""
    op.add_column(
        "matches", sa.Column("unknown", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
    )
    op.add_column(
        "matches", sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false())
    )
