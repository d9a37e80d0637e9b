"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None
# SQLite numbers rows by themselves in a column of exactly this type.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; those of state and settings by their keys, all others in order of `seq`."""
    _create_state()
    _create_records()


def _create_state() -> None:
    op.create_table(
        "instance",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("position", NUMBER, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
    )
    op.create_table(
        "state_row",
        sa.Column("seq", NUMBER, primary_key=True),
        sa.Column("instance", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.UniqueConstraint("instance", "field", "key"),
    )
    op.create_table(
        "blob",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "part",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _create_records() -> None:
    op.create_table(
        "record",
        sa.Column("seq", NUMBER, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("instance", sa.Text),
        sa.Column("state", sa.Text),
        sa.Column("head", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("answer", sa.LargeBinary),
    )
    op.create_table(
        "peer_message",
        sa.Column("seq", NUMBER, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "number",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("last", NUMBER, nullable=False),
    )
