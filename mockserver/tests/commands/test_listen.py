"""The receiver: every POST becomes one line and a verdict, whatever came; it stops cleanly."""

from __future__ import annotations

import gzip
import io
import json
import signal
import socket
import subprocess
import threading
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from megaapi_mock.commands.console import Lines, webhook_count
from megaapi_mock.commands.listen import ReceivedWebhook, Receiver, summary
from megaapi_mock.commands.output import Output
from megaapi_mock.errors import SetupError
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.serving import incoming_body as module
from megaapi_mock.spec.recognise import FieldMismatch, RecognisedEvent, Recogniser
from megaapi_mock.spec.valid_bundle import valid_bundle

from ..processes import Process, mock_command

SAMPLES = Samples(root("fixtures"))
RECOGNISER = Recogniser(valid_bundle(root("spec")))
PLAIN = json.dumps(SAMPLES.payload("text-plain")).encode()

Ask = Callable[..., bytes]


@pytest.fixture
def told() -> list[ReceivedWebhook]:
    return []


@pytest.fixture
def listening(told: list[ReceivedWebhook]) -> Iterator[Receiver]:
    made = Receiver("127.0.0.1", 0, recogniser=RECOGNISER, tell=told.append)
    thread = threading.Thread(target=made.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def said(receiver: Receiver, *parts: bytes, end: bool = True) -> bytes:
    """Everything the receiver answers to these bytes until it closes."""
    with socket.create_connection(receiver.server_address[:2], timeout=60) as caller:
        try:
            for part in parts:
                caller.sendall(part)
            if end:
                caller.shutdown(socket.SHUT_WR)
        except ConnectionError:
            pass
        with caller.makefile("rb") as answer:
            return answer.read()


def request(body: bytes, *fields: str, version: str = "1.1", length: bool = True) -> bytes:
    lines = [f"POST /hook?token=a%2fb HTTP/{version}", "Host: 127.0.0.1", *fields]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def chunked(body: bytes, size: int = 100) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    framed = b"".join(b"%x;ext=1\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    head = request(b"", "Transfer-Encoding: chunked", length=False)
    return head + framed + b"0\r\nTrailer: 1\r\n\r\n"


def deflated(body: bytes, window: int) -> bytes:
    packer = zlib.compressobj(wbits=window)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    "sent",
    [
        request(PLAIN),
        request(PLAIN, version="1.0"),
        request(b"\xef\xbb\xbf" + PLAIN),
        request(PLAIN, "Content-Type: text/plain", "Expect: 100-continue"),
        chunked(PLAIN),
        request(gzip.compress(PLAIN), "Content-Encoding: gzip"),
        request(deflated(PLAIN, 15), "Content-Encoding: deflate"),
        request(deflated(PLAIN, -15), "Content-Encoding: deflate"),
    ],
    ids=["plain", "http-1.0", "bom", "expect", "chunked", "gzip", "zlib", "deflate"],
)
def test_every_form_of_a_body_is_read(
    sent: bytes, listening: Receiver, told: list[ReceivedWebhook]
) -> None:
    assert b" 200 OK\r\n" in said(listening, sent)
    (webhook,) = told
    assert webhook.verdict.fits and webhook.verdict.event is not None
    assert webhook.verdict.event.name == "text-plain"
    assert webhook.path == "/hook?token=a%2fb"
    assert webhook.payload == json.loads(PLAIN)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (request(b""), "it is empty"),
        (request(b"", length=False), "it is empty"),
        (request(b"a=1&b=2"), "the body is not JSON"),
        (request(b"\xff\xfe"), "the body is not JSON"),
        (request(b"[1]"), "is not a JSON object"),
        (request(b"[" * 5000 + b"]" * 5000), "nests beyond 100 levels"),
    ],
    ids=["empty", "no-length", "form", "no-utf-8", "list", "deep"],
)
def test_what_is_no_json_object_is_told_and_answered(
    sent: bytes, words: str, listening: Receiver, told: list[ReceivedWebhook]
) -> None:
    assert said(listening, sent).startswith(b"HTTP/1.1 200 OK\r\n")
    assert words in told[0].verdict.misfits[0].message
    assert listening.webhook_count == 1 and listening.fit_count == 0


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        (request(PLAIN)[:-5], 400, f"it ended after {len(PLAIN) - 5} of {len(PLAIN)} bytes"),
        (request(b"", "Content-Length: five", length=False), 400, "not a number: 'five'"),
        (request(b"", "Content-Length: -1", length=False), 400, "not a number: '-1'"),
        (request(b"", "Content-Length: \xb2", length=False), 400, "not a number"),
        (chunked(PLAIN)[:-100], 400, "it ended"),
        (chunked(b"") + b"", 200, "it is empty"),
        (
            request(b"", "Transfer-Encoding: chunked", length=False) + b"zz\r\n",
            400,
            "its chunk size is not a number",
        ),
        (
            request(b"", "Transfer-Encoding: chunked", length=False) + b"-5\r\n",
            413,
            "it is larger than",
        ),
        (request(PLAIN, "Content-Encoding: br"), 400, "'br' is not known here"),
        (request(PLAIN, "Content-Encoding: gzip"), 400, "it cannot be decompressed"),
        (
            request(gzip.compress(PLAIN)[:-30], "Content-Encoding: gzip"),
            400,
            "its compressed data ends too early",
        ),
    ],
    ids=[
        "cut-short", "length-word", "length-minus", "length-digit", "chunks-cut", "chunks-none",
        "chunk-word", "chunk-minus", "brotli", "no-gzip", "gzip-cut",
    ],
)  # fmt: skip
def test_a_broken_body_is_told_and_refused(
    sent: bytes, status: int, words: str, listening: Receiver, told: list[ReceivedWebhook]
) -> None:
    assert said(listening, sent).split()[1] == str(status).encode()
    assert words in str(told[0].verdict.misfits[0])
    # The next one is heard as ever.
    assert b" 200 OK" in said(listening, request(PLAIN))
    assert told[-1].verdict.fits


