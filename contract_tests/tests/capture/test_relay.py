"""The relay passes requests and answers on as they are."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from megaapi_contract.capture import relay as relay_module
from megaapi_contract.capture.relay import Passage, Relay, Upstream, upstream_of
from megaapi_contract.errors import SetupError

from ..support import answering, free_port, read_request, reply


@contextmanager
def relaying(address: str, passages: list[Passage], seconds: float = 60.0) -> Iterator[Relay]:
    upstream = upstream_of("--target", address, seconds=seconds, keeps_path=True)
    relay = Relay("127.0.0.1", 0, upstream, passages.append)
    thread = threading.Thread(target=relay.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield relay
    finally:
        relay.shutdown()
        relay.server_close()
        thread.join()


def said(relay: Relay, request: bytes) -> bytes:
    """All bytes that come back until the connection ends."""
    host, port = relay.server_address[:2]
    with socket.create_connection((str(host), port), timeout=60) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def ask(relay: Relay, line: str, *fields: str, body: bytes = b"") -> bytes:
    head = "\r\n".join([f"{line} HTTP/1.1", "Host: relay.test", *fields, "", ""])
    return said(relay, head.encode("latin-1") + body)


def sending(content: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(content)


@pytest.mark.parametrize(
    ("answer", "status_line", "fields"),
    [
        (reply("200 OK", "application/json", b'{ "error":false }\n'), b"200 OK", []),
        (reply("299 Quite Fine", "text/plain", b"\xff\x00\xfe"), b"299 Quite Fine", []),
        (
            reply("200 OK", "text/plain", gzip.compress(b"x" * 999, mtime=0),
                  extra="Content-Encoding: gzip\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"),
            b"200 OK",
            [b"Content-Encoding: gzip", b"Set-Cookie: a=1", b"Set-Cookie: b=2"],
        ),
        (reply("500 Oh", "text/html", b""), b"500 Oh", [b"Content-Length: 0"]),
    ],
    ids=["JSON", "bytes and a phrase of its own", "compressed", "empty"],
)  # fmt: skip
def test_an_answer_comes_back_with_its_own_bytes(
    answer: bytes, status_line: bytes, fields: list[bytes]
) -> None:
    passages: list[Passage] = []
    with answering(sending(answer)) as address, relaying(address, passages) as relay:
        came = ask(relay, "GET /rest/instance/k")
    head, _, body = came.partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[0] == b"HTTP/1.1 " + status_line
    assert body == answer.partition(b"\r\n\r\n")[2]
    assert all(field in head.split(b"\r\n") for field in fields)
    assert passages[0].body == body and passages[0].failure == ""


def test_a_chunked_answer_comes_back_whole() -> None:
    chunked = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    with answering(sending(chunked)) as address, relaying(address, []) as relay:
        came = ask(relay, "GET /")
    assert b"Content-Length: 5\r\n" in came and came.endswith(b"\r\n\r\nabcde")


def test_a_request_arrives_as_it_was_sent() -> None:
    requests: list[bytes] = []

    def take(connection: socket.socket) -> None:
        requests.append(read_request(connection))
        connection.sendall(reply("200 OK", "text/plain", b"ok"))

    with answering(take, reads=False) as address, relaying(address, []) as relay:
        fields = ["X-Two: one", "X-Two: two", "Authorization: Bearer TESTTOKEN0001",
                  "X-Accent: caf\xe9", "Content-Length: 5"]  # fmt: skip
        ask(relay, "POST /rest//a%2Fb?x=%20&y", *fields, body=b"\x00\xff{}\n")
    head, _, body = requests[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /rest//a%2Fb?x=%20&y HTTP/1.1"
    assert body == b"\x00\xff{}\n"
    assert [line.encode("latin-1") in lines for line in fields] == [True] * len(fields)
    assert address.removeprefix("http://").encode() in next(
        line for line in lines if line.startswith(b"Host:")
    )


@pytest.mark.parametrize(
    "line",
    ["GET //rest//instance/k", "GET /a?q=caf\xc3\xa9&x=\xff", "PROPFIND /a", "get /a", "OPTIONS *"],
)
def test_a_request_line_is_passed_on_as_it_is(line: str) -> None:
    requests: list[bytes] = []

    def take(connection: socket.socket) -> None:
        requests.append(read_request(connection))
        connection.sendall(reply("200 OK", "text/plain", b"ok"))

    passages: list[Passage] = []
    with answering(take, reads=False) as address, relaying(address, passages) as relay:
        came = said(relay, f"{line} HTTP/1.1\r\nHost: relay.test\r\n\r\n".encode("latin-1"))
    assert came.startswith(b"HTTP/1.1 200 OK\r\n")
    assert requests[0].split(b"\r\n")[0] == f"{line} HTTP/1.1".encode("latin-1")
    assert f"{passages[0].method} {passages[0].target}" == line


def test_head_and_no_content_have_no_body() -> None:
    answer = b"HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n"
    with answering(sending(answer)) as address, relaying(address, []) as relay:
        came = ask(relay, "DELETE /x")
    assert came.split(b"\r\n")[0] == b"HTTP/1.1 204 No Content" and came.endswith(b"\r\n\r\n")
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"
    with answering(sending(head)) as address, relaying(address, []) as relay:
        came = ask(relay, "HEAD /x")
    assert b"Content-Length: 77" in came and came.endswith(b"\r\n\r\n")


def test_a_passage_is_noticed_before_its_client_has_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else what a program asks next, once it has an answer, could be recorded before it."""
    steps: list[str] = []
    answer = relay_module._Connection._answer

    def answered(self: Any, *words: Any) -> None:
        steps.append("answered")
        answer(self, *words)

    monkeypatch.setattr(relay_module._Connection, "_answer", answered)
    with answering(sending(reply("200 OK", "text/plain", b"ok"))) as address:
        passages: Any = Noting(steps)
        with relaying(address, passages) as relay:
            ask(relay, "GET /")
    assert steps == ["noticed", "answered"]


