"""Instances of one mock write to each other: arrival, acks, media, groups, and who is away."""

from __future__ import annotations

import threading
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import pytest
from megaapi_mock.resources import root
from megaapi_mock.web.app import MockApp
from megaapi_mock.worlds.load import load_world, read_world

from ..conftest import MakeApp
from ..support import RecordingTransport
from ..switchboard import Switchboard, key_of

DESK, FIELD, NIGHT = "5511900000001", "5511900000003", "5511900000005"
ALL, CASE = "120363000000000001@g.us", "120363000000000002@g.us"
SERVER = "@s.whatsapp.net"
Open = Callable[..., Switchboard]


@pytest.fixture
def opened(make_app: MakeApp) -> Open:
    """The support desk: three linked instances, in one group all three, in another two."""

    def open_(**switches: str) -> Switchboard:
        world = load_world("support-desk", root("fixtures"))
        return Switchboard(make_app(world=world, switches=switches), 3)

    return open_


@pytest.fixture
def desk(opened: Open) -> Switchboard:
    return opened()


def inbound(board: Switchboard, number: int) -> list[dict[str, Any]]:
    """The messages of others the instance was told of."""
    return [post for post in board.told(number) if "message" in post and is_others(post)]


def is_others(post: dict[str, Any]) -> bool:
    return "key" in post and post["key"]["fromMe"] is False


# -- from one to the other ---------------------------------------------------------------------


def test_a_text_arrives_as_the_other_ones_inbound(desk: Switchboard) -> None:
    sent = desk.send(1, FIELD, "Chamado novo")
    [post] = inbound(desk, 2)
    assert post["key"] == {
        "remoteJid": f"{DESK}{SERVER}",
        "fromMe": False,
        "id": sent,
        "senderLid": "100000000000001@lid",
    }
    assert post["message"] == {"extendedTextMessage": {"text": "Chamado novo"}}
    assert (post["pushName"], post["verifiedBizName"]) == ("Atendimento Teste", "Empresa Teste")
    assert post["instance_key"] == key_of(2) and post["jid"] == f"{FIELD}{SERVER}"
    kept = desk.messages(2)[sent]
    assert (kept["chat"], kept["from_me"], kept["state"]) == (f"{DESK}{SERVER}", False, "delivered")
    assert desk.messages(1)[sent]["state"] == "read"
    assert desk.acks(1, sent) == [2, 3, 4]
    assert inbound(desk, 3) == [] and desk.messages(3) == {}


@pytest.mark.parametrize("to", [f"{FIELD}{SERVER}", "100000000000003@lid"])
def test_every_address_of_the_number_leads_there(desk: Switchboard, to: str) -> None:
    assert desk.send(1, to) in desk.messages(2)


def test_an_answer_quotes_by_id(desk: Switchboard) -> None:
    asked = desk.send(1, FIELD, "Chegou?")
    [post] = inbound(desk, 2)
    body = {"to": DESK, "text": "Sim", "key": post["key"], "message": post["message"]}
    desk.ask(2, "POST", "sendMessage/{}/quoteMessage", {"messageData": body})
    [back] = inbound(desk, 1)
    context = back["message"]["extendedTextMessage"]["contextInfo"]
    assert context["stanzaId"] == asked and asked in desk.messages(1)
    assert context["participant"] == f"{DESK}{SERVER}"
    assert back["pushName"] == "Equipe de Campo" and "verifiedBizName" not in back


@pytest.mark.parametrize("kind", ["image", "video", "audio", "ptt", "document", "sticker"])
def test_media_arrives_with_keys_that_open_it(desk: Switchboard, kind: str) -> None:
    content = b"made up bytes of " + kind.encode()
    body = {"to": FIELD, "base64": b64encode(content).decode(), "type": kind}
    desk.ask(1, "POST", "sendMessage/{}/mediaBase64", {"messageData": body})
    [post] = inbound(desk, 2)
    part = post["message"][post["messageType"]]
    keys = {
        "mediaKey": part["mediaKey"],
        "directPath": part["directPath"],
        "url": part["url"],
        "mimetype": part["mimetype"],
        "messageType": "audio" if kind == "ptt" else kind,
    }
    for number in (1, 2):
        found = desk.ask(number, "POST", "instance/downloadMediaMessage/{}", {"messageKeys": keys})
        assert b64decode(found["data"].partition(",")[2]) == content
    refused = desk.ask(3, "POST", "instance/downloadMediaMessage/{}", {"messageKeys": keys})
    assert refused["error"] is True


