"""Every store there is: a new one is put beside them here, and `test_port.py` holds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from megaapi_mock.domain.gateway import Gateway
from megaapi_mock.store import Store
from megaapi_mock.store.memory import MemoryStore

OpenStore = Callable[[Gateway], Store]
STORES: Mapping[str, OpenStore] = {"memory": MemoryStore}


@pytest.fixture(params=STORES.values(), ids=STORES.keys())
def open_store(request: pytest.FixtureRequest) -> OpenStore:
    """One kind of store after the other."""
    kind: OpenStore = request.param
    return kind