def test_bodies_are_bounded(
    listening: Receiver, told: list[ReceivedWebhook], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BODY_MOST", 10_000)
    most = b" " * (10_000 - len(PLAIN)) + PLAIN
    assert b" 200 OK" in said(listening, request(most))
    bomb = gzip.compress(b" " * 20_000)
    for sent in (
        request(most + b" "),
        chunked(most + b" "),
        request(bomb, "Content-Encoding: gzip"),
    ):
        assert b" 413 " in said(listening, sent)
    assert [webhook.verdict.fits for webhook in told] == [True, False, False, False]


def test_a_large_body_within_the_bound_is_heard(
    listening: Receiver, told: list[ReceivedWebhook]
) -> None:
    payload = SAMPLES.payload("text-plain")
    payload["message"]["conversation"] = "x" * 5_000_000
    assert b" 200 OK" in said(listening, request(json.dumps(payload).encode()))
    assert told[0].verdict.fits
    assert len(told[0].summary) < 200


def test_many_come_over_one_connection(listening: Receiver, told: list[ReceivedWebhook]) -> None:
    answers = said(listening, request(PLAIN) * 3)
    assert answers.count(b"HTTP/1.1 200 OK") == 3
    assert len(told) == 3


def test_a_look_from_a_browser_is_no_webhook(
    listening: Receiver, told: list[ReceivedWebhook]
) -> None:
    assert said(listening, b"GET / HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 200 OK")
    assert told == []


def test_a_sender_that_hangs_up_is_no_news(
    listening: Receiver, told: list[ReceivedWebhook], capfd: pytest.CaptureFixture[str]
) -> None:
    for part in (b"", b"POST / HTT", b"nonsense\r\n\r\n"):
        said(listening, part)
    assert b" 200 OK" in said(listening, request(PLAIN))
    assert len(told) == 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            "text-plain",
            "conversation  megacode-TESTKEY0001  from 5511900000002@s.whatsapp.net"
            '  "Bom dia, tudo bem?"',
        ),
        (
            "ack-read",
            "message.ack  megacode-TESTKEY0001  to 5511900000002@s.whatsapp.net  status 4",
        ),
        ("connected", 'connection_update  megacode-TESTKEY0001  "phone_connected"'),
        ("qrcode", "qrcode_update  megacode-TESTKEY0001"),
        (
            "group-text",
            "conversation  megacode-TESTKEY0001  from 5511900000003@s.whatsapp.net"
            ' in 120363000000000001@g.us  "Bom dia, grupo"',
        ),
    ],
)
def test_a_webhook_in_one_line(event: str, line: str) -> None:
    assert summary("/", SAMPLES.payload(event)) == line


