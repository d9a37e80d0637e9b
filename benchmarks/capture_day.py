"""A day of traffic through the recording proxy, then held to the contract and to a new mock.

    python benchmarks/capture_day.py [--exchanges 10000] [--seed 1] [--seconds 1800]

A mock stands for the gateway, `megaapi-contract proxy` before it. Forty customers write, in every
way that an event has; a program answers with every operation of the plan, now and then with a
wrong token, an unknown key, a number without WhatsApp, or nonsense; phones go and come back. Then
`drift` and `replay` read the capture; exit 1 where either names a difference.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from megaapi_contract.capture.capture import CASSETTE
from megaapi_contract.judging.contract import Contract
from megaapi_mock.spec.gateway_events import CAUSED_BY_GATEWAY
from megaapi_mock.testing import MockServer

KEY, TOKEN, NOBODY = "megacode-TESTKEY0001", "TESTKEY0001", "5511900000099"
EXAMPLE, GROUP = "5511900000002", "120363000000000001@g.us"
CUSTOMERS = [f"55119000001{number:02}" for number in range(40)]
COMMAND = [sys.executable, "-m", "megaapi_contract"]
LEFT_OUT = frozenset({"change_token", "leave_group", "remove_participants"})


def main() -> None:
    """Record, compare, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exchanges", type=int, default=10_000, help="calls and webhooks")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1800, help="deadline of the whole")
    parser.add_argument("--keep", type=Path, help="the folder for the capture; else it is deleted")
    options = parser.parse_args()
    until = time.monotonic() + options.seconds
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary) / "day"
        started = time.monotonic()
        events = record(folder, options.exchanges, options.seed, until)
        print(f"recorded in {time.monotonic() - started:.0f} s: {_contents(folder)}; {events}")
        codes = [
            compare(until, "drift", str(folder)),
            compare(until, "replay", str(folder), "--target", "mock"),
        ]
    raise SystemExit(max(codes))


def compare(until: float, *words: str) -> int:
    """Run a command on the capture; its exit code, after its last lines."""
    started = time.monotonic()
    seconds = max(1.0, until - started)
    run = subprocess.run([*COMMAND, *words], capture_output=True, text=True, timeout=seconds)
    differing = [line for line in run.stdout.splitlines() if not line.endswith(", same")]
    print(f"{words[0]}: exit {run.returncode} in {time.monotonic() - started:.1f} s")
    print("\n".join(differing[-40:]) + run.stderr[-2000:])
    return run.returncode


