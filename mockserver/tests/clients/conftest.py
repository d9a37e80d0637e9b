"""One mock for all programs of a module; each begins with an instance that is not linked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from megaapi_mock.testing import MockServer

from ..support import RecordingTransport


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    """A mock on 127.0.0.1 that must end without a reply outside the contract."""
    with MockServer(transport=RecordingTransport()) as server:
        yield server
        assert server.bugs("megacode-TESTKEY0001") == []
