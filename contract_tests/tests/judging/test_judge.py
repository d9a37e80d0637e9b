"""Every answer and webhook is held to the contract: nothing is missed, nothing right is blamed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from megaapi_contract.errors import Unusable
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.judge import MAX_MESSAGE, MAX_PER_BODY, Judge
from megaapi_contract.judging.results import Breach, Exchange, Webhook
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples

from ..made_up import exchange

JSON = "application/json"
CONTRACT = Contract()
SAMPLES = Samples(root("fixtures"))


def answer(
    operation: str, status: int, document: Any = None, *, media_type: str = JSON, **changes: Any
) -> Exchange:
    """An answer with this document as its body; bytes and text are sent as they are."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    if isinstance(document, str):
        body = document.encode()
    parts: dict[str, Any] = {
        "operation": operation, "status": status, "body": body,
        "url": "https://host.example.test/rest/instance/K",
        "headers": (("Content-Type", media_type),) if media_type else (),
    }  # fmt: skip
    return exchange(**parts | changes)


def judged(sent_message: Exchange, *, mock: bool = False) -> list[Breach]:
    return Judge(CONTRACT, mock=mock).exchange(sent_message, "a probe")


def documented() -> Iterator[Any]:
    """Every example of every answer of the contract."""
    for operation in CONTRACT.operations:
        for status in operation.definition["responses"]:
            response = CONTRACT.response(operation, int(status)) or {}
            for media_type, content in response.get("content", {}).items():
                for name, example in content.get("examples", {}).items():
                    yield pytest.param(
                        operation.id, int(status), media_type, example["value"],
                        id=f"{operation.id}-{status}-{name}",
                    )  # fmt: skip


def successes() -> Iterator[Any]:
    """The first documented success of each operation, where it is JSON."""
    for operation in CONTRACT.operations:
        status, media_type, document = CONTRACT.answer_example(operation)
        if media_type == JSON and isinstance(document, dict):
            yield pytest.param(operation.id, status, document, id=operation.id)


# -- nothing right is blamed -----------------------------------------------------------------


@pytest.mark.parametrize(("operation", "status", "media_type", "document"), list(documented()))
def test_every_documented_answer_keeps_the_contract(
    operation: str, status: int, media_type: str, document: Any
) -> None:
    assert judged(answer(operation, status, document, media_type=media_type)) == []


@pytest.mark.parametrize("event", SAMPLES.names())
def test_every_sample_of_a_webhook_keeps_the_contract(event: str) -> None:
    webhook = Webhook(1, json.dumps(SAMPLES.payload(event)).encode(), (), 0.0, None)
    assert Judge(CONTRACT, mock=False).webhook(webhook, "a probe") == []


def test_unknown_routes_and_methods_without_a_body_are_not_judged() -> None:
    odd_answer = answer("instance_status", 418, {})
    assert judged(odd_answer) != []
    assert judged(replace(odd_answer, operation=None)) == []
    assert judged(replace(odd_answer, method="HEAD")) == []
    assert judged(replace(odd_answer, method="OPTIONS")) == []


def test_an_empty_body_is_right_where_the_contract_says_so() -> None:
    assert judged(answer("instance_status", 200, b"")) == []
    (breach,) = judged(answer("send_text", 200, b""))
    assert (breach.kind, breach.message) == ("schema", "200: the body is empty")


# -- nothing wrong is missed -------------------------------------------------------------------


@pytest.mark.parametrize(("operation", "status", "document"), list(successes()))
def test_a_status_the_contract_does_not_have_is_noticed(
    operation: str, status: int, document: Any
) -> None:
    (breach,) = judged(answer(operation, 418, document))
    assert (breach.kind, breach.operation) == ("status", operation)
    assert breach.message == "418 is not promised"


@pytest.mark.parametrize(("operation", "status", "document"), list(successes()))
@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", ""])
def test_another_content_type_is_noticed(
    operation: str, status: int, document: Any, media_type: str
) -> None:
    (breach,) = judged(answer(operation, status, document, media_type=media_type))
    assert breach.kind == "content-type"
    assert breach.message == f"{status}: {media_type or 'none'}"


@pytest.mark.parametrize(("operation", "status", "document"), list(successes()))
@pytest.mark.parametrize("body", [b"{", b"<html>", b"\xff"])
def test_a_body_that_is_not_json_is_noticed(
    operation: str, status: int, document: Any, body: bytes
) -> None:
    (breach,) = judged(answer(operation, status, body))
    assert (breach.kind, breach.message) == ("schema", f"{status}: the body is not JSON")


