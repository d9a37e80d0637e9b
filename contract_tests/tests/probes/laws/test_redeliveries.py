"""What a network delivers twice or late is a finding; an invented acknowledgement is a failure."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest
from megaapi_contract.judging.results import Report
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import prepare_run, run
from megaapi_mock.testing import MockServer

from ...healthy_table import CHAOS
from ...support import KEY, LISTED, TOKEN

NAME = "a text is echoed and acknowledged"
Spoil = Callable[[bytes], Sequence[bytes]]


def judged(chaos: object = None, spoil: Spoil = lambda body: (body,)) -> Report:
    with MockServer() as server:
        if chaos:
            server.control_api.call("POST", f"/instances/{KEY}/chaos", chaos)
        options = RunOptions(
            server.url, key=KEY, token=TOKEN, control_api=False, pace=0, seed=2, quick=True,
            allow=frozenset({"reads", "sends", "changes"}), recipients=(LISTED,), probes=(NAME,),
        )  # fmt: skip
        with prepare_run(options) as context:
            context.receiver.spoil = spoil
            return run(context)


@pytest.mark.parametrize("name", CHAOS)
def test_what_a_network_does_to_webhooks_is_no_failure(name: str) -> None:
    report = judged(CHAOS[name])
    assert [each.message for each in report.failures] == []
    assert report.webhooks and not report.unusable


def test_a_redelivery_is_a_finding() -> None:
    report = judged(spoil=lambda body: (body, body))
    assert report.failures == []
    assert "each webhook is delivered once" in {each.message for each in report.findings}


def test_a_second_acknowledgement_with_another_content_is_a_failure() -> None:
    def invent(body: bytes) -> Sequence[bytes]:
        payload = json.loads(body)
        if payload.get("messageType") != "message.ack":
            return (body,)
        payload["messageTimestamp"] = payload.get("messageTimestamp", 0) + 1
        return (body, json.dumps(payload).encode())

    sentences = {each.message for each in judged(spoil=invent).failures}
    assert any("once" in sentence for sentence in sentences), sentences
