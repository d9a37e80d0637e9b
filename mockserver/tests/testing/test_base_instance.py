"""An instance without its people: its webhooks, its link, its faults, and its end."""

from __future__ import annotations

import threading

import pytest
from megaapi_mock.errors import ControlRefused
from megaapi_mock.testing import Instance, Mock

from .conftest import Ask

ANA, BIA = "5511900000002", "5511900000004"


def test_a_removed_instance_is_gone(mock: Mock) -> None:
    with mock.instance() as gone:
        assert mock.attach(gone.key).token == gone.token
    with pytest.raises(ControlRefused, match="no instance has the key"):
        mock.attach(gone.key)


def test_an_instance_that_a_reset_took_away_can_be_removed(mock: Mock) -> None:
    with mock.instance() as shop:
        mock.reset()
    with mock.instance() as shop:
        shop.remove()
    shop.remove()


def test_webhooks_go_to_an_app_and_the_inbox_waits_for_its_answer(shop: Instance) -> None:
    heard, go_on = threading.Event(), threading.Event()

    def bot(environ, start_response):
        heard.set()
        assert environ["PATH_INFO"] == "/hook"
        go_on.wait(60)
        start_response("202 Accepted", [("Content-Length", "0")])
        return [b""]

    shop.webhook_to(bot, path="/hook")
    shop.customer(ANA).says("oi")
    assert heard.wait(60)
    with pytest.raises(AssertionError, match="state is 'queued', not 'delivered'"):
        shop.inbox.wait_for("text-plain", timeout=0.1)
    go_on.set()
    found = shop.inbox.wait_for("text-plain", status=202)
    assert found.seconds is not None and found.seconds > 0.05


def test_the_link_and_other_webhooks(shop: Instance) -> None:
    shop.unlink()
    assert shop.state == "disconnected"
    shop.link()
    shop.inbox.wait_for("connected")
    shop.chaos(duplicate=2)
    shop.emit("poll-vote")
    for _ in range(2):
        shop.inbox.wait_for("poll-vote")
    shop.chaos()
    shop.emit("poll-vote", count=3)
    for _ in range(3):
        shop.inbox.wait_for("poll-vote")
    assert [webhook.event for webhook in shop.inbox.rest()] == ["disconnected"]


def test_a_journal_without_our_own_bugs(shop: Instance, ask: Ask) -> None:
    assert ask(shop, f"sendMessage/{shop.key}/text", {"text": "Oi"})[0] == 500
    assert shop.bugs() == []
