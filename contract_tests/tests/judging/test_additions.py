"""The widened contract takes what a host adds, and nothing that a host gets wrong."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from megaapi_contract.judging.additions import is_same_but_for_additions, member_names, widen
from megaapi_contract.judging.contract import Contract
from megaapi_mock.spec.plans import EVERY_PLAN
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


def test_of_no_answer_a_field_can_go_or_change_its_type_unnoticed() -> None:
    """One of several forms may be closed: open, it would take what is broken of the others."""
    contract = Contract(plan=EVERY_PLAN)
    for operation in contract.operations:
        for status in operation.definition["responses"]:
            response = contract.response(operation, int(status)) or {}
            content = response.get("content", {}).get("application/json", {})
            strict = contract.compiler.compile(content.get("schema"))
            wide = contract.wide.compile(widen(content.get("schema")))
            for example in content.get("examples", {}).values():
                for document in broken_copies(example["value"]):
                    is_noticed = strict.is_valid(document) or not wide.is_valid(document)
                    assert is_noticed, (operation.id, status, document)


def broken_copies(node: Any) -> Iterator[Any]:
    """The document without each of its fields, and with each as a list."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield {other: each for other, each in node.items() if other != name}
            yield {**node, name: []}
            yield from ({**node, name: copy} for copy in broken_copies(value))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            for copy in broken_copies(value):
                yield [*node[:number], copy, *node[number + 1 :]]


# -- contents that are compared --------------------------------------------------------------

NAMES = frozenset({"text", "rows", "mentionedJid"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"text": "Oi"}, {"text": "Oi", "novoCampo": {"a": 1}}),
        ({"text": "Oi", "novo": 1}, {"text": "Oi", "outro": 2}),
        ({"rows": [{"text": "a"}]}, {"rows": [{"text": "a", "novo": None}]}),
        ({"de": {"text": "a"}}, {"de": {"text": "a", "novo": []}}),
        (None, None),
    ],
)
def test_contents_are_the_same_whatever_a_host_adds(one: Any, other: Any) -> None:
    assert is_same_but_for_additions(one, other, NAMES)
    assert is_same_but_for_additions(other, one, NAMES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"text": "Oi"}, {"text": "oi"}),
        ({"text": "Oi"}, {}),
        ({"text": "Oi"}, {"text": "Oi", "mentionedJid": []}),
        ({"de": 1, "text": "Oi"}, {"de": 2, "text": "Oi"}),
        ({"rows": [{"text": "a"}]}, {"rows": [{"text": "a"}, {"text": "b"}]}),
        ({"rows": [{"text": "a"}]}, {"rows": [{"novo": "a"}]}),
        ({"text": "Oi"}, ["Oi"]),
        (["a", "b"], ["b", "a"]),
    ],
)
def test_contents_differ_in_what_the_contract_knows(one: Any, other: Any) -> None:
    assert not is_same_but_for_additions(one, other, NAMES)
    assert not is_same_but_for_additions(other, one, NAMES)


def test_the_contract_knows_the_fields_of_its_schemas_and_of_its_examples() -> None:
    schema = {
        "properties": {"text": {"type": "string"}},
        "examples": [{"text": "Oi", "context": [{"stanzaId": "1"}]}],
    }
    assert {*member_names({"a": [schema]})} == {"text", "context", "stanzaId"}
    assert {
        "remoteJid",
        "quotedMessage",
        "mentionedJid",
        "jpegThumbnail",
    } <= Contract().member_names
    assert "novoCampo" not in Contract().member_names
