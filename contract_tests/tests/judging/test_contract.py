"""The contract answers whose route, whose promise and whose example something is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Promise
from megaapi_mock.spec.validate import resolve


def test_every_operation_is_found_by_its_route_with_its_key(contract: Contract) -> None:
    for operation in contract.operations:
        path = operation.path.replace("{instance_key}", "megacode-K.1")
        assert contract.route(operation.method, path) == (operation, "megacode-K.1")
        assert contract.route(operation.method, f"{path}/") == (operation, "megacode-K.1")
        for other in ("/x" + path, f"{path}/x", path.replace("megacode-K.1", "a/b")):
            route = contract.route(operation.method, other)
            assert route is None or route[0] != operation
        assert contract.route("TRACE", path) is None


def test_a_plan_has_its_own_operations() -> None:
    everything = {plan: set(Contract(plan=plan).by_id) for plan in ("code", "start", "business")}
    assert everything["code"] and set.union(*everything.values()) >= everything["code"]
    for plan, ids in everything.items():
        assert all(plan in Contract(plan=plan).by_id[name].plans for name in sorted(ids)[:3])


def test_a_response_is_resolved_and_unknown_statuses_are_none(contract: Contract) -> None:
    send = contract.by_id["send_text"]
    response = contract.response(send, 200)
    assert response is not None and "$ref" not in response
    assert contract.response(send, 418) is None


def test_links_name_operations_of_the_contract(contract: Contract) -> None:
    links = {operation.id: list(contract.links(operation)) for operation in contract.operations}
    assert "delete_message" in links["send_text"]
    assert {name for names in links.values() for name in names} <= set(contract.by_id)


def test_a_promise_is_that_of_the_answer_before_that_of_the_operation(contract: Contract) -> None:
    for operation in contract.operations:
        whole = contract.promise(operation.id)
        declared = operation.definition["x-provenance"]
        assert (whole.grade, whole.file) == (declared["grade"], operation.spec_file)
        assert contract.promise(operation.id, 418) == whole
        for status in operation.definition["responses"]:
            own = (contract.response(operation, int(status)) or {}).get("x-provenance", declared)
            promise = contract.promise(operation.id, int(status))
            assert promise.grade == own["grade"]
            assert promise.sources == tuple(own.get("sources", ()))


def test_every_event_has_a_promise_of_its_file(contract: Contract) -> None:
    for name, event in contract.events.items():
        assert contract.event_promise(name).file == event.spec_file


START = Promise("observed", "a.yaml")
PART = {"x-provenance": {"grade": "inferred"}}


@pytest.mark.parametrize(
    ("schema", "path", "grade"),
    [
        ({"properties": {"a": PART}}, ["properties", "a", "type"], "inferred"),
        ({"properties": {"a": {}}}, ["properties", "a", "type"], "observed"),
        ({"anyOf": [{}, PART]}, ["anyOf", 1, "type"], "inferred"),
        ({"anyOf": [PART, {}]}, ["anyOf", 1, "type"], "observed"),
        ({"anyOf": [PART]}, ["anyOf", 7], "observed"),
        ({"anyOf": [PART]}, ["anyOf", "x"], "observed"),
        (PART, [], "observed"),
    ],
)
def test_the_nearest_promise_on_the_way_to_a_rule_counts(
    schema: Any, path: list[Any], grade: str, contract: Contract
) -> None:
    promise = contract.nearest_promise(schema, path, START)
    assert (promise.grade, promise.file) == (grade, "a.yaml")


def test_a_promise_is_found_behind_a_reference(contract: Contract) -> None:
    schemas = contract.document["components"]["schemas"]
    graded = next(name for name, schema in schemas.items() if "x-provenance" in schema)
    schema = {"$ref": f"#/components/schemas/{graded}"}
    promise = contract.nearest_promise(schema, ["$ref", "type"], START)
    assert promise.grade == resolve(schema, contract.document)["x-provenance"]["grade"]


def test_the_first_request_example_is_given(contract: Contract) -> None:
    assert contract.example(contract.by_id["send_text"])["messageData"]["to"]
    assert contract.example(contract.by_id["instance_status"]) is None


def test_every_operation_has_a_success_to_show(contract: Contract) -> None:
    for operation in contract.operations:
        status, media_type, document = contract.answer_example(operation)
        assert 200 <= status < 300 and (document is None or media_type)
    empty: Any = {"responses": {"200": {"content": {}}, "404": {}}}
    assert contract.answer_example(changed(contract, empty)) == (200, "", None)
    untold: Any = {"responses": {"404": {}, "200": {"content": {"image/png": {}}}}}
    assert contract.answer_example(changed(contract, untold)) == (200, "image/png", None)
    with pytest.raises(AssertionError, match="promises no 2xx"):
        contract.answer_example(changed(contract, {"responses": {"404": {}}}))


def changed(contract: Contract, definition: Any) -> Any:
    return replace(contract.by_id["send_text"], definition=definition)
