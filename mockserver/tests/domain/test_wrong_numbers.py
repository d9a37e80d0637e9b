"""Digits that are nobody's number: refused in every world, with a reason that names the way out."""

from __future__ import annotations

import time
from typing import Any

import pytest
from megaapi_mock.domain.jid import Jid
from megaapi_mock.profile import default_profile
from megaapi_mock.resources import root
from megaapi_mock.web.app import MockApp
from megaapi_mock.worlds.load import load_world, read_world

from ..conftest import MakeApp
from ..control import ControlApi
from ..slowness import slowness
from ..support import AUTH, KEY

WORLDS = sorted(path.stem for path in (root("fixtures") / "worlds").glob("*.yaml"))
LID, NATIONAL = "100000000000002", "11900000002"


def sent(app: MockApp, to: str) -> Any:
    body = {"messageData": {"to": to, "text": "oi"}}
    return app.test_client().post(f"/rest/sendMessage/{KEY}/text", json=body, headers=AUTH)


def exists(app: MockApp, jid: str) -> Any:
    path = f"/rest/instance/isOnWhatsApp/{KEY}?jid={jid}"
    return app.test_client().get(path, headers=AUTH)


@pytest.fixture(params=WORLDS)
def anywhere(request: pytest.FixtureRequest, make_app: MakeApp) -> MockApp:
    return make_app(world=load_world(request.param, root("fixtures")))


# Of nobody: as long as LIDs are, or longer than the numbers of Brazil and of North America.
LONG = ("123456789012345", "987654321098765", "76192153468963", "55119000000021", "120255501001")


@pytest.mark.parametrize("digits", [LID, NATIONAL, "900000002", *LONG])
@pytest.mark.parametrize("suffix", ["", "@s.whatsapp.net"])
def test_send_to_wrong_digits_is_refused(anywhere: MockApp, digits: str, suffix: str) -> None:
    reply = sent(anywhere, digits + suffix)
    assert reply.status_code == 403
    assert reply.get_json()["message"].startswith("Number not registered")
    found = exists(anywhere, digits + suffix)
    assert found.get_json()["exists"] is False
    assert found.headers["X-Mock-Reason"]


def test_reason_names_whose_lid_it_is_and_where_to_answer(app: MockApp) -> None:
    reason = sent(app, LID).headers["X-Mock-Reason"]
    assert "100000000000002 is the LID of Contato Teste" in reason
    assert "answer to 100000000000002@lid or 5511900000002" in reason
    assert exists(app, LID).headers["X-Mock-Reason"] == reason


@pytest.mark.parametrize("digits", LONG)
def test_reason_of_long_digits_says_how_a_lid_is_written(app: MockApp, digits: str) -> None:
    reason = sent(app, digits).headers["X-Mock-Reason"]
    assert f"{digits} is longer than any phone number there" in reason
    assert f"a LID is written {digits}@lid" in reason
    refusal = ControlApi(app).refusal("POST", f"/instances/{KEY}/inbound", {"from": digits})
    assert refusal.startswith("from: ") and "is longer than any phone number there" in refusal


def test_id_of_a_group_without_its_address_is_said_to_be_one(app: MockApp) -> None:
    reason = sent(app, "120363000000000001").headers["X-Mock-Reason"]
    sentence = "120363000000000001 is the id of a group, which is written 120363000000000001@g.us"
    assert reason.endswith(sentence)


@pytest.mark.parametrize(
    ("to", "hint"),
    [
        ("5511900000002@g.us", ": @g.us is for groups, a person is 5511900000002"),
        ("120363000000000099@g.us", ""),
        ("5511900000002-1600000000@g.us", ""),
    ],
)
def test_number_addressed_as_a_group_is_said_to_be_one(app: MockApp, to: str, hint: str) -> None:
    assert sent(app, to).headers["X-Mock-Reason"] == f"{to} is not a group of {KEY}{hint}"


def test_long_digits_are_a_number_where_listed_linked_or_by_the_switch(make_app: MakeApp) -> None:
    own = {"key": KEY, "token": "TESTKEY0001", "number": "5511900000001", "connected": True}
    other = {"key": "megacode-LONG", "token": "LONG", "number": LONG[1], "connected": True}
    listed = [{"number": LONG[0], "name": "Longe"}]
    app = make_app(world=read_world({"instances": [own, other], "contacts": listed}))
    statuses = [sent(app, digits).status_code for digits in LONG[:3]]
    assert statuses == [200, 200, 403]
    profile = default_profile().with_switches({"number_lengths": "any"})
    app = make_app(world=read_world({"instances": [own]}), profile=profile)
    assert {sent(app, digits).status_code for digits in LONG} == {200}
    assert sent(app, LONG[0] + "6").status_code == 403


