"""`serve --shared`: one of several processes that are one mock, on one PostgreSQL database.

One of them leads: it has the lock (`store/sql/leadership.py`), and runs the mock as a process of
its own. All listen, and pass each connection on to the mock of the one that leads. docs/shared.md
says why.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from dataclasses import replace

from ..errors import SetupError
from ..profile import Profile
from ..serving.ports import numeric_address, reachable_host
from ..serving.relay import Relay
from ..settings import Settings
from ..store.open_store import open_leadership
from . import log_choice
from .open_page import open_page
from .peers import peer_address
from .shared_worker import Worker, WorkerOptions
from .start_screen import Greeting

log = logging.getLogger(__name__)

# Seconds between two looks at who leads.
LOOK_EVERY = 0.2
# Seconds in which the process that served before lets go of the database: at the first start it is
# somebody who does not share it; later its machine may have gone, which the server has to notice.
FREE_AT_START, FREE_LATER = 5.0, 60.0
_STOPS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class SharedServe:
    """Runs until a signal comes. SetupError where it cannot begin."""

    def __init__(
        self, settings: Settings, profile: Profile, greeting: Greeting, *, opens: bool
    ) -> None:
        self._settings, self._profile, self._greeting = settings, profile, greeting
        self._opens = opens
        self._peer_host, self._peer_port = peer_address(settings)
        self._output = log_choice.output_of(settings)
        self._leadership = open_leadership(settings.store)
        self._stopping = threading.Event()
        self._worker: Worker | None = None
        # The one that waits to be needed.
        self._spare: Worker | None = None
        self._leads = self._is_announced = False
        # Whether this mock has answered already, whichever process did the work.
        self._has_answered = False
        # Whether it was said that this machine cannot reach the process that leads.
        self._is_unreachable = False
        self._free_until = 0.0
        self._leader: tuple[str, int] | None = None

    def run(self) -> None:
        """Listen, and lead or follow, until a signal comes."""
        for name in _STOPS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: self._stopping.set())
        log_choice.begin_log(self._settings)
        self._relay = Relay(self._settings.host, self._settings.port)
        try:
            while not self._stopping.is_set():
                self._step()
                self._stopping.wait(LOOK_EVERY)
            self._stop()
        finally:
            # What goes wrong here must not leave a process behind.
            for worker in (self._worker, self._spare):
                if worker is not None:
                    worker.kill()
            self._leadership.close()
            self._relay.close()

    def _stop(self) -> None:
        self._relay.stop_listening()
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()
        else:
            log_choice.end_stand_by(self._settings, self._output)

    # -- one look ----------------------------------------------------------------------------

    def _step(self) -> None:
        if self._worker is None and (self._spare is None or not self._spare.look()):
            self._spare = Worker(self._settings)
        if not self._leads:
            self._follow()
        elif not self._still_leads():
            log.warning("another process does the work now for %s", self._leadership.name)
            self._step_down()
        elif self._worker is None:
            self._begin_worker()
        else:
            self._look_at(self._worker)

    def _follow(self) -> None:
        """Lead where nobody does; else hand on to whoever does."""
        if self._leadership.may_stand and self._leadership.take():
            patience = FREE_LATER if self._has_answered else FREE_AT_START
            self._free_until = time.monotonic() + patience
            self._leads, self._is_announced, self._leader = True, False, None
            self._relay.hand_to(None)
            self._begin_worker()
            return
        leader = self._leader_elsewhere()
        # While the database is away the process that led may still know what to answer.
        if self._leadership.problem is None and leader != self._leader:
            self._leader = leader
            self._relay.hand_to(leader)
            if leader is not None:
                self._show_leader(leader)

    def _leader_elsewhere(self) -> tuple[str, int] | None:
        """Where the process answers that leads; None where it cannot be reached, or not yet."""
        try:
            leader = self._leadership.leader()
        except SetupError as error:
            if not self._has_answered:
                raise
            if not self._is_unreachable:
                log.error("%s", error)
            self._is_unreachable = True
            return None
        self._is_unreachable = False
        return leader

    def _show_leader(self, leader: tuple[str, int]) -> None:
        log_choice.stand_by_as(
            self._settings, self._output, self._relay.url, f"{leader[0]}:{leader[1]}"
        )
        if self._opens and not self._has_answered:
            open_page(self._relay.url)
        self._has_answered = True

    def _still_leads(self) -> bool:
        """Whether nobody else leads, as far as can be known."""
        if self._leadership.keeps():
            return True
        # The session was lost: the same lead in a new one, unless somebody was faster.
        self._is_announced = False
        return self._leadership.take() is not False

    def _step_down(self, *, pauses: bool = False) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()
        if pauses:
            self._leadership.pause()
        self._leads, self._leader = False, None
        self._relay.hand_to(None)

    # -- leading -----------------------------------------------------------------------------

    def _begin_worker(self) -> None:
        if self._spare is not None and self._leadership.is_store_free():
            resumes = self._greeting.resumes or self._has_answered
            greeting = replace(self._greeting, resumes=resumes)
            self._worker, self._spare = self._spare, None
            self._worker.begin(
                WorkerOptions(self._profile, greeting, self._relay.url, self._peer_port)
            )
        elif time.monotonic() > self._free_until and self._leadership.problem is None:
            self._refuse(self._leadership.in_use_text())

    def _look_at(self, worker: Worker) -> None:
        runs = worker.look()
        if not runs:
            why = worker.refusal or "the serving process ended unexpectedly"
            self._refuse(why, is_setup=worker.refusal is not None)
        elif worker.port is not None and not self._is_announced:
            self._announce(worker.port)

    def _announce(self, port: int) -> None:
        address = numeric_address(self._settings.host)
        host = self._peer_host
        if not host:
            is_everywhere = reachable_host(address) != address
            host = (self._leadership.own_host() or "") if is_everywhere else address
        if not host or not self._leadership.announce(host, port):
            return
        self._is_announced = True
        self._relay.hand_to((reachable_host(address), port))
        if self._opens and not self._has_answered:
            open_page(self._relay.url)
        self._has_answered = True

    def _refuse(self, why: str, *, is_setup: bool = True) -> None:
        """It cannot lead: the end of a start, and later something for the log."""
        if not self._has_answered:
            raise SetupError(why) if is_setup else SystemExit(why)
        log.error("%s; it is tried again, by whichever process is first", why)
        self._step_down(pauses=True)
