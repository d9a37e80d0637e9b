"""Reset, clock, and the state out and in, by the control API."""

from __future__ import annotations

from megaapi_mock.web.app import MockApp
from megaapi_mock.web.control.state_routes import LATEST

from ...control import ControlApi
from ...support import KEY, START, UNLINKED
from .bot_calls import hear, send_text


def test_reset_takes_everything_back(app: MockApp, control_api: ControlApi) -> None:
    hear(app, KEY, "TESTKEY0001")
    send_text(app)
    assert app.runtime.webhooks.courier.wait_idle(60)
    control_api.post("/instances", status=201)
    control_api.delete(f"/instances/{UNLINKED}")
    assert control_api.post("/reset") == {"reset": "all", "instances": 2}
    assert [item["key"] for item in control_api.items("/instances")] == [KEY, UNLINKED]
    assert control_api.get(f"/instances/{KEY}")["webhook"] == {"url": "", "enabled": False}
    for records in ("messages", "exchanges", "deliveries"):
        assert control_api.items(f"/{records}") == []


def test_after_a_reset_everything_happens_again_as_it_did(
    app: MockApp, control_api: ControlApi
) -> None:
    first = send_text(app)
    exchange = control_api.items("/exchanges")[0]
    control_api.post("/reset", {"ids": "again"})
    assert send_text(app) == first
    again = control_api.items("/exchanges")[0]
    # The real time it took is another one.
    assert {**again, "duration_ms": exchange["duration_ms"]} == exchange


def test_reset_of_one_leaves_the_others_alone(app: MockApp, control_api: ControlApi) -> None:
    made = control_api.post("/instances", {"connected": True}, status=201)
    send_text(app)
    send_text(app, made["key"], made["token"])
    assert control_api.post(f"/reset?instance={KEY}") == {"reset": KEY, "instances": 3}
    assert [item["instance"] for item in control_api.items("/messages")] == [made["key"]]
    assert {item["instance"] for item in control_api.items("/exchanges")} == {made["key"]}
    # One the starting world does not have is not there any more.
    assert control_api.post(f"/reset?instance={made['key']}")["instances"] == 2
    control_api.refusal("GET", f"/instances/{made['key']}", status=404)
    control_api.refusal("POST", f"/reset?instance={made['key']}", status=404)


def test_the_clock_freezes_moves_and_runs_on(control_api: ControlApi) -> None:
    assert control_api.get("/clock") == {"now": START, "frozen": True}
    assert control_api.post("/clock", {"advance": 2.5}) == {"now": START + 2.5, "frozen": True}
    assert control_api.post("/clock", {"set": 1_800_000_000}) == {
        "now": 1_800_000_000,
        "frozen": True,
    }
    assert control_api.post("/clock", {"set": 1000, "advance": 5})["now"] == 1005
    running = control_api.post("/clock", {"freeze": False})
    assert not running["frozen"] and 1005 <= running["now"] < 1015
    later = control_api.get("/clock")["now"]
    assert 1005 <= later < 1015
    stopped = control_api.post("/clock", {"freeze": True, "advance": 100})
    assert stopped["frozen"] and 1105 <= stopped["now"] < 1115
    assert control_api.get("/clock") == stopped


def test_every_time_shown_is_the_clocks(app: MockApp, control_api: ControlApi) -> None:
    control_api.post("/clock", {"set": LATEST})
    assert send_text(app)["messageTimestamp"] == str(LATEST)
    assert control_api.items("/messages")[0]["time"] == LATEST
    assert control_api.items("/exchanges")[0]["time"] == LATEST
