"""What Alembic runs: the revisions in `versions`, on the connection that it is handed."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], version_table="schema_version"
)
context.run_migrations()
