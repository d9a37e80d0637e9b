"""Everything customers do to messages that are really there, each webhook held to its contract."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from functools import cache
from typing import Any

import orjson
import pytest
from megaapi_mock.domain.contact_actions import ANSWERED
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.simulation.contact_events import NON_MESSAGE_EVENTS
from megaapi_mock.spec.authority import Authority
from megaapi_mock.spec.gateway_events import CAUSED_BY_GATEWAY
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.web.app import MockApp
from megaapi_mock.worlds.load import load_world

from ..conftest import MakeApp
from ..control import ControlApi
from ..support import AUTH, KEY, START, RecordingTransport

HOOK = "http://127.0.0.1:9/hook"
INBOUND = f"/instances/{KEY}/inbound"
FRIEND, COLLEAGUE, OWN = "5511900000002", "5511900000004", "5511900000001"
GROUP = "120363000000000001@g.us"


def jid(number: str) -> str:
    return f"{number}@s.whatsapp.net"


@cache
def authority() -> Authority:
    return Authority(valid_bundle(root("spec")).document)


class Chat:
    """One app: contacts on the control API, the instance on its API, the webhooks that leave."""

    def __init__(self, app: MockApp) -> None:
        self.app, self.control_api = app, ControlApi(app)
        self.authority = authority()
        app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))

    def does(self, event: str, who: str | None = None, **body: Any) -> dict[str, Any]:
        """A contact does something; the one payload this owes, held to the contract."""
        self.told()
        given = {"event": event, "from": who, **body}
        self.message = self.control_api.post(INBOUND, given, status=201)
        assert self.app.runtime.webhooks.courier.wait_idle(60)
        (payload,) = self.told()
        found = self.control_api.walk("/deliveries")[-1]
        assert found["event"] == event
        violations = self.authority.webhook_violations(event, orjson.dumps(payload))
        assert violations == []
        return payload

    def refused(self, event: str, *, status: int = 409, **body: Any) -> str:
        """The sentence of a refusal, which leaves no trace."""
        before = self.control_api.items("/messages"), len(self.control_api.walk("/deliveries"))
        sentence = self.control_api.refusal(
            "POST", INBOUND, {"event": event, **body}, status=status
        )
        assert (
            self.control_api.items("/messages"),
            len(self.control_api.walk("/deliveries")),
        ) == before
        return sentence

    def told(self) -> list[dict[str, Any]]:
        """What left since the last look."""
        assert self.app.runtime.webhooks.courier.wait_idle(60)
        transport = self.app.runtime.webhooks.courier._transport
        assert isinstance(transport, RecordingTransport)
        payloads = [orjson.loads(body) for _, body, _ in transport.posts]
        transport.posts.clear()
        return payloads

    def sends(self, operation: str, **data: Any) -> str:
        """The instance sends something; the id answered."""
        body = {"messageData": {"to": FRIEND, **data}}
        reply = self.app.test_client().post(
            f"/rest/sendMessage/{KEY}/{operation}", json=body, headers=AUTH
        )
        document: Any = reply.get_json()
        assert reply.status_code == 200, reply.headers.get("X-Mock-Reason")
        assert self.app.runtime.webhooks.courier.wait_idle(60)
        return str(document["messageData"]["key"]["id"])

    def state(self, state: str) -> None:
        """The contact's."""
        self.control_api.post(f"/instances/{KEY}/contacts/{FRIEND}", {"state": state})
        assert self.app.runtime.webhooks.courier.wait_idle(60)

    def later(self, seconds: float) -> None:
        """Time goes by."""
        self.control_api.post("/clock", {"advance": seconds})

    def link(self, verb: str, body: Any = None) -> None:
        """The phone links, or ends the link."""
        self.control_api.post(f"/instances/{KEY}/{verb}", body)

    def text(self, to: str = FRIEND) -> str:
        return self.sends("text", to=to, text="E este o produto?")

    def menu(self, *rows: tuple[str, str], to: str = FRIEND) -> str:
        made = [{"rowId": id_, "title": title, "description": "x"} for id_, title in rows]
        sections = [{"title": "Menu", "rows": made}]
        return self.sends(
            "listMessage", to=to, text="Escolha", title="t", buttonText="Abrir", sections=sections
        )

    def buttons(self, *buttons: tuple[str, str]) -> str:
        made = [{"type": "reply", "id": id_, "title": title} for id_, title in buttons]
        return self.sends("buttonMessage", type="text", text="Confirma?", buttons=made)

    def template(self, *buttons: dict[str, str]) -> str:
        return self.sends(
            "templateMessage", type="text", text="Ola", footerText="x", buttons=list(buttons)
        )

    def kept(self, message_id: str) -> dict[str, Any]:
        """The message as the control API lists it now."""
        found: list[dict[str, Any]] = self.control_api.walk("/messages")
        return next(message for message in found if message["id"] == message_id)


@pytest.fixture
def chat(app: MockApp) -> Chat:
    return Chat(app)


# -- about another message -----------------------------------------------------------------------


def test_a_quote_shows_what_was_really_written(chat: Chat) -> None:
    sent = chat.text()
    payload = chat.does("text-quoted-reply")
    context = payload["message"]["extendedTextMessage"]["contextInfo"]
    assert context == {
        "stanzaId": sent,
        "participant": jid(OWN),
        "quotedMessage": {"extendedTextMessage": {"text": "E este o produto?"}},
    }


