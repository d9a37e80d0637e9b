"""Types of webhooks as declarations for TypeScript."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.payload_types.typescript import typescript_declarations

from .contracts import contract
from .odd_fields import ODD_FIELDS


def declared(*required: str, **properties: Any) -> str:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return typescript_declarations(contract(schema))


def test_odd_names_and_values_are_written_as_valid_typescript() -> None:
    text = declared("from", **ODD_FIELDS)
    assert '  "not-a-name"?: number;' in text
    assert "  half?: 0.5 | 1.5;" in text
    assert '  none?: null | true | 1 | "x";' in text
    assert '/** *\\/ // \\d """ */' in text


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "integer"}, "number"),
        ({"type": ["string", "null"]}, "string | null"),
        ({"type": "array", "items": {"type": ["string", "null"]}}, "(string | null)[]"),
        ({"type": "array", "items": {"type": "boolean"}}, "boolean[]"),
        (
            {"type": "object", "additionalProperties": {"type": "number"}},
            "{ [name: string]: number }",
        ),
        ({"const": "ã"}, '"ã"'),
        ({}, "unknown"),
    ],
)
def test_a_field_has_the_type_that_typescript_has_for_it(schema: Any, text: str) -> None:
    assert f"  a?: {text};\n" in declared(a=schema)
    assert f"  a: {text};\n" in declared("a", a=schema)


def test_a_webhook_that_comes_without_its_type_is_declared_twice() -> None:
    text = declared(a={"type": "string"})
    assert "export interface BareQrcodeUpdateWebhook extends Omit<QrcodeUpdateWebhook" in text
    assert "  | QrcodeUpdateWebhook\n  | BareQrcodeUpdateWebhook;" in text
    assert '  "qrcode": QrcodeUpdateWebhook | BareQrcodeUpdateWebhook;' in text
    sure = declared("messageType", messageType={"type": "string"})
    assert "Bare" not in sure and '  "qrcode": QrcodeUpdateWebhook;' in sure


def test_an_object_that_has_more_says_so() -> None:
    schema = {"type": "object", "additionalProperties": True}
    assert "[name: string]: unknown;" in typescript_declarations(contract(schema))
    assert "[name: string]: unknown;" not in declared(a={"type": "string"})
