"""A capture's folder: judged, redacted, and whole after every record."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import Phase, given, settings
from megaapi_contract.capture.capture import CASSETTE, HAR, Capture, read_capture
from megaapi_contract.capture.comparison_output import FORMATS, render
from megaapi_contract.capture.drift import compare
from megaapi_contract.capture.relay import Passage
from megaapi_contract.capture.send_back import send_back
from megaapi_contract.errors import SetupError
from megaapi_contract.judging.contract import Contract
from megaapi_contract.redaction.redaction import Redaction
from megaapi_contract.redaction.vocabulary import Vocabulary

from ..mutation.planted import Planting, found_in, plantings
from ..support import KEY, TOKEN
from .passages import JSON, MESSAGE_ID, call, webhook


class Written:
    """A capture in a folder of its own, and what it has told."""

    def __init__(
        self, folder: Path, contract: Contract, vocabulary: Vocabulary, **options: Any
    ) -> None:
        self.lines: list[str] = []
        self.folder = folder
        self.capture = Capture(
            folder,
            contract,
            tell=self.lines.append,
            redaction=Redaction(contract, vocabulary=vocabulary),
            **options,
        )

    def records(self) -> list[dict[str, Any]]:
        return list(read_capture(self.folder))

    def text(self) -> str:
        files = (self.folder / CASSETTE, self.folder / HAR)
        return "".join(file.read_text("utf-8") for file in files) + "\n".join(self.lines)


@pytest.fixture
def written(tmp_path: Path, contract: Contract, vocabulary: Vocabulary) -> Any:
    made = Written(tmp_path / "capture", contract, vocabulary)
    yield made
    made.capture.close()


def test_an_exchange_keeps_its_form_and_loses_what_is_private(written: Written) -> None:
    written.capture.write("call", call("Segredo da Ana"))
    record = written.records()[0]
    assert record["operation"] == "send_text" and record["status"] == 200
    assert record["path"] == "/rest/sendMessage/<key 1>/text" and record["broken"] == []
    data = record["request_body"]["json"]["messageData"]
    answer = record["body"]["json"]["messageData"]
    assert data["text"] == answer["message"]["extendedTextMessage"]["text"]
    assert answer["key"]["remoteJid"] == f"{data['to']}@s.whatsapp.net"
    assert ["Authorization", "Bearer <token 1>"] in record["request_headers"]
    for private in ("Segredo", "Ana", "5511900000002", KEY, TOKEN):
        assert private not in written.text()


def test_the_same_value_has_the_same_placeholder_in_calls_and_webhooks(written: Written) -> None:
    written.capture.write("call", call("Oi"))
    key = {"remoteJid": "5511900000002@s.whatsapp.net", "fromMe": True, "id": MESSAGE_ID}
    payload = {"instance_key": KEY, "jid": "5511900000001@s.whatsapp.net",
               "messageType": "message.ack", "key": key, "isGroup": False,
               "update": {"status": 2}, "timestamp": "1767225601"}  # fmt: skip
    written.capture.write("webhook", webhook(payload))
    sent, received = written.records()
    assert received["event"] == "ack-server"
    shown_key = received["request_body"]["json"]["key"]
    assert shown_key["id"] == sent["body"]["json"]["messageData"]["key"]["id"]
    assert received["request_body"]["json"]["instance_key"] == "<key 1>"


def test_a_broken_promise_is_told_and_kept_with_the_record(written: Written) -> None:
    written.capture.write("call", call(body=b'{"error": "no"}'))
    record = written.records()[0]
    assert record["broken"] and written.capture.counts["failure"] == len(record["broken"])
    assert written.lines[0].startswith("failure: send_text: 200: ")
    assert record["broken"][0]["file"] == "paths/send_message/send_text.yaml"


def test_a_webhook_of_no_event_is_told(written: Written) -> None:
    written.capture.write("webhook", webhook({"hello": "Ana Teste"}))
    assert written.records()[0]["event"] is None
    assert written.lines and "Ana" not in written.text()


def test_a_compressed_answer_is_read(written: Written) -> None:
    packed = gzip.compress(call().body)
    headers = (*JSON, ("Content-Encoding", "gzip"))
    written.capture.write("call", call(body=packed, headers=headers))
    record = written.records()[0]
    assert record["coding"] == "gzip" and record["broken"] == []
    assert record["body"]["json"]["message"] == "Message sent"


def test_an_answer_that_cannot_be_unpacked_is_recorded_and_told(written: Written) -> None:
    headers = (*JSON, ("Content-Encoding", "gzip"))
    written.capture.write("call", call(body=b"not gzip", headers=headers))
    assert written.records()[0]["status"] == 200 and "not readable" in written.lines[0]


def test_a_call_without_an_answer_is_told_and_not_recorded(written: Written) -> None:
    written.capture.write("call", call(failure="127.0.0.1:1 refuses connections"))
    assert written.records() == [] and "refuses connections" in written.lines[0]


def test_files_are_whole_after_every_record(written: Written) -> None:
    for number in range(1, 4):
        written.capture.write("call", call(f"Oi {number}"))
        har = json.loads((written.folder / HAR).read_bytes())
        assert len(har["log"]["entries"]) == len(written.records()) == number


def test_a_last_line_that_a_kill_has_cut_is_left_out(written: Written, tmp_path: Path) -> None:
    for _ in range(2):
        written.capture.write("call", call())
    copy = tmp_path / "copy"
    shutil.copytree(written.folder, copy)
    content = (copy / CASSETTE).read_bytes()
    (copy / CASSETTE).write_bytes(content[:-20])
    assert [record["number"] for record in read_capture(copy)] == [1]


def test_beyond_its_limit_nothing_is_recorded(
    tmp_path: Path, contract: Contract, vocabulary: Vocabulary
) -> None:
    written = Written(tmp_path / "small", contract, vocabulary, most_bytes=6_000)
    for _ in range(20):
        written.capture.write("call", call())
    written.capture.close()
    count = len(written.records())
    assert 0 < count < 20 and written.capture.counts["beyond the limit"] == 20 - count
    size = sum(file.stat().st_size for file in written.folder.iterdir())
    assert size < 15_000


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path, contract: Contract) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SetupError, match="not empty"):
        Capture(tmp_path, contract, tell=print)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a capture"),
        (b"{}\n", "not a capture"),
        (b"\xff\xfe\n", "not a capture"),
        (b'{"format":"megaapi-contract capture","version":9,"suite":"7"}\n', "version 9"),
        (b'{"format":"megaapi-contract capture","version":1}\n', "its plan is None"),
        (b'{"format":"megaapi-contract capture","version":1,"plan":"code"}\nnull\n', "line 2"),
    ],
)
def test_what_is_not_a_capture_is_refused(content: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / CASSETTE).write_bytes(content)
    with pytest.raises(SetupError, match=sentence):
        list(read_capture(tmp_path))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="No such file"):
        list(read_capture(tmp_path / "nowhere"))


def test_the_token_is_private_even_if_it_is_a_word_of_the_contract(written: Written) -> None:
    written.capture.write("call", call("hello", token="image", key="conversation"))
    written.capture.write("webhook", webhook({"messageType": "image", "note": "conversation"}))
    assert '"image"' not in written.text() and '"conversation"' not in written.text()


def test_a_header_with_a_scheme_alone_makes_no_secret_of_it(written: Written) -> None:
    headers = (*JSON, ("Authorization", "Bearer"))
    written.capture.write("call", call(request_headers=headers))
    written.capture.write("call", call())
    assert ["Authorization", "Bearer <token 1>"] in written.records()[1]["request_headers"]


@pytest.mark.hosts
@given(planting=plantings())
@settings(max_examples=60, phases=[Phase.generate])
def test_nothing_planted_is_in_any_file(
    contract: Contract, vocabulary: Vocabulary, planting: Planting
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        written = Written(Path(folder), contract, vocabulary)
        for exchange in planting.report.exchanges:
            parts = urlsplit(exchange.url)
            target = exchange.url.removeprefix(f"{parts.scheme}://{parts.netloc}")
            passage = Passage(
                exchange.method, target, exchange.request_headers, exchange.request_body,
                exchange.status, exchange.headers, exchange.body, exchange.time, exchange.seconds,
            )  # fmt: skip
            written.capture.write("call", passage)
        for one in planting.report.webhooks:
            passage = webhook(None, request_body=one.body, request_headers=one.headers)
            written.capture.write("webhook", replace(passage, target=f"/hook/{planting.values[0]}"))
        written.capture.close()
        assert found_in(written.text(), planting.values) == []
        comparison = compare(read_capture(Path(folder)), contract)
        sent_back = json.dumps(send_back(comparison, plan="code", other="contract"))
        assert found_in(sent_back, planting.values) == []
        for output in FORMATS:
            page = render(comparison, output, Path("capture"), "contract")
            assert found_in(page, planting.values) == []