def test_a_named_message_is_quoted_the_contacts_own_too(chat: Chat) -> None:
    first = chat.does("text-plain", set={"message.conversation": "primeira"})["key"]["id"]
    chat.text()
    payload = chat.does("text-quoted-reply", message=first)
    context = payload["message"]["extendedTextMessage"]["contextInfo"]
    assert (context["stanzaId"], context["participant"]) == (first, jid(FRIEND))
    assert context["quotedMessage"] == {"conversation": "primeira"}
    # What quotes is quoted without its own quote.
    again = chat.does("text-quoted-reply")["message"]["extendedTextMessage"]["contextInfo"]
    assert "contextInfo" not in again["quotedMessage"]["extendedTextMessage"]


@pytest.mark.parametrize("event", ["text-quoted-reply", "reaction", "pin-in-chat", "deleted"])
def test_nothing_can_be_done_to_nothing(chat: Chat, event: str) -> None:
    chat.text(to=COLLEAGUE)
    assert "nothing suits in" in chat.refused(event)
    assert "is unknown to" in chat.refused(event, message="3EB0")


@pytest.mark.parametrize("event", ["text-quoted-reply", "reaction", "deleted"])
def test_a_message_of_another_chat_is_refused(chat: Chat, event: str) -> None:
    sent = chat.text(to=COLLEAGUE)
    chat.text()
    assert f"is in {jid(COLLEAGUE)}, not in {jid(FRIEND)}" in chat.refused(event, message=sent)


@pytest.mark.parametrize(("event", "part"), [("reaction", "reactionMessage"),
                                             ("pin-in-chat", "pinInChatMessage")])  # fmt: skip
def test_reactions_and_pins_name_their_message(chat: Chat, event: str, part: str) -> None:
    sent = chat.text()
    own = chat.does("text-plain")["key"]["id"]
    found = chat.does(event)["message"][part]
    assert found["key"] == {"remoteJid": jid(FRIEND), "fromMe": False, "id": own}
    assert found["senderTimestampMs"] == str(int(START * 1000))
    found = chat.does(event, message=sent)["message"][part]
    assert found["key"] == {"remoteJid": jid(FRIEND), "fromMe": True, "id": sent}


def test_a_reaction_is_no_message_to_react_to(chat: Chat) -> None:
    sent = chat.text()
    first = chat.does("reaction", set={"message.reactionMessage.text": ""})
    assert first["message"]["reactionMessage"]["text"] == ""
    assert chat.does("reaction")["message"]["reactionMessage"]["key"]["id"] == sent
    assert "is a reactionMessage" in chat.refused("reaction", message=first["key"]["id"])


def test_in_a_group_the_author_is_named(chat: Chat) -> None:
    sent = chat.text(to=GROUP)
    key = chat.does("reaction", group=GROUP)["message"]["reactionMessage"]["key"]
    assert key == {"remoteJid": GROUP, "fromMe": True, "id": sent, "participant": jid(OWN)}


def test_an_edit_changes_the_message(chat: Chat) -> None:
    chat.text()
    written = chat.does("text-plain")["key"]["id"]
    payload = chat.does("edited", set={"message.protocolMessage.editedMessage.conversation": "oi!"})
    part = payload["message"]["protocolMessage"]
    assert part["key"] == {"remoteJid": jid(FRIEND), "fromMe": False, "id": written}
    assert payload["key"]["id"] != written
    content = chat.kept(written)["content"]
    assert content["conversation"] == "oi!" and "messageContextInfo" in content


def test_texts_with_context_and_captions_can_be_edited(chat: Chat) -> None:
    long = chat.does("text-extended")["key"]["id"]
    chat.does("edited")
    assert chat.kept(long)["content"]["extendedTextMessage"]["text"] == "Texto corrigido"
    photo = chat.does("image")
    edited = chat.does("edited")["message"]["protocolMessage"]["editedMessage"]
    assert edited == {"imageMessage": {"caption": "Texto corrigido"}}
    part = chat.kept(photo["key"]["id"])["content"]["imageMessage"]
    assert part["caption"] == "Texto corrigido"
    assert part["directPath"] == photo["message"]["imageMessage"]["directPath"]
    wrapped = chat.does("document-with-caption")["key"]["id"]
    chat.does("edited", message=wrapped)
    inner = chat.kept(wrapped)["content"]["documentWithCaptionMessage"]["message"]
    assert inner["documentMessage"]["caption"] == "Texto corrigido"


@pytest.mark.parametrize("event", ["image", "video", "document-with-caption"])
def test_the_new_text_of_a_caption_is_a_caption(chat: Chat, event: str) -> None:
    written = chat.does(event)["key"]["id"]
    told = chat.does("edited", text="Outra legenda")["message"]["protocolMessage"]["editedMessage"]
    assert [each["caption"] for each in told.values()] == ["Outra legenda"]
    assert "Outra legenda" in json.dumps(chat.kept(written)["content"])


def test_only_own_texts_can_be_edited(chat: Chat) -> None:
    sent = chat.text()
    assert "of their own" in chat.refused("edited", message=sent)
    assert "of their own" in chat.refused("edited")
    place = chat.does("location")["key"]["id"]
    assert "only texts and captions" in chat.refused("edited", message=place)


