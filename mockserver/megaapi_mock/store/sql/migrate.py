"""Bringing the tables of a database to the version of this mock, in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.pool import StaticPool

_FOLDER = Path(__file__).parent / "migrations"


def migrate(connection: sqlite3.Connection, statements: Iterable[str] = ()) -> None:
    """Run every revision that the database does not have yet, and these; all or nothing."""
    engine = sa.create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)

    # The driver is left in autocommit: it would not begin before statements that make tables.
    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    with engine.begin() as session:
        config.attributes["connection"] = session
        command.upgrade(config, "head")
        for statement in statements:
            session.exec_driver_sql(statement)
