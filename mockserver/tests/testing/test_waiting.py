"""Waiting for records: the right one, once, in order, and a report that helps."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from megaapi_mock.testing.filter import Filter
from megaapi_mock.testing.waiting import Cursor, RecordWaiter


@dataclass(frozen=True)
class Line:
    id: str
    text: str | None
    state: str = "done"

    def __str__(self) -> str:
        return f"line {self.text!r}"


class Ledger:
    """Lines that are added meanwhile; `asked` is what the waiter wanted to know."""

    def __init__(self, *texts: str | None) -> None:
        self.lines = [Line(str(number), text) for number, text in enumerate(texts, 1)]
        self.came = threading.Condition()
        self.is_awaited = threading.Event()
        self.asked: list[tuple[str | None, float]] = []
        self.epoch = 1

    def add(self, text: str) -> None:
        with self.came:
            self.lines.append(Line(str(len(self.lines) + 1), text))
            self.came.notify_all()

    def begin(self, *texts: str | None) -> None:
        """Another state: ids start again."""
        with self.came:
            self.epoch += 1
            self.lines = [Line(str(number), text) for number, text in enumerate(texts, 1)]
            self.came.notify_all()

    def look(self, cursor: Cursor, wait: float) -> tuple[int, Sequence[Line]]:
        self.asked.append((cursor.last, wait))

        def newer() -> list[Line]:
            last = cursor.last if cursor.epoch == self.epoch else None
            return [line for line in self.lines if int(line.id) > int(last or 0)]

        with self.came:
            if wait > 0:
                # Who adds a line from now on is heard by the wait: it alone lets go of the lock.
                self.is_awaited.set()
            self.came.wait_for(newer, timeout=wait)
            return self.epoch, newer()


@contextmanager
def once_awaited(ledger: Ledger, change: Callable[[str], None], text: str) -> Iterator[None]:
    """The ledger is changed once somebody waits for more."""

    def wait_and_change() -> None:
        if ledger.is_awaited.wait(60):
            change(text)

    ledger.is_awaited.clear()
    thread = threading.Thread(target=wait_and_change)
    thread.start()
    yield
    thread.join()


def text_is(text: str | re.Pattern[str]) -> Filter[Line]:
    return Filter("line", {"text": text})


def test_each_record_is_handed_out_once_and_the_oldest_first() -> None:
    waiter = RecordWaiter(Ledger("a", "b", "a").look)
    assert [waiter.await_one(text_is("a"), 1).id for _ in range(2)] == ["1", "3"]
    assert [line.id for line in waiter.rest()] == ["2"]
    assert [line.id for line in waiter.all()] == ["1", "2", "3"]
    assert waiter.await_one(text_is("b"), 1).id == "2"
    with pytest.raises(AssertionError, match=r"^no line with text 'a' within 0 s; 3 came"):
        waiter.await_one(text_is("a"), 0)


def test_a_look_does_not_take() -> None:
    waiter = RecordWaiter(Ledger("a").look)
    assert [waiter.await_one(text_is("a"), 1, take=False).id for _ in range(2)] == ["1", "1"]
    assert waiter.await_one(text_is("a"), 1).id == "1"
    assert waiter.await_one(text_is("a"), 1, take=False).id == "1"
    with pytest.raises(AssertionError, match=r"came\n.*\nnearest: 1\., but text is 'a', not 'b'$"):
        waiter.await_one(text_is("b"), 0, take=False)


def test_a_wait_blocks_until_the_record_comes() -> None:
    ledger = Ledger("a")
    waiter = RecordWaiter(ledger.look)
    with once_awaited(ledger, ledger.add, "b"):
        assert waiter.await_one(text_is("b"), 60).id == "2"
    # One look at what is there, one that blocks: nothing is asked again and again.
    assert [cursor for cursor, _ in ledger.asked] == [None, "1"]


def test_a_record_that_comes_at_the_last_moment_counts() -> None:
    assert RecordWaiter(Ledger("a").look).await_one(text_is("a"), 0).id == "1"


@pytest.mark.parametrize("pattern", ["^B", "o", "Bom dia$"])
def test_a_pattern_is_found_in_the_text(pattern: str) -> None:
    waiter = RecordWaiter(Ledger(None, "Bom dia").look)
    assert waiter.await_one(text_is(re.compile(pattern)), 0).id == "2"


def test_where_judges_and_may_stumble_over_other_shapes() -> None:
    waiter = RecordWaiter(Ledger(None, "b", "c").look)
    first = Filter[Line]("line", {}, lambda line: line.text.upper() == "C")
    assert waiter.await_one(first, 0).id == "3"
    with pytest.raises(AssertionError, match=r"nearest: 2\., but where\(\) says no"):
        waiter.await_one(replace(first, condition=lambda line: line.text == "d"), 0)
    with pytest.raises(AssertionError, match=r"where\(\) raised TypeError"):
        waiter.await_one(replace(first, condition=lambda line: line.text + 1), 0)


def test_a_text_that_was_meant_as_a_pattern_is_told_so() -> None:
    waiter = RecordWaiter(Ledger("Olá, Ana").look)
    hint = r"not '\^Olá' \(a text is equal; re\.compile\(\.\.\.\) makes it a pattern\)$"
    with pytest.raises(AssertionError, match=hint):
        waiter.await_one(text_is("^Olá"), 0)
    for other in ("^Oi", "Olá", "(", "Ana!"):
        with pytest.raises(AssertionError) as failed:
            waiter.await_one(text_is(other), 0)
        assert "pattern" not in str(failed.value)


def test_where_may_look_at_the_trail_itself() -> None:
    waiter = RecordWaiter(Ledger("a", "b").look)
    both = Filter[Line](
        "line", {"text": "b"}, lambda line: len(waiter.all()) == len(waiter.rest()) == 2
    )
    asked: list[str] = []
    # A thread of its own: what waits for itself would never end.
    asking = threading.Thread(
        target=lambda: asked.append(waiter.await_one(both, 60).id), daemon=True
    )
    asking.start()
    asking.join(60)
    assert asked == ["2"]


def test_the_report_names_what_came_and_the_nearest_miss() -> None:
    waiter = RecordWaiter(Ledger("Oi", "Bom dia", "Tchau").look, hint=lambda _: ["the bot is off"])
    waiter.await_one(text_is("Tchau"), 0)
    with pytest.raises(AssertionError) as failed:
        waiter.await_one(Filter("line", {"text": "Bom dia", "state": "read"}), 0)
    assert str(failed.value).splitlines() == [
        "no line with text 'Bom dia' and state 'read' within 0 s; 3 came",
        "  1. line 'Oi'",
        "  2. line 'Bom dia'",
        "  3. line 'Tchau'",
        "handed out by earlier waits: 3",
        "nearest: 2., but state is 'done', not 'read'",
        "the bot is off",
    ]


def test_a_long_report_shows_the_newest() -> None:
    waiter = RecordWaiter(Ledger(*map(str, range(25))).look)
    with pytest.raises(AssertionError) as failed:
        waiter.await_one(text_is("x"), 0)
    shown = str(failed.value).splitlines()
    assert shown[:3] == [
        "no line with text 'x' within 0 s; 25 came",
        "  ... 15 before these",
        "  16. line '15'",
    ]
    assert shown[11:] == ["  25. line '24'", "nearest: 25., but text is '24', not 'x'"]


def test_the_nearest_is_the_one_that_is_most_alike() -> None:
    waiter = RecordWaiter(Ledger("Olá, Ana", "Escolha uma opção", "Tchau", None).look)
    with pytest.raises(AssertionError, match=r"nearest: 1\., but text is 'Olá, Ana', not"):
        waiter.await_one(text_is("Olá, Ana!"), 0)
    # A text that is almost right beside a wrong state comes before one that is another text.
    by_state = Filter[Line]("line", {"text": "Olá, Ana!"}, ends={"state": "read"})
    with pytest.raises(AssertionError, match=r"nearest: 1\., but text is .*; state is 'done'"):
        waiter.await_one(by_state, 0)


@pytest.mark.parametrize("wanted", ["5511900000002", "5511900000002@s.whatsapp.net"])
def test_numbers_and_addresses_are_never_alike(wanted: str) -> None:
    near = wanted.replace("0002", "0004")
    with pytest.raises(AssertionError, match=r"nearest: 2\., but text is 'Oi'"):
        RecordWaiter(Ledger(near, "Oi").look).await_one(text_is(wanted), 0)


def test_the_nearest_is_listed_however_old_it_is() -> None:
    waiter = RecordWaiter(Ledger("oi 5", *(f"até {number}" for number in range(25))).look)
    with pytest.raises(AssertionError) as failed:
        waiter.await_one(text_is("oi 5x"), 0)
    shown = str(failed.value).splitlines()
    assert shown[1:4] == ["  1. line 'oi 5'", "  ... 15 others", "  17. line 'até 15'"]
    assert shown[-1] == "nearest: 1., but text is 'oi 5', not 'oi 5x'"


def test_nothing_at_all_is_said_too() -> None:
    with pytest.raises(AssertionError, match=r"^no line within 0 s; nothing came$"):
        RecordWaiter(Ledger().look).await_one(Filter("line", {}), 0)


def test_a_record_is_handed_out_only_after_it_ended_well() -> None:
    ledger, ends = Ledger("a", "a"), {"1": "failed", "2": "well"}

    def settle(line: Line, seconds: float) -> Line:
        ended = replace(line, state=ends[line.id])
        ledger.lines[int(line.id) - 1] = ended
        return ended

    waiter = RecordWaiter(ledger.look, settle=settle)
    found = waiter.await_one(Filter("line", {"text": "a"}, ends={"state": "well"}), 1)
    assert found == Line("2", "a", "well")
    with pytest.raises(AssertionError, match=r"nearest: 1\., but state is 'failed', not 'well'"):
        waiter.await_one(Filter("line", {"text": "a"}, ends={"state": "well"}), 0)
    # What a wait did not want is still there for another one.
    assert waiter.await_one(Filter("line", {}, ends={"state": "failed"}), 0).id == "1"


def test_the_report_tells_how_it_stands_now() -> None:
    ledger = Ledger("a")
    waiter = RecordWaiter(ledger.look)
    waiter.await_one(text_is("a"), 0, take=False)
    ledger.lines[0] = Line("1", "a", "read")
    with pytest.raises(AssertionError, match="state is 'read', not 'played'"):
        waiter.await_one(Filter("line", {"text": "a", "state": "played"}), 0)


def test_another_state_begins_a_new_trail() -> None:
    ledger = Ledger("a", "b")
    waiter = RecordWaiter(ledger.look)
    assert [waiter.await_one(text_is(text), 0).id for text in "ab"] == ["1", "2"]
    ledger.begin("b", "a")
    assert [line.text for line in waiter.rest()] == ["b", "a"]
    assert waiter.await_one(text_is("a"), 0).id == "2"
    ledger.begin()
    # Who waits already is woken by it.
    with once_awaited(ledger, ledger.begin, "a"):
        assert waiter.await_one(text_is("a"), 60).id == "1"


def test_what_failed_in_one_state_may_end_well_in_another() -> None:
    ledger = Ledger("a")
    ends = Filter[Line]("line", {"text": "a"}, ends={"state": "well"})
    looks = iter(("failed", "well"))

    def settle(line: Line, seconds: float) -> Line:
        state = next(looks)
        if state == "failed":
            ledger.begin("a")
        return replace(line, state=state)

    assert RecordWaiter(ledger.look, settle=settle).await_one(ends, 60).state == "well"


def test_two_threads_never_get_the_same() -> None:
    ledger = Ledger(*["a"] * 40)
    waiter, got = RecordWaiter(ledger.look), list[str]()

    def take() -> None:
        got.extend(waiter.await_one(text_is("a"), 60).id for _ in range(20))

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got, key=int) == [line.id for line in ledger.lines]
