"""URLs of PostgreSQL databases: what libpq is told, and what is shown."""

from __future__ import annotations

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.store.postgres_url import PostgresUrl

SECRET = "TESTPASSWORD0001"


@pytest.mark.parametrize(
    ("url", "name", "parameters"),
    [
        (
            f"postgresql://mock:{SECRET}@db:5433/kit",
            "postgresql://mock@db:5433/kit",
            {"user": "mock", "password": SECRET, "host": "db", "port": "5433", "dbname": "kit"},
        ),
        (
            "postgres://mock:a%40b%2Fc%25@[::1]/k%20it",
            "postgresql://mock@[::1]/k%20it",
            {"user": "mock", "password": "a@b/c%", "host": "::1", "dbname": "k it"},
        ),
        (
            f"postgresql://mock:{SECRET}@ss@db/kit",
            "postgresql://mock@db/kit",
            {"user": "mock", "password": f"{SECRET}@ss", "host": "db", "dbname": "kit"},
        ),
        (
            f"postgresql:///kit?host=/run/pg&password={SECRET}&options=-csearch_path%3Dmock",
            "postgresql:///kit?host=%2Frun%2Fpg&options=-csearch_path%3Dmock",
            {
                "dbname": "kit",
                "host": "/run/pg",
                "password": SECRET,
                "options": "-csearch_path=mock",
            },
        ),
    ],
)
def test_a_url_is_taken_apart(url: str, name: str, parameters: dict[str, str]) -> None:
    store = PostgresUrl(url)
    assert store.name == name
    assert store.parameters == parameters
    assert repr(store) == f"PostgresUrl({name})"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://db",
        "postgresql://db/",
        f"postgresql://mock:{SECRET}/1@db/kit",
        f"postgresql://mock:1/{SECRET}@db/kit",
        f"postgresql://mock:{SECRET}?1@db/kit",
        f"postgresql://mock:1?{SECRET}@db/kit",
        f"postgresql://mock:{SECRET}#1@db/kit",
        f"postgresql://mock:1#{SECRET}@db/kit",
        f"postgresql://mock:[{SECRET}@db/kit",
        f"postgresql://mock:{SECRET}@db:70000/kit",
        f"postgresql://mock:{SECRET}@db/kit?sslmode",
    ],
)
def test_a_url_that_cannot_be_read_is_not_shown(url: str) -> None:
    with pytest.raises(SetupError, match=r"cannot be read: write postgresql://USER:PASSWORD@"):
        PostgresUrl(url)
    with pytest.raises(SetupError) as refusal:
        PostgresUrl(url)
    assert SECRET not in str(refusal.value)
