"""What the suite's receiver gives back to the mock's courier."""

from __future__ import annotations

from dataclasses import fields

from megaapi_contract.host.webhook_receiver import Receiver
from megaapi_mock.webhooks.http.connection import Answer


def test_the_receiver_answers_with_all_that_the_courier_reads() -> None:
    answer = Receiver().post("http://127.0.0.1:9/webhooks", b"{}", (), timeout=0)
    assert {field.name for field in fields(Answer)} <= {field.name for field in fields(answer)}
