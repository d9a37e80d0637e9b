"""Granian's connections, seen from outside: which of them wait for nothing that we owe them.

Granian says neither which connection a call came by nor how to stop reading a body, and it has no
deadline for one. Linux tells of every connection when data last came and went. One whose client
has spoken last is in the middle of a request, or waits for its answer; the calls that the app has
under way tell the two apart: a call begins when its headers have come.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from time import monotonic, sleep

from .bodies import SMALL, TAKEN_LEAST, CallInProgress, Limits
from .calls import WatchedApp

# Seconds between two looks: at least, and at most; between them as many times as long as the last
# one took, which is 17 ms with a thousand connections.
LOOK, LOOK_MOST, PAUSES = 0.5, 3.0, 100
# How long after its data a call may begin, at most, and what the two clocks differ by.
LAG, SLACK = 2.0, 0.01
# The same for nearly all of them, and for all but those in a great rush.
SOON, LATE_BEGIN = 0.1, 10.0
# Beyond the first share of the limit connections are closed, down to the second.
CROWDED, COMFORTABLE = 0.875, 0.75
# A connection that did something within so many seconds is closed only if no other is left. One
# whose answer began to leave is not closed at all for so long: its body may follow its head.
FRESH, BODY_FOLLOWS = 1.0, 0.5
# A large body that is silent for so long makes room when others wait for it.
SILENT = 10.0
# What ends a request: its client can still read the answer, or nothing is left.
_NO_MORE, _CLOSED = socket.SHUT_RD, socket.SHUT_RDWR
_OPEN_FILES, _HAS_LEFT = "/proc/self/fd", attrgetter("has_left")
# Where struct tcp_info has: milliseconds since data last went and last came, bytes that the client
# has taken, bytes that came, bytes that wait for the client, and segments with data that came and
# went. First its state, which is this one once the client closed.
_CLOSE_WAIT = 8
_LAST_SENT, _LAST_CAME, _BYTES_TAKEN, _BYTES_CAME, _UNSENT = 44, 52, 120, 128, 144
_CAME, _WENT = 152, 156
_TCP_INFO = 160


@dataclass(slots=True)
class ClientConnection:
    """What is known of one; times are those of `monotonic`.

    `began` is the latest time at which its last request can have begun; `came` and `went` count
    what was received and sent. While bytes are `unsent` because the client takes none, `slow_since`
    is when it last took enough, and `taken_then` what it had taken by then. `has_left` is
    whether its client sends nothing more.
    """

    number: int
    peer: object
    began: float
    last_came: float
    last_went: float
    bytes_came: int
    came: int
    went: int
    bytes_taken: int = 0
    unsent: int = 0
    slow_since: float | None = None
    taken_then: int = 0
    has_left: bool = False
    is_overdue: bool = False
    is_closed: bool = False

    @property
    def is_awaiting(self) -> bool:
        """Whether its client has spoken last; not what was answered within a few milliseconds."""
        return self.came > 0 and (self.went == 0 or self.last_came > self.last_went)

    @property
    def is_answered(self) -> bool:
        """Whether we have spoken last; not what was answered within a few milliseconds."""
        return self.went > 0 and self.last_went > self.last_came

    @property
    def last_active(self) -> float:
        """When anything last came or went."""
        return max(self.last_came, self.last_went)


class Watch:
    """Looks after the connections of one port; `look` closes what must be closed."""

    def __init__(self, app: WatchedApp, port: int, limits: Limits, *, threads: int) -> None:
        self._app, self._port, self._limits, self._threads = app, port, limits, threads
        self._connections: dict[object, ClientConnection] = {}
        self._has_seen_any = False

    def start(self) -> None:
        """Look every half second, where the system tells about connections."""
        if sys.platform == "linux":
            self._app.has_left = self.has_left
            threading.Thread(target=self._run, name="connections", daemon=True).start()

    def has_left(self, call: CallInProgress) -> bool:
        """Whether no connection is open any more by which the call can have come.

        Granian gives us a body whose client left in the middle as if it were whole.
        """
        try:
            open_now = list(connections(self._port))
        except OSError:
            return False
        self._has_seen_any = self._has_seen_any or bool(open_now)
        return self._has_seen_any and not any(
            each.is_awaiting and not each.has_left and each.last_came <= call.last_came + SLACK
            for each in open_now
        )

    def look(self) -> None:
        """Close requests whose time is over, and in a crowd what has been idle the longest."""
        now = monotonic()
        begin_times = self._app.deferred.begin_times()  # first: what begins later was not left
        before = self._connections
        self._update()
        if before.keys() - self._connections or any(map(_HAS_LEFT, self._connections.values())):
            self._app.on_departure()  # granian notices by what is sent on its stream
        self._end_waits_of_nobody(begin_times)
        free = self._not_answered(_may_be, LAG)
        self._end_overdue(free, now)
        self._end_slow_readers(now)
        if self._app.budget.is_short:
            _end_silent(free, now)
        self._end_slow_bodies(free)
        most, count = self._limits.connections, len(self._connections) - len(self._app.deferred)
        if count > most * CROWDED:
            surplus = int(count - most * COMFORTABLE)
            closed = _close_idle(free, surplus, now)
            if count - closed > most * CROWDED:
                _close_idle(self._not_answered(_probably_is, SOON), surplus - closed, now)

    def _end_slow_bodies(self, free: list[ClientConnection]) -> None:
        """End the bodies that take the longest, before the threads that they hold are all."""
        reading = self._app.reading()
        if reading > self._threads * CROWDED:
            slow = sorted((each for each in free if each.is_awaiting), key=lambda each: each.began)
            for each in slow[: int(reading - self._threads * COMFORTABLE)]:
                shut(each, _CLOSED)
                each.is_closed = True

    def _not_answered(
        self, is_of: Callable[[ClientConnection, CallInProgress], bool], lag: float
    ) -> list[ClientConnection]:
        """The connections by which none of the calls has come that we are busy with.

        Calls that wait are looked for by their time alone: `lag` after their data at most.
        """
        calls, deferred = self._app.answering(), self._app.deferred.begin_times()
        return [
            each
            for each in self._connections.values()
            if not each.is_closed
            and not _may_wait(each, deferred, lag)
            and not any(is_of(each, call) for call in calls)
        ]

    def _end_waits_of_nobody(self, begin_times: Sequence[float]) -> None:
        """Let the waits go whose clients have left: no connection may be theirs any more.

        One whose client has sent another request meanwhile is answered early by this.
        """
        if not self._has_seen_any:  # of a kernel that tells less
            return
        abandoned_calls = set(begin_times)
        for each in self._connections.values():
            # Not `is_awaiting`: who asks again at once has spoken in the same few milliseconds.
            if abandoned_calls and not each.is_answered and not each.has_left:
                first = bisect_left(begin_times, each.last_came - SLACK)
                last = bisect_right(begin_times, each.began + LATE_BEGIN)
                abandoned_calls.difference_update(begin_times[first:last])
        if abandoned_calls:
            self._app.deferred.let_go(abandoned_calls)

    def _run(self) -> None:
        pause = LOOK
        while True:
            sleep(pause)
            began = monotonic()
            # A look that fails, in a moment without free file numbers say, is made up for.
            with suppress(OSError):
                self.look()
            # With thousands of connections a look takes a while, in which Python does nothing else.
            pause = min(LOOK_MOST, max(LOOK, PAUSES * (monotonic() - began)))

    def _update(self) -> None:
        connections_now = {}
        for connection in connections(self._port):
            before = self._connections.get(connection.peer)
            if before is not None:
                _carry_on(before, connection)
            connections_now[connection.peer] = connection
        self._connections = connections_now
        self._has_seen_any = self._has_seen_any or bool(connections_now)

    def _end_overdue(self, free: list[ClientConnection], now: float) -> None:
        for each in free:
            # One that only looks idle for so long is none: the server closes those.
            since = each.began if each.is_awaiting else each.last_active
            overdue = now - since >= self._limits.request_seconds
            # Not at the first look: an answer may just be on its way.
            if overdue and each.is_overdue:
                shut(each, _NO_MORE)
            each.is_overdue = overdue

    def _end_slow_readers(self, now: float) -> None:
        """Let go of clients that do not take their answers: each may hold a thread."""
        for each in self._connections.values():
            if not each.unsent:
                each.slow_since = None
            elif each.slow_since is None or each.bytes_taken - each.taken_then >= TAKEN_LEAST:
                each.slow_since, each.taken_then = now, each.bytes_taken
            elif now - each.slow_since >= self._limits.answer_seconds and not each.is_closed:
                shut(each, _CLOSED)
                each.is_closed = True


def _carry_on(before: ClientConnection, now: ClientConnection) -> None:
    """Its request is the one of before, unless that was answered, or there was none yet."""
    now.slow_since, now.taken_then = before.slow_since, before.taken_then
    answered = now.went != before.went
    another = now.came < before.came or (not before.is_awaiting and now.came > before.came)
    if not answered and not another:
        now.began, now.is_overdue = before.began, before.is_overdue


def _may_be(connection: ClientConnection, call: CallInProgress) -> bool:
    """Whether the call may have come by this connection."""
    in_time = (
        call.begun - LAG <= connection.began
        and connection.last_came <= call.last_came + SLACK
        and connection.came > 0
    )
    if call.last_went is None:
        return in_time and not connection.is_answered
    return in_time and not connection.is_awaiting


def _may_wait(connection: ClientConnection, begin_times: Sequence[float], lag: float) -> bool:
    """Whether a call that waits, of those begun then and in this order, may have come by it.

    There are many such calls, none has a body, and none was answered in part.
    """
    if connection.came == 0 or connection.is_answered:
        return False
    first = bisect_left(begin_times, connection.last_came - SLACK)
    return first < len(begin_times) and begin_times[first] <= connection.began + lag


def _probably_is(connection: ClientConnection, call: CallInProgress) -> bool:
    """Whether it may, and looks as it should: its first request is as long, or it went last."""
    if not _may_be(connection, call):
        return False
    if call.last_went is not None:
        return connection.last_went >= call.last_went - 10 * SLACK
    # Who leaves out the blank behind a header's name may do so in each of them.
    odd = len(call.environ)
    return connection.went > 0 or abs(connection.bytes_came - call.size()) <= odd


def _end_silent(free: list[ClientConnection], now: float) -> None:
    """End large bodies that no longer come."""
    for each in free:
        if each.is_awaiting and each.bytes_came > SMALL and now - each.last_came >= SILENT:
            shut(each, _NO_MORE)


def _close_idle(free: list[ClientConnection], count: int, now: float) -> int:
    """Close so many: first what waits for nothing, then what is slowest; the longest first.

    How many there were.
    """

    def rank(each: ClientConnection) -> tuple[bool, bool, float]:
        fresh = now - each.last_active < FRESH
        return fresh, each.is_awaiting, each.began if each.is_awaiting else each.last_active

    idle = (each for each in free if not _is_being_answered(each, now))
    chosen = sorted(idle, key=rank)[:count]
    for each in chosen:
        shut(each, _CLOSED)
        each.is_closed = True
    return len(chosen)


def _is_being_answered(connection: ClientConnection, now: float) -> bool:
    """Whether the rest of its answer may be on its way: the app is done with it before Granian."""
    return connection.is_answered and now - connection.last_went < BODY_FOLLOWS


def shut(connection: ClientConnection, how: int) -> None:
    """Shut it down, unless it is another one by now."""
    with suppress(OSError), socket.socket(fileno=os.dup(connection.number)) as copy:
        if copy.getpeername() == connection.peer:
            copy.shutdown(how)


def connections(port: int) -> Iterator[ClientConnection]:
    """The connections that this process has accepted there."""
    for name in os.listdir(_OPEN_FILES):
        # No connection, closed meanwhile, or of a kernel that tells less.
        with suppress(OSError, struct.error):
            connection = _looked_at(int(name), port)
            if connection is not None:
                yield connection


def _looked_at(number: int, port: int) -> ClientConnection | None:
    # Without them the kernel is asked for each; addresses tell the real family.
    borrowed = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, fileno=number)
    try:
        own = borrowed.getsockname()
        if not isinstance(own, tuple) or own[1] != port:
            return None
        peer = borrowed.getpeername()
        # Before they are asked for: a moment later would look like data that came later.
        now = monotonic()
        info = borrowed.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO)
    finally:
        borrowed.detach()
    last_came = now - _number(info, _LAST_CAME) / 1000
    return ClientConnection(
        number=number,
        peer=peer,
        began=last_came,
        last_came=last_came,
        last_went=now - _number(info, _LAST_SENT) / 1000,
        bytes_came=struct.unpack_from("Q", info, _BYTES_CAME)[0],
        came=_number(info, _CAME),
        went=_number(info, _WENT),
        bytes_taken=struct.unpack_from("Q", info, _BYTES_TAKEN)[0],
        unsent=_number(info, _UNSENT),
        has_left=info[0] == _CLOSE_WAIT,
    )


def _number(info: bytes, offset: int) -> int:
    return int(struct.unpack_from("I", info, offset)[0])
