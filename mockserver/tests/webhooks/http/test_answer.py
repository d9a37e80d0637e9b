"""Answers as they come over the wire, read as Python's own http.client reads them."""

from __future__ import annotations

import io
import socket
import time
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Any, cast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from megaapi_mock.webhooks.http.answer import HEADERS_MOST, AnswerHead, body_pieces, read_head
from megaapi_mock.webhooks.http.incoming import Incoming

LENGTH_TWO = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def read(data: bytes) -> tuple[AnswerHead, bytes]:
    """The head and the body of what a receiver sends before it hangs up."""
    ours, receiver = socket.socketpair()
    with ours, receiver:
        receiver.sendall(data)
        receiver.shutdown(socket.SHUT_WR)
        incoming = Incoming(ours, 1_000_000)
        incoming.begin(time.monotonic() + 10, 1_000_000)
        head = read_head(incoming)
        return head, b"".join(body_pieces(head, incoming))


class Wire:
    """Bytes in the place of a socket, for http.client."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(cast(Any, io.BytesIO(self._data)))


def read_by_http_client(data: bytes) -> tuple[int, list[tuple[str, str]], bytes, bool]:
    response = HTTPResponse(cast(Any, Wire(data)), method="POST")
    response.begin()
    headers = list(response.headers.items())
    is_last = bool(response.will_close)
    return response.status, headers, response.read(), is_last


ANSWERS = [
    LENGTH_TWO,
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nwrong",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n\r\nuntil the end",
    b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.0 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.0 200 OK\r\nProxy-Connection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nConnection: Upgrade, Close\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 1\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nx",
    b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\nX: 1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 9\r\n\r\n1\r\no\r\n0\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX-Long: one\r\n two\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\nX-Long: one\n two\r\n three\nContent-Length: 2\n\nok",
    b"HTTP/1.1 200 OK\r\nX-Long: one\r\n \r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\n folded\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nno header\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nX:\t 1 \r\nX-\xe9: 1\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nX: \xe9\r\nx: 2\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 100 Continue\r\n\r\n" + LENGTH_TWO,
    b"HTTP/2 200 OK\r\n\r\n",
    b"HTTP/1.1 99 Low\r\n\r\n",
    b"HTTP/1.1 1000 High\r\n\r\n",
    b"HTTP/1.1 OK\r\n\r\n",
    b"HTTP/1.1\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.9\r\n",
    b"\r\n",
    b"",
]


def assert_read_alike(data: bytes) -> None:
    try:
        expected = read_by_http_client(data)
    except (OSError, HTTPException, ValueError) as problem:
        with pytest.raises(type(problem)):
            read(data)
        return
    head, body = read(data)
    if head.status == 100:
        return  # http.client passes over it, `ReceiverConnection` does it here
    assert (head.status, list(head.headers), body, head.is_last) == expected


@pytest.mark.parametrize("data", ANSWERS)
def test_an_answer_is_read_as_http_client_reads_it(data: bytes) -> None:
    assert_read_alike(data)


FIELDS = st.sampled_from(
    [
        b"Content-Length: 3",
        b"Content-Length: 0",
        b"content-length: 7",
        b"Connection: close",
        b"Connection: keep-alive",
        b"Keep-Alive: timeout=5",
        b"Transfer-Encoding: chunked",
        b"Date: Mon, 30 Nov 2026 04:00:00 GMT",
        b"Server: ",
        b" folded",
        b"\t ",
        b"no header",
    ]
)


@given(
    version=st.sampled_from([b"HTTP/1.1", b"HTTP/1.0"]),
    status=st.sampled_from([b"200 OK", b"204 None", b"304 Same", b"404", b"500 Oops: no"]),
    fields=st.lists(FIELDS, max_size=6),
    end=st.sampled_from([b"\r\n", b"\n"]),
    body=st.sampled_from([b"", b"abc", b"3\r\nabc\r\n0\r\n\r\n", b"3\r\nab", b"0\r\n\r\n"]),
)
def test_whatever_is_answered_is_read_as_http_client_reads_it(
    version: bytes, status: bytes, fields: list[bytes], end: bytes, body: bytes
) -> None:
    # http.client waits for chunks there all the same.
    assume(status[:3] not in (b"204", b"304") or b"Transfer-Encoding: chunked" not in fields)
    assert_read_alike(end.join([version + b" " + status, *fields, b"", body]))


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_an_answer_without_a_body_has_no_chunks_either(status: bytes) -> None:
    head, body = read(b"HTTP/1.1 " + status + b"\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert (head.is_chunked, head.length, head.is_last, body) == (False, 0, False, b"")


def test_headers_have_an_end() -> None:
    lines = b"X: 1\r\n" * HEADERS_MOST
    head, _ = read(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n")
    assert len(head.headers) == HEADERS_MOST
    with pytest.raises(HTTPException, match=f"got more than {HEADERS_MOST} headers"):
        read(b"HTTP/1.1 200 OK\r\nX: 1\r\n" + lines + b"\r\n")


def test_a_chunk_of_a_negative_size_breaks_the_body_off() -> None:
    with pytest.raises(IncompleteRead):
        read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabcde\r\n0\r\n\r\n")
