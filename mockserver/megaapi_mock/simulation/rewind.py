"""Going back: an instance becomes exactly what it was before something that a contact did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ..clock import Clock
from ..domain.gateway import Gateway, InstanceSeed
from ..domain.instance import Instance
from ..errors import ControlRefused
from ..ids import Ids
from ..records.bugs import all_the_same
from ..records.journal import Journal
from ..runtime import Instances
from ..store.points import Point, Points
from ..webhooks.publish import Publisher

Json = dict[str, Any]


def take_point(publisher: Publisher, points: Points, key: str, name: str | None) -> Point:
    """A point that somebody asked for; UnknownInstance."""
    return points.keep(publisher.look(key, lambda each: points.take(each, name=name)))


@dataclass(frozen=True)
class Rewind:
    """Returns instances to earlier states; `end_queued` ends the webhooks of one."""

    instances: Instances
    end_queued: Callable[[str], None]
    journal: Journal
    clock: Clock
    ids: Ids

    def return_to(
        self,
        key: str,
        *,
        point: str | None,
        before: str | None,
        ids: Literal["new", "again"],
        clock: Literal["now", "then"],
    ) -> Json:
        """Return to a point, or to the one before a message. ControlRefused when it is gone."""
        publisher, points = self.instances.publisher, self.instances.points
        messages = publisher.look(key, lambda instance: len(instance.messages))
        target = _target(points.of(key), key, point, before)
        with self.instances.start.loading:
            instance = _instance(self.instances.store.gateway, target)
            with publisher.at_rest():
                self._replace(instance)
                with all_the_same(f"{key} can go back to what did not happen any more"):
                    points.forget_after(target)
                with all_the_same(f"ids of {key} are given out again"):
                    self._count_on(key, target, ids)
                message_count = len(instance.messages)
        if clock == "then":
            self.clock.move(to=target.time, latest=target.time)
        self.instances.timers.run_due()
        self.journal.show("reset", key, {"reason": "rewind", "instance": key})
        return {
            "instance": key,
            "point": target.id,
            "messages": message_count,
            "removed": max(messages - message_count, 0),
        }

    def _count_on(self, key: str, target: Point, ids: Literal["new", "again"]) -> None:
        """What is made from now on has the same ids as then, or others."""
        if ids == "again":
            self.ids.return_to(key, target.series)
        else:
            self.ids.renew(key)

    def _replace(self, instance: Instance) -> None:
        """This instead of the one with its key; the caller holds all instances."""
        state, store = instance.state, self.instances.store
        store.gateway.admit(InstanceSeed(state.key, state.token, state.number, state.name))
        store.restore_one(instance)
        self.end_queued(state.key)


def _target(points: list[Point], key: str, point: str | None, before: str | None) -> Point:
    for each in points:
        if each.id == point or (before is not None and each.message == before):
            return each
    if before is not None:
        raise ControlRefused(
            410,
            f"before: no state is kept from before message {before[:80]!r} of {key}: only those "
            "before what contacts did are; the oldest go first, and a restart of the mock ends all",
        )
    raise ControlRefused(
        410, f"point: {key} has no point {str(point)[:80]!r}, or no longer: see its /points"
    )


def _instance(gateway: Gateway, target: Point) -> Instance:
    instance = gateway.blank(InstanceSeed(key=target.instance, token=""))
    target.state.thaw_into(instance.state)
    return instance
