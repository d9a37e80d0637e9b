"""What /_mock/metrics shows: counts since the start, and what is held at this moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from ... import __version__
from ...errors import UnknownInstance
from ...records.counts import BUCKETS, Durations, Figures, Names
from ...runtime import Runtime
from ...serving.calls import WatchedApp
from ...serving.deferred import DEFERRED_BYTES
from ...store.open_store import kind_of

# Every metric begins so.
PREFIX = "megaapi_mock_"


@dataclass(frozen=True)
class Usage:
    """So much of something, and how much there may be; None where that has no limit."""

    name: str
    amount: int
    limit: int | None = None


def families(runtime: Runtime, server: WatchedApp | None) -> Iterator[Metric]:
    """Every metric there is; `server` is what serves the mock, if anything does."""
    yield _info(runtime)
    yield from counted_metrics(runtime.records.counts.figures())
    yield from _held_metrics(runtime, server)


def counted_metrics(figures: Figures) -> Iterator[Metric]:
    """What was counted since the start."""
    yield _counter(
        "calls",
        "Calls of the gateway that were answered.",
        ("operation", "status"),
        figures.calls,
    )
    durations = HistogramMetricFamily(
        f"{PREFIX}call_duration_seconds",
        "From a call's headers to its answer, what faults make it wait included.",
        labels=["operation"],
    )
    for operation, seconds in sorted(figures.call_seconds.items()):
        durations.add_metric([operation], *_buckets(seconds))
    yield durations
    yield _counter(
        "control_calls", "Calls of the control API.", ("route", "status"), figures.control_calls
    )
    yield _counter(
        "webhooks",
        "Webhooks that have come to their end.",
        ("event", "result"),
        figures.webhooks,
    )
    attempts = HistogramMetricFamily(
        f"{PREFIX}webhook_duration_seconds", "Attempts at a webhook, up to the receiver's answer."
    )
    attempts.add_metric([], *_buckets(figures.webhook_seconds))
    yield attempts
    yield _counter("fault_hits", "Calls that a fault changed.", ("fault",), figures.fault_hits)
    yield _counter(
        "chaos", "Webhooks that chaos changed, by what it did.", ("kind",), figures.chaos
    )


def _info(runtime: Runtime) -> Metric:
    store = kind_of(runtime.setup.settings.store)
    family = GaugeMetricFamily(
        f"{PREFIX}info", "What runs; always 1.", labels=["version", "plan", "store"]
    )
    family.add_metric([__version__, runtime.setup.profile.plan, store], 1)
    return family


def _held_metrics(runtime: Runtime, server: WatchedApp | None) -> Iterator[Metric]:
    states: Counter[str] = Counter()
    messages, message_bytes = [0], [0]
    for key in runtime.instances.store.keys():
        # Deleted since the keys were listed.
        with suppress(UnknownInstance), runtime.instances.store.read(key) as instance:
            states[instance.state.connection.state] += 1
            messages.append(len(instance.state.messages))
            message_bytes.append(instance.state.messages.size)
    yield _gauge("instances", "Instances by the state of their connection.", "state", states)
    waiting = _waiting_webhooks(runtime)
    amounts = {held.name: held.amount for held in waiting}
    yield _gauge("webhooks_waiting", "Waiting webhooks, by place.", "place", amounts)
    yield from _amounts("bytes", "Bytes held", _bytes(runtime, server, message_bytes))
    yield from _amounts("records", "Records held", [*_records(runtime, messages), *waiting])
    journal = runtime.records.journal
    clients = {"wait": journal.waiting, "stream": journal.feed.readers}
    yield _gauge("clients_waiting", "Open waits and event streams.", "kind", clients)
    yield _number("faults_armed", "Faults that are armed.", len(runtime.faults.items()))
    at_work = len(runtime.webhooks.chaos_dispatcher.chaos_by_key())
    yield _number("chaos_instances", "Instances with chaos at work.", at_work)
    yield _number(
        "own_bugs", "The mock's own bugs that were noted, 100 at most.", len(runtime.records.bugs)
    )


def _waiting_webhooks(runtime: Runtime) -> list[Usage]:
    limit = runtime.setup.settings.outbox_limit
    return [
        Usage("webhooks_of_courier", runtime.webhooks.courier.pending, limit),
        Usage("webhooks_before_answer", runtime.webhooks.owed_room.count, limit),
        Usage("webhooks_held_by_chaos", runtime.webhooks.chaos_dispatcher.room.count, limit),
    ]


def _bytes(runtime: Runtime, server: WatchedApp | None, of_messages: Sequence[int]) -> list[Usage]:
    settings, journal = runtime.setup.settings, runtime.records.journal
    webhooks = runtime.webhooks
    held = [
        Usage("exchanges", journal.exchanges.size, settings.journal_bytes),
        Usage("deliveries", journal.deliveries.size, settings.journal_bytes),
        Usage("fault_hits", journal.fault_hits.size, settings.journal_bytes),
        Usage("event_streams", journal.feed.size, journal.feed.budget),
        Usage("messages", sum(of_messages), settings.all_messages_bytes),
        Usage("messages_of_fullest_instance", max(of_messages), settings.messages_bytes),
        Usage("media", runtime.instances.store.gateway.vault.size, settings.media_bytes),
        Usage("points", runtime.instances.points.size, settings.points_bytes),
        Usage("webhooks_of_courier", webhooks.courier.waiting_bytes, settings.outbox_bytes),
        Usage("webhooks_before_answer", webhooks.owed_room.size, settings.outbox_bytes),
        Usage("webhooks_held_by_chaos", webhooks.chaos_dispatcher.room.size, settings.outbox_bytes),
    ]
    if server is not None:
        budget = server.budget
        held.append(Usage("bodies", budget.bytes_held, budget.most))
        held.append(Usage("waits", server.deferred.size, DEFERRED_BYTES))
    return held


def _records(runtime: Runtime, of_messages: Sequence[int]) -> list[Usage]:
    settings, journal = runtime.setup.settings, runtime.records.journal
    return [
        Usage("exchanges", len(journal.exchanges), settings.journal_limit),
        Usage("deliveries", len(journal.deliveries), settings.journal_limit),
        Usage("fault_hits", len(journal.fault_hits), settings.journal_limit),
        Usage("messages", sum(of_messages)),
        Usage("messages_of_fullest_instance", max(of_messages), settings.messages_limit),
        Usage("instances", len(runtime.instances.store.keys()), settings.instances_limit),
    ]


def _amounts(unit: str, help_: str, all_held: Sequence[Usage]) -> Iterator[Metric]:
    yield _gauge(unit, f"{help_}, by kind.", "of", {it.name: it.amount for it in all_held})
    limits = {it.name: it.limit for it in all_held if it.limit is not None}
    yield _gauge(
        f"{unit}_limit", f"{help_} at most; docs/limits.md says what happens.", "of", limits
    )


def _counter(name: str, help_: str, labels: Names, counter: Counter[Names]) -> Metric:
    family = CounterMetricFamily(f"{PREFIX}{name}", help_, labels=labels)
    for names, count in sorted(counter.items()):
        family.add_metric(names, count)
    return family


def _gauge(name: str, help_: str, label: str, values: dict[str, int] | Counter[str]) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}{name}", help_, labels=[label])
    for value in sorted(values):
        family.add_metric([value], values[value])
    return family


def _number(name: str, help_: str, value: int) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}{name}", help_, value=value)


def _buckets(durations: Durations) -> tuple[list[tuple[str, float]], float]:
    """As the format has them: each counts all that took no longer, and the sum of seconds."""
    names = [*map(str, BUCKETS), "+Inf"]
    return [*zip(names, accumulate(durations.counts), strict=True)], durations.seconds
