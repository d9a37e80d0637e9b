"""What contacts do to messages that are there: filled into the sample's content, or refused.

`simulation/test_contact_actions.py` has the same through the control API, with every webhook.
"""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from megaapi_mock.domain.contact_actions import ACTIONS, Action, act, names_its_chat, with_album
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.message import Content, Message
from megaapi_mock.domain.message_states import DELIVERED, READ, STOPPED
from megaapi_mock.domain.scene import Scene
from megaapi_mock.errors import Conflict, Invalid
from megaapi_mock.resources import root

from .conftest import FRIEND, add_group, add_message

ANA, BIA = Jid.parse(FRIEND), Jid.parse("5511900000003")
ROWS = [{"rowId": "um", "title": "Um", "description": "o 1"}, {"rowId": "dois", "title": "Dois"}]
LIST = {"listMessage": {"sections": [{"rows": ROWS}]}}
POLL = {"pollCreationMessage": {"name": "?", "options": [{"optionName": "Sim"}]}}


def sample(event: str) -> Content:
    """The content of the event's sample."""
    text = (root("fixtures") / "webhooks" / f"{event}.json").read_bytes()
    content: Content = orjson.loads(text)["message"]
    return content


def does(instance: Instance, event: str, **fields: Any) -> Action:
    scene = Scene(instance, fields.pop("chat", ANA), fields.pop("author", ANA), "NEW", **fields)
    return act(event, scene, sample(event))


def refusal(instance: Instance, event: str, **fields: Any) -> str:
    with pytest.raises((Conflict, Invalid)) as refused:
        does(instance, event, **fields)
    return str(refused.value)


