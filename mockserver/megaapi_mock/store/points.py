"""Earlier states of instances to go back to: cheap to take, bounded in bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, fields
from typing import Any

from ..domain.instance import Instance
from ..domain.message import Message
from ..domain.state import InstanceState
from ..domain.undo_table import UndoTable
from ..records.bugs import Bugs

# What a point takes beside its rows, what one row takes (references to its key and value), and
# what a message takes beside its content.
POINT, ROW, MESSAGE = 3_000, 16, 400
# So many points share one copy of all messages: each has only what has changed since. Where more
# than so many have changed, another copy is smaller.
SEGMENT_MOST, CHANGES_MOST = 50, 1_000

Rows = tuple[tuple[Any, ...], tuple[Any, ...]]
_NOTHING: Rows = ((), ())
_OTHERS = tuple(each.name for each in fields(InstanceState) if each.name != "messages")


@dataclass(slots=True, eq=False)
class Segment:
    """All messages of an instance as they once were, and what was written from point to point.

    `tables` are the others as they were last, with their versions: one that has not changed since
    is shared.
    """

    keys: tuple[str, ...]
    rows: tuple[Message, ...]
    changes: list[dict[str, Message]] = field(default_factory=list)
    tables: dict[str, tuple[int, Rows]] = field(default_factory=dict)

    def frozen(self, name: str, table: UndoTable[Any, Any]) -> tuple[Rows, int]:
        """The rows of a table, and how many bytes they add."""
        before = self.tables.get(name)
        if before is not None and before[0] == table.version:
            return before[1], 0
        rows = (tuple(table.keys()), tuple(table.values())) if table else _NOTHING
        self.tables[name] = table.version, rows
        return rows, ROW * len(table)

    def messages(self, count: int) -> dict[str, Message]:
        """The messages after so many of the changes, in their order."""
        messages = dict(zip(self.keys, self.rows, strict=True))
        for change in self.changes[:count]:
            messages.update(change)
        return messages


@dataclass(slots=True, eq=False)
class FrozenState:
    """All of an instance between two changes; rows are shared with the instance itself."""

    segment: Segment
    changes: int
    others: tuple[Any, ...]

    def thaw_into(self, state: InstanceState) -> None:
        """Make another state like this one."""
        state.messages.restore(UndoTable(self.segment.messages(self.changes)))
        for name, value in zip(_OTHERS, self.others, strict=True):
            before = getattr(state, name)
            if isinstance(before, UndoTable):
                keys, rows = value
                before.restore(UndoTable(dict(zip(keys, rows, strict=True))))
            else:
                setattr(state, name, list(value) if isinstance(before, list) else value)


# Not frozen: that takes three times as long to make, and every message of a contact makes one.
@dataclass(slots=True, eq=False)
class Point:
    """The state right before something happened; `message` is the id of what came of it.

    `series` is the series of ids that was given out then.
    """

    id: str
    instance: str
    time: float
    series: int
    state: FrozenState
    size: int
    event: str | None = None
    chat: str | None = None
    message: str | None = None
    name: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As the control API lists it."""
        return {
            "id": self.id,
            "time": self.time,
            "instance": self.instance,
            "event": self.event,
            "chat": self.chat,
            "message": self.message,
            "name": self.name,
        }


class Points:
    """Thread-safe. The oldest points go beyond `budget` bytes, as many as share their messages."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._lock = threading.Lock()
        self._points: OrderedDict[str, Point] = OrderedDict()
        self._number = self._size = 0
        # The segment that each instance's next point belongs to.
        self._open: dict[str, Segment] = {}

    @property
    def size(self) -> int:
        """Bytes of all points, closely enough."""
        return self._size

    def begin(self, instance: Instance) -> Point | None:
        """The instance before what is about to happen, not kept yet; None where none are.

        The caller holds the instance.
        """
        return self.take(instance) if self._budget else None

    def take(self, instance: Instance, *, name: str | None = None) -> Point:
        """The instance as it is now, not kept yet; the caller holds it."""
        state = instance.state
        segment, size = self._segment(state.key, state.messages)
        others = []
        for other in _OTHERS:
            value = getattr(state, other)
            if isinstance(value, UndoTable):
                value, more = segment.frozen(other, value)
                size += more
            elif isinstance(value, list):
                value = tuple(value)
            others.append(value)
        frozen = FrozenState(segment, len(segment.changes), tuple(others))
        with self._lock:
            self._number += 1
            point_id = f"p{self._number}"
        series = instance.ids.series(state.key)
        return Point(point_id, state.key, instance.now, series, frozen, POINT + size, name=name)

    def keep(
        self,
        point: Point,
        *,
        event: str | None = None,
        chat: str | None = None,
        message: str | None = None,
    ) -> Point:
        """Keep a point, now that it is known what came of it."""
        point.event, point.chat, point.message = event, chat, message
        with self._lock:
            self._points[point.id] = point
            self._size += point.size
            while self._size > self._budget and self._drop_oldest(apart_from=point):
                pass
        return point

    def keep_behind(self, point: Point | None, bugs: Bugs, **origin: str | None) -> None:
        """Keep the state from before something that is done, and stays so if this fails."""
        if point is None:
            return
        try:
            self.keep(point, **origin)
        except Exception:
            bugs.note(f"{point.instance} cannot go back to before {origin.get('event')}")

    def of(self, key: str) -> list[Point]:
        """Every point of an instance, oldest first."""
        with self._lock:
            return [point for point in self._points.values() if point.instance == key]

    def forget(self, key: str | None) -> None:
        """Drop the points of an instance, or all."""
        with self._lock:
            for point in list(self._points.values()):
                if key in (None, point.instance):
                    self._drop(point)

    def forget_after(self, point: Point) -> None:
        """Drop what was taken of the instance after this point: it did not happen any more."""
        with self._lock:
            later = False
            for each in list(self._points.values()):
                if later and each.instance == point.instance:
                    self._drop(each)
                later = later or each.id == point.id

    def _segment(self, key: str, messages: UndoTable[str, Message]) -> tuple[Segment, int]:
        """The segment with all that was written so far, and how many bytes that adds."""
        segment, changed_ids = self._open.get(key), messages.touched
        messages.touched = {}
        if (
            segment is None
            or changed_ids is None
            or len(changed_ids) > CHANGES_MOST
            or len(segment.changes) >= SEGMENT_MOST
        ):
            segment = self._open[key] = Segment(tuple(messages.keys()), tuple(messages.values()))
            return segment, ROW * len(segment.rows)
        change = {name: row for name in changed_ids if (row := messages.get(name)) is not None}
        segment.changes.append(change)
        return segment, sum(MESSAGE + len(row.content) for row in change.values())

    def _drop_oldest(self, *, apart_from: Point) -> bool:
        """Drop the oldest point with all that share its messages; False when there is none."""
        oldest = next(iter(self._points.values()))
        segment = oldest.state.segment
        points = [each for each in self._points.values() if each.state.segment is segment]
        for each in points:
            if each is not apart_from:
                self._drop(each)
        if self._open.get(oldest.instance) is segment:
            del self._open[oldest.instance]
        return points != [apart_from]

    def _drop(self, point: Point) -> None:
        self._size -= self._points.pop(point.id).size