@pytest.mark.parametrize(
    ("path", "data", "kind"),
    [
        ("location", {"latitude": -23.5, "longitude": -46.6}, "locationMessage"),
        (
            "listMessage",
            {"text": "?", "buttonText": "Ver",
             "sections": [{"title": "A", "rows": [{"title": "Um", "rowId": "1"}]}]},
            "listMessage",
        ),
        (
            "buttonMessage",
            {"text": "?", "type": "text", "buttons": [{"type": "reply", "title": "Sim"}]},
            "interactiveMessage",
        ),
        (
            "templateMessage",
            {"text": "?", "buttons": [{"type": "url", "title": "A", "payload": "http://a.test"}]},
            "interactiveMessage",
        ),
        ("sendLinkPreview", {"textWithLink": "http://a.test"}, "extendedTextMessage"),
    ],
)  # fmt: skip
def test_every_content_arrives_as_it_was_sent(
    desk: Switchboard, path: str, data: dict[str, Any], kind: str
) -> None:
    body = {"messageData": {"to": FIELD, **data}}
    sent = desk.ask(1, "POST", f"sendMessage/{{}}/{path}", body)["messageData"]
    [post] = inbound(desk, 2)
    assert post["messageType"] == kind and post["message"] == sent["message"]
    # The fixture that watches every emitted body holds it to the contract.
    assert desk.messages(2)[sent["key"]["id"]]["content"] == sent["message"]


def test_a_customer_of_the_mock_taps_what_another_instance_sent(desk: Switchboard) -> None:
    rows = [{"title": "Um", "rowId": "1"}, {"title": "Dois", "rowId": "2"}]
    data = {"to": FIELD, "text": "?", "buttonText": "Ver", "sections": [{"rows": rows}]}
    desk.ask(1, "POST", "sendMessage/{}/listMessage", {"messageData": data})
    chosen = {"from": FIELD, "event": "list-response", "option": "2"}
    assert desk.control_api("POST", "/instances/<1>/inbound", chosen)["chat"] == f"{FIELD}{SERVER}"


def test_what_is_deleted_for_everyone_is_deleted_there(desk: Switchboard) -> None:
    sent = desk.send(1, FIELD, "engano")
    key = {"remoteJid": f"{FIELD}{SERVER}", "fromMe": True, "id": sent}
    body = {"messageData": {"to": FIELD, "key": key}}
    desk.ask(1, "POST", "chat/{}/deleteMessage", body)
    post = inbound(desk, 2)[-1]
    part = post["message"]["protocolMessage"]
    assert part["type"] == "REVOKE"
    assert part["key"] == {"remoteJid": f"{DESK}{SERVER}", "fromMe": False, "id": sent}
    assert desk.messages(2)[sent]["deleted"] == "everyone"


def test_nobody_takes_back_what_the_other_wrote(desk: Switchboard) -> None:
    theirs = desk.send(2, DESK, "fica")
    key = {"remoteJid": f"{FIELD}{SERVER}", "fromMe": False, "id": theirs}
    desk.ask(1, "POST", "chat/{}/deleteMessage", {"messageData": {"to": FIELD, "key": key}})
    assert desk.messages(2)[theirs]["deleted"] is None


def test_what_the_owner_types_on_the_phone_arrives_too(desk: Switchboard) -> None:
    body = {"event": "from-me-phone", "to": FIELD, "set": {"message.conversation": "do celular"}}
    typed = desk.control_api("POST", "/instances/<1>/inbound", body)
    [post] = inbound(desk, 2)
    assert post["key"]["id"] == typed["id"]
    assert post["message"]["conversation"] == "do celular"


def test_a_note_to_oneself_stays_at_home(desk: Switchboard) -> None:
    sent = desk.send(1, DESK, "lembrar")
    assert desk.acks(1, sent) == [2, 3, 4]
    assert inbound(desk, 1) == [] and inbound(desk, 2) == []


# -- acks are the receiver's -------------------------------------------------------------------


def test_it_arrives_when_delivery_is_due_and_is_read_later(opened: Open) -> None:
    desk = opened(ack_delays="1,2,30")
    sent = desk.send(1, FIELD)
    assert desk.messages(2) == {}
    desk.advance(1)
    assert desk.messages(2) == {} and desk.acks(1, sent) == [2]
    desk.advance(1)
    assert sent in desk.messages(2) and desk.acks(1, sent) == [2, 3]
    desk.advance(27)
    assert desk.acks(1, sent) == [2, 3]
    desk.advance(1)
    assert desk.acks(1, sent) == [2, 3, 4]


