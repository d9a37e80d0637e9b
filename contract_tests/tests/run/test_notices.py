"""What is said before and after a run that changes a given instance."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from megaapi_contract.run.context import RunContext
from megaapi_contract.run.notices import (
    DIVERTED,
    FORWARDED,
    TAKEN_AS_REAL,
    notices_after_run,
    notices_before_run,
    notices_of_earlier_run,
    plan_notices,
)
from megaapi_contract.run.options import RunOptions

CHANGES = frozenset({"reads", "changes"})


def context(
    *,
    entries: int = 0,
    restored: tuple[str, ...] = (),
    fenced: bool = True,
    allow: frozenset[str] = CHANGES,
    refused: int | None = None,
    host: tuple[str, bool] = ("https://host.example.test", True),
) -> RunContext:
    restore = SimpleNamespace(
        entries=[1] * entries, description=f"{entries} settings", path="/r.json"
    )
    forwarder = None
    if refused is not None:
        forwarder = SimpleNamespace(refusal_count=refused, forward_count=7)
    made: Any = SimpleNamespace(
        gate=SimpleNamespace(restore=restore, fence=object() if fenced else None),
        options=RunOptions("https://host.example.test", allow=allow),
        restored_before_run=restored,
        target=SimpleNamespace(name=host[0], real=host[1]),
        peer=None,
        forwarder=forwarder,
    )
    return cast(RunContext, made)


def test_a_run_that_changes_nothing_announces_nothing() -> None:
    assert [*plan_notices(RunOptions("mock"))] == []
    assert [*notices_before_run(context(allow=frozenset({"reads"})))] == []


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080", "http://localhost:8080"])
def test_a_tunnel_is_said_to_be_taken_for_a_real_host(address: str) -> None:
    reads = frozenset({"reads"})
    assert [*notices_before_run(context(allow=reads, host=(address, True)))] == [TAKEN_AS_REAL]
    assert [*notices_before_run(context(allow=reads, host=(address, False)))] == []


def test_webhooks_are_said_to_be_diverted_or_passed_on() -> None:
    diverted, groups = plan_notices(RunOptions("mock", allow=CHANGES))
    assert diverted == DIVERTED and "at most 1 group with" in groups
    options = RunOptions("mock", allow=CHANGES, forward=True, max_groups=2)
    forwarded, groups = plan_notices(options)
    assert forwarded == FORWARDED and "at most 2 groups with" in groups


def test_what_must_be_put_back_is_said_to_stand_in_its_file() -> None:
    *_, last = notices_before_run(context())
    assert last == "what must be put back stands in /r.json until it is"
    assert [*notices_before_run(context(fenced=False))] == []


def test_an_earlier_run_is_said_to_have_left_something() -> None:
    assert [*notices_of_earlier_run(context())] == []
    [restored] = notices_of_earlier_run(context(restored=("the webhook", "1 group")))
    assert restored == "an earlier run had left the webhook, 1 group: put back now"
    [left] = notices_of_earlier_run(context(entries=2))
    assert left == "an earlier run has left 2 settings: not put back, see /r.json"


def test_what_could_not_be_put_back_or_passed_on_is_said_at_the_end() -> None:
    assert [*notices_after_run(context(refused=0))] == []
    [refused] = notices_after_run(context(refused=3))
    assert refused.endswith("own receiver: 7; not taken by it: 3")
    [left] = notices_after_run(context(entries=2))
    assert left.startswith("not put back: 2 settings.")
    assert left.endswith("megaapi-contract restore /r.json")
