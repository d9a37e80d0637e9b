"""The mock with a fault in front of it: what it spoils, what counts as a hit, and its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from megaapi_contract.host.http import Answer, Request, request
from megaapi_contract.host.webhook_receiver import MAX_MISSES_IN_A_ROW
from megaapi_contract.judging.contract import Contract
from megaapi_contract.mutation import mutated_mock as module
from megaapi_contract.mutation.mutant import Fault, InterceptedCall
from megaapi_contract.mutation.mutated_mock import FaultBroken, MutatedMock

from ..support import KEY, TOKEN

STATUS = request("GET", f"/rest/instance/{KEY}", headers=[("Authorization", f"Bearer {TOKEN}")])


class Noting(Fault):
    """Passes every call on, and notes what it was given."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.control: list[str] = []

    def answer(self, call: InterceptedCall) -> Answer:
        self.calls.append((call.operation, call.key))
        return call.ask(call.request)

    def note_control_call(self, request: Request) -> None:
        self.control.append(request.path)


class Spoiling(Fault):
    """Another status for every answer."""

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        return Answer(418, answer.headers, answer.body)


class Broken(Fault):
    """Its own code fails."""

    def answer(self, call: InterceptedCall) -> Answer:
        raise KeyError("mine")


class Looking(Fault):
    """Asks something else first: with a hit, or without."""

    def __init__(self, *, counts: bool) -> None:
        self._counts = counts

    def answer(self, call: InterceptedCall) -> Answer:
        other = request("GET", "/rest/nothing")
        (call.ask if self._counts else call.look)(other)
        return call.ask(call.request)

    def webhook(self, body: bytes) -> Sequence[bytes]:
        return (body,)


@pytest.fixture(scope="module")
def mock() -> Iterator[MutatedMock]:
    mock = MutatedMock(Contract())
    yield mock
    mock.close()


@pytest.fixture(autouse=True)
def clean_again(mock: MutatedMock) -> Iterator[None]:
    yield
    mock.take_off()


def test_a_clean_mock_answers_as_it_is(mock: MutatedMock) -> None:
    assert mock.send(STATUS).status == 200 and mock.hits == 0


def test_a_fault_is_given_operation_and_key_and_the_control_api_is_spared(
    mock: MutatedMock,
) -> None:
    fault = Noting()
    mock.put_on(fault)
    for one in (STATUS, request("GET", "/rest/nothing"), request("GET", "/_mock/clock")):
        mock.send(one)
    assert fault.calls == [("instance_status", KEY), ("", "")]
    assert fault.control == ["/_mock/clock"]
    # What came back as the clean mock said it was not hit.
    assert mock.hits == 0


def test_mock_that_settles_slowly_is_not_taken_for_a_silent_one(
    mock: MutatedMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY", 0.0001)
    under_way = [{"items": [{}]}] * 2 * MAX_MISSES_IN_A_ROW
    ask = mock.control_api

    def answer(method: str, path: str, body: Any = None) -> Any:
        return under_way.pop() if under_way and "deliveries" in path else ask(method, path, body)

    monkeypatch.setattr(mock, "control_api", answer)
    mock._settle()
    assert under_way == [] and mock.receiver.silence_reason == ""


def test_what_a_fault_may_have_lost_is_not_waited_for_as_long(mock: MutatedMock) -> None:
    usual = mock.receiver.patience
    mock.put_on(Noting())
    assert 0 < mock.receiver.patience < usual
    mock.take_off()
    assert mock.receiver.patience == usual


def test_the_silence_of_one_mutant_is_not_held_against_the_next(mock: MutatedMock) -> None:
    for _ in range(MAX_MISSES_IN_A_ROW):
        mock.receiver.wait_for(lambda webhooks: False, seconds=0.0001)
    assert mock.receiver.silence_reason
    mock.take_off()
    assert mock.receiver.silence_reason == ""


def test_an_answer_that_was_changed_is_a_hit(mock: MutatedMock) -> None:
    mock.put_on(Spoiling())
    assert mock.send(STATUS).status == 418
    assert mock.hits == 1
    mock.take_off()
    assert mock.send(STATUS).status == 200


@pytest.mark.parametrize(("counts", "hits"), [(True, 1), (False, 0)])
def test_another_request_is_a_hit_and_a_look_is_none(
    mock: MutatedMock, counts: bool, hits: int
) -> None:
    mock.put_on(Looking(counts=counts))
    mock.send(STATUS)
    assert mock.hits == hits


def test_a_fault_whose_own_code_fails_is_broken_until_another_is_put_on(
    mock: MutatedMock,
) -> None:
    mock.put_on(Broken())
    with pytest.raises(Exception, match="mine"):
        mock.send(STATUS)
    with pytest.raises(FaultBroken, match="mine"):
        mock.require_sound_fault()
    mock.put_on(Noting())
    mock.require_sound_fault()
