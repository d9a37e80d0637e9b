"""What was tried of each operation is counted from the exchanges alone."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.coverage import Coverage
from megaapi_contract.judging.results import Exchange
from megaapi_contract.probes.cases import Cases
from schemathesis import GenerationMode


def exchange(
    operation: str | None, body: Any = None, *, raw: bytes = b"", query: str = "", status: int = 200
) -> Exchange:
    content = raw if body is None else json.dumps(body).encode()
    return Exchange(
        1, operation, "POST", f"http://mock/rest?{query}", (), content, status, (), b"", 0.0, 0.0
    )


def test_every_operation_is_listed_with_its_promises(contract: Contract) -> None:
    table = Coverage(contract).operations
    assert set(table) == set(contract.by_id)
    assert table["send_text"].promised == (
        *("200", "400", "401", "403", "404", "413", "415", "500", "502"),
    )
    assert table["group_details"].keywords == ("?jid: required", "?jid: minLength")
    assert table["create_group"].keywords == (
        "body: required",
        "body: JSON",
        "body: type",
        "group_data: required",
        "group_data: type",
        "group_data/group_name: required",
        "group_data/participants: required",
        "group_data/group_name: type",
        "group_data/participants: type",
        "group_data/participants/*: type",
    )


@pytest.mark.parametrize(
    ("body", "broken_rules"),
    [
        ({"group_data": {"group_name": "A", "participants": []}}, set()),
        ({"group_data": {"group_name": 1, "participants": [2, "b"]}},
         {"group_data/group_name: type", "group_data/participants/*: type"}),
        ({"group_data": {}},
         {"group_data/group_name: required", "group_data/participants: required"}),
        ([], {"body: type"}),
    ],
)  # fmt: skip
def test_broken_rules_are_named_as_they_are_listed(
    contract: Contract, body: Any, broken_rules: set[str]
) -> None:
    coverage = Coverage(contract)
    coverage.record(exchange("create_group", body))
    covered = coverage.of_operation("create_group")
    assert covered.broken_keywords == broken_rules
    assert covered.accepted is not bool(broken_rules)
    assert covered.broken_keywords <= set(covered.keywords)


def test_rules_under_a_condition_are_listed(contract: Contract) -> None:
    coverage = Coverage(contract)
    buttons = [{"type": "copy", "title": "A"}]
    data = {"to": "1", "text": "A", "type": "image", "buttons": buttons}
    coverage.record(exchange("send_template", {"messageData": data}))
    covered = coverage.of_operation("send_template")
    assert covered.broken_keywords == {
        "messageData/mediaUrl: required",
        "messageData/buttons/*/payload: required",
    }
    assert covered.broken_keywords <= set(covered.keywords)


def test_no_body_and_no_json_are_rules_too(contract: Contract) -> None:
    coverage = Coverage(contract)
    coverage.record(exchange("create_group", status=500))
    coverage.record(exchange("create_group", raw=b"{not", status=400))
    covered = coverage.of_operation("create_group")
    assert covered.broken_keywords == {"body: required", "body: JSON"}
    assert (covered.answers, covered.requests) == ({500: 1, 400: 1}, 2)
    assert not covered.answered


def test_query_parameters_are_held_to_their_rules(contract: Contract) -> None:
    coverage = Coverage(contract)
    for query in ("", "jid=", "jid=a%40g.us"):
        coverage.record(exchange("group_details", query=query, status=200 if query else 500))
    covered = coverage.of_operation("group_details")
    assert covered.broken_keywords == {"?jid: required", "?jid: minLength"}
    assert covered.accepted


def test_a_good_request_that_was_refused_is_not_kept(contract: Contract) -> None:
    coverage = Coverage(contract)
    body = {"group_data": {"group_name": "A", "participants": []}}
    coverage.record(exchange("create_group", body, status=403))
    assert not coverage.of_operation("create_group").accepted
    # The same body again is looked up, and counts all the same.
    coverage.record(exchange("create_group", body, status=200))
    assert coverage.of_operation("create_group").accepted


def test_other_routes_and_operations_left_out_are_passed_over(contract: Contract) -> None:
    coverage = Coverage(contract, [contract.by_id["send_text"]])
    coverage.record(exchange(None))
    coverage.record(exchange("create_group"))
    assert {name: each.requests for name, each in coverage.operations.items()} == {"send_text": 0}


@pytest.fixture(scope="module")
def cases(contract: Contract) -> Cases:
    return Cases(contract)


@given(drawn=st.data())
@settings(max_examples=60, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_whatever_breaks_a_rule_breaks_a_listed_one(
    contract: Contract, cases: Cases, drawn: st.DataObject
) -> None:
    name = drawn.draw(st.sampled_from(sorted(contract.by_id)))
    case = drawn.draw(cases.strategy(name, GenerationMode.NEGATIVE))
    if not isinstance(case.body, dict | list | str | int | float | bool):
        return
    coverage = Coverage(contract, [contract.by_id[name]])
    coverage.record(exchange(name, case.body))
    covered = coverage.of_operation(name)
    assert covered.broken_keywords <= set(covered.keywords)


def test_it_costs_little(contract: Contract) -> None:
    coverage = Coverage(contract)
    requests = [
        exchange("send_text", {"messageData": {"to": str(number), "text": number % 7 or "Oi"}})
        for number in range(3000)
    ]
    started = time.process_time()
    for each in requests:
        coverage.record(each)
    assert (time.process_time() - started) / len(requests) < 0.0002
