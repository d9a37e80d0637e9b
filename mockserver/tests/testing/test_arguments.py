"""What is handed over with the wrong type is refused at once, in a sentence."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from megaapi_mock.errors import ControlRefused, Misused
from megaapi_mock.testing import Instance

from .conftest import PATIENCE

ANA = "5511900000002"
WRONG: list[tuple[Callable[[Any], object], str]] = [
    (lambda it: it.customer(5511900000002), "number: 5511900000002 is int, it must be a string"),
    (lambda it: it.phone(5511900000002), "to: 5511900000002 is int"),
    (lambda it: it.group(members=[5511900000002]), "number: 5511900000002 is int"),
    (lambda it: it.group().says(None, "oi"), "number: None is NoneType"),
    (lambda it: it.customer().says(5), "text: 5 is int, it must be a string"),
    (lambda it: it.customer().sends_image("/tmp/a.png"), "data: '/tmp/a.png' is str, give the"),
    (lambda it: it.customer("nonsense"), "number: 'nonsense' is neither a phone number nor a"),
    (lambda it: it.customer(""), "number: '' is neither a phone number nor a person's address"),
    (lambda it: it.customer("9" * 40), "is neither a phone number nor a person's address: write"),
    (lambda it: it.customer("ana@s.whatsapp.net"), "'ana@s.whatsapp.net' is neither a phone"),
    (lambda it: it.customer("ana@lid"), "'ana@lid' is neither a phone number"),
    (lambda it: it.customer("120363000000000001@g.us"), "nor a person's address"),
    (lambda it: it.customer("status@broadcast"), "nor a person's address"),
    (lambda it: it.customer("5511900000002@c.us"), "written as digits alone, 5511900000002?"),
    (lambda it: it.phone("nonsense"), "to: 'nonsense' is neither a phone number"),
    (lambda it: it.phone("nonsense-shop"), "to: 'nonsense-shop' is neither"),
    (lambda it: it.group(members=["Ana"]), "number: 'Ana' is neither a phone number"),
    (lambda it: it.customer().sends_contact("Bob", "Bob"), "number: 'Bob' is neither a phone"),
    (lambda it: it.customer().sends_image(b""), "data: this file is empty; leave it out"),
    (lambda it: it.phone().sends_document(bytearray()), "data: this file is empty"),
    (lambda it: it.customer().taps(1), "option: 1 is int"),
    (lambda it: it.customer().reacts({"id": "3EB0"}, "x"), "message: give a Message, a Webhook"),
    (lambda it: it.customer().deletes(None), "message: give a Message"),
    (lambda it: it.sent.wait_for(text=5), "text: 5 is int"),
    (lambda it: it.sent.wait_for(to=5511900000002), "to: 5511900000002 is int"),
    (lambda it: it.sent.wait_for(to="nonsense"), "to: 'nonsense' is neither a phone number"),
    (lambda it: it.sent.wait_for(timeout="5"), "timeout: '5' is not a number of seconds"),
    (lambda it: it.inbox.wait_for(timeout=None), "timeout: None is not a number of seconds"),
    (lambda it: it.inbox.wait_for(message=5), "message: give a Message"),
    (lambda it: it.inbox.wait_for(where="x"), "where: 'x' is not a function"),
    (lambda it: it.calls.wait_for(where="x"), "where: 'x' is not a function"),
]


@pytest.mark.parametrize(("ask", "sentence"), WRONG)
def test_the_wrong_type_is_refused_at_once(
    shop: Instance, ask: Callable[[Instance], object], sentence: str
) -> None:
    began = time.monotonic()
    with pytest.raises(Misused, match=sentence):
        ask(shop)
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize(
    "to",
    [ANA, "(11) 90000-0002", "5511900000002:3@s.whatsapp.net", "100000000000002@lid"],
)
def test_a_person_may_be_named_by_number_or_address(shop: Instance, to: str) -> None:
    ana = shop.customer(to)
    ana.says("oi")
    shop.phone(to).says("olá")
    assert shop.inbox.wait_for("text-plain", text="oi").payload["key"]["fromMe"] is False


@pytest.mark.parametrize(
    "to", ["120363000000000001@g.us", "5511900000002-1600000000", "status@broadcast"]
)
def test_what_is_no_person_may_still_be_a_chat_to_write_to(shop: Instance, to: str) -> None:
    assert shop.phone(to).to == to


def test_number_on_a_contact_card_may_be_written_as_people_do(shop: Instance) -> None:
    card = shop.customer(ANA).sends_contact("(11) 90000-0007", "Bob").content
    assert "waid=5511900000007:+5511900000007" in card["contactMessage"]["vcard"]


def test_nobody_waits_for_what_cannot_be_sent(shop: Instance) -> None:
    for to, sentence in (
        ("5511900000099", "has no WhatsApp account"),
        ("100000000000002", "is the LID of Contato Teste"),
        ("90000-0002", "has no WhatsApp account"),
    ):
        began = time.monotonic()
        with pytest.raises(ControlRefused, match=sentence):
            shop.sent.wait_for(to=to)
        assert time.monotonic() - began < PATIENCE


def test_a_message_may_be_named_by_its_webhook_or_its_id(shop: Instance) -> None:
    ana = shop.customer(ANA)
    told = ana.says("oi")
    webhook = shop.inbox.wait_for(message=told.id)
    ana.edits(webhook, "olá")
    assert shop.inbox.wait_for("edited").text == "olá"
    ana.deletes(told.id)
    shop.inbox.wait_for("deleted")
