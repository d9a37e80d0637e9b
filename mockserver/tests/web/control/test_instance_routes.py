"""Instances by the control API: made, listed, linked, deleted."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.linking import UNLINKED_BY
from megaapi_mock.web.app import MockApp
from megaapi_mock.worlds.load import read_world

from ...conftest import MakeApp
from ...control import ControlApi
from ...support import AUTH, KEY, UNLINKED, UNLINKED_TOKEN
from .bot_calls import HOOK, TEXT, UNLINKED_AUTH, hear, heard, send_text


def test_instances_show_what_they_are(calm: ControlApi) -> None:
    first, second = calm.items("/instances")
    assert first == calm.get(f"/instances/{KEY}")
    assert first["webhook"] == {"url": "", "enabled": False}
    shown = {name: first[name] for name in ("key", "token", "number", "state")}
    assert shown == {
        "key": KEY,
        "token": "TESTKEY0001",
        "number": "5511900000001",
        "state": "connected",
    }
    assert (second["key"], second["state"]) == (UNLINKED, "disconnected")


def test_an_instance_can_be_made_as_wanted(app: MockApp, control_api: ControlApi) -> None:
    made = control_api.post(
        "/instances",
        {
            "key": "megacode-TESTKEY0009",
            "token": "TESTKEY0009",
            "number": "5511900000020",
            "name": "Nova Loja",
            "connected": True,
            "webhook_url": HOOK,
        },
        status=201,
    )
    assert made == control_api.get("/instances/megacode-TESTKEY0009")
    assert made["webhook"] == {"url": HOOK, "enabled": True}
    assert (made["name"], made["state"]) == ("Nova Loja", "connected")
    sent = send_text(app, "megacode-TESTKEY0009", "TESTKEY0009")
    assert sent["status"] == "PENDING"
    echo = "from-me-api-echo"
    assert heard(app, control_api, made["key"]) == [echo, "ack-server", "ack-delivered", "ack-read"]


def test_an_instance_made_of_nothing_is_usable(app: MockApp, control_api: ControlApi) -> None:
    first = control_api.post("/instances", status=201)
    second = control_api.post("/instances", {"key": None, "number": None}, status=201)
    assert first["key"] != second["key"] and first["number"] != second["number"]
    assert first["state"] == "disconnected"
    assert control_api.post(f"/instances/{first['key']}/link")["state"] == "connected"
    send_text(app, first["key"], first["token"])


def test_a_made_key_never_meets_a_given_one(control_api: ControlApi) -> None:
    control_api.post("/instances", {"key": "megacode-MADE0000002"}, status=201)
    made = [control_api.post("/instances", status=201)["key"] for _ in range(3)]
    assert len({*made, "megacode-MADE0000002"}) == 4


def test_a_key_that_is_taken_is_409(calm: ControlApi) -> None:
    assert "exists already" in calm.refusal("POST", "/instances", {"key": KEY}, status=409)


def test_a_deleted_instance_is_gone(app: MockApp, control_api: ControlApi) -> None:
    assert control_api.delete(f"/instances/{KEY}") == {"removed": KEY}
    control_api.refusal("GET", f"/instances/{KEY}", status=404)
    control_api.refusal("DELETE", f"/instances/{KEY}", status=404)
    assert [item["key"] for item in control_api.items("/instances")] == [UNLINKED]
    reply = app.test_client().get(f"/rest/instance/{KEY}", headers=AUTH)
    assert reply.status_code == 404


def test_an_instance_made_anew_repeats_no_id(app: MockApp, control_api: ControlApi) -> None:
    made = {"key": "megacode-AGAIN", "token": "AGAIN", "number": "5511900000008", "connected": True}

    def talk() -> list[str]:
        control_api.post("/instances", made, status=201)
        told = control_api.post("/instances/megacode-AGAIN/inbound", {}, status=201)["id"]
        return [told, send_text(app, "megacode-AGAIN", "AGAIN")["key"]["id"]]

    first = talk()
    control_api.delete("/instances/megacode-AGAIN")
    state = control_api.get("/state")
    second = talk()
    assert not set(first) & set(second)
    # The file knows it too; a reset repeats nothing either, unless it is asked to.
    control_api.put("/state", state)
    assert talk() == second
    control_api.post("/reset")
    assert not set(talk()) & {*first, *second}
    control_api.post("/reset", {"ids": "again"})
    assert talk() == first


def test_instances_come_in_pages(control_api: ControlApi) -> None:
    for _ in range(5):
        control_api.post("/instances", status=201)
    keys = [item["key"] for item in control_api.items("/instances")]
    assert len(keys) == 7
    assert [item["key"] for item in control_api.walk("/instances?limit=2")] == keys
    assert control_api.get("/instances?limit=7")["next"] is None


def status_of(app: MockApp, key: str = UNLINKED) -> str:
    reply = app.test_client().get(f"/rest/instance/{key}", headers=UNLINKED_AUTH)
    found: str = reply.get_json()["instance"]["status"]
    return found


def test_the_phone_links_and_everyone_agrees(app: MockApp, control_api: ControlApi) -> None:
    hear(app, UNLINKED, UNLINKED_TOKEN)
    assert status_of(app) == "disconnected"
    assert control_api.post(f"/instances/{UNLINKED}/link")["state"] == "connected"
    assert status_of(app) == "connected"
    send_text(app, UNLINKED, UNLINKED_TOKEN)
    assert heard(app, control_api, UNLINKED)[0] == "connected"


def test_the_phone_types_the_pairing_code(app: MockApp, control_api: ControlApi) -> None:
    client = app.test_client()
    path = f"/rest/instance/pairingCode/{UNLINKED}?phoneNumber=5511900000003"
    code = client.get(path, headers=UNLINKED_AUTH).get_json()["pairingCode"]
    shown = control_api.get(f"/instances/{UNLINKED}")
    assert (shown["state"], shown["pairing_code"]) == ("pairing", code)
    linked = control_api.post(f"/instances/{UNLINKED}/link")
    assert (linked["state"], linked["pairing_code"]) == ("connected", None)


def test_another_phone_brings_another_number(app: MockApp, control_api: ControlApi) -> None:
    linked = control_api.post(f"/instances/{UNLINKED}/link", {"number": "5511900000020"})
    assert linked["number"] == "5511900000020"
    reply = app.test_client().get(f"/rest/instance/{UNLINKED}", headers=UNLINKED_AUTH)
    assert reply.get_json()["instance"]["user"]["id"].startswith("5511900000020:")


def test_linking_twice_is_409(calm: ControlApi) -> None:
    assert "linked already" in calm.refusal("POST", f"/instances/{KEY}/link", status=409)


def test_who_never_had_a_number_must_bring_one(make_app: MakeApp) -> None:
    world = read_world({"instances": [{"key": "nobody", "token": "T"}]})
    control_api = ControlApi(make_app(world=world))
    assert "no number yet" in control_api.refusal("POST", "/instances/nobody/link", {})
    assert (
        control_api.post("/instances/nobody/link", {"number": "5511900000020"})["state"]
        == "connected"
    )


@pytest.mark.parametrize("by", UNLINKED_BY)
def test_the_link_ends(app: MockApp, control_api: ControlApi, by: str) -> None:
    hear(app, KEY, "TESTKEY0001")
    assert control_api.post(f"/instances/{KEY}/unlink", {"by": by})["state"] == "disconnected"
    assert heard(app, control_api) == ["disconnected"]
    reply = app.test_client().post(f"/rest/sendMessage/{KEY}/text", json=TEXT, headers=AUTH)
    assert reply.status_code == 403
    # Only what the gateway dropped comes back by a restart: the session is still there.
    restart = app.test_client().delete(f"/rest/instance/{KEY}/restart", headers=AUTH)
    assert restart.status_code == 200
    restart.get_data()
    again = control_api.get(f"/instances/{KEY}")["state"]
    assert again == ("connected" if by == "gateway" else "qr")


@pytest.mark.parametrize("by", UNLINKED_BY)
def test_a_link_that_is_just_being_opened_can_be_lost(
    app: MockApp, control_api: ControlApi, by: str
) -> None:
    control_api.post("/faults", {"fault": "slow-start", "seconds": 30}, status=201)
    path = f"/rest/instance/{KEY}/restart"
    app.test_client().delete(path, headers=AUTH).get_data()
    assert control_api.get(f"/instances/{KEY}")["state"] == "connecting"
    assert control_api.post(f"/instances/{KEY}/unlink", {"by": by})["state"] == "disconnected"
    control_api.post("/clock", {"advance": 100})
    assert control_api.get(f"/instances/{KEY}")["state"] == "disconnected"


@pytest.mark.parametrize("by", ["phone", "ban"])
def test_what_the_gateway_dropped_still_ends_on_the_phone(
    app: MockApp, control_api: ControlApi, by: str
) -> None:
    hear(app, KEY, "TESTKEY0001")
    dropped = control_api.post(f"/instances/{KEY}/unlink", {"by": "gateway"})
    assert (dropped["session"], dropped["banned"]) == (True, False)
    assert "not linked" in control_api.refusal(
        "POST", f"/instances/{KEY}/unlink", {"by": "gateway"}, status=409
    )
    ended = control_api.post(f"/instances/{KEY}/unlink", {"by": by})
    assert (ended["session"], ended["banned"]) == (False, by == "ban")
    # Nothing was connected any more: the bot hears of the drop alone.
    assert heard(app, control_api) == ["disconnected"]
    app.test_client().delete(f"/rest/instance/{KEY}/restart", headers=AUTH).get_data()
    assert control_api.get(f"/instances/{KEY}")["state"] == "qr"


def test_unlinking_twice_is_409(control_api: ControlApi) -> None:
    control_api.post(f"/instances/{KEY}/unlink")
    assert "not linked" in control_api.refusal("POST", f"/instances/{KEY}/unlink", status=409)
