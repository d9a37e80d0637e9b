"""Chaos before the courier: what is held, let go and abandoned, by whom and when."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.testing import MockServer
from megaapi_mock.webhooks.chaos.chaos_options import Chaos
from megaapi_mock.webhooks.chaos.dispatcher import ENTRIES_MOST, STALE_MOST
from megaapi_mock.webhooks.chaos.series import Series

from ...conftest import MakeApp
from ...support import AUTH, KEY, START, UNLINKED, RecordingTransport
from .bench import HOOK, Bench, ack, echo, inbound


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_deliveries_without_chaos_pass_as_the_very_list_they_came_in(bench: Bench) -> None:
    passed: list[Sequence[Delivery]] = []
    bench.chaos_dispatcher._forward = passed.append  # type: ignore[method-assign]
    given = [bench.owe(), bench.owe()]
    bench.chaos_dispatcher.accept(given)
    assert passed[0] is given


def test_another_instance_is_left_alone(bench: Bench) -> None:
    bench.start(drop=1, delay=[5, 5])
    sent = bench.send(3, key=UNLINKED)
    assert bench.out == sent
    assert [delivery.chaos for delivery in sent] == [None] * 3


def test_ending_lets_go_what_is_held_and_what_was_to_come_again(bench: Bench) -> None:
    bench.start(burst=10, redeliver=60)
    sent = bench.send(3)
    assert bench.chaos_dispatcher.end(KEY) == 6
    assert bench.out[:3] == sent
    assert Counter(delivery.body for delivery in bench.out[3:]) == Counter(
        delivery.body for delivery in sent
    )
    assert (
        bench.chaos_dispatcher.held_deliveries(KEY) == []
        and bench.chaos_dispatcher.next_due() is None
    )
    assert bench.chaos_dispatcher.chaos_of(KEY) is None


def test_another_chaos_lets_go_what_the_first_one_held(bench: Bench) -> None:
    bench.start(delay=[60, 60])
    sent = bench.send(2)
    assert bench.chaos_dispatcher.start(KEY, Chaos(duplicate=2)) == 2
    assert bench.out == sent


def test_a_reset_abandons_what_is_held_in_the_journals_words(bench: Bench) -> None:
    bench.start(delay=[60, 60])
    (sent,) = bench.send()
    bench.chaos_dispatcher.clear(KEY)
    assert (sent.state, bench.out) == ("abandoned", [])
    assert "reset" in str(sent.reason)
    bench.clock.advance(100)
    assert bench.out == []


def test_a_claimed_series_has_an_end_and_waits_for_nobody_after_it(bench: Bench) -> None:
    series = [bench.owe() for _ in range(3)]
    bench.chaos_dispatcher.claim(series, Chaos(burst=50, reorder=2, delay=(1, 2)))
    bench.chaos_dispatcher.accept(series)
    (other,) = bench.send()
    assert bench.out == [other]
    bench.clock.advance(2)
    assert set(bench.out[1:]) == set(series)


def test_running_time_lets_go_by_itself() -> None:
    with MockServer(transport=RecordingTransport()) as server:
        parts = server.app.runtime
        parts.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))
        parts.webhooks.chaos_dispatcher.start(KEY, Chaos(delay=(0.02, 0.05), duplicate=2))
        parts.instances.publisher.change(KEY, lambda instance: instance.record("text-plain"))
        found = parts.records.journal.wait_for(
            lambda: [
                True
                for ended in [list(parts.records.journal.deliveries.after(None))]
                if len(ended) == 2 and {each.state for each in ended} == {"delivered"}
            ],
            60,
        )
        assert found == [True]


def test_on_a_stop_what_is_held_is_delivered(make_app: MakeApp) -> None:
    transport = RecordingTransport()
    app = make_app(transport=transport)
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))
    app.runtime.webhooks.chaos_dispatcher.start(KEY, Chaos(delay=(60, 60)))
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.record("text-plain"))
    assert transport.posts == []
    assert app.stop(60) == 0
    assert len(transport.posts) == 1


def test_on_a_stop_without_grace_what_was_held_is_counted(make_app: MakeApp) -> None:
    app = make_app(transport=Slow())
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))
    app.runtime.webhooks.chaos_dispatcher.start(KEY, Chaos(delay=(60, 60)))
    for _ in range(5):
        app.runtime.instances.publisher.change(KEY, lambda instance: instance.record("text-plain"))
    owed = list(app.runtime.records.journal.deliveries.after(None))
    assert app.runtime.webhooks.courier.stop(0) == 0
    app.runtime.webhooks.chaos_dispatcher.stop()
    assert [delivery.state for delivery in owed] == ["abandoned"] * 5


def test_after_the_stop_nothing_is_held_for_ever(bench: Bench) -> None:
    claimed = [bench.owe()]
    bench.chaos_dispatcher.claim(claimed, Chaos(delay=(60, 60)))
    bench.chaos_dispatcher.stop()
    bench.chaos_dispatcher.accept(claimed)
    bench.chaos_dispatcher.start(KEY, Chaos(delay=(60, 60), drop=1.0))
    assert bench.out == [*claimed, *bench.send()]
    assert bench.chaos_dispatcher.held_deliveries(KEY) == []


class Slow(RecordingTransport):
    """Never gets to post: its courier is stopped before."""


WISHES = st.fixed_dictionaries(
    {},
    optional={
        "duplicate": st.integers(1, 4),
        "drop": st.floats(0, 1, allow_nan=False),
        "reorder": st.integers(1, 6),
        "delay": st.sampled_from([[0, 0], [0.5, 2], [1, 1]]),
        "burst": st.integers(1, 8),
        "redeliver": st.sampled_from([0, 1, 30]),
        "early_ack": st.booleans(),
        "hold": st.sampled_from([0, 1, 5]),
        "seed": st.integers(0, 2**40),
    },
)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("in"), st.integers(2, 4)),
        st.tuples(st.just("echo"), st.integers(1, 3)),
        st.tuples(st.just("ack"), st.integers(1, 3)),
        st.tuples(st.just("wait"), st.sampled_from([0.3, 1, 7])),
    ),
    max_size=25,
)


Steps = list[tuple[str, Any]]


def run(wishes: dict[str, Any], steps: Steps) -> Bench:
    """One history on a fresh bench, ended."""
    bench = Bench()
    if wishes:
        bench.start(**wishes)
    tell: dict[str, Callable[[int], dict[str, Any]]] = {
        "in": lambda number: inbound(f"551190000000{number}@s.whatsapp.net"),
        "echo": lambda number: echo(f"OWN{number}"),
        "ack": lambda number: ack(f"OWN{number}"),
    }
    for kind, value in steps:
        if kind == "wait":
            bench.clock.advance(value)
        else:
            bench.send(payload=tell[kind](value))
    bench.chaos_dispatcher.stop()
    return bench


@given(wishes=WISHES, steps=STEPS)
def test_nothing_is_lost_and_a_seed_repeats_everything(
    wishes: dict[str, Any], steps: Steps
) -> None:
    bench, again = run(wishes, steps), run(wishes, steps)

    def seen(bench: Bench) -> list[tuple[Any, ...]]:
        return [(each.id, each.time, each.lane, each.chaos, each.body) for each in bench.out]

    assert seen(bench) == seen(again)
    kept = list(bench.journal.deliveries.after(None))
    dropped = [delivery for delivery in kept if delivery.state == "dropped"]
    assert Counter(bench.ids) == Counter(
        delivery.id for delivery in kept if delivery not in dropped
    )
    originals = [each for each in kept if " of " not in str(each.chaos)]
    copies = wishes.get("duplicate", 1) + (1 if wishes.get("redeliver") else 0)
    assert len(bench.out) == copies * (len(originals) - len(dropped))


@given(steps=STEPS)
def test_off_means_exactly_one_delivery_for_each_event_in_order(steps: Steps) -> None:
    bench = run({}, steps)
    assert bench.out == list(bench.journal.deliveries.after(None))
    assert len(bench.out) == sum(kind != "wait" for kind, _ in steps)
    assert {delivery.chaos for delivery in bench.out} <= {None}
    assert {delivery.lane for delivery in bench.out} <= {KEY}


def test_off_means_one_post_for_each_event_through_the_whole_mock(make_app: MakeApp) -> None:
    transport = RecordingTransport()
    app = make_app(transport=transport)
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))
    for _ in range(3):
        app.test_client().post(
            f"/rest/sendMessage/{KEY}/text",
            json={"messageData": {"to": "5511900000002", "text": "oi"}},
            headers=AUTH,
        ).get_data()
    assert app.runtime.webhooks.courier.wait_idle(60)
    told = [
        event for kept in app.runtime.records.journal.exchanges.after(None) for event in kept.events
    ]
    assert [d.event for d in app.runtime.records.journal.deliveries.after(None)] == told
    assert len(transport.posts) == len(told) == 12


def test_what_was_due_before_a_new_one_came_leaves_before_it() -> None:
    """Also when nobody has come to wake it yet."""
    bench = Bench()
    bench.start(delay=[5, 5])
    (first,) = bench.send()
    other = bench.owe(key="another")
    other.time = START + 6
    bench.chaos_dispatcher.accept([other])
    assert bench.out == [first, other]
    assert first.left == START + 5


def test_others_pass_while_nothing_more_can_be_held(bench: Bench) -> None:
    bench.chaos_dispatcher.room.limit = 3
    bench.start(delay=[100, 200])
    bench.send(5)
    bench.chaos_dispatcher.start(UNLINKED, Chaos.of({"duplicate": 2}, seed=0))
    bench.send(4, key=UNLINKED)
    assert len(bench.out) == 8


@pytest.mark.parametrize("wishes", [{"reorder": 2}, {"burst": 2}, {"early_ack": True}], ids=str)
def test_turns_of_what_has_left_do_not_pile_up(bench: Bench, wishes: dict[str, Any]) -> None:
    bench.start(hold=86_400, **wishes)
    for number in range(500):
        if "early_ack" in wishes:
            bench.send(payload=echo(f"OWN{number}"))
            bench.send(payload=ack(f"OWN{number}"))
        else:
            bench.send(2)
    assert len(bench.out) == 1_000
    assert len(bench.chaos_dispatcher._agenda) <= STALE_MOST + ENTRIES_MOST * 2


def test_a_state_that_is_refused_counts_for_nothing(bench: Bench) -> None:
    bench.start(delay=[100, 200])
    bench.send(5)
    before = bench.chaos_dispatcher.room.count, bench.chaos_dispatcher.room.size
    saved = bench.chaos_dispatcher.save()
    made = bench.chaos_dispatcher.rebuild(saved)
    assert (bench.chaos_dispatcher.room.count, bench.chaos_dispatcher.room.size) == before
    bench.chaos_dispatcher.put_back(made)
    assert (bench.chaos_dispatcher.room.count, bench.chaos_dispatcher.room.size) == before
    assert len(bench.chaos_dispatcher.held_deliveries(KEY)) == 5


# -- our own bugs: what was held leaves once, and nothing is stranded ---------------------------


@pytest.mark.parametrize(
    ("chaos", "name"),
    [
        ({"reorder": 3}, "_after_ack"),
        ({"reorder": 3}, "_wait_in"),
        ({"burst": 3}, "_leave"),
        ({"burst": 3}, "_wait_in"),
        ({"reorder": 2, "burst": 2}, "_let_into_burst"),
        ({"delay": [5, 5]}, "_arrive"),
        ({"redeliver": 5}, "run_turn"),
        ({"redeliver": 5}, "_leave"),
        ({"delay": [5, 5]}, "accept"),
    ],
)
@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("is_done", [False, True], ids=["before", "behind"])
def test_series_that_fails_halfway_lets_everything_go_once(
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    chaos: dict[str, Any],
    name: str,
    nth: int,
    is_done: bool,
) -> None:
    real, calls = getattr(Series, name), itertools.count(1)

    def fail_once(*arguments: Any) -> Any:
        number = next(calls)
        result = real(*arguments) if number != nth or is_done else None
        if number == nth:
            raise RuntimeError("planted in a test")
        return result

    monkeypatch.setattr(Series, name, fail_once)
    bench.start(**chaos)
    sent = bench.send(4)
    # Whatever waits for others goes at its end.
    for _ in range(3):
        bench.clock.advance(600)
        bench.timers.run_due()
    bench.chaos_dispatcher.end(KEY)
    assert next(calls) > nth
    assert sorted(bench.ids) == sorted({*bench.ids}), "one has left twice"
    assert {*bench.ids} == {each.id for each in bench.journal.deliveries.after(None)}
    assert {*sent} <= {*bench.out}
    assert bench.chaos_dispatcher.held_deliveries(KEY) == []
    assert bench.chaos_dispatcher.room.count == bench.chaos_dispatcher.room.size == 0
    assert bench.chaos_dispatcher.next_due() is None
