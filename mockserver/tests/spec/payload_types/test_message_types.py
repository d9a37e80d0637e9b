"""One type for each messageType, of all the events that arrive under it."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.errors import SpecError
from megaapi_mock.spec.bundle import Bundle
from megaapi_mock.spec.payload_types.message_types import PayloadTypes
from megaapi_mock.spec.payload_types.shapes import Literals, ObjectShape, Scalar

from .contracts import contract, document

TEXT = {"type": "string"}


def test_two_types_of_one_name_are_refused() -> None:
    """A schema may be called as an object inside another one would be."""
    shown = {
        "type": "object",
        "properties": {
            "inside": {"type": "object", "properties": {"a": {"type": "string"}}},
            "other": {"$ref": "#/components/schemas/QrcodeUpdateWebhookInside"},
        },
    }
    other = {"type": "object", "properties": {"b": {"type": "integer"}}}
    types = contract(shown, QrcodeUpdateWebhookInside=other)
    with pytest.raises(SpecError, match="would be called QrcodeUpdateWebhookInside"):
        _ = types.records


def of(**events: tuple[str, Any]) -> PayloadTypes:
    """The types of a contract with these webhooks: each its messageType and its schema."""
    webhooks = {
        name.replace("_", "-"): {"post": {
            "operationId": f"webhook_{name}", "x-message-type": kind, "x-category": "call",
            "x-provenance": {"grade": "observed", "sources": ["page"]}, "summary": name,
            "requestBody": {"content": {"application/json": {"schema": schema}}},
        }}
        for name, (kind, schema) in events.items()
    }  # fmt: skip
    files = {name: f"webhooks/{name}.yaml" for name in webhooks}
    return PayloadTypes(Bundle({"webhooks": webhooks, **document()}, files))


def fields(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def test_events_of_one_message_type_are_one_type() -> None:
    types = of(
        call=("call", fields("a", "b", a=TEXT, b=TEXT)),
        call_again=("call", fields("a", a={"type": "integer"}, c=TEXT)),
        other=("other", fields(x=TEXT)),
    )
    call, other = types.payloads
    assert (call.message_type, call.events) == ("call", ("call", "call-again"))
    assert [(each.name, each.required) for each in call.record.fields] == [
        ("messageType", True), ("a", True), ("b", False), ("c", False),
    ]  # fmt: skip
    assert types.types_of("call-again") == ("CallWebhook",)
    assert types.event_names == ("call", "call-again", "other")
    assert other.record.name == "OtherWebhook"


def test_a_type_names_the_events_it_is_made_of_with_their_grades() -> None:
    (payload,) = of(call=("call", fields(a=TEXT))).payloads
    assert payload.record.text == "Arrives as:\n- call: call; observed (page)."


def test_an_event_may_arrive_under_several_types_and_without_any() -> None:
    kinds = {"enum": ["call", "call.end"]}
    types = of(call=("call", fields("messageType", messageType=kinds)), bare=("bare", fields()))
    assert [each.message_type for each in types.payloads] == ["call", "call.end", "bare"]
    assert [each.bare for each in types.payloads] == [False, False, True]
    kind = types.payloads[1].record.field("messageType")
    assert kind is not None and kind.shape == Literals(("call.end",)) and kind.required


def test_an_object_in_a_type_is_named_after_its_place() -> None:
    types = of(
        call=("call", fields(data=fields(id=TEXT), rows={"type": "array", "items": fields(a=TEXT)}))
    )
    assert [each.name for each in types.records] == [
        "CallWebhookData", "CallWebhookRow", "CallWebhook",
    ]  # fmt: skip


def test_a_component_that_is_used_as_it_is_stays_the_contracts_own() -> None:
    key = fields("id", id=TEXT)
    types = contract(
        fields(key={"$ref": "#/components/schemas/Key"}, other=fields(x=TEXT)), Key=key
    )
    assert types.is_component("Key") and not types.is_component("QrcodeUpdateWebhook")
    (own,) = (each for each in types.records if each.name == "Key")
    assert own.field("id") is not None and isinstance(own, ObjectShape)
    assert own.fields[0].shape == Scalar("string")
