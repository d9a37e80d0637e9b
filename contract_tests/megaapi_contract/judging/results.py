"""The results of a run: exchanges, breaches, results per probe, the whole report."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from megaapi_mock.codec import ANSWER_PARTS, Unreadable, parse_json
from megaapi_mock.spec import allowed_values

from ..errors import INTERRUPTED

# Nothing was broken, and not everything could be tried: the printed verdict is NOT COMPLETE.
INCOMPLETE = 3
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_LONG_NUMBER = re.compile(rb"\d{300,}")
SURE_GRADES = frozenset({"vendor-doc", "observed"})

Severity = Literal["failure", "finding", "new fact"]
ProbeState = Literal["passed", "failed", "findings", "left out", "unusable"]


def read_json(body: bytes) -> Any:
    """The document; None when it is not JSON, has a byte order mark, or is nested too deep."""
    if body.startswith(_BYTE_ORDER_MARK):
        return None
    try:
        return parse_json(body, parts=ANSWER_PARTS)
    except Unreadable:
        return None


def json_problem(body: bytes) -> str:
    """Why a legal JSON document cannot be read here; empty for what is readable, or not JSON."""
    if body.startswith(_BYTE_ORDER_MARK):
        return "a byte order mark stands before the JSON"
    try:
        document = json.loads(body, parse_int=len, parse_constant=_refuse_constant)
        if read_json(body) is not None or document is None:
            return ""
    except RecursionError:
        return "the JSON is nested too deep"
    except ValueError:
        return ""
    if _SURROGATE.search(body):
        return "the JSON holds half a surrogate pair (such as \\udfff)"
    if _LONG_NUMBER.search(body):
        return "the JSON holds a number of hundreds of digits"
    return "the JSON is nested too deep, or too large"


def _refuse_constant(name: str) -> None:
    """ValueError for NaN and Infinity, which JSON does not have."""
    raise ValueError(name)


@dataclass(frozen=True, slots=True)
class Promise:
    """A statement of the contract: how sure it is, its sources, and its file.

    `file` is relative to spec/.
    """

    grade: str
    file: str
    sources: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether a host that breaks it is wrong; else the contract only guesses."""
        return self.grade in SURE_GRADES


# The least sure first.
GRADES = tuple(reversed(allowed_values.GRADES))


def weakest(*promises: Promise) -> Promise:
    """The least sure of these promises, for a rule that depends on all of them."""
    return min(promises, key=lambda promise: GRADES.index(promise.grade))


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as it went over the wire, and its answer. Times in seconds, unix and elapsed.

    `coding` is how the answer's body was compressed on the way; empty when it was not.
    """

    number: int
    operation: str | None
    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    time: float
    seconds: float
    coding: str = ""

    def header(self, name: str) -> str:
        """The first answer header of that name, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def json(self) -> Any:
        """The answer's document; None when it is not JSON, or nested too deep."""
        return read_json(self.body)

    @property
    def ok(self) -> bool:
        """Whether the answer is a 2xx."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Webhook:
    """One webhook the suite's receiver got; `event` is what it was recognised as.

    `url` is where it was posted: the whole address in this process, the path over HTTP.
    """

    number: int
    body: bytes
    headers: tuple[tuple[str, str], ...]
    time: float
    event: str | None
    url: str = ""

    @property
    def json(self) -> Any:
        """The payload; None when it is not JSON, or nested too deep."""
        return read_json(self.body)


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that was not kept. `kind` is one of KINDS, `operation` an id or an event's name.

    `rule` names what was broken without the values that broke it. `expected` and `got` are the
    nearest difference, for reports.
    """

    probe: str
    kind: str
    operation: str
    message: str
    promise: Promise
    exchange: Exchange | None = None
    webhook: Webhook | None = None
    rule: str = ""
    expected: str = ""
    got: str = ""

    def severity(self, *, strict: bool = False) -> Severity:
        """A failure when the contract is sure, a finding when it only guesses.

        What a host adds breaks no promise, however strict the run is: it is a new fact.
        """
        if self.kind in NEW_FACT_KINDS:
            return "new fact"
        return "failure" if strict or self.promise.sure else "finding"

    @property
    def identity(self) -> tuple[str, ...]:
        """Breaches with the same identity are one fault."""
        if self.kind in NEW_FACT_KINDS:
            return (self.kind, self.rule or self.message)
        return (self.kind, self.operation, self.rule or self.message, self.promise.file)


