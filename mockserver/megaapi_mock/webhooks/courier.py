"""The threads that take deliveries to their receivers: in order per lane, one attempt each."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

from ..records.bugs import log_failure
from ..records.delivery import COURIER_STOPPED, OLD_WORLD, STOPPED, Delivery, State, end
from .http.client import DeliveryFailed, Headers, Refused, Transport
from .lanes import Lane, Lanes
from .trip import RunningAttempt, TimeSource, failure_reason

log = logging.getLogger(__name__)

# So many deliveries in a row without any answer, and the lane is paced: a refused connection costs
# 0.1 ms of processor and no waiting, so a full outbox owed to a dead receiver would starve the
# server that shares the process. Paced lanes together make some 250 attempts a second.
PATIENCE = 50
PAUSE = 0.004
# A thread whose receiver has been silent for so many seconds is no help to others: while lanes
# wait, another is started in its place, and where most are silent, as many again. Only more than
# WORKERS_MOST silent receivers at a time can make others wait.
STUCK = 0.05
WORKERS_MOST = 1024
# What threads may take to notice that their sockets were cut.
JOIN_SECONDS = 1.0


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
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._on_change = on_change
        self._headers = tuple(headers)
        self._timeout = timeout
        self._workers = workers
        self._outbox_limit, self._outbox_bytes = outbox_limit, outbox_bytes

        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)  # a lane is ready, or the end has come
        self._idle = threading.Condition(self._lock)  # nothing is pending
        self._stopping = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._free = 0  # threads without a lane
        self._lanes = Lanes()
        self._watcher: threading.Thread | None = None  # while lanes wait for a thread
        self.under_way: dict[Delivery, RunningAttempt] = {}
        self._pending = 0
        self._pausing = 0
        self._accepting = True
        self._is_over = False
        self._over = threading.Event()  # set with _ended, for those who wait without the lock
        self._abandoned_count = 0

    @property
    def pending(self) -> int:
        """How many accepted deliveries have not come to their end."""
        return self._pending

    def accept(self, deliveries: Iterable[Delivery]) -> None:
        """Take deliveries over and return at once, whatever the network does.

        Beyond the outbox's bounds a delivery is "dropped"; after `stop` it is "abandoned".
        """
        turned_away: list[Delivery] = []
        with self._lock:
            for delivery in deliveries:
                if not self._accepting:
                    end(delivery, "abandoned", COURIER_STOPPED)
                    # Who waits for the end of the stop is told of these too.
                    self._abandoned_count += not self._is_over
                    turned_away.append(delivery)
                elif self._is_full(delivery):
                    reason = f"the outbox is full: {self._pending} deliveries wait already"
                    end(delivery, "dropped", reason)
                    turned_away.append(delivery)
                else:
                    ready = self._lanes.queue(delivery)
                    self._pending += 1
                    if ready:
                        self._work.notify()
            self._staff()
        for delivery in turned_away:
            self._tell(delivery)

    def _is_full(self, delivery: Delivery) -> bool:
        """Whether one more is too much; the lock is held. What waits alone may have any size."""
        if self._pending >= self._outbox_limit:
            return True
        waiting = self._lanes.size
        return bool(waiting) and waiting + len(delivery.body) > self._outbox_bytes

    def abandon(self, owner: str | None = None) -> None:
        """Give up what waits in one owner's lanes, or in all, and begin those anew.

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
            self._join()
            return self._abandoned_count

    def _staff(self) -> None:
        """See to it that no lane waits without a thread, or somebody who will start one."""
        self._grow()
        if self._free < self._lanes.ready and self._watcher is None:
            self._watcher = self._start_thread(self._watch, "outbox-watch")

    def _grow(self) -> None:
        """Start threads for the lanes that wait for one, as many as there may be by now."""
        missing_threads = self._lanes.ready - self._free
        if missing_threads <= 0:
            return
        most = self._workers
        if len(self._threads) >= most:
            now = time.perf_counter()
            stuck_count = sum(now - trip.started > STUCK for trip in self.under_way.values())
            most = min(stuck_count + max(stuck_count, most), WORKERS_MOST)
        for _ in range(min(missing_threads, most - len(self._threads))):
            self._start_worker()

    def _start_worker(self) -> None:
        thread = self._start_thread(self._run, f"courier-{len(self._threads) + 1}")
        if thread is not None:
            self._threads.append(thread)
            self._free += 1

    @staticmethod
    def _start_thread(run: Callable[[], None], name: str) -> threading.Thread | None:
        thread = threading.Thread(target=run, name=name, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            # The lane stays ready: a thread that exists takes it, or the next accept tries again.
            log_failure(log, "no further courier thread can be started")
            return None
        return thread

    def _watch(self) -> None:
        """Replace threads that wait for silent receivers, as long as there are lanes to take."""
        while not self._over.wait(STUCK):
            with self._lock:
                if not self._lanes.ready:
                    self._watcher = None
                    return
                self._grow()

    def _run(self) -> None:
        lane = None
        while True:
            step = self._next(lane)
            if step is None:
                return
            lane, delivery, trip = step
            lane.silent = 0 if self._carry_safely(delivery, trip) else lane.silent + 1
            if lane.silent > PATIENCE and lane.queue:
                self._pause()

    def _next(self, lane: Lane | None) -> tuple[Lane, Delivery, RunningAttempt] | None:
        """Book the end of the lane's last delivery, then wait for the next one of any lane."""
        with self._lock:
            if lane is not None and not self._is_over:
                lane = self._book(lane)
            if lane is None and not self._lanes.ready and len(self._threads) > self._workers:
                # One of those that replaced others is not needed any more.
                self._free -= 1
                self._threads.remove(threading.current_thread())
                return None
            if lane is None:
                self._work.wait_for(lambda: self._lanes.ready or self._is_over)
            if self._is_over:
                return None
            now = time.perf_counter()
            if lane is None:
                lane = self._lanes.take(now)
                self._free -= 1
            lane.turns -= 1
            delivery = self._lanes.next_of(lane)
            trip = self.under_way[delivery] = RunningAttempt(delivery.time, now)
            return lane, delivery, trip

    def _book(self, lane: Lane) -> Lane | None:
        """Return the lane when the thread that holds it shall go on with it."""
        self._settle(1)
        if not lane.queue:
            self._lanes.close(lane)
        elif self._lanes.ready > self._free and lane.is_over(time.perf_counter()):
            self._lanes.give_back(lane)
        else:
            return lane
        self._free += 1
        return None

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
                    end(delivery, "failed", f"our own bug: {problem!r}")
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
            state = "refused" if isinstance(problem, Refused) else "failed"
        except Exception as problem:
            log_failure(log, "the webhook transport broke")
            error = f"our own bug: {problem!r}"
        attempt = trip.attempt(error, answer)
        reason = error or failure_reason(attempt.status)
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
        except Exception:
            log_failure(log, "recording delivery %s failed", delivery.id)

    def _join(self) -> None:
        deadline = time.monotonic() + JOIN_SECONDS
        watcher = self._watcher
        for thread in [*self._threads, *([watcher] if watcher else [])]:
            # `on_change` may call stop from a courier thread, which cannot wait for itself.
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
