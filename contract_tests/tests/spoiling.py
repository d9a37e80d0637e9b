"""Hosts that break one promise: answers altered, calls swallowed, webhooks lost or changed."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

from megaapi_contract.errors import NotTried
from megaapi_contract.host.http import Answer, Headers, Request
from megaapi_contract.host.stage import MockStage
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.judge import Judge
from megaapi_contract.judging.results import Breach, Exchange
from megaapi_contract.probes.probe import Probe
from megaapi_contract.probes.session import Session
from megaapi_contract.safety.gate import Gate

Alter = Callable[[Request, Answer], Answer]
Spoil = Callable[[Any], Sequence[Any]]


@dataclass
class Spoilt:
    """A host behind somebody who swallows or rewrites some calls and alters some answers."""

    behind: MockTarget
    alter: Alter = lambda request, answer: answer
    swallow: Callable[[Request], bool] = lambda request: False
    rewrite: Callable[[Request], Request] = lambda request: request
    name: str = "mock"
    real: bool = False
    in_process: bool = True

    def send(self, request: Request) -> Answer:
        if self.swallow(request):
            headers = (("Content-Type", "application/json"),)
            return Answer(200, headers, b'{"error":false,"message":"Done"}')
        return self.alter(request, self.behind.send(self.rewrite(request)))

    def close(self) -> None:
        return None


@dataclass(frozen=True)
class Fault:
    """What goes wrong: on the way to the host, on the way back, or with its webhooks."""

    alter: Alter = lambda request, answer: answer
    swallow: Callable[[Request], bool] = lambda request: False
    make_spoil: Callable[[], Spoil] | None = None
    rewrite: Callable[[Request], Request] = lambda request: request
    head: Callable[[bytes, Headers], Headers] = lambda body, headers: headers


# -- answers ---------------------------------------------------------------------------------


def turned(old: int, new: int) -> Fault:
    """Another status, the body as it was."""
    return Fault(
        alter=lambda request, answer: (
            replace(answer, status=new) if answer.status == old else answer
        )
    )


def by_turns(*other: Answer, at: str = "") -> Fault:
    """Every other answer is another one; without `other`, what was refused is accepted there."""
    turns = cycle((False, True))

    def alter(request: Request, answer: Answer) -> Answer:
        if request.path.startswith("/_mock") or at not in request.path or not next(turns):
            return answer
        return other[0] if other else replace(answer, status=500 if answer.status == 200 else 200)

    return Fault(alter=alter)


def edited(path: str, value: Any, *, at: str = "") -> Fault:
    """Another value at a dotted path wherever the answer has one; a callable makes it."""

    def alter(request: Request, answer: Answer) -> Answer:
        if not request.path.endswith(at) or answer.body[:1] != b"{":
            return answer
        document = json.loads(answer.body)
        put(document, path, value)
        return replace(answer, body=json.dumps(document).encode())

    return Fault(alter=alter)


def forgotten(end: str) -> Fault:
    """Calls whose path ends so never reach the host, and look as if they had."""
    return Fault(swallow=lambda request: request.path.endswith(end))


def missing(end: str) -> Fault:
    """Paths that end so are unknown routes."""
    body = b'{"name":"NOT_FOUND","message":"Not found","statusCode":404}'
    return Fault(
        alter=lambda request, answer: (
            replace(answer, status=404, body=body) if request.path.endswith(end) else answer
        )
    )


def replaced(old: bytes, new: bytes, *, at: str = "") -> Fault:
    """Other bytes in the answer."""
    return Fault(
        alter=lambda request, answer: (
            replace(answer, body=answer.body.replace(old, new))
            if request.path.endswith(at)
            else answer
        )
    )


def beside(found: bytes, more: bytes) -> Fault:
    """A field too many, after another one."""
    return replaced(found, found + b"," + more)


def headed(name: str, value: str) -> Fault:
    """One header of every answer has this value."""

    def alter(request: Request, answer: Answer) -> Answer:
        others = (one for one in answer.headers if one[0].lower() != name.lower())
        return replace(answer, headers=(*others, (name, value)))

    return Fault(alter=alter)


def compressed() -> Fault:
    """Every answer is gzip, whatever the client accepts."""

    def alter(request: Request, answer: Answer) -> Answer:
        is_compressed = any(name.lower() == "content-encoding" for name, _ in answer.headers)
        if is_compressed or not answer.body:
            return answer
        headers = (*answer.headers, ("Content-Encoding", "gzip"))
        return replace(answer, headers=headers, body=gzip.compress(answer.body))

    return Fault(alter=alter)


def frozen(at: str) -> Fault:
    """Every answer is the first one again."""
    first: list[Answer] = []

    def alter(request: Request, answer: Answer) -> Answer:
        if at not in request.path or answer.status != 200:
            return answer
        first.append(answer)
        return first[0]

    return Fault(alter=alter)


def put(document: Any, path: str, value: Any) -> None:
    """Set what stands at a path, if anything does; `*` is every member of a list."""
    step, _, rest = path.partition(".")
    if isinstance(document, list):
        keys = range(len(document)) if step == "*" else [int(step)]
        for index in keys:
            _put(document, index, rest, value)
    elif isinstance(document, dict) and step in document:
        _put(document, step, rest, value)


def _put(holder: Any, step: Any, rest: str, value: Any) -> None:
    if rest:
        put(holder[step], rest, value)
    else:
        holder[step] = value(holder[step]) if callable(value) else value


# -- requests --------------------------------------------------------------------------------


def let_in(request: Request) -> Request:
    """The request under the right token, whatever it brings: a mock's follows from its key."""
    steps = re.split(r"[/?&=]", request.target)
    place = next((step for step in steps if step.startswith("mega")), "")
    token = place.partition("-")[2]
    others = tuple(one for one in request.headers if one[0] != "Authorization")
    return replace(request, headers=(*others, ("Authorization", f"Bearer {token}")))


