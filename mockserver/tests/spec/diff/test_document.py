"""Two versions of a contract compared: every kind of change is named, and named rightly."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.resources import root
from megaapi_mock.spec.bundle import bundle
from megaapi_mock.spec.diff.change import RULES
from megaapi_mock.spec.diff.document import compare

from .pairs import DOCUMENTS, SCHEMAS
from .seeded import SEEDED, at, changed, contract, do


@pytest.mark.parametrize("name", SEEDED)
def test_a_change_is_classified(name: str) -> None:
    edit, level, rule, places = SEEDED[name]
    changes = compare(contract(), changed(edit))
    worst = {(each.subject, each.place) for each in changes if each.rule == rule}
    assert worst == places, changes
    assert {each.level.value for each in changes if each.rule == rule} == {level}
    assert changes[0].level.value == level, "nothing beside it is worse"


def test_the_table_has_sixty_and_most_rules() -> None:
    assert len(SEEDED) >= 60
    tried = {rule for _, _, rule, _ in SEEDED.values()}
    tried |= {names[2].split()[-1] for names in DOCUMENTS.values()}
    tried |= {name.split()[-1] for names in SCHEMAS.values() for name in names[2:]}
    opposite = {
        "webhook-switched-on", "operation-no-longer-deprecated", "link-not-required",
        "field-no-longer-deprecated", "path-parameter-renamed", "parameter-now-optional",
        "body-now-required", "header-added", "header-now-required", "format-added",
        "reference-broken", "reference-fixed",
    }  # fmt: skip
    assert set(RULES) - tried == opposite


@pytest.mark.parametrize(
    ("name", "rule", "level"),
    [
        ("a parameter must be given", "parameter-now-optional", "harmless"),
        ("the body need not be sent", "body-now-required", "breaking"),
        ("a webhook is off", "webhook-switched-on", "dangerous"),
        ("an operation is deprecated", "operation-no-longer-deprecated", "harmless"),
        ("a linked phone is needed", "link-not-required", "harmless"),
        ("a request field is deprecated", "field-no-longer-deprecated", "harmless"),
        ("a header is gone", "header-added", "harmless"),
        ("a header may be missing", "header-now-required", "harmless"),
        ("a request format is gone", "format-added", "breaking"),
        ("an answer's field may be null", "type-narrowed", "harmless"),
        ("an answer's value is new", "values-removed", "harmless"),
        ("a request text must be longer", "bound-loosened", "harmless"),
        ("a webhook is gone", "webhook-added", "dangerous"),
        ("a plan loses an operation", "plan-added", "harmless"),
        ("one of two ways in is gone", "security-loosened", "harmless"),
        ("a request map is closed", "other-fields-allowed", "harmless"),
        ("a request form is new", "alternative-removed", "breaking"),
    ],
)
def test_a_change_taken_back_is_classified(name: str, rule: str, level: str) -> None:
    edit = SEEDED[name][0]
    changes = compare(changed(edit), contract())
    assert {each.level.value for each in changes if each.rule == rule} == {level}, changes


def test_equal_documents_have_no_changes() -> None:
    assert compare(contract(), contract()) == []
    document = bundle(root("spec")).document
    assert compare(document, document) == []


def _moved_into_a_component(document: dict[str, Any]) -> None:
    body = document["paths"]["/send/{key}"]["post"]["requestBody"]["content"]["application/json"]
    document["components"]["schemas"]["Sent"] = body["schema"]
    body["schema"] = {"$ref": "#/components/schemas/Sent"}


def _split_by_all_of(document: dict[str, Any]) -> None:
    order = document["components"]["schemas"]["Order"]
    total = order["properties"].pop("total")
    document["components"]["schemas"]["Order"] = {
        "allOf": [order, {"type": "object", "properties": {"total": total}}]
    }


def _renamed_parameter(document: dict[str, Any]) -> None:
    item = document["paths"].pop("/orders/{key}")
    item["get"]["parameters"][0]["name"] = "order"
    document["paths"]["/orders/{order}"] = item


def _shuffled(document: dict[str, Any]) -> None:
    forms = document["webhooks"]["message"]["post"]["requestBody"]["content"]
    forms["application/json"]["schema"]["allOf"][2]["oneOf"].reverse()
    document["components"]["schemas"]["Order"]["required"].reverse()
    document["paths"]["/send/{key}"]["post"]["parameters"].reverse()


@pytest.mark.parametrize(
    "edit",
    [
        _moved_into_a_component,
        _split_by_all_of,
        _shuffled,
        at("components", "schemas")(Unused={"type": "integer"}),
        do("components", "schemas", "Order", "properties", "state", "enum", act=lambda v: v.sort()),
    ],
)
def test_the_same_written_otherwise_is_no_change(edit: Any) -> None:
    assert compare(contract(), changed(edit)) == []
    assert compare(changed(edit), contract()) == []


def test_a_parameter_of_the_path_may_have_another_name() -> None:
    (only,) = compare(contract(), changed(_renamed_parameter))
    assert (only.rule, only.level) == ("path-parameter-renamed", "harmless")


def test_a_schema_inside_itself_ends() -> None:
    old, new = (
        contract(),
        changed(
            at("components", "schemas", "Order", "properties", "parent")(description="above it")
        ),
    )
    assert compare(old, new) == []
    new["components"]["schemas"]["Order"]["properties"]["parent"] = {"type": "null"}
    assert {each.rule for each in compare(old, new)} == {"type-changed"}