# How a promise can be broken, and what each is called in reports.
KINDS: Mapping[str, str] = {
    "status": "a status the contract does not know",
    "content-type": "a content type the contract does not know",
    "schema": "an answer of another shape",
    "bare-500": "a 500 without X-Mock-Reason",
    "law": "a rule of behaviour",
    "check": "a check of Schemathesis",
    "webhook": "a webhook of another shape",
    "addition": "something the contract does not have",
    "alternative": "a documented alternative",
}
# Kinds that break no promise: what is added, and which of several documented ways is taken.
NEW_FACT_KINDS = frozenset({"addition", "alternative"})


@dataclass(slots=True)
class Result:
    """How one probe ended.

    `cases` is how many requests it made, `held_back` how many the gate refused. `first` and `last`
    are the numbers of its exchanges, 0 when they are not known. With `bug` a mistake of this
    program ended it: nothing is said of the host. With `cut` one call without an answer did; with
    `undone` a person who was asked did not do what it needs.
    """

    probe: str
    phase: str
    operations: tuple[str, ...]
    state: ProbeState = "passed"
    seconds: float = 0.0
    cases: int = 0
    held_back: int = 0
    reason: str = ""
    breaches: tuple[Breach, ...] = ()
    first: int = 0
    last: int = 0
    bug: bool = False
    cut: bool = False
    undone: bool = False


@dataclass(slots=True)
class OperationCoverage:
    """What was tried of one operation.

    `answers` counts statuses; `promised` are those the contract knows. `keywords` are the rules of
    the request's schema (`messageData/to: type`), `broken_keywords` those some request broke, and
    `accepted` says whether a request that keeps all of them was answered with a 2xx.
    """

    operation: str
    requests: int = 0
    answers: dict[int, int] = field(default_factory=dict)
    promised: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    broken_keywords: set[str] = field(default_factory=set)
    accepted: bool = False
    why_not: str = ""

    @property
    def answered(self) -> bool:
        """Whether a 2xx came at least once."""
        return any(200 <= status < 300 for status in self.answers)


@dataclass(slots=True)
class Report:
    """A whole run, as every kind of report shows it."""

    target: str
    real: bool
    seed: int
    started: float
    strict: bool
    options: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    results: list[Result] = field(default_factory=list)
    coverage: dict[str, OperationCoverage] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    webhooks: list[Webhook] = field(default_factory=list)
    unusable: str = ""
    interrupted: bool = False
    messages_sent: int = 0
    # What a person should know of the host as the run leaves it.
    notes: list[str] = field(default_factory=list)
    # Why the webhooks could not be judged to the end.
    webhooks_missing: str = ""

    @property
    def breaches(self) -> list[Breach]:
        """Every breach once, in the order of discovery."""
        by_identity: dict[tuple[str, ...], Breach] = {}
        for result in self.results:
            for breach in result.breaches:
                by_identity.setdefault(breach.identity, breach)
        return list(by_identity.values())

    def _of_severity(self, severity: Severity) -> list[Breach]:
        return [
            breach for breach in self.breaches if breach.severity(strict=self.strict) == severity
        ]

    @property
    def failures(self) -> list[Breach]:
        """Breaches where the host is wrong."""
        return self._of_severity("failure")

    @property
    def findings(self) -> list[Breach]:
        """Breaches of what the contract only guesses."""
        return self._of_severity("finding")

    @property
    def new_facts(self) -> list[Breach]:
        """What the host adds to the contract, and which of its alternatives it takes."""
        return self._of_severity("new fact")

    @property
    def unanswered(self) -> dict[str, str]:
        """Operations that never gave a 2xx, and why."""
        return {
            name: operation.why_not or "no request of the run got a 2xx"
            for name, operation in self.coverage.items()
            if not operation.answered
        }

    @property
    def complete(self) -> bool:
        """Whether every operation of the run got a 2xx, and host and webhooks could be judged."""
        return not (self.unusable or self.interrupted or self.unanswered or self.webhooks_missing)

    @property
    def exit_code(self) -> int:
        """0 kept, 1 broken promises, 2 no judgement possible, INCOMPLETE, or INTERRUPTED for a run
        that was ended by hand.

        A mistake of the suite leaves no judgement, whatever else was found.
        """
        if self.interrupted:
            return INTERRUPTED
        if self.unusable:
            return 2
        if self.failures:
            return 1
        return 0 if self.complete else INCOMPLETE


class ProbeInterrupted(KeyboardInterrupt):
    """A probe was interrupted; `result` is its result until then."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


class RunInterrupted(KeyboardInterrupt):
    """A run was interrupted; `report` is its report until then."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report