def test_it_waits_at_the_server_until_the_other_is_linked(opened: Open) -> None:
    desk = opened(ack_delays="1,2,30")
    desk.unlink(2)
    first, second = desk.send(1, FIELD, "um"), desk.send(1, FIELD, "dois")
    desk.advance(1_000)
    waiting = desk.messages(1)[first]
    assert (waiting["state"], waiting["reason"]) == ("server", "not linked")
    assert desk.acks(1, first) == [2] and desk.messages(2) == {}
    desk.link(2)
    assert list(desk.messages(2)) == [first, second], "in the order they were written"
    assert desk.acks(1, first) == [2, 3]
    shown = desk.messages(1)[first]
    assert (shown["state"], shown["reason"]) == ("delivered", None)
    desk.advance(27)
    assert desk.acks(1, first) == [2, 3]
    desk.advance(1)
    assert desk.acks(1, first) == desk.acks(1, second) == [2, 3, 4]
    desk.unlink(2)
    desk.link(2)
    assert list(desk.messages(2)) == [first, second], "nothing comes twice"


def test_who_was_never_linked_is_a_phone_like_all_others(make_app: MakeApp) -> None:
    board = Switchboard(make_app(), 2)
    sent = board.send(1, FIELD)
    assert board.acks(1, sent) == [2, 3, 4]
    board.link(2)
    assert board.messages(2) == {}


def test_a_sender_who_is_gone_when_it_is_due_sends_nothing(opened: Open) -> None:
    desk = opened(ack_delays="1,5,30")
    sent = desk.send(1, FIELD)
    desk.unlink(1)
    desk.advance(100)
    assert desk.messages(2) == {}
    assert desk.messages(1)[sent]["state"] == "stopped"
    desk.link(1)
    desk.advance(100)
    assert desk.messages(2) == {}


def test_what_had_left_arrives_though_the_sender_is_gone(desk: Switchboard) -> None:
    desk.unlink(2)
    sent = desk.send(1, FIELD)
    desk.unlink(1)
    desk.link(2)
    assert sent in desk.messages(2)
    assert (desk.messages(1)[sent]["state"], desk.acks(1, sent)) == ("stopped", [2])


def test_the_control_api_still_says_how_the_other_phone_is(desk: Switchboard) -> None:
    path = f"/instances/<1>/contacts/{FIELD}"
    desk.control_api("POST", path, {"state": "phone_off"})
    off = desk.send(1, FIELD)
    assert desk.messages(2) == {} and desk.acks(1, off) == [2]
    desk.control_api("POST", path, {"state": "reachable"})
    assert off in desk.messages(2) and desk.acks(1, off) == [2, 3, 4]
    desk.control_api("POST", path, {"state": "blocked"})
    blocked = desk.send(1, FIELD)
    assert blocked not in desk.messages(2) and desk.messages(1)[blocked]["reason"] == "blocked"


def test_nothing_comes_from_a_contact_the_receiver_cannot_hear(desk: Switchboard) -> None:
    path = f"/instances/<2>/contacts/{DESK}"
    desk.control_api("POST", path, {"state": "phone_off"})
    first, second = desk.send(1, FIELD), desk.send(1, FIELD)
    other = desk.send(3, FIELD)
    assert list(desk.messages(2)) == [other] and desk.acks(1, first) == [2]
    desk.control_api("POST", path, {"state": "reachable"})
    assert list(desk.messages(2)) == [other, first, second]
    assert desk.acks(1, first) == [2, 3, 4]


@pytest.mark.parametrize(
    "steps",
    [
        [(1, FIELD), (2, DESK)],
        # An answer comes before what else is due for the sender,
        [(1, FIELD), (1, "5511900000002")],
        # and a message before what is due for its reader.
        [(2, DESK), (1, "5511900000002"), (1, "5511900000004")],
        [(1, "5511900000002"), (2, DESK), (1, "5511900000004")],
        [(3, ALL), (1, "5511900000002"), (2, "5511900000004"), (1, ALL)],
    ],
)
def test_a_leap_lets_everything_happen_in_order(opened: Open, steps: list[tuple[int, str]]) -> None:
    desk = opened(ack_delays="10,20,100")
    sent = []
    for number, to in steps:
        sent.append((number, desk.send(number, to)))
        desk.advance(3)
    desk.advance(1_000)
    for number in (1, 2, 3):
        told = [post.get("timestamp", post.get("messageTimestamp")) for post in desk.told(number)]
        assert told == sorted(told)
    for number, one in sent:
        assert desk.acks(number, one) == [2, 3, 4]