def opened() -> Fault:
    """Any token opens."""
    return Fault(rewrite=let_in)


def carried_out() -> Fault:
    """A wrong token is refused, and what it asks for is done."""
    body = b'{"name":"UNAUTHORIZED","message":"Unauthorized","statusCode":401}'
    refusal = Answer(401, (("Content-Type", "application/json"),), body)
    return Fault(
        rewrite=let_in,
        alter=lambda request, answer: (
            answer if set(let_in(request).headers) == set(request.headers) else refusal
        ),
    )


def rewritten(pattern: str, write: Callable[[str], str]) -> Fault:
    """Parts of the path are read as others."""
    return Fault(
        rewrite=lambda request: replace(
            request, target=re.sub(pattern, lambda part: write(part[0]), request.target)
        )
    )


def asked(old: bytes, new: bytes) -> Fault:
    """Other bytes in the request."""
    return Fault(rewrite=lambda request: replace(request, body=request.body.replace(old, new)))


# -- webhooks --------------------------------------------------------------------------------


def told(spoil: Spoil) -> Fault:
    """Each payload becomes so many others."""
    return Fault(make_spoil=lambda: spoil)


def lost(fits: Callable[[Any], bool]) -> Fault:
    """Such webhooks never come."""
    return told(lambda payload: () if fits(payload) else (payload,))


def doubled(fits: Callable[[Any], bool] = lambda payload: True) -> Fault:
    """Such webhooks come twice."""
    return told(lambda payload: (payload, payload) if fits(payload) else (payload,))


def changed(path: str, value: Any) -> Fault:
    """Another value in every webhook."""

    def spoil(payload: Any) -> Sequence[Any]:
        put(payload, path, value)
        return (payload,)

    return told(spoil)


def swapped(fits: Callable[[Any], bool]) -> Fault:
    """Such webhooks come in pairs, the later one first."""

    def make() -> Spoil:
        waiting: list[Any] = []

        def spoil(payload: Any) -> Sequence[Any]:
            if not fits(payload):
                return (payload,)
            waiting.append(payload)
            if len(waiting) < 2:
                return ()
            webhooks = [*reversed(waiting)]
            waiting.clear()
            return webhooks

        return spoil

    return Fault(make_spoil=make)


def kind(*names: str) -> Callable[[Any], bool]:
    """Payloads of these messageTypes."""
    return lambda payload: payload.get("messageType") in names


def ack(status: int) -> Callable[[Any], bool]:
    """Acknowledgements of this status."""
    return lambda payload: payload.get("update", {}).get("status") == status


# -- trying ----------------------------------------------------------------------------------


@dataclass
class Bench:
    """A mock to try probes against, whole or spoilt."""

    contract: Contract
    target: MockTarget

    def tried(
        self,
        probe: Probe,
        fault: Fault | None = None,
        heard: Callable[[Exchange], None] = lambda exchange: None,
        recipients: tuple[str, ...] = (),
    ) -> list[Breach]:
        """What the probe finds broken, with these people listed or none."""
        fault = fault or Fault()
        # A receiver takes no more than a run can cause; here all runs of a module share one.
        self.target.receiver.webhooks.clear()
        host = Spoilt(self.target, fault.alter, fault.swallow, fault.rewrite)
        gate = Gate(host, self.contract)
        judge = Judge(self.contract, mock=True)
        session = Session(
            self.contract, gate, judge, self.target.receiver, recipients, 7,
            probe=probe.name, on_exchange=heard,
        )  # fmt: skip
        stage = MockStage(self.target)
        with self._spoiling(fault):
            try:
                probe.run(session, stage)
            except NotTried:
                # What a host has lost may leave nothing to go on with; that it has is the finding.
                if not session.breaches:
                    raise
            finally:
                stage.close()
        return session.breaches

    @contextmanager
    def _spoiling(self, fault: Fault) -> Iterator[None]:
        receiver = self.target.receiver
        receiver.head = fault.head
        if fault.make_spoil is None:
            yield
            return
        spoil, before = fault.make_spoil(), receiver.spoil
        receiver.spoil = lambda body: [
            json.dumps(payload).encode() for payload in spoil(json.loads(body))
        ]
        try:
            yield
        finally:
            receiver.spoil = before
