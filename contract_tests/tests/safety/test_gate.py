"""The gate paces, counts and retries, and says why a request did not leave."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from megaapi_contract.errors import BudgetSpent, HeldBack, Unusable
from megaapi_contract.host.http import Answer, Request, request
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Exchange
from megaapi_contract.safety.fence import WRONG_TOKEN, Fence, digits_of
from megaapi_contract.safety.gate import (
    CREATE_GROUP,
    DEFAULT_REST,
    MAX_REST,
    MAX_RETRIES,
    REFUNDS_PER_MESSAGE,
    REST_AFTER_INTERRUPT,
    Gate,
)
from megaapi_contract.safety.pace import Pace

from ..support import KEY, LISTED, TOKEN, UNLISTED, Recorder
from .pauses import Pauses

AUTH = ("Authorization", f"Bearer {TOKEN}")
STATUS = request("GET", f"/rest/instance/{KEY}", headers=[AUTH])
LIMITED = Answer(429, (("Retry-After", "2"),), b"{}")


class Host(Recorder):
    """Gives these answers first, and then the contract's examples."""

    def __init__(self, contract: Contract, answers: Sequence[Answer] = ()) -> None:
        super().__init__(contract)
        self.answers = list(answers)

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        return self.answers.pop(0) if self.answers else answer


def fence(contract: Contract, *allowed: str) -> Fence:
    return Fence(contract, KEY, TOKEN, frozenset({"reads", *allowed}), digits_of([LISTED]))


def gate_of(contract: Contract, host: Host, *allowed: str, **limits: Any) -> tuple[Gate, Pauses]:
    pauses, pace = Pauses(), Pace()
    pace._pause = pauses  # type: ignore[assignment]
    return Gate(host, contract, fence=fence(contract, *allowed), pace=pace, **limits), pauses


def create_group() -> Request:
    body = {"group_data": {"group_name": "Equipe", "participants": [LISTED]}}
    return request("POST", f"/rest/group/{KEY}/create", body=body, headers=[AUTH])


# -- interrupts ------------------------------------------------------------------------------------


class HostInterrupted(Host):
    """A host whose first call is interrupted while the host has it."""

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        if len(self.left) == 1:
            raise KeyboardInterrupt
        return answer


def test_what_follows_an_interrupted_call_leaves_after_a_rest(contract: Contract) -> None:
    """The host may carry it out still, and what puts it back must not come before."""
    host = HostInterrupted(contract)
    gate, pauses = gate_of(contract, host, "changes")
    with pytest.raises(KeyboardInterrupt):
        gate.send(create_group())
    assert pauses.seconds == []
    gate.send(STATUS)
    gate.send(STATUS)
    assert pauses.seconds == [REST_AFTER_INTERRUPT]


def test_a_mock_in_this_process_is_not_waited_for(contract: Contract) -> None:
    host, pauses, pace = HostInterrupted(contract), Pauses(), Pace()
    host.real = False
    pace._pause = pauses  # type: ignore[assignment]
    gate = Gate(host, contract, pace=pace)
    with pytest.raises(KeyboardInterrupt):
        gate.send(create_group())
    gate.send(STATUS)
    assert pauses.seconds == []


# -- hosts that limit their callers ----------------------------------------------------------------


@pytest.mark.parametrize("refusals", range(1, MAX_RETRIES + 1))
def test_a_host_that_limits_its_callers_is_asked_again_after_a_rest(
    refusals: int, contract: Contract
) -> None:
    host = Host(contract, [LIMITED] * refusals)
    gate, pauses = gate_of(contract, host)
    assert gate.send(STATUS).status == 200
    assert pauses.seconds == [2.0] * refusals and len(host.left) == 1 + refusals
    assert gate.requests == 1


def test_a_host_that_goes_on_limiting_is_unusable(contract: Contract) -> None:
    host = Host(contract, [LIMITED] * (1 + MAX_RETRIES))
    gate, _ = gate_of(contract, host)
    with pytest.raises(Unusable, match=r"still answers 429 after 3 rests.*--pace"):
        gate.send(STATUS)
    assert len(host.left) == 1 + MAX_RETRIES


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((), DEFAULT_REST),
        ((("retry-after", "7"),), 7.0),
        ((("Retry-After", "100000"),), MAX_REST),
        ((("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"),), DEFAULT_REST),
        ((("Retry-After", "-1"),), DEFAULT_REST),
    ],
    ids=["none", "seconds", "too long", "a date", "negative"],
)
def test_a_rest_is_as_long_as_the_host_asks_within_reason(
    headers: tuple[tuple[str, str], ...], seconds: float, contract: Contract
) -> None:
    gate, pauses = gate_of(contract, Host(contract, [Answer(429, headers, b"")]))
    gate.send(STATUS)
    assert pauses.seconds == [seconds]


