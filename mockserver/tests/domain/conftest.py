"""Instances of a gateway of their own, without a store and without HTTP."""

from __future__ import annotations

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.domain.contacts import Directory
from megaapi_mock.domain.gateway import Gateway, InstanceSeed
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.media import Vault
from megaapi_mock.domain.rules import Rules
from megaapi_mock.ids import Ids

from ..support import KEY, START

OWN_NUMBER = "5511900000001"


def make_instance(*, connected: bool = False) -> Instance:
    """An instance between two changes; everybody whose number nobody lists has WhatsApp."""
    gateway = Gateway(
        clock=Clock(START), ids=Ids(0), directory=Directory(), rules=Rules(), vault=Vault()
    )
    return gateway.instance(InstanceSeed(KEY, "TESTKEY0001", OWN_NUMBER, connected=connected))


@pytest.fixture
def instance() -> Instance:
    """A linked instance in which a change has begun."""
    instance = make_instance(connected=True)
    instance.begin()
    return instance