@pytest.mark.parametrize(
    "number", ["5511900000002", "12025550100", "4915110000000", "6281200000000", "861380000000"]
)
def test_numbers_of_usual_length_are_reached(app: MockApp, number: str) -> None:
    assert sent(app, number).status_code == 200


def test_lid_of_somebody_nobody_listed_is_known_too(app: MockApp) -> None:
    lid = ControlApi(app).get(f"/instances/{KEY}/contacts/5511900007777")["lid"]
    assert "is the LID of" in sent(app, lid.partition("@")[0]).headers["X-Mock-Reason"]
    assert sent(app, lid).status_code == 200


def test_reason_names_the_number_with_its_country_code(app: MockApp) -> None:
    assert (
        "11900000002 has no country code, 5511900000002?"
        in (sent(app, NATIONAL).headers["X-Mock-Reason"])
    )


def test_reason_names_the_group_whose_id_lacks_its_ending(app: MockApp) -> None:
    reply = sent(app, "120363000000000001")
    assert reply.status_code == 403
    assert "which is written 120363000000000001@g.us" in reply.headers["X-Mock-Reason"]


def test_reason_names_the_number_in_digits_of_another_script(app: MockApp) -> None:
    reply = sent(app, "\uff15\uff15 11 90000 0002")
    assert reply.status_code == 403
    assert "written as digits alone, 5511900000002?" in reply.headers["X-Mock-Reason"]


def test_question_about_what_a_hyphen_makes_a_group_has_a_reason(app: MockApp) -> None:
    path = f"/rest/instance/isOnWhatsApp/{KEY}?jid="
    client = app.test_client()
    for odd in ("90000-0002", "-"):
        assert (
            "because of the hyphen" in client.get(path + odd, headers=AUTH).headers["X-Mock-Reason"]
        )
    real = client.get(path + "5511900000001-1600000000", headers=AUTH)
    assert "X-Mock-Reason" not in real.headers


WRITTEN = (
    "+5511900000002", "5511 90000 0002", "11 90000 0002", "+55 11 900000002", "005511900000002",
    "5511900000002@c.us", "(11) 90000-0002", "+55 11 90000-0002", "11-900000002",
)  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
def test_reason_names_the_digits_of_a_number_written_otherwise(app: MockApp, written: str) -> None:
    refusal, found = sent(app, written), exists(app, written)
    assert refusal.status_code in (403, 500), "a hyphen makes a group of it"
    for reply in (refusal, found):
        assert "5511900000002?" in reply.headers["X-Mock-Reason"]


@pytest.mark.parametrize("number", ["55011900000002", "005511900000002", "0011900000002"])
def test_reason_names_the_number_behind_a_dialling_prefix(anywhere: MockApp, number: str) -> None:
    for reply in (sent(anywhere, number), exists(anywhere, number)):
        reason = reply.headers["X-Mock-Reason"]
        assert f"{number} contains a dialling prefix (0 or 00), 5511900000002?" in reason


@pytest.mark.parametrize("written", ["(11) 90000-0002", "+55 11 90000-0002"])
def test_reason_of_a_participant_with_a_hyphen_names_the_number(app: MockApp, written: str) -> None:
    body = {"group_data": {"group_name": "x", "participants": ["5511900000002", written]}}
    reply = app.test_client().post(f"/rest/group/{KEY}/create", json=body, headers=AUTH)
    assert reply.headers["X-Mock-Reason"].endswith(
        "is read as a group because of the hyphen: a number is written as digits alone,"
        " 5511900000002?"
    )


def test_a_story_is_not_answered(app: MockApp) -> None:
    reply = sent(app, "status@broadcast")
    assert reply.status_code == 403
    assert reply.headers["X-Mock-Reason"].startswith("status@broadcast is nobody who can be")


