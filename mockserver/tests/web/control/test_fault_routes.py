"""Faults by the control API: armed, listed, cleared, and told on the stream."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.records.feed import Feed
from megaapi_mock.web.app import MockApp

from ...control import ControlApi
from ...support import KEY, UNLINKED

Json = dict[str, Any]


def arm(control_api: ControlApi, instance: str | None = None) -> str:
    """The id of a fault that is armed."""
    body = {"fault": "bad-gateway", **({} if instance is None else {"instance": instance})}
    return str(control_api.post("/faults", body, status=201)["id"])


@pytest.fixture
def shown(app: MockApp, control_api: ControlApi, monkeypatch: pytest.MonkeyPatch) -> list[Json]:
    """What the event stream shows of faults, as somebody reads it."""
    documents: list[Json] = []

    def add(_: Feed, kind: str, instance: str | None, record: Json, size: int = 0) -> None:
        if kind == "faults":
            documents.append(record)

    monkeypatch.setattr(Feed, "keeps", lambda *_: True)
    monkeypatch.setattr(Feed, "add", add)
    return documents


def test_faults_are_listed_in_order_and_in_pages(control_api: ControlApi) -> None:
    ids = [arm(control_api), arm(control_api, KEY), arm(control_api)]
    assert [fault["id"] for fault in control_api.items("/faults")] == ids
    assert control_api.get("/faults?limit=2")["next"] == ids[1]
    assert [fault["id"] for fault in control_api.walk("/faults?limit=2")] == ids


def test_the_list_of_an_instance_has_its_own_faults_alone(control_api: ControlApi) -> None:
    arm(control_api)
    own, _ = arm(control_api, KEY), arm(control_api, UNLINKED)
    assert [fault["id"] for fault in control_api.items(f"/faults?instance={KEY}")] == [own]


def test_a_list_after_a_fault_that_is_gone_begins_anew(control_api: ControlApi) -> None:
    ids = [arm(control_api), arm(control_api)]
    control_api.delete(f"/faults/{ids[0]}")
    assert [each["id"] for each in control_api.items(f"/faults?since={ids[0]}")] == ids[1:]


def test_a_fault_of_nobody_is_not_armed(control_api: ControlApi) -> None:
    body = {"fault": "bad-gateway", "instance": "megacode-NOBODY"}
    assert "megacode-NOBODY" in control_api.refusal("POST", "/faults", body, status=404)
    assert control_api.items("/faults") == []


def test_one_fault_those_of_an_instance_or_all_are_cleared(control_api: ControlApi) -> None:
    first, own, other = arm(control_api), arm(control_api, KEY), arm(control_api)
    assert control_api.delete(f"/faults/{first}") == {"cleared": 1}
    assert control_api.delete(f"/faults?instance={KEY}") == {"cleared": 1}
    assert [fault["id"] for fault in control_api.items("/faults")] == [other]
    assert own in control_api.refusal("DELETE", f"/faults/{own}", status=404)
    assert control_api.delete("/faults") == {"cleared": 1}


def test_the_stream_shows_how_many_are_armed_after_each_change(
    control_api: ControlApi, shown: list[Json]
) -> None:
    first = arm(control_api)
    arm(control_api, KEY)
    control_api.delete(f"/faults/{first}")
    control_api.delete("/faults")
    assert [each["armed"] for each in shown] == [1, 2, 1, 0]


def test_kinds_are_listed_with_what_can_be_armed(app: MockApp, calm: ControlApi) -> None:
    document = calm.get("/faults/kinds")
    assert [kind["name"] for kind in document["items"]] == list(app.runtime.faults.kinds)
    assert {"operation", "instance", "times"} <= {each["name"] for each in document["scope"]}
