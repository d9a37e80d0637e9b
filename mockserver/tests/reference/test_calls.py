"""Calls made from the examples of the contract, which a reader can copy."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from megaapi_mock.reference.calls import (
    EXAMPLE_HOOK,
    KEY,
    LOCAL_HOOK,
    MOCK,
    TOKEN,
    CallExample,
    calls_of,
    control_call,
    examples_of,
)
from megaapi_mock.reference.contract import Contract
from megaapi_mock.spec.operations import JSON
from megaapi_mock.spec.plans import ADMIN_TOKEN


@pytest.fixture(scope="module")
def calls(contract: Contract) -> dict[str, list[CallExample]]:
    return {
        operation.id: calls_of(operation, contract.document) for operation in contract.operations
    }


def test_each_operation_has_a_call_for_each_example(
    contract: Contract, calls: dict[str, list[CallExample]]
) -> None:
    for operation in contract.operations:
        content = operation.definition.get("requestBody", {}).get("content", {})
        media = content.get(operation.body_type, {})
        names = [name for name, _ in examples_of(media, contract.document)]
        assert [call.name for call in calls[operation.id]] == (names or ["call"]), operation.id


def test_an_address_holds_the_key_and_what_the_examples_say(
    contract: Contract, calls: dict[str, list[CallExample]]
) -> None:
    for operation in contract.operations:
        for call in calls[operation.id]:
            parts = urlsplit(call.url)
            assert call.method == operation.method
            assert call.url.startswith(MOCK) and "{" not in parts.path
            assert (KEY in call.url) == ("{instance_key}" in operation.path) or "instance_key" in (
                parse_qs(parts.query)
            )


def test_a_call_has_the_token_that_its_operation_wants(
    contract: Contract, calls: dict[str, list[CallExample]]
) -> None:
    for operation in contract.operations:
        token = ADMIN_TOKEN if operation.is_of_host else TOKEN
        for call in calls[operation.id]:
            assert call.headers["Authorization"] == f"Bearer {token}"
            assert (call.headers.get("Content-Type") == JSON) == (call.body is not None)


def test_a_file_is_sent_in_a_form_and_a_picture_is_kept_in_a_file(
    contract: Contract, calls: dict[str, list[CallExample]]
) -> None:
    for operation in contract.operations:
        for call in calls[operation.id]:
            assert (call.upload is not None) == operation.takes_file, operation.id
            assert call.body is None or call.upload is None
    assert calls["qr_code_image"][0].file == "qr_code_image.png"
    assert calls["send_text"][0].file is None


def test_the_example_of_an_address_leads_to_a_receiver_of_this_machine(
    calls: dict[str, list[CallExample]],
) -> None:
    texts = [str(call.body) for listed in calls.values() for call in listed]
    assert any(LOCAL_HOOK in text for text in texts)
    assert not any(f"'{EXAMPLE_HOOK}'" in text for text in texts)


def test_only_examples_with_a_value_are_shown() -> None:
    document = {"components": {"examples": {"E": {"summary": "e", "value": 1}}}}
    content: dict[str, Any] = {
        "examples": {"a": {"value": 0}, "b": {"$ref": "#/components/examples/E"},
                     "c": {"externalValue": "x"}},
    }  # fmt: skip
    assert list(examples_of(content, document)) == [
        ("a", {"value": 0}), ("b", {"summary": "e", "value": 1}),
    ]  # fmt: skip
    assert list(examples_of({}, document)) == []


def test_the_control_api_asks_for_no_token() -> None:
    call = control_call("reset", "/_mock/reset", {})
    assert (call.method, call.url) == ("POST", f"{MOCK}/_mock/reset")
    assert call.headers == {"Content-Type": JSON}
