"""Fields of answers and webhooks that the contract does not have."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.contract_fields import ContractFields
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.spec.plans import EVERY_PLAN

SAMPLES = Samples(root("fixtures"))


@pytest.fixture(scope="module")
def every_plan() -> Contract:
    return Contract(plan=EVERY_PLAN)


@pytest.fixture(scope="module")
def fields(every_plan: Contract) -> ContractFields:
    return ContractFields(every_plan)


def test_no_example_and_no_sample_has_a_new_field(
    fields: ContractFields, every_plan: Contract
) -> None:
    for operation in every_plan.operations:
        for status in map(int, operation.definition["responses"]):
            content = (every_plan.response(operation, status) or {}).get("content", {})
            for example in content.get("application/json", {}).get("examples", {}).values():
                new_fields = fields.new_in_answer(operation.id, status, example["value"])
                assert [*new_fields] == [], (operation.id, status)
    for name in SAMPLES.names():
        event = every_plan.recogniser.recognise(SAMPLES.payload(name)).event
        assert event is not None
        assert [*fields.new_in_webhook(event.name, SAMPLES.payload(name))] == [], name


@pytest.mark.parametrize(
    ("operation", "document", "path"),
    [
        ("instance_status", {"extra": 1}, "extra"),
        ("instance_status", {"instance": {"extra": 1}}, "instance/extra"),
        ("list_groups", {"groups": [{"participants": [{"extra": 1}]}]},
         "groups/*/participants/*/extra"),
    ],
)  # fmt: skip
def test_a_field_more_is_named_by_its_path(
    operation: str, document: Any, path: str, fields: ContractFields
) -> None:
    assert [*fields.new_in_answer(operation, 200, document)] == [path]


def test_a_field_more_in_the_content_of_a_message_is_new(fields: ContractFields) -> None:
    payload = SAMPLES.payload("image")
    payload["message"]["imageMessage"]["extra"] = 1
    assert [*fields.new_in_webhook("image", payload)] == ["message/imageMessage/extra"]


def test_of_a_status_that_the_contract_does_not_have_nothing_is_new(fields: ContractFields) -> None:
    assert [*fields.new_in_answer("send_text", 299, {"extra": 1})] == []
