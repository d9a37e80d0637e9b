"""What tests of the suite share: a host that only writes down, and hosts of bad character."""

from __future__ import annotations

import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from megaapi_contract.host.http import Answer, Request
from megaapi_contract.judging.contract import Contract

KEY, TOKEN = "megacode-TESTKEY0001", "TESTKEY0001"
LISTED, UNLISTED, OWN = "5511900000002", "5511900000004", "5511900000001"
REAL = "https://apinocode01.megaapi.com.br"


def free_port() -> int:
    """A port nobody listens on right now, and that no connection is given by chance.

    Below those that systems give to whoever asks for any: another test could be given it next.
    """
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Recorder:
    """In place of a real host: answers with the contract's examples and keeps what got out."""

    name, real, in_process = REAL, True, False

    def __init__(self, contract: Contract) -> None:
        self.left: list[Request] = []
        self._contract = contract

    def send(self, request: Request) -> Answer:
        self.left.append(request)
        route = self._contract.route(request.method, request.path)
        if route is None:
            return Answer(404, (), b"{}")
        status, media_type, document = self._contract.answer_example(route[0])
        return Answer(status, (("Content-Type", media_type),), json.dumps(document).encode())

    def close(self) -> None:
        return None


@contextmanager
def answering(answer: Callable[[socket.socket], None], *, reads: bool = True) -> Iterator[str]:
    """The address of a host that does `answer` to each connection, its request read before.

    Without `reads` that is left to `answer`.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    open_sockets: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            open_sockets.append(connection)
            thread = threading.Thread(target=_answer, args=(connection, answer, reads), daemon=True)
            thread.start()
            threads.append(thread)

    threads: list[threading.Thread] = []
    server = threading.Thread(target=serve, daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_sockets:
            connection.close()
        for thread in (server, *threads):
            thread.join(timeout=60)


def _answer(
    connection: socket.socket, answer: Callable[[socket.socket], None], reads: bool
) -> None:
    try:
        if reads:
            read_request(connection)
        answer(connection)
    except OSError:
        # The suite has hung up: that is what the test is about.
        return
    finally:
        connection.close()


def read_request(connection: socket.socket) -> bytes:
    """Head and body of one request."""
    content = b""
    while b"\r\n\r\n" not in content:
        piece = connection.recv(65536)
        if not piece:
            return content
        content += piece
    head, _, body = content.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body


def reply(status: str, content_type: str, body: bytes, *, extra: str = "") -> bytes:
    """A whole answer as bytes."""
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n{extra}Connection: close\r\n\r\n"
    )
    return head.encode() + body
