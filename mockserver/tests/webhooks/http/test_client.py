"""HttpTransport against receivers made of bare sockets, the ill-behaved ones first of all."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.webhooks.http import client
from megaapi_mock.webhooks.http.client import (
    AddressRefused,
    AllowedHosts,
    DeliveryFailed,
    HttpTransport,
    ReceiverAnswer,
    axios_headers,
)
from megaapi_mock.webhooks.http.connection import ANSWER_LIMIT

BODY = b'{"messageType": "conversation"}'
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LIMIT = 60.0

Script = Callable[["Receiver", socket.socket], None]


class Receiver:
    """Listens, runs its script on each connection in a thread of its own, keeps what it read."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[bytes] = []
        self.connections = 0
        self.over = threading.Event()
        self.arrived = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0), backlog=32)
        self.port = int(self._server.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/hook"
        self._talks: list[tuple[threading.Thread, socket.socket]] = []
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._server.accept()
            if self.over.is_set():
                connection.close()
                return
            self.connections += 1
            talk = threading.Thread(target=self._talk, args=(connection,))
            self._talks.append((talk, connection))
            talk.start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            try:
                self.script(self, connection)
            except OSError:
                pass  # the transport had enough, which is what most of these tests are about

    def read(self, connection: socket.socket) -> bytes:
        """Read one request and keep it; empty when the other side is done."""
        request = b""
        while b"\r\n\r\n" not in request:
            piece = connection.recv(65536)
            if not piece:
                return b""
            request += piece
        head, _, body = request.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += connection.recv(65536)
        self.requests.append(head + b"\r\n\r\n" + body)
        self.arrived.set()
        return self.requests[-1]

    def wait_closed(self) -> None:
        """Until every connection made so far is closed."""
        for talk, _ in self._talks:
            talk.join(LIMIT)
            assert not talk.is_alive()

    def close(self) -> None:
        self.over.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._listener.join(LIMIT)
        self._server.close()
        for talk, connection in self._talks:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            talk.join(LIMIT)
            assert not talk.is_alive()


@pytest.fixture
def receiver() -> Iterator[Callable[[Script], Receiver]]:
    made: list[Receiver] = []

    def make(script: Script) -> Receiver:
        made.append(Receiver(script))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def transport() -> Iterator[Callable[..., HttpTransport]]:
    made: list[HttpTransport] = []

    def make(**options: Any) -> HttpTransport:
        made.append(HttpTransport(**options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def answering(answer: bytes) -> Script:
    """ReceiverAnswer every request of a connection with the same bytes."""

    def script(receiver: Receiver, connection: socket.socket) -> None:
        while receiver.read(connection):
            connection.sendall(answer)

    return script


def once(answer: bytes) -> Script:
    """ReceiverAnswer one request and hang up."""

    def script(receiver: Receiver, connection: socket.socket) -> None:
        receiver.read(connection)
        connection.sendall(answer)

    return script


def dripping(start: bytes) -> Script:
    """Send `start`, then one byte after the other without an end."""

    def script(receiver: Receiver, connection: socket.socket) -> None:
        receiver.read(connection)
        connection.sendall(start)
        while not receiver.over.wait(0.02):
            connection.sendall(b"x")

    return script


def pouring(start: bytes, more: bytes) -> Script:
    """Send `start`, then `more` as fast as it is taken, without an end."""

    def script(receiver: Receiver, connection: socket.socket) -> None:
        receiver.read(connection)
        connection.sendall(start)
        while not receiver.over.is_set():
            connection.sendall(more)

    return script


def hang_up_rudely(receiver: Receiver, connection: socket.socket) -> None:
    receiver.read(connection)
    reset_on_close(connection)


def fall_silent(receiver: Receiver, connection: socket.socket) -> None:
    receiver.over.wait(LIMIT)


def reset_on_close(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def post(
    transport: HttpTransport, url: str, *, body: bytes = BODY, timeout: float = LIMIT
) -> ReceiverAnswer:
    return transport.post(url, body, axios_headers(), timeout=timeout)


def head_of(request: bytes) -> list[str]:
    return request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")


# --- what leaves


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("/hook?token=a%2fb&x=../y", "/hook?token=a%2fb&x=../y"),
        ("/a/../b//c/./d;e=1,2/%7E~", "/a/../b//c/./d;e=1,2/%7E~"),
        ("/h?q={[\"'<>\\^`|]}&&==?/", "/h?q={[\"'<>\\^`|]}&&==?/"),
        ("", "/"),
        ("?secret=1", "/?secret=1"),
        ("/h?#not-sent", "/h?"),
        ("//twice//", "//twice//"),
        ("/olá mundo?n=ção%20x", "/ol%C3%A1%20mundo?n=%C3%A7%C3%A3o%20x"),
        ("/a\r\nX-Smuggled: 1", "/a%0D%0AX-Smuggled:%201"),
        ("/half\ud800", "/half%ED%A0%80"),
    ],
)
def test_path_and_query_arrive_byte_for_byte(
    written: str,
    sent: str,
    receiver: Callable[[Script], Receiver],
    transport: Callable[..., HttpTransport],
) -> None:
    target = receiver(answering(OK))
    post(transport(), f"http://127.0.0.1:{target.port}{written}")
    assert head_of(target.requests[0])[0] == f"POST {sent} HTTP/1.1"


def test_headers_are_those_of_the_captured_delivery(
    receiver: Callable[[Script], Receiver], transport: Callable[..., HttpTransport]
) -> None:
    """delivery/headers of the evidence: these, in this order, and nothing else."""
    target = receiver(answering(OK))
    post(transport(), target.url)
    assert head_of(target.requests[0])[1:] == [
        "Accept: application/json, text/plain, */*",
        "Content-Type: application/json",
        "User-Agent: axios/1.7.7",
        f"Content-Length: {len(BODY)}",
        "Accept-Encoding: gzip, compress, deflate, br",
        f"Host: 127.0.0.1:{target.port}",
        "Connection: close",
    ]
    assert target.requests[0].endswith(b"\r\n\r\n" + BODY)


@pytest.mark.parametrize(
    ("login", "secret"),
    [
        ("user:pass@", "user:pass"),
        ("user@", "user:"),
        ("us%40er:a:b@", "us%40er:a:b"),
        (":pass@", None),
        ("@", None),
    ],
)
def test_user_and_password_become_basic_credentials(
    login: str,
    secret: str | None,
    receiver: Callable[[Script], Receiver],
    transport: Callable[..., HttpTransport],
) -> None:
    target = receiver(answering(OK))
    post(transport(), f"http://{login}127.0.0.1:{target.port}/hook")
    found = [line for line in head_of(target.requests[0]) if line.startswith("Authorization")]
    expected = secret and f"Authorization: Basic {base64.b64encode(secret.encode()).decode()}"
    assert found == ([expected] if expected else [])
    assert f"Host: 127.0.0.1:{target.port}" in head_of(target.requests[0])


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hook",
        "ftp://127.0.0.1/",
        "http://",
        "http:///hook",
        "http://127.0.0.1:port/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:65536/",
        "http://127.0.0.1:٣/",
        "http://[::1/",
        "http://a b/",
        "http://a..b/",
        f"http://{'a' * 300}/",
        f"http://{'é' * 300}/",
        "http://ho\0st/",
        "http://%31%32/",
    ],
)
def test_an_unusable_url_fails_with_a_sentence(
    url: str, transport: Callable[..., HttpTransport], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def offline(host: str, port: int, **options: Any) -> Any:
        return real(host, port, flags=socket.AI_NUMERICHOST, **options)

    monkeypatch.setattr(socket, "getaddrinfo", offline)
    with pytest.raises(DeliveryFailed, match=r"^(not a|the host of) "):
        post(transport(), url)


def test_a_header_that_would_break_the_request_fails(
    transport: Callable[..., HttpTransport],
) -> None:
    for name, value in [("User-Agent", "x\r\nHost: y"), ("Us er", "x"), ("X", "\u20ac")]:
        with pytest.raises(DeliveryFailed, match="a header that cannot be sent"):
            transport().post("http://127.0.0.1:9/", BODY, [(name, value)], timeout=LIMIT)


# --- what comes back


def test_an_answer_is_kept_whatever_its_status(
    receiver: Callable[[Script], Receiver], transport: Callable[..., HttpTransport]
) -> None:
    target = receiver(
        answering(b"HTTP/1.1 500 Oops\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 4\r\n\r\nsad!")
    )
    assert post(transport(), target.url) == ReceiverAnswer(
        500, (("X-A", "1"), ("x-a", "2"), ("Content-Length", "4")), b"sad!"
    )


def test_a_redirect_is_the_answer_where_none_is_followed(
    receiver: Callable[[Script], Receiver], transport: Callable[..., HttpTransport]
) -> None:
    other = receiver(answering(OK))
    target = receiver(
        answering(
            f"HTTP/1.1 302 Found\r\nLocation: {other.url}\r\nContent-Length: 0\r\n\r\n".encode()
        )
    )
    answer = post(transport(), target.url)
    assert (answer.status, answer.headers[0]) == (302, ("Location", other.url))
    assert other.connections == 0


@pytest.mark.parametrize(
    ("raw", "status", "body"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", 200, b"until the end"),
        (CHUNKED + b"2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n", 200, b"abc"),
        (CONTINUE + EARLY + OK, 200, b"ok"),
        (30 * (EARLY + PROCESSING + CONTINUE) + OK, 200, b"ok"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, b""),
        (b"HTTP/1.1 200\r\nContent-Length: -5\r\n\r\nx", 200, b"x"),
    ],
)
def test_every_framing_of_an_answer_is_read(
    raw: bytes,
    status: int,
    body: bytes,
    receiver: Callable[[Script], Receiver],
    transport: Callable[..., HttpTransport],
) -> None:
    answer = post(transport(), receiver(once(raw)).url)
    assert (answer.status, answer.body, answer.truncated) == (status, body, False)


def test_an_answer_before_the_body_was_read_is_recorded(
    receiver: Callable[[Script], Receiver], transport: Callable[..., HttpTransport]
) -> None:
    def too_large(receiver: Receiver, connection: socket.socket) -> None:
        connection.recv(64)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    assert post(transport(), receiver(too_large).url, body=b"x" * 5_000_000).status == 413


@pytest.mark.parametrize("size", [ANSWER_LIMIT, ANSWER_LIMIT + 1])
@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_the_first_64_kib_of_an_answer_are_kept(
    size: int,
    framing: str,
    receiver: Callable[[Script], Receiver],
    transport: Callable[..., HttpTransport],
) -> None:
    head, body = b"HTTP/1.1 200 OK\r\n", b"x" * size
    raw = {
        "length": head + b"Content-Length: %d\r\n\r\n" % size + body,
        "chunked": head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (size, body),
        "close": head + b"Connection: close\r\n\r\n" + body,
    }[framing]
    answer = post(transport(), receiver(once(raw)).url)
    assert answer.body == body[:ANSWER_LIMIT]
    assert answer.truncated is (size > ANSWER_LIMIT)


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"y" * 8192),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", b"y" * 8192),
        (CHUNKED, b"2000\r\n" + b"y" * 8192 + b"\r\n"),
    ],
)
def test_an_endless_body_is_cut_and_is_still_an_answer(
    start: bytes,
    more: bytes,
    receiver: Callable[[Script], Receiver],
    transport: Callable[..., HttpTransport],
) -> None:
    answer = post(transport(keep_alive=True), receiver(pouring(start, more)).url)
    assert (answer.status, answer.truncated) == (200, True)
    assert answer.body == b"y" * ANSWER_LIMIT