def content(part: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The fields of a message with this content, as Ana has it on her phone."""
    own = {"type": next(iter(part)), "content": json.dumps(part).encode(), "state": READ}
    return {**own, **fields}


def theirs(instance: Instance, part: dict[str, Any]) -> Message:
    """A message of Ana's own."""
    return add_message(instance, "THEIRS", **content(part, from_me=False, state=DELIVERED))


def test_what_is_about_no_message_names_none(instance: Instance) -> None:
    sentence = refusal(instance, "text-plain", message="ONE")
    assert sentence.startswith("message: text-plain is about no other message; text-quoted-reply")
    sentence = refusal(instance, "reaction", choice="1")
    assert sentence.startswith("option: reaction chooses nothing; list-response, ")


def test_a_quote_has_the_message_without_what_that_quotes(instance: Instance) -> None:
    part = {"extendedTextMessage": {"text": "oi", "contextInfo": {"stanzaId": "OLD"}}}
    add_message(instance, "ONE", **content(part))
    context = does(instance, "text-quoted-reply").content["extendedTextMessage"]["contextInfo"]
    assert context == {
        "stanzaId": "ONE",
        "participant": instance.own_jid,
        "quotedMessage": {"extendedTextMessage": {"text": "oi"}},
    }


@pytest.mark.parametrize(("before", "after"), [(None, 1), (4, 5), ("odd", 1), (True, 1)])
def test_a_forward_has_the_text_with_its_score_one_higher(
    instance: Instance, before: Any, after: int
) -> None:
    context = {"forwardingScore": before}
    text = {"extendedTextMessage": {"text": "leia", "contextInfo": context}}
    add_message(instance, "ONE", **content(text, chat=BIA))
    part = does(instance, "text-forwarded", message="ONE").content["extendedTextMessage"]
    assert (part["text"], part["contextInfo"]["forwardingScore"]) == ("leia", after)


def test_a_forward_is_of_a_text_that_came_to_a_phone(instance: Instance) -> None:
    assert does(instance, "text-forwarded").content == sample("text-forwarded")
    add_message(instance, "PLAIN", **content({"conversation": "oi"}))
    forwarded = does(instance, "text-forwarded", message="PLAIN").content
    assert forwarded["extendedTextMessage"]["text"] == "oi"
    add_message(instance, "IMAGE", **content({"imageMessage": {}}))
    assert refusal(instance, "text-forwarded", message="IMAGE").endswith("takes texts")
    add_message(instance, "LOST", state=STOPPED, reason="blocked")
    assert refusal(instance, "text-forwarded", message="LOST").endswith("no phone: blocked")
    assert "is unknown to" in refusal(instance, "text-forwarded", message="GONE")


def test_a_mention_is_of_the_instance(instance: Instance) -> None:
    part = does(instance, "text-mention").content["extendedTextMessage"]
    assert part["contextInfo"]["mentionedJid"] == [instance.own_jid]
    assert part["text"].startswith(f"@{instance.own_jid.user} ")


@pytest.mark.parametrize(
    ("before", "edited"),
    [
        ({"conversation": "antes"}, {"conversation"}),
        ({"imageMessage": {"caption": "antes"}}, {"imageMessage"}),
    ],
)
def test_an_edit_is_of_ones_own_text_or_caption(
    instance: Instance, before: dict[str, Any], edited: set[str]
) -> None:
    message = theirs(instance, before)
    add_message(instance, "LATER", **content({"conversation": "da loja"}))
    action = does(instance, "edited")
    part = action.content["protocolMessage"]
    assert part["key"]["id"] == message.id and set(part["editedMessage"]) == edited
    assert action.then is not None
    action.then(action.content)
    assert b"antes" not in instance.messages[message.id].content


def test_nobody_edits_what_others_wrote_or_what_has_no_text(instance: Instance) -> None:
    theirs(instance, {"stickerMessage": {}})
    add_message(instance, "LATER", **content({"conversation": "da loja"}))
    assert f"{ANA} can edit only texts and captions of their own" in refusal(instance, "edited")


def test_authors_delete_their_own_and_admins_everybodys(instance: Instance) -> None:
    add_message(instance, "OURS", **content({"conversation": "da loja"}))
    assert f"{ANA} can delete only messages of their own" in refusal(instance, "deleted")
    message = theirs(instance, {"conversation": "oi"})
    action = does(instance, "deleted")
    assert action.then is not None
    action.then(action.content)
    assert instance.messages[message.id].deleted == "everyone"
    group = add_group(instance, FRIEND)
    instance.state.group_table.put(group.jid, group.with_admin(ANA))
    add_message(instance, "GROUP", **content({"conversation": "oi"}, chat=group.jid))
    key = does(instance, "deleted", chat=group.jid).content["protocolMessage"]["key"]
    assert key["id"] == "GROUP"


@pytest.mark.parametrize(
    ("event", "part"), [("reaction", "reactionMessage"), ("pin-in-chat", "pinInChatMessage")]
)
def test_reactions_and_pins_name_the_newest_message(
    instance: Instance, event: str, part: str
) -> None:
    add_message(instance, "ONE", **content({"conversation": "oi"}))
    instance.now += 1
    filled = does(instance, event).content[part]
    assert filled["key"]["id"] == "ONE"
    assert filled["senderTimestampMs"] == str(int(instance.now * 1000))


def test_an_order_quotes_only_what_is_named(instance: Instance) -> None:
    add_message(instance, "ONE", **content({"conversation": "oi"}))
    assert "contextInfo" not in does(instance, "interactive-order").content["interactiveMessage"]
    named = does(instance, "interactive-order", message="ONE").content["interactiveMessage"]
    assert named["contextInfo"]["stanzaId"] == "ONE"


def test_a_row_is_picked_by_id_title_or_as_the_first(instance: Instance) -> None:
    add_message(instance, "ONE", **content(LIST))
    picked = [
        does(instance, "list-response", choice=name).content["listResponseMessage"]
        for name in (None, "um", "Dois")
    ]
    assert [part["singleSelectReply"]["selectedRowId"] for part in picked] == ["um", "um", "dois"]
    assert [part.get("description") for part in picked] == ["o 1", "o 1", None]
    assert picked[0]["contextInfo"]["stanzaId"] == "ONE"


def test_an_option_of_an_older_list_can_still_be_picked(instance: Instance) -> None:
    add_message(instance, "OLD", **content(LIST))
    newer = {"listMessage": {"sections": [{"rows": [{"rowId": "tres", "title": "Três"}]}]}}
    add_message(instance, "NEW", **content(newer))
    part = does(instance, "list-response", choice="um").content["listResponseMessage"]
    assert part["contextInfo"]["stanzaId"] == "OLD"
    sentence = refusal(instance, "list-response", choice="um", message="NEW")
    assert sentence == "option: 'um' was never offered; message NEW offers 'tres' (Três)"


BUTTONS = [{"buttonId": "b1", "buttonText": {"displayText": "Sim"}}]
QUICK = [{"name": "quick_reply", "buttonParamsJson": '{"id":"q1","display_text":"Sim"}'}]
HYDRATED = [{"quickReplyButton": {"id": "t1", "displayText": "Sim"}}]
MENUS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "buttons-response": (
        {"buttonsMessage": {"buttons": BUTTONS}},
        ("buttonsResponseMessage", "selectedButtonId", "b1"),
    ),
    "template-button-reply": (
        {"templateMessage": {"hydratedTemplate": {"hydratedButtons": HYDRATED}}},
        ("templateButtonReplyMessage", "selectedId", "t1"),
    ),
}


