"""The only way out: every request of a run passes here, is held to the fence, paced and kept."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NoReturn

from megaapi_mock.spec.operations import Operation

from .contract import Contract
from .errors import BudgetSpent, HeldBack
from .fence import Fence
from .outcome import Exchange
from .target import Target
from .wire import Answer, Request

# Changes that people are told of on their phones, so that they count as messages.
_TOLD = frozenset({"create_group", "add_participants"})
# Bodies above this are cut in the record; what is judged is the whole body.
KEPT_BODY = 64 * 2**10


@dataclass(slots=True)
class Pace:
    """At most one request in `seconds`, give or take the share `jitter` of it."""

    seconds: float = 0.0
    jitter: float = 0.3
    seed: int = 0
    _last: float | None = None
    _pause: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        """Return when the next request may leave."""
        if self.seconds <= 0:
            return
        now = time.monotonic()
        if self._last is not None:
            drawn = random.Random(f"{self.seed}|{self._last}").uniform(-self.jitter, self.jitter)
            self._pause.wait(max(0.0, self._last + self.seconds * (1 + drawn) - now))
        self._last = time.monotonic()


class Gate:
    """Sends, or raises HeldBack; `sent` hears of each exchange.

    Without a fence everything may leave, as long as it goes to the target: that is for mocks.
    """

    def __init__(
        self,
        target: Target,
        contract: Contract,
        *,
        fence: Fence | None = None,
        pace: Pace | None = None,
        max_messages: int | None = None,
        heard: Callable[[Exchange], None] = lambda exchange: None,
    ) -> None:
        if target.real and fence is None:
            raise AssertionError("a real host needs a fence")
        self.target, self.fence = target, fence
        self.messages_sent = 0
        self.held: Counter[str] = Counter()
        self.requests = 0
        self._contract, self._pace, self._heard = contract, pace or Pace(), heard
        self._max_messages = max_messages

    def send(self, request: Request) -> Exchange:
        """The exchange; HeldBack when the request may not leave, Unusable without an answer."""
        operation = self._operation(request)
        self._pace.wait()
        self.requests += 1
        now = time.time()
        answer = self.target.send(request)
        exchange = self._exchange(request, operation, answer, now)
        self._heard(exchange)
        return exchange

    def hold_back(self, reason: str) -> NoReturn:
        """Count a request that may not leave for a reason the fence cannot see."""
        self.held[reason] += 1
        raise HeldBack(reason)

    def allow_group(self, jid: str) -> None:
        """The run made this group, so it may write to it."""
        if self.fence is not None:
            self.fence.groups.add(jid)

    @property
    def known_groups(self) -> frozenset[str]:
        """Groups the run may read of, or write to."""
        if self.fence is None:
            return frozenset()
        return frozenset(self.fence.groups | self.fence.readable)

    def may_read(self, jids: Iterable[str]) -> None:
        """The host named these groups as the instance's own: they may be read of."""
        if self.fence is not None:
            self.fence.readable.update(jids)

    def learn(self, texts: Iterable[object]) -> None:
        """Ids and keys the host gave out, which it may be asked about whole."""
        if self.fence is not None:
            self.fence.known.update(map(str, texts))

    def _operation(self, request: Request) -> Operation | None:
        try:
            if self.fence is not None:
                operation = self.fence.check(request)
            else:
                found = self._contract.route(request.method, request.path)
                operation = found[0] if found else None
            if operation is not None and (operation.effect == "sends" or operation.id in _TOLD):
                self._spend()
        except HeldBack as refusal:
            self.held[str(refusal)] += 1
            raise
        return operation

    def _spend(self) -> None:
        if self._max_messages is not None and self.messages_sent >= self._max_messages:
            raise BudgetSpent(f"{self._max_messages} messages are sent (--max-messages)")
        self.messages_sent += 1

    def _exchange(
        self, request: Request, operation: Operation | None, answer: Answer, now: float
    ) -> Exchange:
        return Exchange(
            number=self.requests,
            operation=operation.id if operation else None,
            method=request.method,
            url=f"{self.target.name if '://' in self.target.name else 'http://mock'}"
            f"{request.target}",
            request_headers=request.headers,
            request_body=request.body,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            time=now,
            seconds=answer.seconds,
        )