# --- what goes wrong


def test_nobody_listening_is_said(transport: Callable[..., HttpTransport]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(DeliveryFailed, match=f"nothing listens at 127.0.0.1:{port}"):
            post(transport(), f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    ("place", "inside", "hint"),
    [
        ("localhost:9000", True, client.IN_CONTAINER),
        ("127.0.0.1:9000", True, client.IN_CONTAINER),
        ("[::1]:9000", True, client.IN_CONTAINER),
        ("bot:9000", True, ""),
        ("localhost:9000", False, ""),
    ],
)
def test_localhost_in_a_container_is_said_to_be_the_container(
    place: str, inside: bool, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "is_in_container", lambda: inside)
    sentence = client._explain(ConnectionRefusedError(), place)
    assert sentence == f"nothing listens at {place} (connection refused){hint}"


def test_an_unknown_name_is_said(
    transport: Callable[..., HttpTransport], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*args: object, **options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(DeliveryFailed, match=r"the host of nowhere.invalid is not known"):
        post(transport(), "http://nowhere.invalid/")


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (hang_up_rudely, "closed the connection without an answer"),
        (once(b""), "closed the connection without an answer"),
        (once(b"SSH-2.0-OpenSSH_9.9\r\n"), "does not answer in HTTP: its first line is 'SSH-2"),
        (once(b"\x15\x03\x01\0\x02\x02\x16"), "does not answer in HTTP"),
        (once(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), "broke off its answer"),
        (once(CHUNKED + b"zz\r\n"), "broke off its answer"),
        (pouring(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), "sent no proper HTTP answer: got more than"),
        (pouring(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 999), "no proper HTTP answer: got more than"),
        (pouring(b"", EARLY), "sent no proper HTTP answer: 100 provisional answers and no other"),
        (pouring(b"", PROCESSING), "no proper HTTP answer: 100 provisional answers and no other"),
        (pouring(b"", CONTINUE), "sent no proper HTTP answer: more than 131072 bytes"),
    ],
)
def test_a_broken_receiver_ends_in_a_sentence(
    script: Script,
    sentence: str,
    receiver: Callable[[Script], Receiver],
    transport: Callable[..., HttpTransport],
) -> None:
    target = receiver(script)
    with pytest.raises(DeliveryFailed, match=f"^127.0.0.1:{target.port} .*{sentence}"):
        post(transport(), target.url)
    assert target.connections == 1


