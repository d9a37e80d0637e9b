"""Faults in a test: armed for one instance, counted, and gone with it."""

from __future__ import annotations

import pytest
from megaapi_mock.errors import ControlRefused
from megaapi_mock.testing import Instance, Mock

from .conftest import Ask

ANA = "5511900000002"


def status_of(ask: Ask, instance: Instance) -> int:
    """What a text is answered."""
    path = f"sendMessage/{instance.key}/text"
    return ask(instance, path, {"to": ANA, "text": "oi"})[0]


def test_a_fault_hits_its_instance_alone(mock: Mock, shop: Instance, ask: Ask) -> None:
    fault = shop.fault("reply", status=503, operation="send_text", times=1)
    with mock.instance() as other:
        assert status_of(ask, other) == 200
    assert fault.used == 0
    assert [status_of(ask, shop) for _ in range(2)] == [503, 200]
    assert fault.used == 1
    # What was asked for is no bug of the mock.
    assert shop.bugs() == []


def test_a_fault_says_what_it_has_hit(shop: Instance) -> None:
    fault = shop.fault("zombie-session")
    shop.customer(ANA).types()
    told = f"inbound from {ANA}@s.whatsapp.net"
    assert [(hit["instance"], hit["what"]) for hit in fault.hits] == [(shop.key, told)]
    with pytest.raises(AssertionError, match=f"fault zombie-session hit {told}$"):
        shop.inbox.wait_for("presence", timeout=0)


def test_a_fault_ends_when_told(shop: Instance, ask: Ask) -> None:
    with shop.fault("reply", status=500):
        assert status_of(ask, shop) == 500
    assert status_of(ask, shop) == 200
    fault = shop.fault("reply", status=429)
    fault.clear()
    fault.clear()
    assert status_of(ask, shop) == 200
    with pytest.raises(LookupError, match="is gone"):
        _ = fault.used


def test_faults_go_with_their_instance(mock: Mock) -> None:
    with mock.instance() as shop:
        shop.fault("rate-limit")
        assert len(mock.control_api.find("/faults")) == 1
    assert mock.control_api.find("/faults") == []


def test_a_fault_for_everybody(mock: Mock, shop: Instance, ask: Ask) -> None:
    with mock.fault("token-revoked"):
        assert status_of(ask, shop) == 401
    assert status_of(ask, shop) == 200


def test_a_fault_that_cannot_be(shop: Instance) -> None:
    with pytest.raises(ControlRefused, match="no-such-fault"):
        shop.fault("no-such-fault")
