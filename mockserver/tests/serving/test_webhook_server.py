"""The server behind every receiver of webhooks. Odd bodies are in `commands/test_listen.py`."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from megaapi_mock.serving.webhook_server import Page, Post, WebhookServer

PICTURE = Page(200, b"picture", "image/png")


@pytest.fixture
def posts() -> list[Post]:
    return []


@pytest.fixture
def server(posts: list[Post]) -> Iterator[WebhookServer]:
    def receive(post: Post) -> int:
        posts.append(post)
        return 202

    def page(path: str) -> Page:
        return PICTURE if path == "/picture.png" else Page(404)

    with WebhookServer("127.0.0.1", 0, receive, page) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


@pytest.fixture
def connection(server: WebhookServer) -> Iterator[HTTPConnection]:
    client = HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    yield client
    client.close()


def test_post_is_handed_over_whole_and_gets_the_returned_status(
    connection: HTTPConnection, posts: list[Post]
) -> None:
    connection.request("POST", "/hook?part=1", b'{"text": "Bom dia"}', {"X-Sender": "mock"})
    assert connection.getresponse().status == 202
    assert (posts[0].path, posts[0].body) == ("/hook?part=1", b'{"text": "Bom dia"}')
    assert ("X-Sender", "mock") in posts[0].headers
    assert posts[0].problem is None


def test_body_that_is_cut_off_is_handed_over_with_the_problem(
    server: WebhookServer, posts: list[Post]
) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=60) as sender:
        sender.sendall(b'POST /hook HTTP/1.1\r\nContent-Length: 50\r\n\r\n{"text":')
        sender.shutdown(socket.SHUT_WR)
        with sender.makefile("rb") as answer:
            assert b" 400 " in answer.readline()
    assert posts[0].body == b'{"text":'
    assert posts[0].problem == "it ended after 8 of 50 bytes"


@pytest.mark.parametrize(("method", "content"), [("GET", b"picture"), ("HEAD", b"")])
def test_page_is_served_with_its_type_and_length(
    connection: HTTPConnection, method: str, content: bytes
) -> None:
    connection.request(method, "/picture.png")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, content)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Length"] == "7"


def test_unknown_page_is_404_and_the_connection_stays(connection: HTTPConnection) -> None:
    for _ in range(2):
        connection.request("GET", "/other.png")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (404, b"")


def test_port_in_use_raises_the_error_of_the_system(server: WebhookServer) -> None:
    with pytest.raises(OSError):
        WebhookServer("127.0.0.1", server.server_port, lambda post: 200)