def test_what_is_deleted_is_gone_for_everyone(chat: Chat) -> None:
    written = chat.does("text-plain")["key"]["id"]
    part = chat.does("deleted")["message"]["protocolMessage"]
    assert part["key"] == {"remoteJid": jid(FRIEND), "fromMe": False, "id": written}
    assert chat.kept(written)["deleted"] == "everyone"
    for event in ("deleted", "edited", "text-quoted-reply", "reaction"):
        assert "is deleted" in chat.refused(event, message=written)


def test_only_ones_own_can_be_deleted_unless_one_is_an_admin(chat: Chat) -> None:
    sent = chat.text()
    assert "only messages of their own" in chat.refused("deleted", message=sent)
    in_group = chat.text(to=GROUP)
    assert "of their own" in chat.refused("deleted", group=GROUP, message=in_group)


def test_an_admin_deletes_for_others(make_app: MakeApp) -> None:
    chat = Chat(make_app(world=load_world("two-groups", root("fixtures"))))
    place = "120363000000000002@g.us"
    sent = chat.text(to=place)
    part = chat.does("deleted", group=place)["message"]["protocolMessage"]
    assert part["key"] == {
        "remoteJid": place, "fromMe": True, "id": sent, "participant": jid(OWN),
    }  # fmt: skip
    assert chat.kept(sent)["deleted"] == "everyone"


def test_a_forward_takes_the_text_along_and_counts(chat: Chat) -> None:
    plain = chat.does("text-forwarded")["message"]["extendedTextMessage"]
    assert plain["contextInfo"]["forwardingScore"] == 1
    sent = chat.text(to=COLLEAGUE)
    first = chat.does("text-forwarded", message=sent)
    part = first["message"]["extendedTextMessage"]
    assert part["text"] == "E este o produto?"
    again = chat.does("text-forwarded", message=first["key"]["id"])
    assert again["message"]["extendedTextMessage"]["contextInfo"] == {
        "forwardingScore": 2, "isForwarded": True,
    }  # fmt: skip
    place = chat.does("location")["key"]["id"]
    assert "is not a text" in chat.refused("text-forwarded", message=place)
    assert "unknown" in chat.refused("text-forwarded", message="3EB0")


def test_an_order_under_review_quotes_only_what_it_is_told_to(chat: Chat) -> None:
    sent = chat.text()
    assert "contextInfo" not in chat.does("interactive-order")["message"]["interactiveMessage"]
    part = chat.does("interactive-order", message=sent)["message"]["interactiveMessage"]
    assert part["contextInfo"]["stanzaId"] == sent


# -- answers -------------------------------------------------------------------------------------


def test_a_row_is_picked_from_a_list_that_was_sent(chat: Chat) -> None:
    sent = chat.menu(("opcao_1", "Vendas"), ("opcao_2", "Suporte"))
    part = chat.does("list-response", option="opcao_2")["message"]["listResponseMessage"]
    assert (part["title"], part["description"]) == ("Suporte", "x")
    assert part["singleSelectReply"] == {"selectedRowId": "opcao_2"}
    context = part["contextInfo"]
    assert (context["stanzaId"], context["participant"]) == (sent, jid(OWN))
    assert context["quotedMessage"]["listMessage"]["buttonText"] == "Abrir"
    by_title = chat.does("list-response", option="Suporte")["message"]["listResponseMessage"]
    assert by_title["singleSelectReply"] == {"selectedRowId": "opcao_2"}
    first = chat.does("list-response")["message"]["listResponseMessage"]
    assert first["singleSelectReply"] == {"selectedRowId": "opcao_1"}


def test_an_older_list_is_still_open(chat: Chat) -> None:
    old = chat.menu(("a", "Antiga"))
    new = chat.menu(("b", "Nova"))
    part = chat.does("list-response", option="a")["message"]["listResponseMessage"]
    assert part["contextInfo"]["stanzaId"] == old
    assert "'b' (Nova)" in chat.refused("list-response", option="a", message=new)


@pytest.mark.parametrize("event", ["list-response", "reaction", "text-quoted-reply"])
def test_what_never_reached_the_phone_cannot_be_acted_upon(event: str, chat: Chat) -> None:
    chat.state("blocked")
    lost = chat.menu(("a", "Vendas"))
    chat.state("reachable")
    assert chat.kept(lost)["state"] == "stopped"
    assert f"message: {lost} reached no phone: blocked" in chat.refused(event, message=lost)
    assert f"message {lost} reached no phone: blocked" in chat.refused(event)
    # What did reach it stays there.
    older = chat.menu(("b", "Suporte"))
    chat.state("blocked")
    chat.menu(("c", "Nada"))
    chat.state("reachable")
    assert older in str(chat.does(event))


def test_a_list_that_was_read_may_be_answered_after_a_lost_link(make_app: MakeApp) -> None:
    chat = Chat(make_app(switches={"ack_delays": "1,2,60"}))
    chat.menu(("a", "Vendas"))
    chat.later(1)
    lost = chat.menu(("b", "Suporte"))
    chat.later(1)
    chat.link("unlink")
    chat.link("link")
    assert [found["state"] for found in chat.control_api.items("/messages")] == ["stopped"] * 2
    assert "reached no phone: disconnected" in chat.refused("list-response", message=lost)
    part = chat.does("list-response")["message"]["listResponseMessage"]
    assert part["singleSelectReply"] == {"selectedRowId": "a"}