def test_what_waits_for_two_reasons_comes_once(desk: Switchboard) -> None:
    desk.unlink(2)
    sent = desk.send(1, FIELD)
    for state in ("phone_off", "reachable"):
        desk.control_api("POST", f"/instances/<1>/contacts/{FIELD}", {"state": state})
    desk.link(2)
    assert [post["key"]["id"] for post in inbound(desk, 2)] == [sent]
    assert desk.acks(1, sent) == [2, 3, 4]


# -- groups ------------------------------------------------------------------------------------


def test_a_group_message_arrives_at_every_instance_in_it(desk: Switchboard) -> None:
    sent, case = desk.send(1, ALL), desk.send(2, CASE)
    for number in (2, 3):
        [post] = [one for one in inbound(desk, number) if one["key"]["id"] == sent]
        assert post["key"] == {
            "remoteJid": ALL,
            "fromMe": False,
            "id": sent,
            "participant": f"{DESK}{SERVER}",
            "participantLid": "100000000000001@lid",
        }
        assert post["isGroup"] is True and post["pushName"] == "Atendimento Teste"
    assert case in desk.messages(1) and case not in desk.messages(3)
    assert desk.acks(1, sent) == [2, 3, 4]


def test_a_group_has_it_when_all_instances_have_it(desk: Switchboard) -> None:
    desk.unlink(3)
    sent = desk.send(1, ALL)
    assert sent in desk.messages(2) and desk.acks(1, sent) == [2]
    desk.link(3)
    assert sent in desk.messages(3) and desk.acks(1, sent) == [2, 3, 4]


def test_each_phone_of_a_group_speaks_for_itself(opened: Open) -> None:
    desk = opened(group_acks="each")
    desk.unlink(3)
    sent = desk.send(1, ALL)

    def by_phone() -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for post in desk.told(1):
            if post["messageType"] == "message.ack":
                who = str(post["key"].get("participant", "server"))
                found.setdefault(who, []).append(post["update"]["status"])
        return found

    assert by_phone() == {"server": [2], f"{FIELD}{SERVER}": [3, 4]}
    desk.link(3)
    assert by_phone() == {"server": [2], f"{FIELD}{SERVER}": [3, 4], f"{NIGHT}{SERVER}": [3, 4]}
    assert sent in desk.messages(3)


def group_call(board: Switchboard, number: int, what: str, jid: str, *people: str) -> Any:
    data = {"jid": jid, "participants": list(people)}
    return board.ask(number, "POST", f"group/{{}}/{what}", {"group_data": data})


@pytest.mark.parametrize("events", ["off", "on"])
def test_group_changes_are_seen_by_all_in_it(opened: Open, events: str) -> None:
    desk = opened(group_events=events)
    data = {"group_name": "Novo", "participants": [FIELD, "5511900000004"]}
    jid = desk.ask(1, "POST", "group/{}/create", {"group_data": data})["group"]["id"]
    assert desk.groups(2)[jid] == desk.groups(1)[jid] and jid not in desk.groups(3)
    group_call(desk, 1, "addParticipants", jid, NIGHT)
    assert desk.groups(3)[jid] == desk.groups(2)[jid] == desk.groups(1)[jid]
    sent = desk.send(3, jid)
    assert sent in desk.messages(1) and sent in desk.messages(2)
    group_call(desk, 1, "removeParticipants", jid, FIELD)
    assert jid not in desk.groups(2) and desk.groups(3)[jid] == desk.groups(1)[jid]
    assert desk.send(1, jid) not in desk.messages(2)
    desk.ask(3, "DELETE", f"group/{{}}/leaveGroup?jid={jid}")
    assert jid not in desk.groups(3)
    assert f"{NIGHT}{SERVER}" not in str(desk.groups(1)[jid])
    changes = {
        number: [
            (post["action"], post["author"].partition("@")[0], len(post["participants"]))
            for post in desk.told(number)
            if post["messageType"] == "group-participants.update"
        ]
        for number in (1, 2, 3)
    }
    if events == "off":
        assert changes == {1: [], 2: [], 3: []}
        return
    added, removed, left = ("add", DESK, 1), ("remove", DESK, 1), ("remove", NIGHT, 1)
    assert changes[1] == [added, removed, left]
    assert changes[2] == [("add", DESK, 2), added, removed]
    assert changes[3] == [added, removed, left]


