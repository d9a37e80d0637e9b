"""The types of webhooks as schemas again, below one for any webhook."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.errors import SpecError
from megaapi_mock.spec.bundle import Bundle
from megaapi_mock.spec.payload_types.json_schemas import ANY_WEBHOOK, webhook_schemas
from megaapi_mock.spec.payload_types.message_types import PayloadTypes

from .contracts import contract, document

TEXT = {"type": "string"}
NAME = "QrcodeUpdateWebhook"


def written(schema: Any, **schemas: Any) -> dict[str, Any]:
    return webhook_schemas(contract(schema, **schemas), schemas)


def fields(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def test_any_webhook_is_told_apart_by_its_message_type() -> None:
    schemas = written(fields("a", a=TEXT))
    reference = f"#/components/schemas/{NAME}"
    assert list(schemas) == [ANY_WEBHOOK, NAME]
    union = schemas[ANY_WEBHOOK]
    assert union["oneOf"] == [{"$ref": reference}]
    assert union["discriminator"] == {
        "propertyName": "messageType", "mapping": {"qrcode_update": reference},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (TEXT, TEXT),
        ({**TEXT, "description": "Words."}, {**TEXT, "description": "Words."}),
        ({"const": 1}, {"type": "integer", "const": 1}),
        ({"enum": ["a", None]}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"enum": [True, 1.5]}, {"type": ["boolean", "number"], "enum": [True, 1.5]}),
        ({"type": ["string", "integer"]}, {"type": ["string", "integer"]}),
        ({"type": "array", "items": TEXT}, {"type": "array", "items": TEXT}),
        ({"type": "object", "additionalProperties": TEXT},
         {"type": "object", "additionalProperties": TEXT}),
        ({"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
         {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}),
        ({}, {}),
    ],
)  # fmt: skip
def test_a_field_is_written_as_it_was_read(schema: Any, expected: Any) -> None:
    record = written(fields("a", a=schema))[NAME]
    assert record["properties"]["a"] == expected
    assert record["required"] == ["messageType", "a"]


def test_an_object_in_an_object_is_a_schema_of_its_own() -> None:
    schemas = written(fields(data=fields(id=TEXT)))
    assert schemas[NAME]["properties"]["data"] == {"$ref": f"#/components/schemas/{NAME}Data"}
    assert schemas[f"{NAME}Data"]["properties"] == {"id": TEXT}
    assert "required" not in schemas[f"{NAME}Data"]


def test_a_schema_that_the_contract_has_is_not_written_again() -> None:
    key = fields("id", id=TEXT)
    schemas = written(fields(key={"$ref": "#/components/schemas/Key"}), Key=key)
    assert list(schemas) == [ANY_WEBHOOK, NAME]
    assert schemas[NAME]["properties"]["key"] == {"$ref": "#/components/schemas/Key"}


def test_an_object_with_more_members_stays_open() -> None:
    assert written({"type": "object", "additionalProperties": True})[NAME]["additionalProperties"]


def test_a_name_that_the_contract_has_for_something_else_is_another() -> None:
    types = contract(fields(a=TEXT))
    schemas = webhook_schemas(types, {NAME: TEXT})
    assert list(schemas) == [ANY_WEBHOOK, f"Any{NAME}"]
    with pytest.raises(SpecError, match=rf"two schemas .* would be called Any{NAME}"):
        webhook_schemas(types, {NAME: TEXT, f"Any{NAME}": TEXT})


def test_a_contract_without_webhooks_needs_no_schemas() -> None:
    types = PayloadTypes(Bundle({"webhooks": {}, **document()}, {}))
    assert webhook_schemas(types, {}) == {}
