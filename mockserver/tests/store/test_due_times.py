"""Who is due first, whatever is planned again, given up or gone meanwhile."""

from __future__ import annotations

from megaapi_mock.store.due_times import STALE_MOST, DueTime, DueTimes


def test_the_earliest_is_first_and_says_so_when_it_is_noted() -> None:
    due_times, one, two = DueTimes(), DueTime("one"), DueTime("two")
    assert due_times.first() is None
    assert due_times.note(one, 20.0)
    assert not due_times.note(two, 30.0)
    assert due_times.first() == (20.0, "one")
    assert due_times.note(two, 10.0)
    assert due_times.first() == (10.0, "two")


def test_the_last_word_of_an_instance_counts() -> None:
    due_times, one, two = DueTimes(), DueTime("one"), DueTime("two")
    due_times.note(one, 10.0)
    due_times.note(two, 20.0)
    # Later than the other, and later than what stands of it in the way.
    assert not due_times.note(one, 30.0)
    assert due_times.first() == (20.0, "two")
    due_times.note(two, None)
    assert due_times.first() == (30.0, "one")


def test_an_instance_that_is_gone_is_never_due() -> None:
    due_times, old, new = DueTimes(), DueTime("a"), DueTime("a")
    due_times.note(old, 10.0)
    due_times.forget(old)
    assert due_times.first() is None
    assert due_times.note(new, 40.0)
    # Whoever still held the old one ends its change only now.
    assert not due_times.note(old, 5.0)
    assert due_times.first() == (40.0, "a")


def test_turns_that_no_longer_count_do_not_pile_up() -> None:
    due_times, one, far = DueTimes(), DueTime("one"), DueTime("far")
    due_times.note(far, 1.0)
    for moment in range(2, 10 * STALE_MOST):
        due_times.note(one, float(moment))
    assert len(due_times) <= 2 * 2 + STALE_MOST
    assert due_times.first() == (1.0, "far")
    due_times.forget(far)
    assert due_times.first() == (10.0 * STALE_MOST - 1, "one")
