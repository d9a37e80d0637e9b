"""The store that an option names, and why it cannot be opened."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.store import open_store
from megaapi_mock.store.open_store import (
    is_begun,
    kind_of,
    open_database,
    require_store,
    require_sync,
    shown_name,
    sqlite_path,
)


def test_a_url_names_a_file() -> None:
    assert sqlite_path("sqlite:///mock.db") == Path("mock.db")
    assert sqlite_path("sqlite:////tmp/mock.db") == Path("/tmp/mock.db")


@pytest.mark.parametrize(
    "url", ["sqlite:///", "sqlite://mock.db", "postgresql+psycopg://db/x", "mock.db"]
)
def test_what_is_no_store_is_refused(url: str) -> None:
    with pytest.raises(SetupError, match="is not a store: it must be `memory`"):
        sqlite_path(url)


def test_what_a_database_needs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_store, "find_spec", lambda name: None if name == "alembic" else name)
    with pytest.raises(SetupError, match=r"pip install 'megaapi-contract-kit\[store\]'"):
        sqlite_path("sqlite:///mock.db")


@pytest.mark.parametrize("package", ["sqlalchemy", "alembic", "psycopg"])
def test_what_postgresql_needs_is_named(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setattr(open_store, "find_spec", lambda name: None if name == package else name)
    with pytest.raises(SetupError) as refusal:
        require_store("postgresql://mock:TESTPASSWORD0001@db/kit")
    assert str(refusal.value) == (
        "postgresql://mock@db/kit: a database needs more packages: "
        "pip install 'megaapi-contract-kit[postgres]' (in a checkout: '.[postgres]')"
    )
    if package == "psycopg":
        require_store("sqlite:///mock.db")


def test_a_driver_that_cannot_be_loaded_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_store, "find_spec", lambda name: name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for name in ("postgres", "postgres_session"):
        monkeypatch.delitem(sys.modules, f"megaapi_mock.store.sql.{name}", raising=False)
        monkeypatch.delattr(f"megaapi_mock.store.sql.{name}", raising=False)
    for opens in (is_begun, open_database):
        with pytest.raises(SetupError, match=r"^PostgreSQL's driver psycopg cannot be used: "):
            opens("postgresql://db/kit")


def test_the_kind_and_the_name_of_a_store_say_nothing_secret() -> None:
    urls = ("memory", "sqlite:///mock.db", "postgres://mock:TESTPASSWORD0001@db/kit")
    assert [kind_of(url) for url in urls] == ["memory", "sqlite", "postgresql"]
    assert shown_name(urls[1]) == urls[1]
    assert shown_name(urls[2]) == "postgresql://mock@db/kit"


def test_a_store_is_begun_when_there_is_something_in_its_file(tmp_path: Path) -> None:
    file = tmp_path / "mock.db"
    assert not is_begun(f"sqlite:///{file}")
    file.write_bytes(b"")
    assert not is_begun(f"sqlite:///{file}")
    file.write_bytes(b"x")
    assert is_begun(f"sqlite:///{file}")
    assert not is_begun(f"sqlite:///{tmp_path}")


def test_a_wrong_sync_gets_the_one_that_was_meant() -> None:
    require_sync("full")
    with pytest.raises(SetupError, match=r"^--sync ful: did you mean full\?.*normal, full$"):
        require_sync("ful")


def test_database_that_forgets_everything_is_refused() -> None:
    for opens in (require_store, open_database):
        with pytest.raises(SetupError, match="forgets everything: use `memory`, or name a file"):
            opens("sqlite:///:memory:")
    with pytest.raises(SetupError, match="`memory` ends with its mock: name a database"):
        open_database("memory", must_exist=True)


def test_empty_file_is_no_store_that_exists(tmp_path: Path) -> None:
    file = tmp_path / "mock.db"
    file.write_bytes(b"")
    with pytest.raises(SetupError, match=r"there is no store in .*: no mock has run on it"):
        open_database(f"sqlite:///{file}", must_exist=True)
    assert file.read_bytes() == b"" and list(tmp_path.iterdir()) == [file]


def test_a_database_may_have_to_exist(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mock.db'}"
    with pytest.raises(SetupError, match="there is no file"):
        open_database(url, must_exist=True)
    assert not (tmp_path / "mock.db").exists()
    open_database(url).close()
    open_database(url, must_exist=True).close()
