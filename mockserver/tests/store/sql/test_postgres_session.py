"""One connection to PostgreSQL: who holds the schema, without a server."""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_mock.errors import SetupError

pytest.importorskip("psycopg")

from megaapi_mock.store.sql import postgres_session
from megaapi_mock.store.sql.postgres_session import application_name, hold, one_line

NAME = "postgresql://127.0.0.1/mock"
ANOTHER = (41, "megaapi-mock, process 7 on build", "127.0.0.1", "2026-01-05 09:00 UTC")


class ScriptedSession:
    """Answers the lock with one value after the other, and its holder always the same."""

    def __init__(
        self,
        locked: Sequence[bool],
        holders: Sequence[tuple[Any, ...]] = (),
        schema: Any = "public",
    ) -> None:
        self.locked, self.holders, self.schema = list(locked), list(holders), schema
        self.statements: list[str] = []

    def execute(self, sql: bytes, parameters: tuple[Any, ...] = ()) -> Any:
        text = sql.decode()
        self.statements.append(text)
        rows: list[tuple[Any, ...]] = self.holders
        if text == "SELECT current_schema()":
            rows = [(self.schema,)]
        elif "pg_try_advisory_lock" in text:
            rows = [(self.locked.pop(0) if len(self.locked) > 1 else self.locked[0],)]
        return SimpleNamespace(fetchall=lambda: rows)


def held(session: ScriptedSession, **given: Any) -> None:
    fake: Any = session
    hold(fake, NAME, patience=0.0, **given)


def test_free_schema_is_held_at_once() -> None:
    session = ScriptedSession([True])
    held(session)
    assert len(session.statements) == 2


def test_another_mock_is_named_with_where_and_since_when() -> None:
    with pytest.raises(SetupError) as refused:
        held(ScriptedSession([False], [ANOTHER]))
    assert str(refused.value) == (
        f"the store {NAME} is in use by megaapi-mock, process 7 on build, connected from "
        "127.0.0.1 since 2026-01-05 09:00 UTC: stop that one, or name another database"
    )


@pytest.mark.parametrize(
    ("holder", "words"),
    [
        ([], "in use by another mock: stop"),
        ([(41, "", None, None)], "in use by another mock: stop"),
        ([(41, "psql", None, None)], "in use by psql: stop"),
    ],
)
def test_holder_of_which_little_is_known(holder: list[tuple[Any, ...]], words: str) -> None:
    with pytest.raises(SetupError, match=words):
        held(ScriptedSession([False], holder))


def test_schema_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SetupError, match="search_path names no schema"):
        held(ScriptedSession([True], schema=None))


@pytest.mark.parametrize(("lost", "ends"), [(41, True), (42, False)])
def test_own_lost_session_is_ended_and_no_other(lost: int, ends: bool) -> None:
    own = (41, application_name(), "127.0.0.1", None)
    session = ScriptedSession([False, True], [own])
    fake: Any = session
    hold(fake, NAME, patience=5.0, lost_process=lost)
    assert any("pg_terminate_backend(41)" in text for text in session.statements) is ends


def test_application_name_fits_what_the_server_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_session.socket, "gethostname", lambda: "a" * 100)
    assert len(application_name()) == 63
    assert application_name().startswith(f"megaapi-mock, process {os.getpid()} on a")


def test_error_of_several_lines_is_one() -> None:
    assert one_line(ValueError("no\n  such\ttable")) == "no such table"
