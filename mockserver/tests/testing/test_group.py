"""Groups in a test: made in a line, members who write there, and who comes and goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from megaapi_mock.errors import ControlRefused
from megaapi_mock.testing import Group, Instance, Member

from .conftest import LIST, Ask, rows

ANA, BIA, CAIO = "5511900000002", "5511900000004", "5511900000006"
Send = Callable[..., None]


@pytest.fixture
def group(shop: Instance) -> Group:
    return shop.group("Turma", members=[shop.customer(ANA, name="Ana"), BIA])


def test_a_group_with_its_members(shop: Instance, group: Group) -> None:
    assert group.subject == "Turma"
    assert [member.number for member in group.members] == [shop.number, ANA, BIA]
    assert group.members[0] == Member(f"{shop.number}@s.whatsapp.net", "superadmin", True)
    assert [it.jid for it in shop.groups] == [group.jid]
    # Nothing of it is the bot's doing, or was told to it.
    assert shop.calls.all() == [] and shop.inbox.all() == []


def test_somebody_else_made_it(shop: Instance) -> None:
    group = shop.group(owner=ANA)
    assert {it.number: it.admin for it in group.members} == {ANA: "superadmin", shop.number: None}


def test_a_member_writes_there(shop: Instance, group: Group) -> None:
    ana = shop.customer(ANA, name="Ana")
    message = group.says(ana, "oi, turma")
    assert (message.chat, message.sender) == (group.jid, ana.jid)
    webhook = shop.inbox.wait_for(text="oi, turma", message=message)
    assert (webhook.chat, webhook.payload["isGroup"]) == (group.jid, True)
    assert webhook.payload["key"]["participant"] == ana.jid
    assert webhook.payload["pushName"] == "Ana"
    assert ana.says("de novo", group=group).chat == group.jid


def test_everything_a_customer_does_can_be_done_there(
    shop: Instance, group: Group, send: Send
) -> None:
    ana = group.customer(shop.customer(ANA))
    picture = ana.sends_image(b"\x89PNG made up", caption="Foto")
    assert picture.chat == group.jid and picture.media == b"\x89PNG made up"
    first = ana.says("errado")
    assert ana.edits(first, "certo").chat == ana.deletes(first).chat == group.jid
    send(shop, group.jid, "Escolha", **LIST, sections=rows("Um"))
    asked = shop.sent.wait_for(kind="listMessage", to=group)
    assert ana.taps("Um").chat == ana.reacts(asked, "❤️").chat == group.jid


def test_the_instance_is_mentioned(shop: Instance, group: Group) -> None:
    group.mentions(ANA, f"@{shop.number} ajuda!")
    webhook = shop.inbox.wait_for("text-mention", text=f"@{shop.number} ajuda!")
    context = webhook.payload["message"]["extendedTextMessage"]["contextInfo"]
    assert context["mentionedJid"] == [f"{shop.number}@s.whatsapp.net"]
    group.mentions(BIA)
    assert shop.number in str(shop.inbox.wait_for("text-mention").text)


def test_people_come_and_go(shop: Instance, group: Group) -> None:
    def numbers() -> list[str]:
        return [member.number for member in group.members]

    group.add(CAIO)
    assert numbers() == [shop.number, ANA, BIA, CAIO]
    joined = shop.inbox.wait_for("group-participants").payload
    assert (joined["action"], joined["author"]) == ("add", f"{CAIO}@s.whatsapp.net")
    group.remove(CAIO)
    with pytest.raises(ControlRefused, match="is not an admin"):
        group.remove(BIA, by=ANA)
    group.promote(ANA, by=shop.number)
    group.remove(BIA, by=shop.customer(ANA))
    group.demote(ANA, by=shop.number)
    assert numbers() == [shop.number, ANA]
    assert not any(member.admin for member in group.members if not member.me)


def test_a_stranger_cannot_write_there(group: Group) -> None:
    with pytest.raises(ControlRefused, match=CAIO):
        group.says(CAIO, "oi")


def test_a_group_that_the_bot_made(shop: Instance, ask: Ask) -> None:
    data = {"group_name": "Pedidos", "participants": [ANA]}
    assert ask(shop, f"group/{shop.key}/create", data, wrapper="group_data")[0] == 200
    assert [it.subject for it in shop.groups] == ["Pedidos"]
    shop.groups[-1].says(ANA, "oi")
    shop.inbox.wait_for(text="oi")
