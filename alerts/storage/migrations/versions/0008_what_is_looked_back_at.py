"""What is looked back at: words to search for, kept rule files and their reigns; silences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from alerts.storage import word_index
from alerts.storage.tables import Moment, Serial

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rule sets from before reigned from when they were last taken; their files are not known."""
    # The archive is read in this order, a stretch at a time.
    op.drop_index(op.f("ix_articles_seen_at"), "articles")
    op.create_index("ix_articles_seen", "articles", ["seen_at", "id"])
    _rules()
    _silences()
    language = sa.Column("language", sa.Text(), nullable=False, server_default=sa.text("''"))
    op.add_column("revisions", language)
    for statement in word_index.made(op.get_bind().dialect.name):
        op.execute(statement)


def _rules() -> None:
    op.add_column("rule_sets", sa.Column("files", sa.LargeBinary()))
    op.create_table(
        "reigns",
        sa.Column("id", Serial, nullable=False),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["rule_set"], ["rule_sets.hash"], name=op.f("fk_reigns_rule_set")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reigns")),
    )
    op.create_index(op.f("ix_reigns_rule_set"), "reigns", ["rule_set"])
    op.execute(
        "INSERT INTO reigns (rule_set, begun_at) SELECT hash, loaded_at FROM rule_sets"
        " ORDER BY loaded_at, hash"
    )


def _silences() -> None:
    op.create_table(
        "silences",
        sa.Column("id", Serial, nullable=False),
        sa.Column("matchers", sa.JSON(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("begins_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment()),
        sa.Column("silenced", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
    )
    number = Serial.compile(op.get_bind().dialect)
    # Not `op.add_column`, which would copy the whole table on SQLite for the sake of the reference.
    op.execute(
        f"ALTER TABLE matches ADD COLUMN silence {number}"
        " CONSTRAINT fk_matches_silence REFERENCES silences (id)"
    )