def test_a_mock_that_answers_429_means_it(contract: Contract) -> None:
    host = Host(contract, [LIMITED])
    host.real = False
    assert Gate(host, contract).send(STATUS).status == 429 and len(host.left) == 1


# -- what is counted ----------------------------------------------------------------------------


def test_each_exchange_is_handed_on_as_it_went_over_the_wire(contract: Contract) -> None:
    exchanges: list[Exchange] = []
    host = Host(contract)
    gate, _ = gate_of(contract, host, on_exchange=exchanges.append)
    assert [gate.send(STATUS), gate.send(STATUS)] == exchanges
    assert [each.number for each in exchanges] == [1, 2]
    assert exchanges[0].url == f"{host.name}/rest/instance/{KEY}"
    assert exchanges[0].operation == "instance_status" and exchanges[0].request_headers == (AUTH,)
    host.name, host.real = "mock", False
    unknown = Gate(host, contract).send(request("GET", "/nowhere"))
    assert (unknown.operation, unknown.url) == (None, "http://mock/nowhere")


class Together(Recorder):
    """Answers nobody before so many are under way."""

    def __init__(self, contract: Contract, count: int) -> None:
        super().__init__(contract)
        self.real, self._all_there = False, threading.Barrier(count, timeout=60)

    def send(self, request: Request) -> Answer:
        self._all_there.wait()
        return replace(super().send(request), body=request.body)


def test_requests_can_be_under_way_together_on_a_mock_alone(contract: Contract) -> None:
    exchanges: list[Exchange] = []
    gate = Gate(Together(contract, 3), contract, on_exchange=exchanges.append)
    requests = [replace(STATUS, body=body) for body in (b"1", b"2", b"3")]
    assert gate.send_at_once(requests) == exchanges
    assert [each.body for each in exchanges] == [b"1", b"2", b"3"]
    assert [each.number for each in exchanges] == [1, 2, 3]
    fenced_gate, _ = gate_of(contract, Host(contract))
    with pytest.raises(AssertionError):
        fenced_gate.send_at_once([STATUS])


def test_a_real_host_needs_a_fence(contract: Contract) -> None:
    with pytest.raises(AssertionError):
        Gate(Host(contract), contract)


def test_what_is_held_back_is_counted_by_reason_and_operation(contract: Contract) -> None:
    host = Host(contract)
    gate, _ = gate_of(contract, host)
    for _ in range(2):
        with pytest.raises(HeldBack):
            gate.send(create_group())
    with pytest.raises(HeldBack):
        gate.send(request("GET", "/nowhere", headers=[AUTH]))
    with pytest.raises(HeldBack, match="a reason of the caller"):
        gate.hold_back("a reason of the caller", "send_text")
    reason = "create_group changes: not allowed (--allow changes)"
    assert gate.refusals[reason] == 2 and gate.refusals.total() == 4
    assert gate.refusals_by_operation[CREATE_GROUP] == {reason: 2}
    assert gate.refusals_by_operation["send_text"] == {"a reason of the caller": 1}
    assert host.left == [] and gate.requests == 0


def test_no_more_groups_are_made_than_allowed(contract: Contract) -> None:
    host = Host(contract)
    gate, _ = gate_of(contract, host, "changes", max_groups=1)
    gate.require_group()
    gate.send(create_group())
    with pytest.raises(BudgetSpent, match=r"1 group is made \(--max-groups\)"):
        gate.send(create_group())
    with pytest.raises(BudgetSpent):
        gate.require_group()
    assert gate.refusals_by_operation[CREATE_GROUP].total() == 2 and len(host.left) == 1
    gate.refund_group()
    gate.send(create_group())
    assert gate.groups_made == 1
    none, _ = gate_of(contract, host, "changes", max_groups=0)
    with pytest.raises(BudgetSpent, match="0 groups are made"):
        none.require_group()


def test_a_change_that_people_are_told_of_counts_as_a_message(contract: Contract) -> None:
    jid = "120363000000000001@g.us"
    gate, _ = gate_of(contract, Host(contract), "changes", max_messages=1)
    gate.allow_group(jid)
    data = {"group_data": {"jid": jid, "participants": [LISTED]}}
    added = request("POST", f"/rest/group/{KEY}/addParticipants", body=data, headers=[AUTH])
    gate.send(added)
    with pytest.raises(BudgetSpent, match=r"1 messages are sent \(--max-messages\)"):
        gate.send(added)


