"""Waits for webhooks, messages and calls: what fits, what a failed wait says, and when it ends."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from megaapi_mock.testing import Instance, Mock, MockServer

from ..support import KEY
from .conftest import Ask

ANA, BIA = "5511900000002", "5511900000004"


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
