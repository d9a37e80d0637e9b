"""Types of webhooks as Python source: odd names and words do not break it."""

from __future__ import annotations

from typing import Any, NotRequired

import pytest
from megaapi_mock.spec.payload_types.python_module import WIDTH, python_module, wrap_text

from .contracts import contract
from .odd_fields import ODD_FIELDS


def module(schema: Any, **schemas: Any) -> dict[str, Any]:
    """What the source of the module defines."""
    space: dict[str, Any] = {}
    source = python_module(contract(schema, **schemas))
    exec(compile(source, "types", "exec", dont_inherit=True), space)
    return space


def test_odd_names_words_and_values_are_written_so_that_python_reads_them() -> None:
    kind = module({"type": "object", "properties": ODD_FIELDS, "required": ["from"]})[
        "QrcodeUpdateWebhook"
    ]
    assert kind.__required_keys__ == {"from", "messageType"}
    assert kind.__optional_keys__ == {*ODD_FIELDS} - {"from"}
    assert 'Ends in "quotes"' in kind.__doc__


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string"}, "str"),
        ({"type": ["number", "null"]}, "float | None"),
        ({"type": "array", "items": {"type": "integer"}}, "list[int]"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "dict[str, bool]"),
        ({"enum": ["ã", 1, True, None]}, 'Literal["ã", 1, True, None]'),
        ({"enum": [0.5]}, "Any"),
        ({}, "Any"),
    ],
)
def test_a_field_has_the_type_that_python_has_for_it(schema: Any, text: str) -> None:
    source = python_module(contract({"type": "object", "properties": {"a": schema}}))
    assert f"    a: NotRequired[{text}]\n" in source


def test_the_module_lists_all_types_and_names_them_by_message_type() -> None:
    space = module({"type": "object", "properties": {"a": {"type": "string"}}})
    assert space["TYPES"] == {"qrcode_update": space["QrcodeUpdateWebhook"]}
    assert space["MessageType"].__args__ == ("qrcode_update",)
    assert space["QrcodeUpdateWebhook"].__annotations__["a"] == NotRequired[str]


def test_words_are_broken_where_lines_end_and_items_stand_apart() -> None:
    text = f"{'word ' * 30}\n- item {'long ' * 30}\nEvidence: observed."
    lines = wrap_text(text, 40)
    assert max(map(len, lines)) <= 40 and WIDTH == 100
    assert lines[lines.index("Evidence: observed.") - 1] == ""
    after_item = lines[next(i for i, line in enumerate(lines) if line.startswith("- ")) + 1]
    assert after_item.startswith("  long")
    assert wrap_text("", 40) == []
