"""A probe's session: what its calls send, what must hold, and what it puts back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from megaapi_contract.errors import NotTried, SuiteBug, Unusable
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.judge import Judge
from megaapi_contract.judging.results import Promise
from megaapi_contract.probes.session import PICTURE_URL, Session
from megaapi_contract.safety.gate import Gate
from megaapi_contract.safety.restore_file import Undo

from ..support import KEY, LISTED, TOKEN

OWN = "http://127.0.0.1:9/own.png"


@pytest.fixture
def session() -> Iterator[Session]:
    target, contract = MockTarget(), Contract()
    gate, judge = Gate(target, contract), Judge(contract, mock=True)
    yield Session(contract, gate, judge, target.receiver, (), 1, media_url=OWN)
    target.close()


@pytest.mark.parametrize("field", ["url", "mediaUrl"])
def test_every_field_that_names_a_file_names_that_one(session: Session, field: str) -> None:
    buttons = [{"type": "reply", "title": "Sim", "id": "sim"}]
    data = {"to": LISTED, "text": "Gostou?", "type": "image", "buttons": buttons}
    body = {"messageData": {**data, field: PICTURE_URL}}
    exchange = session.call("send_buttons", HostInstance(KEY, TOKEN), body=body)
    sent_data = json.loads(exchange.request_body)["messageData"]
    assert sent_data == {**data, field: OWN}


def test_a_call_has_the_instances_token_and_key(session: Session) -> None:
    exchange = session.call("instance_status", HostInstance(KEY, TOKEN))
    headers = dict(exchange.request_headers)
    assert exchange.url.endswith(f"/rest/instance/{KEY}")
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert session.exchanges == 1 and session.called_operations == {"instance_status"}


@pytest.mark.parametrize(
    ("given", "header"),
    [
        ({"token": "OTHER"}, "Bearer OTHER"),
        ({"token": "OTHER", "scheme": ""}, "OTHER"),
        ({"token": ""}, None),
    ],
)
def test_another_token_or_none_may_be_sent(
    session: Session, given: dict[str, Any], header: str | None
) -> None:
    exchange = session.call("instance_status", HostInstance(KEY, TOKEN), **given)
    assert dict(exchange.request_headers).get("Authorization") == header


def test_a_key_is_quoted_in_the_path(session: Session) -> None:
    exchange = session.call("instance_status", HostInstance("a/b ?", TOKEN))
    assert exchange.url.endswith("/rest/instance/a%2Fb%20%3F")


def test_an_operation_that_the_plan_has_not_is_not_tried(session: Session) -> None:
    with pytest.raises(NotTried, match="plan code has no nothing"):
        session.call("nothing", HostInstance(KEY, TOKEN))


def test_the_ids_of_what_was_sent_are_remembered_by_instance(session: Session) -> None:
    body = {"messageData": {"to": LISTED, "text": "oi"}}
    exchange = session.call("send_text", HostInstance(KEY, TOKEN), body=body)
    [message_id] = session.sent_message_ids(KEY)
    assert message_id == exchange.json["messageData"]["key"]["id"]
    assert session.sent_message_ids("megacode-TESTKEY0002") == set()
    session.call("send_text", HostInstance(KEY, "WRONG"), body=body)
    assert len(session.sent_message_ids(KEY)) == 1


def test_a_rule_that_does_not_hold_is_a_breach_of_the_probe(session: Session) -> None:
    session.probe = "a probe"
    promise = Promise("observed", "openapi.yaml")
    assert session.hold(1, "it holds", promise=promise) and session.breaches == []
    assert not session.hold("", "it does not", promise=promise, operation="send_text")
    [breach] = session.breaches
    assert (breach.probe, breach.kind, breach.operation) == ("a probe", "law", "send_text")
    assert (breach.message, breach.rule, breach.promise) == ("it does not", "it does not", promise)


def test_a_host_takes_one_documented_way_throughout(session: Session) -> None:
    session.settle("acks", "off")
    session.settle("acks", "off")
    assert {breach.kind for breach in session.breaches} == {"alternative"}
    session.settle("acks")
    assert session.breaches[-1].message == "acks: one way throughout"
    assert session.breaches[-1].promise.sure


class Step:
    """What undoes a change; it may fail."""

    def __init__(self, done: list[str], name: str, *errors: BaseException) -> None:
        self.done, self.name, self.errors = done, name, [*errors]
        self.discarded = 0

    def __call__(self) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.done.append(self.name)

    def on_restored(self) -> None:
        self.discarded += 1


def steps(session: Session, *made: Step) -> None:
    session.undo += cast(list[Undo], [*made])


def test_what_was_changed_is_undone_the_latest_first(session: Session) -> None:
    done: list[str] = []
    steps(session, Step(done, "first"), Step(done, "second"))
    session.put_back()
    assert done == ["second", "first"] and session.undo == []


def test_a_step_that_fails_keeps_none_from_its_turn(session: Session) -> None:
    done: list[str] = []
    session.probe = "a probe"
    steps(
        session, Step(done, "first"), Step(done, "second", Unusable("down")),
        Step(done, "third", KeyError("a bug")),
    )  # fmt: skip
    with pytest.raises(SuiteBug, match="what a probe changed could not be put back"):
        session.put_back()
    assert done == ["first"] and session.undo == []


def test_an_interrupted_step_has_another_turn(session: Session) -> None:
    done: list[str] = []
    steps(session, Step(done, "first"), Step(done, "second", KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        session.put_back()
    assert done == ["second", "first"]
    twice = Step(done, "third", KeyboardInterrupt(), KeyboardInterrupt())
    steps(session, Step(done, "never"), twice)
    with pytest.raises(KeyboardInterrupt):
        session.put_back()
    assert "never" not in done and len(session.undo) == 2


def test_a_step_that_is_not_needed_is_discarded_with_its_entry(session: Session) -> None:
    step = Step([], "first")
    steps(session, step)
    session.discard_undo(cast(Undo, step))
    session.discard_undo(None)
    assert session.undo == [] and step.discarded == 1
