"""Chaos: what each kind does to a series of deliveries, by a seed and a frozen clock."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.clock import Clock
from megaapi_mock.errors import ControlRefused
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.records.journal import Journal
from megaapi_mock.testing import MockServer
from megaapi_mock.timers import Timers
from megaapi_mock.webhooks.chaos.chaos_options import Chaos
from megaapi_mock.webhooks.chaos.dispatcher import ENTRIES_MOST, STALE_MOST, ChaosDispatcher

from ...conftest import MakeApp
from ...support import AUTH, KEY, START, UNLINKED, RecordingTransport

HOOK = "http://127.0.0.1:9/hook"


class Bench:
    """A chaos_dispatcher alone: what it lets out, on a clock that stands still."""

    def __init__(self) -> None:
        self.clock, self.journal = Clock(START), Journal()
        self.out: list[Delivery] = []
        self.changed: list[Delivery] = []
        self.calls = 0
        self.chaos_dispatcher = ChaosDispatcher(
            clock=self.clock,
            journal=self.journal,
            forward=self._forward,
            on_change=self.changed.append,
        )
        self.timers = Timers(
            clock=self.clock,
            store=_NoStore(),  # type: ignore[arg-type]
            wake=lambda key, now: None,
            others=[self.chaos_dispatcher],
        )
        self.chaos_dispatcher.due_earlier = self.timers.due_earlier

    def _forward(self, deliveries: Sequence[Delivery]) -> None:
        self.calls += 1
        self.out += deliveries

    def owe(self, payload: dict[str, Any] | None = None, *, key: str = KEY) -> Delivery:
        payload = payload or inbound()
        delivery = Delivery(
            id=self.journal.next_id("d", key),
            time=self.clock.now(),
            instance=key,
            event="text-plain",
            message_type="conversation",
            url=HOOK,
            body=json.dumps(payload).encode(),
            lane=key,
        )
        self.journal.add_deliveries([delivery])
        return delivery

    def send(self, count: int = 1, **options: Any) -> list[Delivery]:
        sent = [self.owe(**options) for _ in range(count)]
        for delivery in sent:
            self.chaos_dispatcher.accept([delivery])
        return sent

    def start(self, **wishes: Any) -> None:
        self.chaos_dispatcher.start(KEY, Chaos.of(wishes, seed=0))

    @property
    def ids(self) -> list[str]:
        return [delivery.id for delivery in self.out]


class _NoStore:
    def next_due(self) -> None:
        return None


def inbound(chat: str = "5511900000002@s.whatsapp.net", number: int = 1) -> dict[str, Any]:
    key = {"remoteJid": chat, "fromMe": False, "id": f"IN{number}"}
    return {"key": key, "message": {"conversation": "oi"}}


def echo(message_id: str = "OWN1") -> dict[str, Any]:
    key = {"remoteJid": "5511900000002@s.whatsapp.net", "fromMe": True, "id": message_id}
    return {"key": key, "message": {"conversation": "oi"}}


def ack(message_id: str = "OWN1", status: int = 2) -> dict[str, Any]:
    key = {"remoteJid": "5511900000002@s.whatsapp.net", "id": message_id, "fromMe": True}
    return {"key": key, "update": {"status": status}}


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


def test_copies_are_deliveries_of_their_own_each_in_a_lane_of_its_own(bench: Bench) -> None:
    bench.start(duplicate=3)
    (sent,) = bench.send()
    first, *copies = bench.out
    assert first is sent and first.chaos is None
    assert [copy.chaos for copy in copies] == [f"duplicate of {sent.id}"] * 2
    assert {copy.body for copy in bench.out} == {sent.body}
    assert len({delivery.id for delivery in bench.out}) == 3
    assert len({delivery.lane for delivery in bench.out}) == 3
    assert list(bench.journal.deliveries.after(None)) == bench.out


def test_a_dropped_share_is_recorded_and_never_leaves(bench: Bench) -> None:
    bench.start(drop=0.25, seed=3)
    sent = bench.send(400)
    dropped = [delivery for delivery in sent if delivery.state == "dropped"]
    assert 60 < len(dropped) < 140
    assert bench.changed == dropped
    assert {delivery.chaos for delivery in dropped} == {"drop"}
    assert all("chaos" in str(delivery.reason) for delivery in dropped)
    assert bench.out == [delivery for delivery in sent if delivery not in dropped]


def test_a_seed_drops_the_same_ones_with_and_without_a_delay() -> None:
    gone = []
    for more in ({}, {"delay": [1, 2]}):
        bench = Bench()
        bench.start(drop=0.5, seed=9, **more)
        gone.append([delivery.id for delivery in bench.send(40) if delivery.state == "dropped"])
    assert gone[0] == gone[1]


def test_delays_stay_in_their_range_and_may_overtake(bench: Bench) -> None:
    bench.start(delay=[0.5, 2])
    sent = bench.send(50)
    assert bench.out == [] and len(bench.chaos_dispatcher.held_deliveries(KEY)) == 50
    bench.clock.advance(0.49)
    assert bench.out == []
    bench.clock.advance(0.7)
    assert 0 < len(bench.out) < 50
    bench.clock.advance(0.82)
    assert Counter(bench.ids) == Counter(delivery.id for delivery in sent)
    assert bench.out != sent
    assert bench.chaos_dispatcher.next_due() is None


def test_a_window_leaves_complete_and_in_another_order(bench: Bench) -> None:
    bench.start(reorder=5)
    sent = bench.send(10)
    for window in (slice(0, 5), slice(5, 10)):
        assert bench.out[window] != sent[window]
        assert set(bench.out[window]) == set(sent[window])
    assert {delivery.chaos for delivery in sent} == {"reorder"}


def test_even_a_window_of_two_is_turned_round(bench: Bench) -> None:
    bench.start(reorder=2)
    first, second = bench.send(2)
    assert bench.out == [second, first]


@pytest.mark.parametrize("wish", ["reorder", "burst"])
def test_who_waits_for_others_waits_so_long_and_no_longer(bench: Bench, wish: str) -> None:
    bench.start(**{wish: 5}, hold=3)
    bench.send(2)
    bench.clock.advance(2)
    bench.send(1)
    assert bench.out == []
    bench.clock.advance(1)
    assert len(bench.out) == 3
    # The next ones have the whole patience again.
    bench.send(1)
    bench.clock.advance(2.9)
    assert len(bench.out) == 3
    bench.clock.advance(0.1)
    assert len(bench.out) == 4


def test_a_burst_leaves_at_once_each_chat_along_its_own_lane(bench: Bench) -> None:
    bench.start(burst=4)
    chats = ["5511900000002@s.whatsapp.net", "5511900000004@s.whatsapp.net"] * 2
    for chat in chats[:3]:
        bench.send(payload=inbound(chat))
    assert bench.out == []
    bench.send(payload=inbound(chats[3]))
    assert bench.calls == 1
    assert [delivery.lane for delivery in bench.out] == [f"{KEY}#{chat}" for chat in chats]
    assert [delivery.chaos for delivery in bench.out] == ["burst"] * 4


def test_the_same_comes_again_after_its_time(bench: Bench) -> None:
    bench.start(redeliver=120)
    (sent,) = bench.send()
    bench.clock.advance(119)
    assert bench.out == [sent]
    bench.clock.advance(1)
    _, again = bench.out
    assert (again.chaos, again.body) == (f"redelivery of {sent.id}", sent.body)
    bench.clock.advance(1000)
    assert len(bench.out) == 2


def test_the_first_ack_comes_before_its_message(bench: Bench) -> None:
    bench.start(early_ack=True)
    (own,) = bench.send(payload=echo())
    (other,) = bench.send()
    (server,) = bench.send(payload=ack())
    (read,) = bench.send(payload=ack(status=4))
    assert bench.out == [other, server, own, read]
    assert (own.chaos, server.chaos) == ("early_ack", None)


def test_an_echo_without_any_ack_comes_after_its_patience(bench: Bench) -> None:
    bench.start(early_ack=True, hold=2)
    (own,) = bench.send(payload=echo())
    bench.clock.advance(2)
    assert bench.out == [own]


def test_the_early_ack_holds_under_any_other_order() -> None:
    for seed in range(20):
        bench = Bench()
        bench.start(early_ack=True, reorder=4, seed=seed)
        bench.send(payload=echo())
        bench.send(payload=ack())
        bench.send(payload=ack(status=3))
        bench.send(payload=ack(status=4))
        payloads = [json.loads(delivery.body) for delivery in bench.out]
        assert len(payloads) == 4
        assert "update" in payloads[0]


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
            5,
        )
        assert found == [True]


def test_on_a_stop_what_is_held_is_delivered(make_app: MakeApp) -> None:
    transport = RecordingTransport()
    app = make_app(transport=transport)
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))
    app.runtime.webhooks.chaos_dispatcher.start(KEY, Chaos(delay=(60, 60)))
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.record("text-plain"))
    assert transport.posts == []
    assert app.stop(5) == 0
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
    assert app.runtime.webhooks.courier.wait_idle(5)
    told = [
        event for kept in app.runtime.records.journal.exchanges.after(None) for event in kept.events
    ]
    assert [d.event for d in app.runtime.records.journal.deliveries.after(None)] == told
    assert len(transport.posts) == len(told) == 12


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        ({"duplicates": 3}, "duplicates: no such kind of chaos"),
        ({"duplicate": 0}, "duplicate: must be how often"),
        ({"duplicate": 101}, "duplicate: must be"),
        ({"duplicate": True}, "duplicate: must be"),
        ({"drop": 1.5}, "drop: must be a share"),
        ({"reorder": 2.5}, "reorder: must be a window"),
        ({"delay": 3}, "delay: must be [least, most]"),
        ({"delay": [2, 1]}, "delay: must be"),
        ({"delay": [0, 1, 2]}, "delay: must be"),
        ({"delay": ["a", "b"]}, "delay: must be"),
        ({"burst": -1}, "burst: must be"),
        ({"redeliver": 1e9}, "redeliver: must be seconds"),
        ({"early_ack": 1}, "early_ack: must be true or false"),
        ({"hold": None, "seed": "7"}, "seed: must be a whole number"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(wishes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ControlRefused) as refused:
        Chaos.of(wishes, seed=0)
    assert str(refused.value).startswith(sentence)


def test_what_is_not_said_is_as_ever() -> None:
    assert Chaos.of({"drop": None}, seed=4) == Chaos(seed=4)
    assert Chaos.of({"delay": [1, 2]}, seed=4).as_json()["delay"] == [1.0, 2.0]


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


# -- bounds --------------------------------------------------------------------------------------

WAITS = [
    {"delay": [100, 200]},
    {"reorder": 5_000, "hold": 100},
    {"burst": 5_000, "hold": 100},
]


@pytest.mark.parametrize("wishes", WAITS, ids=str)
def test_what_is_held_is_bounded_by_number(bench: Bench, wishes: dict[str, Any]) -> None:
    bench.chaos_dispatcher._room.limit = 20
    bench.start(**wishes)
    sent = bench.send(50)
    assert [delivery.state for delivery in sent] == ["queued"] * 20 + ["dropped"] * 30
    assert bench.changed == sent[20:]
    assert sent[-1].reason == "20 deliveries are held back already: nothing more can be"
    assert set(bench.chaos_dispatcher.held_deliveries(KEY)) == set(sent[:20])
    bench.clock.advance(1_000)
    assert sorted(bench.ids) == sorted(delivery.id for delivery in sent[:20])
    # What has left makes room again.
    assert bench.chaos_dispatcher._room.count == bench.chaos_dispatcher._room.size == 0
    assert [delivery.state for delivery in bench.send(20)] == ["queued"] * 20


@pytest.mark.parametrize("wishes", WAITS, ids=str)
def test_what_is_held_is_bounded_in_bytes(bench: Bench, wishes: dict[str, Any]) -> None:
    bench.chaos_dispatcher._room.budget = 100_000
    bench.start(**wishes)
    sent = bench.send(20, payload={**inbound(), "padding": "x" * 30_000})
    assert [delivery.state for delivery in sent].count("queued") == 3
    bench.chaos_dispatcher.end(KEY)
    assert bench.chaos_dispatcher._room.count == bench.chaos_dispatcher._room.size == 0


def test_echoes_and_redeliveries_are_bounded_too(bench: Bench) -> None:
    bench.chaos_dispatcher._room.limit = 5
    bench.start(early_ack=True, hold=100)
    echoes = [bench.send(payload=echo(f"OWN{number}"))[0] for number in range(10)]
    assert [delivery.state for delivery in echoes] == ["queued"] * 5 + ["dropped"] * 5
    bench.start(redeliver=100)
    bench.out.clear()
    bench.send(10)
    assert len(bench.out) == 10
    assert len(bench.chaos_dispatcher.held_deliveries(KEY)) == 5


def test_others_pass_while_nothing_more_can_be_held(bench: Bench) -> None:
    bench.chaos_dispatcher._room.limit = 3
    bench.start(delay=[100, 200])
    bench.send(5)
    bench.chaos_dispatcher.start(UNLINKED, Chaos.of({"duplicate": 2}, seed=0))
    bench.send(4, key=UNLINKED)
    assert len(bench.out) == 8


def test_a_series_that_waits_for_a_number_ends_although_some_were_dropped(bench: Bench) -> None:
    bench.chaos_dispatcher._room.limit = 3
    owed = [bench.owe() for _ in range(6)]
    bench.chaos_dispatcher.claim(owed, Chaos.of({"reorder": 100, "hold": 1_000}, seed=0))
    bench.chaos_dispatcher.accept(owed)
    assert len(bench.out) == 3
    assert bench.chaos_dispatcher.next_due() is None or bench.chaos_dispatcher._room.count == 0


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
    before = bench.chaos_dispatcher._room.count, bench.chaos_dispatcher._room.size
    saved = bench.chaos_dispatcher.saved()
    made = bench.chaos_dispatcher.rebuild(saved)
    assert (bench.chaos_dispatcher._room.count, bench.chaos_dispatcher._room.size) == before
    bench.chaos_dispatcher.put_back(made)
    assert (bench.chaos_dispatcher._room.count, bench.chaos_dispatcher._room.size) == before
    assert len(bench.chaos_dispatcher.held_deliveries(KEY)) == 5