@pytest.mark.parametrize(
    ("start", "status"),
    [
        (b"", None),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", None),
        (b"HTTP/1.1 202 OK\r\nContent-Length: 99999\r\n\r\nslo", 202),
        (b"HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nslo", 202),
    ],
)
def test_a_slow_drip_ends_at_the_deadline(
    start: bytes,
    status: int | None,
    receiver: Callable[[Script], Receiver],
    transport: Callable[..., HttpTransport],
) -> None:
    # A receiver on a busy machine may need longer to begin than a short deadline lasts.
    for seconds in (0.3, 3.0, 30.0):
        target = receiver(dripping(start))
        began = time.monotonic()
        with pytest.raises(DeliveryFailed, match=f"within {seconds:g} s") as failure:
            post(transport(), target.url, timeout=seconds)
        assert seconds <= time.monotonic() - began < LIMIT
        answer = failure.value.answer
        if status is None or (answer is not None and answer.body.startswith(b"slox")):
            break
    assert (answer and answer.status) == status
    assert answer is None or answer.body.startswith(b"slox")


def test_a_receiver_that_never_reads_ends_at_the_deadline(
    receiver: Callable[[Script], Receiver], transport: Callable[..., HttpTransport]
) -> None:
    # A machine that is busy may not even connect before a short deadline is over.
    for seconds in (0.3, 3.0, 30.0):
        target = receiver(fall_silent)
        with pytest.raises(DeliveryFailed, match=f"within {seconds:g} s") as failure:
            post(transport(), target.url, body=b"x" * 20_000_000, timeout=seconds)
        if "gave no answer" in str(failure.value):
            return
    pytest.fail(str(failure.value))