@pytest.mark.parametrize("number", ["55119000000", "5511900000", "5500900000002", "5520900000002"])
@pytest.mark.parametrize("name", WORLDS)
def test_digits_like_no_number_of_brazil_are_nobodys(
    make_app: MakeApp, name: str, number: str
) -> None:
    world = load_world(name, root("fixtures"))
    app = make_app(world=world)
    seed = next(each for each in world.instances if each.connected)
    body = {"messageData": {"to": number, "text": "oi"}}
    headers = {"Authorization": f"Bearer {seed.token}"}
    path = f"/rest/sendMessage/{seed.key}/text"
    reply = app.test_client().post(path, json=body, headers=headers)
    assert reply.status_code == 403
    assert f"Brazil has no number like {number}" in reply.headers["X-Mock-Reason"]


def test_hidden_number_that_nobody_has_is_said_beside_the_answer(app: MockApp) -> None:
    reply = sent(app, "999999999999999@lid")
    assert reply.status_code == 200
    assert "nobody has 999999999999999@lid in this world" in reply.headers["X-Mock-Reason"]
    assert "X-Mock-Reason" not in sent(app, f"{LID}@lid").headers


@pytest.mark.parametrize("written", ["abc", "Ana", "abc@s.whatsapp.net", "   "])
def test_what_is_no_number_is_called_so(app: MockApp, written: str) -> None:
    said = f"{written.partition('@')[0].strip()!r} is not a phone number: digits alone"
    for reply in (sent(app, written), exists(app, written)):
        assert said in reply.headers["X-Mock-Reason"]
    assert said in ControlApi(app).refusal("POST", f"/instances/{KEY}/inbound", {"from": written})


def test_a_hyphen_makes_no_longer_number(app: MockApp) -> None:
    refusal = ControlApi(app).refusal(
        "POST", f"/instances/{KEY}/inbound", {"from": "5511900000002-1"}
    )
    assert "'5511900000002-1' is not a phone number" in refusal
    assert (
        "5511900000002-1@g.us is not a group"
        in (sent(app, "5511900000002-1").headers["X-Mock-Reason"])
    )
    assert "55119000000021" not in sent(app, "5511900000002-1").headers["X-Mock-Reason"]


@pytest.mark.parametrize("written", ["abc", "5511900000002-1400000000", "12-34", "@c.us", "Ana"])
def test_what_is_no_number_gets_no_other_number(app: MockApp, written: str) -> None:
    assert "written as digits alone" not in sent(app, written).headers["X-Mock-Reason"]


def test_every_sending_operation_refuses_them(app: MockApp) -> None:
    data = {"to": LID, "latitude": 1, "longitude": 1, "caption": "x", "address": "y"}
    reply = app.test_client().post(
        f"/rest/sendMessage/{KEY}/location", json={"messageData": data}, headers=AUTH
    )
    assert reply.status_code == 403
    assert "is the LID of" in reply.headers["X-Mock-Reason"]


def test_a_group_takes_no_wrong_digits(app: MockApp) -> None:
    body = {"group_data": {"group_name": "x", "participants": [NATIONAL]}}
    reply = app.test_client().post(f"/rest/group/{KEY}/create", json=body, headers=AUTH)
    assert reply.status_code == 403
    assert "has no country code" in reply.headers["X-Mock-Reason"]


def test_a_listed_number_counts_as_it_is_listed(make_app: MakeApp) -> None:
    own = {"key": KEY, "token": "TESTKEY0001", "number": "5511900000001", "connected": True}
    world = read_world({"instances": [own], "contacts": [{"number": NATIONAL, "name": "Perto"}]})
    app = make_app(world=world)
    assert sent(app, NATIONAL).status_code == 200
    assert sent(app, "21900000002").status_code == 403


def test_a_world_may_let_them_be(make_app: MakeApp) -> None:
    own = {"key": KEY, "token": "TESTKEY0001", "number": "5511900000001", "connected": True}
    world = read_world({"instances": [own], "numbers_without_country_code": "on_whatsapp"})
    app = make_app(world=world)
    assert sent(app, NATIONAL).status_code == 200


AS_WRITTEN = pytest.mark.parametrize(
    "written",
    [
        "(11) 90000-0002", "11 90000-0002", "+55 11 90000-0002", "11900000002", "11-90000-0002",
        "55-11-90000-0002", "+5511900000002", "+55 011 90000-0002", "0055 11 90000-0002",
        "005511900000002", "+55 (011) 90000-0002", "0055-011-90000-0002",
    ],
)  # fmt: skip


