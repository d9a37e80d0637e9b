"""People in a test: what they do arrives, with what they said in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from megaapi_mock.errors import ControlRefused
from megaapi_mock.testing import Customer, Instance

from .conftest import ANA, LIST, Ask, rows

Send = Callable[..., None]


def test_a_text_carries_the_name(shop: Instance, ana: Customer) -> None:
    told = ana.says("oi")
    found = shop.inbox.wait_for("text-plain", text="oi", message=told)
    assert found.payload["pushName"] == "Ana"
    assert found.payload["key"]["remoteJid"] == ana.jid == f"{ANA}@s.whatsapp.net"


def test_without_a_name_it_is_the_contacts(shop: Instance) -> None:
    shop.customer(ANA).says("oi")
    assert shop.inbox.wait_for("text-plain").payload["pushName"] != "Ana"


@pytest.mark.parametrize("option", ["dois", "Dois"])
def test_a_row_is_tapped_by_id_or_title(
    shop: Instance, ana: Customer, send: Send, option: str
) -> None:
    send(shop, ANA, "Escolha", **LIST, sections=rows("Um", "Dois"))
    ana.taps(option)
    answer = shop.inbox.wait_for("list-response", text="Dois").payload["message"]
    assert answer["listResponseMessage"]["singleSelectReply"] == {"selectedRowId": "dois"}


def test_the_newest_list_is_tapped(shop: Instance, ana: Customer, send: Send) -> None:
    for text in ("Antes", "Depois"):
        send(shop, ANA, text, **LIST, sections=rows("Um"))
    ana.taps("um")
    context = shop.inbox.wait_for("list-response").payload["message"]["listResponseMessage"]
    quoted = context["contextInfo"]["quotedMessage"]["listMessage"]
    assert quoted["description"] == "Depois"


def test_buttons_and_templates_are_tapped(shop: Instance, ana: Customer, send: Send) -> None:
    button = {"type": "reply", "title": "Sim", "id": "sim"}
    wanted = {"type": "text", "title": "-", "footer": "-", "buttons": [button]}
    send(shop, ANA, "Confirma?", kind="buttonMessage", **wanted)
    assert shop.sent.wait_for().kind == "interactiveMessage"
    ana.taps("Sim")
    shop.inbox.wait_for("buttons-response", text="Sim")
    ana.taps("sim", event="interactive-response")
    shop.inbox.wait_for("interactive-response", text="Sim")
    legacy = {"footerText": "-", "buttons": [{"type": "replyButton", "title": "Mais"}]}
    send(shop, ANA, "Veja", kind="templateMessage", **legacy)
    ana.taps("Mais")
    shop.inbox.wait_for("template-button-reply", text="Mais")


def test_only_what_was_sent_to_this_person_can_be_tapped(
    shop: Instance, ana: Customer, send: Send
) -> None:
    send(shop, "5511900000004", "Escolha", **LIST, sections=rows("Um"))
    send(shop, ANA, "Escolha", **LIST, sections=rows("Dois"))
    with pytest.raises(AssertionError) as failed:
        ana.taps("Um", timeout=0)
    told = str(failed.value)
    assert f"no message with chat '{ANA}@s.whatsapp.net' and the option 'Um' within 0 s" in told
    assert "options 'dois' (Dois)" in told
    assert "nearest: 2., but it does not offer 'Um'" in told
    # A look is not a wait: both lists are still there to be waited for.
    assert len(shop.sent.rest()) == 2


def test_people_type_and_call(shop: Instance, ana: Customer) -> None:
    ana.types()
    shown = shop.inbox.wait_for("presence").payload["presences"][ana.jid]
    assert shown["lastKnownPresence"] == "composing"
    ana.calls(status="reject")
    assert shop.inbox.wait_for("call").payload["data"]["status"] == "reject"


def test_a_phone_that_is_off(shop: Instance, ana: Customer, send: Send) -> None:
    ana.goes_offline()
    send(shop, ANA, "Está aí?")
    sent = shop.sent.wait_for(text="Está aí?")
    shop.inbox.wait_for("ack-server", message=sent)
    assert [it.state for it in shop.sent.all()] == ["server"]
    with pytest.raises(ControlRefused, match="off"):
        ana.says("não")
    ana.comes_back()
    shop.inbox.wait_for("ack-read", message=sent)


def test_people_block_and_leave(shop: Instance, ana: Customer, ask: Ask) -> None:
    def answered() -> int:
        return ask(shop, f"sendMessage/{shop.key}/text", {"to": ANA, "text": "Oi"})[0]

    ana.blocks()
    assert answered() == 200
    assert [it.state for it in shop.sent.all()] == ["stopped"]
    ana.leaves_whatsapp()
    assert answered() == 403
    ana.comes_back()
    assert answered() == 200


@pytest.mark.parametrize(
    "written",
    ["+55 11 90000-0002", "55 (11) 90000.0002", "+5511900000002", f"{ANA}@s.whatsapp.net"],
)
def test_a_number_as_people_write_it(shop: Instance, send: Send, written: str) -> None:
    ana = shop.customer(written)
    ana.says("oi")
    assert shop.inbox.wait_for("text-plain").payload["key"]["remoteJid"] == ana.jid
    send(shop, ana.number, "Olá")
    assert shop.sent.wait_for(to=ana).chat == ana.jid == f"{ANA}@s.whatsapp.net"
