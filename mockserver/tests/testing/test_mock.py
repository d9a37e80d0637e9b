"""The mock as a whole in a test: its clock, its control_api, and what others' use of it forbids."""

from __future__ import annotations

import gc
import threading
import time
from pathlib import Path

import pytest
from megaapi_mock.errors import ControlRefused, SetupError
from megaapi_mock.handlers.registry import discover
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


def test_a_shared_mock_is_not_moved_for_others() -> None:
    with MockServer() as server, Mock(server.url, shared=True) as mock:
        now = mock.clock.now
        for move in (
            mock.clock.freeze,
            mock.reset,
            lambda: mock.clock.advance(3600),
            lambda: mock.fault("rate-limit"),
        ):
            with pytest.raises(SetupError, match="would hit everybody who uses http://127"):
                move()
        assert mock.clock.now - now < 60
        assert not mock.clock.remember()["frozen"]


def test_a_reset_brings_back_the_world(mock: Mock) -> None:
    gone = mock.instance()
    mock.reset()
    with pytest.raises(ControlRefused, match="no instance has the key"):
        mock.attach(gone.key)
    assert mock.attach(UNLINKED).state == "disconnected"


def test_an_inbox_hears_on_after_another_state(mock: Mock) -> None:
    with mock.instance() as shop:
        state = mock.control_api.call("GET", "/state")
        for text in ("um", "dois"):
            shop.customer().says(text)
            shop.inbox.wait_for("text-plain", text=text)
        mock.control_api.call("PUT", "/state", state)
        # The very same happens again: the same ids, and news all the same.
        shop.customer().says("um")
        assert shop.inbox.wait_for("text-plain", text="um").id == f"d1.{shop.key}"
        assert [webhook.text for webhook in shop.inbox.rest()] == []
        waiting = threading.Timer(0.1, shop.customer().says, ["três"])
        mock.control_api.call("PUT", "/state", state)
        waiting.start()
        begun = time.monotonic()
        assert shop.inbox.wait_for("text-plain", timeout=200).text == "três"
        assert time.monotonic() - begun < 100
        waiting.join()


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
    with pytest.raises(SetupError, match="'localhost:8080' is not an address of a mock"):
        Mock("localhost:8080")


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


def test_a_bug_of_the_mock_is_told() -> None:
    def broken(call: object) -> dict[str, object]:
        raise ZeroDivisionError

    handlers = {**discover(), "send_message/send_text": broken}
    with MockServer(handlers=handlers) as server, server.instance() as shop:
        client = server.app.test_client()
        body = {"messageData": {"to": "5511900000002", "text": "Oi"}}
        client.post(f"/rest/sendMessage/{shop.key}/text", json=body, headers=shop.headers)
        with Mock(server.url) as mock:
            (bug,) = mock.bugs(shop.key)
        assert bug.startswith("send_text answered a 500 without a reason")
        assert any("ZeroDivisionError" in bug for bug in shop.bugs())


@pytest.mark.parametrize("usual", [True, False])
def test_garbage_is_collected_as_before(usual: bool) -> None:
    before = gc.isenabled()
    (gc.enable if usual else gc.disable)()
    try:
        MockServer(listen=False).stop(0)
        assert gc.isenabled() is usual
        with pytest.raises(SetupError):
            MockServer(world="nowhere")
        assert gc.isenabled() is usual
    finally:
        (gc.enable if before else gc.disable)()


def test_a_world_is_chosen_by_name_and_by_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "instances: [{key: megacode-TESTKEY0042, token: TESTKEY0042, number: '5511900000042'}]\n",
        encoding="utf-8",
    )
    for world in (file, str(file)):
        with MockServer(world=world) as server:
            assert server.attach("megacode-TESTKEY0042").number == "5511900000042"
    with MockServer(world="brasil", settings=Settings(seed=7)) as server, server.instance() as shop:
        # Registered without the digit that is dialled, in that world.
        assert shop.customer("5531990000005").jid == "553190000005@s.whatsapp.net"
        assert server.app.runtime.setup.settings.seed == 7
    with pytest.raises(SetupError, match="nowhere"):
        MockServer(world="nowhere")


def test_the_switches_can_be_chosen(mock: Mock) -> None:
    with MockServer(switches={"disconnected_status": "401"}) as server:
        shop = server.instance(connected=False)
        client = server.app.test_client()
        body = {"messageData": {"to": "5511900000002", "text": "Oi"}}
        path = f"/rest/sendMessage/{shop.key}/text"
        assert client.post(path, json=body, headers=shop.headers).status_code == 401
