"""Recorded calls as requests that the mock takes as the gateway took them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_contract.capture.mock_requests import MockRequests
from megaapi_contract.capture.mock_values import MockValues
from megaapi_contract.errors import NotTried
from megaapi_contract.host.http import Request
from megaapi_contract.host.upload import UPLOAD_TYPE
from megaapi_contract.judging.contract import Contract

from .planted import Record


def record(contract: Contract, operation: str, body: Any, **changes: Any) -> Record:
    path = contract.by_id[operation].path.replace("{instance_key}", "<key 1>")
    record: Record = {
        "operation": operation, "method": contract.by_id[operation].method, "path": path,
        "request_headers": [["Authorization", "Bearer <token 1>"], ["<header 1>", "<text 5>"],
                            ["Content-Type", "application/json"]],
        "request_body": body, "status": 200, "body": None,
    }  # fmt: skip
    return record | changes


def built(contract: Contract, record: Record) -> Request:
    return MockRequests(contract, MockValues()).request(record)


def test_what_the_mock_reads_is_an_example_and_the_rest_is_made_up(every_plan: Contract) -> None:
    place = {"to": "<number 2>", "latitude": "<text 3>", "longitude": "<float 1>"}
    request = built(
        every_plan, record(every_plan, "send_location", {"json": {"messageData": place}})
    )
    sent = json.loads(request.body)["messageData"]
    assert sent["to"] == "5511900000201" and float(sent["latitude"]) and float(sent["longitude"])
    names = {name for name, _ in request.headers}
    assert names == {"Authorization", "Content-Type"}
    assert request.target == "/rest/sendMessage/megacode-TESTKEY1001/location"


@pytest.mark.parametrize(
    ("recorded", "sent"),
    [
        ("application/json; <text 4>", ["application/json"]),
        ("application/json; charset=utf-8", ["application/json; charset=utf-8"]),
        ("multipart/form-data; <text 4>", []),
        ("<text 4>", []),
    ],
)
def test_a_content_type_is_sent_without_parameters_not_written_down(
    recorded: str, sent: list[str], every_plan: Contract
) -> None:
    headers = [["content-type", recorded]]
    call = record(every_plan, "send_text", {"json": {}}, status=500, request_headers=headers)
    types = [value for name, value in built(every_plan, call).headers if name == "content-type"]
    assert types == sent


def test_a_webhook_address_is_one_that_the_mock_may_call(every_plan: Contract) -> None:
    body = {"json": {"messageData": {"webhookUrl": "<url 1>", "webhookEnabled": True}}}
    request = built(every_plan, record(every_plan, "configure_webhook", body))
    assert "http://127.0.0.1" in json.loads(request.body)["messageData"]["webhookUrl"]


def test_a_free_query_value_is_the_example(every_plan: Contract) -> None:
    path = "/rest/group/<key 1>/setWhoCanSendMessage?jid=<group 1>@g.us&allowOnlyAdmins=<text 9>"
    request = built(every_plan, record(every_plan, "set_who_can_send", None, path=path))
    assert request.query.endswith(("allowOnlyAdmins=true", "allowOnlyAdmins=false"))


def test_a_body_that_was_refused_is_sent_with_its_length(every_plan: Contract) -> None:
    text = {"text": "<body 1, 9 bytes>"}
    request = built(every_plan, record(every_plan, "send_text", text, status=400))
    assert len(request.body) == 9
    with pytest.raises(NotTried, match="not written down"):
        built(every_plan, record(every_plan, "send_text", text))


def test_what_was_sent_to_a_number_without_an_account_is_usable(every_plan: Contract) -> None:
    answer = {"json": {"message": "Number not registered on WhatsApp"}}
    sent = {"json": {"to": "<number 2>", "option": "<text 1>"}}
    refused = record(every_plan, "block_chat", sent, status=403) | {"body": answer}
    assert json.loads(built(every_plan, refused).body)["option"] in (True, False, "true", "false")


def test_an_upload_is_a_form_with_a_file(every_plan: Contract) -> None:
    text = {"text": "<multipart/form-data 1, 900 bytes>"}
    request = built(every_plan, record(every_plan, "upload_image", text))
    assert request.header("Content-Type") == UPLOAD_TYPE and b"PNG" in request.body
