"""The bounds that the project promises, and whether a comparison's figures keep them.

Figures are compared as they were measured. What is printed of them is rounded against us.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .figures import Spread, downwards, ratio, spread, upwards
from .names import (
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
from .report import Report

# How many times the sends a second of a peer.
TIMES = (
    (MEMORY, PRISM, 8.0),
    (MEMORY, WIREMOCK_JOURNAL, 3.0),
    (MEMORY, WIREMOCK, 0.9),
    (MEMORY, WIREMOCK_BARE, 0.9),
    (SQLITE, PRISM, 2.0),
    (POSTGRES, PRISM, 1.0),
)
START, STORED_START, STORED = 0.6, 1.0, 100_000
IDLE_MB, USED_MB, USED_SENDS = 80.0, 150.0, 1_000_000
GROWTH, FEW, MANY = 1.1, 1_000, 1_000_000
WEBHOOKS = (("kept connections", 12_000), ("a fresh connection each", 6_000))
LATENCY_MS, LATENCY_RATE = 10.0, 500
PROCESSES, WAITS = 1.6, 0.9


@dataclass(frozen=True)
class PromiseCheck:
    """One promise. `holds` is None where this run could not tell."""

    promise: str
    holds: bool | None
    measured: str

    @property
    def word(self) -> str:
        """For a table."""
        return {True: "holds", False: "does not hold", None: "not measured"}[self.holds]


def judge(report: Report) -> list[PromiseCheck]:
    """A check for each line of what is promised, in its order."""
    return [
        *_times(report),
        *_latest(report),
        *_starts(report),
        *_memory(report),
        *_growth(report),
        *_webhooks(report),
        _pair(report, "processes", "two processes on PostgreSQL", "times one", PROCESSES),
        _pair(report, "waits", "1,000 waits and streams open", "of the sends without", WAITS),
    ]


def _unmeasured(promise: str, measured: str = "") -> PromiseCheck:
    return PromiseCheck(promise, None, measured)


def _times(report: Report) -> Iterator[PromiseCheck]:
    sends = report.get("sends", {})
    for store, peer, bound in TIMES:
        promise = f"sends/s, {store}: at least {bound:g} times {peer}"
        if store not in sends or peer not in sends:
            yield _unmeasured(promise)
            continue
        times = ratio(sends[store]["rate"], sends[peer]["rate"])
        yield PromiseCheck(promise, times.middle >= bound, _shown(times, 2))


def _shown(value: Spread, digits: int) -> str:
    middle, least = downwards(value.middle, digits), downwards(value.least, digits)
    return f"{middle} ({least} to {downwards(value.most, digits)})"


def _latest(report: Report) -> Iterator[PromiseCheck]:
    sends = report.get("sends", {})
    for store in STORES:
        promise = f"p99 of a send, {store}: not above any peer's"
        peers = {name: spread(sends[name]["p99_ms"]).middle for name in PEERS if name in sends}
        if store not in sends or not peers:
            yield _unmeasured(promise)
            continue
        ours = spread(sends[store]["p99_ms"]).middle
        best = min(peers, key=lambda name: peers[name])
        shown = f"{upwards(ours, 1)} ms; {best} {downwards(peers[best], 1)} ms"
        # Without one of them "any" is not answered, unless another is below already.
        holds = ours <= peers[best] and (None if len(peers) < len(PEERS) else True)
        yield PromiseCheck(promise, holds, shown)


def _starts(report: Report) -> Iterator[PromiseCheck]:
    promise = f"cold start, memory: under {START:g} s"
    starts = report.get("starts", {}).get(MEMORY)
    if starts is None:
        yield _unmeasured(promise)
    else:
        seconds = spread(starts["seconds"]).middle
        yield PromiseCheck(promise, seconds < START, f"{upwards(seconds, 2)} s")
    promise = f"cold start, SQLite with {STORED:,} messages: under {STORED_START:g} s"
    stored = report.get("stored_start")
    if stored is None:
        yield _unmeasured(promise)
        return
    seconds, messages = spread(stored["seconds"]).middle, stored["messages"]
    holds = seconds < STORED_START and (True if messages >= STORED else None)
    yield PromiseCheck(promise, holds, f"{upwards(seconds, 2)} s with {messages:,}")


def _memory(report: Report) -> Iterator[PromiseCheck]:
    promise = f"idle memory: under {IDLE_MB:g} MB"
    starts = report.get("starts", {}).get(MEMORY)
    if starts is None:
        yield _unmeasured(promise)
    else:
        used = spread(starts["mb"]).middle
        yield PromiseCheck(promise, used < IDLE_MB, f"{upwards(used, 1)} MB")
    promise = f"memory after {USED_SENDS:,} sends: under {USED_MB:g} MB"
    memory = report.get("memory")
    if memory is None:
        yield _unmeasured(promise)
        return
    # Too much after fewer sends is too much.
    holds = memory["mb"] < USED_MB and (True if memory["sends"] >= USED_SENDS else None)
    yield PromiseCheck(promise, holds, f"{upwards(memory['mb'], 1)} MB after {memory['sends']:,}")


def _growth(report: Report) -> Iterator[PromiseCheck]:
    for store in STORES:
        promise = (
            f"cost of a send, {store}: with {MANY:,} messages at most {GROWTH:g} times that with "
            f"{FEW:,}"
        )
        growth = report.get("growth", {}).get(store)
        if growth is None:
            yield _unmeasured(promise)
            continue
        times = ratio(growth["many_us"], growth["few_us"])
        least, most = upwards(times.least, 2), upwards(times.most, 2)
        shown = f"{upwards(times.middle, 2)} ({least} to {most}) with {growth['many']:,}"
        holds = times.middle <= GROWTH and (True if growth["many"] >= MANY else None)
        yield PromiseCheck(promise, holds, shown)


def _webhooks(report: Report) -> Iterator[PromiseCheck]:
    for way, bound in WEBHOOKS:
        promise = f"webhooks/s on one core, {way}: at least {bound:,}"
        webhooks = report.get("webhooks", {}).get(way)
        if webhooks is None:
            yield _unmeasured(promise)
            continue
        rate = spread(webhooks["rate"])
        yield PromiseCheck(promise, rate.middle >= bound, _shown(rate, 0))
    promise = f"send to webhook received at {LATENCY_RATE} sends/s: p99 under {LATENCY_MS:g} ms"
    latency = report.get("latency")
    if latency is None:
        yield _unmeasured(promise)
        return
    holds = latency["p99_ms"] < LATENCY_MS and (
        True if latency["per_second"] >= LATENCY_RATE else None
    )
    shown = f"{upwards(latency['p99_ms'], 1)} ms at {downwards(latency['per_second'], 0)} sends/s"
    yield PromiseCheck(promise, holds, shown)


def _pair(report: Report, name: str, what: str, unit: str, bound: float) -> PromiseCheck:
    promise = f"{what}: at least {bound:g} {unit}"
    pair = report.get("processes") if name == "processes" else report.get("waits")
    if pair is None:
        return _unmeasured(promise)
    if pair["reason"]:
        return PromiseCheck(promise, False, pair["reason"])
    times = ratio(pair["with_"], pair["without"])
    return PromiseCheck(promise, times.middle >= bound, _shown(times, 2))
