"""The mock as a whole in a test: its clock, its control_api, and what others' use of it forbids."""

from __future__ import annotations

import re
import time

import pytest
from megaapi_mock.errors import ControlRefused, SetupError
from megaapi_mock.settings import Settings
from megaapi_mock.testing import Mock, MockServer, Served

from ..support import START, UNLINKED


def test_time_is_moved(mock: Mock) -> None:
    before = mock.clock.remember()
    assert abs(mock.clock.now - time.time()) < 60
    mock.clock.freeze()
    assert mock.clock.set(START) == START
    assert mock.clock.advance(60) == mock.clock.now == START + 60
    mock.clock.restore(before)
    assert abs(mock.clock.now - time.time()) < 60
    assert not mock.clock.remember()["frozen"]


def test_a_clock_that_stood_still_stands_where_it_was(mock: Mock) -> None:
    mock.clock.freeze()
    mock.clock.set(START)
    before = mock.clock.remember()
    mock.clock.run()
    mock.clock.advance(10)
    mock.clock.restore(before)
    assert mock.clock.remember()["frozen"] and mock.clock.now == START


def test_what_is_due_has_happened_when_the_clock_has_moved() -> None:
    with MockServer(switches={"ack_delays": "1,2,30,60"}) as server, server.instance() as shop:
        client = server.app.test_client()
        server.clock.freeze()
        body = {"messageData": {"to": "5511900000002", "text": "Oi"}}
        client.post(f"/rest/sendMessage/{shop.key}/text", json=body, headers=shop.headers)
        assert [it.state for it in shop.sent.all()] == ["pending"]
        server.clock.advance(31)
        assert [it.state for it in shop.sent.all()] == ["read"]


def test_an_instance_as_wished(mock: Mock) -> None:
    wishes = {"key": "megacode-TESTKEY0050", "number": "5511900000050", "connected": False}
    with mock.instance(**wishes, token="TESTKEY0050") as shop:
        assert (shop.key, shop.number, shop.token) == (*list(wishes.values())[:2], "TESTKEY0050")
        assert shop.state == "disconnected"
        with pytest.raises(ControlRefused, match="exists already"):
            mock.instance(key=shop.key)


def test_no_mock_there() -> None:
    with pytest.raises(SetupError, match=r"no mock answers at http://127\.0\.0\.1:1: "):
        Mock("http://127.0.0.1:1").instance(webhook_url="http://127.0.0.1:1/")
    for url in ("localhost:8080", "http://localhost:99999", "http://localhost:x", "http://[::1"):
        with pytest.raises(SetupError, match=f"{re.escape(repr(url))} is not an address of a mock"):
            Mock(url)


def test_something_else_there() -> None:
    def page(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"<html>"]

    with Served(page) as other, pytest.raises(SetupError, match="no mock answers at"):
        Mock(other.url).attach(UNLINKED)


def test_a_token_opens_the_control_api() -> None:
    settings = Settings(seed=0, host="0.0.0.0", control_token="TESTTOKEN1")
    with MockServer(settings=settings) as server:
        assert server.attach(UNLINKED).key == UNLINKED
        assert Mock(server.url, token="TESTTOKEN1").attach(UNLINKED).key == UNLINKED
        with pytest.raises(ControlRefused, match="X-Mock-Token is missing"):
            Mock(server.url).attach(UNLINKED)
