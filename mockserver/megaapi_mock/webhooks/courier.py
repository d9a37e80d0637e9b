"""The threads that take deliveries to their receivers: in order per lane, one attempt each."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

from ..records.bugs import Bugs, describe, ends_program, log_failure
from ..records.delivery import COURIER_STOPPED, OLD_WORLD, STOPPED, Delivery, State, end
from .http.client import AddressRefused, DeliveryFailed, Headers, Transport
from .lanes import Lane, Lanes
from .trip import RunningAttempt, TimeSource, failure_reason
from .worker_pool import STUCK, WorkerPool

log = logging.getLogger(__name__)

# So many deliveries in a row without any answer, and the lane is paced: a refused connection costs
# 0.1 ms of processor and no waiting, so a full outbox owed to a dead receiver would starve the
# server that shares the process. Paced lanes together make some 250 attempts a second.
PATIENCE = 50
PAUSE = 0.004


class Courier:
    """An outbox with workers: a slow lane keeps one worker at most and delays no other lane.

    `workers` are busy at a time; those that wait for a silent receiver are replaced meanwhile. A
    lane that was owed nothing has the next turn, whatever is owed to others.

    `on_change` hears of every delivery that leaves the state "queued", from the thread in which it
    happened; what it raises is logged and goes no further. Threads start with the first delivery.
    """

    def __init__(
        self,
        *,
        transport: Transport,
        clock: TimeSource,
        on_change: Callable[[Delivery], None],
        headers: Headers,
        timeout: float = 30.0,
        workers: int = 8,
        outbox_limit: int = 50_000,
        outbox_bytes: int = 64 * 2**20,
        bugs: Bugs | None = None,
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._on_change = on_change
        self._headers = tuple(headers)
        self._timeout = timeout
        self._bugs = Bugs() if bugs is None else bugs
        self._outbox_limit, self._outbox_bytes = outbox_limit, outbox_bytes

        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)  # a lane is ready, or the end has come
        self._idle = threading.Condition(self._lock)  # nothing is pending
        self._stopping = threading.Lock()
        self._lanes = Lanes()
        self.under_way: dict[Delivery, RunningAttempt] = {}
        self._pending = self._pausing = 0
        self._accepting, self._is_over = True, False
        self._over = threading.Event()  # set with _ended, for those who wait without the lock
        self._abandoned_count = 0
        self._pool = WorkerPool(
            lock=self._lock,
            lanes=self._lanes,
            under_way=self.under_way,
            over=self._over,
            run=self._run,
            workers=workers,
        )

    @property
    def pending(self) -> int:
        """How many accepted deliveries have not come to their end."""
        return self._pending

    @property
    def waiting_bytes(self) -> int:
        """Bytes of payload that wait for a thread."""
        return self._lanes.size

    @property
    def is_running(self) -> bool:
        """Whether what it accepts is sent: it has not been stopped."""
        return self._accepting

    def accept(self, deliveries: Iterable[Delivery]) -> None:
        """Take deliveries over and return at once, whatever the network does.

        Beyond the outbox's bounds a delivery is "dropped"; after `stop` it is "abandoned".
        """
        turned_away: list[Delivery] = []
        with self._lock:
            for delivery in deliveries:
                try:
                    is_accepted = self._accept(delivery)
                except Exception as problem:
                    # What was accepted before it is sent, and so is what comes behind.
                    self._bugs.note(f"{delivery.id} is in no lane")
                    end(delivery, "abandoned", f"our own bug: {describe(problem)}")
                    is_accepted = False
                if not is_accepted:
                    turned_away.append(delivery)
            if self._lanes.ready > self._pool.free:
                self._pool.ensure_workers()
        for delivery in turned_away:
            self._tell(delivery)

    def _accept(self, delivery: Delivery) -> bool:
        """Whether it is in its lane from now on, or else has ended; the lock is held."""
        if not self._accepting:
            end(delivery, "abandoned", COURIER_STOPPED)
            # Who waits for the end of the stop is told of these too.
            self._abandoned_count += not self._is_over
            return False
        if self._is_full(delivery):
            reason = f"the outbox is full: {self._pending} deliveries wait already"
            end(delivery, "dropped", reason)
            return False
        ready = self._lanes.queue(delivery)
        self._pending += 1
        if ready:
            self._work.notify()
        return True

    def _is_full(self, delivery: Delivery) -> bool:
        """Whether one more is too much; the lock is held. What waits alone may have any size."""
        if self._pending >= self._outbox_limit:
            return True
        waiting = self._lanes.size
        return bool(waiting) and waiting + len(delivery.body) > self._outbox_bytes

    def abandon(self, owner: str | None = None) -> None:
        """Give up what waits in one owner's lanes, or in all, and begin those again.

        An attempt under way may finish; nothing accepted from now on waits for it.
        """
        with self._lock:
            lane_deliveries = self._lanes.leave(owner)
            for delivery in lane_deliveries:
                end(delivery, "abandoned", OLD_WORLD)
        for delivery in lane_deliveries:
            self._tell(delivery)
        with self._lock:
            if not self._is_over:
                self._settle(len(lane_deliveries))

    def carries(self, body: bytes) -> bool:
        """Whether a delivery of just this body is under way."""
        with self._lock:
            return any(delivery.body == body for delivery in self.under_way)

    def wait_idle(self, timeout: float) -> bool:
        """Wait until every accepted delivery has ended and `on_change` has heard of it."""
        with self._idle:
            return self._idle.wait_for(lambda: self._pending == 0, timeout)

    def stop(self, grace: float) -> int:
        """Deliver for up to `grace` seconds more, then abandon the rest; return how many those are.

        Courier and transport have ended then. A second call returns the same number.
        """
        with self._stopping:
            with self._idle:
                self._accepting = False
                self._idle.wait_for(lambda: self._pending == 0, grace)
                self._is_over = True
                self._over.set()
                rest = self._abandon_all()
                self._abandoned_count += len(rest)
                self._work.notify_all()
                self._idle.notify_all()
            for delivery in rest:
                self._tell(delivery)
            try:
                self._transport.close()
            except Exception:
                log_failure(log, "the webhook transport did not close")
            self._pool.join()
            return self._abandoned_count

    def _run(self) -> None:
        own_lane: list[Lane] = []  # the one that this thread goes on with, if any
        while True:
            try:
                step = self._next(own_lane)
            except Exception:
                log_failure(log, "our own bug: a courier thread could not go on with its lane")
                self._let_go(own_lane)
                continue
            if step is None:
                return
            lane, delivery, trip = step
            lane.silent = 0 if self._carry_safely(delivery, trip) else lane.silent + 1
            if lane.silent > PATIENCE and lane.queue:
                self._pause()

    def _let_go(self, own_lane: list[Lane]) -> None:
        """Leave the lane to whoever is next; not at once, as the same may fail again."""
        with self._lock:
            for lane in own_lane:
                self._pool.free += 1
                self._lanes.mend(lane)
            own_lane.clear()
        self._over.wait(STUCK)

    def _next(self, own_lane: list[Lane]) -> tuple[Lane, Delivery, RunningAttempt] | None:
        """Book the end of the lane's last delivery, then wait for the next one of any lane."""
        with self._lock:
            lane = own_lane[0] if own_lane else None
            if lane is not None and not self._is_over and not self._book(lane):
                own_lane.clear()
                lane = None
            if lane is None and not self._lanes.ready and self._pool.is_too_large:
                # One of those that replaced others is not needed any more.
                self._pool.remove_current()
                return None
            if lane is None:
                self._work.wait_for(lambda: self._lanes.ready or self._is_over)
            if self._is_over:
                return None
            now = time.perf_counter()
            if lane is None:
                lane = self._lanes.take(now)
                own_lane.append(lane)
                self._pool.free -= 1
            lane.turns -= 1
            delivery = self._lanes.next_of(lane)
            trip = self.under_way[delivery] = RunningAttempt(delivery.time, now)
            return lane, delivery, trip

    def _book(self, lane: Lane) -> bool:
        """Whether the thread that holds the lane shall go on with it."""
        self._settle(1)
        if not lane.queue:
            self._lanes.close(lane)
        elif self._lanes.ready > self._pool.free and lane.is_over(time.perf_counter()):
            self._lanes.give_back(lane)
        else:
            return True
        self._pool.free += 1
        return False

    def _settle(self, count: int) -> None:
        self._pending -= count
        if self._pending == 0:
            self._idle.notify_all()

    def _pause(self) -> None:
        with self._lock:
            self._pausing += 1
            seconds = PAUSE * self._pausing
        self._over.wait(seconds)
        with self._lock:
            self._pausing -= 1

    def _carry_safely(self, delivery: Delivery, trip: RunningAttempt) -> bool:
        """The same as `_carry`; where the attempt cannot be recorded, the lane goes on."""
        try:
            return self._carry(delivery, trip)
        except Exception as problem:
            log_failure(log, "our own bug: an attempt of %s is not recorded", delivery.id)
            with self._lock:
                is_abandoned = self.under_way.pop(delivery, None) is None
                if not is_abandoned and delivery.state == "queued":
                    end(delivery, "failed", f"our own bug: {describe(problem)}")
            if not is_abandoned:
                self._tell(delivery)
            return True

    def _carry(self, delivery: Delivery, trip: RunningAttempt) -> bool:
        """Make the one attempt and record it; say False when the receiver was not to be heard."""
        answer, error = None, None
        state: State = "failed"
        try:
            trip.time = self._departure(delivery)
            answer = self._transport.post(
                delivery.url, delivery.body, self._headers, timeout=self._timeout
            )
            if 200 <= answer.status < 300:
                state = "delivered"
        except DeliveryFailed as problem:
            error, answer = str(problem), problem.answer
            state = "refused" if isinstance(problem, AddressRefused) else "failed"
        except BaseException as problem:
            # A transport that is handed in may raise anything, and Ctrl-C comes to no such thread.
            log_failure(log, "the webhook transport broke")
            error = f"our own bug: {describe(problem)}"
        attempt = trip.attempt(error, answer)
        reason = error or failure_reason(attempt.status, attempt.redirects)
        with self._lock:
            is_abandoned = self.under_way.pop(delivery, None) is None
            if not is_abandoned:
                delivery.attempts.append(attempt)
                end(delivery, state, reason)
        if not is_abandoned:
            self._tell(delivery)
        return attempt.status is not None or state == "refused"

    def _departure(self, delivery: Delivery) -> float:
        """When the attempt begins: at once while time stands still, however late its thread is."""
        if not self._clock.frozen:
            return self._clock.now()
        return delivery.time if delivery.left is None else delivery.left

    def _abandon_all(self) -> list[Delivery]:
        """Give up what is under way and what waits; the threads find nothing left to book."""
        trips = list(self.under_way)
        for delivery, trip in self.under_way.items():
            delivery.attempts.append(trip.attempt("abandoned: the mock stopped before an answer"))
        trips.extend(self._lanes.leave())
        for delivery in trips:
            end(delivery, "abandoned", STOPPED)
        self.under_way.clear()
        self._pending = 0
        return trips

    def _tell(self, delivery: Delivery) -> None:
        try:
            self._on_change(delivery)
        except BaseException as problem:
            # It may be what ends a test or a process: not the thread of others' lanes, nor a call.
            if ends_program(problem):
                raise
            log_failure(log, "recording delivery %s failed", delivery.id)
