"""How one body gets to one receiver: an HTTP POST with a hard time limit and a host policy."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import replace
from http.client import BadStatusLine, HTTPException
from pathlib import Path
from typing import Protocol, TypeAlias

from .connection import (
    ANSWER_LIMIT,
    DeliveryFailed,
    Headers,
    ReceiverAnswer,
    ReceiverConnection,
    Target,
    request_bytes,
)
from .host_policy import AllowedHosts, HostPolicy
from .incoming import time_left
from .redirects import Hop

__all__ = [
    "AddressRefused",
    "AllowedHosts",
    "DeliveryFailed",
    "Headers",
    "HttpTransport",
    "ReceiverAnswer",
    "Transport",
    "axios_headers",
]

_Address: TypeAlias = tuple[int, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]

# Kept connections of all receivers together: test servers come and go, their ports with them.
IDLE_LIMIT = 64


def axios_headers(user_agent: str = "axios/1.7.7") -> tuple[tuple[str, str], ...]:
    """Return the content headers of the captured delivery, in its order, for `Transport.post`."""
    return (
        ("Accept", "application/json, text/plain, */*"),
        ("Content-Type", "application/json"),
        ("User-Agent", user_agent),
        ("Accept-Encoding", "gzip, compress, deflate, br"),
    )


# Behind a refused connection to loopback.
IN_CONTAINER = (
    "; the mock runs in a container, where localhost is the container itself: name the other "
    "container, or host.docker.internal"
)


class AddressRefused(DeliveryFailed):
    """The host policy forbids the receiver's address; nobody was connected to."""


class Transport(Protocol):
    """What the courier needs of a network, so that a test can hand in none."""

    def post(self, url: str, body: bytes, headers: Headers, *, timeout: float) -> ReceiverAnswer:
        """Return the answer, whatever its status, or raise DeliveryFailed; from any thread."""

    def close(self) -> None:
        """End every post that is under way; later posts raise DeliveryFailed."""


