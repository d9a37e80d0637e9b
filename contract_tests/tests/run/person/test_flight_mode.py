"""A phone in flight mode: asked for with one key, and what waits for it arrives when it is back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from megaapi_contract.host.stage import NO_FLIGHT, GivenStage
from megaapi_contract.judging.results import Report
from megaapi_contract.probes.laws import phone_off
from megaapi_contract.probes.laws.phone_off import ARRIVED, STILL_OFF
from megaapi_contract.run.person.stage import FLIGHT, FLIGHT_OVER
from megaapi_contract.run.runner import run as run_all
from megaapi_contract.run.selection import skip_reason
from megaapi_mock.testing import MockServer

from ...support import KEY, LISTED
from .scripted import Act, Phone, asked, person_at_terminal, run_asked

pytestmark = pytest.mark.hosts

(LAW,) = phone_off.LAWS.probes
YES, NO = "d", "n"


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


def put_phone(server: MockServer, state: str) -> None:
    Phone(server).call("POST", f"/_mock/instances/{KEY}/contacts/{LISTED}", {"state": state})


class Person:
    """Does what is asked for, and says so; `says` are the answers to other questions."""

    def __init__(self, server: MockServer, **says: str) -> None:
        self.server, self.says, self.questions = server, says, list[str]()

    def __call__(self, question: str) -> str:
        self.questions.append(question)
        if question == FLIGHT:
            put_phone(self.server, "phone_off")
            return YES
        if question.startswith(FLIGHT_OVER):
            put_phone(self.server, "reachable")
            return ""
        return self.says["off" if question.startswith(STILL_OFF) else "arrived"]


def state_of(server: MockServer) -> Any:
    return Phone(server).call("GET", f"/_mock/instances/{KEY}/contacts/{LISTED}")["state"]


def test_a_healthy_host_holds_what_is_sent_until_the_phone_is_back(server: MockServer) -> None:
    person = Person(server)
    report = run_asked(server, person, LAW.name)
    assert (report.results[0].state, report.failures, report.findings) == ("passed", [], [])
    assert person.questions == [FLIGHT, FLIGHT_OVER]
    assert state_of(server) == "reachable"


def spoiled(server: MockServer, act: Act, spoil: Callable[[Any], list[Any]]) -> Report:
    """A run in which the host's acknowledgements come otherwise."""

    def spoil_acks(body: bytes) -> list[bytes]:
        payload = json.loads(body)
        if payload.get("messageType") != "message.ack":
            return [body]
        return [json.dumps(one).encode() for one in spoil(payload)]

    def act_and_give_up(question: str) -> str:
        if question.startswith(FLIGHT_OVER) and spoil is never_delivered:
            # What is waited for after this never comes.
            context.receiver.patience = 1.0
        return act(question)

    options = {"probes": (LAW.name,)}
    with person_at_terminal(act_and_give_up, patience_after_done=0.3) as person, asked(
        server, person, **options
    ) as context:  # fmt: skip
        context.receiver.patience = 60.0
        context.receiver.spoil = spoil_acks
        return run_all(context)


def delivered_at_once(payload: Any) -> list[Any]:
    """Each message is told as delivered as soon as the server has it."""
    if payload["update"]["status"] != 2:
        return [payload]
    return [payload, {**payload, "update": {**payload["update"], "status": 3}}]


def never_delivered(payload: Any) -> list[Any]:
    return [payload] if payload["update"]["status"] == 2 else []


def test_what_is_delivered_to_a_phone_that_is_off_is_noticed(server: MockServer) -> None:
    report = spoiled(server, Person(server, off=YES), delivered_at_once)
    messages = {breach.message for breach in report.breaches}
    assert "what waits for a phone is not told as delivered" in messages


def test_a_phone_that_was_not_off_is_not_the_hosts_fault(server: MockServer) -> None:
    report = spoiled(server, SlowPerson(server, off=NO), delivered_at_once)
    assert (report.results[0].state, report.breaches) == ("left out", [])
    assert "was not in flight mode" in report.results[0].reason
    assert state_of(server) == "reachable"


class SlowPerson(Person):
    """Says that the phone is on again, which no webhook shows."""

    def __call__(self, question: str) -> str:
        return super().__call__(question) or YES


def test_what_never_arrives_is_noticed(server: MockServer) -> None:
    report = spoiled(server, SlowPerson(server, arrived=YES), never_delivered)
    messages = {breach.message for breach in report.breaches}
    assert "what waited for a phone is told as delivered when it is back" in messages


def test_a_phone_without_a_network_is_not_the_hosts_fault(server: MockServer) -> None:
    person = SlowPerson(server, arrived=NO)
    report = spoiled(server, person, never_delivered)
    assert (report.results[0].state, report.breaches) == ("left out", [])
    assert person.questions[-1].startswith(ARRIVED)


def test_what_waited_and_comes_in_another_order_is_noticed(server: MockServer) -> None:
    held: list[Any] = []

    def turned(payload: Any) -> list[Any]:
        if payload["update"]["status"] != 3 or len(held) > 1:
            return [payload]
        held.append(payload)
        return held[::-1] if len(held) == 2 else []

    report = spoiled(server, Person(server), turned)
    assert "what waited arrives in the order it was sent" in {
        breach.message for breach in report.breaches
    }


@pytest.mark.parametrize(("key", "reason"), [("s", "skipped by"), ("n", "not possible"),
                                             ("a", "skipped all")])  # fmt: skip
def test_one_key_leaves_it_out(key: str, reason: str, server: MockServer) -> None:
    report = run_asked(server, lambda question: key, LAW.name)
    assert report.results[0].state == "left out" and reason in report.results[0].reason
    assert report.messages_sent == 0


def test_without_a_person_it_says_what_it_would_take(server: MockServer) -> None:
    with person_at_terminal(lambda question: "a") as person, asked(server, person) as context:
        assert skip_reason(LAW, context) == ""
        context.person = None
        assert skip_reason(LAW, context) == NO_FLIGHT
        assert isinstance(context.stage, GivenStage)
