"""Does the wheel work where the checkout is not? Built, installed, started, tried.

    make wheel-check

The wheel goes into an empty environment in a temporary folder, beside the locked dependencies.
From there, with nothing of the checkout on any path, the mock is started; a receiver made of the
standard library alone becomes its webhook by the vendor's own call, a text is sent, and the echo of
exactly that message has to arrive. Then the mock is stopped and has to end cleanly.

Exit code 0 when all of it was seen, 1 with a sentence when something was not.
"""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

CHECKOUT = Path(__file__).resolve().parent.parent
KEY, TOKEN = "megacode-TESTKEY0001", "TESTKEY0001"
# Seconds; a first start still has to check the contract, an installation to download.
START_LIMIT, WEBHOOK_LIMIT, STOP_LIMIT, RUN_LIMIT = 30.0, 20.0, 20.0, 900.0

Json = dict[str, Any]


class Failed(Exception):
    """What was not as it should be, in one sentence."""


def main() -> int:
    """All steps; what each of them saw goes to stdout."""
    try:
        with tempfile.TemporaryDirectory(prefix="wheel-check-") as folder:
            _check(Path(folder).resolve())
    except Failed as problem:
        print(f"FAIL  {problem}")
        return 1
    print("ok    the wheel works outside the checkout")
    return 0


def _check(folder: Path) -> None:
    if folder.is_relative_to(CHECKOUT):
        raise Failed(f"{folder} is inside the checkout: set TMPDIR to another place")
    wheel = _build(folder / "wheel")
    programs = _install(wheel, folder / "environment")
    _require_installed_copy(programs, folder)
    with _receiver() as (hook, received), _mock(programs, folder) as (url, process):
        _message_and_webhook(url, hook, received)
        for path in ("/_mock/ui/", "/docs/", "/docs/reference/pt/operations/send_text.html"):
            _page(url, path)
        _stop(process)
    _saw("megaapi-contract --version", _output(programs / "megaapi-contract", "--version"))
    first, *others = _output(programs / "megaapi-mock", "events").splitlines() or [""]
    if not others:
        raise Failed(f"megaapi-mock events lists none: {first!r}")
    _saw("megaapi-mock events", f"{1 + len(others)}, the first: {' '.join(first.split())}")
    _types(programs)


def _types(programs: Path) -> None:
    """The types of webhooks are in the wheel: for Python, and the declarations for TypeScript."""
    read = (
        "from importlib.resources import files; from megaapi_mock.events import parse; "
        "print(parse({'messageType': 'new'}).reason); "
        "print((files('megaapi_mock.events') / 'megaapi.d.ts').read_text(encoding='utf-8'))"
    )
    reason, _, declared = _output(programs / "python", "-c", read).partition("\n")
    declarations = _output(programs / "megaapi-mock", "spec", "types")
    if declared.strip() != declarations.strip():
        raise Failed("megaapi.d.ts in the wheel is not what megaapi-mock spec types writes")
    _saw("types of webhooks", f"{len(declarations.splitlines())} lines; parse says: {reason}")


def _page(url: str, path: str) -> None:
    """A page is in the wheel, with every file that it loads."""
    first = _get(f"{url}{path}")
    names = re.findall(r'<(?:script|link)[^>]*(?:src|href)="([^":]+)"', first)
    if not names:
        raise Failed(f"{path} names no files: {first[:200]!r}")
    sizes = [len(_get(urljoin(f"{url}{path}", name))) for name in names]
    _saw(path, f"{len(first)} characters, and {len(names)} files with {sum(sizes)}")


