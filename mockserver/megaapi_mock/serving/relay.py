"""Connections handed on to another server byte by byte: whatever is said there is said here."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
import threading
from contextlib import suppress
from typing import cast

from ..errors import RETRY_AFTER, SetupError, StoreUnavailable
from .ports import allow_files, free_address, refusal, url_of

Address = tuple[str, int]

# Seconds for which a connection waits for a server that takes it, and between two attempts.
SERVER_WITHIN, TRY_AGAIN_AFTER = 25.0, 0.05
# Seconds until an attempt to connect is given up.
CONNECT_WITHIN = 2.0
# Seconds in which a client may take the end of an answer whose server has gone, and tell the rest.
LINGER = 5.0
# Connections that wait for the system to hand them over.
BACKLOG = 1024
# Open files that a connection needs, and connections that are borne.
FILES_FOR_EACH, CONNECTIONS_MOST = 2, 2048
# No lingering at all: what has not left is dropped, and the other side is told.
AT_ONCE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
# How far into a request its path is looked for, and why it is not answered.
FIRST_LINE_MOST = 4096
NO_SERVER = "no process answers for this mock just now: try again"


class Relay:
    """Listens on an address, and hands each connection on to the server of the moment.

    A connection that comes while there is none waits for one, and is answered 503 in the end.
    SetupError where nobody can listen there.
    """

    def __init__(self, host: str, port: int) -> None:
        address, self.port = free_address(host, port)
        self.url = url_of(host, self.port)
        allow_files(FILES_FOR_EACH * CONNECTIONS_MOST)
        self._loop = asyncio.new_event_loop()
        self._destination = _Destination(self._loop)
        listening = self._loop.create_server(
            lambda: _Client(self._destination), address, self.port, backlog=BACKLOG
        )
        try:
            self._listener = self._loop.run_until_complete(listening)
        except OSError as error:
            self._loop.close()
            raise SetupError(refusal(error, host, self.port)) from None
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay", daemon=True)
        self._thread.start()

    def hand_to(self, server: Address | None) -> None:
        """Connections go there from now on; those that went elsewhere end."""
        self._loop.call_soon_threadsafe(self._destination.change, server)

    def stop_listening(self) -> None:
        """Take no more connections; those there are go on."""
        self._loop.call_soon_threadsafe(self._listener.close)

    def close(self) -> None:
        """Nobody listens any more, and all connections have ended."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._listener.close()
        while self._destination.clients:
            for client in [*self._destination.clients]:
                client.end()
            # Each is told of its end in a turn of the loop.
            await asyncio.sleep(0)


class _Destination:
    """Where connections go just now, and those there are; for the loop's own thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.server: Address | None = None
        self.clients: set[_Client] = set()
        self._loop = loop

    def change(self, server: Address | None) -> None:
        """Another server, or none; what the one before had ends."""
        if server == self.server:
            return
        self.server = server
        for client in [*self.clients]:
            client.end_unless(server)

    async def connect(self, client: _Client) -> tuple[Address, _Upstream] | None:
        """The server's end of a client's connection; None where nobody took it in time."""
        deadline = self._loop.time() + SERVER_WITHIN
        while self._loop.time() < deadline:
            server = self.server
            if server is not None:
                with suppress(OSError, TimeoutError):
                    async with asyncio.timeout(CONNECT_WITHIN):
                        _, upstream = await self._loop.create_connection(
                            lambda: _Upstream(client), *server
                        )
                    return server, upstream
            await asyncio.sleep(TRY_AGAIN_AFTER)
        return None


class _End(asyncio.Protocol):
    """One end of a connection: what comes in here leaves at the other."""

    transport: asyncio.Transport
    other: _End | None = None
    has_ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=64 * 1024)

    def data_received(self, data: bytes) -> None:
        if self.other is not None:
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        """The other end is told, and may go on: an answer follows a client's last word.

        Where both have said their last word, both close.
        """
        self.has_ended = True
        if self.other is None or self.other.has_ended:
            return False
        if not self.other.transport.is_closing():
            self.other.transport.write_eof()
        return True

    def pause_writing(self) -> None:
        if self.other is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None:
            self.other.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        other, self.other = self.other, None
        if other is None:
            return
        other.other = None
        # Who was cut off in the middle is cut off at the other end too.
        if error is not None and not self.has_ended:
            other.reset()
        else:
            other.transport.close()

    def reset(self) -> None:
        """End it at once, in a way that cannot be taken for the end of an answer."""
        connection = self.transport.get_extra_info("socket")
        if connection is not None:
            with suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.transport.abort()


class _Upstream(_End):
    """The server's end."""

    def __init__(self, client: _Client) -> None:
        self._client = client

    def eof_received(self) -> bool:
        """A server that has ended is gone soon; what the client still sends is of no use."""
        asyncio.get_running_loop().call_later(LINGER, self.transport.close)
        return super().eof_received()


class _Client(_End):
    """The end of whoever connected."""

    link: asyncio.Task[None]

    def __init__(self, destination: _Destination) -> None:
        self._destination = destination
        self._server: Address | None = None
        # What has come, where nobody is there to take it.
        self._request = b""
        self._has_asked = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        # What comes stays with the system until somebody takes it.
        self.transport.pause_reading()
        self._destination.clients.add(self)
        self.link = asyncio.get_running_loop().create_task(self._link())

    async def _link(self) -> None:
        connected = await self._destination.connect(self)
        if connected is None:
            await self._refuse()
            return
        self._server, upstream = connected
        if self.transport.is_closing():
            upstream.reset()
            return
        if upstream.transport.is_closing():
            # The server has let go of it before it could be told of its end.
            self.reset()
            return
        self.other, upstream.other = upstream, self
        self.transport.resume_reading()
        self.end_unless(self._destination.server)

    async def _refuse(self) -> None:
        """An answer of our own, once there is a request; what else comes is read and dropped."""
        self.transport.resume_reading()
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                await self._has_asked.wait()
        if not self.transport.is_closing():
            self.transport.write(_refusal(self._request))
            self.transport.write_eof()
            asyncio.get_running_loop().call_later(LINGER, self.transport.close)

    def data_received(self, data: bytes) -> None:
        if self.other is not None:
            self.other.transport.write(data)
            return
        self._request = (self._request + data)[:FIRST_LINE_MOST]
        if b"\n" in self._request or len(self._request) == FIRST_LINE_MOST:
            self._has_asked.set()

    def end_unless(self, server: Address | None) -> None:
        """End it where it has been handed to another server than this."""
        if self.other is not None and self._server != server:
            self.end()

    def end(self) -> None:
        """Nothing passes here any more."""
        if self.other is not None:
            self.other.reset()
        self.reset()

    def connection_lost(self, error: Exception | None) -> None:
        self._destination.clients.discard(self)
        self.link.cancel()
        super().connection_lost(error)


def _refusal(request: bytes) -> bytes:
    """503, as the API that was called says it."""
    if b" /_mock" in request.partition(b"\n")[0]:
        answer: dict[str, object] = {"error": NO_SERVER}
    else:
        refused = StoreUnavailable
        answer = {"name": refused.name, "message": refused.message, "statusCode": refused.status}
    body = json.dumps(answer).encode()
    head = (
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nRetry-After: {RETRY_AFTER}\r\n"
        f"X-Mock-Reason: {NO_SERVER}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
