"""What a test does to a mock as a whole, and what a mock that others share refuses."""

from __future__ import annotations

import threading
import time

import pytest
from megaapi_mock.errors import ControlRefused, SetupError
from megaapi_mock.handlers.registry import discover
from megaapi_mock.testing import Mock, MockServer

from ..support import UNLINKED


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
