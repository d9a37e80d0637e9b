"""A PostgreSQL database that several processes share: who may have it, and what is lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from megaapi_mock.errors import SetupError, StoreUnavailable
from megaapi_mock.store.open_store import open_database
from megaapi_mock.store.postgres_url import PostgresUrl
from megaapi_mock.store.sql import database
from megaapi_mock.store.sql.shared_postgres import SharedPostgres

from .conftest import OpenShared

pytestmark = pytest.mark.postgres


def test_nobody_has_alone_what_others_share(
    open_shared: OpenShared, shared_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    store = open_shared()
    with pytest.raises(SetupError, match="is in use by"):
        open_database(shared_url)
    store.close()
    alone = open_database(shared_url)
    with pytest.raises(SetupError, match="is in use by"):
        open_shared()
    alone.close()


def test_a_session_that_is_lost_takes_its_change_back(shared_url: str) -> None:
    shared = SharedPostgres(PostgresUrl(shared_url))
    with (
        pytest.raises(StoreUnavailable, match="cannot be written"),
        shared.change("a", 0) as change,
    ):
        assert (change.version, change.entries) == (0, [])
        [(process,)] = change._session.execute(b"SELECT pg_backend_pid()").fetchall()
        shared.rows("SELECT pg_terminate_backend($1)", process)
        change.commit([], "[]")
    assert shared.news("a", 0) == (0, [])
    with shared.change("a", 0) as change:
        change.commit([], "[]")
    assert shared.news("a", 0) == (1, [(1, "[]")])
    assert shared.news("a", 1) == (1, [])
    assert shared.news("unknown", 0) == (None, ())
    shared.close()
    with pytest.raises(StoreUnavailable, match="is closed"):
        shared.news("a", 0)


def test_the_rows_of_two_changes_are_numbered_apart(shared_url: str) -> None:
    shared = SharedPostgres(PostgresUrl(shared_url))
    numbers = []
    for key in ("a", "b", "a"):
        with shared.change(key, 0) as change:
            numbers.append(change.number)
    assert numbers == sorted(numbers)
    assert all(later - number >= 10_000 for number, later in pairwise(numbers))
    shared.close()
