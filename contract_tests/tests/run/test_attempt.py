"""How a probe that was tried ends: which errors are the host's, which are our own."""

from __future__ import annotations

import json
from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import pytest
from megaapi_contract.errors import HeldBack, Impossible, NotTried, Unusable
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Breach, ProbeInterrupted
from megaapi_contract.probes.probe import Probe
from megaapi_contract.probes.routes import MISSING, Routes
from megaapi_contract.run.attempt import INTERRUPTED_REASON, is_reading_error, try_probe
from megaapi_contract.run.context import RunContext

from ..made_up import failure, finding

CONTRACT = Contract()
OPERATION = "send_text"


def raised(code: str, **names: Any) -> Exception:
    """What this expression raises."""
    try:
        eval(code, {}, names)
    except Exception as error:
        return error
    raise AssertionError(code)


@pytest.mark.parametrize(
    ("code", "reading"),
    [
        ('{}["a"]', True),
        ("[][0]", True),
        ('int("x")', True),
        ('nothing["a"]', True),
        ('text.get("a")', True),
        ("nothing.get", True),
        ('f.get("a")', False),
        ("f(1)", False),
        ("g()", False),
        ("number()", False),
        ("1 / 0", False),
        ("name", False),
    ],
)
def test_an_error_of_reading_is_one_that_a_document_can_cause(code: str, reading: bool) -> None:
    names = {"nothing": None, "text": "text", "number": 5, "f": lambda: None, "g": lambda a: a}
    error = raised(code, **names)
    assert is_reading_error(error) == reading


class Session:
    """In place of a session."""

    def __init__(self) -> None:
        self.breaches: list[Breach] = []
        self.called_operations: set[str | None] = set()
        self.exchanges = 0
        self.restored = 0

    def put_back(self) -> None:
        self.restored += 1

    def calls(self, operation: str = OPERATION) -> None:
        self.exchanges += 1
        self.called_operations.add(operation)


class Context:
    """In place of a run's context."""

    def __init__(self) -> None:
        self.made = Session()
        self.contract, self.routes = CONTRACT, Routes()
        self.options = SimpleNamespace(strict=False, quick=False)
        self.allowed_effects = frozenset({"sends", "reads"})
        self.stage = SimpleNamespace(
            phone=False,
            instance=lambda **_: None,
            why_nobody_writes=lambda event: "",
            why_nobody_reads=lambda: "",
        )
        self.stage_for = lambda probe: self.stage
        self.gate = SimpleNamespace(requests=7, refusals=Counter[str]())
        self.receiver = SimpleNamespace(webhooks=[])
        self.judge = SimpleNamespace(webhook=lambda webhook, name: [failure(kind="webhook")])

    def session(self, probe: str, record: Any) -> Session:
        return self.made


def tried(run: Any, context: Context | None = None, **fields: Any) -> Any:
    probe = Probe("a probe", "laws", (OPERATION,), run, **fields)
    return try_probe(probe, cast(RunContext, context or Context()))


def test_a_probe_that_finds_nothing_passed() -> None:
    def run(session: Session, _: Any) -> None:
        session.calls()

    result = tried(run)
    assert (result.state, result.cases, result.first, result.last) == ("passed", 1, 8, 7)


def test_a_probe_that_may_not_be_tried_is_left_out() -> None:
    result = tried(lambda session, stage: None, effects=frozenset({"changes"}))
    assert (result.state, result.reason) == ("left out", "it changes: --allow changes")


@pytest.mark.parametrize(
    ("breaches", "state", "left"),
    [
        ([failure()], "failed", 1),
        ([finding()], "findings", 1),
        ([failure(), failure(), finding()], "failed", 2),
        ([failure(kind="addition")], "passed", 1),
    ],
)
def test_the_state_of_a_probe_is_that_of_its_worst_breach(
    breaches: list[Breach], state: str, left: int
) -> None:
    def run(session: Session, _: Any) -> None:
        session.calls()
        session.breaches += breaches

    result = tried(run)
    assert (result.state, len(result.breaches)) == (state, left)


@pytest.mark.parametrize(
    ("error", "calls", "state"),
    [
        (Unusable("down"), True, "unusable"),
        (NotTried("no phone"), False, "left out"),
        (NotTried("no phone"), True, "passed"),
        (HeldBack("not listed"), False, "left out"),
    ],
)
def test_what_ended_a_probe_is_its_reason(error: Exception, calls: bool, state: str) -> None:
    def run(session: Session, _: Any) -> None:
        if calls:
            session.calls()
        raise error

    context = Context()
    result = tried(run, context)
    assert (result.state, result.reason) == (state, str(error))
    assert context.made.restored == 1 and not result.bug


def test_looking_at_something_else_first_is_no_try() -> None:
    def run(session: Session, _: Any) -> None:
        session.calls("instance_status")
        raise NotTried("no phone")

    assert tried(run).state == "left out"


def test_a_state_that_the_host_denies_is_a_breach() -> None:
    def run(session: Session, _: Any) -> None:
        session.calls()
        raise Impossible("the phone is not linked")

    result = tried(run)
    [breach] = result.breaches
    assert breach.operation == OPERATION and breach.rule == "unreadable answer"
    assert breach.message.endswith("Impossible the phone is not linked")


@pytest.mark.parametrize(
    ("kind", "state", "bug"),
    [("schema", "failed", False), ("webhook", "failed", False), ("law", "unusable", True)],
)
def test_an_answer_that_kept_no_shape_may_end_a_probe(kind: str, state: str, bug: bool) -> None:
    def run(session: Session, _: Any) -> None:
        session.calls()
        session.breaches.append(failure(kind=kind))
        json.loads("{}")["messageData"]

    result = tried(run)
    assert (result.state, result.bug) == (state, bug)
    assert bug == ("mistake in megaapi-contract" in result.reason)


def test_an_interrupted_probe_keeps_its_result() -> None:
    def run(session: Session, _: Any) -> None:
        session.calls()
        raise KeyboardInterrupt

    with pytest.raises(ProbeInterrupted) as interruption:
        tried(run)
    result = interruption.value.result
    assert (result.state, result.reason) == ("left out", INTERRUPTED_REASON)


def test_a_probe_whose_requests_were_all_held_back_is_left_out() -> None:
    context = Context()

    def run(session: Session, _: Any) -> None:
        context.gate.refusals.update(["a number not listed", "a number not listed", "other"])

    result = tried(run, context)
    assert (result.state, result.reason) == ("left out", "a number not listed")
    assert result.held_back == 3


def test_webhooks_that_came_meanwhile_are_judged() -> None:
    context = Context()
    context.receiver.webhooks.append("before")

    def run(session: Session, _: Any) -> None:
        session.calls()
        context.receiver.webhooks.append("meanwhile")

    result = tried(run, context)
    assert [breach.kind for breach in result.breaches] == ["webhook"]


def test_a_probe_of_a_route_that_the_host_has_not_is_left_out() -> None:
    context = Context()
    context.routes.present[OPERATION] = False

    def run(session: Session, _: Any) -> None:
        session.calls()

    result = tried(run, context)
    assert (result.state, result.reason) == ("left out", f"{OPERATION}: {MISSING}")