def test_a_body_that_nests_too_deep_is_noticed() -> None:
    deep = b'{"a":' * 5000 + b"1" + b"}" * 5000
    (breach,) = judged(answer("send_text", 200, deep))
    assert breach.kind == "schema" and "not JSON" not in breach.message


@pytest.mark.parametrize(("operation", "status", "document"), list(successes()))
def test_a_document_of_another_type_is_noticed(operation: str, status: int, document: Any) -> None:
    assert {breach.kind for breach in judged(answer(operation, status, 7))} == {"schema"}


@pytest.mark.parametrize(("operation", "status", "document"), list(successes()))
def test_a_missing_or_wrong_member_is_noticed_and_named(
    operation: str, status: int, document: Any
) -> None:
    noticed = 0
    for name in document:
        without = {key: value for key, value in document.items() if key != name}
        # Of some shapes the members may be left out: then it is another documented one.
        noticed += any(
            breach.kind == "schema" and name in breach.message
            for breach in judged(answer(operation, status, without))
        )
        wrong = judged(answer(operation, status, {**document, name: [{}]}))
        noticed += any(breach.kind == "schema" for breach in wrong)
    assert noticed >= len(document)


def test_a_value_of_a_wrong_type_is_one_failure() -> None:
    status, media_type, document = CONTRACT.answer_example(CONTRACT.by_id["send_text"])
    document = {**document, "error": "false"}
    (breach,) = judged(answer("send_text", status, document, media_type=media_type))
    assert breach.message == f'{status}: error: "false" is not of type "boolean"'


@pytest.mark.parametrize(("operation", "status", "document"), list(successes()))
def test_a_field_more_is_a_new_fact_and_breaks_nothing(
    operation: str, status: int, document: Any
) -> None:
    (fact,) = judged(answer(operation, status, {**document, "aNewField": 1}))
    assert fact.severity(strict=True) == "new fact"
    assert fact.message == "aNewField: a field that the contract does not have"


def test_a_field_more_in_an_error_is_a_new_fact_that_is_named() -> None:
    error = {"name": "UNAUTHORIZED", "message": "Unauthorized", "statusCode": 401}
    assert judged(answer("send_text", 401, error)) == []
    (fact,) = judged(answer("send_text", 401, {**error, "aNewField": 1}))
    assert fact.kind == "addition" and "aNewField" in fact.message


def test_a_limit_of_a_proxy_is_a_new_fact() -> None:
    (fact,) = judged(answer("send_text", 413, "<html>too large</html>", media_type="text/html"))
    assert fact.kind == "addition" and "text/html" in fact.message


def test_what_is_said_of_one_body_is_bounded() -> None:
    wrong: Any = {name: {} for name in ("error", "message", "messageData", "x" * 400)}
    breaches = judged(answer("send_text", 200, wrong))
    assert 0 < len(breaches) <= MAX_PER_BODY
    assert all(len(breach.message) <= MAX_MESSAGE for breach in breaches)


def test_a_500_of_the_mock_needs_a_reason_once_its_headers_were_seen() -> None:
    judge = Judge(CONTRACT, mock=True)
    error = {"name": "INTERNAL_SERVER_ERROR", "message": "wrong data", "statusCode": 500}
    bare = answer("send_text", 500, error)
    assert judge.exchange(bare, "a probe") == []
    types = bare.headers
    marked = replace(bare, headers=(*types, ("X-Mock-Exchange", "1"), ("X-Mock-Reason", "why")))
    assert judge.exchange(marked, "a probe") == []
    assert [breach.kind for breach in judge.exchange(bare, "a probe")] == ["bare-500"]
    # A real host promises no reason.
    assert judged(bare) == []


def test_a_422_is_the_mocks_own_and_nobody_elses() -> None:
    refused = answer("send_text", 422, {})
    assert judged(refused, mock=True) == []
    assert [breach.kind for breach in judged(refused)] == ["status"]


# -- is it a gateway that answers? --------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers", "body", "reason"),
    [
        (302, (("Location", "https://other.example.test/"),), b"", "redirects to"),
        (301, (("Location", "http://host.example.test/"),), b"", "redirects to"),
        (502, (("Content-Type", "text/html"),), b"<html>", "cannot reach it"),
        (525, (), b"", "cannot reach it"),
    ],
    ids=["elsewhere", "without TLS", "a proxy's page", "a CDN's"],
)
def test_somebody_else_who_answers_makes_a_host_unusable(
    status: int, headers: Any, body: bytes, reason: str
) -> None:
    answer_sent = answer("send_text", status, body, headers=headers)
    with pytest.raises(Unusable, match=reason):
        Judge(CONTRACT, mock=False).require_gateway(answer_sent)
    Judge(CONTRACT, mock=True).require_gateway(answer_sent)


