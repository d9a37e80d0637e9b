"""Who is met under a LID is so in everything that names them, per payload generation."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from megaapi_mock.domain.world import World
from megaapi_mock.errors import WorldError
from megaapi_mock.simulation.message_origin import PHONE
from megaapi_mock.worlds.load import read_world

from ..conftest import MakeApp
from ..simulation.test_contact_actions import Chat, jid
from ..support import AUTH, KEY

ANA, BIA, CAIO, OWN = "5511900000002", "5511900000008", "5511900000006", "5511900000001"
GROUP, LID_GROUP = "120363000000000001@g.us", "120363000000000002@g.us"
IN_GROUPS = ("group-text", "group-image", "text-mention", "group-text-first-of-sender")
EVENTS = (
    "text-plain", "text-extended", "text-link-preview", "text-forwarded", "text-ad-referral",
    "ephemeral", "image", "video", "video-note", "audio-voice-note", "audio-file", "document",
    "document-with-caption", "sticker", "location", "live-location", "contact", "contacts-array",
    "poll-creation", "disappearing-setting", "view-once", "group-invite", "interactive-order",
    "order", "broadcast-list", "reaction", "text-quoted-reply", "pin-in-chat", "edited", "deleted",
)  # fmt: skip


def lid(number: str) -> str:
    return f"1000000000{number[-5:]}@lid"


def world(**more: Any) -> World:
    """Ana is met under a LID, Bia's number is hidden, Caio is met by number."""
    people = [OWN, ANA, BIA, CAIO]
    members = [{"number": number, "admin": None} for number in people]
    members[0]["admin"] = "superadmin"
    return read_world(
        {
            "instances": [
                {"key": KEY, "token": "TESTKEY0001", "number": OWN, "lid": lid(OWN),
                 "connected": True}
            ],
            "contacts": [
                {"number": ANA, "name": "Ana", "lid": lid(ANA), "addressing": "lid"},
                {"number": BIA, "name": "Bia", "lid": lid(BIA), "number_hidden": True},
                {"number": CAIO, "name": "Caio", "lid": lid(CAIO), "addressing": "phone"},
            ],
            "groups": [
                {"jid": GROUP, "subject": "Equipe", "owner": OWN, "participants": members},
                {"jid": LID_GROUP, "subject": "Novo", "owner": OWN, "participants": members,
                 "addressing": "lid"},
            ],
            **more,
        }
    )  # fmt: skip


def rest(chat: Chat, method: str, path: str, body: Any = None) -> Any:
    reply = chat.app.test_client().open(f"/rest/{path}", method=method, json=body, headers=AUTH)
    assert reply.status_code == 200, reply.headers.get("X-Mock-Reason")
    return reply.get_json()


@pytest.fixture
def chat(make_app: MakeApp) -> Chat:
    return Chat(make_app(world=world()))


def prepared(chat: Chat, event: str, who: str) -> None:
    """Whatever the event is about is there."""
    if event in ("reaction", "text-quoted-reply", "pin-in-chat"):
        chat.text(to=who)
    elif event in ("edited", "deleted"):
        chat.does("text-plain", who)


@pytest.mark.parametrize("event", EVENTS)
def test_every_kind_of_message_names_the_lid_and_the_number(chat: Chat, event: str) -> None:
    prepared(chat, event, ANA)
    payload = chat.does(event, ANA)
    assert list(payload["key"])[:2] == ["remoteJid", "fromMe"]
    assert payload["key"]["remoteJid"] == payload["key"]["senderLid"] == lid(ANA)
    assert payload["key"]["senderPn"] == jid(ANA)
    assert payload["isGroup"] is False
    # The number stands in senderPn alone: nothing in the content names another address.
    assert jid(ANA) not in orjson.dumps(payload["message"]).decode()