def test_close_cuts_a_post_that_waits(
    receiver: Callable[[Script], Receiver], transport: Callable[..., HttpTransport]
) -> None:
    target = receiver(dripping(b"HTTP/1.1 200 OK\r\n\r\n"))
    under_test = transport()
    ended: list[Exception] = []

    def wait() -> None:
        try:
            post(under_test, target.url, timeout=60)
        except DeliveryFailed as error:
            ended.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert target.arrived.wait(LIMIT)
    under_test.close()
    waiting.join(LIMIT)
    assert not waiting.is_alive()
    with pytest.raises(DeliveryFailed, match="the courier was stopped"):
        post(under_test, target.url)


# --- keep-alive


@pytest.mark.parametrize(("keep_alive", "connections"), [(False, 3), (True, 1)])
def test_connections_are_fresh_or_kept(
    keep_alive: bool,
    connections: int,
    receiver: Callable[[Script], Receiver],
    transport: Callable[..., HttpTransport],
) -> None:
    target = receiver(answering(OK))
    under_test = transport(keep_alive=keep_alive)
    for _ in range(3):
        assert post(under_test, target.url).body == b"ok"
    assert target.connections == connections
    line = "Connection: keep-alive" if keep_alive else "Connection: close"
    assert all(head_of(request)[-1] == line for request in target.requests)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(OK.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n"), id="said so"),
        pytest.param(OK.replace(b"1.1", b"1.0"), id="old protocol"),
        pytest.param(OK + b"HTTP/1.1 500 Unasked\r\n\r\n", id="said more than it was asked"),
    ],
)
def test_a_connection_that_cannot_serve_again_is_not_kept(
    answer: bytes,
    receiver: Callable[[Script], Receiver],
    transport: Callable[..., HttpTransport],
) -> None:
    target = receiver(answering(answer))
    under_test = transport(keep_alive=True)
    assert [post(under_test, target.url).status for _ in range(2)] == [200, 200]
    assert target.connections == 2


