"""openapi-core's words survive bodies that it cannot put into words."""

from __future__ import annotations

import pytest
from megaapi_mock.codec import dumps
from megaapi_mock.resources import root
from megaapi_mock.spec.authority import Authority
from megaapi_mock.spec.operations import operations
from megaapi_mock.spec.valid_bundle import valid_bundle

BUNDLE = valid_bundle(root("spec"))
SEND_TEXT = next(found for found in operations(BUNDLE) if found.id == "send_text")


@pytest.mark.parametrize("body", [b"\xff\xfe{}", b'{"messageData": "\xff"}', b"{", b"\x00"])
def test_unreadable_bodies_are_violations(body: bytes) -> None:
    authority = Authority(BUNDLE.document)
    (violation,) = authority.request_violations(SEND_TEXT, {}, body)
    assert violation.message
    (violation,) = authority.webhook_violations("text-plain", body)
    assert violation.message


BODIES = [
    {},
    [],
    None,
    "x",
    {"messageData": {}},
    {"messageData": {"to": 5}},
    {"messageData": {"to": "5511900000002", "text": None, "buttons": [{}], "sections": {}}},
    {"messageKeys": {"mediaKey": 1}},
    {"group_data": {"participants": "x"}},
]


@pytest.mark.parametrize("document", BODIES, ids=repr)
def test_a_body_alone_is_worded_as_within_its_request(document: object) -> None:
    authority = Authority(BUNDLE.document)
    for operation in operations(BUNDLE):
        if operation.request_schema is not None and not operation.takes_file:
            whole = authority.request_violations(operation, {}, dumps(document))
            assert authority.body_violations(operation, document) == whole


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        ([True], "[true]"),
        (5, "5"),
        ({"type": "Buffer", "data": [1] * 99}, '{"type":"Buffer","data":[1,1,'),
        (2**70, "a value that JSON cannot hold"),
    ],
)
def test_a_value_of_a_wrong_type_stands_as_in_json(value: object, shown: str) -> None:
    body = {"messageData": {"to": "5511900000002", "text": value}}
    (violation,) = Authority(BUNDLE.document).body_violations(SEND_TEXT, body)
    assert violation.message.startswith(shown)
    assert violation.message.endswith(" is not of type 'string'")
