"""`megaapi-mock serve --store sqlite:///FILE` as a process: stopped, and started again."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from megaapi_mock.store.open_store import shown_name
from megaapi_mock.store.state_checks import COUNT_MOST
from megaapi_mock.store.state_file import seal

from ..processes import Process, mock_command
from ..support import KEY, TOKEN

Json = dict[str, Any]
OTHER = "megacode-TESTKEY0003"
LISTS = ("instances", "messages", "exchanges", "deliveries", "faults", f"instances/{KEY}/chats")
FILE = "data:application/pdf;base64,JVBERi0xLjQKJSVFT0YK"


class Bot(HTTPServer):
    """Takes webhooks in the order in which they come, one at a time."""

    def __init__(self, port: int) -> None:
        self.bodies: list[Json] = []
        super().__init__(("127.0.0.1", port), Hook)

    def take(self, count: int) -> list[Json]:
        """So many webhooks, as soon as they came."""
        while len(self.bodies) < count:
            self.handle_request()
        return self.bodies


class Hook(BaseHTTPRequestHandler):
    server: Bot

    def do_POST(self) -> None:
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


class Mock:
    """A running mock and its two APIs."""

    def __init__(self, store: str, *arguments: str) -> None:
        self.process = Process(mock_command("serve", "--port", "0", "--store", store, *arguments))
        self.url = self.process.wait_for(r"Address +(http://\S+)").group(1)
        self.process.wait_for(r"-d '\{")

    def call(self, method: str, path: str, body: Json | None = None) -> Any:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}{path}", content, headers, method=method)
        with urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def send(self, kind: str, **data: Any) -> Any:
        body = {"messageData": {"to": "5511900000002", **data}}
        return self.call("POST", f"/rest/sendMessage/{KEY}/{kind}", body)

    def control(self, method: str, path: str, body: Json | None = None) -> Any:
        return self.call(method, f"/_mock{path}", body)

    def lists(self) -> Json:
        return {name: self.control("GET", f"/{name}?limit=1000")["items"] for name in LISTS}


@pytest.fixture
def start(store_url: str) -> Iterator[Callable[..., Mock]]:
    running: list[Mock] = []

    def start_one(*arguments: str) -> Mock:
        running.append(Mock(store_url, *arguments))
        return running[-1]

    yield start_one
    for mock in running:
        mock.process.stop(signal.SIGKILL)


def fill(mock: Mock) -> Json:
    """Something of everything; the keys of the file that was sent."""
    mock.send("text", text="Bom dia")
    sent = mock.send("mediaBase64", type="document", mimeType="application/pdf", base64=FILE,
                     fileName="a.pdf", caption="a")  # fmt: skip
    group = {"group_data": {"group_name": "Grupo", "participants": ["5511900000002"]}}
    mock.call("POST", f"/rest/group/{KEY}/create", group)
    mock.control("POST", f"/instances/{KEY}/inbound", {"from": "5511900000004", "event": "image"})
    mock.control("POST", f"/instances/{KEY}/contacts/5511900000005", {"state": "phone_off"})
    mock.control("POST", "/instances", {"key": OTHER, "token": "T3", "number": "5511900000007",
                                        "connected": True})  # fmt: skip
    mock.send("text", to="5511900000007", text="entre nos")
    mock.control("POST", "/faults", {"fault": "bad-gateway", "operation": "logout", "times": 2})
    mock.control("POST", "/clock", {"advance": 3600})
    keys: Json = sent["messageData"]["message"]["documentMessage"]
    return keys


def test_a_store_is_found_again_that_counted_on_from_the_most_of_a_file(
    start: Callable[..., Mock],
) -> None:
    mock = start()
    mock.send("text", text="Bom dia")
    state = mock.control("GET", "/state")["state"]
    first = state["instances"][0]
    assert first["key"] == KEY and first["counters"]["message"] == 1
    first["counters"]["message"] = state["clock"]["ticks"] = COUNT_MOST
    mock.control("PUT", "/state", json.loads(seal(state)))
    ids = {mock.send("text", text="Boa tarde")["messageData"]["key"]["id"]}
    mock.process.stop()

    again = start()
    ids.add(again.send("text", text="Boa noite")["messageData"]["key"]["id"])
    state = again.control("GET", "/state")["state"]
    assert state["instances"][0]["counters"]["message"] == COUNT_MOST + 2 and len(ids) == 2


def test_a_start_names_an_instance_that_is_in_its_store(
    start: Callable[..., Mock], tmp_path: Path
) -> None:
    world = tmp_path / "world.yaml"
    seed = f'{{key: {OTHER}, token: TESTKEY0003, number: "5511900000003", connected: true}}'
    world.write_text(f"instances: [{seed}]\n", encoding="utf-8")
    start("--world", str(world)).process.stop()
    again = start().process
    assert again.wait_for(r"Instance key +(\S+)").group(1) == OTHER
    assert again.wait_for(r"Token +(\S+)").group(1) == "TESTKEY0003"


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.hosts)]
)
def test_a_restarted_mock_has_everything(
    start: Callable[..., Mock], store_url: str, number: int
) -> None:
    mock = start()
    assert f"{shown_name(store_url)}  (new)" in mock.process.output
    keys = fill(mock)
    before, clock = mock.lists(), mock.control("GET", "/clock")
    assert mock.process.stop(number) == 0
    again = start()
    assert f"{shown_name(store_url)}  (goes on where it stopped)" in again.process.output
    assert "TESTPASSWORD" not in mock.process.output + again.process.output
    assert again.lists() == before
    ahead = again.control("GET", "/clock")["now"] - clock["now"]
    assert 0 <= ahead < 60
    body = {"messageKeys": {**keys, "messageType": "document"}}
    file = again.call("POST", f"/rest/instance/downloadMediaMessage/{KEY}", body)
    assert FILE.partition(",")[2] in json.dumps(file)
    sent = again.send("text", text="depois")["messageData"]["key"]["id"]
    assert sent not in json.dumps(before)
    with urlopen(f"{again.url}/_mock/ui/", timeout=60) as page:
        assert page.status == 200


def test_what_is_owed_at_a_stop_is_sent_at_the_next_start(start: Callable[..., Mock]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        mock = start("--set", "stop_grace=0.2", "--set", "echo=off", "--set", "acks=off")
        hook = {"messageData": {"webhookUrl": f"http://127.0.0.1:{port}/", "webhookEnabled": True}}
        mock.call("POST", f"/rest/webhook/{KEY}/configWebhook", hook)
        texts = [f"mensagem {number}" for number in range(5)]
        for text in texts:
            body = {"from": "5511900000002", "set": {"message.conversation": text}}
            mock.control("POST", f"/instances/{KEY}/inbound", body)
        assert mock.process.stop() == 0
    assert "5 deliveries wait for the next start" in mock.process.output
    with Bot(port) as bot:
        again = start()
        bodies = bot.take(5)
    assert [body["message"]["conversation"] for body in bodies] == texts
    seen = again.control("GET", "/deliveries?event=text-plain&wait=60")["items"]
    assert [each["payload"]["message"]["conversation"] for each in seen] == texts


def test_a_second_mock_on_the_database_is_one_sentence(
    start: Callable[..., Mock], store_url: str
) -> None:
    start()
    done = subprocess.run(
        mock_command("serve", "--port", "0", "--store", store_url),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    name = shown_name(store_url).removeprefix("sqlite:///")
    assert f"the store {name} is in use by " in done.stderr
    assert ": stop that one, or name another " in done.stderr
    assert len(done.stderr.splitlines()) == 1 and done.stdout == ""


def test_a_mock_in_memory_loads_nothing_of_databases() -> None:
    script = (
        "import sys; from megaapi_mock.web.app import build_app; app = build_app(); "
        "app.control.ready(); app.stop(0); "
        "print(sorted(sys.modules.keys() & {'sqlalchemy', 'alembic', 'sqlite3', 'psycopg'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
