"""A capture of the mock for the tests of what reads captures: every operation, and every event."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.capture.capture import Capture, read_capture
from megaapi_contract.capture.relay import Passage
from megaapi_contract.host.http import Request, request
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.contract import Contract
from megaapi_contract.redaction.redaction import Redaction
from megaapi_contract.redaction.vocabulary import Vocabulary
from megaapi_mock.spec.operations import Operation
from megaapi_mock.spec.plans import EVERY_PLAN

from ..support import KEY, TOKEN

Record = dict[str, Any]
AUTHORIZED = (("Authorization", f"Bearer {TOKEN}"),)


@pytest.fixture(scope="module")
def every_plan() -> Contract:
    return Contract(plan=EVERY_PLAN)


def _passage(target: MockTarget, sent: Request) -> Passage:
    """What a relay notices of a call: its time is that of its beginning."""
    started = time.time()
    answer = target.send(sent)
    return Passage(
        sent.method, sent.target, sent.headers, sent.body, answer.status, answer.headers,
        answer.body, started, answer.seconds,
    )  # fmt: skip


def _calls(contract: Contract) -> Iterator[tuple[Operation, Request]]:
    """Every request example of every operation; what ends the link or the token comes last."""
    ordered = sorted(
        contract.operations,
        key=lambda each: (each.effect == "disconnects", each.id == "change_token"),
    )
    for operation in ordered:
        path = operation.path.replace("{instance_key}", KEY)
        content = operation.definition.get("requestBody", {}).get("content", {})
        examples = content.get("application/json", {}).get("examples", {})
        bodies = [example["value"] for example in examples.values()] or [None]
        for body in bodies:
            query = contract.query_examples(operation)
            yield (
                operation,
                request(operation.method, path, query=query, body=body, headers=AUTHORIZED),
            )


def _wait_for_webhooks(target: MockTarget) -> None:
    """Until all have arrived: what they tell of the link then has its place among the calls."""
    control = (("Host", "127.0.0.1"),)
    deadline = time.monotonic() + 60
    while json.loads(
        target.send(Request("GET", "/_mock/deliveries?status=queued&limit=1", control)).body
    )["items"]:
        assert time.monotonic() < deadline, "webhooks of the capture never arrived"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, every_plan: Contract) -> Path:
    """A capture of the mock: every operation, and every event."""
    folder = tmp_path_factory.mktemp("captures") / "mock"
    target = MockTarget(profile="all")
    redaction = Redaction(every_plan, vocabulary=Vocabulary(every_plan))
    capture = Capture(folder, every_plan, tell=lambda line: None, redaction=redaction)
    control = (("Content-Type", "application/json"), ("Host", "127.0.0.1"))
    hook = {"messageData": {"webhookUrl": f"{target.receiver.url}/k", "webhookEnabled": True}}
    target.send(
        request("POST", f"/rest/webhook/{KEY}/configWebhook", body=hook, headers=AUTHORIZED)
    )
    for event in every_plan.events:
        body = json.dumps({"event": event}).encode()
        answer = target.send(Request("POST", f"/_mock/instances/{KEY}/emit", control, body))
        assert answer.status < 300, answer.body
    _wait_for_webhooks(target)
    for operation, sent in _calls(every_plan):
        capture.write("call", _passage(target, sent))
        if operation.effect == "disconnects":
            _wait_for_webhooks(target)
    _wait_for_webhooks(target)
    assert len(target.receiver.webhooks) >= len(every_plan.events)
    for one in target.receiver.webhooks:
        passage = Passage("POST", "/k", one.headers, one.body, 200, (), b"", one.time, 0.01)
        capture.write("webhook", passage)
    target.close()
    capture.close()
    return folder


@pytest.fixture(scope="module")
def records(folder: Path) -> list[Record]:
    return list(read_capture(folder))