def test_a_list_on_its_way_to_a_phone_that_is_on_can_be_answered(make_app: MakeApp) -> None:
    """Whoever answers has it; time may stand still."""
    chat = Chat(make_app(switches={"ack_delays": "1,2,60"}))
    sent = chat.menu(("a", "Vendas"))
    assert chat.kept(sent)["state"] == "pending"
    assert chat.does("list-response")["messageType"] == "listResponseMessage"


def test_a_list_that_waited_for_the_phone_can_be_answered_once_it_is_on(chat: Chat) -> None:
    chat.state("phone_off")
    sent = chat.menu(("a", "Vendas"))
    chat.state("reachable")
    assert sent in str(chat.does("list-response"))


def test_what_the_gateway_swallowed_cannot_be_answered(chat: Chat) -> None:
    chat.control_api.post("/faults", {"fault": "accepted-undelivered", "times": 1}, status=201)
    lost = chat.menu(("a", "Vendas"))
    sentence = chat.refused("list-response", message=lost)
    assert sentence == chat.refused("text-forwarded", message=lost)
    assert f"message: {lost} reached no phone: accepted, undelivered" in sentence


def test_the_list_of_a_number_linked_before_is_answered_to_nobody(chat: Chat) -> None:
    sent = chat.menu(("a", "Vendas"))
    chat.link("unlink")
    chat.link("link", {"number": "5511900000031"})
    for named in ({}, {"message": sent}):
        assert f"was sent by {jid(OWN)}, which is not" in chat.refused("list-response", **named)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("list-response", "a list must have been sent there first"),
        ("buttons-response", "a message with reply buttons must"),
        ("template-button-reply", "a template with reply buttons must"),
        ("interactive-response", "a message with reply buttons must"),
        ("poll-vote", "a poll must"),
    ],
)
def test_nobody_answers_what_was_never_sent(chat: Chat, event: str, words: str) -> None:
    sent = chat.text()
    assert words in chat.refused(event)
    assert words in chat.refused(event, option="opcao_1", message=sent)


def test_what_was_sent_to_others_is_no_offer(chat: Chat) -> None:
    chat.menu(("a", "A"), to=COLLEAGUE)
    assert f"nothing suits in {jid(FRIEND)}" in chat.refused("list-response", option="a")


def test_an_option_nobody_offered_is_refused_with_those_that_were(chat: Chat) -> None:
    sent = chat.menu(("opcao_1", "Vendas"), ("opcao_2", "Suporte"))
    assert chat.refused("list-response", option="opcao_3") == (
        f"option: 'opcao_3' was never offered; message {sent} offers "
        "'opcao_1' (Vendas), 'opcao_2' (Suporte)"
    )


@pytest.mark.parametrize(
    ("event", "part", "field"),
    [
        ("buttons-response", "buttonsResponseMessage", "selectedButtonId"),
        ("template-button-reply", "templateButtonReplyMessage", "selectedId"),
    ],
)
def test_a_button_is_pressed(chat: Chat, event: str, part: str, field: str) -> None:
    sent = chat.buttons(("sim", "Sim"), ("nao", "Nao"))
    found = chat.does(event, option="nao")["message"][part]
    assert (found[field], found["selectedDisplayText"]) == ("nao", "Nao")
    assert found["contextInfo"]["stanzaId"] == sent
    assert "'sim' (Sim)" in chat.refused(event, option="talvez")


def test_a_button_is_answered_natively(chat: Chat) -> None:
    sent = chat.buttons(("sim", "Sim"), ("nao", "Nao"))
    part = chat.does("interactive-response", option="Nao")["message"]["interactiveResponseMessage"]
    assert part["body"]["text"] == "Nao"
    reply = part["nativeFlowResponseMessage"]
    assert (reply["name"], orjson.loads(reply["paramsJson"])) == ("quick_reply", {"id": "nao"})
    assert part["contextInfo"]["stanzaId"] == sent
    quoted = part["contextInfo"]["quotedMessage"]["interactiveMessage"]
    assert quoted["body"]["text"] == "Confirma?"


def test_buttons_that_open_something_are_no_answer(chat: Chat) -> None:
    chat.template({"type": "url", "title": "Site", "payload": "https://shop.example.test"})
    assert "must have been sent" in chat.refused("template-button-reply")


def test_a_template_of_2022_is_answered(chat: Chat) -> None:
    sent = chat.template(
        {"type": "urlButton", "title": "Site", "payload": "https://shop.example.test"},
        {"type": "replyButton", "title": "Quero", "payload": "quero"},
    )
    part = chat.does("template-button-reply")["message"]["templateButtonReplyMessage"]
    assert (part["selectedId"], part["selectedIndex"]) == ("quero", 2)
    assert part["contextInfo"]["stanzaId"] == sent


def test_a_deleted_list_is_answered_by_nobody(chat: Chat) -> None:
    sent = chat.menu(("a", "A"))
    reply = chat.app.test_client().post(
        f"/rest/chat/{KEY}/deleteMessage",
        json={"messageData": {"to": FRIEND, "key": {"remoteJid": jid(FRIEND), "fromMe": True,
                                                    "id": sent}}},
        headers=AUTH,
    )  # fmt: skip
    assert reply.get_json()["error"] is False
    assert "must have been sent" in chat.refused("list-response")


