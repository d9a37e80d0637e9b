"""Instances in a test: their own, and everything that happens to them can be waited for."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from megaapi_mock.errors import ControlRefused
from megaapi_mock.testing import Instance, Mock, MockServer

from ..support import KEY
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


def test_a_removed_instance_is_gone(mock: Mock) -> None:
    with mock.instance() as gone:
        assert mock.attach(gone.key).token == gone.token
    with pytest.raises(ControlRefused, match="no instance has the key"):
        mock.attach(gone.key)


def test_what_is_sent_can_be_waited_for(shop: Instance, send: Callable[..., None]) -> None:
    send(shop, ANA, "Bom dia")
    send(shop, BIA, "Bom dia")
    shop.customer(BIA).says("Bom dia")
    assert shop.sent.wait_for(text="Bom dia", to=shop.customer(BIA)).number == BIA
    found = shop.sent.wait_for(text=re.compile("^Bom"), kind="extendedTextMessage", to=ANA)
    assert (found.number, found.from_me, found.text) == (ANA, True, "Bom dia")
    assert shop.sent.rest() == []
    assert shop.inbox.wait_for("ack-read", message=found).message_id == found.id


def test_a_wait_ends_with_the_send(shop: Instance, send: Callable[..., None]) -> None:
    later = threading.Timer(0.1, send, [shop, ANA, "Bom dia"])
    later.start()
    assert shop.sent.wait_for(text="Bom dia", timeout=60).text == "Bom dia"
    later.join()


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


@pytest.mark.parametrize(
    "written",
    [
        "5531990000005",
        "553190000005",
        "+55 31 99000-0005",
        "5531990000005@s.whatsapp.net",
        "553190000005@s.whatsapp.net",
        "lid",
        "customer",
    ],
)
def test_any_way_to_write_the_person_fits(written: str) -> None:
    with MockServer(world="brasil") as server:
        client = server.app.test_client()
        shop = server.instance()
        dialled = shop.customer("5531990000005")
        to: Any = dialled if written == "customer" else written
        if written == "lid":
            to = shop.control_api.call("GET", f"/instances/{shop.key}/contacts/{dialled.number}")[
                "lid"
            ]
        body = {"messageData": {"to": "5531990000005", "text": "Oi"}}
        client.post(f"/rest/sendMessage/{shop.key}/text", json=body, headers=shop.headers)
        assert shop.sent.wait_for(to=to, timeout=0).chat == "553190000005@s.whatsapp.net"


def test_a_group_is_a_recipient_too(mock: Mock, ask: Ask) -> None:
    shop = mock.attach(KEY)
    group = "120363000000000001@g.us"
    status, document = ask(shop, f"sendMessage/{shop.key}/text", {"to": group, "text": "Oi"})
    assert status == 200, document
    assert shop.sent.wait_for(to=group, timeout=0).chat == group


def test_an_instance_that_a_reset_took_away_can_be_removed(mock: Mock) -> None:
    with mock.instance() as shop:
        mock.reset()
    with mock.instance() as shop:
        shop.remove()
    shop.remove()


def test_calls_are_the_bots_alone(shop: Instance, ask: Ask) -> None:
    shop.webhook_to("http://127.0.0.1:1/")
    ask(shop, f"sendMessage/{shop.key}/text", {"to": ANA, "text": "Oi"})
    assert [call.operation for call in shop.calls.all()] == ["send_text"]


def test_the_inbox_says_how_a_webhook_went(shop: Instance) -> None:
    shop.webhook_to("http://127.0.0.1:1/hook")
    shop.customer(ANA).says("oi")
    while shop.inbox.all()[0].state == "queued":
        pass  # each look is a call of the control API
    with pytest.raises(AssertionError, match="state is 'failed', not 'delivered'"):
        shop.inbox.wait_for("text-plain", text="oi", timeout=0)
    found = shop.inbox.wait_for("text-plain", state=None)
    assert (found.state, found.status, found.url) == ("failed", None, "http://127.0.0.1:1/hook")


def test_a_failed_wait_says_that_the_webhook_is_off(shop: Instance) -> None:
    shop.do("webhook", {"enabled": False})
    shop.customer(ANA).says("oi")
    with pytest.raises(AssertionError, match="nothing came\nits webhook is switched off"):
        shop.inbox.wait_for("text-plain", timeout=0)


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
