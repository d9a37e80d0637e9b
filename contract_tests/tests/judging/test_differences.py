"""What was expected and what came instead, in words, of every kind of broken promise."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.differences import MAX_SHOWN, _expected_and_got, difference, nearest
from megaapi_contract.judging.judge import Judge
from megaapi_contract.judging.results import Breach, Exchange, Promise, Webhook
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.spec.validate import Compiler

from ..made_up import exchange, failure, finding

JSON = (("Content-Type", "application/json"),)
PROMISE = Promise("observed", "openapi.yaml")
CLOSED = {"additionalProperties": False, "properties": {"b": {}}}


def answer(operation: str, status: int, document: Any) -> Exchange:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return exchange(operation=operation, status=status, headers=JSON, body=body)


def differences(contract: Contract, sent_message: Exchange) -> list[tuple[str, str]]:
    return [
        difference(breach, contract)
        for breach in Judge(contract, mock=False).exchange(sent_message, "a probe")
    ]


def test_statuses_that_are_promised_stand_beside_the_one_that_came(contract: Contract) -> None:
    expected, actual = difference(failure(exchange=answer("send_text", 418, {})), contract)
    assert actual == "418" and set(expected.split(" or ")) == set(
        contract.by_id["send_text"].definition["responses"]
    )
    unknown = failure(operation="unheard_of", exchange=answer("send_text", 418, {}))
    assert difference(unknown, contract) == ("", "418")


@pytest.mark.parametrize(
    ("document", "expected", "got"),
    [
        ({"name": "UNAUTHORIZED", "statusCode": 401}, 'body: a member "message"', None),
        ({"name": "X", "message": 7, "statusCode": 401}, "message: string", "message: 7"),
        ([], "body: object", "body: []"),
        (b"{", "JSON", "1 bytes that are not JSON"),
        (b"", "JSON", "nothing"),
    ],
)  # fmt: skip
def test_an_answer_of_another_shape_is_told_by_its_nearest_difference(
    document: Any, expected: str, got: str | None, contract: Contract
) -> None:
    differing = differences(contract, answer("send_text", 401, document))
    assert expected in [each[0] for each in differing], differing
    assert got is None or got in [each[1] for each in differing], differing


def test_a_message_that_fits_no_error_has_no_difference(contract: Contract) -> None:
    error = answer("send_text", 401, {"name": 7, "message": "x", "statusCode": 401})
    other = failure("401: nothing of the kind", kind="schema", exchange=error)
    assert difference(other, contract) == ("", "")
    without = failure("x", kind="schema", operation="unheard_of", exchange=error)
    assert difference(without, contract)[0] == "JSON"


@pytest.mark.parametrize(
    ("status", "document", "sentence", "got"),
    [
        (200, {"instance": {"user": None}}, "the user is named", "200 with instance/user: null"),
        (200, {"groups": [{"id": "x"}]}, "the id comes", '200 with groups/0/id: "x"'),
        (200, {"error": False}, "the message is sent", '200 {"error": false}'),
        (404, {"name": "x"}, "the name of 404", '404 {"name": "x"}'),
        (200, b"<html>", "whatever it is", "200"),
    ],
)
def test_of_a_rule_the_members_it_speaks_of_are_shown_first(
    status: int, document: Any, sentence: str, got: str, contract: Contract
) -> None:
    breach = failure(sentence, kind="law", exchange=answer("send_text", status, document))
    assert difference(breach, contract) == (sentence, got)


def test_a_long_document_is_told_by_what_it_is_made_of(contract: Contract) -> None:
    document = {"text": "x" * 100, "inner": {"a": "y" * 200}, "count": 3}
    breach = failure("r", kind="law", exchange=answer("send_text", 404, document))
    got = difference(breach, contract)[1]
    assert '"inner": ...' in got and '"count": 3' in got
    long = failure("r", kind="law", exchange=answer("send_text", 404, ["z" * 1000]))
    assert len(difference(long, contract)[1]) <= MAX_SHOWN + len("404 ...")


def test_where_the_sentence_says_all_nothing_is_added(contract: Contract) -> None:
    assert difference(finding(), contract) == ("", "")
    assert difference(failure(kind="check"), contract) == ("", "")


@pytest.mark.parametrize(
    ("schema", "document", "expected"),
    [
        ({"type": ["string", "null"]}, 7, "body: null or string"),
        ({"const": "x"}, 7, 'body: "x"'),
        ({"enum": ["x", 1]}, 7, 'body: one of "x", 1'),
        ({"pattern": "^a$"}, "b", 'body: a string that matches "^a$"'),
        ({"minLength": 3}, "b", "body: minLength 3"),
        ({"uniqueItems": True}, [1, 1], "body: items that differ"),
        (CLOSED, {"a": 1}, "body: no member beside those of the contract"),
        ({"properties": {"a": False}}, {"a": 1}, "a: no such member"),
    ],
)
def test_every_kind_of_rule_is_told_in_words(schema: Any, document: Any, expected: str) -> None:
    validator = Compiler({}).compile(schema)
    assert validator is not None
    (error,) = list(validator.iter_errors(document))
    assert _expected_and_got(nearest(error))[0] == expected


def test_of_several_shapes_the_nearest_is_meant() -> None:
    schema = {
        "anyOf": [
            {"type": "array"},
            {"required": ["kind", "id"],
             "properties": {"kind": {"const": "b"}, "id": {"type": "string"}}},
            {"required": ["kind", "id"],
             "properties": {"kind": {"const": "a"}, "id": {"type": "string"}}},
        ]
    }  # fmt: skip
    validator = Compiler({}).compile(schema)
    assert validator is not None
    (error,) = list(validator.iter_errors({"kind": "a", "id": 7}))
    inner = nearest(error)
    assert (inner.kind.name, list(inner.instance_path)) == ("type", ["id"])
    (plain,) = list(Compiler({}).compile({"type": "object"}).iter_errors(7))
    assert nearest(plain) is plain


@pytest.mark.parametrize(
    ("operation", "document", "expected"),
    [
        (
            "webhook_settings",
            {"error": False, "message": "x",
             "webhookData": {"webhookUrl": "x", "webhookEnabled": "true"}},
            "webhookData/webhookEnabled: boolean",
        ),
        ("is_on_whatsapp", {"exists": "true", "jid": "1@lid"}, "exists: boolean"),
        ("send_location", {"error": False, "message": "x", "messageData": 7},
         "messageData: object"),
    ],
)  # fmt: skip
def test_a_wrong_type_inside_is_nearer_than_another_form(
    operation: str, document: Any, expected: str, contract: Contract
) -> None:
    assert [each for each, _ in differences(contract, answer(operation, 200, document))] == [
        expected
    ]


def webhook_breaches(contract: Contract, payload: Any) -> list[Breach]:
    webhook = Webhook(1, json.dumps(payload).encode(), (), 0.0, None)
    return Judge(contract, mock=False).webhook(webhook, "a probe")


def test_a_webhook_is_told_by_its_nearest_difference(contract: Contract) -> None:
    payload = Samples(root("fixtures")).payload("text-plain")
    payload["messageTimestamp"] = "yesterday"
    differing = [difference(breach, contract) for breach in webhook_breaches(contract, payload)]
    assert any(actual == 'messageTimestamp: "yesterday"' for _, actual in differing), differing


def test_a_webhook_that_is_no_event_has_no_difference(contract: Contract) -> None:
    payloads: tuple[Any, ...] = ({}, 7)
    for payload in payloads:
        for breach in webhook_breaches(contract, payload):
            assert difference(breach, contract) == ("", "")
    garbage = Webhook(1, b"{", (), 0.0, None)
    named_breach = Breach("p", "webhook", "text-plain", "m", PROMISE, None, garbage, rule="x")
    assert difference(named_breach, contract) == ("", "")
    other = Webhook(1, b"{}", (), 0.0, None)
    unknown = Breach("p", "webhook", "text-plain", "m", PROMISE, None, other, rule="unheardOf")
    assert difference(unknown, contract) == ("", "")