class HttpTransport:
    """Posts over real sockets: no proxies asked, no URL rewritten, `redirects` of them followed.

    Whoever a receiver leads to is judged by the same host policy as the receiver itself.
    `timeout` bounds connecting, sending and the answer together, also when the receiver sends one
    byte at a time. The look-up of a name is the operating system's and has limits of its own.
    """

    def __init__(
        self,
        *,
        keep_alive: bool = False,
        allowed_hosts: AllowedHosts | HostPolicy = "private",
        redirects: int = 0,
    ) -> None:
        self._redirects = redirects
        self._keep_alive = keep_alive
        if not isinstance(allowed_hosts, HostPolicy):
            allowed_hosts = HostPolicy(allowed_hosts)
        self._hosts = allowed_hosts
        self._lock = threading.Lock()
        self._idle: deque[ReceiverConnection] = deque()
        self._open: set[socket.socket] = set()
        self._tls: ssl.SSLContext | None = None
        self._is_closed = False

    def post(self, url: str, body: bytes, headers: Headers, *, timeout: float) -> ReceiverAnswer:
        """Return the receiver's answer, errors included, or raise DeliveryFailed.

        A kept connection that the receiver had closed before the request left is replaced.
        What may have been read is never sent again.
        """
        return self._follow_redirects(Hop("POST", url, body, headers), timeout, ANSWER_LIMIT)

    def get(self, url: str, headers: Headers, *, timeout: float, most: int) -> ReceiverAnswer:
        """Return what a GET is answered, at most so many bytes of it, or raise DeliveryFailed."""
        answer = self._follow_redirects(Hop("GET", url, b"", headers), timeout, most)
        if self._is_closed:
            # What ends with its connection looks whole when that was cut.
            raise DeliveryFailed("the mock stopped")
        return answer

    def _follow_redirects(self, first: Hop, timeout: float, most: int) -> ReceiverAnswer:
        """The last answer of a chain of redirects; the time-out is for all of it."""
        deadline = time.monotonic() + timeout
        hop = first
        trail: list[str] = []
        while True:
            try:
                answer = self._answer_of_hop(hop, deadline, timeout, most)
                following = hop.after(answer) if self._redirects else None
            except DeliveryFailed as error:
                if not trail:
                    raise
                sentence = f"led to {trail[-1][:200]}: {error}"
                raise type(error)(sentence, error.answer) from error
            if following is None:
                return replace(answer, redirects=tuple(trail)) if trail else answer
            if len(trail) == self._redirects:
                sentence = f"led on more than {self._redirects} times, at last to {following.url}"
                raise DeliveryFailed(sentence[:400], answer)
            hop = following
            trail.append(f"{hop.method} {hop.url}")

    def _answer_of_hop(
        self, hop: Hop, deadline: float, timeout: float, most: int
    ) -> ReceiverAnswer:
        target = Target.parse(hop.url)
        request = request_bytes(
            target, hop.body, hop.headers, keep_alive=self._keep_alive, method=hop.method
        )
        idle = self._take(target)
        if idle is not None:
            try:
                return self._exchange(idle, request, deadline, timeout)
            except DeliveryFailed as error:
                if not (idle.had_hung_up and isinstance(error.__cause__, ConnectionError)):
                    raise
        connection = self._connect(target, deadline, timeout, most)
        return self._exchange(connection, request, deadline, timeout)

    def close(self) -> None:
        """Close kept connections and cut those in use; posting is over. May be called again."""
        with self._lock:
            self._is_closed = True
            idle = list(self._idle)
            self._idle.clear()
            for connection in idle:
                self._open.discard(connection.sock)
            connections = list(self._open)
        for connection in idle:
            connection.sock.close()
        for sock in connections:
            # Only cut, never closed here: its thread may be in recv, and the number of a closed
            # socket can belong to another one a moment later.
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _exchange(
        self, connection: ReceiverConnection, request: bytes, deadline: float, timeout: float
    ) -> ReceiverAnswer:
        keep = False
        try:
            answer, reusable = connection.exchange(request, deadline)
            keep = reusable and self._keep_alive
        except (OSError, HTTPException) as error:
            place = connection.target.authority
            if isinstance(error, TimeoutError):
                failure = "did not end its answer" if connection.partial else "gave no answer"
                sentence = f"{place} {failure} within {timeout:g} s"
            elif connection.partial:
                sentence = f"{place} broke off its answer"
            else:
                sentence = _explain(error, place)
            raise DeliveryFailed(sentence, connection.partial) from error
        finally:
            self._give_back(connection, keep=keep)
        return answer

    def _take(self, target: Target) -> ReceiverConnection | None:
        place = target.place
        while True:
            with self._lock:
                # The newest first: the receiver is least likely to have closed it meanwhile.
                same = (c for c in reversed(self._idle) if c.place == place)
                usable = next(same, None)
                if usable is None:
                    return None
                self._idle.remove(usable)
            if usable.is_clean():
                return usable
            self._drop(usable.sock)

    def _give_back(self, connection: ReceiverConnection, *, keep: bool) -> None:
        surplus: ReceiverConnection | None = connection
        with self._lock:
            if keep and not self._is_closed:
                self._idle.append(connection)
                surplus = self._idle.popleft() if len(self._idle) > IDLE_LIMIT else None
        if surplus is not None:
            self._drop(surplus.sock)

    def _connect(
        self, target: Target, deadline: float, timeout: float, most: int
    ) -> ReceiverConnection:
        try:
            sock = self._dial(self._resolve(target), deadline)
            if target.tls:
                sock = self._secure(sock, target.host, deadline)
        except TimeoutError as error:
            sentence = f"no connection to {target.authority} within {timeout:g} s"
            raise DeliveryFailed(sentence) from error
        except (OSError, ValueError) as error:
            raise DeliveryFailed(_explain(error, target.authority)) from error
        return ReceiverConnection(target, sock, most)

    def _resolve(self, target: Target) -> list[_Address]:
        """Look the host up once; what is judged here is the very list that is connected to."""
        infos = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        addresses = [str(address[0]) for *_, address in infos]
        if (refusal := self._hosts.refusal(target.host, addresses)) is not None:
            raise AddressRefused(refusal)
        return [(family, address) for family, *_, address in infos]

    def _dial(self, addresses: list[_Address], deadline: float) -> socket.socket:
        """Connect to the first address that takes the call, each given its share of the time."""
        problem: OSError = ConnectionRefusedError()
        for failures, (family, address) in enumerate(addresses):
            try:
                sock = self._remember(socket.socket(family, socket.SOCK_STREAM))
            except OSError as error:  # a family this machine has switched off
                problem = error
                continue
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.settimeout(time_left(deadline) / (len(addresses) - failures))
                sock.connect(address)
                # A dead port of the ephemeral range may be lent to this very socket.
                own = sock.getsockname()
                if own[1] == address[1] and own == sock.getpeername():
                    raise ConnectionRefusedError
                return sock
            except OSError as error:
                self._drop(sock)
                problem = error
        raise problem

    def _secure(self, plain: socket.socket, host: str, deadline: float) -> socket.socket:
        sock = plain
        try:
            plain.settimeout(time_left(deadline))
            if self._tls is None:
                self._tls = ssl.create_default_context()
            tls_socket = self._tls.wrap_socket(
                plain, server_hostname=host, do_handshake_on_connect=False
            )
            self._drop(plain)  # an empty shell now: wrap_socket has moved the connection
            sock = self._remember(tls_socket)
            tls_socket.do_handshake()
        except BaseException:
            self._drop(sock)
            raise
        return sock

    def _remember(self, sock: socket.socket) -> socket.socket:
        """Make the socket one that `close` can cut."""
        with self._lock:
            if not self._is_closed:
                self._open.add(sock)
                return sock
        sock.close()
        raise DeliveryFailed("the courier was stopped")

    def _drop(self, sock: socket.socket) -> None:
        with self._lock:
            self._open.discard(sock)
        sock.close()


def is_in_container() -> bool:
    """Whether this process runs in a container of Docker or Podman, with a loopback of its own."""
    return any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv"))


def _is_own(place: str) -> bool:
    return place.startswith(("localhost", "127.", "[::1]", "0.0.0.0"))


def _explain(error: Exception, place: str) -> str:
    """Say in a sentence what went wrong on the way to `place` or back."""
    match error:
        case socket.gaierror() | UnicodeError():
            return f"the host of {place} is not known here (name look-up failed)"
        case ConnectionRefusedError():
            hint = IN_CONTAINER if _is_own(place) and is_in_container() else ""
            return f"nothing listens at {place} (connection refused){hint}"
        case ssl.SSLCertVerificationError():
            return f"the certificate of {place} was not accepted: {error.verify_message}"
        case ssl.SSLError():
            return f"no TLS with {place}: {error.reason or error}; does it speak https?"
        case ConnectionError():
            return f"{place} closed the connection without an answer"
        case BadStatusLine():
            return f"{place} does not answer in HTTP: its first line is {str(error)[:100]!r}"
        case HTTPException():
            return f"{place} sent no proper HTTP answer: {error}"
        case OSError():
            return f"{place} could not be reached: {error.strerror or error}"
    return f"{place} could not be reached: {error}"
