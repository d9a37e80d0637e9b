"""Addresses, connections and answers as the doctor sees them, each failure one sentence."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from time import time

import pytest
from megaapi_mock.commands.doctor.http import (
    NoAnswer,
    ProbeReply,
    ServerAddress,
    get,
    is_local,
    require_plain,
)
from megaapi_mock.errors import SetupError

from ...processes import free_port


@contextmanager
def server(answer: bytes) -> Iterator[tuple[ServerAddress, list[bytes]]]:
    """A server that gives one answer, and what it was asked."""
    heads: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(60)
                heads.append(connection.recv(65_536))
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        port = listener.getsockname()[1]
        yield ServerAddress.of("--target", f"http://127.0.0.1:{port}/base/"), heads
        thread.join(60)


def ask(headers: str, body: bytes = b"", status: str = "200 OK") -> ProbeReply:
    lines = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    with server(lines.encode() + body) as (address, _):
        return get(address, "/rest/instance/x", "TESTTOKEN0001", 60)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("TEST TOKEN", r"a blank \(U\+0020\)"),
        ("TOKEN\n", r"a line break \(U\+000A\)"),
        ("TOKEN\u200b", r"zero width space \(U\+200B\)"),
        ("TOKEN\x07", r"a control character \(U\+0007\)"),
        ("ação", r"latin small letter c with cedilla \(U\+00E7\)"),
    ],
)
def test_a_letter_that_cannot_be_sent_is_named_and_the_token_is_not(text: str, name: str) -> None:
    with pytest.raises(SetupError, match=f"^--token holds {name}: copy it again$"):
        require_plain("--token", text)
    require_plain("--token", "".join(map(chr, range(0x21, 0x7F))))


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("http://localhost", "localhost", 80, False),
        (" https://api.example.test/v1 ", "api.example.test", 443, True),
        ("https://api.example.test:8443", "api.example.test", 8443, True),
        ("http://[::1]:5000/", "::1", 5000, False),
        ("http://ação.example.test", "ação.example.test", 80, False),
    ],
)
def test_the_parts_of_an_address(url: str, host: str, port: int, tls: bool) -> None:
    address = ServerAddress.of("--target", url)
    assert (address.host, address.port, address.tls) == (host, port, tls)


@pytest.mark.parametrize(
    "url", ["", "localhost:5000", "ftp://host", "http://", "http://host:port", "http://host:70000"]
)
def test_what_is_not_a_url_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(SetupError, match=r"^--target is not a URL: ") as refusal:
        ServerAddress.of("--target", url)
    assert not url.partition("://")[2] or url not in str(refusal.value)


@pytest.mark.parametrize("path", ["/ação", "/a b"])
def test_a_path_that_cannot_be_sent_is_refused(path: str) -> None:
    with pytest.raises(SetupError, match="--webhook holds"):
        ServerAddress.of("--webhook", f"http://127.0.0.1{path}")


@pytest.mark.parametrize(
    ("addresses", "local"),
    [
        (["127.0.0.1"], True),
        (["10.0.0.1", "fe80::1%eth0"], True),
        (["10.0.0.1", "8.8.8.8"], False),
        (["2606:4700::1111"], False),
        ([], False),
    ],
)
def test_an_address_is_local_if_no_part_of_the_internet_reaches_it(
    addresses: list[str], local: bool
) -> None:
    assert is_local(addresses) is local


def test_a_host_nobody_knows_and_a_port_nobody_listens_at_are_named() -> None:
    impossible = "x" * 64  # longer than a name may be: nobody is asked for it
    with pytest.raises(NoAnswer, match=f"^{impossible} is not known here: "):
        ServerAddress.of("--target", f"http://{impossible}").addresses()
    assert ServerAddress.of("--target", "http://127.0.0.1").addresses() == ["127.0.0.1"]
    port = free_port()
    closed = ServerAddress.of("--target", f"http://127.0.0.1:{port}")
    sentence = f"^nothing answers at 127.0.0.1:{port}: connection refused$"
    with pytest.raises(NoAnswer, match=sentence):
        closed.connect(60)
    with pytest.raises(NoAnswer, match="GET /x had no answer: connection refused"):
        get(closed, "/x", "TESTTOKEN0001", 60)


def test_a_server_without_tls_is_told_from_one_with_a_bad_certificate() -> None:
    with (
        server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as (address, _),
        pytest.raises(NoAnswer, match=f"^no TLS at 127.0.0.1:{address.port}: "),
    ):
        address.shake_hands(60)


def test_token_is_sent_as_the_gateway_wants_it_below_the_base_path() -> None:
    with server(b"HTTP/1.1 204 No Content\r\n\r\n") as (address, heads):
        get(address, "/rest/instance/x", "TESTTOKEN0001", 60)
    [head] = heads
    assert head.startswith(b"GET /base/rest/instance/x HTTP/1.1\r\n")
    assert b"\r\nAuthorization: Bearer TESTTOKEN0001\r\n" in head
    assert f"\r\nHost: 127.0.0.1:{address.port}\r\n".encode() in head


def test_an_answer_in_json_has_its_message() -> None:
    reply = ask("Content-Type: application/json; charset=utf-8\r\n", b'{"message": "no"}')
    assert (reply.document, reply.message, reply.empty) == ({"message": "no"}, "no", False)
    assert reply.in_words == "200 application/json"


@pytest.mark.parametrize("body", [b"", b" \n", b"[1]", b"{", b"[" * 100_000])
def test_an_answer_that_is_not_an_object_has_no_document(body: bytes) -> None:
    reply = ask("", body, status="502 Bad Gateway")
    assert (reply.document, reply.message) == (None, "")
    assert reply.empty == (not body.strip())
    assert reply.in_words == "502 without a content type"


def test_a_redirect_is_not_followed_and_says_where_it_leads() -> None:
    reply = ask("Location: https://elsewhere.example.test/\r\n", status="302 Found")
    assert (reply.status, reply.location) == (302, "https://elsewhere.example.test/")


@pytest.mark.parametrize("date", ["", "Date: yesterday\r\n"])
def test_no_clock_is_read_from_an_answer_without_a_time(date: str) -> None:
    assert ask(date).clock_off is None


def test_the_difference_of_the_clocks_is_how_far_this_machine_is_ahead() -> None:
    begin = time()
    behind = ask(f"Date: {formatdate(begin - 90, usegmt=True)}\r\n").clock_off
    # The header has no parts of a second.
    assert behind is not None and 89 <= behind <= 91 + time() - begin
