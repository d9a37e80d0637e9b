"""A PostgreSQL database with instances in it, and stores that share it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.domain.contacts import Directory
from megaapi_mock.domain.gateway import Gateway
from megaapi_mock.domain.media import Vault
from megaapi_mock.domain.rules import Rules
from megaapi_mock.ids import Ids
from megaapi_mock.store.open_store import open_database
from megaapi_mock.store.postgres_url import PostgresUrl
from megaapi_mock.store.sql.shared_postgres import SharedPostgres
from megaapi_mock.store.sql.shared_store import SharedStore
from megaapi_mock.store.sql.store import SqlStore
from megaapi_mock.store.sql.stored_content import PARTS

from ...postgres_server import PostgresServer
from ...support import START
from ..test_port import SEEDS

OpenShared = Callable[[], SharedStore]


def gateway(kept: int = 1_000) -> Gateway:
    return Gateway(
        clock=Clock(frozen_at=START),
        ids=Ids(0),
        directory=Directory(),
        rules=Rules(qr_seconds=20, ack_delays=(5, 6, 7), messages_kept=kept),
        vault=Vault(),
        seeds=SEEDS,
    )


@pytest.fixture
def shared_url(postgres_server: PostgresServer) -> str:
    """A database that holds the instances of SEEDS."""
    postgres_server.start()
    url = postgres_server.new_schema()
    store = SqlStore(gateway(), database=open_database(url))
    store.parts = lambda: {**dict.fromkeys(PARTS), "ids": store.gateway.ids.save()}
    store.write_all()
    store.close()
    return url


@pytest.fixture
def open_shared(shared_url: str) -> Iterator[OpenShared]:
    stores: list[SharedStore] = []

    def open_one() -> SharedStore:
        stores.append(SharedStore(gateway(), database=SharedPostgres(PostgresUrl(shared_url))))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()
