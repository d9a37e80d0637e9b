"""Records of one kind: in order, bounded, asked for by id, place and instance."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.records.log import Log


@dataclass(frozen=True)
class Row:
    id: str
    size: int = 1
    instance: str | None = None


def log_of(limit: int = 5, budget: int = 100) -> Log[Row]:
    return Log(limit, budget, lambda row: row.size, nullcontext())


@given(sizes=st.lists(st.integers(0, 40), max_size=40))
def test_a_log_keeps_the_newest_within_both_bounds(sizes: list[int]) -> None:
    log = log_of(limit=5, budget=100)
    rows = [Row(str(number), size) for number, size in enumerate(sizes)]
    for row in rows:
        log.add(row)
    kept = list(log.after(None))
    assert kept == rows[len(rows) - len(kept) :]
    assert len(kept) <= 5 and sum(row.size for row in kept) <= 100
    # No more went than had to.
    if len(kept) < min(5, len(rows)):
        gone = rows[len(rows) - len(kept) - 1]
        assert gone.size + sum(row.size for row in kept) > 100 or len(kept) == 5


def test_what_is_larger_than_the_budget_is_not_kept() -> None:
    log = log_of(budget=10)
    log.add(Row("a", 4))
    log.add(Row("b", 11))
    assert list(log.after(None)) == []
    log.add(Row("c", 10))
    assert list(log.after(None)) == [Row("c", 10)]


def test_after_gives_newer_records_and_all_after_a_forgotten_position() -> None:
    log = log_of(limit=3)
    for name in "abcd":
        log.add(Row(name))
    assert [row.id for row in log.after("b")] == ["c", "d"]
    assert list(log.after("d")) == []
    for gone in ("a", "never", "", None):
        assert [row.id for row in log.after(gone)] == ["b", "c", "d"]
    assert log.get("c") == Row("c") and log.get("a") is None


def test_dropping_frees_its_room() -> None:
    log = log_of(limit=10, budget=10)
    for name in "abc":
        log.add(Row(name, 3))
    log.drop(lambda row: row.id == "b")
    log.add(Row("d", 7))
    assert [row.id for row in log.after(None)] == ["b", "d"]


def test_a_record_under_an_id_that_is_there_already_replaces_it() -> None:
    log = log_of(limit=10, budget=10)
    log.add(Row("a", 6))
    log.add(Row("b", 1))
    log.add(Row("a", 7))
    assert list(log.after(None)) == [Row("b", 1), Row("a", 7)]
    assert list(log.after("b")) == [Row("a", 7)]
    log.add(Row("c", 2))
    assert [row.id for row in log.after(None)] == ["b", "a", "c"]


def test_a_log_is_asked_for_the_records_of_one_instance() -> None:
    log = log_of()
    for name, instance in (("a", "one"), ("b", "other"), ("c", None), ("d", "one")):
        log.add(Row(name, instance=instance))
    assert [row.id for row in log.after(None, "one")] == ["a", "d"]
    assert [row.id for row in log.after("a", "one")] == ["d"]
    assert [row.id for row in log.before(None, "one")] == ["d", "a"]
    assert [row.id for row in log.before("d", "one")] == ["a"]
    # The place that is asked about may be another one's record.
    assert [row.id for row in log.before("c", "other")] == ["b"]
    assert [row.id for row in log.before("d")] == ["c", "b", "a"]


def test_places_of_logs_that_share_numbers_are_in_one_order() -> None:
    one = log_of()
    other = Log(5, 100, lambda row: row.size, nullcontext(), one.numbers)
    one.add(Row("a"))
    other.add(Row("b"))
    one.add(Row("c"))
    assert [one.number("a"), other.number("b"), one.number("c")] == [1, 2, 3]
    assert [one.number("b"), one.number(None)] == [0, 0]
