"""An instance goes back to what it was before something a contact did."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from megaapi_mock.settings import Settings
from megaapi_mock.store import points as points_module
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..control import ControlApi
from ..slowness import slowness
from ..support import AUTH, KEY, UNLINKED

ANA, ANAS_CHAT = "5511900000002", "5511900000002@s.whatsapp.net"
GROUP = "120363000000000001@g.us"

Json = dict[str, Any]
Says = Callable[..., Json]


def saved(app: MockApp, key: str = KEY) -> Any:
    """Everything that decides what the instance does next, but for the ids of its records."""
    state = app.test_client().get(f"/_mock/state?instance={key}").get_json()["state"]
    return {name: value for name, value in state.items() if name not in ("numbers", "faults")}


@pytest.fixture
def says(control_api: ControlApi) -> Says:
    def write(text: str | None = "oi", **more: Any) -> Json:
        body = {"from": ANA, "text": text, **more}
        message: Json = control_api.post(f"/instances/{KEY}/inbound", body, status=201)
        return message

    return write


def answer(app: MockApp, text: str) -> str:
    body = {"messageData": {"to": ANA, "text": text}}
    reply = app.test_client().post(f"/rest/sendMessage/{KEY}/text", json=body, headers=AUTH)
    return str(reply.get_json()["messageData"]["key"]["id"])


def rewind(control_api: ControlApi, **body: Any) -> Json:
    answered: Json = control_api.post(f"/instances/{KEY}/rewind", body)
    return answered


def test_every_state_before_an_action_is_returned_to_exactly(
    app: MockApp, control_api: ControlApi, says: Says
) -> None:
    """Texts, a picture, a reaction, a group left, a phone off, a link lost, in this order."""
    control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9000/hook"})
    states: list[Any] = []
    actions: list[Json] = [
        {"text": "um"},
        {"event": "image", "text": None},
        {"event": "reaction", "text": None},
        {"event": "group-participants", "option": "remove", "group": GROUP, "text": None},
        {"event": "presence", "option": "composing", "text": None},
        {"text": "dois"},
        {"event": "deleted", "text": None},
    ]
    for number, action in enumerate(actions):
        answer(app, f"resposta {number}")
        states.append(saved(app))
        says(**{"text": None, **action})
        control_api.post(f"/instances/{KEY}/contacts/{ANA}", {"state": "phone_off"})
        control_api.post(f"/instances/{KEY}/contacts/{ANA}", {"state": "reachable"})
    points = control_api.items(f"/instances/{KEY}/points")
    assert [point["event"] for point in points] == [
        action.get("event", "text-plain") for action in actions
    ]
    for point, state in reversed(list(zip(points, states, strict=True))):
        control_api.post(f"/instances/{KEY}/unlink")
        rewind(control_api, point=point["id"], ids="again")
        assert saved(app) == state, point


def test_what_was_undone_is_done_again_with_the_same_ids(
    app: MockApp, control_api: ControlApi, says: Says
) -> None:
    first = says("oi")
    reply = answer(app, "Bom dia")
    after = saved(app)
    assert rewind(control_api, before=first["id"], ids="again") == {
        "instance": KEY,
        "point": "p1",
        "messages": 0,
        "removed": 2,
    }
    assert says("oi") == first
    assert answer(app, "Bom dia") == reply
    assert saved(app) == after


def test_what_comes_after_has_ids_that_nobody_has_seen(
    app: MockApp, control_api: ControlApi, says: Says
) -> None:
    seen: set[str] = set()
    for _ in range(3):
        message = says("oi")
        assert message["id"] not in seen
        seen |= {message["id"], answer(app, "Bom dia")}
        rewind(control_api, before=message["id"])
    assert len(seen) == 6
    # Neither has what comes after the old ids were given again.
    again = says("oi")
    rewind(control_api, before=again["id"], ids="again")
    assert says("oi")["id"] == again["id"]
    rewind(control_api, before=again["id"])
    assert says("oi")["id"] not in {*seen, again["id"]}


def test_other_instances_records_and_the_clock_stay(
    app: MockApp, control_api: ControlApi, says: Says
) -> None:
    control_api.post(f"/instances/{UNLINKED}/link")
    message = says("oi")
    answer(app, "Bom dia")
    control_api.post("/clock", {"advance": 60})
    control_api.post(f"/instances/{UNLINKED}/inbound", {"text": "olá"}, status=201)
    other, exchanges = saved(app, UNLINKED), control_api.items("/exchanges")
    now = control_api.get("/clock")
    rewind(control_api, before=message["id"])
    assert saved(app, UNLINKED) == other
    assert control_api.items("/exchanges") == exchanges
    assert control_api.get("/clock") == now


def test_the_clock_goes_back_where_that_is_wanted(control_api: ControlApi, says: Says) -> None:
    then = control_api.get("/clock")
    message = says("oi")
    control_api.post("/clock", {"advance": 3600})
    rewind(control_api, before=message["id"], clock="then")
    assert control_api.get("/clock") == then


def test_later_points_are_gone_and_the_point_itself_stays(
    control_api: ControlApi, says: Says
) -> None:
    messages = [says(str(number)) for number in range(3)]
    rewind(control_api, before=messages[1]["id"])
    assert [each["message"] for each in control_api.items(f"/instances/{KEY}/points")] == [
        messages[0]["id"],
        messages[1]["id"],
    ]
    rewind(control_api, before=messages[1]["id"])
    path = f"/instances/{KEY}/rewind"
    assert "before" in control_api.refusal("POST", path, {"before": messages[2]["id"]}, status=410)
    assert "p99" in control_api.refusal("POST", path, {"point": "p99"}, status=410)
    assert "no instance" in control_api.refusal(
        "POST", "/instances/x/rewind", {"point": "p1"}, status=404
    )


@pytest.mark.parametrize("at_once", [0, 3, 1_000])
def test_many_messages_between_two_points_are_undone(
    app: MockApp, control_api: ControlApi, says: Says, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(points_module, "CHANGES_MOST", at_once)
    says("um")
    before = says("dois")
    with app.runtime.instances.store.change(KEY) as instance:
        first = next(instance.messages.newest())
        for number in range(20):
            name = f"M{number}"
            instance.messages.put(name, replace(first, id=name, arrival=instance.tick()))
    state, message = saved(app), says("três")
    rewind(control_api, before=message["id"], ids="again")
    assert saved(app) == state
    assert rewind(control_api, before=before["id"])["messages"] == 1


def test_a_point_by_hand_has_a_name(app: MockApp, control_api: ControlApi, says: Says) -> None:
    says("oi")
    point = control_api.post(f"/instances/{KEY}/points", {"name": "before lunch"}, status=201)
    assert (point["name"], point["event"], point["message"]) == ("before lunch", None, None)
    state = saved(app)
    says("tchau")
    rewind(control_api, point=point["id"], ids="again")
    assert saved(app) == state


def test_what_was_refused_leaves_no_point(control_api: ControlApi) -> None:
    body = {"from": ANA, "event": "list-response", "option": "nope"}
    control_api.refusal("POST", f"/instances/{KEY}/inbound", body, status=409)
    assert control_api.items(f"/instances/{KEY}/points") == []


@pytest.mark.parametrize("how", ["reset", "state", "delete"])
def test_a_new_life_has_no_points(
    app: MockApp, control_api: ControlApi, says: Says, how: str
) -> None:
    state = app.test_client().get("/_mock/state").data
    says("oi")
    match how:
        case "reset":
            control_api.post(f"/reset?instance={KEY}")
        case "state":
            app.test_client().put("/_mock/state", data=state)
        case _:
            control_api.delete(f"/instances/{KEY}")
            control_api.post("/instances", {"key": KEY}, status=201)
    assert control_api.items(f"/instances/{KEY}/points") == []


def test_the_oldest_points_go_beyond_the_bytes(make_app: MakeApp) -> None:
    app = make_app(settings=Settings(points_bytes=30_000))
    control_api = ControlApi(app)
    for number in range(20):
        control_api.post(f"/instances/{KEY}/inbound", {"text": f"{number}"}, status=201)
        assert app.runtime.instances.points.size <= 30_000
    points = control_api.items(f"/instances/{KEY}/points")
    assert 1 < len(points) < 20
    control_api.post(f"/instances/{KEY}/rewind", {"point": points[0]["id"]})


def test_without_bytes_no_points_are_kept(make_app: MakeApp) -> None:
    control_api = ControlApi(make_app(settings=Settings(points_bytes=0)))
    control_api.post(f"/instances/{KEY}/inbound", {"text": "oi"}, status=201)
    assert control_api.items(f"/instances/{KEY}/points") == []


@pytest.mark.parametrize("shared", [1, 2, 50])
def test_points_that_share_a_copy_are_as_good_as_those_that_do_not(
    app: MockApp, control_api: ControlApi, says: Says, monkeypatch: pytest.MonkeyPatch, shared: int
) -> None:
    """With edits, a change that is undone, and rows that go, between the points."""
    monkeypatch.setattr(points_module, "SEGMENT_MOST", shared)
    states, messages = [], []
    for number in range(8):
        states.append(saved(app))
        messages.append(says(str(number)))
        if number % 3 == 1:
            says(None, event="edited", message=messages[-1]["id"])
        if number == 4:
            with (
                pytest.raises(ZeroDivisionError),
                app.runtime.instances.store.change(KEY) as instance,
            ):
                first = next(iter(instance.messages.values()))
                instance.messages.put("undone", replace(first, id="undone"))
                raise ZeroDivisionError
        if number == 6:
            with app.runtime.instances.store.change(KEY) as instance:
                instance.messages.remove(messages[0]["id"])
    for message, state in list(zip(messages, states, strict=True))[::-1]:
        rewind(control_api, before=message["id"], ids="again")
        assert saved(app) == state


def test_a_point_of_a_large_instance_costs_little(app: MockApp, says: Says) -> None:
    says("oi")
    with app.runtime.instances.store.change(KEY) as instance:
        first = next(instance.messages.newest())
        for number in range(20_000):
            name = f"M{number}"
            instance.messages.put(name, replace(first, id=name, arrival=instance.tick()))
    says("oi")
    with app.runtime.instances.store.read(KEY) as instance:
        seconds = []
        for _ in range(20):
            begun = time.perf_counter()
            app.runtime.instances.points.take(instance)
            seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 0.001 * slowness()


def test_what_waited_for_a_webhook_ends_with_its_world(
    app: MockApp, control_api: ControlApi, says: Says
) -> None:
    control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9000/hook"})
    control_api.post(f"/instances/{KEY}/chaos", {"delay": [60, 60]})
    message = says("oi")
    rewind(control_api, before=message["id"])
    (delivery,) = control_api.items("/deliveries")
    assert delivery["state"] == "abandoned"
