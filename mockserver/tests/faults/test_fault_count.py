"""What a fault counted is taken back with the change, and others' counts stay."""

from __future__ import annotations

import threading
from collections import OrderedDict

from megaapi_mock.domain.fault_effects import FaultHit
from megaapi_mock.faults.armed_fault import HITS_SHOWN, ArmedFault, tally_of
from megaapi_mock.faults.fault_count import HeaderHit, TallyCount
from megaapi_mock.faults.kind import FaultTally
from megaapi_mock.faults.kinds.bad_gateway import BadGateway

KEY = "megacode-TESTKEY0001"
LOCK = threading.RLock()


def armed() -> ArmedFault:
    return ArmedFault("f1", "bad-gateway", BadGateway(), {"fault": "bad-gateway"})


def hit(number: int) -> FaultHit:
    return FaultHit(float(number), KEY, ("f1", "bad-gateway"), "send_text")


def begin(fault: ArmedFault, number: int | None = None) -> TallyCount:
    """A count of this fault, a hit where it has a number."""
    count = TallyCount.begin(LOCK, fault.tallies, KEY, fault)
    if number is not None:
        count.add_hit(hit(number))
    return count


def shown(fault: ArmedFault) -> tuple[int, int, int, list[float]]:
    calls = tally_of(fault.tallies, KEY).calls
    return fault.seen, fault.used, calls, [each.time for each in fault.hits]


def test_a_count_that_is_given_back_never_was() -> None:
    fault = armed()
    count = begin(fault, 1)
    assert shown(fault) == (1, 1, 1, [1.0])
    count.give_back()
    assert shown(fault) == (0, 0, 0, [])


def test_a_tally_that_counts_nothing_any_more_takes_no_place() -> None:
    fault = armed()
    first, second = begin(fault), begin(fault)
    second.give_back()
    assert list(fault.tallies) == [KEY]
    first.give_back()
    assert list(fault.tallies) == []


def test_it_is_given_back_once() -> None:
    fault = armed()
    begin(fault, 1)
    count = begin(fault, 2)
    count.give_back()
    count.give_back()
    assert shown(fault) == (1, 1, 1, [1.0])


def test_one_that_did_not_hit_takes_no_hit_away() -> None:
    fault = armed()
    begin(fault, 1)
    begin(fault).give_back()
    assert shown(fault) == (1, 1, 1, [1.0])


def test_what_others_count_meanwhile_stays() -> None:
    fault = armed()
    first, second = begin(fault, 1), begin(fault, 2)
    first.give_back()
    seen, used, calls, times = shown(fault)
    assert (seen, used, times) == (1, 1, [2.0])
    # Its place in the tally is behind that of the other: calls are not counted down past it.
    assert calls == 2
    second.give_back()
    assert shown(fault)[:2] == (0, 0)


def test_the_window_of_before_comes_back() -> None:
    tally = FaultTally(calls=3, window=10.0, in_window=2)
    count = TallyCount.begin(LOCK, OrderedDict({KEY: tally}), KEY)
    tally.window, tally.in_window = 70.0, 1
    count.give_back()
    assert tally == FaultTally(calls=3, window=10.0, in_window=2)


def test_a_hit_that_was_pushed_out_is_shown_again() -> None:
    fault = armed()
    for number in range(HITS_SHOWN):
        begin(fault, number)
    count = begin(fault, 99)
    assert shown(fault)[3] == [*map(float, range(1, HITS_SHOWN)), 99.0]
    count.give_back()
    assert shown(fault)[3] == [*map(float, range(HITS_SHOWN))]


def test_after_its_own_hit_was_pushed_out_no_hit_of_others_is() -> None:
    fault = armed()
    begin(fault, 0)
    for number in range(1, HITS_SHOWN):
        begin(fault, number)
    count = begin(fault, 99)
    for number in range(100, 100 + HITS_SHOWN):
        begin(fault, number)
    newest = shown(fault)[3]
    count.give_back()
    assert shown(fault)[3] == newest


def test_a_hit_that_nobody_shows_any_more_is_given_back_all_the_same() -> None:
    fault = armed()
    count = begin(fault, 1)
    fault.hits.clear()
    count.give_back()
    assert shown(fault) == (0, 0, 0, [])


def test_giving_back_waits_for_the_lock_of_all_faults() -> None:
    fault = armed()
    count = begin(fault, 1)
    thread = threading.Thread(target=count.give_back)
    with LOCK:
        thread.start()
        thread.join(0.1)
        assert thread.is_alive() and shown(fault)[1] == 1
    thread.join(60)
    assert shown(fault) == (0, 0, 0, [])


def test_a_hit_of_a_calls_own_header_has_nothing_to_give_back() -> None:
    count = HeaderHit(hit(1))
    count.give_back()
    assert count.hit == hit(1)
