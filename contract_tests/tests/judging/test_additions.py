"""The widened contract takes what a host adds, and nothing that a host gets wrong."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from megaapi_contract.judging.additions import widen
from megaapi_mock.spec.validate import Compiler

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["messageType", "state"],
    "additionalProperties": False,
    "properties": {
        "messageType": {"enum": ["conversation", "call"]},
        "state": {"enum": ["connected", "disconnected"]},
        "reason": {"enum": ["a", "b", None]},
        "mark": {"enum": ["only"]},
        "count": {"enum": [1, 2]},
        "inner": {
            "anyOf": [
                {"type": "object", "additionalProperties": False, "required": ["id"],
                 "properties": {"id": {"type": "string"}}},
                {"type": "null"},
            ]
        },
    },
}  # fmt: skip
GOOD = {"messageType": "call", "state": "connected"}


def fits(document: Any, *, wide: bool) -> bool:
    schema = widen(SCHEMA) if wide else SCHEMA
    validator = Compiler({}).compile(schema)
    assert validator is not None
    return bool(validator.is_valid(document))


@pytest.mark.parametrize(
    "document",
    [
        {**GOOD, "aNewField": 1},
        {**GOOD, "state": "resting"},
        {**GOOD, "reason": "c"},
        {**GOOD, "inner": {"id": "x", "aNewField": 1}},
    ],
    ids=["a field", "a word", "a word or null", "a field inside"],
)
def test_what_a_host_adds_fits_the_widened_contract_only(document: Any) -> None:
    assert fits(document, wide=True) and not fits(document, wide=False)


@pytest.mark.parametrize(
    "document",
    [
        {"state": "connected"},
        {**GOOD, "messageType": "unheardOf"},
        {**GOOD, "state": 7},
        {**GOOD, "state": None},
        {**GOOD, "mark": "another"},
        {**GOOD, "count": 3},
        {**GOOD, "inner": {"aNewField": 1}},
        {**GOOD, "inner": {"id": 7}},
        [],
    ],
    ids=["missing", "event", "type", "null", "mark", "number", "inside", "inner type", "list"],
)
def test_what_a_host_gets_wrong_fits_neither(document: Any) -> None:
    assert not fits(document, wide=True) and not fits(document, wide=False)


@pytest.mark.parametrize("document", [GOOD, {**GOOD, "reason": None, "inner": None}])
def test_what_keeps_the_contract_fits_both(document: Any) -> None:
    assert fits(document, wide=True) and fits(document, wide=False)


def test_examples_are_values_and_the_contract_itself_stays() -> None:
    schema = {
        "enum": ["a", "b"],
        "examples": {"x": {"enum": ["a", "b"], "additionalProperties": False}},
        "default": {"additionalProperties": False},
        "const": {"enum": ["a", "b"]},
    }
    before = deepcopy(schema)
    wide = widen(schema)
    assert schema == before
    assert wide.pop("type") == "string"
    assert wide == {name: value for name, value in schema.items() if name != "enum"}
    assert widen([SCHEMA, 7, "text"])[1:] == [7, "text"]
