"""What an event supplies to its sample: names, addresses, and what the caller sets."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.domain.event import Event
from megaapi_mock.domain.facts import Facts, Fields, InboundMessage, NoFacts, OwnMessage
from megaapi_mock.profile import default_profile
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.webhooks.render import Renderer

from ..support import KEY, START

SAMPLES = Samples(root("fixtures"))
NUMBER, LID = "5511900000005@s.whatsapp.net", "100000000000005@lid"
OWNER = "5511900000004@s.whatsapp.net"


def payload(event: str, generation: str = "2026", facts: Facts | None = None) -> dict[str, Any]:
    profile = default_profile().with_switches({"payload_generation": generation})
    told = NoFacts() if facts is None else facts
    happened = Event(event, START, KEY, OWNER, "100000000000004@lid", "Other Shop", told)
    return Renderer(SAMPLES, profile).payload(happened)


def inbound(key: dict[str, Any], name: str = "Someone") -> Facts:
    return InboundMessage(key, {"conversation": "oi"}, 1, name)


def direct(**more: Any) -> dict[str, Any]:
    return {"remoteJid": NUMBER, "fromMe": False, "id": "A" * 32, "senderLid": LID, **more}


def in_group() -> dict[str, Any]:
    return {
        "remoteJid": "120363000000000001@g.us",
        "fromMe": False,
        "id": "A" * 32,
        "participant": NUMBER,
        "participantLid": LID,
    }


def test_a_hidden_number_is_used_where_the_sample_has_one() -> None:
    key = payload("text-plain-lid", facts=inbound(direct()))["key"]
    assert list(key.items()) == [
        ("remoteJid", LID),
        ("fromMe", False),
        ("id", "A" * 32),
        ("senderLid", LID),
        ("senderPn", NUMBER),
    ]


def test_no_sample_decides_how_an_author_is_named() -> None:
    assert payload("group-text-first-of-sender", facts=inbound(in_group()))["key"] == in_group()


def test_a_key_that_is_addressed_so_already_stays() -> None:
    hidden = {"remoteJid": LID, "fromMe": False, "id": "A", "senderLid": LID, "senderPn": NUMBER}
    assert payload("text-plain-lid", facts=inbound(hidden))["key"] == hidden
    assert payload("text-plain", facts=inbound(direct()))["key"] == direct()


@pytest.mark.parametrize("generation", ["2023", "2024", "2025"])
def test_older_payloads_know_numbers_only(generation: str) -> None:
    hidden = {"remoteJid": LID, "fromMe": False, "id": "A", "senderLid": LID, "senderPn": NUMBER}
    written = payload("text-plain", generation, inbound(hidden))["key"]
    assert written == {"remoteJid": NUMBER, "fromMe": False, "id": "A"}
    named = {"participant": LID, "participantPn": NUMBER}
    group = {name: value for name, value in in_group().items() if name != "participantLid"}
    grouped = payload("group-text", generation, inbound({**group, **named}))["key"]
    assert grouped["participant"] == NUMBER
    assert list(grouped) == ["remoteJid", "fromMe", "id", "participant"]


def test_a_hidden_number_nobody_can_resolve_stays() -> None:
    key = {"remoteJid": LID, "fromMe": False, "id": "A"}
    assert payload("text-plain", "2025", inbound(key))["key"] == key


def test_names_are_the_author_s() -> None:
    assert payload("text-plain")["pushName"] == "Test Person"
    assert payload("text-plain", facts=inbound(direct(), "Someone"))["pushName"] == "Someone"
    assert payload("from-me-phone")["pushName"] == "Other Shop"
    assert payload("connected")["pushName"] == "Other Shop"


def test_the_own_chat_is_the_owner_s() -> None:
    assert payload("self-chat")["key"]["remoteJid"] == OWNER == payload("self-chat")["jid"]


def test_what_is_set_stays_in_this_payload() -> None:
    profile = default_profile()
    renderer = Renderer(SAMPLES, profile)
    facts = Fields({}, {"message.conversation": "Oi", "key.id": "B"})
    changed = renderer.payload(Event("text-plain", START, KEY, OWNER, None, "Shop", facts))
    assert changed["message"]["conversation"] == "Oi"
    assert changed["key"]["id"] == "B"
    fresh = renderer.payload(Event("text-plain", START, KEY, OWNER, None, "Shop", NoFacts()))
    assert fresh["message"] == SAMPLES.payload("text-plain")["message"]
    assert fresh["key"] == SAMPLES.payload("text-plain")["key"]


def test_an_own_order_keeps_its_type() -> None:
    """Only what arrives was typed by its first key: the gateway builds its own messages itself."""
    content = {"messageContextInfo": {}, "orderMessage": {"orderId": "1"}}
    key = {"remoteJid": NUMBER, "fromMe": True, "id": "3EB0"}
    facts = OwnMessage(key, content, 1)
    assert payload("from-me-api-echo", "2023", facts)["messageType"] == "orderMessage"
