"""A mock is given the world that a capture shows, and lets the same happen in it."""

from __future__ import annotations

import json
from typing import Any

from megaapi_contract.capture.capture_facts import facts_of
from megaapi_contract.capture.mock_replay import Replay
from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.contract import Contract

from .recorded import SENT, call, named, refusal, send_text, webhook

TEXT = {"messageType": "conversation", "pushName": "<text 2>", "broadcast": False}


def test_a_number_that_had_no_account_has_none_in_the_mock(every_plan: Contract) -> None:
    unregistered = refusal("Number not registered on WhatsApp")
    records = [send_text(1, "<number 2>", 200, SENT), send_text(2, "<number 3>", 403, unregistered)]
    assert named(records, every_plan) == []


def test_an_instance_that_was_not_linked_is_not_in_the_mock(every_plan: Contract) -> None:
    records = [send_text(1, "<number 2>", 403, refusal("Instance not logged in"))]
    assert named(records, every_plan) == []


def test_a_key_that_no_instance_has_is_none_in_the_mock(every_plan: Contract) -> None:
    answer = {"name": "NOT_FOUND", "message": "Instance not found", "statusCode": 404}
    records = [call(1, "instance_status", "/rest/instance/<key 1>", 404, answer)]
    assert named(records, every_plan) == []


class RememberingTarget(MockTarget):
    """A mock that remembers what it was sent."""

    def __init__(self, **parts: Any) -> None:
        self.requests: list[Request] = []
        super().__init__(**parts)

    def send(self, request: Request) -> Answer:
        self.requests.append(request)
        return super().send(request)


def test_a_message_that_came_is_quoted_under_the_mock_s_own_id(every_plan: Contract) -> None:
    key = {"remoteJid": "<number 2>@s.whatsapp.net", "fromMe": False, "id": "<id 5>"}
    came = webhook(1, "text-plain", TEXT | {"key": key, "message": {"conversation": "<text 3>"}})
    quote = {"to": "<number 2>", "text": "<text 4>", "key": key,
             "message": {"conversation": "<text 3>"}}  # fmt: skip
    path = "/rest/sendMessage/<key 1>/quoteMessage"
    quoted = call(2, "quote_message", path, 200, SENT, messageData=quote)
    target = RememberingTarget(profile="all")
    replay = Replay(target, every_plan, facts_of([came, quoted], every_plan.operations))
    for record in (came, quoted):
        list(replay.differences(record))
    request = next(each for each in target.requests if each.path.endswith("quoteMessage"))
    quoted_id = json.loads(request.body)["messageData"]["key"]["id"]
    headers = (("Host", "127.0.0.1"),)
    messages = json.loads(target.send(Request("GET", "/_mock/messages", headers)).body)["items"]
    target.close()
    assert [message["id"] for message in messages][:1] == [quoted_id]


def test_a_group_that_is_written_to_is_there(every_plan: Contract) -> None:
    answer = SENT | {"messageData": SENT["messageData"] | {
        "key": {"remoteJid": "<group 1>@g.us", "fromMe": True, "id": "<id 1>"},
        "participant": "<number 1>@s.whatsapp.net",
    }}  # fmt: skip
    assert named([send_text(1, "<group 1>@g.us", 200, answer)], every_plan) == []


def test_a_phone_that_is_linked_again_without_a_webhook_is_linked(every_plan: Contract) -> None:
    records = [
        send_text(1, "<number 2>", 403, refusal("Instance not logged in")),
        send_text(2, "<number 2>", 200, SENT),
    ]
    assert named(records, every_plan) == []
