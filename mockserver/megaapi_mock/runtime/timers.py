"""What happens later by itself: QR codes expire, acknowledgements come, what was held leaves."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..clock import Clock
from ..errors import StoreUnavailable, UnknownInstance
from ..records.bugs import all_the_same, log_failure
from ..store import Store

log = logging.getLogger(__name__)

# Seconds until what failed is tried again.
STUCK_PAUSE = 1.0


class Schedule(Protocol):
    """Something with turns: who is first, and how to wake them.

    It may call `due_earlier` only while it holds nothing that its own `next_due` needs.
    """

    def next_due(self) -> tuple[float, str] | None:
        """When the first turn is, and whose."""

    def wake(self, key: str, now: float) -> object:
        """Let them do what is due by then, and nothing that comes later."""


@dataclass(frozen=True, slots=True)
class _InstanceAgenda:
    """The store as an agenda: what is scheduled in the instances themselves."""

    store: Store
    wake: Callable[[str, float], object]

    def next_due(self) -> tuple[float, str] | None:
        return self.store.next_due()


class Timers:
    """Wakes each instance when it has something due, and whoever has a turn in `others`.

    The thread starts with `start`.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        store: Store,
        wake: Callable[[str, float], object],
        others: Sequence[Schedule] = (),
    ) -> None:
        self._clock = clock
        self._agendas: tuple[Schedule, ...] = (_InstanceAgenda(store, wake), *others)
        self._changed = threading.Condition()
        # One at a time, or two threads overtake each other; a turn itself may move the clock.
        self._running = threading.RLock()
        self._stopped = False
        self._thread: threading.Thread | None = None
        self._stuck: tuple[float, str] | None = None
        clock.listen(self.run_due)

    def start(self) -> None:
        """Begin to watch; a second call does nothing."""
        with self._changed:
            if self._thread is not None or self._stopped:
                return
            thread = threading.Thread(target=self._run, name="timers", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                # What was changed is kept all the same; the next who has something due tries again.
                log_failure(log, "no thread can be started for the timers")
                return
            self._thread = thread

    @property
    def is_running(self) -> bool:
        """Whether what is due happens by itself."""
        return not self._stopped and self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """End the thread."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def due_earlier(self) -> None:
        """The store has something due before all else: watch from now on.

        While the clock stands still nothing becomes due by itself, so no thread is needed.
        """
        if self._clock.frozen:
            return
        try:
            self.start()
            self.nudge()
        except Exception:
            # Whoever calls has kept a change already; the thread looks again at its next turn.
            log_failure(log, "our own bug: the timers were not told what is due")

    def nudge(self) -> None:
        """Something is due earlier than what the thread waits for."""
        with self._changed:
            self._changed.notify_all()

    def run_due(self) -> None:
        """Do everything that is due by now, in order of time, in the calling thread.

        Turn by turn: whoever did all of a long jump at once would be ahead of everybody else.
        """
        with self._running, all_the_same("the timers could not do what was due"):
            self._run_all()

    def _run_all(self) -> None:
        first = None
        while (first := self._first()) is not None and first[0][0] <= self._clock.now():
            due, agenda = first
            try:
                agenda.wake(due[1], due[0])
            except UnknownInstance:
                continue
            except StoreUnavailable:
                # The store says why; it is due all the same, and tried again.
                self._stuck = due
                break
            except Exception:
                log_failure(log, "our own bug: %s could not do what was due", due[1])
                if agenda.next_due() == due:
                    self._stuck = due
                    break
        if first is not None:
            self.due_earlier()

    def _first(self) -> tuple[tuple[float, str], Schedule] | None:
        """The earliest turn of all agendas; of two at one time, the instances'."""
        turns = [(due, agenda) for agenda in self._agendas if (due := agenda.next_due())]
        return min(turns, key=lambda turn: turn[0][0], default=None)

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._stopped:
                    return
                self._changed.wait(self._pause())
            if not self._stopped:
                self._run_once()

    def _run_once(self) -> None:
        try:
            first = self._first()
            if first is not None and first[0][0] <= self._clock.now():
                self.run_due()
        except Exception:
            log_failure(log, "our own bug: the timers could not do what was due")

    def _pause(self) -> float | None:
        """Seconds until the next turn; None while there is none."""
        try:
            return self._until_next()
        except Exception:
            log_failure(log, "our own bug: the timers do not know what is due next")
            return STUCK_PAUSE

    def _until_next(self) -> float | None:
        first = self._first()
        if first is None:
            return None
        due, _ = first
        if self._clock.frozen and due[0] > self._clock.now():
            return None
        if due == self._stuck:
            return STUCK_PAUSE
        return max(0.0, min(due[0] - self._clock.now(), 3600.0))
