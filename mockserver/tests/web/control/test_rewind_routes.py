"""Points by the control API: listed for a chat and in pages, taken by hand, and returned to."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.web.app import MockApp

from ...control import ControlApi
from ...support import KEY, UNLINKED

ANA, RUI = "5511900000002", "5511900000004"
POINTS, REWIND = f"/instances/{KEY}/points", f"/instances/{KEY}/rewind"


def receive(control_api: ControlApi, sender: str = ANA) -> str:
    """The id of a message that came."""
    body = {"from": sender, "text": "oi"}
    return str(control_api.post(f"/instances/{KEY}/inbound", body, status=201)["id"])


def point_ids(control_api: ControlApi, query: str = "") -> list[str]:
    """The points there are, page by page."""
    return [point["id"] for point in control_api.walk(f"{POINTS}?limit=2{query}")]


@pytest.mark.parametrize("body", [{"ids": "new"}, {"point": "p1", "before": "x"}])
def test_one_way_back_is_named(control_api: ControlApi, body: dict[str, Any]) -> None:
    assert "give either `point` or `before`" in control_api.refusal("POST", REWIND, body)


def test_points_are_listed_by_chat_and_in_pages(control_api: ControlApi) -> None:
    for _ in range(4):
        receive(control_api)
    receive(control_api, RUI)
    every = point_ids(control_api)
    assert len(every) == len(set(every)) == 5
    assert point_ids(control_api, f"&order=newest&chat={ANA}") == every[3::-1]
    assert point_ids(control_api, f"&chat={RUI}") == every[4:]


def test_a_list_after_a_point_that_is_gone_begins_anew(control_api: ControlApi) -> None:
    receive(control_api)
    assert point_ids(control_api, "&since=p999") == point_ids(control_api)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "points"), ("POST", "points"), ("POST", "rewind")]
)
def test_nobody_has_no_points(control_api: ControlApi, method: str, path: str) -> None:
    body = {"point": "p1"} if path == "rewind" else None
    path = f"/instances/megacode-NOBODY/{path}"
    assert "megacode-NOBODY" in control_api.refusal(method, path, body, status=404)


def test_a_point_by_hand_has_the_name_it_is_given(control_api: ControlApi) -> None:
    receive(control_api)
    point = control_api.post(POINTS, {"name": "before lunch"}, status=201)
    assert point["name"] == "before lunch"
    assert point_ids(control_api)[-1] == point["id"]
    assert control_api.items(f"/instances/{UNLINKED}/points") == []


def test_the_way_back_by_a_point_or_a_message_ends_at_the_same_place(
    control_api: ControlApi,
) -> None:
    first, second = receive(control_api), receive(control_api)
    points = point_ids(control_api)
    assert control_api.post(REWIND, {"before": second})["messages"] == 1
    assert [each["id"] for each in control_api.items("/messages")] == [first]
    control_api.post(REWIND, {"point": points[0]})
    assert control_api.items("/messages") == []


def test_ids_and_clock_are_new_unless_they_are_asked_for(
    app: MockApp, control_api: ControlApi
) -> None:
    clock: Clock = app.runtime.clock
    before, message = clock.now(), receive(control_api)
    point = point_ids(control_api)[0]
    clock.advance(60)
    control_api.post(REWIND, {"point": point})
    assert clock.now() == before + 60
    other = receive(control_api)
    control_api.post(REWIND, {"point": point, "ids": "again", "clock": "then"})
    assert clock.now() == before
    assert receive(control_api) == message != other
