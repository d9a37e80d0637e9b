"""A mock that others can reach calls nobody on their behalf who was not named at its start."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from click.testing import CliRunner
from megaapi_mock.commands.main import main, serve
from megaapi_mock.settings import Settings, from_environment
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..control import ControlApi
from ..support import AUTH, KEY

TOKEN = "TESTTOKEN0001"
FRIEND = "5511900000002"


class PictureServer(BaseHTTPRequestHandler):
    """`/to/REST` leads to REST; anything else is a picture of five bytes."""

    seen: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def do_GET(self) -> None:
        self.seen.append(f"{self.command} {self.path}")
        leads_on = self.path.startswith("/to/")
        self.send_response(307 if leads_on else 200)
        if leads_on:
            self.send_header("Location", self.path.removeprefix("/to/"))
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"xxxxx")

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def port() -> Iterator[int]:
    """A server of this machine."""
    PictureServer.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), PictureServer)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def mock_for_others(make_app: MakeApp, allowed: str = "", **switches: str) -> MockApp:
    """A mock that listens on every address; what it sends leaves through real sockets."""
    settings = Settings(host="0.0.0.0", control_token=TOKEN, allow_webhook_host=allowed)
    return make_app(settings=settings, switches=switches, transport=None)


def webhook(app: MockApp, url: str) -> dict[str, Any]:
    """The record of one webhook to this address."""
    client, token = app.test_client(), {"X-Mock-Token": TOKEN}
    instance = f"/_mock/instances/{KEY}"
    reply = client.post(f"{instance}/webhook", json={"url": url, "enabled": True}, headers=token)
    assert reply.status_code == 200, reply.text
    reply = client.post(f"{instance}/emit", json={"event": "connected"}, headers=token)
    assert app.runtime.webhooks.courier.wait_idle(60)
    path = f"/_mock/deliveries/{reply.get_json()['deliveries'][0]}"
    record: dict[str, Any] = client.get(path, headers=token).get_json()
    return record


def fetch(app: MockApp, url: str) -> tuple[int, str]:
    """The status and the reason of a send of the file behind this address."""
    data = {"to": FRIEND, "url": url, "type": "image"}
    path = f"/rest/sendMessage/{KEY}/mediaUrl"
    reply = app.test_client().post(path, headers=AUTH, json={"messageData": data})
    return reply.status_code, reply.headers.get("X-Mock-Reason", "")


# -- webhooks --------------------------------------------------------------------------------


def test_a_webhook_beyond_this_machine_is_refused_with_what_to_do(make_app: MakeApp) -> None:
    record = webhook(mock_for_others(make_app), "http://10.0.0.9:9/hook")
    assert record["state"] == "refused"
    assert "--allow-webhook-host 10.0.0.9" in record["reason"]
    assert "listens on 0.0.0.0" in record["reason"]
    assert record["attempts"][0]["error"] == record["reason"]


@pytest.mark.parametrize("hosts", ["private", "any"])
def test_no_switch_opens_what_has_to_be_named(make_app: MakeApp, hosts: str) -> None:
    app = mock_for_others(make_app, webhook_hosts=hosts)
    assert webhook(app, "http://10.0.0.9:9/hook")["state"] == "refused"


def test_a_webhook_to_this_machine_needs_no_name(make_app: MakeApp, port: int) -> None:
    record = webhook(mock_for_others(make_app), f"http://127.0.0.1:{port}/hook")
    assert record["state"] == "delivered"


def test_a_named_host_may_be_called(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.9", port))]

    def connect(self: socket.socket, address: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", connect)
    app = mock_for_others(make_app, "other, *.example.test")
    assert webhook(app, "http://bot.example.test:9/hook")["state"] == "failed"
    assert webhook(app, "http://example.test:9/hook")["state"] == "refused"


def test_a_redirect_to_a_host_that_is_not_named_is_not_followed(
    make_app: MakeApp, port: int
) -> None:
    app = mock_for_others(make_app)
    record = webhook(app, f"http://127.0.0.1:{port}/to/http://169.254.169.254/latest")
    assert record["state"] == "refused"
    assert "--allow-webhook-host 169.254.169.254" in record["reason"]
    assert len(PictureServer.seen) == 1


def test_a_mock_of_this_machine_may_call_its_network_as_before(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(settings=Settings(allow_webhook_host="8.8.8.8"), transport=None)
    import socket

    def connect(self: socket.socket, address: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    control_api = ControlApi(app)
    for address, state in (("10.0.0.9", "failed"), ("8.8.8.8", "failed"), ("8.8.4.4", "refused")):
        hook = {"url": f"http://{address}:9/hook", "enabled": True}
        control_api.call("POST", f"/instances/{KEY}/webhook", hook)
        emitted = control_api.call(
            "POST", f"/instances/{KEY}/emit", {"event": "connected"}, status=201
        )
        assert app.runtime.webhooks.courier.wait_idle(60)
        assert control_api.get(f"/deliveries/{emitted['deliveries'][0]}")["state"] == state


# -- files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "2130706433",
        "0x7f000001", "0177.0.0.1", "127.1", "0", "0.0.0.0", "10.0.0.9", "169.254.169.254",
        "user@127.0.0.1",
    ],
)  # fmt: skip
def test_a_mock_for_others_fetches_nothing_of_its_own_network(
    make_app: MakeApp, port: int, host: str
) -> None:
    app = mock_for_others(make_app, fetch_media="on")
    status, reason = fetch(app, f"http://{host}:{port}/secret")
    assert status == 500
    assert "could not be fetched" in reason
    assert PictureServer.seen == []


def test_the_refusal_of_a_file_says_what_to_do(make_app: MakeApp, port: int) -> None:
    app = mock_for_others(make_app, fetch_media="on")
    _, reason = fetch(app, f"http://127.0.0.1:{port}/secret")
    assert "--allow-webhook-host 127.0.0.1" in reason


def test_a_file_of_a_named_host_is_fetched_and_leads_nowhere_else(
    make_app: MakeApp, port: int
) -> None:
    app = mock_for_others(make_app, "localhost", fetch_media="on")
    assert fetch(app, f"http://localhost:{port}/file.jpg")[0] == 200
    PictureServer.seen.clear()
    inside = f"http://127.0.0.1:{port}/secret"
    status, reason = fetch(app, f"http://localhost:{port}/to/{inside}")
    assert status == 500
    assert "led to" in reason
    assert PictureServer.seen == [f"GET /to/{inside}"]


def test_a_mock_of_this_machine_fetches_from_anywhere(make_app: MakeApp, port: int) -> None:
    app = make_app(switches={"fetch_media": "on"})
    assert fetch(app, f"http://127.0.0.1:{port}/file.jpg")[0] == 200


# -- the option ------------------------------------------------------------------------------


def test_the_option_may_be_given_several_times() -> None:
    arguments = ["--allow-webhook-host", "bot", "--allow-webhook-host", "*.example.com"]
    with serve.make_context("serve", arguments) as context:
        assert context.params["allow_webhook_host"] == "bot,*.example.com"
    with serve.make_context("serve", []) as context:
        assert context.params["allow_webhook_host"] is None
    variables = {"MEGAAPI_MOCK_ALLOW_WEBHOOK_HOST": "bot,*.example.com"}
    assert from_environment(variables) == {"allow_webhook_host": "bot,*.example.com"}


def test_a_host_that_is_none_ends_the_start_with_a_sentence() -> None:
    result = CliRunner().invoke(main, ["serve", "--allow-webhook-host", "http://bot:9000"])
    assert result.exit_code == 2
    assert "use a host name" in result.output
