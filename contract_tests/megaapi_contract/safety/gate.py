"""The only way to the host: checks every request with the fence, paces and records it."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NoReturn

from megaapi_mock.spec.operations import Operation

from ..errors import BudgetSpent, CallCut, HeldBack, Unusable
from ..host.content_coding import decode_content
from ..host.host_clock import HostClock
from ..host.http import Answer, Request
from ..host.target import Target
from ..judging.contract import Contract
from ..judging.judge import PASSING_ERRORS
from ..judging.results import Exchange
from .fence import Fence
from .pace import Pace
from .recipients import Recipients
from .restore_file import RestoreFile, Undo

# Changes that people are told of on their phones, so that they count as messages.
_NOTIFYING = frozenset({"add_participants"})
# Counted by itself: nobody deletes a group, the suite can only leave it.
CREATE_GROUP = "create_group"
BUDGET_OPTION = "--max-messages"
# A refused send costs nothing, so often for each message of the budget: a host that refuses and
# sends all the same writes no more than that.
REFUNDS_PER_MESSAGE = 8
# Bodies above this are cut in the record; what is judged is the whole body.
MAX_RECORDED_BODY = 64 * 2**10
# What a host that limits its callers is given: so many turns, and at most so many seconds each.
TOO_MANY_REQUESTS, MAX_RETRIES, DEFAULT_REST, MAX_REST = 429, 3, 5.0, 60.0
# A call that an interrupt cut off may still be carried out: what puts it back must come after it.
REST_AFTER_INTERRUPT = 1.0
# How long to rest before a read that was cut, or answered by a proxy, is asked again.
RESTS_AFTER_CUT = (1.0, 3.0)


class Gate:
    """Sends a request, or raises HeldBack; `on_exchange` is called with each exchange.

    Without a fence every request is sent to the target: that is for mocks only.
    """

    def __init__(
        self,
        target: Target,
        contract: Contract,
        *,
        fence: Fence | None = None,
        pace: Pace | None = None,
        max_messages: int | None = None,
        max_groups: int | None = None,
        restore: RestoreFile | None = None,
        on_exchange: Callable[[Exchange], None] = lambda exchange: None,
    ) -> None:
        if target.real and fence is None:
            raise AssertionError("a real host needs a fence")
        self.target, self.fence = target, fence
        self.messages_sent = self.groups_made = self.sends_refused = 0
        # Whether the host has carried out what it had to refuse: then that counts like the rest.
        self._is_lenient = False
        self.restore = restore
        self.recipients = Recipients(target.name)
        self.clock = HostClock()
        # The groups of the run that it is still in, and how each is left.
        self.groups_to_leave: dict[str, Undo] = {}
        # Instances that probes have made on a mock through the gateway's own call.
        self.instances_made: set[str] = set()
        self.refusals: Counter[str] = Counter()
        self.refusals_by_operation: dict[str, Counter[str]] = defaultdict(Counter)
        self.requests = self.calls_repeated = 0
        self._contract, self._pace, self._on_exchange = contract, pace or Pace(), on_exchange
        self._max_messages, self._max_groups = max_messages, max_groups

    def send(self, request: Request) -> Exchange:
        """The exchange; HeldBack when the request may not leave, Unusable without an answer."""
        operation = self._operation(request)
        self._pace.wait()
        self.requests += 1
        now = time.time()
        answer = self._first_answer(request, operation)
        if self.fence is not None and answer.status == TOO_MANY_REQUESTS:
            answer = self._retry_after_rest(request, answer)
        # When the last try began: a host that limits its callers is asked again.
        exchange = self._exchange(
            request, operation, answer, max(now, time.time() - answer.seconds)
        )
        if self.fence is not None:
            self.clock.observe(exchange)
        if operation is not None and _is_message(operation):
            self._settle_budget(request, exchange)
        self._on_exchange(exchange)
        return exchange

    def _first_answer(self, request: Request, operation: Operation | None) -> Answer:
        """The answer; what only reads is asked again after a moment's failure, nothing else is."""
        is_read = operation is None or operation.effect == "reads"
        for rest in RESTS_AFTER_CUT if self.fence is not None and is_read else ():
            try:
                answer = decode_content(self.target.send(request))
            except CallCut:
                answer = None
            if answer is not None and answer.status not in PASSING_ERRORS:
                return answer
            self.calls_repeated += 1
            self._pace.rest(rest if answer is None else _wanted_rest(answer, rest))
        try:
            return decode_content(self.target.send(request))
        except KeyboardInterrupt:
            self._pace.rest_before_next(REST_AFTER_INTERRUPT if self.fence is not None else 0.0)
            raise

    def send_at_once(self, requests: Sequence[Request]) -> list[Exchange]:
        """The exchanges of requests that are all under way at the same time; for mocks only."""
        assert self.fence is None, "a given host is asked one thing after the other"
        operations = [self._operation(request) for request in requests]
        now = time.time()
        with ThreadPoolExecutor(len(requests)) as pool:
            answers = list(pool.map(self.target.send, requests))
        exchanges = []
        for request, operation, answer in zip(requests, operations, answers, strict=True):
            self.requests += 1
            exchanges.append(self._exchange(request, operation, decode_content(answer), now))
            self._on_exchange(exchanges[-1])
        return exchanges

    def _retry_after_rest(self, request: Request, answer: Answer) -> Answer:
        """The answer after a pause; Unusable when the host goes on limiting."""
        for _ in range(MAX_RETRIES):
            self._pace.rest(_wanted_rest(answer))
            answer = decode_content(self.target.send(request))
            if answer.status != TOO_MANY_REQUESTS:
                return answer
        raise Unusable(
            f"{self.target.name} still answers {TOO_MANY_REQUESTS} after {MAX_RETRIES} rests: "
            "ask for less at a time (--pace)"
        )

    def rest(self, seconds: float) -> None:
        """Pause for so many seconds."""
        self._pace.rest(seconds)

    @contextmanager
    def allow_restoring(self, people: set[str]) -> Iterator[None]:
        """Allow the changes that restore what an earlier run has left."""
        assert self.fence is not None
        fence = self.fence
        effects, recipients = fence.effects, fence.recipients
        fence.effects, fence.recipients = effects | {"changes"}, recipients | people
        try:
            yield
        finally:
            fence.effects, fence.recipients = effects, recipients

    def hold_back(self, reason: str, operation: str = "") -> NoReturn:
        """Count a request that may not leave for a reason the fence cannot see."""
        self._count(reason, operation)
        raise HeldBack(reason)

    def _count(self, reason: str, operation: str) -> None:
        self.refusals[reason] += 1
        self.refusals_by_operation[operation][reason] += 1

    def allow_group(self, jid: str) -> None:
        """Allow writing to a group that the run has created."""
        if self.fence is not None:
            self.fence.groups.add(jid)

    @property
    def known_groups(self) -> frozenset[str]:
        """Groups the run may read of, or write to."""
        if self.fence is None:
            return frozenset()
        return frozenset(self.fence.groups | self.fence.readable)

    def allow_reading_groups(self, jids: Iterable[str]) -> None:
        """Allow reading groups that the host listed as the instance's own."""
        if self.fence is not None:
            self.fence.readable.update(jids)

    def learn(self, texts: Iterable[object]) -> None:
        """Allow ids and keys from the host's answers in later requests."""
        if self.fence is not None:
            self.fence.harmless_texts.update(map(str, texts))

    def begin_anew(self) -> None:
        """Forget what was sent and made: the host has forgotten it too."""
        self.messages_sent = self.groups_made = self.sends_refused = 0
        self._is_lenient = False
        self.groups_to_leave.clear()
        self.clock.forget()

    def note_instance(self, key: object) -> None:
        """Remember an instance that a probe has made on a mock."""
        if isinstance(key, str):
            self.instances_made.add(key)

    def learn_file(self, form: bytes) -> None:
        """Allow a form that the suite has made."""
        if self.fence is not None:
            self.fence.files.add(form)

    def _operation(self, request: Request) -> Operation | None:
        try:
            if self.fence is not None:
                operation = self.fence.check(request)
            else:
                route = self._contract.route(request.method, request.path, request.query)
                operation = route[0] if route else None
            if operation is not None and operation.id == CREATE_GROUP:
                self._check_groups()
                self.groups_made += 1
            elif operation is not None and _is_message(operation):
                self._spend_message(request)
        except HeldBack as refusal:
            route = self._contract.route(request.method, request.path)
            self._count(str(refusal), route[0].id if route else "")
            raise
        return operation

    def _spend_message(self, request: Request) -> None:
        if self._max_messages is None:
            self.messages_sent += 1
            return
        # One that costs nothing may cost one after all: the host decides that.
        if self.messages_sent >= self._max_messages:
            raise BudgetSpent(f"{self._max_messages} messages are sent ({BUDGET_OPTION})")
        if not self._is_free(request):
            self.messages_sent += 1

    def _is_free(self, request: Request) -> bool:
        """Whether a send costs nothing unless it is carried out: any gateway refuses it."""
        return (
            self.fence is not None
            and not self._is_lenient
            and self._has_refunds_left
            and self.fence.has_to_be_refused(request)
        )

    def is_unreadable(self, request: Request) -> bool:
        """Whether nobody can read anything in its body."""
        return self.fence is not None and request.body in self.fence.unreadable

    @property
    def _has_refunds_left(self) -> bool:
        return self.sends_refused < REFUNDS_PER_MESSAGE * (self._max_messages or 0)

    def _settle_budget(self, request: Request, exchange: Exchange) -> None:
        """Give back what a refused send has cost, and count what had to be refused and was not."""
        if self._max_messages is None or self.fence is None:
            return
        free = self._is_free(request)
        if is_refusal(exchange):
            if not free and self._has_refunds_left:
                self.messages_sent -= 1
            self.sends_refused += 1
        elif free:
            self._is_lenient = True
            self.messages_sent += 1

    def require_group(self) -> None:
        """BudgetSpent, counted, when the run may make no further group."""
        try:
            self._check_groups()
        except BudgetSpent as refusal:
            self._count(str(refusal), CREATE_GROUP)
            raise

    def _check_groups(self) -> None:
        if self._max_groups is not None and self.groups_made >= self._max_groups:
            word = "group is" if self._max_groups == 1 else "groups are"
            raise BudgetSpent(f"{self._max_groups} {word} made (--max-groups)")

    def refund_group(self) -> None:
        """Give back the group of a refused request to the budget."""
        self.groups_made -= 1

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
            coding=answer.coding,
        )


def _is_message(operation: Operation) -> bool:
    """Whether somebody gets something on a phone when it is carried out."""
    return operation.effect == "sends" or operation.id in _NOTIFYING


def is_refusal(exchange: Exchange) -> bool:
    """Whether the gateway itself says that nothing was done, which a proxy cannot know."""
    status = exchange.json.get("statusCode") if isinstance(exchange.json, dict) else None
    return 400 <= exchange.status <= 500 and status == exchange.status


def _wanted_rest(answer: Answer, usual: float = DEFAULT_REST) -> float:
    """The seconds of Retry-After, within reason; dates are not read."""
    retry_after = next(
        (value for name, value in answer.headers if name.lower() == "retry-after"), ""
    )
    return min(float(retry_after), MAX_REST) if retry_after.strip().isdecimal() else usual
