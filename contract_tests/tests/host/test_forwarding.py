"""Webhooks passed on to the instance's own receiver: in order, counted, nothing tried twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from megaapi_contract.errors import SetupError, Unusable
from megaapi_contract.host import forwarding
from megaapi_contract.host.forwarding import Forwarder
from megaapi_contract.host.http import Answer, Request

OK = Answer(500, (), b"")


class Owner:
    """In place of hosts: what each was sent; `refuses` names those that cannot be reached."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Request]] = []
        self.refuses = ""
        self.is_asked, self.let_go = threading.Event(), threading.Event()
        self.let_go.set()

    def target(self, address: str, *, timeout: float) -> Owner:
        if "@" in address:
            raise SetupError(address)
        self.address = address
        return self

    def send(self, request: Request) -> Answer:
        self.is_asked.set()
        assert self.let_go.wait(60)
        self.sent.append((self.address, request))
        if self.refuses and self.refuses in self.address:
            raise Unusable("refuses connections")
        return OK


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Owner:
    owner = Owner()
    monkeypatch.setattr(forwarding, "HttpTarget", owner.target)
    monkeypatch.setattr(forwarding, "SECONDS_AT_END", 60)
    return owner


@pytest.fixture
def forwarder(owner: Owner) -> Iterator[Forwarder]:
    forwarder = Forwarder()
    yield forwarder
    owner.let_go.set()
    forwarder.close()


def test_webhooks_are_posted_in_order_whatever_the_answer(
    owner: Owner, forwarder: Forwarder
) -> None:
    for number in range(3):
        forwarder.forward("http://owner.test/hook?a=1", b"%d" % number)
    forwarder.close()
    assert [(address, sent.target, sent.body) for address, sent in owner.sent] == [
        ("http://owner.test", "/hook?a=1", b"%d" % number) for number in range(3)
    ]
    assert (forwarder.forward_count, forwarder.refusal_count) == (3, 0)


def test_one_that_is_refused_is_counted_and_the_others_go_on(
    owner: Owner, forwarder: Forwarder
) -> None:
    owner.refuses = "down.test"
    for url in ("http://down.test/", "http://[::1", "http://owner.test"):
        forwarder.forward(url, b"{}")
    forwarder.close()
    assert (forwarder.forward_count, forwarder.refusal_count) == (1, 2)
    assert owner.sent[-1][1].target == "/"


def test_a_login_in_the_address_goes_into_a_header(owner: Owner, forwarder: Forwarder) -> None:
    forwarder.forward("http://me:p%40ss@owner.test/", b"{}")
    forwarder.close()
    [(address, sent)] = owner.sent
    assert address == "http://owner.test"
    assert sent.header("Authorization") == "Basic bWU6cEBzcw=="
    assert sent.header("Content-Type") == "application/json"


def test_after_the_limit_nothing_more_is_posted(
    owner: Owner, forwarder: Forwarder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "SECONDS_AT_END", 0.01)
    owner.let_go.clear()
    for _ in range(3):
        forwarder.forward("http://owner.test", b"{}")
    assert owner.is_asked.wait(60)
    forwarder.close()
    owner.let_go.set()
    forwarder._thread.join(60)
    assert not forwarder._thread.is_alive()
    assert len(owner.sent) == 1