def _get(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return str(answer.read().decode("utf-8", "replace"))
    except OSError as error:
        raise Failed(f"{url}: {error}") from None


def _message_and_webhook(url: str, hook: str, received: queue.Queue[Json]) -> None:
    settings = {"messageData": {"webhookUrl": hook, "webhookEnabled": True}}
    _saw("configWebhook", _post(f"{url}/rest/webhook/{KEY}/configWebhook", settings))
    text = {"messageData": {"to": "5511900000002", "text": "Bom dia"}}
    answer = _post(f"{url}/rest/sendMessage/{KEY}/text", text)
    _saw("text", answer)
    message_id = answer["messageData"]["key"]["id"]
    deadline = time.monotonic() + WEBHOOK_LIMIT
    others: list[Json] = []
    while True:
        try:
            webhook = received.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise Failed(f"no echo of {message_id} arrived, but: {others}") from None
        if webhook.get("key", {}).get("id") == message_id and "message" in webhook:
            _saw("webhook", webhook)
            return
        others.append(webhook)


# --- building and installing ----------------------------------------------------------------------


def _build(target: Path) -> Path:
    argv = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    _run(argv, CHECKOUT)
    (wheel,) = target.glob("*.whl")
    _saw("wheel", f"{wheel.name}, {wheel.stat().st_size / 1e3:,.0f} kB")
    return wheel


def _install(wheel: Path, environment: Path) -> Path:
    """The folder with the programs of a new environment that holds the wheel."""
    _run([sys.executable, "-m", "venv", str(environment)], environment.parent)
    programs = environment / ("Scripts" if sys.platform == "win32" else "bin")
    locked = CHECKOUT / "requirements" / "serve.txt"
    for what in (("--require-hashes", "-r", str(locked)), ("--no-deps", str(wheel))):
        pip = [str(programs / "python"), "-m", "pip", "install", "--quiet"]
        _run([*pip, "--disable-pip-version-check", *what], environment)
    return programs


def _require_installed_copy(programs: Path, folder: Path) -> None:
    show = "import megaapi_mock, megaapi_contract as c; print(megaapi_mock.__file__, c.__file__)"
    places = _output(programs / "python", "-c", show)
    if str(CHECKOUT) in places:
        raise Failed(f"the packages come from the checkout: {places}")
    _saw("imported from", places.replace(str(folder), "..."))


# --- running --------------------------------------------------------------------------------------


@contextmanager
def _mock(programs: Path, folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = _free_port()
    log = folder / "mock.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(programs / "megaapi-mock"), "serve", "--port", str(port)],
            cwd=folder, env=_environment(), stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield _await_answer(f"http://127.0.0.1:{port}", process), process
        except Failed as problem:
            log_text = log.read_text(errors="replace")[-2000:]
            raise Failed(f"{problem}\n      the mock said:\n{log_text}") from None
        finally:
            process.kill()
            process.wait()


def _await_answer(url: str, process: subprocess.Popen[bytes]) -> str:
    began = time.monotonic()
    while time.monotonic() - began < START_LIMIT:
        try:
            health = _json(urllib.request.Request(f"{url}/_mock/health"))
        except OSError:
            if process.poll() is not None:
                raise Failed(f"the mock ended with code {process.returncode}") from None
            time.sleep(0.01)
            continue
        _saw("start", f"{health} after {time.monotonic() - began:.2f} s")
        return url
    raise Failed(f"the mock does not answer within {START_LIMIT:.0f} s")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        code = process.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        raise Failed(f"the mock is still there {STOP_LIMIT:.0f} s after SIGTERM") from None
    # Windows knows no SIGTERM: the process is simply ended there.
    if code != 0 and sys.platform != "win32":
        raise Failed(f"SIGTERM ended the mock with code {code}")
    _saw("stop", f"exit code {code}")


@contextmanager
def _receiver() -> Iterator[tuple[str, queue.Queue[Json]]]:
    """A URL, and what was posted there."""
    received: queue.Queue[Json] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            received.put(json.loads(body))

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _post(url: str, body: Json) -> Json:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")
    try:
        return _json(request)
    except urllib.error.HTTPError as refusal:
        reason = refusal.headers.get("X-Mock-Reason")
        raise Failed(f"{url} answered {refusal.code}: {reason or refusal.read()!r}") from None


def _json(request: urllib.request.Request) -> Json:
    with urllib.request.urlopen(request, timeout=10) as reply:
        document: Json = json.load(reply)
        return document


def _output(program: Path, *arguments: str) -> str:
    return _run([str(program), *arguments], program.parent)


def _run(argv: list[str], folder: Path) -> str:
    process = subprocess.run(
        argv, cwd=folder, env=_environment(), text=True, capture_output=True, timeout=RUN_LIMIT
    )
    if process.returncode != 0:
        output = (process.stderr or process.stdout).strip()[-2000:]
        raise Failed(f"`{' '.join(argv)}` ended with code {process.returncode}:\n{output}")
    return process.stdout.strip()


def _environment() -> dict[str, str]:
    """Nothing that leads back to the checkout, none of the mock's own settings."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "MEGAAPI_")) and name != "VIRTUAL_ENV"
    }


def _saw(what: str, value: object) -> None:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    print(f"saw   {what}: {text}", flush=True)


def _free_port() -> int:
    with socket.socket() as taker:
        taker.bind(("127.0.0.1", 0))
        return int(taker.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
