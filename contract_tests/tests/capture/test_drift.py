"""A capture against the contract: nothing is said of what fits, and each difference by its name."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from megaapi_contract.capture.capture import CASSETTE, Capture, read_capture
from megaapi_contract.capture.drift import compare
from megaapi_contract.capture.relay import Passage
from megaapi_contract.cli import main
from megaapi_contract.host.http import Answer, Request, request
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.contract import Contract
from megaapi_contract.redaction.redaction import Redaction
from megaapi_contract.redaction.vocabulary import Vocabulary
from megaapi_mock.spec.plans import EVERY_PLAN

from ..support import KEY, TOKEN

Record = dict[str, Any]
AUTHORIZED = (("Authorization", f"Bearer {TOKEN}"),)


@pytest.fixture(scope="module")
def every_plan() -> Contract:
    return Contract(plan=EVERY_PLAN)


def _passage(sent: Request, answer: Answer) -> Passage:
    return Passage(
        sent.method, sent.target, sent.headers, sent.body, answer.status, answer.headers,
        answer.body, 1767225600.0, 0.01,
    )  # fmt: skip


def _calls(contract: Contract) -> Iterator[Request]:
    """Every request example of every operation; what ends the link comes last."""
    ordered = sorted(contract.operations, key=lambda each: each.effect == "disconnects")
    for operation in ordered:
        path = operation.path.replace("{instance_key}", KEY)
        content = operation.definition.get("requestBody", {}).get("content", {})
        examples = content.get("application/json", {}).get("examples", {})
        bodies = [example["value"] for example in examples.values()] or [None]
        for body in bodies:
            query = contract.query_examples(operation)
            yield request(operation.method, path, query=query, body=body, headers=AUTHORIZED)


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
    for sent in _calls(every_plan):
        capture.write("call", _passage(sent, target.send(sent)))
    for one in target.receiver.wait_for(lambda webhooks: len(webhooks) >= len(every_plan.events)):
        passage = Passage("POST", "/k", one.headers, one.body, 200, (), b"", one.time, 0.01)
        capture.write("webhook", passage)
    target.close()
    capture.close()
    return folder


@pytest.fixture(scope="module")
def records(folder: Path) -> list[Record]:
    return list(read_capture(folder))


def test_a_capture_of_the_mock_has_no_drift(records: list[Record], every_plan: Contract) -> None:
    comparison = compare(records, every_plan)
    assert [drift.as_json() for drift in comparison.drifts] == []
    uploads = {each.id for each in every_plan.operations if each.takes_file}
    assert comparison.records.keys() >= every_plan.by_id.keys() - uploads
    # Some samples are recognised as the more general event that they are too.
    assert len(comparison.records.keys() & every_plan.events.keys()) >= 45


# -- planted differences ---------------------------------------------------------------------


def _body(record: Record) -> Any:
    return record["body"]["json"]


def _put(*path: str, value: Any) -> Callable[[Record], None]:
    def change(record: Record) -> None:
        node = record["request_body"]["json"] if record["kind"] == "webhook" else _body(record)
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = value

    return change


def _drop(*path: str) -> Callable[[Record], None]:
    def change(record: Record) -> None:
        node = record["request_body"]["json"] if record["kind"] == "webhook" else _body(record)
        for step in path[:-1]:
            node = node[step]
        del node[path[-1]]

    return change


def _set(name: str, value: Any) -> Callable[[Record], None]:
    return lambda record: record.__setitem__(name, value)


JSON_HEADERS = [["content-type", "text/html"]]
KEY_ID = ("messageData", "key", "id")
PLANTED = [
    ("send_text", _set("status", 201), "other status", "status"),
    ("send_text", _set("status", 202), "other status", "status"),
    ("instance_status", _set("status", 418), "other status", "status"),
    ("send_text", _set("headers", JSON_HEADERS), "other content type", "200"),
    ("is_on_whatsapp", _set("headers", JSON_HEADERS), "other content type", "200"),
    ("send_text", _set("body", {"text": "<body 1, 9 bytes>"}), "different form", "200"),
    ("send_text", _put("error", value="false"), "different form", "error"),
    ("send_text", _put(*KEY_ID, value=17), "different form", "messageData/key/id"),
    ("send_text", _put(*KEY_ID, value="<int 3>"), "different form", "messageData/key/id"),
    ("send_text", _put(*KEY_ID, value=None), "different form", "messageData/key/id"),
    ("send_text", _drop(*KEY_ID), "missing field", "messageData/key/id"),
    ("send_text", _drop("messageData", "key"), "missing field", "messageData/key"),
    ("send_text", _drop("message"), "missing field", "message"),
    ("send_text", _put("message", value="<text 99>"), "other value", "message"),
    ("send_text", _put("messageData", value=[]), "different form", "messageData"),
    ("send_text", _put("messageData", "key", "fromMe", value="true"), "different form",
     "messageData/key/fromMe"),
    ("send_text", _put("requestId", value="<id 7>"), "new field", "requestId"),
    ("instance_status", _put("instance", value="<text 3>"), "different form", "instance"),
    ("instance_status", _drop("instance", "key"), "missing field", "instance/key"),
    ("instance_status", _put("message", value="<text 98>"), "other value", "message"),
    ("instance_status", _put("error", value=0), "different form", "error"),
    ("is_on_whatsapp", _put("number", value="<text 1>"), "new field", "number"),
    ("image", _put("message", "imageMessage", "extra", value=1), "new field",
     "message/imageMessage/extra"),
    ("webhook_settings", _put("message", value=7), "different form", "message"),
    ("send_media_url", _drop("error"), "missing field", "error"),
    ("webhook_settings", _drop("error"), "missing field", "error"),
    ("text-plain", _drop("instance_key"), "missing field", "instance_key"),
    ("text-plain", _drop("key", "remoteJid"), "missing field", "key/remoteJid"),
    ("text-plain", _put("isGroup", value="false"), "different form", "isGroup"),
    ("ack-read", _put("key", value="<id 3>"), "different form", "key"),
    ("text-plain", _put("key", "id", value="<int 9>"), "different form", "key/id"),
    ("text-plain", _put("message", value=[]), "different form", "message"),
    ("text-plain", _set("event", None), "unknown event", "messageType"),
    ("image", _put("message", "imageMessage", value="<text 4>"), "different form",
     "message/imageMessage"),
    ("ack-read", _put("update", value=4), "different form", "update"),
    ("ack-read", _drop("update", "status"), "missing field", "update/status"),
    ("ack-server", _put("update", "status", value="<text 3>"), "different form", "update/status"),
    ("ack-delivered", _drop("key"), "missing field", "key"),
    ("call", _drop("data"), "missing field", "data"),
    ("call", _put("data", value="<text 2>"), "different form", "data"),
    ("text-plain", _put("messageTimestamp", value=True), "different form", "messageTimestamp"),
    ("send_text", _set("body", None), "missing body", "200"),
    ("send_text", _set("operation", None), "unknown call", "path"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("about", "plant", "kind", "path"),
    PLANTED,
    ids=[f"{number} {planted[0]} {planted[2]}" for number, planted in enumerate(PLANTED)],
)
def test_a_planted_difference_is_named(
    about: str,
    plant: Callable[[Record], None],
    kind: str,
    path: str,
    records: list[Record],
    every_plan: Contract,
) -> None:
    record = next(
        copy.deepcopy(each)
        for each in records
        if about in (each.get("operation"), each.get("event")) and each.get("status", 200) == 200
    )
    plant(record)
    drifts = compare([record], every_plan).drifts
    # What follows from it may be named behind it: without a key nobody knows whether it is a group.
    assert (drifts[0].kind, drifts[0].path) == (kind, path) and len(drifts) <= 2
    assert drifts[0].count == 1 and drifts[0].promise.file.endswith(".yaml")


def test_the_same_difference_is_told_once_with_its_count(
    records: list[Record], every_plan: Contract
) -> None:
    sent = next(each for each in records if each.get("operation") == "send_text")
    changed = [copy.deepcopy(sent) for _ in range(3)]
    for number, record in enumerate(changed, 5):
        record["status"], record["number"] = 201, number
    drifts = compare(changed, every_plan).drifts
    assert [(drift.count, drift.first) for drift in drifts] == [(3, 5)]


# -- the command -----------------------------------------------------------------------------


def drift(*words: str) -> Any:
    return CliRunner().invoke(main, ["drift", *words], catch_exceptions=False)


def test_the_command_says_what_is_the_same(folder: Path) -> None:
    result = drift(str(folder))
    assert result.exit_code == 0 and "no difference from the contract" in result.stdout
    assert "send_text: " in result.stdout and "differences" not in result.stdout


def test_the_command_names_differences_with_what_the_contract_rests_on(
    folder: Path, tmp_path: Path
) -> None:
    lines = (folder / CASSETTE).read_text(encoding="utf-8").splitlines()
    changed = [line.replace('"status":200', '"status":299') for line in lines]
    (tmp_path / CASSETTE).write_text("\n".join(changed) + "\n", encoding="utf-8")
    result = drift(str(tmp_path))
    assert result.exit_code == 1
    assert "other status: status: 299, where the contract has 200" in result.stdout
    assert "the contract is vendor-doc" in result.stdout and "(paths/" in result.stdout
    document = json.loads(drift(str(tmp_path), "--format", "json").stdout)
    assert {each["kind"] for each in document["drifts"]} == {"other status"}


def test_a_folder_without_a_capture_is_refused(tmp_path: Path) -> None:
    result = drift(str(tmp_path))
    assert result.exit_code == 2 and "No such file" in result.stderr
