"""The promises: held, broken by a hair, and not measured."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from comparison.judgement import PromiseCheck, judge
from comparison.names import (
    MEMORY,
    PEERS,
    POSTGRES,
    PRISM,
    SQLITE,
    STORES,
    WIREMOCK,
    WIREMOCK_BARE,
    WIREMOCK_JOURNAL,
)

Change = Callable[[Any], None]


def sends(rate: float, p99: float) -> dict[str, list[float]]:
    return {"rate": [rate] * 3, "per_cpu": [rate] * 3, "p50_ms": [1.0] * 3, "p99_ms": [p99] * 3}


def good() -> Any:
    """A report in which every figure is exactly what is promised, or as near as it may be."""
    rates = {MEMORY: 8_000.0, SQLITE: 2_000.0, POSTGRES: 1_000.0}
    peers = dict.fromkeys(PEERS, 1_000.0)
    peers |= {WIREMOCK_JOURNAL: 8_000 / 3, WIREMOCK: 8_000 / 0.9, WIREMOCK_BARE: 8_000 / 0.9}
    times = {"few": 1_000, "many": 1_000_000, "few_us": [100.0] * 3, "many_us": [110.0] * 3}
    return {
        "machine": {"date": "2026-11-30"},
        "form": "long",
        "took": 60.0,
        "ceiling": 20_000.0,
        "sends": {name: sends(rate, 5.0) for name, rate in (rates | peers).items()},
        "starts": {MEMORY: {"seconds": [0.59], "mb": [79.9]}},
        "stored_start": {"messages": 100_000, "seconds": [0.99]},
        "growth": {store: deepcopy(times) for store in STORES},
        "memory": {"sends": 1_000_000, "mb": 149.9},
        "webhooks": {
            "kept connections": {"rate": [12_000.0], "core": [1.0]},
            "a fresh connection each": {"rate": [6_000.0], "core": [1.0]},
        },
        "latency": {
            "per_second": 500.0, "sends": 5_000, "missing": 0, "p50_ms": 1.0, "p99_ms": 9.9,
            "most_ms": 12.0,
        },
        "processes": {"without": [1_000.0], "with_": [1_600.0], "reason": ""},
        "waits": {"without": [1_000.0], "with_": [900.0], "reason": ""},
    }  # fmt: skip


def promise_check(report: Any, promise: str) -> PromiseCheck:
    (found,) = [each for each in judge(report) if promise in each.promise]
    return found


def put(value: Any, *path: str) -> Change:
    def change(report: Any) -> None:
        for name in path[:-1]:
            report = report[name]
        report[path[-1]] = value

    return change


def test_all_promises_hold_at_their_bounds() -> None:
    verdicts = judge(good())
    assert [each.promise for each in verdicts if not each.holds] == []
    assert len(verdicts) == len({each.promise for each in verdicts}) == 21


BARE = "0.9 times WireMock, no journal, no checks"
BROKEN: list[tuple[str, Change, str]] = [
    ("memory: at least 8 times Prism", put([7_999.9] * 3, "sends", MEMORY, "rate"), "7.99"),
    ("at least 3 times WireMock", put([2_667.0] * 3, "sends", WIREMOCK_JOURNAL, "rate"), "2.99"),
    (BARE, put([8_900.0] * 3, "sends", WIREMOCK_BARE, "rate"), "0.89"),
    ("SQLite: at least 2 times", put([1_999.9] * 3, "sends", SQLITE, "rate"), "1.99"),
    ("PostgreSQL: at least 1 times", put([999.9] * 3, "sends", POSTGRES, "rate"), "0.99"),
    ("p99 of a send, memory", put([5.01] * 3, "sends", MEMORY, "p99_ms"), "5.1 ms"),
    ("p99 of a send, SQLite", put([4.9] * 3, "sends", PRISM, "p99_ms"), "Prism 4.9 ms"),
    ("cold start, memory", put([0.6], "starts", MEMORY, "seconds"), "0.60 s"),
    ("cold start, SQLite", put([1.0001], "stored_start", "seconds"), "1.01 s"),
    ("idle memory", put([80.0], "starts", MEMORY, "mb"), "80.0 MB"),
    ("memory after 1,000,000", put(150.01, "memory", "mb"), "150.1 MB"),
    ("cost of a send, SQLite", put([110.01] * 3, "growth", SQLITE, "many_us"), "1.11"),
    ("kept connections", put([11_999.9], "webhooks", "kept connections", "rate"), "11,999"),
    ("a fresh connection", put([5_999.9], "webhooks", "a fresh connection each", "rate"), "5,999"),
    ("send to webhook", put(10.0, "latency", "p99_ms"), "10.0 ms"),
    ("two processes", put([1_599.9], "processes", "with_"), "1.59"),
    ("1,000 waits", put([899.9], "waits", "with_"), "0.89"),
    ("two processes", put("only 1 can share", "processes", "reason"), "only 1 can share"),
]  # fmt: skip


@pytest.mark.parametrize(("promise", "change", "shown"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_figure_just_beyond_its_bound_does_not_hold(
    promise: str, change: Change, shown: str
) -> None:
    report = good()
    change(report)
    found = promise_check(report, promise)
    assert found.holds is False
    assert shown in found.measured


def test_what_was_not_measured_is_said() -> None:
    verdicts = judge({})
    assert {each.word for each in verdicts} == {"not measured"}
    assert len(verdicts) == 21


@pytest.mark.parametrize("part", [name for name in good() if name not in ("machine", "form")])
def test_a_part_that_is_missing_decides_nothing_else(part: str) -> None:
    report = good()
    del report[part]
    assert {each.holds for each in judge(report)} <= {True, None}


LESS: list[tuple[str, Change, Change]] = [
    ("memory after", put(100_000, "memory", "sends"), put(151.0, "memory", "mb")),
    (
        "cost of a send, memory",
        put(9_999, "growth", MEMORY, "many"),
        put([120.0] * 3, "growth", MEMORY, "many_us"),
    ),
    (
        "cold start, SQLite",
        put(9_999, "stored_start", "messages"),
        put([2.0], "stored_start", "seconds"),
    ),
    ("send to webhook", put(100.0, "latency", "per_second"), put(11.0, "latency", "p99_ms")),
]


@pytest.mark.parametrize(("promise", "less", "worse"), LESS, ids=[row[0] for row in LESS])
def test_a_good_figure_of_less_decides_nothing(promise: str, less: Change, worse: Change) -> None:
    report = good()
    less(report)
    assert promise_check(report, promise).holds is None


@pytest.mark.parametrize(("promise", "less", "worse"), LESS, ids=[row[0] for row in LESS])
def test_a_bad_figure_of_less_does_not_hold(promise: str, less: Change, worse: Change) -> None:
    report = good()
    less(report)
    worse(report)
    assert promise_check(report, promise).holds is False


def test_latency_needs_every_peer_to_hold() -> None:
    report = good()
    del report["sends"][PRISM]
    assert promise_check(report, "p99 of a send, memory").holds is None


def test_latency_above_one_peer_does_not_hold_without_the_others() -> None:
    report = good()
    report["sends"][MEMORY]["p99_ms"] = [5.1]
    del report["sends"][PRISM]
    assert promise_check(report, "p99 of a send, memory").holds is False
