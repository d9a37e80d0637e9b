"""Bringing the tables of a database to the version of this mock, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.pool import StaticPool

_FOLDER = Path(__file__).parent / "migrations"


def migrate(
    dialect: str, connect: Callable[[], Any], statements: Iterable[str], *, begin: str = ""
) -> None:
    """Run every revision that the database does not have yet, and these; all or nothing.

    `connect` gives the driver's connection, which stays open; `begin` is what begins a transaction
    where the driver does not.
    """
    engine = sa.create_engine(dialect, creator=connect, poolclass=StaticPool)
    if begin:
        sa.event.listen(engine, "begin", lambda session: session.exec_driver_sql(begin))
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    with engine.begin() as session:
        config.attributes["connection"] = session
        command.upgrade(config, "head")
        for statement in statements:
            session.exec_driver_sql(statement)
