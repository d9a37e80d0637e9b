"""How often each instance was changed, and what each change wrote, for processes that share it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Every instance begins with version 0, before all entries."""
    op.add_column("instance", sa.Column("version", NUMBER, nullable=False, server_default="0"))
    op.create_table(
        "change_entry",
        sa.Column("instance", sa.Text, primary_key=True),
        sa.Column("version", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("entry", sa.Text, nullable=False),
    )
    if op.get_context().dialect.name == "postgresql":
        # Processes that share the database number their rows in blocks.
        op.execute("CREATE SEQUENCE row_block")