# -- what the fence is told -----------------------------------------------------------------------


def test_without_a_fence_nothing_has_to_be_learnt(contract: Contract) -> None:
    host = Host(contract)
    host.real = False
    gate = Gate(host, contract)
    gate.learn(["a", None])
    gate.allow_group("a@g.us")
    gate.allow_reading_groups(["b@g.us"])
    assert gate.known_groups == frozenset()
    gate.send(create_group())
    gate.send(create_group())
    assert gate.groups_made == 2


def test_groups_of_the_run_and_of_the_instance_are_known(contract: Contract) -> None:
    gate, _ = gate_of(contract, Host(contract))
    gate.allow_group("a@g.us")
    gate.allow_reading_groups(["b@g.us"])
    gate.learn(["an id", 7])
    assert gate.known_groups == {"a@g.us", "b@g.us"}
    assert gate.fence is not None and gate.fence.harmless_texts == {"an id", "7"}


def test_restoring_is_allowed_for_its_time_only_also_when_it_fails(contract: Contract) -> None:
    gate, _ = gate_of(contract, Host(contract))
    fence = gate.fence
    assert fence is not None
    before = fence.effects, fence.recipients
    with pytest.raises(KeyError), gate.allow_restoring({UNLISTED}):
        assert "changes" in fence.effects and UNLISTED in fence.recipients
        assert LISTED in fence.recipients and "sends" not in fence.effects
        raise KeyError
    assert (fence.effects, fence.recipients) == before


# -- what a refused send costs ---------------------------------------------------------------------

TEXT = f"/rest/sendMessage/{KEY}/text"
REFUSED = Answer(
    500, (), b'{"name":"INTERNAL_SERVER_ERROR","message":"Internal Server Error","statusCode":500}'
)
UNAUTHORIZED = Answer(401, (), b'{"name":"UNAUTHORIZED","message":"no","statusCode":401}')


def send_text(token: str = TOKEN) -> Request:
    body = {"messageData": {"to": LISTED, "text": "Bom dia"}}
    return request("POST", TEXT, body=body, headers=[("Authorization", f"Bearer {token}")])


def test_a_send_that_the_gateway_refuses_costs_no_message(contract: Contract) -> None:
    gate, _ = gate_of(contract, Host(contract, [REFUSED]), "sends", max_messages=1)
    gate.send(send_text())
    assert gate.messages_sent == 0
    gate.send(send_text())
    with pytest.raises(BudgetSpent):
        gate.send(send_text())


@pytest.mark.parametrize("body", [b"", b"<h1>Bad gateway</h1>", b'{"statusCode": 200}'])
def test_a_failure_that_is_nobodys_refusal_counts_as_sent(body: bytes, contract: Contract) -> None:
    gate, _ = gate_of(contract, Host(contract, [Answer(502, (), body)]), "sends", max_messages=1)
    gate.send(send_text())
    assert gate.messages_sent == 1


def test_wrong_tokens_cost_nothing_while_they_are_refused(contract: Contract) -> None:
    host = Host(contract, [UNAUTHORIZED] * 3)
    gate, _ = gate_of(contract, host, "sends", max_messages=1)
    for _ in range(3):
        assert gate.send(send_text(WRONG_TOKEN)).status == 401
    assert (gate.messages_sent, len(host.left)) == (0, 3)


def test_a_host_that_takes_wrong_tokens_gets_no_message_more(contract: Contract) -> None:
    host = Host(contract)
    gate, _ = gate_of(contract, host, "sends", max_messages=2)
    gate.send(send_text(WRONG_TOKEN))
    gate.send(send_text(WRONG_TOKEN))
    with pytest.raises(BudgetSpent):
        gate.send(send_text(WRONG_TOKEN))
    assert len(host.left) == 2


def test_refusals_are_given_back_only_so_often(contract: Contract) -> None:
    host = Host(contract, [REFUSED] * 99)
    gate, _ = gate_of(contract, host, "sends", max_messages=1)
    with pytest.raises(BudgetSpent):
        for _ in range(99):
            gate.send(send_text())
    assert len(host.left) == REFUNDS_PER_MESSAGE + 1


def test_nothing_is_tried_without_a_budget(contract: Contract) -> None:
    host = Host(contract)
    gate, _ = gate_of(contract, host, "sends", max_messages=0)
    with pytest.raises(BudgetSpent):
        gate.send(send_text(WRONG_TOKEN))
    assert host.left == []