@pytest.mark.parametrize(
    "payload",
    [{"key": 5, "message": [], "update": 3}, {"message": {"a": {"text": {}}}}, {}, [], None],
)
def test_strange_payloads_have_a_line_too(payload: Any) -> None:
    assert "\n" not in summary("/", payload)


def test_lines_name_the_fields_and_drive_no_terminal() -> None:
    stream = io.StringIO()
    output = Output(stream)
    output.begin()
    misfits = tuple(
        FieldMismatch(f"field{number}", "is wrong\x1b[2J", "x.yaml") for number in range(8)
    )
    Lines(output).webhook(ReceivedWebhook("/", "who\nwhat", RecognisedEvent(None, misfits)))
    output.end(within=60.0)
    shown = stream.getvalue().splitlines()
    assert shown[0].endswith("who?what  no known event")
    assert shown[1].strip() == "field0: is wrong?[2J (spec/x.yaml)"
    assert shown[-1].strip() == "and 3 more"
    assert len(shown) == 7


def test_the_last_line_counts() -> None:
    assert webhook_count(0, {}) == "0 webhooks, 0 fitted the contract."
    assert (
        webhook_count(3, {"call": 2}) == "5 webhooks, 3 fitted the contract.\n  2 did not fit: call"
    )


def test_a_taken_port_is_a_sentence(listening: Receiver) -> None:
    port = listening.server_address[1]
    with pytest.raises(SetupError, match=f"port {port} on 127.0.0.1 is taken"):
        Receiver("127.0.0.1", int(port), recogniser=RECOGNISER, tell=print)


# The command


@pytest.fixture
def command() -> Iterator[tuple[Process, str]]:
    process = Process(mock_command("listen", "--port", "0", "--answer", "202"))
    yield process, process.wait_for(r"Listening on (http://\S+),").group(1)
    process.stop(signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_emit_and_listen_meet(command: tuple[Process, str], number: int) -> None:
    process, url = command
    for change in (("message.conversation=oi",), ("messageTimestamp=noon", "--force")):
        done = subprocess.run(
            mock_command("emit", "text-plain", "--to", f"{url}/hook", "--set", *change),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
    process.wait_for(r'"oi"  fits text-plain\n')
    process.wait_for("does not fit text-plain\n +messageTimestamp: .* is not of type")
    process.wait_for(r"\(spec/components/schemas/WebhookMessage.yaml\)")
    assert process.stop(number) == 0
    assert process.output.endswith(
        "2 webhooks, 1 fitted the contract.\n  1 did not fit: text-plain\n"
    )
    assert "Traceback" not in process.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--port", "70000"], "--port 70000: use a number from 0 to 65535"),
        (["--host", "no.such.host.invalid"], "is not known here"),
        (["--answer", "99"], "--answer"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(arguments: list[str], sentence: str) -> None:
    done = subprocess.run(
        mock_command("listen", "--port", "0", *arguments),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_s_port_may_be_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            mock_command("listen", "--port", port), capture_output=True, text=True, timeout=120
        )
    assert done.returncode == 2
    assert done.stderr.startswith(f"megaapi-mock: port {port} on 127.0.0.1 is taken")
