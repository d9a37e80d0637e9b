"""The output of a running mock: whatever happens to it, no call waits for it or fails by it."""

from __future__ import annotations

import io
import json
import logging
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.commands import output as output_module
from megaapi_mock.commands.output import WAITING_BYTES, LogHandler, Output, has_colours

from ..processes import await_port, free_port, mock_command

KEY, TOKEN = "megacode-TESTKEY0001", "TESTKEY0001"
EMOJI = "5511900000099 \U0001f600"


class Slow(io.StringIO):
    """A stream that takes nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def write(self, text: str) -> int:
        assert self.go.wait(60)
        return super().write(text)


def test_lines_wait_for_the_start_screen() -> None:
    stream = io.StringIO()
    output = Output(stream)
    output.write("a call\n")
    assert stream.getvalue() == ""
    output.begin("start screen\n")
    output.end("last line\n", within=60)
    assert stream.getvalue() == "start screen\na call\nlast line\n"


def test_what_was_said_before_an_end_without_a_beginning_is_said() -> None:
    stream = io.StringIO()
    output = Output(stream)
    output.write("a call\n")
    output.end("Stopped.\n", within=60)
    assert stream.getvalue() == "a call\nStopped.\n"


def test_a_slow_reader_costs_lines_and_no_memory() -> None:
    stream = Slow()
    output = Output(stream)
    output.begin("start\n")
    line = "x" * 999 + "\n"
    for _ in range(3 * WAITING_BYTES // len(line)):
        output.write(line)
    stream.go.set()
    output.end(within=60)
    shown = stream.getvalue()
    assert len(shown) < 1.1 * WAITING_BYTES
    dropped = re.search(r"\((\d+) lines were not shown", shown)
    assert dropped and int(dropped[1]) + shown.count(line) == 3 * WAITING_BYTES // len(line)


def test_the_end_waits_for_a_thread_whose_turn_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine nothing is wrong with who reads."""
    real = Output._next

    def next_text(output: Output) -> str | None:
        threading.Event().wait(0.3)
        return real(output)

    monkeypatch.setattr(Output, "_next", next_text)
    monkeypatch.setattr(output_module, "BUSY_SECONDS", 60.0)
    output = Output(stream := io.StringIO())
    output.begin("start\n")
    output.end("last\n", within=0.05)
    assert stream.getvalue() == "start\nlast\n"


def test_the_end_does_not_wait_for_a_reader_that_is_stuck() -> None:
    stream = Slow()
    output = Output(stream)
    output.begin("start\n")
    output.end("last\n", within=0.05)
    assert stream.getvalue() == ""
    stream.go.set()


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "ascii"])
def test_a_character_the_encoding_lacks_is_a_question_mark(encoding: str) -> None:
    raw = io.BytesIO()
    output = Output(io.TextIOWrapper(raw, encoding=encoding))
    output.begin("a\U0001f600b\n")
    output.end(within=60)
    assert raw.getvalue() == b"a?b\n"


def test_a_closed_stream_ends_the_output_alone() -> None:
    stream = io.StringIO()
    stream.close()
    output = Output(stream)
    output.begin("start\n")
    output.write("line\n")
    output.end("last\n", within=60)


def test_no_stdout_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    output = Output()
    output.begin("start\n")
    output.end("last\n", within=60)
    assert has_colours(output.stream) is False


