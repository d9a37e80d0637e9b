"""How instances end: what of them is over, what stays, and that one failure stops nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.domain.gateway import InstanceSeed
from megaapi_mock.errors import UnknownInstance
from megaapi_mock.faults.active import ActiveFaults
from megaapi_mock.records.journal import Journal
from megaapi_mock.simulation.lifecycle import Lifecycle, continue_counters
from megaapi_mock.store.points import Points
from megaapi_mock.web import use_cases
from megaapi_mock.web.app import MockApp
from megaapi_mock.webhooks.chaos.dispatcher import ChaosDispatcher
from megaapi_mock.webhooks.courier import Courier
from megaapi_mock.webhooks.publish import Publisher

from ..control import ControlApi
from ..support import KEY, UNLINKED

HOOK = "http://127.0.0.1:9/hook"
Json = dict[str, Any]


@pytest.fixture
def lifecycle(app: MockApp) -> Lifecycle:
    return use_cases.lifecycle(app.runtime)


@pytest.fixture
def held(app: MockApp, control_api: ControlApi) -> ControlApi:
    """Two instances of which chaos holds a webhook each, with a fault and a point of their own."""
    for key in (KEY, UNLINKED):
        if key == UNLINKED:
            control_api.post(f"/instances/{key}/link")
        control_api.post(f"/instances/{key}/webhook", {"url": HOOK})
        control_api.post(f"/instances/{key}/chaos", {"delay": [600, 600]})
        control_api.post("/faults", {"fault": "bad-gateway", "instance": key}, status=201)
        control_api.post(f"/instances/{key}/inbound", {"text": "oi"}, status=201)
    return control_api


def states(control_api: ControlApi, key: str) -> set[str]:
    """How far the webhooks of an instance have come."""
    return {each["state"] for each in control_api.items(f"/deliveries?instance={key}")}


def faults(control_api: ControlApi) -> set[str]:
    """Whose faults are armed."""
    return {each["instance"] for each in control_api.items("/faults")}


def test_queued_webhooks_of_one_instance_end_and_it_can_still_go_back(
    app: MockApp, lifecycle: Lifecycle, held: ControlApi
) -> None:
    lifecycle.end_queued(KEY)
    assert (states(held, KEY), states(held, UNLINKED)) == ({"abandoned"}, {"queued"})
    assert held.items(f"/instances/{KEY}/points")
    assert faults(held) == {KEY, UNLINKED}
    lifecycle.end_queued(None)
    assert states(held, UNLINKED) == {"abandoned"}


def test_an_instance_that_is_abandoned_cannot_go_back(
    lifecycle: Lifecycle, held: ControlApi
) -> None:
    lifecycle.abandon(KEY)
    assert states(held, KEY) == {"abandoned"}
    assert held.items(f"/instances/{KEY}/points") == []
    assert held.items(f"/instances/{UNLINKED}/points")
    assert faults(held) == {KEY, UNLINKED}


def test_what_is_forgotten_has_neither_faults_nor_records(
    lifecycle: Lifecycle, held: ControlApi
) -> None:
    lifecycle.forget(KEY)
    assert faults(held) == {UNLINKED}
    assert (states(held, KEY), states(held, UNLINKED)) == (set(), {"queued"})
    lifecycle.forget(None)
    assert (faults(held), states(held, UNLINKED)) == (set(), set())


def test_a_reset_is_complete_before_anybody_can_see_it(
    app: MockApp, lifecycle: Lifecycle, held: ControlApi
) -> None:
    seen: list[Any] = []

    def look() -> None:
        with app.runtime.instances.store.read(KEY) as instance:
            seen.append((instance.webhook.url, states(held, KEY)))

    lifecycle.reset(KEY, on_reset=look)
    assert seen == [("", {"queued"})]
    assert states(held, KEY) == set()
    assert held.get(f"/instances/{UNLINKED}")["webhook"]["url"] == HOOK


def test_a_removed_instance_leaves_its_records_and_its_counters(
    app: MockApp, lifecycle: Lifecycle, held: ControlApi
) -> None:
    before = app.runtime.records.journal.last_numbers(KEY)
    lifecycle.remove(KEY)
    assert states(held, KEY) == {"abandoned"}
    assert faults(held) == {UNLINKED}
    assert list(app.runtime.instances.store.keys()) == [UNLINKED]
    after = app.runtime.records.journal.last_numbers(KEY)
    # Beside those of its records, what the instance itself has counted.
    assert after.items() > before.items()


def test_nobody_is_removed_who_is_not_there_and_nobody_waits_for_it(
    lifecycle: Lifecycle, held: ControlApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_everybody(_: Publisher) -> None:
        raise AssertionError("all instances are held for an instance that there is not")

    monkeypatch.setattr(Publisher, "at_rest", stop_everybody)
    with pytest.raises(UnknownInstance):
        lifecycle.remove("megacode-NOBODY")
    assert faults(held) == {KEY, UNLINKED}


def test_an_instance_under_an_old_key_goes_on_counting(
    app: MockApp, lifecycle: Lifecycle, held: ControlApi
) -> None:
    store, journal = app.runtime.instances.store, app.runtime.records.journal
    lifecycle.remove(KEY)
    numbers = journal.last_numbers(KEY)
    inbound = numbers[f"inbound.{KEY}"]
    assert inbound
    with store.add(InstanceSeed(key=KEY, token="T")) as instance:
        continue_counters(instance, journal)
        assert instance.state.counters["inbound"] == inbound
        # What the journal itself counts is not a counter of the instance.
        assert not {"x", "d"} & set(instance.state.counters)


BROKEN = [
    (Publisher, "abandon"), (ChaosDispatcher, "clear"), (Courier, "abandon"), (Points, "forget"),
    (ActiveFaults, "reset"), (Journal, "forget"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("owner", "name"), BROKEN, ids=[f"{owner.__name__}.{name}" for owner, name in BROKEN]
)
def test_whatever_fails_all_else_of_the_end_is_done(
    lifecycle: Lifecycle,
    held: ControlApi,
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    name: str,
) -> None:
    calls: list[str] = []
    for each, method in BROKEN:
        usual = getattr(each, method)

        def note(self: Any, *arguments: Any, usual: Any = usual, method: str = method) -> Any:
            calls.append(method)
            return usual(self, *arguments)

        monkeypatch.setattr(each, method, note)

    def fail(*_: Any) -> None:
        calls.append(name)
        raise RuntimeError("planted in a test")

    monkeypatch.setattr(owner, name, fail)
    lifecycle.forget(KEY)
    assert calls == [method for _, method in BROKEN]
    monkeypatch.undo()
    lifecycle.forget(None)