def test_what_a_contact_does_in_a_group_is_seen_by_all_in_it(desk: Switchboard) -> None:
    joins = {"event": "group-participants", "from": "5511900000008", "group": CASE}
    desk.control_api("POST", "/instances/<1>/inbound", joins)
    renames = {"event": "group-update", "from": FIELD, "group": ALL, "set": {"subject": "Outra"}}
    desk.control_api("POST", "/instances/<1>/inbound", renames)
    assert desk.groups(2)[CASE] == desk.groups(1)[CASE]
    assert desk.groups(3)[ALL]["subject"] == desk.groups(2)[ALL]["subject"] == "Outra"
    kinds = [post["messageType"] for post in desk.told(2)]
    assert kinds == ["group-participants.update", "groups.update"]


def test_who_is_away_hears_of_the_group_when_linked_again(desk: Switchboard) -> None:
    desk.unlink(3)
    before = desk.send(1, ALL, "ainda contigo")
    group_call(desk, 1, "removeParticipants", ALL, NIGHT)
    after = desk.send(1, ALL, "já sem ti")
    desk.link(3)
    assert ALL not in desk.groups(3)
    assert before in desk.messages(3) and after not in desk.messages(3)
    assert desk.acks(1, before) == desk.acks(1, after) == [2, 3, 4]


def test_of_a_group_everybody_hears_at_once(desk: Switchboard) -> None:
    desk.control_api("POST", f"/instances/<3>/contacts/{DESK}", {"state": "phone_off"})
    sent = desk.send(1, ALL)
    group_call(desk, 1, "removeParticipants", ALL, NIGHT)
    assert ALL not in desk.groups(3) and desk.acks(1, sent) == [2]
    desk.control_api("POST", f"/instances/<3>/contacts/{DESK}", {"state": "reachable"})
    assert desk.messages(3) == {}, "it is out of the group by now"
    assert desk.acks(1, sent) == [2, 3, 4]


def test_an_admin_takes_back_what_others_wrote(desk: Switchboard) -> None:
    theirs = desk.send(3, ALL, "fora do assunto")
    key = {"remoteJid": ALL, "fromMe": False, "id": theirs, "participant": f"{NIGHT}{SERVER}"}
    desk.ask(2, "POST", "chat/{}/deleteMessage", {"messageData": {"to": ALL, "key": key}})
    assert desk.messages(1)[theirs]["deleted"] == desk.messages(3)[theirs]["deleted"] == "everyone"
    part = inbound(desk, 3)[-1]["message"]["protocolMessage"]
    assert part["key"] == {**key, "fromMe": True}


# -- odd company -------------------------------------------------------------------------------


def two_with_one_number() -> dict[str, Any]:
    numbers = {1: DESK, 2: FIELD, 3: FIELD}
    return {
        "instances": [
            {"key": key_of(at), "token": key_of(at).partition("-")[2], "connected": True,
             **({"number": numbers[at]} if at < 3 else {"number": NIGHT})}
            for at in numbers
        ]
    }  # fmt: skip


def test_two_instances_with_one_number_both_get_it(make_app: MakeApp) -> None:
    board = Switchboard(make_app(world=read_world(two_with_one_number())), 3)
    board.unlink(3)
    board.control_api("POST", "/instances/<3>/link", {"number": FIELD})
    both = board.send(1, FIELD)
    assert both in board.messages(2) and both in board.messages(3)
    assert board.acks(1, both) == [2, 3, 4]
    board.unlink(2)
    one = board.send(1, FIELD)
    assert board.acks(1, one) == [2, 3, 4], "one of the two has it"
    board.link(2)
    assert one in board.messages(2) and board.acks(1, one) == [2, 3, 4]
    assert board.send(2, FIELD) not in board.messages(3), "a note to oneself stays at home"


def test_what_was_for_another_number_is_not_for_this_one(desk: Switchboard) -> None:
    desk.unlink(2)
    sent = desk.send(1, FIELD)
    desk.control_api("POST", "/instances/<2>/link", {"number": "5511900000004"})
    assert desk.messages(2) == {}
    assert desk.acks(1, sent) == [2, 3, 4], "a phone nobody plays here has it"
    assert desk.acks(1, desk.send(1, FIELD)) == [2, 3, 4]