@pytest.mark.parametrize("event", EVENTS)
def test_a_hidden_number_is_told_nowhere(chat: Chat, event: str) -> None:
    prepared(chat, event, BIA)
    payload = chat.does(event, BIA)
    assert payload["key"]["remoteJid"] == payload["key"]["senderLid"] == lid(BIA)
    assert BIA not in orjson.dumps(payload).decode()


@pytest.mark.parametrize("event", EVENTS)
def test_whoever_is_met_by_number_stays_so(chat: Chat, event: str) -> None:
    prepared(chat, event, CAIO)
    key = chat.does(event, CAIO)["key"]
    assert (key["remoteJid"], key["senderLid"]) == (jid(CAIO), lid(CAIO))
    assert "senderPn" not in key


@pytest.mark.parametrize("event", [*EVENTS, *IN_GROUPS])
@pytest.mark.parametrize("generation", ["2023", "2024", "2025"])
def test_older_payloads_name_by_number_whose_number_is_known(
    make_app: MakeApp, event: str, generation: str
) -> None:
    chat = Chat(make_app(world=world(), switches={"payload_generation": generation}))
    prepared(chat, event, ANA)
    payload = chat.does(event, ANA)
    assert b"@lid" not in orjson.dumps(payload)
    assert jid(ANA) in (payload["key"]["remoteJid"], payload["key"].get("participant"))
    prepared(chat, event, BIA)
    payload = chat.does(event, BIA)
    assert BIA not in orjson.dumps(payload).decode()
    assert lid(BIA) in (payload["key"]["remoteJid"], payload["key"].get("participant"))


@pytest.mark.parametrize("generation", ["2023", "2024", "2025"])
def test_older_echoes_and_receipts_name_by_number_whose_number_is_known(
    make_app: MakeApp, generation: str
) -> None:
    switches = {"payload_generation": generation, "group_acks": "each"}
    chat = Chat(make_app(world=world(), switches=switches))
    for to, named in ((ANA, jid(ANA)), (lid(ANA), jid(ANA)), (lid(BIA), lid(BIA))):
        chat.told()
        sent = chat.text(to=to)
        keys = [post["key"] for post in chat.told()]
        assert keys == [{"remoteJid": named, "fromMe": True, "id": sent}] * 4
    chat.text(to=GROUP)
    people = {post["key"].get("participant") for post in chat.told()}
    assert people == {None, jid(ANA), lid(BIA), jid(CAIO)}


@pytest.mark.parametrize("generation", ["2023", "2024", "2025"])
def test_older_group_lists_name_by_number_whose_number_is_known(
    make_app: MakeApp, generation: str
) -> None:
    chat = Chat(make_app(world=world(), switches={"payload_generation": generation}))
    for group in rest(chat, "GET", f"group/list/{KEY}")["groups"]:
        assert [member["id"] for member in group["participants"]] == [
            jid(OWN), jid(ANA), lid(BIA), jid(CAIO),
        ]  # fmt: skip
        assert not any("phoneNumber" in member for member in group["participants"])
        path = f"group/{KEY}/group?jid={group['id']}"
        assert rest(chat, "GET", path)["group"] == group


@pytest.mark.parametrize("event", IN_GROUPS)
def test_in_a_group_everybody_is_named_as_they_are_met(chat: Chat, event: str) -> None:
    key = chat.does(event, ANA, group=GROUP)["key"]
    assert (key["participant"], key["participantPn"]) == (lid(ANA), jid(ANA))
    assert "participantLid" not in key
    key = chat.does(event, BIA, group=GROUP)["key"]
    assert key["participant"] == lid(BIA) and "participantPn" not in key
    key = chat.does(event, CAIO, group=GROUP)["key"]
    assert (key["participant"], key["participantLid"]) == (jid(CAIO), lid(CAIO))


