"""The contract of one plan is a whole contract: its operations, and all that these need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from megaapi_mock.commands.main import main
from megaapi_mock.resources import root
from megaapi_mock.spec.export import one_file
from megaapi_mock.spec.operations import METHODS, operations
from megaapi_mock.spec.plans import EVERY_PLAN, PLANS, document_of_plan
from megaapi_mock.spec.valid_bundle import valid_bundle
from openapi_spec_validator import OpenAPIV31SpecValidator

BUNDLE = valid_bundle(root("spec"))
OPERATIONS = operations(BUNDLE)
DOCUMENTS = {plan: document_of_plan(BUNDLE.document, plan) for plan in PLANS}
each_plan = pytest.mark.parametrize("plan", PLANS)


def calls(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from (item[method] for method in METHODS if method in item)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        reference = node.get("$ref")
        yield from [reference] if isinstance(reference, str) else []
        for part in node.values():
            yield from references(part)
    elif isinstance(node, list):
        for part in node:
            yield from references(part)


@each_plan
def test_contract_of_a_plan_is_valid_and_has_its_operations_alone(plan: str) -> None:
    document = DOCUMENTS[plan]
    problems = OpenAPIV31SpecValidator(document).iter_errors()
    assert [str(problem.message) for problem in problems] == []
    ids = {call["operationId"] for call in calls(document)}
    assert ids == {operation.id for operation in OPERATIONS if plan in operation.plans}
    assert document["webhooks"] == BUNDLE.document["webhooks"]
    assert all(item.keys() & set(METHODS) for item in document["paths"].values())


@each_plan
def test_contract_of_a_plan_names_nothing_that_is_not_in_it(plan: str) -> None:
    document = DOCUMENTS[plan]
    components = document["components"]
    named = {
        f"#/components/{section}/{name}" for section, members in components.items()
        for name in members
    }  # fmt: skip
    used = set(references(document))
    schemes = {f"#/components/securitySchemes/{name}" for name in components["securitySchemes"]}
    assert named - schemes == used
    asking = [document, *calls(document)]
    asked_for = {name for one in asking for each in one.get("security", ()) for name in each}
    assert asked_for == set(components["securitySchemes"])
    ids = {call["operationId"] for call in calls(document)}
    links = [
        link
        for response in (
            response for call in calls(document) for response in call["responses"].values()
        )
        for link in response.get("links", {}).values()
    ]
    links = [
        components["links"][link["$ref"].rpartition("/")[2]] if "$ref" in link else link
        for link in links
    ]
    assert links and {link["operationId"] for link in links} <= ids
    tags = {tag for call in (*calls(document), *webhook_calls(document)) for tag in call["tags"]}
    assert tags == {tag["name"] for tag in document["tags"]}
    for call in calls(document):
        assert all(plan in use["x-plans"] for use in call.get("x-uses", ()))


def webhook_calls(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (item["post"] for item in document["webhooks"].values())


def test_contract_of_every_plan_is_the_whole_one() -> None:
    assert document_of_plan(BUNDLE.document, EVERY_PLAN) == BUNDLE.document


def test_command_writes_the_contract_of_a_plan(tmp_path: Path) -> None:
    file = tmp_path / "start.yaml"
    result = CliRunner().invoke(main, ["spec", "bundle", "--plan", "start", "-o", str(file)])
    assert result.exit_code == 0, result.output
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert written == one_file(replace(BUNDLE, document=DOCUMENTS["start"]))
    assert set(written["paths"]) == set(DOCUMENTS["start"]["paths"])
    refused = CliRunner().invoke(main, ["spec", "bundle", "--plan", "gold"])
    assert refused.exit_code == 2 and "start" in refused.output
