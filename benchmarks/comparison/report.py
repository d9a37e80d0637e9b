"""What a comparison has measured, as JSON holds it: tables and judgement are made of it."""

from __future__ import annotations

from typing import Any, TypedDict


class Sends(TypedDict):
    """One server's rounds of text sends."""

    rate: list[float]
    per_cpu: list[float]
    p50_ms: list[float]
    p99_ms: list[float]


class Starts(TypedDict):
    """One server's starts: seconds until the first good answer, and MB (10^6 bytes) then."""

    seconds: list[float]
    mb: list[float]


class Growth(TypedDict):
    """Microseconds of processor for a send on one store, with few and with many messages kept."""

    few: int
    many: int
    few_us: list[float]
    many_us: list[float]


class Memory(TypedDict):
    """MB (10^6 bytes) after so many sends."""

    sends: int
    mb: float


class Webhooks(TypedDict):
    """Webhooks a second on one core, and the share of the core the courier had."""

    rate: list[float]
    core: list[float]


class Latency(TypedDict):
    """From the moment a send was due until its webhook was there, in ms; `missing` never came."""

    per_second: float
    sends: int
    missing: int
    p50_ms: float
    p99_ms: float
    most_ms: float


class Pair(TypedDict):
    """Sends a second without and with something, round by round; `reason` where it cannot be."""

    without: list[float]
    with_: list[float]
    reason: str


class Report(TypedDict, total=False):
    """Everything; what was not measured is not there."""

    machine: dict[str, str]
    form: str
    cores_in_use: float
    took: float
    ceiling: float
    sends: dict[str, Sends]
    refuses: dict[str, str]
    does: dict[str, str]
    starts: dict[str, Starts]
    stored_start: dict[str, Any]
    growth: dict[str, Growth]
    memory: Memory
    webhooks: dict[str, Webhooks]
    latency: Latency
    processes: Pair
    waits: Pair