def record(folder: Path, exchanges: int, seed: int, until: float) -> str:
    """Make the traffic until so many calls and webhooks are written."""
    with _receiver() as receiver, MockServer(profile="all") as mock:
        port, webhook_port = _free_port(), _free_port()
        proxy = subprocess.Popen(
            [*COMMAND, "proxy", "--target", mock.url, "--receiver", receiver, "--record",
             str(folder), "--port", str(port), "--webhook-port", str(webhook_port),
             "--gateway-plan", "all"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert proxy.stdout is not None
            while "record:" not in proxy.stdout.readline():
                assert proxy.poll() is None, "the proxy does not start"
            hook = f"http://127.0.0.1:{webhook_port}/hook"
            day = Day(mock, HTTPConnection("127.0.0.1", port, timeout=60), random.Random(seed))
            day.control("POST", f"/_mock/instances/{KEY}/webhook", {"url": hook})
            while _lines(folder) < exchanges and time.monotonic() < until:
                for _ in range(50):
                    day.step()
        finally:
            proxy.send_signal(signal.SIGINT)
            said, _ = proxy.communicate(timeout=60)
        return said.strip().splitlines()[-1]


class Day:
    """What happens: `step` is one thing of it."""

    def __init__(self, mock: MockServer, calls: HTTPConnection, chance: random.Random) -> None:
        self._calls, self._chance = calls, chance
        self._control = HTTPConnection(mock.url.removeprefix("http://"), timeout=60)
        self._contract = Contract(plan="all")
        self._operations = [
            operation
            for operation in self._contract.operations
            if not (operation.is_of_host or operation.effect == "disconnects")
            and operation.id not in LEFT_OUT
        ]
        self._last_message = "3EB0A330395CC0A53AD120"

    def step(self) -> None:
        """A customer writes, the program calls, or, rarely, the phone goes and comes back."""
        kind = self._chance.random()
        if kind < 0.45:
            self._customer()
        elif kind < 0.995:
            self._call()
        else:
            self.control("POST", f"/_mock/instances/{KEY}/unlink", {"by": "phone"})
            self._call()
            self.control("POST", f"/_mock/instances/{KEY}/link", {})

    def _customer(self) -> None:
        event = self._chance.choice(sorted(self._contract.events))
        if event not in CAUSED_BY_GATEWAY:
            body = {"event": event, "from": self._chance.choice(CUSTOMERS)}
            if event == "from-me-phone":
                body = {"event": event, "to": self._chance.choice(CUSTOMERS)}
            answer = self.control("POST", f"/_mock/instances/{KEY}/inbound", body)
            self._last_message = answer.get("id", self._last_message)
            if "error" not in answer:
                return
        if event not in ("connected", "disconnected", "disconnected-logout-variant"):
            self.control("POST", f"/_mock/instances/{KEY}/emit", {"event": event})

    def _call(self) -> None:
        operation = self._chance.choice(self._operations)
        content = operation.definition.get("requestBody", {}).get("content", {})
        examples = content.get("application/json", {}).get("examples", {})
        body = self._chance.choice([each["value"] for each in examples.values()] or [None])
        query = dict(self._contract.query_examples(operation))
        if operation.id.startswith(("configure_webhook", "update_webhook", "enable_webhook")):
            return
        if operation.id in ("block_events", "accept_webhook_events"):
            body = {"messageData": {"events": []}}
        oddity = self._chance.random()
        key = "megacode-TESTKEY0077" if oddity < 0.01 else KEY
        token = "TESTKEY0099" if 0.01 < oddity < 0.02 else TOKEN
        number = NOBODY if 0.02 < oddity < 0.04 else self._chance.choice(CUSTOMERS)
        text = json.dumps([query, body]).replace(EXAMPLE, number)
        text = text.replace("3EB0A330395CC0A53AD120", self._last_message)
        query, body = json.loads(text)
        content_bytes = b"" if body is None else json.dumps(body).encode()
        if 0.04 < oddity < 0.05:
            content_bytes = b"not JSON at all"
        self._send(operation, key, token, query, content_bytes)

    def _send(self, operation: Any, key: str, token: str, query: Any, body: bytes) -> None:
        path = operation.path.replace("{instance_key}", key)
        target = f"{path}?{urlencode(query)}" if query else path
        headers = {"Authorization": f"Bearer {token}"}
        if body:
            headers["Content-Type"] = "application/json"
        self._calls.request(operation.method, target, body or None, headers)
        self._calls.getresponse().read()

    def control(self, method: str, path: str, body: Any) -> dict[str, Any]:
        """The control API's answer, also when it refuses."""
        headers = {"Content-Type": "application/json"}
        self._control.request(method, path, json.dumps(body), headers)
        answer: dict[str, Any] = json.loads(self._control.getresponse().read())
        return answer


class _Taker(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take a webhook."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def _receiver() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Taker)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook"
    server.shutdown()
    server.server_close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _lines(folder: Path) -> int:
    cassette = folder / CASSETTE
    return cassette.read_bytes().count(b"\n") if cassette.is_file() else 0


def _contents(folder: Path) -> str:
    counts: Counter[str] = Counter()
    names = set()
    for line in (folder / CASSETTE).read_text(encoding="utf-8").splitlines()[1:]:
        one = json.loads(line)
        counts[one["kind"]] += 1
        names.add(one.get("operation") or one.get("event"))
    size = (folder / CASSETTE).stat().st_size
    return f"{dict(counts)}, {len(names)} operations and events, {size / 1e6:.1f} MB"


if __name__ == "__main__":
    main()