@pytest.mark.parametrize("event", MENUS)
def test_a_button_is_pressed_with_its_id(instance: Instance, event: str) -> None:
    part, (key, field, choice) = MENUS[event]
    add_message(instance, "ONE", **content(part))
    pressed = does(instance, event, choice="Sim").content[key]
    assert (pressed[field], pressed["selectedDisplayText"]) == (choice, "Sim")
    assert pressed["contextInfo"]["stanzaId"] == "ONE"


def test_a_native_reply_has_its_id_as_json(instance: Instance) -> None:
    part = {"interactiveMessage": {"nativeFlowMessage": {"buttons": QUICK}}}
    add_message(instance, "ONE", **content(part))
    reply = does(instance, "interactive-response").content["interactiveResponseMessage"]
    assert reply["body"]["text"] == "Sim"
    assert json.loads(reply["nativeFlowResponseMessage"]["paramsJson"]) == {"id": "q1"}


def test_rows_are_answered_to_who_sent_them_and_polls_may_be_anybodys(instance: Instance) -> None:
    theirs(instance, LIST)
    assert "a list must have been sent there first" in refusal(instance, "list-response")
    add_message(instance, "POLL", **content(POLL, from_me=False, state=DELIVERED))
    first, second = (does(instance, "poll-vote").content["pollUpdateMessage"] for _ in range(2))
    assert first["pollCreationMessageKey"]["id"] == "POLL"
    assert first["vote"]["encPayload"] != second["vote"]["encPayload"]


def test_a_phone_without_buttons_chooses_nothing_but_votes(instance: Instance) -> None:
    add_message(instance, "ONE", **content(LIST))
    add_message(instance, "POLL", **content(POLL))
    instance.state.without_buttons.put(ANA, True)
    assert "shows no lists and no buttons" in refusal(instance, "list-response")
    assert does(instance, "poll-vote").content["pollUpdateMessage"]
    # The owner's own phone shows them.
    add_message(instance, "ONE", **content(LIST))
    assert does(instance, "list-response", is_by_owner=True).content["listResponseMessage"]


def test_contents_of_their_own_name_chat_owner_and_moment(instance: Instance) -> None:
    instance.now = 1_700_000_000.0
    order = does(instance, "order").content["orderMessage"]
    assert order["sellerJid"] == instance.own_jid
    invite = does(instance, "group-invite").content["groupInviteMessage"]
    assert invite["inviteExpiration"] == str(1_700_000_000 + 3 * 86_400)
    setting = does(instance, "disappearing-setting").content["protocolMessage"]
    assert setting["key"] == {"remoteJid": ANA, "fromMe": False, "id": "NEW"}
    assert does(instance, "text-plain") == Action(sample("text-plain"))


def test_only_such_contents_name_their_chat() -> None:
    named = ("order", "group-invite", "disappearing-setting")
    assert all(names_its_chat(sample(event)) for event in named)
    assert not any(names_its_chat(sample(event)) for event in ("text-plain", "edited"))
    assert names_its_chat({"senderKeyDistributionMessage": {}})
    assert "text-plain" not in ACTIONS


def test_one_of_an_album_names_it_beside_all_else(instance: Instance) -> None:
    album = add_message(instance, "ALBUM")
    image = {"imageMessage": {}, "messageContextInfo": {"deviceListMetadata": {}}}
    info = with_album(image, album)["messageContextInfo"]
    assert info["messageAssociation"]["parentMessageKey"]["id"] == "ALBUM"
    assert "deviceListMetadata" in info and "messageAssociation" not in image["messageContextInfo"]
