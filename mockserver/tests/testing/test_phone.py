"""The instance's own phone in a test: what its owner writes comes back as own messages."""

from __future__ import annotations

from megaapi_mock.testing import Instance

from .conftest import Ask

ANA = "5511900000002"
TOLD = "from-me-phone"


def test_the_owner_writes_and_sends_past_the_bot(shop: Instance) -> None:
    phone = shop.phone("(11) 90000-0002")
    said = phone.says("já respondo")
    told = shop.inbox.wait_for(TOLD, text="já respondo", message=said)
    assert told.payload["key"]["fromMe"] is True
    assert told.payload["key"]["remoteJid"] == f"{ANA}@s.whatsapp.net"
    phone.sends_image(caption="Foto")
    told = shop.inbox.wait_for(
        TOLD, where=lambda hook: hook.payload["messageType"] == "imageMessage"
    )
    assert told.payload["message"]["imageMessage"]["caption"] == "Foto"


def test_the_owner_answers_customers_and_takes_back(shop: Instance) -> None:
    ana = shop.customer(ANA)
    phone, question = shop.phone(ana), ana.says("oi?")
    phone.reacts(question, "👍")
    answer = phone.replies(question, "oi!")
    phone.edits(answer, "olá!")
    phone.deletes(answer)
    types = [
        shop.inbox.wait_for(TOLD).payload["messageType"]
        for _ in ("reaction", "reply", "edit", "deletion")
    ]
    assert types == ["reactionMessage", "extendedTextMessage", "protocolMessage", "protocolMessage"]


def test_the_owner_writes_to_groups(shop: Instance, ask: Ask) -> None:
    body = {"group_name": "Equipe", "participants": [ANA]}
    _, made = ask(shop, f"group/{shop.key}/create", body, wrapper="group_data")
    group = made["group"]["id"]
    shop.phone(group).says("oi, grupo")
    assert shop.inbox.wait_for(TOLD).payload["key"]["remoteJid"] == group