@pytest.mark.parametrize("mock", [True, False])
def test_mock_with_strict_cannot_be_judged(mock: bool) -> None:
    headers = (("Content-Type", JSON), ("X-Mock-Exchange", "x1"), ("X-Mock-Reason", "no text"))
    body = b'{"statusCode": 422, "violations": ["no text"]}'
    judge = Judge(CONTRACT, mock=mock)
    with pytest.raises(Unusable, match="is a mock with --strict"):
        judge.require_gateway(answer("send_text", 422, body, headers=headers))
    # Whoever answers so without being a mock is judged.
    judge.require_gateway(answer("send_text", 422, body, headers=headers[:1]))
    judge.require_gateway(answer("send_text", 422, b"{}", headers=headers))


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (302, (("Location", "/login"),), b""),
        (302, (("Location", "https://host.example.test/login"),), b""),
        (302, (), b""),
        (502, (("Content-Type", JSON),), b"{}"),
        (500, (("Content-Type", "text/html"),), b"<html>"),
    ],
    ids=["own path", "own address", "no location", "own 502", "own page"],
)
def test_a_host_that_answers_itself_can_be_judged(status: int, headers: Any, body: bytes) -> None:
    Judge(CONTRACT, mock=False).require_gateway(answer("send_text", status, body, headers=headers))


def test_a_page_is_doubtful_where_none_is_promised() -> None:
    judge = Judge(CONTRACT, mock=False)
    page = answer("send_text", 200, "<html>", media_type="text/html; charset=utf-8")
    assert judge.is_doubtful(page)
    assert judge.is_doubtful(replace(page, operation=None))
    assert not judge.is_doubtful(replace(page, operation="qr_code_page"))
    assert not judge.is_doubtful(answer("send_text", 200, {}))
    assert not Judge(CONTRACT, mock=True).is_doubtful(page)


def test_a_doubtful_host_is_unusable_unless_its_status_is_json() -> None:
    judge = Judge(CONTRACT, mock=False)
    page = answer("send_text", 200, "<html>", media_type="text/html")
    judge.require_json_status(page, answer("instance_status", 200, {}))
    with pytest.raises(Unusable, match=r"answers 200 with text/html .* also to a status call"):
        judge.require_json_status(page, page)
    untyped = answer("send_text", 200, "<html>", media_type="")
    with pytest.raises(Unusable, match="no content type"):
        judge.require_json_status(untyped, page)


# -- webhooks ---------------------------------------------------------------------------------


def webhook(payload: Any) -> list[Breach]:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Judge(CONTRACT, mock=False).webhook(Webhook(1, body, (), 0.0, None), "a probe")


@pytest.mark.parametrize("event", SAMPLES.names())
def test_a_webhook_with_a_wrong_member_is_noticed(event: str) -> None:
    payload = SAMPLES.payload(event)
    assert webhook({**payload, "instance_key": {"not": "a key"}}) != []
    assert webhook({**payload, "messageType": 7}) != []


@pytest.mark.parametrize("payload", [b"not JSON", [], {}, 7], ids=["text", "list", "empty", "7"])
def test_a_payload_that_is_no_event_is_noticed(payload: Any) -> None:
    breaches = webhook(payload)
    assert breaches and {breach.kind for breach in breaches} == {"webhook"}
    assert {breach.operation for breach in breaches} == {"unknown event"}


def test_an_event_the_contract_does_not_have_is_a_new_fact() -> None:
    (fact,) = webhook({"messageType": "newsletter.update", "instance_key": "K", "data": {}})
    assert fact.kind == "addition"
    assert fact.message == ("an event the contract does not have: messageType newsletter.update")


def test_a_field_more_in_a_webhook_is_a_new_fact() -> None:
    for event in SAMPLES.names():
        (fact,) = webhook({**SAMPLES.payload(event), "aNewField": 1})
        assert fact.severity(strict=True) == "new fact", event
        assert fact.message == "aNewField: a field that the contract does not have"


def test_a_field_more_beside_what_is_broken_is_named_too() -> None:
    payload = SAMPLES.payload("text-plain") | {"aNewField": 1, "messageTimestamp": "x"}
    assert {breach.kind for breach in webhook(payload)} == {"webhook", "addition"}
    document = CONTRACT.answer_example(CONTRACT.by_id["send_text"])[2]
    broken = judged(answer("send_text", 200, {**document, "message": 7, "aNewField": 1}))
    assert [breach.kind for breach in broken] == ["schema", "addition"]
