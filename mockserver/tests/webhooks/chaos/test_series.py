"""Chaos: what each kind does to a series of deliveries, by a seed and a frozen clock."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from megaapi_mock.webhooks.chaos.chaos_options import Chaos

from ...support import KEY
from .bench import Bench, ack, echo, inbound


@pytest.fixture
def bench() -> Bench:
    return Bench()


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


def test_a_series_that_waits_for_a_number_ends_although_some_were_dropped(bench: Bench) -> None:
    bench.chaos_dispatcher._room.limit = 3
    owed = [bench.owe() for _ in range(6)]
    bench.chaos_dispatcher.claim(owed, Chaos.of({"reorder": 100, "hold": 1_000}, seed=0))
    bench.chaos_dispatcher.accept(owed)
    assert len(bench.out) == 3
    assert bench.chaos_dispatcher.next_due() is None or bench.chaos_dispatcher._room.count == 0
