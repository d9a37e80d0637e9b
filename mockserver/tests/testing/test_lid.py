"""Customers who are met under a hidden number: everything a test does with them works the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from megaapi_mock.testing import Instance, MockServer

from .conftest import LIST, rows

ANA, BIA = "5511900000002", "5511900000004"


@pytest.fixture(params=["phone", "lid", "mixed"])
def addressed(request: pytest.FixtureRequest) -> Iterator[tuple[MockServer, Instance]]:
    switches = {"addressing": request.param}
    with MockServer(switches=switches) as server, server.instance() as shop:
        yield server, shop
        assert list(server.app.runtime.records.bugs) == []


def send(server: MockServer, shop: Instance, kind: str, **data: object) -> None:
    path = f"/rest/sendMessage/{shop.key}/{kind}"
    client, body = server.app.test_client(), {"messageData": data}
    # Its webhooks leave when the answer has been read.
    with client.post(path, json=body, headers=shop.headers) as reply:
        assert (reply.status_code, reply.get_json()["error"]) == (200, False)


@pytest.mark.parametrize("number", [ANA, BIA])
def test_a_conversation(addressed: tuple[MockServer, Instance], number: str) -> None:
    server, shop = addressed
    ana = shop.customer(number, name="Ana")
    told = ana.says("oi")
    webhook = shop.inbox.wait_for(message=told, timeout=30)
    assert webhook.chat in (ana.jid, ana.lid)
    # The bot answers to the address it was given.
    send(server, shop, "text", to=webhook.chat, text="Olá")
    sent = shop.sent.wait_for(text="Olá", to=ana, timeout=30)
    ana.reacts(sent, "❤️")
    shop.inbox.wait_for("reaction", text="❤️", timeout=30)
    body = {**LIST, "sections": rows("Um", "Dois")}
    send(server, shop, str(body.pop("kind")), to=webhook.chat, text="Escolha", **body)
    ana.taps("Dois", timeout=30)
    shop.inbox.wait_for("list-response", text="Dois", timeout=30)
    assert ana.sends_image(b"\x89PNG").media == b"\x89PNG"


def test_a_group(addressed: tuple[MockServer, Instance]) -> None:
    server, shop = addressed
    ana = shop.customer(ANA, name="Ana")
    group = shop.group("Turma", members=[ana, BIA])
    group.mentions(ana)
    webhook = shop.inbox.wait_for("text-mention", timeout=30)
    assert webhook.chat == group.jid
    send(server, shop, "text", to=group.jid, text="Pois não?")
    shop.sent.wait_for(text="Pois não?", to=group, timeout=30)
    assert {member.number for member in group.members if not member.me} == {ANA, BIA}
    group.remove(ana)
    assert [member.number for member in group.members if not member.me] == [BIA]
