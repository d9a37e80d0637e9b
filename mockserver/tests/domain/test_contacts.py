"""Who links an instance has WhatsApp, in any world; and what is said of anybody agrees."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_mock.errors import WorldError
from megaapi_mock.resources import root
from megaapi_mock.store.state_file import seal
from megaapi_mock.web.app import MockApp
from megaapi_mock.worlds.load import load_world, read_world

from ..conftest import MakeApp
from ..control import ControlApi
from ..support import KEY, UNLINKED
from ..switchboard import Switchboard, key_of

DESK, FIELD, NIGHT = "5511900000001", "5511900000003", "5511900000005"
ALL = "120363000000000001@g.us"
SERVER = "@s.whatsapp.net"


@pytest.fixture
def board(make_app: MakeApp) -> Switchboard:
    """The support desk, in whose world only the listed have WhatsApp; a fourth instance is made."""
    app = make_app(world=load_world("support-desk", root("fixtures")))
    made = {"key": key_of(4), "connected": True, "name": "Quarta"}
    ControlApi(app).post("/instances", made, status=201)
    return Switchboard(app, 4)


def number_of(board: Switchboard, at: int) -> str:
    return str(board.control_api("GET", f"/instances/<{at}>")["number"])


def found(board: Switchboard, at: int, jid: str) -> dict[str, Any]:
    answer = board.ask(at, "GET", f"instance/isOnWhatsApp/{{}}?jid={jid}")
    assert isinstance(answer, dict)
    return answer


def add(board: Switchboard, at: int, jid: str, who: str) -> str:
    body = {"group_data": {"jid": jid, "participants": [who]}}
    [[one]] = board.ask(at, "POST", "group/{}/addParticipants", body)["updatedParticipants"]
    return str(one["status"])


# -- whoever links one has WhatsApp ------------------------------------------------------------


def test_a_made_instance_is_a_person_where_only_the_listed_are(board: Switchboard) -> None:
    number = number_of(board, 4)
    assert found(board, 1, number) == {"exists": True, "jid": f"{number}{SERVER}"}
    sent = board.send(1, number, "Bem-vindo")
    assert sent in board.messages(4) and board.acks(1, sent) == [2, 3, 4]
    back = board.send(4, DESK, "Obrigado")
    assert board.messages(1)[back]["sender"] == f"{number}{SERVER}"
    shown = board.control_api("GET", f"/instances/<1>/contacts/{number}")
    assert (shown["name"], shown["jid"]) == ("Quarta", f"{number}{SERVER}")
    assert board.send(1, shown["lid"]) in board.messages(4)
    assert add(board, 1, ALL, number) == "200"
    assert ALL in board.groups(4)
    board.control_api("POST", "/instances/<1>/inbound", {"from": number, "event": "text-plain"})


def test_nobody_else_is(board: Switchboard) -> None:
    stranger = "5511900009999"
    assert found(board, 1, stranger)["exists"] is False
    board.send(1, stranger, status=403)
    board.control_api("DELETE", "/instances/<4>")
    assert found(board, 1, "5511910000001")["exists"] is False


def test_a_made_number_is_never_one_the_world_denies(make_app: MakeApp) -> None:
    people = [{"number": f"551191000000{at}", "whatsapp": False} for at in (1, 2)]
    control_api = ControlApi(make_app(world=read_world({"contacts": people})))
    assert control_api.post("/instances", {}, status=201)["number"] == "5511910000003"


def test_any_number_can_be_linked_but_those_the_world_denies(make_app: MakeApp) -> None:
    board = Switchboard(make_app(world=load_world("support-desk", root("fixtures"))), 3)
    control_api = ControlApi(board.app)
    assert control_api.post("/instances", {"number": "5511900000666"}, status=201)["state"]
    denied = control_api.refusal("POST", "/instances", {"number": "5511900000099"})
    assert denied == f"number: 5511900000099{SERVER} has no WhatsApp account in this world"
    board.unlink(2)
    assert control_api.refusal(
        "POST", f"/instances/{key_of(2)}/link", {"number": "5511900000099"}
    ) == (denied)
    control_api.post(f"/instances/{key_of(2)}/link", {"number": "5511900000655"})
    assert found(board, 1, "5511900000655")["exists"] is True


def test_who_gave_a_number_up_or_deleted_the_account_links_nothing(make_app: MakeApp) -> None:
    people = [
        {"number": "5511900000004", "formerly": "5511900000006"},
        {"number": "5511900000008", "state": "unregistered"},
    ]
    control_api = ControlApi(make_app(world=read_world({"contacts": people})))
    gone = control_api.refusal("POST", "/instances", {"number": "5511900000006"})
    assert f"who had it is 5511900000004{SERVER} now" in gone
    deleted = control_api.refusal("POST", "/instances", {"number": "5511900000008"})
    assert deleted == f"number: 5511900000008{SERVER} has no WhatsApp account in this world"


def test_a_pairing_code_for_a_number_without_whatsapp_links_nothing(make_app: MakeApp) -> None:
    board = Switchboard(make_app(), 2)
    board.ask(2, "GET", "instance/pairingCode/{}?phoneNumber=5511900000099")
    refused = board.control_api("POST", "/instances/<2>/link", status=400)
    assert "5511900000099@s.whatsapp.net has no WhatsApp account" in refused["error"]
    assert board.control_api("GET", "/instances/<2>")["state"] == "pairing"


def test_a_fault_for_an_instance_hits_however_it_is_written(make_app: MakeApp) -> None:
    world = {"unlisted_numbers": "not_on_whatsapp", "ninth_digit": {"registered_without": ["31"]}}
    app = make_app(world=read_world(world))
    control_api = ControlApi(app)
    control_api.post("/instances", {"key": key_of(1), "connected": True}, status=201)
    control_api.post("/instances", {"key": key_of(2), "number": "5531900000005"}, status=201)
    control_api.post("/faults", {"fault": "bad-gateway", "recipient": "5531900000005"}, status=201)
    body = {"messageData": {"to": "553100000005", "text": "oi"}}
    headers = {"Authorization": "Bearer TESTKEY0001"}
    path = f"/rest/sendMessage/{key_of(1)}/text"
    assert app.test_client().post(path, json=body, headers=headers).status_code == 502


# -- a state from another world ----------------------------------------------------------------


def put(app: MockApp, raw: bytes) -> tuple[int, dict[str, Any]]:
    reply = app.test_client().put("/_mock/state", data=raw)
    return reply.status_code, reply.get_json()


def one_of_default(make_app: MakeApp, **given: Any) -> bytes:
    app = make_app()
    ControlApi(app).post("/instances", {"key": "moved", "connected": True, **given}, status=201)
    return app.test_client().get("/_mock/state?instance=moved").get_data()


def test_a_number_the_world_denies_comes_in_by_no_state(make_app: MakeApp) -> None:
    raw = one_of_default(make_app, number="5511900000017")
    app = make_app(world=load_world("brasil", root("fixtures")))
    control_api = ControlApi(app)
    posted = control_api.refusal("POST", "/instances", {"number": "5511900000017"})
    assert put(app, raw) == (400, {"error": posted})
    assert "moved" not in [one["key"] for one in control_api.items("/instances")]


def test_any_other_number_does_and_can_be_written_to(make_app: MakeApp) -> None:
    raw = one_of_default(make_app, number="5511900000666")
    app = make_app(world=load_world("support-desk", root("fixtures")))
    assert put(app, raw)[0] == 200
    board = Switchboard(app, 3)
    assert found(board, 1, "5511900000666")["exists"] is True
    headers = {"Authorization": "Bearer moved"}
    for to in (DESK, "5511900000002"):
        body = {"messageData": {"to": to, "text": "oi"}}
        reply = app.test_client().post("/rest/sendMessage/moved/text", json=body, headers=headers)
        assert reply.status_code == 200
    assert len(board.messages(1)) == 1


@pytest.mark.parametrize(
    ("place", "number", "said"),
    [
        (("instances", 0), "5511900000099", "no WhatsApp account"),
        (("instances", 0), None, "number: null, but a phone is or was linked"),
        (("instances", 0), "loja", "must be 8 to 15 digits"),
        (("world", "instances", 0), "5511900000099", "no WhatsApp account"),
    ],
)
def test_a_whole_state_is_held_to_its_own_world(
    make_app: MakeApp, place: tuple[Any, ...], number: str | None, said: str
) -> None:
    app = make_app()
    before = app.test_client().get("/_mock/state").get_data()
    state = json.loads(before)["state"]
    entry = state
    for step in place:
        entry = entry[step]
    entry["number"] = number
    status, answer = put(app, seal(state))
    assert status == 400 and said in answer["error"]
    assert app.test_client().get("/_mock/state").get_data() == before


# -- one person, one name ----------------------------------------------------------------------


def test_one_number_has_one_name(make_app: MakeApp) -> None:
    control_api = ControlApi(make_app())
    refused = control_api.refusal(
        "POST", "/instances", {"number": DESK, "name": "Outra"}, status=409
    )
    assert refused.startswith(f"name: {DESK} is an instance's already, under the name 'Test Shop'")
    for more in ({}, {"name": "Test Shop"}):
        assert (
            control_api.post("/instances", {"number": DESK, **more}, status=201)["name"]
            == "Test Shop"
        )


def test_who_links_another_instances_number_takes_its_name(make_app: MakeApp) -> None:
    control_api = ControlApi(make_app())
    control_api.post(
        "/instances", {"key": "first", "number": "5511900000044", "name": "Um"}, status=201
    )
    linked = control_api.post(f"/instances/{UNLINKED}/link", {"number": "5511900000044"})
    assert linked["name"] == "Um"


def test_a_state_brings_no_second_name(make_app: MakeApp) -> None:
    raw = one_of_default(make_app, number="5511900000044", name="Um")
    app = make_app()
    control_api = ControlApi(app)
    control_api.post(
        "/instances", {"key": "first", "number": "5511900000044", "name": "Dois"}, status=201
    )
    status, answer = put(app, raw)
    assert status == 409 and "under the name 'Dois'" in answer["error"]
    control_api.delete("/instances/first")
    assert put(app, raw)[0] == 200
    assert put(app, raw)[0] == 200, "its own name is no other one"


def test_a_reset_of_one_brings_no_second_name(make_app: MakeApp) -> None:
    control_api = ControlApi(make_app())
    control_api.delete(f"/instances/{KEY}")
    control_api.post("/instances", {"number": DESK, "name": "Nova"}, status=201)
    control_api.post(f"/reset?instance={KEY}")
    assert control_api.get(f"/instances/{KEY}")["name"] == "Nova"


# -- what a revoke says and does ---------------------------------------------------------------


@pytest.fixture
def desk(make_app: MakeApp) -> Switchboard:
    return Switchboard(make_app(world=load_world("support-desk", root("fixtures"))), 3)


def revoke(board: Switchboard, at: int, to: str, key: dict[str, Any]) -> str | None:
    """What is said beside the answer."""
    headers = {"Authorization": f"Bearer {key_of(at).partition('-')[2]}"}
    body = {"messageData": {"to": to, "key": key}}
    path = f"/rest/chat/{key_of(at)}/deleteMessage"
    reply = board.client.post(path, json=body, headers=headers)
    assert reply.status_code == 200, reply.get_data()
    assert reply.get_json()["messageData"]["message"]["protocolMessage"]["type"] == "REVOKE"
    return reply.headers.get("X-Mock-Reason")


def deletions(board: Switchboard, at: int) -> list[str]:
    """The ids of the messages the instance was told are gone."""
    gone = [post["message"]["protocolMessage"]["key"]["id"] for post in board.told(at)
            if "protocolMessage" in post.get("message", {})]  # fmt: skip
    marked = [one for one, row in board.messages(at).items() if row["deleted"] is not None]
    assert gone == marked
    return gone


def test_an_admin_takes_back_what_a_member_wrote_and_is_told_nothing_else(
    desk: Switchboard,
) -> None:
    theirs = desk.send(3, ALL)
    key = {"remoteJid": ALL, "fromMe": False, "id": theirs, "participant": f"{NIGHT}{SERVER}"}
    assert revoke(desk, 2, ALL, key) is None
    assert deletions(desk, 1) == deletions(desk, 3) == [theirs]
    assert desk.messages(2)[theirs]["deleted"] == "everyone"


def test_a_plain_member_takes_back_nothing_of_others(desk: Switchboard) -> None:
    theirs = desk.send(2, ALL)
    key = {"remoteJid": ALL, "fromMe": False, "id": theirs, "participant": f"{FIELD}{SERVER}"}
    said = revoke(desk, 3, ALL, key)
    assert said == f"message {theirs} is not the instance's own: WhatsApp ignores the revoke"
    assert [deletions(desk, at) for at in (1, 2, 3)] == [[], [], []]


def test_nobody_takes_back_what_the_other_wrote_in_private(desk: Switchboard) -> None:
    theirs = desk.send(2, DESK)
    key = {"remoteJid": f"{FIELD}{SERVER}", "fromMe": False, "id": theirs}
    assert "ignores the revoke" in str(revoke(desk, 1, FIELD, key))
    assert [deletions(desk, at) for at in (1, 2)] == [[], []]


def test_a_message_is_taken_back_only_where_it_is(desk: Switchboard) -> None:
    sent = desk.send(1, FIELD)
    key = {"remoteJid": f"{FIELD}{SERVER}", "fromMe": True, "id": sent}
    assert revoke(desk, 1, NIGHT, key) == (
        f"message {sent} is in {FIELD}{SERVER}, not in {NIGHT}{SERVER}: WhatsApp ignores the revoke"
    )
    assert [deletions(desk, at) for at in (1, 2, 3)] == [[], [], []]
    assert revoke(desk, 1, FIELD, key) is None
    assert deletions(desk, 2) == [sent] and desk.messages(1)[sent]["deleted"] == "everyone"


@pytest.mark.parametrize("named", ["", "not an id", "3eb0"])
def test_what_is_told_names_the_message_as_its_author_did(desk: Switchboard, named: str) -> None:
    """Each webhook of a test is held to the contract, which has to allow for any name."""
    key = {"remoteJid": f"{FIELD}{SERVER}", "fromMe": True, "id": named}
    revoke(desk, 1, FIELD, key)
    told = [post["message"]["protocolMessage"]["key"]["id"] for post in desk.told(2)]
    assert told == [named]


@pytest.mark.parametrize(("at", "heeded"), [(3, False), (2, True)])
def test_who_forgot_a_message_takes_back_no_more_than_before(
    desk: Switchboard, at: int, heeded: bool
) -> None:
    theirs = desk.send(1, ALL)
    desk.control_api("POST", f"/reset?instance={key_of(at)}")
    desk.hook(at)
    key = {"remoteJid": ALL, "fromMe": False, "id": theirs, "participant": f"{DESK}{SERVER}"}
    assert "unknown here; the gateway looks nothing up" in str(revoke(desk, at, ALL, key))
    assert deletions(desk, 1) == ([theirs] if heeded else [])


# -- who has gone, and what waits for whom -----------------------------------------------------


def state(board: Switchboard, at: int, who: str, to: str) -> None:
    board.control_api("POST", f"/instances/<{at}>/contacts/{who}", {"state": to})


def inside(board: Switchboard, at: int, jid: str) -> list[str]:
    """Who is in the group by its details, which the list agrees with."""
    shown = board.groups(at)[jid]
    details = board.ask(at, "GET", f"group/{{}}/group?jid={jid}")["group"]
    assert details == shown and shown["size"] == len(shown["participants"])
    return [one["id"].partition("@")[0] for one in shown["participants"]]


CASE, CUSTOMER = "120363000000000002@g.us", "5511900000004"


@pytest.mark.parametrize("events", ["off", "on"])
def test_who_deletes_the_account_leaves_the_groups_for_all_in_them(
    make_app: MakeApp, events: str
) -> None:
    world = load_world("support-desk", root("fixtures"))
    desk = Switchboard(make_app(world=world, switches={"group_events": events}), 3)
    state(desk, 1, CUSTOMER, "unregistered")
    assert inside(desk, 1, CASE) == inside(desk, 2, CASE) == [DESK, FIELD]
    state(desk, 1, CUSTOMER, "reachable")
    assert inside(desk, 1, CASE) == inside(desk, 2, CASE) == [DESK, FIELD], "nobody came back"
    told = [
        [
            (post["action"], post["author"], post["participants"])
            for post in desk.told(at)
            if post["messageType"] == "group-participants.update"
        ]
        for at in (1, 2, 3)
    ]
    left = [("remove", f"{CUSTOMER}{SERVER}", [f"{CUSTOMER}{SERVER}"])]
    assert told == ([left, left, []] if events == "on" else [[], [], []])
    assert add(desk, 1, CASE, CUSTOMER) == "200"
    assert inside(desk, 2, CASE) == [DESK, FIELD, CUSTOMER]


def test_unregistered_instance_is_out_of_its_group_for_every_member(
    desk: Switchboard,
) -> None:
    state(desk, 1, NIGHT, "unregistered")
    assert inside(desk, 1, ALL) == inside(desk, 2, ALL) == [DESK, FIELD]
    assert ALL not in desk.groups(3)


def test_others_do_not_bring_into_a_group_who_is_gone_here(desk: Switchboard) -> None:
    state(desk, 2, CUSTOMER, "unregistered")
    state(desk, 2, "5511900000008", "unregistered")
    people = {"group_name": "Novo", "participants": [FIELD, CUSTOMER]}
    jid = desk.ask(1, "POST", "group/{}/create", {"group_data": people})["group"]["id"]
    assert inside(desk, 2, jid) == [DESK, FIELD] and inside(desk, 1, jid) == [DESK, FIELD, CUSTOMER]
    assert add(desk, 1, jid, "5511900000008") == "200"
    assert inside(desk, 2, jid) == [DESK, FIELD]


def test_another_phone_finds_nobody_in_its_groups_who_is_gone(desk: Switchboard) -> None:
    desk.unlink(3)
    state(desk, 3, CUSTOMER, "unregistered")
    state(desk, 3, FIELD, "unregistered")
    desk.control_api("POST", "/instances/<3>/link", {"number": FIELD})
    assert inside(desk, 3, CASE) == [DESK, FIELD]
    assert found(desk, 3, FIELD)["exists"] is True, "it is the instance's own number now"


def test_the_own_account_is_there_as_long_as_the_instance(desk: Switchboard) -> None:
    refused = desk.control_api(
        "POST", f"/instances/<1>/contacts/{DESK}", {"state": "unregistered"}, 400
    )
    assert "is the number of megacode-TESTKEY0001 itself" in refused["error"]
    assert inside(desk, 1, ALL) == [DESK, FIELD, NIGHT]


def test_send_to_unknown_lid_is_accepted_and_never_delivered(
    desk: Switchboard,
) -> None:
    ghost = "900000000000001@lid"
    assert found(desk, 1, ghost) == {"exists": True, "jid": ghost}
    sent = desk.send(1, ghost)
    row = desk.messages(1)[sent]
    assert (row["chat"], row["state"], row["reason"]) == (ghost, "stopped", "not registered")
    assert desk.acks(1, sent) == [2]
    body = {"to": ghost, "option": "composing"}
    desk.ask(1, "POST", "chat/{}/presenceUpdateChat", body)
    assert add(desk, 1, ALL, ghost) == "404"
    people = {"group_name": "Novo", "participants": [ghost, FIELD]}
    made = desk.ask(1, "POST", "group/{}/create", {"group_data": people})["group"]
    assert [one["id"] for one in made["participants"]] == [f"{DESK}{SERVER}", f"{FIELD}{SERVER}"]
    desk.control_api("POST", "/instances/<1>/inbound", {"from": ghost, "event": "text-plain"}, 400)


@pytest.mark.parametrize("held", ["blocked", "phone_off", "unregistered"])
def test_why_a_message_waits_is_the_true_reason(desk: Switchboard, held: str) -> None:
    state(desk, 1, FIELD, held)
    sent = desk.send(2, DESK)

    def seen() -> tuple[str, str | None]:
        row = desk.messages(2)[sent]
        return row["state"], row["reason"]

    assert seen() == ("server", f"{held} for megacode-TESTKEY0001")
    desk.unlink(1)
    assert seen() == ("server", "not linked")
    desk.link(1)
    assert seen() == ("server", f"{held} for megacode-TESTKEY0001")
    state(desk, 1, FIELD, "phone_off")
    assert seen() == ("server", "phone_off for megacode-TESTKEY0001")
    state(desk, 1, FIELD, "reachable")
    assert seen() == ("read", None) and sent in desk.messages(1)


def test_a_message_that_waited_for_a_phone_says_what_it_waits_for_now(desk: Switchboard) -> None:
    desk.unlink(1)
    state(desk, 2, DESK, "phone_off")
    sent = desk.send(2, DESK)
    assert desk.messages(2)[sent]["reason"] == "phone off"
    state(desk, 2, DESK, "reachable")
    assert desk.messages(2)[sent]["reason"] == "not linked"


def test_what_a_zombie_swallows_is_not_delivered(desk: Switchboard) -> None:
    desk.control_api("POST", "/faults", {"fault": "zombie-session", "instance": key_of(1)})
    alone, group = desk.send(2, DESK), desk.send(2, ALL)
    for sent in (alone, group):
        assert desk.messages(1)[sent]["state"] == "pending"
        row = desk.messages(2)[sent]
        assert row["state"] == "server"
        assert row["reason"].startswith("not received by megacode-TESTKEY0001: fault f1")
        assert desk.acks(2, sent) == [2]
    assert desk.messages(3)[group]["state"] == "delivered"


def test_a_world_holds_nobody_in_a_group_who_is_gone() -> None:
    content: dict[str, Any] = {
        "instances": [{"key": "one", "token": "one", "number": DESK}],
        "contacts": [{"number": CUSTOMER, "state": "unregistered"}],
        "groups": [
            {"jid": CASE, "subject": "Caso", "owner": CUSTOMER, "participants": [{"number": DESK}]}
        ],
    }
    read_world(content)
    content["groups"][0]["participants"].append({"number": CUSTOMER})
    with pytest.raises(WorldError, match="participants/1/number: 5511900000004 is unregistered"):
        read_world(content)
