"""Each way a receiver can fail, through the whole mock: one recorded attempt, and life goes on."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.profile import default_profile
from megaapi_mock.testing import MockServer

from ..support import KEY, START, TOKEN
from ..webhooks.http.test_client import (
    CERTIFICATE,
    LIMIT,
    OK,
    Receiver,
    Script,
    answering,
    dripping,
    fall_silent,
    hang_up_rudely,
    once,
    pouring,
    receiver,
)

__all__ = ("receiver",)

GIB = 2**30
Make = Callable[[Script], Receiver]


@pytest.fixture
def server() -> Iterator[MockServer]:
    switches = {"webhook_timeout": "60", "webhook_hosts": "loopback", "stop_grace": "0.1"}
    profile = default_profile().with_switches(switches)
    with MockServer(clock=Clock(frozen_at=START), profile=profile) as made:
        yield made
        assert list(made.app.runtime.records.bugs) == []


def call(server: MockServer, path: str, body: Any = None) -> Any:
    request = Request(
        server.url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=60) as reply:
        return json.loads(reply.read())


def configure(server: MockServer, url: str, **more: Any) -> None:
    settings = {"webhookUrl": url, "webhookEnabled": True, **more}
    call(server, f"/rest/webhook/{KEY}/configWebhook", {"messageData": settings})


def receive_text(server: MockServer) -> None:
    call(server, f"/_mock/instances/{KEY}/inbound", {})


def await_release(server: MockServer) -> None:
    """Until all that calls have caused is the courier's: their answers come a moment before."""
    owed: Any = server.app.runtime.instances.store.owed
    until(lambda: not owed._waiting)


def until(fact: Callable[[], Any]) -> None:
    deadline, pause = time.monotonic() + LIMIT, threading.Event()
    while not fact():
        assert time.monotonic() < deadline, "it never came"
        pause.wait(0.005)


def deliveries(server: MockServer) -> list[dict[str, Any]]:
    await_release(server)
    assert server.app.runtime.webhooks.courier.wait_idle(LIMIT)
    items: list[dict[str, Any]] = call(server, "/_mock/deliveries")["items"]
    return items


def only(server: MockServer) -> tuple[dict[str, Any], dict[str, Any]]:
    """The newest delivery and its one attempt."""
    *_, delivery = deliveries(server)
    (attempt,) = delivery["attempts"]
    return delivery, attempt


