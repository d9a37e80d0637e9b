"""Which of several processes on one PostgreSQL database does the work, and where it answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import psycopg

from ...errors import SetupError
from ..postgres_url import PostgresUrl
from .postgres_session import (
    STORE_LOCK,
    Session,
    connect,
    end_process,
    holders_of,
    in_use_text,
    one_line,
    rows_of,
    try_lock,
    unlock,
)

Answer = TypeVar("Answer")

# The advisory lock of who leads: "megb". The store's own lock is another one: it belongs to the
# process that serves, which may end a moment later than the one that watches over it.
LEADER_LOCK = 0x6D656762
# Seconds until a server that says nothing is given up, and between two attempts to reach it.
ANSWER_WITHIN, RECONNECT_AFTER = 5.0, 1.0
# Seconds for which a new session leaves the lead to whoever had it before: all sessions may have
# been lost at once.
SETTLED_AFTER = 2.0
# What stands before the address in the name that others see; PostgreSQL keeps 63 bytes of it.
_NAME = "megaapi-mock at "
_OWN = "SELECT host(inet_client_addr())"


class Leadership:
    """One process's part in it. The lead belongs to a session, and ends with it.

    A session that is lost is made again by the next question, `RECONNECT_AFTER` seconds later at
    the earliest; until then every answer is None, and `problem` says why.
    """

    def __init__(self, url: PostgresUrl) -> None:
        self._url, self.name = url, url.name
        self.problem: str | None = None
        self._session: Session | None = None
        self._server_process = 0
        # The server's process of a session that was lost.
        self._lost_process = 0
        self._next_attempt, self._settled = 0.0, 0.0

    def take(self) -> bool | None:
        """Whether this process leads from now on, as nobody else does."""
        return self._ask(self._take)

    def _take(self, session: Session) -> bool | None:
        if try_lock(session, LEADER_LOCK):
            return True
        if any(holder.process == self._lost_process for holder in holders_of(session, LEADER_LOCK)):
            # The server does not know yet that we have gone there.
            end_process(session, self._lost_process)
            return None
        return False

    @property
    def may_stand(self) -> bool:
        """Whether whoever led before has had the time to go on."""
        return time.monotonic() >= self._settled

    def pause(self) -> None:
        """Let go of the lead, and leave it to others for a moment."""
        self.close()
        self._settled = time.monotonic() + SETTLED_AFTER

    def keeps(self) -> bool | None:
        """Whether the session that leads is there; None where it was lost."""
        if self._session is None:
            return None
        return self._ask(lambda session: rows_of(session, "SELECT 1") == [(1,)])

    def announce(self, host: str, port: int) -> bool | None:
        """Tell the others where this process answers."""
        name = _NAME + (f"[{host}]:{port}" if ":" in host else f"{host}:{port}")

        def tell(session: Session) -> bool:
            rows_of(session, "SELECT set_config('application_name', $1, false)", name)
            return True

        return self._ask(tell)

    def own_host(self) -> str | None:
        """The address of this machine, as the database's server sees it."""
        return self._ask(lambda session: _own_host(session) or "127.0.0.1")

    def leader(self) -> tuple[str, int] | None:
        """Where the process answers that leads; None where there is none, or it is not ready.

        SetupError where it can be reached on its own machine only, and this is another.
        """
        return self._ask(self._leader)

    def _leader(self, session: Session) -> tuple[str, int] | None:
        for holder in holders_of(session, LEADER_LOCK):
            host, _, port = (holder.name or "").removeprefix(_NAME).rpartition(":")
            if not (holder.name or "").startswith(_NAME) or not port.isdecimal():
                return None
            if host.startswith("127.") and holder.address != _own_host(session):
                raise SetupError(
                    f"the process that answers for {self.name} can be reached on its own machine "
                    f"only, at {host}: start it with --host 0.0.0.0, or with --peer-address"
                )
            return host.strip("[]"), int(port)
        return None

    def is_store_free(self) -> bool | None:
        """Whether nobody serves from the database just now."""

        def look(session: Session) -> bool:
            is_free = try_lock(session, STORE_LOCK)
            if is_free:
                unlock(session, STORE_LOCK)
            return is_free

        return self._ask(look)

    def in_use_text(self) -> str:
        """The sentence about who serves from the database."""
        holders = self._ask(lambda session: holders_of(session, STORE_LOCK))
        return in_use_text(self.name, holders or [])

    def close(self) -> None:
        """Let go of the database, and of the lead."""
        if self._session is not None:
            with suppress(psycopg.Error):
                self._session.close()
        self._session = None

    def _ask(self, question: Callable[[Session], Answer]) -> Answer | None:
        if self._session is None and time.monotonic() < self._next_attempt:
            return None
        try:
            if self._session is None:
                self._begin(connect(self._url))
            assert self._session is not None
            answer = question(self._session)
            self.problem = None
            return answer
        except psycopg.Error as error:
            self.problem = f"{self.name} is away: {one_line(error)}"
            self._lost_process = self._server_process
            self.close()
            now = time.monotonic()
            self._next_attempt, self._settled = now + RECONNECT_AFTER, now + SETTLED_AFTER
            return None

    def _begin(self, session: Session) -> None:
        session.patience = ANSWER_WITHIN
        self._session, self._server_process = session, session.info.backend_pid
        if self.problem is not None:
            self._settled = time.monotonic() + SETTLED_AFTER


def _own_host(session: Session) -> str | None:
    host: str | None = rows_of(session, _OWN)[0][0]
    return host
