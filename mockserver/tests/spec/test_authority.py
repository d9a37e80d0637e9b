"""openapi-core's words survive bodies that it cannot put into words."""

from __future__ import annotations

import pytest
from megaapi_mock.resources import root
from megaapi_mock.spec.authority import Authority
from megaapi_mock.spec.operations import operations
from megaapi_mock.spec.verdict import valid_bundle

BUNDLE = valid_bundle(root("spec"))
SEND_TEXT = next(found for found in operations(BUNDLE) if found.id == "send_text")


@pytest.mark.parametrize("body", [b"\xff\xfe{}", b'{"messageData": "\xff"}', b"{", b"\x00"])
def test_unreadable_bodies_are_violations(body: bytes) -> None:
    authority = Authority(BUNDLE.document)
    (violation,) = authority.request_violations(SEND_TEXT, {}, body)
    assert violation.message
    (violation,) = authority.webhook_violations("text-plain", body)
    assert violation.message
