"""Which probes a run tries, in which order, and why others are left out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from megaapi_contract.errors import SetupError
from megaapi_contract.judging.contract import Contract
from megaapi_contract.probes.probe import Probe
from megaapi_contract.run import selection
from megaapi_contract.run.context import RunContext
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.selection import (
    chosen_probes,
    is_selected,
    skip_reason,
    with_operation_ids,
)


def probe(name: str, *operations: str, **fields: Any) -> Probe:
    effects = frozenset(fields.pop("effects", ("reads",)))
    phase = fields.pop("phase", "laws")
    return Probe(name, phase, operations, lambda session, stage: None, effects=effects, **fields)


def context(*, given: bool = False, phone: bool = False, **options: Any) -> RunContext:
    made: Any = SimpleNamespace(
        options=RunOptions("https://host.example.test", **options),
        allowed_effects=frozenset({"reads", "sends"}),
        stage=SimpleNamespace(phone=phone, why_nobody_writes=lambda event: ""),
        person=None,
        stage_for=lambda probe: made.stage,
        instance=object() if given else None,
        contract=Contract(),
    )
    return cast(RunContext, made)


@pytest.mark.parametrize(
    ("tried", "reason"),
    [
        (probe("a", effects=("reads", "sends")), ""),
        (probe("a", effects=("sends", "disconnects", "changes")),
         "it changes, disconnects: --allow changes --allow disconnects"),
        (probe("a", phone=True), "it needs a simulated phone and customers, which only a mock has"),
        (probe("a", quick=False), "not in a quick run"),
    ],
)  # fmt: skip
def test_a_probe_is_left_out_for_a_reason(tried: Probe, reason: str) -> None:
    assert skip_reason(tried, context(quick=True)) == reason


def test_phones_and_time_let_more_be_tried() -> None:
    assert skip_reason(probe("a", phone=True), context(phone=True)) == ""
    assert skip_reason(probe("a", quick=False), context()) == ""


@pytest.mark.parametrize(
    ("options", "selected"),
    [
        ({}, True),
        ({"probes": ("a",)}, True),
        ({"probes": ("b",)}, False),
        ({"operations": ("logout", "send_text")}, True),
        ({"operations": ("logout",)}, False),
        ({"probes": ("a",), "operations": ("logout",)}, False),
    ],
)
def test_a_probe_is_selected_by_name_and_operation(options: dict[str, Any], selected: bool) -> None:
    assert is_selected(probe("a", "send_text"), RunOptions("mock", **options)) == selected


def test_what_ends_the_link_of_a_given_instance_comes_last() -> None:
    probes = [
        probe("logout", "logout", effects=("disconnects",), phase="examples"),
        probe("restart", "restart", effects=("disconnects",), phase="examples"),
        probe("webhooks", phase="webhooks"),
        probe("example", phase="examples"),
    ]
    order = [each.name for each in selection._in_order(probes, context(given=True))]
    # Where only so many messages may be sent, what shows most comes before the examples.
    assert order == ["webhooks", "example", "restart", "logout"]
    order = [each.name for each in selection._in_order(probes, context())]
    assert order == ["logout", "restart", "example", "webhooks"]


def test_a_chain_never_ends_the_link_of_a_given_instance() -> None:
    by_id = Contract().by_id
    made = context(given=True)
    made.allowed_effects = frozenset({"reads", "disconnects"})  # type: ignore[misc]
    assert not selection._may_be_chained(by_id["logout"], made)
    assert selection._may_be_chained(by_id["instance_status"], made)
    assert not selection._may_be_chained(by_id["send_text"], made)
    made.instance = None
    assert selection._may_be_chained(by_id["logout"], made)


def test_laws_about_operations_that_the_plan_has_not_are_left_out() -> None:
    laws = [probe("one", "send_text"), probe("two", "send_text", "nothing")]
    assert [law.name for law in selection._laws_of_plan(context(), laws)] == ["one"]


def test_a_probe_or_pair_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [probe("examples of send_text", "send_text"), probe("a law", "logout")]
    monkeypatch.setattr(selection, "probes", lambda _: made)
    assert chosen_probes(context()) == made
    assert chosen_probes(context(probes=("a law",))) == made[1:]
    with pytest.raises(SetupError, match="did you mean examples of send_text"):
        chosen_probes(context(probes=("examples of send_txt",)))
    with pytest.raises(SetupError, match="no probe of that name is about that operation"):
        chosen_probes(context(probes=("a law",), operations=("send_text",)))


@pytest.mark.parametrize("name", ["sendText", "send_message/send_text", "POST text"])
def test_an_operation_may_be_named_as_people_do(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(selection, "replace", lambda made, **changes: SimpleNamespace(**changes))
    resolved = with_operation_ids(context(operations=(name,)))
    options: Any = resolved.options
    assert options.operations == ("send_text",)


def test_unknown_operation_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(SetupError, match="plan code has no such operation: did you mean send_text"):
        with_operation_ids(context(operations=("send_txt",)))