def test_a_call_that_is_refused_sends_nothing(desk: Switchboard) -> None:
    body = {"messageData": {"to": FIELD, "type": "image", "base64": 5}}
    desk.ask(1, "POST", "sendMessage/{}/mediaBase64", body, 500)
    parts = desk.app.runtime
    with (
        pytest.raises(RuntimeError, match="too late"),
        parts.instances.publisher.changing(key_of(1)) as (instance, _),
    ):
        instance.chats.send(instance.chats.recipient(FIELD), {"conversation": "x"})
        instance.wake(instance.now)
        raise RuntimeError("too late")
    assert desk.messages(1) == {}
    desk.send(1, "5511900000002")
    assert desk.messages(2) == {}


def test_a_reset_of_one_begins_anew_beside_the_others(desk: Switchboard) -> None:
    desk.send(1, FIELD, "antes")
    desk.control_api("POST", "/reset?instance=<2>".replace("<2>", key_of(2)))
    desk.hook(2)
    assert desk.messages(2) == {}
    sent = desk.send(1, FIELD, "depois")
    assert list(desk.messages(2)) == [sent] and desk.acks(1, sent) == [2, 3, 4]
    desk.control_api("POST", f"/reset?instance={key_of(1)}", {"ids": "again"})
    desk.hook(1)
    first, again = desk.send(1, FIELD, "de novo"), desk.send(1, FIELD, "outra")
    assert again == sent, "ids begin again"
    found = desk.messages(2)
    assert list(found) == [first, again]
    assert found[again]["content"] == {"extendedTextMessage": {"text": "outra"}}
    assert desk.acks(1, again)[-3:] == [2, 3, 4]


def test_what_waits_for_an_instance_is_lost_with_it(desk: Switchboard) -> None:
    desk.unlink(2)
    sent = desk.send(1, FIELD)
    desk.control_api("DELETE", "/instances/<2>")
    assert desk.messages(1)[sent]["state"] == "server"
    assert desk.acks(1, desk.send(1, FIELD)) == [2, 3, 4], "an ordinary number from now on"


def test_the_list_of_all_messages_pages_through_one_id_in_two_instances(
    desk: Switchboard,
) -> None:
    for _ in range(3):
        desk.send(1, ALL)
    whole = [(row["instance"], row["id"]) for row in desk.control_api("GET", "/messages")["items"]]
    assert len(whole) == 9
    found, since = [], ""
    for _ in range(9):
        page = desk.control_api("GET", f"/messages?limit=1{since}")
        found += [(row["instance"], row["id"]) for row in page["items"]]
        since = f"&since={page['next']}"
    assert found == whole and page["next"] is None


# -- threads -----------------------------------------------------------------------------------


def test_instances_writing_to_each_other_at_once_do_not_deadlock(
    desk: Switchboard,
) -> None:
    """Three threads, each its own instance: all arrives once, in each writer's order."""
    numbers, count = {1: DESK, 2: FIELD, 3: NIGHT}, 40
    start = threading.Barrier(3)
    sent: dict[int, list[str]] = {}

    def write(number: int) -> None:
        board = Switchboard(desk.app, 0)
        start.wait(60)
        others = [to for other, to in numbers.items() if other != number]
        sent[number] = [board.send(number, [*others, ALL][at % 3]) for at in range(count)]

    threads = [threading.Thread(target=write, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    for number, ids in sent.items():
        known = desk.messages(number)
        assert {known[message_id]["state"] for message_id in ids} == {"read"}
        for at, other in enumerate(other for other in numbers if other != number):
            theirs = desk.messages(other)
            here = [message_id for message_id in theirs if message_id in ids]
            due = [one for place, one in enumerate(ids) if place % 3 in (at, 2)]
            assert here == due


def test_same_calls_same_bytes(make_app: MakeApp) -> None:
    def history() -> list[tuple[str, bytes]]:
        world = load_world("support-desk", root("fixtures"))
        app: MockApp = make_app(world=world, switches={"ack_delays": "0.5-2,1-3,5-60"})
        board = Switchboard(app, 3)
        for at in range(30):
            board.send(at % 3 + 1, (DESK, FIELD, NIGHT, ALL)[at % 4])
            board.advance(at % 4)
            if at % 6 == 2:
                board.unlink(2)
            if at % 6 == 3:
                board.link(2)
        board.advance(1_000)
        assert app.runtime.webhooks.courier.wait_idle(60)
        transport = app.runtime.webhooks.courier._transport
        assert isinstance(transport, RecordingTransport)
        return sorted((url, body) for url, body, _ in transport.posts)

    first = history()
    assert len(first) > 100 and history() == first
