"""A URL taken apart, a request as it goes out, and one exchange over a pair of sockets."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from http.client import HTTPException

import pytest
from megaapi_mock.webhooks.http import connection as connection_module
from megaapi_mock.webhooks.http.connection import (
    DeliveryFailed,
    ReceiverConnection,
    Target,
    request_bytes,
    time_left,
)

BODY = b'{"a": 1}'
HOOK = Target.parse("http://127.0.0.1:9/hook")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://a.test", Target(False, "a.test", 80, b"/", b"")),
        ("HTTPS://A.Test/x?y=1#z", Target(True, "a.test", 443, b"/x?y=1", b"")),
        (" http://a.test:8080?y ", Target(False, "a.test", 8080, b"/?y", b"")),
        ("http://a.test:/", Target(False, "a.test", 80, b"/", b"")),
        ("http://me:p%40ss@a.test/", Target(False, "a.test", 80, b"/", b"me:p%40ss")),
        ("http://[::1]:9/", Target(False, "::1", 9, b"/", b"")),
        ("http://ação.test/", Target(False, "xn--ao-siap.test", 80, b"/", b"")),
        ("http://a.test/a b/ü%20", Target(False, "a.test", 80, b"/a%20b/%C3%BC%20", b"")),
    ],
)
def test_a_url_is_taken_apart(url: str, target: Target) -> None:
    assert Target.parse(url) == target


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://a.test", "not a URL with http:// or https://: 'ftp://a.test'"),
        ("a.test/hook", "not a URL with"),
        ("http://", "not a host, or host and port: ''"),
        ("http://a.test:x/", "not a host, or host and port"),
        ("http://a test/", "not a host, or host and port"),
        ("http://a.test:0/", "not a port number: 0"),
        ("http://a.test:65536/", "not a port number: 65536"),
        ("http://ü..test/", "not a host name"),
    ],
)
def test_what_is_no_url_is_said_in_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(DeliveryFailed) as refusal:
        Target.parse(url)
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("http://a.test:80/", "a.test"),
        ("http://a.test:443/", "a.test:443"),
        ("https://a.test:443/", "a.test"),
        ("http://[fe80::1%eth0]:9/", "[fe80::1]:9"),
    ],
)
def test_the_host_header_leaves_out_the_schemes_own_port(url: str, authority: str) -> None:
    assert Target.parse(url).authority == authority


def test_targets_share_a_connection_by_host_port_and_tls() -> None:
    first, second = Target.parse("http://a.test/1"), Target.parse("http://me:x@A.test:80/2")
    assert first.place == second.place
    assert first.place != Target.parse("https://a.test/1").place


def lines(request: bytes) -> list[str]:
    head, _, body = request.partition(b"\r\n\r\n")
    assert body == BODY
    return head.decode().split("\r\n")


def test_a_request_has_its_headers_in_the_order_of_axios() -> None:
    headers = [("Accept", "*/*"), ("Accept-Encoding", "gzip")]
    assert lines(request_bytes(HOOK, BODY, headers, keep_alive=True)) == [
        "POST /hook HTTP/1.1",
        "Accept: */*",
        f"Content-Length: {len(BODY)}",
        "Accept-Encoding: gzip",
        "Host: 127.0.0.1:9",
        "Connection: keep-alive",
    ]


def test_a_get_has_no_length_and_may_close() -> None:
    request = request_bytes(HOOK, BODY, [], keep_alive=False, method="GET")
    assert lines(request) == ["GET /hook HTTP/1.1", "Host: 127.0.0.1:9", "Connection: close"]


@pytest.mark.parametrize(
    ("login", "header"),
    [("me:x", "Authorization: Basic bWU6eA=="), ("me", "Authorization: Basic bWU6"), (":x", None)],
)
def test_a_login_is_sent_where_there_is_a_user(login: str, header: str | None) -> None:
    request = request_bytes(Target.parse(f"http://{login}@a.test/"), BODY, [], keep_alive=True)
    found = [line for line in lines(request) if line.startswith("Authorization")]
    assert found == ([header] if header else [])


@pytest.mark.parametrize("header", [("X Y", "1"), ("X", "1\r\nY: 2"), ("", "1"), ("X", "€")])
def test_a_header_that_cannot_be_sent_is_refused(header: tuple[str, str]) -> None:
    with pytest.raises(DeliveryFailed, match="a header that cannot be sent"):
        request_bytes(HOOK, BODY, [header], keep_alive=True)


def test_there_is_time_left_until_there_is_none() -> None:
    assert 0 < time_left(time.monotonic() + 60) <= 60
    with pytest.raises(TimeoutError):
        time_left(time.monotonic())


class Pair:
    """Our end of a connection, and the receiver's."""

    def __init__(self, most: int = 100) -> None:
        ours, self.receiver = socket.socketpair()
        self.connection = ReceiverConnection(HOOK, ours, most)

    def answer(self, data: bytes, *, hang_up: bool = False) -> None:
        self.receiver.sendall(data)
        if hang_up:
            self.receiver.shutdown(socket.SHUT_WR)

    def exchange(self, seconds: float = 60.0) -> tuple[int, bytes, bool, bool]:
        """Status, body, whether it was cut, and whether the connection can serve another."""
        answer, reusable = self.connection.exchange(b"REQUEST", time.monotonic() + seconds)
        return answer.status, answer.body, answer.truncated, reusable


