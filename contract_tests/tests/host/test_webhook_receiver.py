"""The suite's receiver: what it gives back to the mock's courier, and what it does over HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import fields
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest
from megaapi_contract.host.webhook_receiver import Receiver
from megaapi_mock.webhooks.http.connection import ReceiverAnswer


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.listen()
    yield receiver
    receiver.close()


def call(receiver: Receiver, method: str, path: str, body: bytes = b"") -> HTTPResponse:
    """One request to the receiver, its answer read."""
    connection = HTTPConnection(urlsplit(receiver.url).netloc, timeout=60)
    connection.request(method, path, body)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_the_receiver_answers_with_all_that_the_courier_reads() -> None:
    answer = Receiver().post("http://127.0.0.1:9/webhooks", b"{}", (), timeout=0)
    assert {field.name for field in fields(ReceiverAnswer)} <= {
        field.name for field in fields(answer)
    }


def test_post_to_the_path_of_the_run_is_a_webhook(receiver: Receiver) -> None:
    path = f"{urlsplit(receiver.url).path}/shop"
    assert call(receiver, "POST", path, b"{}").status == 200
    with receiver.answering(503):
        assert call(receiver, "POST", path, b"[]").status == 503
    assert [webhook.body for webhook in receiver.webhooks] == [b"{}", b"[]"]
    assert receiver.webhooks[0].url == path


def test_post_to_another_path_is_404_and_not_a_webhook(receiver: Receiver) -> None:
    assert call(receiver, "POST", "/webhooks/other", b"{}").status == 404
    assert receiver.webhooks == []


def test_webhook_is_forwarded_to_the_owner_before_it_is_answered(receiver: Receiver) -> None:
    forwarded: list[tuple[str, bytes]] = []
    receiver.owner = "https://shop.example.test/hook"
    receiver.forward = lambda url, body: forwarded.append((url, body))
    assert call(receiver, "POST", urlsplit(receiver.url).path, b"{}").status == 200
    assert forwarded == [("https://shop.example.test/hook", b"{}")]


def test_webhook_that_is_cut_off_is_kept_as_it_came(receiver: Receiver) -> None:
    address = urlsplit(receiver.url)
    head = f"POST {address.path} HTTP/1.1\r\nContent-Length: 50\r\n\r\n".encode()
    with socket.create_connection((str(address.hostname), address.port), timeout=60) as sender:
        sender.sendall(head + b'{"text":')
        sender.shutdown(socket.SHUT_WR)
        with sender.makefile("rb") as answer:
            assert b" 400 " in answer.readline()
    assert [webhook.body for webhook in receiver.webhooks] == [b'{"text":']


def test_file_is_served_at_its_address_alone(receiver: Receiver) -> None:
    receiver.files["picture.png"] = b"picture"
    path = urlsplit(receiver.address_of("picture.png")).path
    answer = call(receiver, "GET", path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.headers["Content-Length"] == "7"
    assert call(receiver, "GET", "/picture.png").status == 404
