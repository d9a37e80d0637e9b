"""Going back: an instance becomes exactly what it was before something that a contact did."""

from __future__ import annotations

from typing import Any, Literal

from ..domain.gateway import InstanceSeed
from ..domain.instance import Instance
from ..errors import ControlRefused
from ..runtime import Runtime
from ..store.points import Point
from .abandon import end_queued

Json = dict[str, Any]


def take_point(runtime: Runtime, key: str, name: str | None) -> Point:
    """A point that somebody asked for; UnknownInstance."""
    point = runtime.publisher.look(key, lambda each: runtime.points.take(each, name=name))
    return runtime.points.keep(point)


def rewind(
    runtime: Runtime,
    key: str,
    *,
    point: str | None,
    before: str | None,
    ids: Literal["new", "again"],
    clock: Literal["now", "then"],
) -> Json:
    """Return to a point, or to the one before a message. ControlRefused when it is gone."""
    messages = runtime.publisher.look(key, lambda instance: len(instance.messages))
    target = _target(runtime.points.of(key), key, point, before)
    with runtime.loading:
        instance = _instance(runtime, target)
        with runtime.publisher.at_rest():
            connection = instance.state
            seed = InstanceSeed(key, connection.token, connection.number, connection.name)
            runtime.gateway.admit(seed)
            runtime.store.restore_one(instance)
            end_queued(runtime, key)
            runtime.points.forget_after(target)
            if ids == "again":
                runtime.ids.return_to(key, target.series)
            else:
                runtime.ids.renew(key)
            message_count = len(instance.messages)
    if clock == "then":
        runtime.clock.move(to=target.time, latest=target.time)
    runtime.timers.run_due()
    runtime.journal.show("reset", key, {"reason": "rewind", "instance": key})
    return {
        "instance": key,
        "point": target.id,
        "messages": message_count,
        "removed": max(messages - message_count, 0),
    }


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


def _instance(runtime: Runtime, target: Point) -> Instance:
    instance = runtime.gateway.blank(InstanceSeed(key=target.instance, token=""))
    target.state.thaw_into(instance.state)
    return instance
