"""The suite's receiver: what it gives back to the mock's courier, and what it does over HTTP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import fields
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest
from megaapi_contract.host.webhook_receiver import LONGEST_WAIT, Receiver
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


def test_what_is_made_of_one_delivery_is_seen_together(monkeypatch: pytest.MonkeyPatch) -> None:
    receiver, seen = Receiver(), threading.Event()
    receiver.spoil = lambda body: (body, body)
    add = receiver.add

    def add_slowly(body: bytes, headers: tuple[tuple[str, str], ...], url: str = "") -> None:
        add(body, headers, url)
        # Whoever waits could have looked by now, if it may.
        seen.wait(0.2)

    monkeypatch.setattr(receiver, "add", add_slowly)
    post = threading.Thread(target=receiver.post, args=("", b"{}", ()), kwargs={"timeout": 0})
    post.start()
    webhooks = receiver.wait_for(bool, seconds=60)
    seen.set()
    post.join()
    assert len(webhooks) == 2


class Waits:
    """In place of the receiver's condition: notes each wait, and lets the fact come after some."""

    def __init__(self, until: int) -> None:
        self.seconds: list[float] = []
        self._until = until

    def wait_for(self, is_so: Callable[[], bool], seconds: float) -> bool:
        self.seconds.append(seconds)
        return len(self.seconds) > self._until

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def test_long_pause_of_the_machine_counts_as_one_short_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    receiver, waits = Receiver(), Waits(until=1000)
    monkeypatch.setattr(receiver, "_arrival", waits)
    assert not receiver.look_for(lambda webhooks: False, seconds=5)
    assert sum(waits.seconds) == pytest.approx(5) and max(waits.seconds) <= LONGEST_WAIT


def test_a_wait_ends_as_soon_as_it_is_so(monkeypatch: pytest.MonkeyPatch) -> None:
    receiver, waits = Receiver(), Waits(until=2)
    monkeypatch.setattr(receiver, "_arrival", waits)
    assert receiver.look_for(lambda webhooks: False, seconds=5)
    assert len(waits.seconds) == 3


def test_file_is_served_at_its_address_alone(receiver: Receiver) -> None:
    receiver.files["picture.png"] = b"picture"
    path = urlsplit(receiver.address_of("picture.png")).path
    answer = call(receiver, "GET", path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.headers["Content-Length"] == "7"
    assert call(receiver, "GET", "/picture.png").status == 404
