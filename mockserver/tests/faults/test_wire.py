"""What really reaches a client on each server when an answer breaks."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from megaapi_mock.resources import root
from megaapi_mock.testing import MockServer
from megaapi_mock.web.app import MockApp

from ..processes import Process, mock_command
from ..support import AUTH, KEY, RecordingTransport
from .conftest import Client


@pytest.fixture(scope="module")
def granian() -> Iterator[Client]:
    """The mock as `serve` starts it here."""
    process = Process(mock_command("serve", "--port", "0", "--seed", "0"))
    try:
        yield Client(process.wait_for(r"http://127\.0\.0\.1:\d+")[0])
    finally:
        process.stop()


@pytest.fixture(scope="module")
def waitress() -> Iterator[Client]:
    """The mock in this process."""
    server = MockServer(transport=RecordingTransport()).start()
    yield Client(server.url)
    assert server.stop(60) == 0


@pytest.fixture(params=["granian", "waitress"])
def server(request: pytest.FixtureRequest, granian: Client, waitress: Client) -> Iterator[Client]:
    """Each of the two; both start before a test does, so that their threads are none of it."""
    client = {"granian": granian, "waitress": waitress}[request.param]
    yield client
    client.control_api("POST", "/reset")


def raw(client: Client, fault: str, *, timeout: float = 60) -> tuple[bytes, str]:
    """Every byte that came, and how it ended: `end`, `reset`, or `silence` for so long."""
    host, _, port = client.host.partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        request = (
            f"GET /rest/instance/{KEY} HTTP/1.1\r\nHost: {client.host}\r\n"
            f"Authorization: {AUTH['Authorization']}\r\nX-Mock-Fault: {fault}\r\n\r\n"
        )
        connection.sendall(request.encode())
        connection.settimeout(timeout)
        came = b""
        while True:
            try:
                part = connection.recv(65536)
            except ConnectionResetError:
                return came, "reset"
            except TimeoutError:
                return came, "silence"
            if not part:
                return came, "end"
            came += part


def together(times: int, do: Callable[[], tuple[bytes, str]]) -> list[tuple[bytes, str]]:
    """The same from so many threads at once."""
    came: list[tuple[bytes, str]] = []
    threads = [threading.Thread(target=lambda: came.append(do())) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def test_reset_sends_not_a_byte(granian: Client, waitress: Client) -> None:
    """An RST where the server lends its socket (waitress), else a FIN (granian)."""
    assert together(8, lambda: raw(granian, "reset")) == [(b"", "end")] * 8
    assert together(8, lambda: raw(waitress, "reset")) == [(b"", "reset")] * 8


@pytest.mark.parametrize(("keep", "sent"), [("", None), ("; keep=10", 10), ("; keep=0", 0)])
def test_cut_body_sends_the_head_and_part_of_the_body(
    server: Client, keep: str, sent: int | None
) -> None:
    for came, ended in together(8, lambda: raw(server, f"cut-body{keep}")):
        head, _, body = came.partition(b"\r\n\r\n")
        promised = int(head.lower().partition(b"content-length: ")[2].split()[0])
        assert head.startswith(b"HTTP/1.1 200 OK")
        assert len(body) == (promised // 2 if sent is None else sent)
        assert ended == "end"


def test_hang_ends_without_a_byte_when_its_time_is_over(server: Client) -> None:
    begun = time.monotonic()
    assert raw(server, "hang; seconds=0.3") == (b"", "end")
    assert 0.3 <= time.monotonic() - begun < 60


def test_hang_ends_when_it_is_cleared(server: Client) -> None:
    server.arm("hang", seconds=600)
    came: list[Exception | None] = []
    thread = threading.Thread(target=lambda: came.append(server.send().broke))
    thread.start()
    assert server.control_api("GET", "/exchanges?operation=send_text&wait=60")["items"]
    server.control_api("DELETE", "/faults")
    thread.join(60)
    assert isinstance(came[0], http.client.RemoteDisconnected)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("path", ["/faults", "/reset"])
def test_a_delay_is_over_when_it_is_cleared(waitress: Client, path: str, after: bool) -> None:
    # The hits of other tests would be taken for the one that is waited for.
    waitress.control_api("POST", "/reset")
    waitress.arm("delay", seconds=600, after=after)
    came: list[int] = []
    thread = threading.Thread(target=lambda: came.append(waitress.send().status))
    thread.start()
    assert waitress.control_api("GET", "/fault-hits?fault=delay&wait=60")["items"]
    waitress.control_api("DELETE" if path == "/faults" else "POST", path)
    thread.join(60)
    # What had not begun when the world started over does not happen.
    assert came == [503 if path == "/reset" and not after else 200]


def test_a_cleared_delay_leaves_the_others_their_time(waitress: Client) -> None:
    waitress.control_api("POST", "/reset")
    waitress.arm("delay", seconds=600)
    waitress.arm("delay", seconds=0.5, after=True)
    begun, ended = time.monotonic(), list[float]()
    thread = threading.Thread(target=lambda: [waitress.send(), ended.append(time.monotonic())])
    thread.start()
    assert waitress.control_api("GET", "/fault-hits?fault=delay&wait=60")["items"]
    [first, _] = waitress.control_api("GET", "/faults")["items"]
    waitress.control_api("DELETE", f"/faults/{first['id']}")
    thread.join(60)
    waitress.control_api("DELETE", "/faults")
    assert 0.5 <= ended[0] - begun < 60


def test_hang_is_over_when_the_client_has_gone(waitress: Client) -> None:
    """More clients than threads give up: the server still answers."""
    assert (
        together(40, lambda: raw(waitress, "hang; seconds=600", timeout=0.3))
        == [(b"", "silence")] * 40
    )
    assert waitress.status().status == 200


def test_a_call_that_hangs_does_not_hold_up_the_stop() -> None:
    server = MockServer(transport=RecordingTransport()).start()
    client = Client(server.url)
    client.arm("hang", seconds=600)
    thread = threading.Thread(target=client.send)
    thread.start()
    assert client.control_api("GET", "/exchanges?wait=60")["items"]
    begun = time.monotonic()
    assert server.stop(60) == 0
    assert time.monotonic() - begun < 50
    thread.join(60)
    assert not thread.is_alive()


def test_the_connection_of_a_plain_fault_stays_open(server: Client) -> None:
    connection = http.client.HTTPConnection(server.host, timeout=60)
    try:
        for _ in range(3):
            headers = {**AUTH, "X-Mock-Fault": "bad-gateway"}
            connection.request("GET", f"/rest/instance/{KEY}", headers=headers)
            used = connection.sock
            assert connection.getresponse().read() == b"error code: 502"
            assert connection.sock is used is not None
    finally:
        connection.close()


def test_the_commands_of_the_page(granian: Client) -> None:
    """docs/faults.md word for word, on this server."""
    page = (root("spec").parent / "docs" / "faults.md").read_text(encoding="utf-8")
    arm, ask = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    for block in (arm, ask):
        script = block.replace("127.0.0.1:8080", granian.host).replace("curl ", "curl -sS ")
        done = subprocess.run(["sh", "-ec", script], check=True, timeout=120, capture_output=True)
        expected = b'{"cleared":1}' if block is arm else b"SERVICE_UNAVAILABLE"
        assert expected in done.stdout, done.stdout
    assert granian.control_api("GET", "/faults")["items"] == []


@pytest.mark.parametrize("fault", ["reset", "hang; seconds=0"])
def test_a_client_in_this_process_gets_an_exception(app: MockApp, fault: str) -> None:
    with pytest.raises(ConnectionResetError):
        app.test_client().get(f"/rest/instance/{KEY}", headers={**AUTH, "X-Mock-Fault": fault})


def test_a_client_in_this_process_gets_a_cut_body(app: MockApp) -> None:
    headers = {**AUTH, "X-Mock-Fault": "cut-body; keep=5"}
    reply = app.test_client().get(f"/rest/instance/{KEY}", headers=headers)
    assert reply.get_data() == b'{"err'
    assert int(reply.headers["Content-Length"]) > 100
