"""The command: a program, a gateway and a receiver with the proxy between them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import pytest
from megaapi_contract.capture.capture import HAR, read_capture
from megaapi_mock.testing import MockServer

from ..support import KEY, TOKEN


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Any]:
    """Start proxies; each with the lines that it prints. All are stopped at the end."""
    processes: list[subprocess.Popen[str]] = []

    def start(*options: str) -> tuple[subprocess.Popen[str], Queue[str]]:
        command = [sys.executable, "-m", "megaapi_contract", "proxy", *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        lines: Queue[str] = Queue()
        Thread(target=_read, args=(process, lines), daemon=True).start()
        return process, lines

    yield start
    for process in processes:
        process.kill()
        process.wait(60)
        assert process.stdout is not None


def _read(process: subprocess.Popen[str], lines: Queue[str]) -> None:
    assert process.stdout is not None
    with process.stdout as stream:
        for line in stream:
            lines.put(line)


def line_with(lines: Queue[str], words: str) -> str:
    while words not in (line := lines.get(timeout=60)):
        pass
    return line


def wait_for_records(folder: Path, count: int) -> None:
    """Webhooks come by themselves, within a second on a quiet machine."""
    until = time.monotonic() + 60
    while len(list(read_capture(folder))) < count:
        assert time.monotonic() < until, "some were not recorded within a minute"
        time.sleep(0.05)


def post(url: str, document: Any) -> Any:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    with urlopen(Request(url, json.dumps(document).encode(), headers), timeout=60) as reply:
        return json.load(reply)


def test_calls_and_webhooks_pass_and_are_recorded(proxy: Any, tmp_path: Path) -> None:
    folder = tmp_path / "recorded"
    with MockServer() as mock, MockServer() as receiver:
        process, lines = proxy(
            "--target", mock.url, "--port", "0", "--record", str(folder),
            "--receiver", f"{receiver.url}/_mock/health", "--webhook-port", "0",
        )  # fmt: skip
        webhooks = line_with(lines, "webhooks:").split()[1]
        calls = line_with(lines, "calls:").split()[1]
        line_with(lines, "Ctrl-C")
        answer = post(
            f"{calls}/rest/webhook/{KEY}/configWebhook",
            {"messageData": {"webhookUrl": f"{webhooks}/hook", "webhookEnabled": True}},
        )
        assert answer["webhookUrl"] == f"{webhooks}/hook"
        text = {"messageData": {"to": "5511900000002", "text": "Bom dia"}}
        assert post(f"{calls}/rest/sendMessage/{KEY}/text", text)["error"] is False
        wait_for_records(folder, 6)
        process.send_signal(signal.SIGTERM)
        line_with(lines, "2 calls and 4 webhooks recorded")
        assert process.wait(60) == 0
    records = list(read_capture(folder))
    assert [record["operation"] for record in records if record["kind"] == "call"] == [
        "configure_webhook", "send_text",
    ]  # fmt: skip
    events = sorted(record["event"] for record in records if record["kind"] == "webhook")
    assert events == ["ack-delivered", "ack-read", "ack-server", "from-me-api-echo"]
    assert len(json.loads((folder / HAR).read_bytes())["log"]["entries"]) == 6


@pytest.mark.parametrize("program", ["megaapi_mock", "megaapi_contract"])
def test_both_programs_have_the_command(program: str) -> None:
    command = [sys.executable, "-m", program, "proxy", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0 and "Stand between your program and a gateway" in done.stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--target", "nonsense"], "give an address"),
        (["--target", "http://127.0.0.1:1", "--receiver", "hook"], "--receiver hook"),
        (["--target", "http://127.0.0.1:1", "--gateway-plan", "gold"], "gold"),
    ],
)
def test_wrong_usage_is_one_sentence(options: list[str], sentence: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "megaapi_contract", "proxy", "--port", "0", *options]
    done = subprocess.run(
        [*command, "--record", str(tmp_path / "new")], capture_output=True, text=True, timeout=250
    )
    assert done.returncode == 2 and sentence in done.stderr and "Traceback" not in done.stderr
