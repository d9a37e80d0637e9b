"""Every page of the reference, made once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from megaapi_mock.reference.contract import Contract, read_contract
from megaapi_mock.reference.site import Site


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract as it is."""
    return read_contract()


@pytest.fixture(scope="session")
def pages(contract: Contract) -> Mapping[str, str]:
    """The text of every file by its path."""
    site = Site(contract)
    return {path: site.page(path).decode() for path in site.paths()}