def test_a_vote_belongs_to_a_poll_of_the_chat(chat: Chat) -> None:
    poll = chat.does("poll-creation")["key"]["id"]
    part = chat.does("poll-vote", option="Tarde")["message"]["pollUpdateMessage"]
    assert part["pollCreationMessageKey"] == {
        "remoteJid": jid(FRIEND), "fromMe": False, "id": poll,
    }  # fmt: skip
    other = chat.does("poll-vote")["message"]["pollUpdateMessage"]
    assert other["vote"] != part["vote"] and len(b64decode(other["vote"]["encIv"])) == 12
    assert "'Manha', 'Tarde'" in chat.refused("poll-vote", option="Noite")


def test_a_poll_from_the_own_phone_can_be_voted_on(chat: Chat) -> None:
    content = {"pollCreationMessageV3": {"name": "?", "options": [{"optionName": "A"}],
                                         "selectableOptionsCount": 1}}  # fmt: skip
    poll = chat.does("from-me-phone", set={"message": content})["key"]["id"]
    key = chat.does("poll-vote")["message"]["pollUpdateMessage"]["pollCreationMessageKey"]
    assert key == {"remoteJid": jid(FRIEND), "fromMe": True, "id": poll}


ODD: tuple[dict[str, Any], ...] = (
    {"listMessage": {"sections": 5}},
    {"listMessage": {"sections": [5, {"rows": {}}]}},
    {"interactiveMessage": {"nativeFlowMessage": {"buttons": [{"buttonParamsJson": "{"}]}}},
    {"interactiveMessage": {"nativeFlowMessage": 1}},
    {"templateMessage": {"hydratedTemplate": {"hydratedButtons": [1, {}]}}},
    {"buttonsMessage": {"buttons": [{"buttonText": 1}]}},
    {"pollCreationMessage": []},
    {"viewOnceMessage": {"message": 1}},
)


@pytest.mark.broken_bodies
def test_odd_content_breaks_nothing(chat: Chat) -> None:
    for content in ODD:
        body = {"event": "from-me-phone", "set": {"message": content}, "force": True}
        chat.control_api.post(INBOUND, body, status=201)
        chat.control_api.post(INBOUND, {"event": "text-quoted-reply"}, status=201)
        for event in ANSWERED:
            chat.control_api.refusal("POST", INBOUND, {"event": event, "option": "x"}, status=409)


def test_only_actions_take_a_message_and_only_answers_an_option(chat: Chat) -> None:
    sent = chat.text()
    for event in ("text-plain", "image", "location", "group-text", "self-chat"):
        assert "is about no other message" in chat.refused(event, status=400, message=sent)
        assert "chooses nothing" in chat.refused(event, status=400, option="a")


# -- kinds and places ----------------------------------------------------------------------------

PLAIN = (
    "text-plain", "text-plain-lid", "text-plain-2023", "text-extended", "text-link-preview",
    "text-ad-referral", "ephemeral", "location", "live-location", "contact", "contacts-array",
    "poll-creation", "group-invite", "order", "disappearing-setting", "broadcast-list",
    "interactive-order", "text-forwarded",
)  # fmt: skip
MEDIA = {
    "image": ("image", ("imageMessage",)),
    "video": ("video", ("videoMessage",)),
    "video-note": ("video", ("ptvMessage",)),
    "audio-voice-note": ("audio", ("audioMessage",)),
    "audio-file": ("audio", ("audioMessage",)),
    "document": ("document", ("documentMessage",)),
    "document-with-caption": (
        "document", ("documentWithCaptionMessage", "message", "documentMessage"),
    ),
    "view-once": ("image", ("viewOnceMessageV2", "message", "imageMessage")),
    "sticker": ("sticker", ("stickerMessage",)),
    "group-image": ("image", ("imageMessage",)),
    "status-story": ("image", ("imageMessage",)),
}  # fmt: skip