class Noting:
    """In place of a list of passages: says that it was given one."""

    def __init__(self, steps: list[str]) -> None:
        self._steps = steps

    def append(self, passage: Passage) -> None:
        self._steps.append("noticed")


def test_an_answer_that_was_cut_stays_cut() -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
    with answering(sending(cut)) as address, relaying(address, []) as relay:
        came = ask(relay, "GET /")
    assert b"Content-Length: 10" in came and came.endswith(b"\r\n\r\nabc")


def test_a_path_of_the_receiver_replaces_that_of_the_request() -> None:
    upstream = upstream_of("--receiver", "http://127.0.0.1:3000/hook", seconds=1, keeps_path=True)
    assert upstream.target("/anything?a=1") == "/hook?a=1"
    assert Upstream(upstream.server).target("/anything?a=1") == "/anything?a=1"


@pytest.mark.parametrize("silent", [True, False])
def test_no_answer_is_a_502_that_says_why(silent: bool) -> None:
    passages: list[Passage] = []

    def hang(connection: socket.socket) -> None:
        connection.settimeout(60)
        connection.recv(1)

    with answering(hang) as silent_address:
        address = silent_address if silent else f"http://127.0.0.1:{free_port()}"
        with relaying(address, passages, seconds=0.3 if silent else 60) as relay:
            came = ask(relay, "GET /")
    head, _, body = came.partition(b"\r\n\r\n")
    sentence = "gave no whole answer within 0.3 s" if silent else "refuses connections"
    assert b" 502 " in head and sentence in json.loads(body)["message"]
    assert sentence in passages[0].failure


def test_a_request_that_is_not_whole_is_not_passed_on() -> None:
    passages: list[Passage] = []
    with relaying(f"http://127.0.0.1:{free_port()}", passages) as relay:
        came = ask(relay, "POST /", "Content-Length: 9", body=b"abc")
    assert b" 400 " in came and passages == []
    assert "ended after 3 of 9 bytes" in json.loads(came.partition(b"\r\n\r\n")[2])["message"]


@pytest.mark.parametrize(
    "address", ["", "host", "ftp://host", "http://", "http://u:p@host", "http://host:port", "//x"]
)
def test_what_is_not_an_address_is_refused(address: str) -> None:
    with pytest.raises(SetupError, match="give an address"):
        upstream_of("--target", address, seconds=1, keeps_path=False)


def test_a_gateway_has_no_path() -> None:
    with pytest.raises(SetupError, match="only scheme, host and port"):
        upstream_of("--target", "http://host/rest", seconds=1, keeps_path=False)


def test_a_taken_port_is_refused_in_a_sentence() -> None:
    upstream = upstream_of("--target", "http://127.0.0.1:1", seconds=1, keeps_path=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError, match=f"nothing can listen on 127.0.0.1:{port}"):
            Relay("127.0.0.1", port, upstream, lambda passage: None)
