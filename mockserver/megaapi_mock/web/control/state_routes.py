"""The control API's routes around the whole mock: reset, clock, and its state out and in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from ...clock import LATEST, OutOfRange
from ...errors import ControlRefused
from ...records.bugs import all_the_same
from ...records.delivery import Delivery
from ...simulation import save_state, snapshot
from ...simulation.lifecycle import Lifecycle
from ...simulation.save_state import StateParts
from ...store.state_file import seal, unseal
from .operation_input import whole_body

Json = dict[str, Any]
# A state is held in memory some times over while it is written or read: so many at a time, others
# wait for them so many seconds.
STATES_MOST, STATE_PATIENCE = 2, 60.0


class StateRoutes:
    """Routes by subject: one method per route, which returns a document, maybe with a status."""

    def __init__(self, parts: StateParts, lifecycle: Lifecycle, state_bytes: int) -> None:
        self._parts, self._lifecycle, self._state_bytes = parts, lifecycle, state_bytes
        self._states = threading.BoundedSemaphore(STATES_MOST)

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each route."""
        return [
            ("POST", "/reset", self.reset),
            ("GET", "/clock", self.clock),
            ("POST", "/clock", self.move_clock),
            ("GET", "/state", self.state),
            ("PUT", "/state", self.restore),
        ]

    def reset(self, body: Json) -> Json:
        """Back to the starting world: the whole mock, or only one instance."""
        key = request.args.get("instance")
        repeat = body.get("ids", "new") == "again"
        ids, instances = self._parts.ids, self._parts.instances
        renew = partial(_renew, ids.begin_again if repeat else ids.renew, key)
        with instances.start.loading:
            waiting = self._queued_deliveries(key)
            if instances.start.world.state is not None:
                snapshot.reset(self._parts, self._lifecycle, key, on_loaded=renew)
            else:
                self._lifecycle.reset(key, on_reset=renew)
        abandoned = sum(delivery.state == "abandoned" for delivery in waiting)
        answer = {"reset": key or "all", "instances": len(instances.store.keys())}
        # Their records are gone with all others.
        return {**answer, "abandoned": abandoned} if abandoned else answer

    def _queued_deliveries(self, key: str | None) -> list[Delivery]:
        """The recorded webhooks of an instance, or of all, that have not ended."""
        return [
            delivery
            for delivery in self._parts.instances.store.records.deliveries.after(None, key)
            if delivery.state == "queued"
        ]

    def clock(self) -> Json:
        """The mock's time, and whether it stands still."""
        now, frozen = self._parts.clock.read()
        return {"now": now, "frozen": frozen}

    def move_clock(self, body: Json) -> Json:
        """Freeze, set, advance: in this order when several are given."""
        try:
            self._parts.clock.move(
                freeze=body.get("freeze"),
                to=body.get("set"),
                by=body.get("advance", 0.0),
                latest=LATEST,
            )
        except OutOfRange:
            raise ControlRefused(400, "the clock runs from 1970 to the end of 9999") from None
        clock = self.clock()
        self._parts.outside.journal.show("clock", None, clock)
        return clock

    def state(self) -> Response:
        """The state of the whole mock, or of one instance, as a file."""
        with self._one_state():
            file = seal(save_state.save(self._parts, request.args.get("instance")))
        self._require_size(len(file))
        return Response(file, mimetype="application/json")

    def restore(self) -> Json:
        """Replace the running state with that of a file."""
        with self._one_state():
            return self._restore()

    @contextmanager
    def _one_state(self) -> Iterator[None]:
        if not self._states.acquire(timeout=STATE_PATIENCE):
            raise ControlRefused(
                503, f"{STATES_MOST} states are being saved or loaded already: try again later"
            )
        try:
            yield
        finally:
            self._states.release()

    def _restore(self) -> Json:
        self._require_size(request.content_length or 0)
        try:
            raw = whole_body()
        except RequestEntityTooLarge:
            self._require_size(self._state_bytes + 1)
            raise
        self._require_size(len(raw))
        state, key = unseal(raw), request.args.get("instance")
        if key is not None:
            state = snapshot.state_of_instance(state, key)
        start, ids = state.get("start"), self._parts.ids
        again = request.args.get("ids", "again") == "again"
        renewed = _nothing if again else partial(_renew, ids.renew, key)
        abandon = self._lifecycle.abandon
        return snapshot.load(self._parts, abandon, state, start=start, on_loaded=renewed)

    def _require_size(self, size: int) -> None:
        limit = self._state_bytes
        if size > limit:
            raise ControlRefused(
                413,
                f"a state of {size} bytes is above the {limit} this mock takes: "
                "start it with a larger --state-bytes, or save one instance with ?instance=KEY",
            )


def _renew(renew: Callable[[str | None], object], key: str | None) -> None:
    """Whoever starts over has done so by now."""
    with all_the_same(f"ids of {key or 'all instances'} are given out again"):
        renew(key)


def _nothing() -> None:
    """For a state whose ids go on as they were."""