def album(chat: Chat, **body: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The header of an album, and what followed it; all of it kept and held to the contract."""
    chat.told()
    kept = len(chat.control_api.walk("/messages"))
    chat.control_api.post(INBOUND, {"event": "album", **body}, status=201)
    assert chat.app.runtime.webhooks.courier.wait_idle(60)
    payloads = chat.told()
    events = [item["event"] for item in chat.control_api.walk("/deliveries")][-len(payloads) :]
    for event, payload in zip(events, payloads, strict=True):
        assert authority().webhook_violations(event, orjson.dumps(payload)) == []
    ids = [message["id"] for message in chat.control_api.walk("/messages")][kept:]
    assert ids == [payload["key"]["id"] for payload in payloads]
    return payloads[0], payloads[1:]


@pytest.mark.parametrize("group", [None, GROUP])
def test_an_album_is_followed_by_what_it_announces(chat: Chat, group: str | None) -> None:
    header, parts = album(chat, **({"group": group} if group else {}))
    assert header["message"]["albumMessage"] == {"expectedImageCount": 3, "expectedVideoCount": 1}
    assert [part["messageType"] for part in parts] == ["imageMessage"] * 3 + ["videoMessage"]
    assert len({part["key"]["id"] for part in (header, *parts)}) == 5
    named = {name: header["key"][name] for name in ("remoteJid", "fromMe", "id")}
    if group:
        named["participant"] = jid(FRIEND)
    for part in parts:
        assert part["key"]["remoteJid"] == header["key"]["remoteJid"]
        assert part["message"]["messageContextInfo"]["messageAssociation"] == {
            "associationType": "MEDIA_ALBUM",
            "parentMessageKey": named,
        }
        media = part["message"][part["messageType"]]
        keys = {name: media[name] for name in ("mediaKey", "directPath", "url", "mimetype")}
        body = {"messageKeys": {**keys, "messageType": part["messageType"]}}
        path = f"/rest/instance/downloadMediaMessage/{KEY}"
        reply = chat.app.test_client().post(path, json=body, headers=AUTH).get_json()
        data = b64decode(reply["data"].partition(",")[2])
        kind = part["messageType"].removesuffix("Message")
        assert data == chat.app.runtime.setup.samples.media(kind)


def test_an_album_is_as_large_as_is_set_within_bounds(chat: Chat) -> None:
    place = "message.albumMessage"
    _, parts = album(chat, set={f"{place}.expectedImageCount": 0, f"{place}.expectedVideoCount": 2})
    assert [part["messageType"] for part in parts] == ["videoMessage"] * 2
    sentence = chat.refused("album", status=400, set={f"{place}.expectedImageCount": 100})
    assert sentence == "set: an album holds at most 100 pictures and videos"


def test_every_kind_of_message_fits_its_contract(chat: Chat) -> None:
    for event in PLAIN:
        payload = chat.does(event)
        assert payload["key"]["id"] == chat.message["id"]
        assert chat.message["chat"] == jid(FRIEND)
        assert chat.kept(chat.message["id"])["content"] == payload["message"]


def test_every_kind_of_media_can_be_downloaded(chat: Chat) -> None:
    for event, (kind, path) in MEDIA.items():
        content = bytes(range(256)) + event.encode()
        part = chat.does(event, media=b64encode(content).decode())["message"]
        for step in path:
            part = part[step]
        assert part["fileLength"] == str(len(content))
        keys = {name: part[name] for name in ("mediaKey", "directPath", "url", "mimetype")}
        reply = chat.app.test_client().post(
            f"/rest/instance/downloadMediaMessage/{KEY}",
            json={"messageKeys": {**keys, "messageType": kind}},
            headers=AUTH,
        )
        assert b64decode(reply.get_json()["data"].partition(",")[2]) == content


def test_every_event_that_is_not_the_gateways_own_is_covered() -> None:
    answers = {"list-response", "buttons-response", "template-button-reply", "poll-vote",
               "interactive-response", "text-quoted-reply", "edited", "deleted", "reaction",
               "pin-in-chat", "album"}  # fmt: skip
    places = {"group-text", "group-text-first-of-sender", "text-mention", "from-me-phone",
              "self-chat", "newsletter"}  # fmt: skip
    covered = {*PLAIN, *MEDIA, *answers, *places, *CAUSED_BY_GATEWAY, *NON_MESSAGE_EVENTS}
    assert covered == set(Samples(root("fixtures")).names())


def test_the_address_may_hide_the_number(chat: Chat) -> None:
    key = chat.does("text-plain-lid")["key"]
    assert key["remoteJid"] == key["senderLid"] == "100000000000002@lid"
    assert key["senderPn"] == jid(FRIEND)


@pytest.mark.parametrize("event", ["group-text", "group-text-first-of-sender", "group-image"])
def test_group_events_find_a_group(chat: Chat, event: str) -> None:
    payload = chat.does(event)
    key = payload["key"]
    assert (key["remoteJid"], payload["isGroup"]) == (GROUP, True)
    assert (key["participant"], key["participantLid"]) == (jid(FRIEND), "100000000000002@lid")
    if event == "group-text-first-of-sender":
        part = payload["message"]["senderKeyDistributionMessage"]
        assert part["groupId"] == GROUP and payload["messageType"] == "conversation"
    refusal = chat.refused(event, **{"from": COLLEAGUE})
    assert "have no group in common" in refusal


def test_a_mention_is_of_the_instance(chat: Chat) -> None:
    part = chat.does("text-mention")["message"]["extendedTextMessage"]
    assert part["contextInfo"]["mentionedJid"] == [jid(OWN)]
    assert f"@{OWN}" in part["text"]


def test_the_owner_types_on_the_phone(chat: Chat) -> None:
    payload = chat.does("from-me-phone", OWN)
    assert payload["key"] == {
        "remoteJid": jid(FRIEND), "fromMe": True, "id": chat.message["id"],
    }  # fmt: skip
    assert payload["pushName"] == "Test Shop"
    assert (chat.message["from_me"], chat.message["sender"]) == (True, jid(OWN))
    assert chat.message["state"] == "server"
    assert chat.does("from-me-phone", to=COLLEAGUE)["key"]["remoteJid"] == jid(COLLEAGUE)
    in_group = chat.does("from-me-phone", group=GROUP)
    assert in_group["key"]["remoteJid"] == GROUP and in_group["isGroup"]
    assert chat.does("self-chat")["key"]["remoteJid"] == jid(OWN)
    photo = chat.does("from-me-phone", set={"message": {"imageMessage": {"caption": "x"}}})
    assert photo["message"]["imageMessage"]["mediaKey"]


NOT_THEIRS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("from-me-phone", {"from": FRIEND}, "is typed on the instance's own phone, 5511900000001"),
    ("self-chat", {"from": FRIEND}, "is typed on the instance's own phone"),
    ("text-plain-lid", {"from": OWN}, "text-plain-lid cannot be done on its own phone"),
    ("text-plain", {"to": FRIEND}, "only from-me-phone takes it"),
    ("from-me-phone", {"to": "5511900000099"}, "has no WhatsApp"),
    ("from-me-phone", {"group": "120363000000000009@g.us"}, "is not a group of"),
    ("newsletter", {"from": FRIEND}, "is not a channel"),
)


def test_who_cannot_do_it_is_told(chat: Chat) -> None:
    for event, body, sentence in NOT_THEIRS:
        assert sentence in chat.refused(event, status=400, **body)


def test_stories_and_channels_come_from_their_own_places(chat: Chat) -> None:
    story = chat.does("status-story")
    assert story["key"]["remoteJid"] == "status@broadcast"
    assert story["key"]["participant"] == jid(FRIEND)
    assert "senderLid" not in story["key"] and story["broadcast"] is True
    post = chat.does("newsletter")
    assert post["key"]["remoteJid"] == "120363000000000099@newsletter"
    assert post["pushName"] == "" and post["key"]["server_id"] == "101"
    other = chat.does("newsletter", "120363000000000077@newsletter")
    assert other["key"]["remoteJid"] == "120363000000000077@newsletter"


def test_what_the_gateway_causes_names_its_route(chat: Chat) -> None:
    for event, way in CAUSED_BY_GATEWAY.items():
        sentence = chat.refused(event, status=400)
        assert f"{event!r} is not something a contact does" in sentence
        assert sentence.endswith(f"the gateway causes it: {way}")


@pytest.mark.parametrize("state", ["phone_off", "blocked", "unregistered"])
def test_who_cannot_be_reached_writes_nothing(chat: Chat, state: str) -> None:
    chat.control_api.post(f"/instances/{KEY}/contacts/{FRIEND}", {"state": state})
    sentence = chat.refused("text-plain")
    assert f"is {state}: nothing comes from there" in sentence
    chat.does("text-plain", COLLEAGUE)


@pytest.mark.parametrize("generation", ["2023", "2024", "2025", "2026"])
def test_actions_fit_every_generation(make_app: MakeApp, generation: str) -> None:
    chat = Chat(make_app(switches={"payload_generation": generation}))
    chat.menu(("a", "A"))
    chat.does("list-response")
    chat.does("poll-creation")
    chat.does("poll-vote")
    chat.does("text-plain")
    events = "text-quoted-reply reaction edited deleted status-story newsletter from-me-phone"
    for event in (*events.split(), "self-chat", "group-text-first-of-sender", "call", "presence"):
        chat.does(event)


# -- what is not a message -----------------------------------------------------------------------


def test_a_contact_calls(chat: Chat) -> None:
    data = chat.does("call", COLLEAGUE)["data"]
    assert (data["from"], data["chatId"]) == (jid(COLLEAGUE), jid(COLLEAGUE))
    assert (data["date"], data["status"]) == ("2026-01-01T00:00:00.000Z", "offer")
    again = chat.does("call", option="reject", group=GROUP, set={"data.isVideo": True})["data"]
    assert (again["status"], again["groupJid"], again["isVideo"]) == ("reject", GROUP, True)
    assert again["id"] != data["id"]
    assert chat.message == {"instance": KEY, "event": "call", "time": START}
    assert chat.control_api.items("/messages") == []


def test_a_contact_is_typing(chat: Chat) -> None:
    payload = chat.does("presence", option="recording")
    assert payload["id"] == jid(FRIEND)
    shown = {"lastKnownPresence": "recording", "lastSeen": int(START)}
    assert payload["presences"] == {jid(FRIEND): shown}
    assert chat.does("presence", group=GROUP)["id"] == GROUP


def members(chat: Chat, group: str = GROUP) -> dict[str, str | None]:
    reply = chat.app.test_client().get(f"/rest/group/{KEY}/group/?jid={group}", headers=AUTH)
    return {who["id"]: who["admin"] for who in reply.get_json()["group"]["participants"]}


def test_contacts_join_and_leave_groups(chat: Chat) -> None:
    joined = chat.does("group-participants", COLLEAGUE, group=GROUP)
    assert (joined["author"], joined["participants"], joined["action"]) == (
        jid(COLLEAGUE), [jid(COLLEAGUE)], "add",
    )  # fmt: skip
    assert jid(COLLEAGUE) in members(chat)
    chat.does("group-text", COLLEAGUE)
    chat.does("group-participants", COLLEAGUE, group=GROUP, option="remove")
    assert jid(COLLEAGUE) not in members(chat)


def test_admins_act_on_others_the_instance_included(make_app: MakeApp) -> None:
    chat = Chat(make_app(world=load_world("two-groups", root("fixtures"))))
    place = "120363000000000002@g.us"
    done = chat.does("group-participants", group=place, option="promote", to=OWN)
    assert (done["participants"], done["action"]) == ([jid(OWN)], "promote")
    assert members(chat, place)[jid(OWN)] == "admin"
    chat.does("group-participants", group=place, option="demote", to=OWN)
    assert members(chat, place)[jid(OWN)] is None
    chat.does("group-participants", group=place, option="add", to="5511900000006")
    chat.does("group-participants", group=place, option="remove", to=OWN)
    reply = chat.app.test_client().get(f"/rest/group/{KEY}/group/?jid={place}", headers=AUTH)
    assert reply.status_code == 404


def test_a_member_renames_the_group(chat: Chat) -> None:
    payload = chat.does("group-update", group=GROUP, set={"subject": "Equipe Nova"})
    assert (payload["subject"], payload["author"]) == ("Equipe Nova", jid(FRIEND))
    reply = chat.app.test_client().get(f"/rest/group/{KEY}/group/?jid={GROUP}", headers=AUTH)
    assert reply.get_json()["group"]["subject"] == "Equipe Nova"
    assert chat.does("group-update", group=GROUP)["subject"] == "Novo nome do grupo"


def test_an_admin_changes_what_members_may_not(make_app: MakeApp) -> None:
    chat = Chat(make_app(world=load_world("two-groups", root("fixtures"))))
    payload = chat.does("group-update", group="120363000000000002@g.us", set={"announce": True})
    assert payload["announce"] is True and "subject" not in payload


ANNOUNCEMENTS = "120363000000000002@g.us"


@pytest.fixture
def announcements(make_app: MakeApp) -> Chat:
    """A contact is the admin of a group in which the instance is, and only admins write."""
    chat = Chat(make_app(world=load_world("two-groups", root("fixtures"))))
    chat.does("group-update", group=ANNOUNCEMENTS, set={"announce": True})
    return chat


def test_where_only_admins_write_a_member_writes_nothing(announcements: Chat) -> None:
    for person in (COLLEAGUE, OWN):
        body = {"from": person, "group": ANNOUNCEMENTS}
        assert "only admins write there" in announcements.refused("group-text", **body)
    assert announcements.does("group-text", group=ANNOUNCEMENTS)["key"]["remoteJid"]


def test_where_only_admins_write_everybody_reacts(announcements: Chat) -> None:
    payload = announcements.does("group-text", group=ANNOUNCEMENTS)
    reaction = announcements.does(
        "reaction", COLLEAGUE, group=ANNOUNCEMENTS, message=payload["key"]["id"]
    )
    assert reaction["messageType"] == "reactionMessage"


def test_where_only_admins_write_a_members_send_stops(announcements: Chat) -> None:
    message = announcements.kept(announcements.text(to=ANNOUNCEMENTS))
    assert (message["state"], message["reason"]) == ("stopped", "only admins write there")


IMPOSSIBLE: tuple[tuple[str, dict[str, Any], int, str], ...] = (
    ("call", {"option": "maybe"}, 400, "is not one of offer"),
    ("call", {"media": "aGk="}, 400, "is not a message"),
    ("presence", {"message": "3EB0"}, 400, "is not a message"),
    ("presence", {"group": "120363000000000009@g.us"}, 400, "is not a group of"),
    ("group-update", {"group": GROUP, "option": "x"}, 400, "option: group-update"),
    ("group-update", {}, 400, "give its JID"),
    ("group-update", {"group": GROUP, "from": COLLEAGUE}, 409, "is not a participant of"),
    ("group-update", {"group": GROUP, "set": {"restrict": True}}, 409, "is not an admin of"),
    ("group-update", {"group": GROUP, "set": {"subject": 5}}, 400, "subject must be a string"),
    ("group-participants", {}, 400, "give its JID"),
    ("group-participants", {"group": GROUP}, 409, "is in 120363000000000001@g.us:"),
    ("group-participants", {"group": GROUP, "to": COLLEAGUE}, 409, "is not an admin of"),
    ("group-participants", {"group": GROUP, "option": "promote"}, 409, "is not an admin of"),
    (
        "group-participants",
        {"group": GROUP, "from": COLLEAGUE, "option": "remove"},
        409,
        "is not in",
    ),
    ("group-participants", {"group": GROUP, "to": "5511900000099"}, 400, "has no WhatsApp"),
)


def test_what_cannot_happen_is_said(chat: Chat) -> None:
    for event, body, status, sentence in IMPOSSIBLE:
        assert sentence in chat.refused(event, status=status, **body)


def test_own_changes_of_groups_are_told_where_the_switch_says_so(make_app: MakeApp) -> None:
    chat = Chat(make_app(switches={"group_events": "on"}))
    for operation in ("addParticipants", "removeParticipants"):
        data = {"jid": GROUP, "participants": [COLLEAGUE, "5511900000099"]}
        reply = chat.app.test_client().post(
            f"/rest/group/{KEY}/{operation}", json={"group_data": data}, headers=AUTH
        )
        assert reply.get_json()["error"] is False
    assert chat.app.runtime.webhooks.courier.wait_idle(60)
    told = chat.told()
    assert [(one["action"], one["participants"]) for one in told] == [
        ("add", [jid(COLLEAGUE)]), ("remove", [jid(COLLEAGUE)]),
    ]  # fmt: skip
    for payload in told:
        body = orjson.dumps(payload)
        assert chat.authority.webhook_violations("group-participants", body) == []


def test_typing_comes_before_writing_where_the_switch_says_so(make_app: MakeApp) -> None:
    chat = Chat(make_app(switches={"presence_events": "on"}))
    chat.control_api.post(INBOUND, {"event": "text-plain"}, status=201)
    chat.control_api.post(INBOUND, {"event": "group-text"}, status=201)
    assert chat.app.runtime.webhooks.courier.wait_idle(60)
    types = [payload["messageType"] for payload in chat.told()]
    assert types == ["presence.update", "conversation", "conversation"]
