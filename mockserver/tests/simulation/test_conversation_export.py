"""A chat saved as a conversation: whose turn it was, what it says, and what it refers to."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from megaapi_mock.errors import ControlRefused
from megaapi_mock.simulation import conversation_export
from megaapi_mock.simulation.conversation_export import export
from megaapi_mock.web import use_cases
from megaapi_mock.web.app import MockApp

from ..support import AUTH, KEY

FRIEND, FRIEND_JID = "5511900000002", "5511900000002@s.whatsapp.net"
GROUP = "120363000000000001@g.us"


class Chat:
    """Writes as customer, phone and bot, and saves what came of it."""

    def __init__(self, app: MockApp) -> None:
        self.app, self.messages = app, use_cases.contact_messages(app.runtime)

    def inbound(self, event: str, **body: Any) -> str:
        """The id of the message that a contact, or the owner's phone, writes."""
        document = self.messages.receive(KEY, {"from": FRIEND, "event": event, **body})
        return str(document["id"])

    def send(self, operation: str, **data: Any) -> str:
        """The id of the message that the instance sends through the API."""
        body = {"messageData": {"to": FRIEND, **data}}
        url = f"/rest/sendMessage/{KEY}/{operation}"
        answer = self.app.test_client().post(url, json=body, headers=AUTH).get_json()
        return str(answer["messageData"]["key"]["id"])

    def save(self, chat: str = FRIEND_JID, **part: str) -> Any:
        runtime = self.app.runtime
        return export(
            runtime.instances.publisher,
            runtime.instances.store.records,
            runtime.setup.samples,
            KEY,
            chat,
            **part,
        )

    def turns(self, chat: str = FRIEND_JID, **part: str) -> list[Any]:
        return list(self.save(chat, **part)["turns"])


@pytest.fixture
def chat(app: MockApp) -> Chat:
    return Chat(app)


def test_turns_are_the_customers_the_bots_and_the_phones(chat: Chat) -> None:
    chat.inbound("text-plain", text="Oi")
    chat.send("text", text="Bom dia")
    chat.messages.receive(KEY, {"to": FRIEND, "event": "from-me-phone", "text": "Eu"})
    assert chat.save() == {
        "conversation": 1,
        "with": FRIEND,
        "turns": [
            {"customer": {"event": "text-plain", "text": "Oi"}},
            {"bot": {"type": "extendedTextMessage", "text": "Bom dia"}},
            {"phone": {"event": "text-plain", "text": "Eu"}},
        ],
    }


def test_in_a_group_a_turn_names_who_wrote_it(chat: Chat) -> None:
    chat.inbound("group-text", text="Oi", group=GROUP)
    document = chat.save(GROUP)
    assert document["with"] == GROUP
    [turn] = document["turns"]
    assert (turn["customer"]["from"], turn["customer"]["text"]) == (FRIEND, "Oi")


def test_what_others_refer_to_has_a_label_and_ids_from_before_stay(chat: Chat) -> None:
    first = chat.inbound("text-plain", text="Oi")
    chat.inbound("reaction", message=first)
    subject, reaction = chat.turns()
    assert subject == {"customer": {"event": "text-plain", "text": "Oi", "as": "m1"}}
    assert reaction["customer"]["message"] == "m1"
    [alone] = chat.turns(since=first)
    assert alone["customer"]["message"] == first


def test_a_part_of_a_chat_begins_after_or_at_a_message(chat: Chat) -> None:
    ids = [chat.inbound("text-plain", text=text) for text in ("um", "dois", "três")]
    assert [turn["customer"]["text"] for turn in chat.turns(since=ids[0])] == ["dois", "três"]
    assert [turn["customer"]["text"] for turn in chat.turns(first=ids[1])] == ["dois", "três"]
    assert chat.turns(since=ids[2]) == []


@pytest.mark.parametrize(("name", "word"), [("since", "since"), ("first", "from")])
def test_a_message_that_is_not_in_the_chat_is_named(chat: Chat, name: str, word: str) -> None:
    chat.inbound("text-plain", text="Oi")
    with pytest.raises(ControlRefused, match=f"^{word}: there is no message 'X1' in that chat"):
        chat.turns(**{name: "X1"})


def test_other_chats_are_left_out(chat: Chat) -> None:
    chat.inbound("text-plain", text="Oi")
    chat.messages.receive(KEY, {"from": "5511900000004", "event": "text-plain", "text": "Olá"})
    assert len(chat.turns()) == 1


def test_a_file_is_kept_unless_it_is_the_samples_or_too_large(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = f"data:text/plain;base64,{b64encode(b'pedido').decode()}"
    chat.inbound("document", media=uri, text="Veja")
    chat.inbound("image")
    document, image = (turn["customer"] for turn in chat.turns())
    assert (document["media"], document["text"]) == (uri, "Veja")
    assert "media" not in image
    monkeypatch.setattr(conversation_export, "MEDIA_MOST", 5)
    assert "media" not in chat.turns()[0]["customer"]


def test_a_place_keeps_what_it_is_made_of(chat: Chat) -> None:
    chat.inbound("location", set={"message.locationMessage.name": "Loja"})
    [turn] = chat.turns()
    settings = turn["customer"]["set"]
    assert settings["message.locationMessage.name"] == "Loja"
    assert {path.rpartition(".")[2] for path in settings} >= {"degreesLatitude", "degreesLongitude"}


def test_a_deletion_and_a_choice_say_what_they_are_about(chat: Chat) -> None:
    rows = [{"title": "Vendas", "rowId": "vendas"}, {"title": "Suporte", "rowId": "suporte"}]
    sections = [{"title": "Setores", "rows": rows}]
    offer = chat.send("listMessage", text="Escolha", buttonText="Ver", sections=sections)
    chat.inbound("list-response", message=offer, option="suporte")
    written = chat.inbound("text-plain", text="Oi")
    chat.inbound("deleted", message=written)
    bot, choice, text, deletion = chat.turns()
    assert bot["bot"]["options"] == ["vendas", "suporte"]
    assert choice["customer"]["option"] == "suporte"
    assert choice["customer"]["message"] == bot["bot"]["as"]
    assert deletion["customer"] == {"event": "deleted", "message": text["customer"]["as"]}
    assert text["customer"]["text"] == "Oi"


def test_an_edited_text_is_saved_as_it_was_first_and_then_edited(app: MockApp) -> None:
    chat = Chat(app)
    app.runtime.instances.publisher.change(KEY, lambda each: each.set_webhook("http://x.test/"))
    written = chat.inbound("text-plain", text="Oi")
    chat.inbound("edited", message=written, text="Olá")
    assert app.runtime.webhooks.courier.wait_idle(60)
    text, edit = chat.turns()
    assert (text["customer"]["text"], edit["customer"]["text"]) == ("Oi", "Olá")
    assert edit["customer"]["event"] == "edited"
    assert edit["customer"]["message"] == text["customer"]["as"]
