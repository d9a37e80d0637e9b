"""Waitress with deadlines: it knows its connections, and what each of them waits for."""

from __future__ import annotations

import math
import select
import socket
from dataclasses import replace
from time import time
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import WSGITask

from ..errors import LATE
from .bodies import HEADERS_WITHIN, SMALL, TAKEN_LEAST, Limits, late
from .calls import WatchedApp

if TYPE_CHECKING:
    from .calls import App

# Beyond the first share of the limit connections are closed, down to the second.
CROWDED, COMFORTABLE = 0.875, 0.75
CONNECTIONS_MOST = 512
# Bodies that are not complete lie on the disk, in as many times the bytes that complete ones may
# have in memory.
ON_DISK = 4


class _Request(HTTPRequestParser):
    """A request on its way: since when, and why it is given up, if it is."""

    late: str | None = None

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.began = time()

    @property
    def body_bytes(self) -> int:
        """How much of its body has come."""
        return 0 if self.body_rcv is None else len(self.body_rcv)


class _Task(WSGITask):
    """Tells the app of a request that is given up."""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        request: Any = self.request
        if request.late is not None:
            environ[LATE] = request.late
        return environ


class _Channel(HTTPChannel):
    task_class = _Task
    parser_class = _Request
    # Their published types say less than there is.
    request: Any
    requests: Any
    server: Any
    requests_lock: Any
    # What the client has taken of all answers; while one waits for it, since when it has not taken
    # enough, and what it had taken by then.
    bytes_taken = 0
    slow_since: float | None = None
    taken_then = 0

    def send(self, data: bytes, do_close: bool = True) -> int:
        """As waitress's own, counted."""
        count: int = super().send(data, do_close) or 0
        self.bytes_taken += count
        return count

    def let_go_if_slow(self, now: float, seconds: float) -> None:
        """End it where its client has not taken enough of its answer for so long."""
        if not self.total_outbufs_len:
            self.slow_since = None
        elif self.slow_since is None or self.bytes_taken - self.taken_then >= TAKEN_LEAST:
            self.slow_since, self.taken_then = now, self.bytes_taken
        elif now - self.slow_since >= seconds:
            # Now: whoever writes the answer waits for room, and is told by this.
            self.handle_close()

    def handle_close(self) -> None:
        """As waitress's own; what still writes an answer is told, once it writes."""
        is_owed = bool(self.requests)
        super().handle_close()
        if is_owed:
            self.server.watched.on_departure()

    @property
    def has_left(self) -> bool:
        """Whether its client sends nothing more, and may be gone, while we owe it an answer."""
        if not self.requests or self.will_close or self.socket is None:
            return False
        try:
            return not self.socket.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return True

    @property
    def is_free(self) -> bool:
        """Whether we owe it no answer."""
        return not self.requests and not self.total_outbufs_len

    def give_up(self, seconds: float) -> None:
        """End the request that has not come: its app is told, and its client gets an answer."""
        with self.requests_lock:
            request = self.request
            if request is None or self.requests:
                return
            if not request.headers_finished:
                self.will_close = True
                return
            length = request.content_length or None
            request.late = late(request.body_bytes, length, seconds)
            request.headers["CONNECTION"] = "close"
            request.completed = True
            self.request = None
            self.requests.append(request)
        self.server.add_task(self)


class WaitressServer(TcpWSGIServer):
    """Serves `app` on an address and port of this machine, within limits."""

    channel_class = _Channel
    active_channels: Any

    def __init__(self, app: App, limits: Limits, *, host: str, port: int, threads: int) -> None:
        # It looks at each of them for every request.
        limits = replace(limits, connections=min(limits.connections, CONNECTIONS_MOST))
        self._limits, self.watched = limits, WatchedApp(app, limits)
        super().__init__(
            self.watched,
            host=host,
            port=port,
            threads=threads,
            # One that is opened in a crowd still gets in: others are closed a moment later.
            connection_limit=2 * limits.connections,
            max_request_header_size=limits.header_bytes,
            channel_timeout=math.ceil(limits.request_seconds),
            cleanup_interval=1,
            # A select() takes no more than 1,024.
            asyncore_use_poll=hasattr(select, "poll"),
            # What is above lies on the disk until the request is complete.
            inbuf_overflow=SMALL,
            # An answer that its client does not take is not made any further beyond this: it would
            # lie on the disk.
            outbuf_high_watermark=2**20,
            ident=None,
        )

    def maintenance(self, now: Any) -> None:
        """Close what must be closed; called in the loop's own thread, about once a second."""
        for each in [*self.active_channels.values()]:
            each.let_go_if_slow(now, self._limits.answer_seconds)
        channels: list[_Channel] = [*self.active_channels.values()]
        if any(channel.has_left for channel in channels):
            # It may be a stream's: it is noticed by the first or second thing that is sent.
            self.watched.on_departure()
        free = [channel for channel in channels if channel.is_free and not channel.will_close]
        reading = [channel for channel in free if channel.request is not None]
        whole = self._limits.request_seconds
        for channel in reading:
            within = whole if channel.request.headers_finished else min(HEADERS_WITHIN, whole)
            if now - channel.request.began >= within:
                channel.give_up(within)
        self._make_room_on_disk(reading, now)
        if len(channels) > self._limits.connections * CROWDED:
            surplus = len(channels) - self._limits.connections * COMFORTABLE
            for channel in sorted(free, key=_rank)[: int(surplus)]:
                channel.will_close = True
        super().maintenance(now)

    def _make_room_on_disk(self, reading: list[_Channel], now: float) -> None:
        waiting = [each for each in reading if each.request is not None]
        size = sum(each.request.body_bytes for each in waiting)
        for channel in sorted(waiting, key=lambda each: each.last_activity):
            if size <= ON_DISK * self._limits.bodies_bytes:
                return
            if channel.request.body_bytes > SMALL:
                size -= channel.request.body_bytes
                channel.give_up(now - channel.request.began)


def _rank(channel: _Channel) -> tuple[bool, float]:
    """Idle ones first, then the slowest requests."""
    request = channel.request
    return (False, channel.last_activity) if request is None else (True, request.began)
