"""Rules that a text broke when it came are named, though its placeholder hides it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.capture.capture import Capture, read_capture
from megaapi_contract.capture.text_breaches import TextBreaches
from megaapi_contract.judging.contract import Contract
from megaapi_contract.redaction.redaction import Redaction
from megaapi_contract.redaction.vocabulary import Vocabulary
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples

from .passages import MESSAGE_ID, call, webhook

SENT_ID = "^(3EB0[0-9A-F]{18}|[0-9A-F]{40})$"


@pytest.fixture(scope="module")
def breaches(contract: Contract) -> TextBreaches:
    return TextBreaches(contract)


def record(message: str, kind: str = "call") -> dict[str, Any]:
    broken = {"message": message, "grade": "observed", "file": "webhooks/image.yaml"}
    return {"kind": kind, "broken": [broken]}


@pytest.mark.parametrize(
    ("broken", "path", "sentence"),
    [
        (record(f'200: messageData/key/id: "<id 4>" does not match "{SENT_ID}"'),
         "messageData/key/id", f'a text that does not match "{SENT_ID}"'),
        (record('key.remoteJid: "<text 1>" is shorter than 1 character (spec/x.yaml)', "webhook"),
         "key/remoteJid", "a text that is shorter than 1 character"),
    ],
)  # fmt: skip
def test_a_text_that_broke_its_pattern_is_named(
    broken: dict[str, Any], path: str, sentence: str, breaches: TextBreaches
) -> None:
    (drift,) = breaches.drifts(broken)
    assert (drift.kind, drift.path, drift.sentence) == ("other value", path, sentence)
    assert (drift.promise.grade, drift.promise.file) == ("observed", "webhooks/image.yaml")


@pytest.mark.parametrize(
    "message",
    [
        '200: messageData/key/id: "<id 4>" does not match "^what the contract had before$"',
        '200: messageData/key/id: <int 4> is not of type "string"',
        "201 is not promised",
    ],
)
def test_what_the_contract_does_not_ask_of_a_text_is_not_named(
    message: str, breaches: TextBreaches
) -> None:
    assert [*breaches.drifts(record(message))] == []
    assert [*breaches.drifts({"kind": "call"})] == []


def test_what_a_proxy_has_noted_is_read(
    tmp_path: Path, contract: Contract, vocabulary: Vocabulary, breaches: TextBreaches
) -> None:
    redaction = Redaction(contract, vocabulary=vocabulary)
    folder = tmp_path / "capture"
    capture = Capture(folder, contract, tell=lambda line: None, redaction=redaction)
    capture.write("call", call(body=call().body.replace(MESSAGE_ID.encode(), b"a1b2-c3d4")))
    payload = Samples(root("fixtures")).payload("image")
    payload["message"]["imageMessage"]["url"] = "/elsewhere"
    capture.write("webhook", webhook(payload))
    capture.close()
    paths = [drift.path for each in read_capture(folder) for drift in breaches.drifts(each)]
    assert paths == ["messageData/key/id", "message/imageMessage/url"]
