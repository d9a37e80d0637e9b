"""How each webhook event can be made to happen: calls that the mock really takes."""

from __future__ import annotations

import pytest
from megaapi_mock.reference.calls import KEY, LOCAL_HOOK
from megaapi_mock.reference.causes import (
    BEFORE,
    CUSTOMER,
    OWNER,
    cause,
    emit_command,
    gateway_way,
)
from megaapi_mock.reference.contract import Contract
from megaapi_mock.spec.gateway_events import CAUSED_BY_GATEWAY


def test_each_event_is_caused_by_a_contact_or_by_the_gateway(contract: Contract) -> None:
    for event in contract.events:
        call = cause(event.name)
        assert (call is None) == (event.name in CAUSED_BY_GATEWAY), event.name
        if call is not None:
            assert call.url.endswith(f"/_mock/instances/{KEY}/inbound")
            assert call.body["event"] == event.name and call.body["from"]


@pytest.mark.parametrize(
    ("event", "sender"),
    [("text-plain", CUSTOMER), ("from-me-phone", OWNER), ("self-chat", OWNER),
     ("newsletter", "120363000000000009@newsletter")],
)  # fmt: skip
def test_who_writes_depends_on_the_event(event: str, sender: str) -> None:
    call = cause(event)
    assert call is not None and call.body["from"] == sender


def test_what_comes_before_is_an_event_or_an_example_of_the_contract(contract: Contract) -> None:
    events = {event.name for event in contract.events}
    examples = {
        f"{operation.id}/{name}"
        for operation in contract.operations
        for media in operation.definition.get("requestBody", {}).get("content", {}).values()
        for name in media.get("examples", {})
    }
    assert BEFORE.keys() <= events
    assert set(BEFORE.values()) <= events | examples


def test_what_the_gateway_does_is_said_with_the_own_key() -> None:
    for event in CAUSED_BY_GATEWAY:
        assert "{key}" not in gateway_way(event)


def test_a_payload_is_sent_to_the_receiver_of_the_readme() -> None:
    assert emit_command("image") == f"megaapi-mock emit image --to {LOCAL_HOOK}\n"
