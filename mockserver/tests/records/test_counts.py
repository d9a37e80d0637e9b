"""Counts for metrics: nothing is lost between threads, and names stay few and harmless."""

from __future__ import annotations

import threading

import pytest
from megaapi_mock.domain.fault_effects import FaultHit
from megaapi_mock.records import counts as counts_module
from megaapi_mock.records.counts import BUCKETS, NOTED_MOST, OTHER, Counts, sum_of
from megaapi_mock.records.delivery import Attempt, Delivery, State

KEY = "megacode-TESTKEY0001"


def delivery(
    event: str = "text-plain", state: State = "delivered", chaos: str | None = None
) -> Delivery:
    attempt = Attempt(0.0, 200, 40.0, None, (), b"", False)
    return Delivery(
        "d1", 0.0, KEY, event, "", "http://127.0.0.1:9/", b"", KEY, state, None, [attempt], chaos
    )


def test_calls_of_many_threads_are_all_counted() -> None:
    counts = Counts(["send_text"])

    def call() -> None:
        for _ in range(2_000):
            counts.note(("send_text", 200, 0.003, False))

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    figures = counts.figures()
    assert figures.calls == {("send_text", "200"): 16_000}
    assert figures.call_seconds["send_text"].counts[BUCKETS.index(0.005)] == 16_000
    assert figures.call_seconds["send_text"].seconds == pytest.approx(48.0)


def test_what_is_noted_does_not_pile_up_while_nobody_asks() -> None:
    counts = Counts(["send_text"])
    for _ in range(10 * NOTED_MOST):
        counts.note(("send_text", 200, 0.003, False))
        assert len(counts.noted) <= NOTED_MOST


def test_a_call_does_not_wait_for_who_counts() -> None:
    counts = Counts(["send_text"])
    with counts._lock:
        for _ in range(2 * NOTED_MOST):
            counts.note(("send_text", 200, 0.003, False))
    assert counts.figures().calls.total() == 2 * NOTED_MOST


def test_a_duration_stands_in_the_first_bucket_that_is_not_below_it() -> None:
    counts = Counts(["send_text"])
    for seconds in (0.0, 0.001, 0.0011, 61.0):
        counts.note(("send_text", 200, seconds, False))
    by_bucket = counts.figures().call_seconds["send_text"].counts
    assert (by_bucket[0], by_bucket[1], by_bucket[-1]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("status", "label"), [(200, "200"), (0, "none"), (599, "other"), (777, "other")]
)
def test_statuses_that_http_has_not_are_counted_together(status: int, label: str) -> None:
    counts = Counts(["send_text"])
    counts.note(("send_text", status, 0.0, False))
    assert counts.figures().calls == {("send_text", label): 1}


def test_names_that_the_contract_has_not_are_counted_together() -> None:
    counts = Counts(["send_text"], ["text-plain"])
    counts.note((None, 404, 0.0, False))
    counts.note(("made-up", 404, 0.0, False))
    counts.webhook(delivery("made-up"))
    counts.webhook(delivery("text-plain"))
    figures = counts.figures()
    assert figures.calls == {(OTHER, "404"): 2}
    assert figures.webhooks == {(OTHER, "delivered"): 1, ("text-plain", "delivered"): 1}


def test_combinations_beyond_the_bound_are_counted_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counts_module, "COMBINATIONS_MOST", 3)
    counts = Counts()
    for number in range(10):
        counts.fault_hit(FaultHit(0.0, KEY, ("f1", f"kind-{number}"), "send_text"))
    hits = counts.figures().fault_hits
    assert hits.total() == 10
    assert hits[(OTHER,)] == 7


def test_a_webhook_is_counted_at_its_end_alone() -> None:
    counts = Counts([], ["text-plain"])
    counts.webhook(delivery(state="queued"))
    counts.webhook(delivery(state="failed"))
    figures = counts.figures()
    assert figures.webhooks == {("text-plain", "failed"): 1}
    assert figures.webhook_seconds.seconds == pytest.approx(0.04)


def test_chaos_is_counted_by_what_it_did_without_the_id_of_a_copy() -> None:
    counts = Counts([], ["text-plain"])
    counts.webhook(delivery(chaos=f"delay, duplicate of d7.{KEY}"))
    counts.webhook(delivery(chaos="delay"))
    assert counts.figures().chaos == {("delay",): 2, ("duplicate",): 1}


def test_figures_of_several_workers_add_up() -> None:
    workers = [Counts(["send_text"], ["text-plain"]) for _ in range(2)]
    for counts in workers:
        counts.note(("send_text", 200, 0.003, False))
        counts.note(("GET /health", 200, 0.0, True))
        counts.webhook(delivery(chaos="delay"))
        counts.fault_hit(FaultHit(0.0, KEY, ("f1", "delay"), "send_text"))
    total = sum_of(counts.figures() for counts in workers)
    assert total.calls == {("send_text", "200"): 2}
    assert total.control_calls == {("GET /health", "200"): 2}
    assert total.webhooks == {("text-plain", "delivered"): 2}
    assert total.fault_hits == {("delay",): 2} and total.chaos == {("delay",): 2}
    assert sum(total.call_seconds["send_text"].counts) == 2
    assert sum(total.webhook_seconds.counts) == 2
    # What was handed out is a copy: adding up changed no worker.
    assert workers[0].figures().calls == {("send_text", "200"): 1}
