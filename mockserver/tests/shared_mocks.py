"""Processes that are one mock on one PostgreSQL database, and a bot that gets their webhooks."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from megaapi_mock.serving.webhook_server import Post, WebhookServer

from .processes import Process, mock_command
from .support import KEY, TOKEN

Json = dict[str, Any]
PATIENCE = 60.0
LOST = (URLError, HTTPException, ConnectionError, TimeoutError)


class SharedMock:
    """One of the processes."""

    def __init__(self, store: str, *arguments: str) -> None:
        command = mock_command("serve", "--shared", "--port", "0", "--store", store, *arguments)
        self.process = Process(command)
        begun = self.process.wait_for(r"(?:Address +|Stands by at )(http://[\d.]+:\d+)", PATIENCE)
        self.url = begun.group(1)

    @property
    def leads(self) -> bool:
        """Whether it does the work: the process that it has for that has begun others."""
        return any(children(pid) for pid in children(self.process.pid))

    def call(self, method: str, path: str, body: Json | None = None) -> Any:
        """The answer to one call."""
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}{path}", content, headers, method=method)
        with urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    def control(self, method: str, path: str, body: Json | None = None) -> Any:
        """The answer of the control API."""
        return self.call(method, f"/_mock{path}", body)

    def items(self, path: str) -> list[Json]:
        """A whole list of the control API."""
        items: list[Json] = self.control("GET", path)["items"]
        return items

    def send(self, text: str, key: str = KEY) -> str:
        """Send a message; its id."""
        body = {"messageData": {"to": "5511900000002", "text": text}}
        answer = self.call("POST", f"/rest/sendMessage/{key}/text", body)
        return str(answer["messageData"]["key"]["id"])

    def status(self, method: str, path: str, body: Json | None = None) -> int:
        """The status of an answer, whatever it is."""
        try:
            self.call(method, path, body)
        except HTTPError as error:
            with error:
                return error.code
        return 200

    def kill(self) -> None:
        """End it and all that it has begun, at once."""
        pids = [self.process.pid, *descendants(self.process.pid)]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.join()


class Bot:
    """Remembers the bodies of all webhooks, in the order in which they came."""

    def __init__(self) -> None:
        self.bodies: list[Json] = []
        self._came = threading.Condition()
        self._server = WebhookServer("127.0.0.1", 0, self._receive)
        self.url = f"{self._server.url}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def _receive(self, post: Post) -> int:
        with self._came:
            self.bodies.append(json.loads(post.body))
            self._came.notify_all()
        return 200

    def texts(self) -> list[str]:
        """The texts that came, each once, in the order in which they came first."""
        texts = [body.get("message", {}).get("extendedTextMessage", {}) for body in self.bodies]
        return list(dict.fromkeys(text["text"] for text in texts if "text" in text))

    def wait_for(self, texts: list[str]) -> None:
        """Return once all of them came."""
        with self._came:
            came = self._came.wait_for(lambda: set(texts) <= set(self.texts()), PATIENCE)
        assert came, f"missing: {sorted(set(texts) - set(self.texts()))}"

    def close(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def children(pid: int) -> list[int]:
    """The processes that a process has begun."""
    with suppress(OSError):
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    return []


def descendants(pid: int) -> list[int]:
    """Those, and what they have begun."""
    return [each for child in children(pid) for each in (child, *descendants(child))]


def command_of(pid: int) -> str:
    """The command line of a process; empty where it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


def eventually(action: Any, *, seconds: float = PATIENCE) -> Any:
    """What an action returns, as soon as no connection is lost and no answer is 503."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return action()
        except HTTPError as error:
            with error:
                assert error.code == 503 and time.monotonic() < deadline, error.read()
        except LOST:
            assert time.monotonic() < deadline
        threading.Event().wait(0.05)