def test_a_group_may_name_everybody_by_lid(chat: Chat) -> None:
    payload = chat.does("text-mention", CAIO, group=LID_GROUP)
    assert payload["key"]["participant"] == lid(CAIO)
    assert payload["key"]["participantPn"] == jid(CAIO)
    part = payload["message"]["extendedTextMessage"]
    assert part["contextInfo"]["mentionedJid"] == [lid(OWN)]
    assert part["text"] == f"@{lid(OWN).partition('@')[0]} pode ver?"


def test_group_lists_say_how_everybody_is_met(chat: Chat) -> None:
    listed = {group["id"]: group for group in rest(chat, "GET", f"group/list/{KEY}")["groups"]}
    assert [member["id"] for member in listed[GROUP]["participants"]] == [
        jid(OWN), lid(ANA), lid(BIA), jid(CAIO),
    ]  # fmt: skip
    assert [member.get("phoneNumber") for member in listed[GROUP]["participants"]] == [
        None, jid(ANA), None, None,
    ]  # fmt: skip
    assert [member["id"] for member in listed[LID_GROUP]["participants"]] == [
        lid(OWN), lid(ANA), lid(BIA), lid(CAIO),
    ]  # fmt: skip
    assert listed[LID_GROUP]["owner"] == lid(OWN)
    path = f"group/{KEY}/group?jid={LID_GROUP}"
    assert rest(chat, "GET", path)["group"] == listed[LID_GROUP]


def test_echoes_and_receipts_name_the_lid(chat: Chat) -> None:
    for to in (ANA, jid(ANA), lid(ANA)):
        chat.told()
        sent = chat.text(to=to)
        echo, *receipts = chat.told()
        assert echo["key"] == {
            "remoteJid": lid(ANA), "fromMe": True, "id": sent,
            "senderLid": lid(ANA), "senderPn": jid(ANA),
        }  # fmt: skip
        assert [post["key"] for post in receipts] == [
            {"remoteJid": lid(ANA), "id": sent, "fromMe": True}
        ] * 3


def test_receipts_of_a_group_name_the_lid(make_app: MakeApp) -> None:
    chat = Chat(make_app(world=world(), switches={"group_acks": "each"}))
    chat.text(to=GROUP)
    people = {post["key"].get("participant") for post in chat.told()}
    assert people == {None, lid(ANA), lid(BIA), jid(CAIO)}


@pytest.mark.parametrize("event", sorted(PHONE - {"group-text", "group-image", "album"}))
def test_what_the_owner_does_on_the_phone_names_the_lid(chat: Chat, event: str) -> None:
    prepared(chat, "reaction", BIA)
    chat.told()
    body = {"event": event, "from": OWN, "to": BIA}
    chat.control_api.post(f"/instances/{KEY}/inbound", body, status=201)
    (payload,) = chat.told()
    assert payload["key"]["remoteJid"] == lid(BIA)
    assert BIA not in orjson.dumps(payload).decode()


def test_both_sides_of_a_private_chat_are_named_alike(chat: Chat) -> None:
    sent = chat.text(to=ANA)
    context = chat.does("text-quoted-reply", ANA, message=sent)
    assert context["message"]["extendedTextMessage"]["contextInfo"]["participant"] == lid(OWN)
    sent = chat.text(to=CAIO)
    context = chat.does("text-quoted-reply", CAIO, message=sent)
    assert context["message"]["extendedTextMessage"]["contextInfo"]["participant"] == jid(OWN)
    reaction = chat.does("reaction", ANA)["message"]["reactionMessage"]
    assert reaction["key"]["remoteJid"] == lid(ANA)


def test_calls_and_presence_name_the_lid(chat: Chat) -> None:
    call = chat.does("call", ANA)["data"]
    assert (call["chatId"], call["from"]) == (lid(ANA), lid(ANA))
    shown = chat.does("presence", BIA)
    assert shown["id"] == lid(BIA) and [*shown["presences"]] == [lid(BIA)]


def test_presence_before_a_message_names_the_lid(make_app: MakeApp) -> None:
    chat = Chat(make_app(world=world(), switches={"presence_events": "on"}))
    chat.control_api.post(f"/instances/{KEY}/inbound", {"from": ANA}, status=201)
    shown, _ = chat.told()
    assert shown["id"] == lid(ANA) and [*shown["presences"]] == [lid(ANA)]


