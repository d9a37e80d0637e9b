"""One connection to PostgreSQL that holds the database, and what it finds there."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any

import psycopg

from ...errors import SetupError
from ..postgres_url import PostgresUrl

# What the driver warns of (a pipeline that ends with its connection) is raised as well.
logging.getLogger("psycopg").setLevel(logging.ERROR)

# The first half of the advisory lock of who serves from a schema: "mega"; the other is the
# schema's.
STORE_LOCK = 0x6D656761
# Seconds until a connection stands; until a server that says nothing is given up.
CONNECT_WITHIN, ANSWER_WITHIN = 5, 15.0
# With so many rows in a transaction a second more.
ROWS_PER_SECOND = 1_000
# A lock that somebody else holds on our tables stops nothing for longer than this. A transaction
# waits for the disk before it is answered for, whatever the server's own default is; the server
# notices soon when this machine has gone, and lets go of the lock.
_SETTINGS = (
    "SET lock_timeout = '5s'; SET statement_timeout = 0; SET synchronous_commit = on; "
    "SET idle_in_transaction_session_timeout = '60s'; SET tcp_keepalives_idle = 10; "
    "SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
)
_TRY_LOCK = "SELECT pg_try_advisory_lock($1, hashtext(current_schema()))"
_UNLOCK = "SELECT pg_advisory_unlock($1, hashtext(current_schema()))"
_OBJECT = "(hashtext(current_schema())::bigint & 4294967295)::oid"
_HOLDERS = f"""
SELECT a.pid, a.application_name, host(a.client_addr),
  to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::bigint::oid AND l.objsubid = 2
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.objid = {_OBJECT}
"""


class Session(psycopg.Connection[tuple[Any, ...]]):
    """Gives up a server that says nothing for `patience` seconds; None waits for ever.

    What comes or goes in pieces may take longer: a whole store over a slow network.
    """

    patience: float | None = ANSWER_WITHIN

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        if self.patience is not None and timeout is None:
            gen = while_it_speaks(gen, self.patience)
        return super().wait(gen, interval, timeout)


def while_it_speaks(gen: Any, patience: float) -> Generator[Any, Any, Any]:
    """The same steps of the driver; each that finds the server ready is a word of it."""
    last_word = time.monotonic()
    try:
        step = next(gen)
        while True:
            ready = yield step
            now = time.monotonic()
            if ready:
                last_word = now
            elif now - last_word >= patience:
                raise psycopg.OperationalError(f"it has said nothing for {patience:g} s")
            step = gen.send(ready)
    except StopIteration as end:
        return end.value


def application_name() -> str:
    """What others see of this process: PostgreSQL keeps 63 bytes of it."""
    return f"megaapi-mock, process {os.getpid()} on {socket.gethostname()}"[:63]


def connect(url: PostgresUrl) -> Session:
    """A connection in which nothing has happened yet; psycopg.Error where there is none."""
    defaults = {
        "connect_timeout": str(CONNECT_WITHIN),
        "target_session_attrs": "read-write",
        "keepalives_idle": "10",
        "keepalives_interval": "5",
        "keepalives_count": "3",
        "tcp_user_timeout": str(int(ANSWER_WITHIN * 1000)),
    }
    fixed = {"application_name": application_name(), "client_encoding": "UTF8"}
    parameters: dict[str, Any] = {**defaults, **url.parameters, **fixed}
    session = Session.connect(autocommit=True, **parameters)
    # SQL comes with the parameters' own names: $1, $2.
    session.cursor_factory = psycopg.RawCursor
    try:
        session.execute(_SETTINGS)
    except BaseException:
        session.close()
        raise
    return session


def rows_of(session: Session, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    return session.execute(sql.encode(), parameters).fetchall()


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose session holds a lock: the server's process of it, its name, from where, since when."""

    process: int
    name: str | None
    address: str | None
    since: str | None


def try_lock(session: Session, lock: int) -> bool:
    """Whether the session holds a lock of the schema from now on."""
    return bool(rows_of(session, _TRY_LOCK, lock)[0][0])


def unlock(session: Session, lock: int) -> None:
    """The session holds a lock once less."""
    rows_of(session, _UNLOCK, lock)


def holders_of(session: Session, lock: int) -> list[Holder]:
    """Who holds a lock of the schema: one session at most."""
    return [Holder(*row) for row in rows_of(session, _HOLDERS, lock)]


def end_process(session: Session, process: int) -> None:
    """End one of the server's processes, if it is ours."""
    rows_of(session, f"SELECT pg_terminate_backend({process})")


def hold(session: Session, name: str, *, patience: float, lost_process: int = 0) -> None:
    """Hold the schema alone, as long as the session lasts. SetupError where another mock does.

    That one is given `patience` seconds to end. `lost_process` is the server's process of an
    earlier session of ours, which may not know yet that we have gone: it is ended.
    """
    if rows_of(session, "SELECT current_schema()") == [(None,)]:
        raise SetupError(f"the store {name} cannot be opened: its search_path names no schema")
    deadline, own_session = time.monotonic() + patience, (lost_process, application_name())
    while not try_lock(session, STORE_LOCK):
        holders = holders_of(session, STORE_LOCK)
        if [each for each in holders if (each.process, each.name) == own_session]:
            end_process(session, lost_process)
        if time.monotonic() > deadline:
            raise SetupError(in_use_text(name, holders))
        time.sleep(0.05)


def in_use_text(name: str, holders: Iterable[Holder]) -> str:
    """The sentence about a schema that somebody else holds."""
    holder = next(iter(holders), None)
    who = "another mock"
    if holder is not None:
        where = f", connected from {holder.address}" if holder.address else ""
        since = f" since {holder.since}" if holder.since else ""
        who = f"{holder.name or who}{where}{since}"
    return f"the store {name} is in use by {who}: stop that one, or name another database"


def one_line(error: BaseException) -> str:
    """What an error says, without ends of lines."""
    return " ".join(str(error).split())
