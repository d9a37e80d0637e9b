"""What a capture tells of the world it was made in."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_contract.capture.capture_facts import InstanceFacts, facts_of
from megaapi_contract.judging.contract import Contract

from .planted import Record


def call(operation: str, status: int, body: Any, *, key: int = 1, token: int = 1) -> Record:
    return {
        "kind": "call", "operation": operation, "path": f"/rest/x/<key {key}>", "status": status,
        "request_headers": [["authorization", f"Bearer <token {token}>"]], "request_body": None,
        "body": {"json": body},
    }  # fmt: skip


def webhook(event: str, **payload: Any) -> Record:
    own = {"instance_key": "<key 1>", "jid": "<number 4>@s.whatsapp.net"}
    return {"kind": "webhook", "event": event, "request_body": {"json": own | payload}}


@pytest.mark.parametrize(
    ("record", "is_linked"),
    [
        (call("instance_status", 200, {"instance": {"status": "connected"}}), True),
        (call("instance_status", 200, {"instance": {"status": "disconnected"}}), False),
        (call("instance_status", 200, {"instance": {"user": {"name": "<text 1>"}}}), True),
        (call("instance_status", 200, {"instance": {"key": "<key 1>"}}), False),
        (call("instance_status", 200, {"instance": {"status": "<text 1>"}}), None),
        (call("instance_status", 200, {"instance": {"status": None}}), None),
        (call("list_groups", 403, {"message": "Instance not logged in"}), False),
        (call("list_groups", 200, {"groups": []}), True),
        (call("list_groups", 500, {}), True),
        (call("list_groups", 403, {"message": "Number not registered on WhatsApp"}), True),
        (call("qr_code_base64", 403, {"message": "User is already logged in"}), True),
        (call("qr_code_base64", 200, {"qrcode": "<base64 1>"}), False),
        (call("config_details", 200, {}), None),
        (webhook("connected"), False),
        (webhook("text-plain"), True),
    ],
)
def test_whether_a_phone_was_linked(
    record: Record, is_linked: bool | None, contract: Contract
) -> None:
    facts = facts_of([record], contract.operations)
    assert facts.instances[1].is_linked is is_linked


def test_the_first_answer_counts(contract: Contract) -> None:
    unlinked = call("list_groups", 403, {"message": "Instance not logged in"})
    facts = facts_of([unlinked, call("list_groups", 200, {})], contract.operations)
    assert facts.instances == {1: InstanceFacts(token=1, is_linked=False)}


def test_a_wrong_token_is_not_the_instance_s(contract: Contract) -> None:
    wrong = call("list_groups", 401, {"message": "Unauthorized"}, token=9)
    right = call("list_groups", 200, {}, token=2)
    assert facts_of([wrong, right], contract.operations).instances[1].token == 2


def test_a_key_that_the_gateway_does_not_know_is_no_instance(contract: Contract) -> None:
    assert facts_of([call("instance_status", 404, {}, key=7)], contract.operations).instances == {}


def test_members_of_a_group_are_those_who_are_seen_in_it(contract: Contract) -> None:
    key = {"remoteJid": "<group 1>@g.us", "participant": "<number 8>@s.whatsapp.net"}
    joined = webhook("group-participants", id="<group 1>@g.us", participants=["<number 9>@lid"])
    facts = facts_of([webhook("text-plain", key=key), joined], contract.operations)
    assert facts.members[1] >= {8} and 9 not in facts.members[1]
    assert facts.instances[1].own_number == 4 and facts.has_webhooks
