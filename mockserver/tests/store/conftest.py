"""Every store there is: a new one is put beside them here, and `test_port.py` holds it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from megaapi_mock.domain.gateway import Gateway
from megaapi_mock.store import Store
from megaapi_mock.store.memory import MemoryStore
from megaapi_mock.store.open_store import open_database
from megaapi_mock.store.serialize import Forms
from megaapi_mock.store.snapshot import DOCUMENTS, save_instance
from megaapi_mock.store.sql.store import SqlStore
from megaapi_mock.store.sql.stored_content import PARTS, load

from ..conftest import DATABASES, new_url

OpenStore = Callable[[Gateway], Store]
STORES = ("memory", *DATABASES)


@pytest.fixture(params=STORES)
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    """One kind of store after the other; a database holds at the end what memory does."""
    opened: list[tuple[SqlStore, str]] = []

    def open_sql(gateway: Gateway) -> Store:
        url = new_url(request, tmp_path / f"{len(opened)}.db", request.param)
        store = SqlStore(gateway, database=open_database(url))
        store.parts = lambda: {**dict.fromkeys(PARTS), "ids": gateway.ids.save()}
        store.write_all()
        opened.append((store, url))
        return store

    yield MemoryStore if request.param == "memory" else open_sql
    for store, url in opened:
        in_memory = instances_in_memory(store)
        store.close()
        assert instances_in_database(url) == in_memory


def instances_in_memory(store: SqlStore) -> list[dict[str, str]]:
    """Every instance as a state file has it, field by field, with the order of rows."""
    forms = Forms(documents=DOCUMENTS)
    with store.hold() as instances:
        return [texts_of(save_instance(instance, forms)) for instance in instances]


def texts_of(saved: Mapping[str, object]) -> dict[str, str]:
    return {name: json.dumps(value) for name, value in saved.items()}


def instances_in_database(url: str) -> list[dict[str, str]]:
    """The same, of a database that nobody holds."""
    database = open_database(url)
    try:
        stored = load(database)
    finally:
        database.close()
    assert stored is not None
    return [texts_of(saved) for saved in stored.instances]