@pytest.fixture
def pair() -> Iterator[Pair]:
    pair = Pair()
    yield pair
    pair.connection.sock.close()
    pair.receiver.close()


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_one_connection_carries_one_exchange_after_the_other(pair: Pair) -> None:
    for _ in range(2):
        assert pair.connection.is_clean()
        pair.answer(OK)
        assert pair.exchange() == (200, b"ok", False, True)
    assert pair.receiver.recv(100) == b"REQUEST" * 2


def test_a_receiver_that_spoke_unasked_or_hung_up_is_not_clean(pair: Pair) -> None:
    pair.answer(b"x")
    assert not pair.connection.is_clean()
    other = Pair()
    other.answer(b"", hang_up=True)
    assert not other.connection.is_clean()
    for end in (other.connection.sock, other.receiver):
        end.close()


@pytest.mark.parametrize(
    ("answer", "reusable"),
    [
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", False),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK, True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", True),
    ],
)
def test_an_answer_is_read_whole(pair: Pair, answer: bytes, reusable: bool) -> None:
    pair.answer(answer)
    assert pair.exchange() == (200, b"ok", False, reusable)


def test_of_a_long_body_so_much_is_kept(pair: Pair) -> None:
    pair.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" + b"x" * 101)
    assert pair.exchange() == (200, b"x" * 100, True, False)


def test_of_an_answer_that_breaks_off_the_part_that_came_is_kept(pair: Pair) -> None:
    pair.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", hang_up=True)
    with pytest.raises(HTTPException):
        pair.exchange()
    partial = pair.connection.partial
    assert partial is not None and (partial.status, partial.body) == (200, b"ok")
    assert not pair.connection.had_hung_up


def test_a_silent_receiver_is_given_up_in_time(pair: Pair) -> None:
    with pytest.raises(TimeoutError):
        pair.exchange(seconds=0.05)
    assert pair.connection.partial is None


def test_a_receiver_that_was_gone_before_the_request_is_told_apart(pair: Pair) -> None:
    pair.receiver.close()
    with pytest.raises(ConnectionError):
        pair.exchange()
    assert pair.connection.had_hung_up


def test_an_early_answer_counts_though_the_request_was_not_read(pair: Pair) -> None:
    pair.answer(OK)
    pair.receiver.close()
    assert pair.exchange() == (200, b"ok", False, False)


def test_provisional_answers_and_headers_have_an_end(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "PROVISIONAL_MOST", 2)
    pair.answer(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2 + OK)
    with pytest.raises(HTTPException, match="2 provisional answers and no other"):
        pair.exchange()


def test_a_head_that_does_not_end_is_given_up(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "HEAD_LIMIT", 100)
    pair.answer(b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 50)
    with pytest.raises(HTTPException, match="more than 100 bytes of headers"):
        pair.exchange()