def test_stories_name_the_lid(chat: Chat) -> None:
    key = chat.does("status-story", ANA)["key"]
    assert (key["participant"], key["participantPn"]) == (lid(ANA), jid(ANA))


def test_changes_of_a_group_name_the_lid(make_app: MakeApp) -> None:
    chat = Chat(make_app(world=world(), switches={"group_events": "on"}))
    left = chat.does("group-participants", ANA, group=GROUP, option="remove")
    assert (left["author"], left["authorPn"]) == (lid(ANA), jid(ANA))
    assert left["participants"] == [lid(ANA)]
    renamed = chat.does("group-update", BIA, group=GROUP)
    assert renamed["author"] == lid(BIA)
    chat.told()
    body = {"group_data": {"jid": GROUP, "participants": [ANA]}}
    done = rest(chat, "POST", f"group/{KEY}/addParticipants", body)
    assert done["updatedParticipants"][0][0]["jid"] == lid(ANA)
    (added,) = chat.told()
    assert added["participants"] == [lid(ANA)]


@pytest.mark.parametrize(
    ("mode", "met"),
    [
        ("phone", {ANA: False, "5511900000007": False}),
        ("lid", {ANA: True, "5511900000007": True}),
        ("mixed", {ANA: True, "5511900000007": False}),
    ],
)
def test_a_switch_says_it_for_the_whole_world(
    make_app: MakeApp, mode: str, met: dict[str, bool]
) -> None:
    chat = Chat(make_app(switches={"addressing": mode}))
    for number, hidden in met.items():
        key = chat.does("text-plain", number)["key"]
        assert key["remoteJid"].endswith("@lid") == hidden
        assert key.get("senderPn") == (jid(number) if hidden else None)
        shown = chat.control_api.get(f"/instances/{KEY}/contacts/{number}")
        assert shown["addressing"] == ("lid" if hidden else "phone")


def test_the_own_chat_follows_the_switch(make_app: MakeApp) -> None:
    chat = Chat(make_app(switches={"addressing": "lid"}))
    payload = chat.does("self-chat")
    assert payload["key"]["remoteJid"] == payload["lid"] == "100000000000001@lid"
    assert payload["jid"] == jid(OWN)


def test_what_a_bot_answers_to_a_lid_arrives(chat: Chat) -> None:
    key = chat.does("text-plain", BIA)["key"]
    chat.text(to=key["remoteJid"])
    (sent,) = [each for each in chat.control_api.walk("/messages") if each["from_me"]]
    assert (sent["chat"], sent["state"]) == (jid(BIA), "read")


def test_a_saved_state_keeps_who_is_met_how(chat: Chat, make_app: MakeApp) -> None:
    other = Chat(make_app())
    other.control_api.put("/state", chat.control_api.get("/state"))
    other.app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(
        "http://127.0.0.1:9/hook"))  # fmt: skip
    assert other.does("text-plain", BIA)["key"]["remoteJid"] == lid(BIA)
    assert other.does("text-mention", CAIO, group=LID_GROUP)["key"]["participant"] == lid(CAIO)


@pytest.mark.parametrize(
    ("person", "place"),
    [
        ({"lid": "100000000000009@lid", "addressing": "phone"}, "contacts/0/addressing"),
        ({"number": ANA, "addressing": "phone", "number_hidden": True}, "contacts/0/addressing"),
        ({"number": ANA, "addressing": "both"}, "contacts/0/addressing"),
        ({"number": ANA, "whatsapp": False, "number_hidden": True}, "contacts/0/number_hidden"),
    ],
)
def test_contradictions_are_named(person: dict[str, Any], place: str) -> None:
    with pytest.raises(WorldError, match=place):
        read_world({"contacts": [person]})