def hang_up_after(answers: int, *, rudely: bool = False, read: bool = False) -> Script:
    """ReceiverAnswer so many requests of each connection, `read` one more, and close it."""

    def script(receiver: Receiver, connection: socket.socket) -> None:
        for _ in range(answers):
            receiver.read(connection)
            connection.sendall(OK)
        if read:
            receiver.read(connection)
        if rudely:
            reset_on_close(connection)

    return script


@pytest.mark.parametrize("rudely", [False, True])
def test_a_kept_connection_that_died_is_replaced(
    rudely: bool,
    receiver: Callable[[Script], Receiver],
    transport: Callable[..., HttpTransport],
) -> None:
    target = receiver(hang_up_after(1, rudely=rudely))
    under_test = transport(keep_alive=True)
    for _ in range(5):
        assert post(under_test, target.url).status == 200
        target.wait_closed()
    assert target.connections == 5
    assert len(target.requests) == 5


@pytest.mark.parametrize("size", [len(BODY), 5_000_000])
def test_a_request_of_which_bytes_have_left_is_not_sent_again(
    size: int,
    receiver: Callable[[Script], Receiver],
    transport: Callable[..., HttpTransport],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The connection was closed for lack of use while the request left."""
    may_close = threading.Event()

    def script(receiver: Receiver, connection: socket.socket) -> None:
        receiver.read(connection)
        connection.sendall(OK)
        may_close.wait(LIMIT)

    target = receiver(script)
    under_test = transport(keep_alive=True)
    assert post(under_test, target.url).status == 200

    [kept] = under_test._idle
    send = kept._send

    def closed_meanwhile(request: bytes, deadline: float) -> None:
        may_close.set()
        target.wait_closed()
        send(request, deadline)

    monkeypatch.setattr(kept, "_send", closed_meanwhile)
    # Bytes have left: nothing says that the receiver has not read them.
    with pytest.raises(DeliveryFailed):
        post(under_test, target.url, body=b"x" * size)
    assert (target.connections, len(target.requests)) == (1, 1)
    assert post(under_test, target.url).status == 200
    assert (target.connections, len(target.requests)) == (2, 2)


@pytest.mark.parametrize("rudely", [False, True])
def test_what_was_read_without_an_answer_is_not_sent_again(
    rudely: bool,
    receiver: Callable[[Script], Receiver],
    transport: Callable[..., HttpTransport],
) -> None:
    """The receiver may have done its work: one delivery is one request."""
    target = receiver(hang_up_after(1, rudely=rudely, read=True))
    under_test = transport(keep_alive=True)
    assert post(under_test, target.url).status == 200
    with pytest.raises(DeliveryFailed, match="closed the connection without an answer"):
        post(under_test, target.url)
    assert (target.connections, len(target.requests)) == (1, 2)
    assert post(under_test, target.url).status == 200


# --- TLS

# Made for this test, for localhost alone; it opens nothing.
CERTIFICATE = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqzM/64uBpBR0jC3S
WjiAkWigZwHU2HL9Egdb4m28ToShRANCAASTk52yy71k4eCdFsw3vq+ibZ5jibY1
nLLxmVCibwLwbKfC4TXy8AwTPoPuW/q4KrlDM+/MeQbN1KQHLOFIZypT
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUW3ZrAoMVlF/JzZ7RQpPZeeaH0WEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE5NDgyOVoYDzIxMjYxMDI5
MTk0ODI5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASTk52yy71k4eCdFsw3vq+ibZ5jibY1nLLxmVCibwLwbKfC4TXy8AwT
PoPuW/q4KrlDM+/MeQbN1KQHLOFIZypTo28wbTAdBgNVHQ4EFgQUQeitWLvDtQhI
CzeUDdYeJZ7HVawwHwYDVR0jBBgwFoAUQeitWLvDtQhICzeUDdYeJZ7HVawwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgA6DxKMANCbVK8nTyUGuIDqcxvpsk8iXiZHZD5PiFb7kCIBd2
vqPY1rS4cvO18OffFFE9mnPyNrDINqog+fh5V0zh
-----END CERTIFICATE-----
"""


def test_tls_to_a_plain_port_fails(
    receiver: Callable[[Script], Receiver], transport: Callable[..., HttpTransport]
) -> None:
    def plain(receiver: Receiver, connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    target = receiver(plain)
    with pytest.raises(DeliveryFailed, match=r"no TLS with .* does it speak https"):
        post(transport(), target.url.replace("http:", "https:"))


def test_a_silent_tls_handshake_ends_at_the_deadline(
    receiver: Callable[[Script], Receiver], transport: Callable[..., HttpTransport]
) -> None:
    target = receiver(fall_silent)
    with pytest.raises(DeliveryFailed, match=r"no connection to .* within 0.3 s"):
        post(transport(), target.url.replace("http:", "https:"), timeout=0.3)


@pytest.fixture
def https_receiver(receiver: Callable[[Script], Receiver], tmp_path: Path) -> Receiver:
    (tmp_path / "localhost.pem").write_text(CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "localhost.pem")

    def script(receiver: Receiver, connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            answering(OK)(receiver, secured)

    return receiver(script)


def test_a_certificate_nobody_vouches_for_fails(
    https_receiver: Receiver, transport: Callable[..., HttpTransport]
) -> None:
    """As axios does by default (delivery/redirects-tls of the evidence)."""
    with pytest.raises(DeliveryFailed, match=r"the certificate of .* was not accepted: "):
        post(transport(), https_receiver.url.replace("http:", "https:"))
    assert https_receiver.requests == []


@pytest.mark.parametrize(("keep_alive", "connections"), [(False, 3), (True, 1)])
def test_tls_delivers_to_a_trusted_receiver(
    keep_alive: bool,
    connections: int,
    https_receiver: Receiver,
    transport: Callable[..., HttpTransport],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.pem"))
    under_test = transport(keep_alive=keep_alive)
    for _ in range(3):
        answer = post(under_test, https_receiver.url.replace("http:", "https:"))
        assert (answer.status, answer.body) == (200, b"ok")
    assert https_receiver.connections == connections


# --- who may be called


@pytest.fixture
def call(
    transport: Callable[..., HttpTransport], monkeypatch: pytest.MonkeyPatch
) -> Callable[[AllowedHosts, list[str]], list[str]]:
    """Post to a name that resolves to the given addresses; return those that were connected to."""

    def call(allowed_hosts: AllowedHosts, addresses: list[str]) -> list[str]:
        called: list[str] = []

        def resolve(host: str, port: int, **options: Any) -> list[Any]:
            family = {True: socket.AF_INET6, False: socket.AF_INET}
            return [
                (family[":" in address], socket.SOCK_STREAM, 6, "", (address, port))
                for address in addresses
            ]

        def connect(self: socket.socket, address: tuple[Any, ...]) -> None:
            called.append(address[0])
            raise ConnectionRefusedError

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        monkeypatch.setattr(socket.socket, "connect", connect)
        try:
            post(transport(allowed_hosts=allowed_hosts), "http://hook.test/")
        except AddressRefused as refusal:
            assert "webhook_hosts" in str(refusal)
            assert called == []
            raise
        except DeliveryFailed:
            pass
        return called

    return call


@pytest.mark.parametrize(
    ("allowed_hosts", "address"),
    [
        ("private", "8.8.8.8"),
        ("private", "2001:4860:4860::8888"),
        ("private", "::ffff:8.8.8.8"),
        ("private", "2002:808:808::1"),
        ("private", "224.0.0.1"),
        ("loopback", "8.8.8.8"),
        ("loopback", "10.0.0.1"),
        ("loopback", "169.254.1.1"),
        ("private", "169.254.1.1"),
        ("private", "fe80::1"),
        ("loopback", "fe80::1"),
    ],
)
def test_the_policy_refuses_and_nobody_is_called(
    allowed_hosts: AllowedHosts,
    address: str,
    call: Callable[[AllowedHosts, list[str]], list[str]],
) -> None:
    with pytest.raises(AddressRefused, match=f"hook.test is at {address}"):
        call(allowed_hosts, [address])
    with pytest.raises(AddressRefused):
        call(allowed_hosts, ["127.0.0.1", address])


@pytest.mark.parametrize(
    ("allowed_hosts", "address"),
    [
        ("any", "8.8.8.8"),
        ("private", "127.0.0.1"),
        ("private", "10.0.0.1"),
        ("private", "192.168.1.1"),
        ("private", "172.17.0.1"),
        ("private", "::1"),
        ("private", "fd00::1"),
        ("loopback", "127.8.8.8"),
        ("loopback", "::1"),
        ("loopback", "::ffff:127.0.0.1"),
    ],
)
def test_the_policy_lets_through_and_the_judged_address_is_called(
    allowed_hosts: AllowedHosts,
    address: str,
    call: Callable[[AllowedHosts, list[str]], list[str]],
) -> None:
    assert call(allowed_hosts, [address]) == [address]


def test_every_address_of_a_name_is_tried(
    call: Callable[[AllowedHosts, list[str]], list[str]],
) -> None:
    assert call("private", ["127.0.0.1", "10.0.0.1"]) == ["127.0.0.1", "10.0.0.1"]