def test_an_output_travels_to_a_new_process() -> None:
    factory, greet = pickle.loads(pickle.dumps([output := Output(), output]))
    assert factory is greet
    output.end()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)],
)
def test_colours(
    variables: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    assert has_colours(terminal) is expected
    assert has_colours(io.StringIO()) is False


def test_a_log_that_nobody_reads_holds_up_nobody() -> None:
    stream = Slow()
    handler = LogHandler(stream)
    for _ in range(3 * WAITING_BYTES // 1000):
        handler.handle(logging.makeLogRecord({"msg": "x" * 1000}))
    handler.handle(logging.makeLogRecord({"msg": "%d", "args": ("no number",)}))
    assert stream.getvalue() == ""
    stream.go.set()
    handler.close()
    assert stream.getvalue().startswith("x" * 1000 + "\n")


def test_a_log_without_stderr_is_shown_nowhere(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    handler = LogHandler()
    handler.handle(logging.makeLogRecord({"msg": "lost"}))
    handler.close()
    assert capfd.readouterr() == ("", "")


# -- the whole program -----------------------------------------------------------------------


@contextmanager
def serving(stdout: int, **environment: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A mock whose stdout is the given file; its address and the process. Ends on SIGTERM."""
    port = free_port()
    child = subprocess.Popen(
        mock_command("serve", "--port", str(port)),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )
    try:
        await_port(port)
        yield f"http://127.0.0.1:{port}", child
        child.send_signal(signal.SIGTERM)
        assert child.stderr is not None
        problems = child.stderr.read().decode()
        assert child.wait(60) == 0, problems
        assert "Traceback" not in problems
    finally:
        child.kill()
        child.communicate()


def sent(url: str, to: str = EMOJI) -> tuple[int, Any]:
    """Send one text whose reason has a character that few encodings know."""
    body = json.dumps({"messageData": {"to": to, "text": "Bom dia"}}).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    request = urllib.request.Request(
        f"{url}/rest/sendMessage/{KEY}/text", data=body, headers=headers
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, reply.headers["X-Mock-Reason"]
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers["X-Mock-Reason"]


def test_a_pipe_whose_reader_leaves() -> None:
    reader, writer = os.pipe()
    with serving(writer) as (url, _):
        os.close(writer)
        assert os.read(reader, 10)
        os.close(reader)
        for _ in range(5):
            assert sent(url, "5511900000002")[0] == 200


def test_a_pipe_that_nobody_reads() -> None:
    reader, writer = os.pipe()
    # As small as the system lets it be: what fills it comes soon.
    if sys.platform == "linux":
        import fcntl

        fcntl.fcntl(writer, 1031, 4096)  # F_SETPIPE_SZ
    try:
        with serving(writer) as (url, _):
            os.close(writer)
            assert {sent(url, "5511900000002")[0] for _ in range(150)} == {200}
    finally:
        os.close(reader)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        with serving(full) as (url, _):
            assert {sent(url, "5511900000002")[0] for _ in range(5)} == {200}
    finally:
        os.close(full)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "ascii"])
def test_an_emoji_in_a_reason(encoding: str, tmp_path: Path) -> None:
    shown = tmp_path / "stdout"
    with shown.open("wb") as file, serving(file.fileno(), PYTHONIOENCODING=encoding) as (url, _):
        status, reason = sent(url)
        assert status in (403, 500) and reason
        assert sent(url, "5511900000002")[0] == 200
    assert "POST /rest/sendMessage" in shown.read_text(encoding)
    assert shown.read_text(encoding).endswith("Stopped, all webhooks sent.\n")


SERVE = """
import sys
import megaapi_mock.serving.server
from megaapi_mock.commands.main import main
from megaapi_mock.web.gateway.pipeline import Pipeline

engine, port = sys.argv[1:]
megaapi_mock.serving.server._best_engine = lambda: engine
if engine == "logging":
    megaapi_mock.serving.server._best_engine = lambda: "waitress"
    Pipeline._hold_to_contract = lambda self, *reply: self.bugs.add("made up " * 100)
if __name__ == "__main__":
    main(["serve", "--port", port])
"""


@contextmanager
def program(engine: str, tmp_path: Path, port: int, **files: Any) -> Iterator[None]:
    """A mock on this engine, which must end soon after a SIGTERM."""
    file = tmp_path / "serve.py"
    file.write_text(SERVE)
    child = subprocess.Popen(
        [sys.executable, str(file), engine, str(port)], stdin=subprocess.DEVNULL, **files
    )
    try:
        await_port(port)
        yield
        child.send_signal(signal.SIGTERM)
        assert child.wait(60) == 0
    finally:
        child.kill()
        child.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_stderr_and_stdout_in_a_pipe_that_nobody_reads(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    port = free_port()
    try:
        with program("logging", tmp_path, port, stdout=writer, stderr=writer):
            os.close(writer)
            url = f"http://127.0.0.1:{port}"
            assert {sent(url, "5511900000002")[0] for _ in range(200)} == {200}
    finally:
        os.close(reader)


@pytest.mark.skipif(sys.platform == "win32", reason="closed file descriptors of POSIX")
@pytest.mark.parametrize("engine", ["granian", "waitress"])
def test_closed_outputs_and_a_client_that_stops_in_its_body(engine: str, tmp_path: Path) -> None:
    port = free_port()

    def close() -> None:
        os.close(1)
        os.close(2)

    with (
        program(engine, tmp_path, port, preexec_fn=close),
        socket.create_connection(("127.0.0.1", port), timeout=60) as stuck,
    ):
        head = f"POST /rest/sendMessage/{KEY}/text HTTP/1.1\r\nHost: x\r\nContent-Length: 99"
        stuck.sendall(f"{head}\r\n\r\n{{".encode())
        assert sent(f"http://127.0.0.1:{port}", "5511900000002")[0] == 200
