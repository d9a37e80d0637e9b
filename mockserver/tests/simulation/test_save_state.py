"""A state as a document: of all instances or one, with what belongs to them and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.clock import ClockState
from megaapi_mock.errors import UnknownInstance
from megaapi_mock.profile import default_profile
from megaapi_mock.simulation.save_state import FORMS, StateParts, save, switches_set
from megaapi_mock.web import use_cases
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..control import ControlApi
from ..support import KEY, START, UNLINKED
from ..web.control.bot_calls import send_text

HOOK = "http://127.0.0.1:9/hook"


@pytest.fixture
def parts(app: MockApp) -> StateParts:
    return use_cases.state_parts(app.runtime)


def test_the_state_of_all_has_everybody_and_what_all_share(parts: StateParts) -> None:
    state = save(parts)
    assert [each["key"] for each in state["instances"]] == [KEY, UNLINKED]
    assert (state["instance"], state["seed"]) == (None, 0)
    assert state["clock"]["frozen_at"] == START
    assert {"world", "start", "numbers", "media", "chaos", "faults"} < state.keys()


def test_the_state_of_one_has_nothing_of_the_others(
    control_api: ControlApi, parts: StateParts
) -> None:
    for key in (KEY, UNLINKED):
        control_api.post("/faults", {"fault": "bad-gateway", "instance": key}, status=201)
        control_api.post(f"/instances/{key}/chaos", {"duplicate": 2})
    whole, state = save(parts), save(parts, KEY)
    assert [each["key"] for each in state["instances"]] == [KEY]
    assert state["instance"] == KEY
    # Clock and world belong to nobody alone.
    assert not state.keys() & {"clock", "world", "start"}
    assert UNLINKED not in str(state)
    assert UNLINKED in str(whole["chaos"]) and UNLINKED in str(whole["faults"])


def test_an_unknown_instance_has_no_state(parts: StateParts) -> None:
    with pytest.raises(UnknownInstance, match="'megacode-NOBODY'"):
        save(parts, "megacode-NOBODY")


def arrivals(state: dict[str, Any]) -> list[int]:
    """The places of the messages of the only instance, in their order."""
    (instance,) = state["instances"]
    return [row["arrival"] for row in instance["messages"].values()]


def test_messages_of_one_are_numbered_without_those_of_others(
    control_api: ControlApi, parts: StateParts
) -> None:
    control_api.post(f"/instances/{UNLINKED}/link")
    for key in (KEY, UNLINKED, KEY):
        control_api.post(f"/instances/{key}/inbound", {"text": "oi"}, status=201)
    assert arrivals(save(parts, KEY)) == [1, 2]
    assert arrivals(save(parts, UNLINKED)) == [1]


def test_media_of_one_are_those_that_it_knows(control_api: ControlApi, parts: StateParts) -> None:
    control_api.post(f"/instances/{UNLINKED}/link")
    for key, event in ((KEY, "image"), (UNLINKED, "sticker")):
        control_api.post(f"/instances/{key}/inbound", {"event": event}, status=201)
    whole, own, other = (save(parts, key)["media"] for key in (None, KEY, UNLINKED))
    assert own and other and own != other
    assert sorted(whole) == sorted([*own, *other])


def test_what_is_due_has_happened_in_a_state(make_app: MakeApp) -> None:
    app = make_app(switches={"ack_delays": "1,2,3"})
    message_id, parts = send_text(app)["key"]["id"], use_cases.state_parts(app.runtime)

    def state() -> str:
        return str(save(parts, KEY)["instances"][0]["messages"][message_id]["state"])

    assert state() == "pending"
    # Nobody is told that the time has gone by.
    app.runtime.clock.restore(ClockState(START + 60, 0.0, 0))
    assert state() == "read"


def test_what_chaos_holds_is_part_of_a_state_and_records_are_not(
    control_api: ControlApi, parts: StateParts
) -> None:
    control_api.post(f"/instances/{KEY}/webhook", {"url": HOOK})
    control_api.post(f"/instances/{KEY}/chaos", {"delay": [600, 600]})
    message = control_api.post(f"/instances/{KEY}/inbound", {"text": "oi"}, status=201)
    (series,) = save(parts, KEY)["chaos"]
    assert message["id"] in str(series)
    assert not save(parts).keys() & {"exchanges", "deliveries", "fault_hits"}


def test_every_part_has_a_form(parts: StateParts) -> None:
    """Instances, world and start have forms of their own, in `store/snapshot.py`."""
    assert save(parts).keys() - {"instance", "instances", "world", "start"} == FORMS.keys()


def test_switches_at_their_defaults_are_not_named() -> None:
    assert switches_set(default_profile("start")) == {"plan": "start"}
    profile = default_profile().with_switches({"ack_delays": "1,2,3"})
    assert switches_set(profile) == {"plan": profile.plan, "ack_delays": "1,2,3"}
