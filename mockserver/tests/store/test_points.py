"""Earlier states of an instance: shared rows, a budget in bytes, and the way back."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.state import InstanceState
from megaapi_mock.records.bugs import Bugs
from megaapi_mock.store import points as points_module
from megaapi_mock.store.points import MESSAGE, POINT, ROW, Point, Points

from ..domain.conftest import FRIEND, add_message, make_instance

PLENTY = 2**20
ANA = Jid.parse(FRIEND)


@pytest.fixture
def points() -> Points:
    return Points(PLENTY)


@pytest.fixture
def instance() -> Instance:
    return make_instance(connected=True)


def write(instance: Instance, *ids: str) -> None:
    """These messages, each in a change of its own."""
    for message_id in ids:
        instance.begin()
        add_message(instance, message_id)
        instance.commit()


def kept(points: Points, instance: Instance, name: str | None = None) -> Point:
    return points.keep(points.take(instance, name=name))


def thawed(point: Point) -> InstanceState:
    state = InstanceState(key="", token="", number=None, name="")
    point.state.thaw_into(state)
    return state


def test_a_point_has_the_state_as_it_was(points: Points, instance: Instance) -> None:
    write(instance, "ONE")
    instance.begin()
    instance.chats.block(ANA, shut_out=True)
    instance.schedule(5.0, "ack", ("ONE", "read"))
    instance.commit()
    point = kept(points, instance)
    write(instance, "ONE", "TWO")
    instance.begin()
    instance.chats.block(ANA, shut_out=False)
    instance.name = "Outra"
    instance.state.agenda.clear()
    instance.commit()
    state = thawed(point)
    assert list(state.messages) == ["ONE"] and dict(state.blocked) == {ANA: True}
    assert (state.name, [due[4] for due in state.agenda]) == ("Test Shop", [("ONE", "read")])


def test_points_that_share_their_messages_each_have_their_own(
    points: Points, instance: Instance
) -> None:
    write(instance, "ONE")
    first = kept(points, instance)
    write(instance, "TWO")
    second = kept(points, instance)
    write(instance, "THREE")
    third = kept(points, instance)
    assert first.state.segment is second.state.segment is third.state.segment
    assert [list(thawed(each).messages) for each in (first, second, third)] == [
        ["ONE"],
        ["ONE", "TWO"],
        ["ONE", "TWO", "THREE"],
    ]


def test_where_rows_went_everything_is_copied_again(points: Points, instance: Instance) -> None:
    write(instance, "ONE", "TWO")
    first = kept(points, instance)
    instance.begin()
    instance.messages.remove("ONE")
    instance.commit()
    second = kept(points, instance)
    assert first.state.segment is not second.state.segment
    assert list(thawed(second).messages) == ["TWO"]


@pytest.mark.parametrize("bound", ["SEGMENT_MOST", "CHANGES_MOST"])
def test_where_much_has_changed_another_copy_is_made(
    points: Points, instance: Instance, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(points_module, bound, 1)
    taken = [kept(points, instance)]
    for ids in (("ONE",), ("TWO", "THREE"), ("FOUR",)):
        write(instance, *ids)
        taken.append(kept(points, instance))
    segments = [point.state.segment for point in taken]
    assert segments[0] is segments[1] and segments[1] is not segments[2]
    assert list(thawed(taken[3]).messages) == ["ONE", "TWO", "THREE", "FOUR"]


def test_a_point_takes_what_it_adds_to_those_before(points: Points, instance: Instance) -> None:
    write(instance, "ONE")
    tables = sum(len(table) for table in instance.state.tables(("counters", "generations")))
    assert points.take(instance).size == POINT + ROW * (1 + tables)
    assert points.take(instance).size == POINT
    write(instance, "TWO")
    assert points.take(instance).size == POINT + MESSAGE + len(b'{"conversation":"oi"}')


def test_oldest_beyond_the_budget_go_with_all_that_share_their_messages(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(points_module, "SEGMENT_MOST", 1)
    points = Points(4 * POINT + POINT // 2)
    for number in range(5):
        write(instance, f"M{number}")
        last = kept(points, instance)
    assert len(points.of(instance.key)) == 3 and points.size <= 4 * POINT + POINT // 2
    assert points.of(instance.key)[-1] is last


def test_the_newest_point_stays_whatever_it_takes(instance: Instance) -> None:
    points = Points(1)
    assert points.of(instance.key) == []
    point = kept(points, instance)
    assert points.of(instance.key) == [point] and points.size == point.size
    newer = kept(points, instance)
    assert points.of(instance.key) == [newer]


def test_without_a_budget_none_begins(points: Points, instance: Instance) -> None:
    assert Points(0).begin(instance) is None
    point = points.begin(instance)
    assert point is not None and points.of(instance.key) == []


def test_points_are_listed_and_forgotten_by_instance(points: Points, instance: Instance) -> None:
    first, second = kept(points, instance), kept(points, instance, "antes")
    assert [point.id for point in points.of(instance.key)] == [first.id, second.id] == ["p1", "p2"]
    assert points.of("megacode-TESTKEY0002") == []
    points.forget("megacode-TESTKEY0002")
    assert len(points.of(instance.key)) == 2
    points.forget(instance.key)
    assert (points.of(instance.key), points.size) == ([], 0)
    kept(points, instance)
    points.forget(None)
    assert points.of(instance.key) == []


def test_what_came_after_a_point_did_not_happen(points: Points, instance: Instance) -> None:
    first, second, _ = (kept(points, instance) for _ in range(3))
    points.forget_after(second)
    assert points.of(instance.key) == [first, second]


def test_a_point_says_what_came_of_it(points: Points, instance: Instance) -> None:
    point = points.keep(points.take(instance), event="text-plain", chat=str(ANA), message="ONE")
    shown = point.as_json()
    assert (shown["id"], shown["instance"], shown["time"]) == ("p1", instance.key, instance.now)
    assert (shown["event"], shown["chat"], shown["message"]) == ("text-plain", str(ANA), "ONE")


def test_a_point_that_cannot_be_kept_fails_nobody(
    points: Points, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    bugs = Bugs()
    points.keep_behind(None, bugs, event="text-plain")
    points.keep_behind(points.take(instance), bugs, event="text-plain")
    assert len(points.of(instance.key)) == 1 and not bugs

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(points, "keep", fail)
    points.keep_behind(points.take(instance), bugs, event="text-plain")
    assert "cannot go back to before text-plain" in bugs[0]
