"""One connection to PostgreSQL: who holds the schema, without a server."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_mock.errors import SetupError

pytest.importorskip("psycopg")

import psycopg
from megaapi_mock.store.sql import postgres_session
from megaapi_mock.store.sql.postgres_session import (
    application_name,
    hold,
    one_line,
    while_it_speaks,
)
from psycopg.waiting import Ready, Wait

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


def answer(steps: int) -> Generator[Wait, Ready, str]:
    """What the driver does until an answer is whole."""
    for _ in range(steps):
        yield Wait.R
    return "whole"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the time is, for the session alone."""
    now = [0.0]
    monkeypatch.setattr(postgres_session, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_server_that_speaks_may_take_longer_than_it_may_be_silent(clock: list[float]) -> None:
    steps = while_it_speaks(answer(20), 15.0)
    assert next(steps) == Wait.R
    with pytest.raises(StopIteration) as end:
        for ready in (Ready.R, Ready.NONE) * 10:
            clock[0] += 14.0 if ready else 0.9
            steps.send(ready)
    assert end.value.value == "whole"
    assert clock[0] > 140


def test_server_that_is_silent_is_given_up(clock: list[float]) -> None:
    steps = while_it_speaks(answer(9), 15.0)
    next(steps)
    steps.send(Ready.R)
    clock[0] = 14.9
    steps.send(Ready.NONE)
    clock[0] = 15.0
    with pytest.raises(psycopg.OperationalError, match="it has said nothing for 15 s"):
        steps.send(Ready.NONE)
