"""Instances in a test: their own, and everything that happens to them can be waited for."""

from __future__ import annotations

import threading

import pytest
from megaapi_mock.testing import Instance, Mock

from .conftest import Ask

ANA, BIA = "5511900000002", "5511900000004"


def test_instances_have_nothing_in_common(mock: Mock) -> None:
    with mock.instance() as one, mock.instance() as other:
        for name in ("key", "token", "number"):
            assert getattr(one, name) != getattr(other, name)
        assert one.state == other.state == "connected"
        one.customer(ANA).says("oi")
        one.inbox.wait_for("text-plain")
        assert other.inbox.all() == []


def test_a_failed_wait_names_the_calls_that_were_refused(shop: Instance, ask: Ask) -> None:
    shop.token = "wrong"
    assert ask(shop, f"sendMessage/{shop.key}/text", {"to": ANA, "text": "Oi"})[0] == 401
    with pytest.raises(AssertionError, match=r"nothing came\ncall: POST .* answered 401: the bear"):
        shop.sent.wait_for(text="Oi", timeout=0)
    call = shop.calls.wait_for("send_text", status=401)
    assert call.body["messageData"]["text"] == "Oi"
    assert call.reply["name"] == "UNAUTHORIZED"


def test_a_failed_wait_names_the_calls_that_no_instance_got(
    mock: Mock, shop: Instance, ask: Ask
) -> None:
    before, shop.key = shop.key, "megacode-TESTKEY0404"
    assert ask(shop, f"sendMessage/{shop.key}/text", {"to": ANA, "text": "Oi"})[0] == 404
    shop.key = before
    told = r"call of no instance: POST /rest/sendMessage/megacode-TESTKEY0404/text answered 404"
    for wait in (shop.sent.wait_for, shop.calls.wait_for):
        with pytest.raises(AssertionError, match=told):
            wait(timeout=0)
    # What others did before is no explanation.
    mock.clock.advance(60)
    with mock.instance() as later, pytest.raises(AssertionError, match="nothing came") as failed:
        later.sent.wait_for(timeout=0)
    assert "call of no instance" not in str(failed.value)


def test_a_failed_wait_names_the_webhooks_that_the_bot_did_not_take(shop: Instance) -> None:
    heard, go_on = threading.Event(), threading.Event()

    def failing(environ, start_response):
        start_response("500 Oops", [("Content-Length", "0")])
        return [b""]

    def hanging(environ, start_response):
        heard.set()
        go_on.wait(60)
        return failing(environ, start_response)

    for bot, state in ((failing, "failed 500"), ("http://127.0.0.1:1/", "failed")):
        shop.webhook_to(bot)
        shop.customer(ANA).says("oi")
        shop.inbox.wait_for("text-plain", state="failed")
        with pytest.raises(AssertionError, match=f"\nwebhook: text-plain, text 'oi', {state}"):
            shop.sent.wait_for(text="Olá", timeout=0)
    shop.webhook_to(hanging)
    shop.customer(ANA).says("alô")
    assert heard.wait(60)
    with pytest.raises(AssertionError, match=r"text 'alô', queued without an answer yet$"):
        shop.sent.wait_for(text="Olá", timeout=0)
    go_on.set()
    shop.inbox.wait_for("text-plain", text="alô", state="failed")


def test_a_failed_wait_says_that_the_webhook_is_off(shop: Instance) -> None:
    shop.do("webhook", {"enabled": False})
    shop.customer(ANA).says("oi")
    with pytest.raises(AssertionError, match="nothing came\nits webhook is switched off"):
        shop.inbox.wait_for("text-plain", timeout=0)