def failed_at(server: MockServer, url: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What one text owed to this URL came to."""
    configure(server, url)
    receive_text(server)
    return only(server)


def still_delivers(server: MockServer, receiver: Make) -> None:
    """The courier is alive: the next webhook arrives."""
    good = receiver(answering(OK))
    configure(server, good.url, webhookSecondaryEnabled=False)
    receive_text(server)
    assert deliveries(server)[-1]["state"] == "delivered"
    assert len(good.requests) == 1


def redirecting(receiver: Receiver, connection: socket.socket) -> None:
    receiver.read(connection)
    place = f"http://127.0.0.1:{receiver.port}/elsewhere"
    connection.sendall(f"HTTP/1.1 307 Moved\r\nLocation: {place}\r\n\r\n".encode())


CUT, LATE = "closed the connection without an answer", "within so many seconds"


@pytest.mark.parametrize(
    ("script", "status", "reason"),
    [
        (redirecting, 307, "led on more than 5 times, at last to http"),
        (hang_up_rudely, None, CUT),
        (once(b""), None, CUT),
        (once(b"220 mail.example ESMTP\r\n"), None, "does not answer in HTTP"),
        (once(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), 200, "broke off its answer"),
        (fall_silent, None, LATE),
        (dripping(b""), None, LATE),
        (dripping(b"HTTP/1.1 200 OK\r\nX: "), None, LATE),
        (dripping(b"HTTP/1.1 200 OK\r\n\r\n"), 200, LATE),
        (pouring(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), None, "sent no proper HTTP answer"),
        (pouring(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), None, "sent no proper HTTP answer"),
    ],
    ids=[
        "redirect",
        "reset",
        "hang-up",
        "no-http",
        "half",
        "silent",
        "drip-status",
        "drip-header",
        "drip-body",
        "endless-headers",
        "endless-continue",
    ],
)
def test_a_broken_receiver_is_one_recorded_attempt(
    script: Script, status: int | None, reason: str, server: MockServer, receiver: Make
) -> None:
    courier = server.app.runtime.webhooks.courier
    usual = courier._timeout
    # On a busy machine a receiver may not even begin before a short time is up.
    for seconds in (0.5, 5.0, 50.0) if reason is LATE else (usual,):
        courier._timeout, bad = seconds, receiver(script)
        delivery, attempt = failed_at(server, bad.url)
        if attempt["status"] == status:
            break
    courier._timeout = usual
    assert (delivery["state"], attempt["status"]) == ("failed", status)
    assert (f"{seconds:g} s" if reason is LATE else reason) in delivery["reason"]
    assert bad.connections == (6 if script is redirecting else 1)
    assert attempt["error"] == delivery["reason"]
    if script is redirecting:
        assert attempt["headers"]["Location"].endswith("/elsewhere")
    still_delivers(server, receiver)


def test_nobody_listening_is_one_recorded_attempt(server: MockServer, receiver: Make) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        delivery, attempt = failed_at(server, f"http://127.0.0.1:{taken.getsockname()[1]}/")
    assert delivery["state"] == "failed"
    assert (attempt["status"], attempt["body"], attempt["headers"]) == (None, None, {})
    assert "connection refused" in attempt["error"]
    still_delivers(server, receiver)


def test_no_tls_is_one_recorded_attempt(server: MockServer, receiver: Make) -> None:
    plain = receiver(once(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    plain.read = lambda connection: connection.recv(65536)  # type: ignore[method-assign]
    delivery, _ = failed_at(server, plain.url.replace("http:", "https:"))
    assert delivery["state"] == "failed"
    assert "does it speak https?" in delivery["reason"]
    still_delivers(server, receiver)


def test_a_certificate_nobody_vouches_for_is_one_recorded_attempt(
    server: MockServer, receiver: Make, tmp_path: Path
) -> None:
    (tmp_path / "localhost.pem").write_text(CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "localhost.pem")

    def script(receiver: Receiver, connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            answering(OK)(receiver, secured)

    secret = receiver(script)
    delivery, _ = failed_at(server, secret.url.replace("http:", "https:"))
    assert delivery["state"] == "failed"
    assert "certificate" in delivery["reason"]
    assert secret.requests == []
    still_delivers(server, receiver)


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_an_answer_of_a_gibibyte_is_cut_early(
    framing: str, server: MockServer, receiver: Make
) -> None:
    sent = []

    def script(receiver: Receiver, connection: socket.socket) -> None:
        receiver.read(connection)
        if framing == "length":
            head, piece = b"Content-Length: %d" % GIB, b"y" * 2**16
        else:
            head, piece = b"Transfer-Encoding: chunked", b"10000\r\n" + b"y" * 2**16 + b"\r\n"
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n")
        while len(sent) < GIB // 2**16:
            connection.sendall(piece)
            sent.append(len(piece))

    large = receiver(script)
    began = time.monotonic()
    delivery, attempt = failed_at(server, large.url)
    assert time.monotonic() - began < LIMIT
    # It is an answer, and a good one: the gateway does not look at the body.
    assert (delivery["state"], attempt["status"], attempt["error"]) == ("delivered", 200, None)
    assert attempt["truncated"] is True
    assert attempt["body"] == "y" * 2**16
    (kept,) = server.app.runtime.records.journal.deliveries.after(None)
    assert len(kept.attempts[0].body) == 2**16
    # What is on the way fills the sockets' buffers and no more.
    assert sum(sent) < GIB / 16
    still_delivers(server, receiver)


def test_bytes_of_any_kind_are_kept_as_answer(server: MockServer, receiver: Make) -> None:
    bad = receiver(once(b"HTTP/1.1 500 X\r\nContent-Length: 2\r\nX-A: \xff\r\n\r\n\xff\xfe"))
    delivery, attempt = failed_at(server, bad.url)
    assert delivery["reason"] == "receiver answered 500"
    assert (attempt["encoding"], b64decode(attempt["body"])) == ("base64", b"\xff\xfe")
    still_delivers(server, receiver)


# A URL that points back at the mock


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/hook", 404),
        (f"/rest/sendMessage/{KEY}/text", 401),
        (f"/_mock/instances/{KEY}/inbound", 404),
        (f"/_mock/instances/{KEY}/unlink", 404),
        ("/_mock/reset", 404),
        (f"/_mock/reset?instance={KEY}", 404),
        ("/docs/", 405),
    ],
)
def test_a_url_that_points_back_at_the_mock_does_no_harm(
    path: str, status: int, server: MockServer, receiver: Make
) -> None:
    delivery, attempt = failed_at(server, server.url + path)
    assert (delivery["state"], attempt["status"]) == ("failed", status)
    # The configuration is there still, nothing was sent or received a second time.
    shown = call(server, f"/_mock/instances/{KEY}")
    assert shown["webhook"]["url"] == server.url + path
    assert shown["state"] == "connected"
    assert len(call(server, "/_mock/messages")["items"]) == 1
    exchanges = call(server, "/_mock/exchanges")["items"]
    assert len(exchanges) == (1 if path.startswith(("/_mock", "/docs")) else 2)
    still_delivers(server, receiver)


# Two URLs


@pytest.mark.parametrize("broken", ["first", "second"])
def test_one_url_that_fails_does_not_hold_up_the_other(
    broken: str, server: MockServer, receiver: Make
) -> None:
    may_end = threading.Event()

    def hold_up(receiver: Receiver, connection: socket.socket) -> None:
        """No answer at all, and the end of the connection once it may."""
        receiver.read(connection)
        may_end.wait(LIMIT)

    bad, good = receiver(hold_up), receiver(answering(OK))
    first, second = (bad, good) if broken == "first" else (good, bad)
    second_url = f"{second.url}/2?a=%2f&b=%20+"
    configure(server, first.url, webhookSecondaryUrl=second_url, webhookSecondaryEnabled=True)
    for _ in range(3):
        receive_text(server)
    assert len(good_posts(good, 3)) == 3
    may_end.set()
    states = {(item["url"], item["state"]) for item in deliveries(server)}
    if broken == "first":
        assert states == {(first.url, "failed"), (second_url, "delivered")}
        assert good.requests[0].startswith(b"POST /hook/2?a=%2f&b=%20+ HTTP/1.1\r\n")
    else:
        assert states == {(first.url, "delivered"), (second_url, "failed")}
    still_delivers(server, receiver)


def good_posts(good: Receiver, count: int) -> list[bytes]:
    """What arrived, as soon as there is so much of it."""
    deadline = time.monotonic() + LIMIT
    while len(good.requests) < count and time.monotonic() < deadline:
        good.arrived.wait(0.05)
        good.arrived.clear()
    return good.requests


# The stop


def test_what_a_stop_leaves_is_journalled_as_abandoned_and_counted(
    server: MockServer, receiver: Make
) -> None:
    server.app.runtime.webhooks.courier._timeout = LIMIT  # longer than the grace
    silent = receiver(fall_silent)
    configure(server, silent.url)
    for _ in range(3):
        receive_text(server)
    await_release(server)
    until(lambda: silent.connections == 1)
    assert server.stop() == 3
    kept = list(server.app.runtime.records.journal.deliveries.after(None))
    assert [delivery.state for delivery in kept] == ["abandoned"] * 3
    assert {delivery.reason for delivery in kept} == {"the mock stopped before it was delivered"}
    # The first was under way, the others never left.
    assert [len(delivery.attempts) for delivery in kept] == [1, 0, 0]
    assert kept[0].attempts[0].error == "abandoned: the mock stopped before an answer"


def test_a_stop_within_its_grace_loses_nothing(server: MockServer, receiver: Make) -> None:
    entered = threading.Event()

    def slowly(receiver: Receiver, connection: socket.socket) -> None:
        receiver.read(connection)
        entered.set()
        receiver.over.wait(0.2)
        connection.sendall(OK)

    configure(server, receiver(slowly).url)
    for _ in range(3):
        receive_text(server)
    assert entered.wait(LIMIT)
    await_release(server)
    assert server.stop(grace=LIMIT) == 0
    kept = server.app.runtime.records.journal.deliveries.after(None)
    assert [delivery.state for delivery in kept] == ["delivered"] * 3
