"""The mock in this process with a fault in front of it, and a count of its hits."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any

from ..errors import Unusable
from ..host.http import Answer, Headers, Request, request
from ..host.target import MockTarget
from ..host.webhook_receiver import SECONDS_IN_PROCESS
from ..judging.contract import Contract
from .mutant import Fault, InterceptedCall

CONTROL_API = "/_mock"
# How long the courier may take over what it still has, in seconds, and how often one looks.
SETTLED_WITHIN, LOOK_EVERY = 60.0, 0.005
# How long a webhook is waited for where the fault may have lost it; the clean mock loses none.
SECONDS_UNDER_FAULT = 5.0


class FaultBroken(RuntimeError):
    """A fault's own code failed: nothing can be said of the suite then."""


class MutatedMock(MockTarget):
    """One mock for many mutants: `put_on` one, try, `take_off`. The control API is never spoilt."""

    def __init__(self, contract: Contract, *, seed: int = 0, **parts: Any) -> None:
        self._fault: Fault | None = None
        self._contract = contract
        self._hits, self._failure = 0, ""
        self._counting = threading.Lock()
        super().__init__(seed=seed, **parts)

    @property
    def hits(self) -> int:
        """How often the fault changed anything since it was put on."""
        return self._hits

    def put_on(self, fault: Fault) -> None:
        """Spoil everything from now on."""
        self._fault, self._hits, self._failure = fault, 0, ""
        self.receiver.carry, self.receiver.head = self._carry, self._head
        self.receiver.patience = SECONDS_UNDER_FAULT

    def take_off(self) -> None:
        """Clean again, and as it was at the start; what was on its way has arrived."""
        self._fault = None
        self.receiver.carry = lambda url, body: ((url, body),)
        self.receiver.head = lambda body, headers: headers
        self.receiver.patience = SECONDS_IN_PROCESS
        self._settle()
        self.control_api("POST", "/_mock/reset", {"ids": "again"})
        self.receiver.forget()

    def require_sound_fault(self) -> None:
        """FaultBroken when the fault failed, on a request or on a webhook."""
        if self._failure:
            raise FaultBroken(self._failure)

    def send(self, request: Request) -> Answer:
        """The answer as the fault leaves it."""
        fault = self._fault
        if fault is None or request.path.startswith(CONTROL_API):
            if fault is not None:
                fault.note_control_call(request)
            return super().send(request)
        requests: list[Request] = []
        answers: list[Answer] = []

        def ask(other: Request) -> Answer:
            requests.append(other)
            answers.append(look(other))
            return answers[-1]

        look = super().send
        route = self._contract.route(request.method, request.path, request.query)
        operation, key = (route[0].id, route[1]) if route else ("", "")
        call = InterceptedCall(
            request, operation, key, ask, look, self._count_hit, self.control_api
        )
        try:
            answer = fault.answer(call)
        except Exception as error:
            # A probe takes what is raised here for a mistake of the suite's own, and goes on.
            self._failure = f"{request.method} {request.path}: {error!r}"
            raise FaultBroken(self._failure) from error
        if requests != [request] or _visible_part(answer) != _visible_part(answers[0]):
            self._count_hit()
        return answer

    def control_api(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API; the document it answers. Unusable where it refuses."""
        answer = super().send(request(method, path, body=body, headers=[("Host", "127.0.0.1")]))
        if answer.status >= 300:
            raise Unusable(f"the control API answers {answer.status} to {method} {path}")
        return json.loads(answer.body)

    def _carry(self, url: str, body: bytes) -> Sequence[tuple[str, bytes]]:
        fault = self._fault
        if fault is None:
            return ((url, body),)
        try:
            bodies = tuple(fault.deliveries(url, body))
        except Exception as error:
            # In the courier's thread it would be a failed delivery and no more.
            self._failure = f"{body[:80]!r}: {error!r}"
            return ((url, body),)
        if bodies != ((url, body),):
            self._count_hit()
        return bodies

    def _head(self, body: bytes, headers: Headers) -> Headers:
        fault = self._fault
        changed_headers = headers if fault is None else fault.headers(body, headers)
        if changed_headers != headers:
            self._count_hit()
        return changed_headers

    def _count_hit(self) -> None:
        with self._counting:
            self._hits += 1

    def _settle(self) -> None:
        for _ in range(int(SETTLED_WITHIN / LOOK_EVERY)):
            if not self.control_api("GET", "/_mock/deliveries?status=queued&limit=1")["items"]:
                return
            # Not `wait_for`: what nobody expects here is not missing.
            self.receiver.look_for(lambda webhooks: False, seconds=LOOK_EVERY)
        raise Unusable("webhooks of one mutant were still on their way when the next was due")


def _visible_part(answer: Answer) -> tuple[int, frozenset[tuple[str, str]], bytes]:
    """What of an answer a client can tell from another's."""
    return answer.status, frozenset(answer.headers), answer.body