@AS_WRITTEN
def test_recipient_of_a_fault_is_read_as_people_write_it(app: MockApp, written: str) -> None:
    control_api = ControlApi(app)
    control_api.post("/faults", {"fault": "bad-gateway", "recipient": written}, status=201)
    assert sent(app, "5511900000003").status_code == 200
    assert sent(app, "5511900000002").status_code == 502


@AS_WRITTEN
def test_chat_of_a_query_or_verdict_is_read_as_people_write_it(app: MockApp, written: str) -> None:
    control_api = ControlApi(app)
    control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9/x"})
    for number in ("5511900000002", "5511900000003"):
        control_api.post(f"/instances/{KEY}/inbound", {"from": number}, status=201)
    query = {"chat": written}
    client = app.test_client()
    assert len(client.get("/_mock/messages", query_string=query).get_json()["items"]) == 1
    path = f"/_mock/instances/{KEY}/conversation"
    assert client.get(path, query_string=query).status_code == 200
    path = f"/_mock/instances/{KEY}/chats"
    chats = client.get(path, query_string={"with": written}).get_json()["items"]
    assert chats[0]["chat"] == "5511900000002@s.whatsapp.net"
    for chat, count in ((written, 1), ("5511900000002@s.whatsapp.net", 1), ("5511900000009", 0)):
        body = {"instance": KEY, "wait": 0, "chats": [chat]}
        verdict = control_api.post("/deliveries/verdict", body)
        assert verdict["figures"]["deliveries"] == count


@AS_WRITTEN
def test_control_api_reads_numbers_as_people_write_them(app: MockApp, written: str) -> None:
    control_api = ControlApi(app)
    message = control_api.post(f"/instances/{KEY}/inbound", {"from": written}, status=201)
    assert message["chat"] == "5511900000002@s.whatsapp.net"
    body = {"event": "from-me-phone", "to": written}
    assert (
        control_api.post(f"/instances/{KEY}/inbound", body, status=201)["chat"] == message["chat"]
    )
    made = control_api.post("/instances", {"number": written.replace("0002", "7777")}, status=201)
    assert made["number"] == "5511900007777"


MILLIONS = 8_000_000
ENDLESS = {
    "digits": "1" * MILLIONS,
    "letters": "a" * MILLIONS,
    "areas": "(11) " * (MILLIONS // 5),
    "ats": "@" * MILLIONS,
    "a person": f"{'1' * MILLIONS}@s.whatsapp.net",
    "a device": f"{'1' * MILLIONS}:1@s.whatsapp.net",
    "a hidden number": f"{'1' * MILLIONS}@lid",
    "a group": f"{'1' * MILLIONS}@g.us",
    "hyphens": "1-" * (MILLIONS // 2),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_recipient_longer_than_any_can_be_is_refused_at_once(app: MockApp, kind: str) -> None:
    to = ENDLESS[kind]
    begun = time.process_time()
    refusal = sent(app, to)
    assert time.process_time() - begun < 1.0 * slowness()
    assert refusal.status_code in (403, 500)
    assert len(refusal.headers["X-Mock-Reason"]) <= 400
    if refusal.status_code == 403:
        assert f"has {len(Jid.parse(to)):,} characters" in refusal.headers["X-Mock-Reason"]


@pytest.mark.parametrize("kind", ENDLESS)
def test_numbers_longer_than_any_can_be_are_refused_by_the_control_api(
    app: MockApp, kind: str
) -> None:
    control_api, to = ControlApi(app), ENDLESS[kind]
    begun = time.process_time()
    control_api.refusal("POST", f"/instances/{KEY}/inbound", {"from": to})
    control_api.refusal("POST", "/faults", {"fault": "bad-gateway", "recipient": to})
    assert time.process_time() - begun < 2.0 * slowness()


@pytest.mark.parametrize("kind", ["digits", "letters", "areas"])
def test_participant_longer_than_any_can_be_is_refused_at_once(app: MockApp, kind: str) -> None:
    body = {"group_data": {"group_name": "x", "participants": [ENDLESS[kind]]}}
    begun = time.process_time()
    reply = app.test_client().post(f"/rest/group/{KEY}/create", json=body, headers=AUTH)
    assert time.process_time() - begun < 1.0 * slowness()
    assert reply.status_code == 403
