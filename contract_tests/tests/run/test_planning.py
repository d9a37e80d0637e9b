"""`--plan`: requests are recorded and answered from the contract; nothing is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_contract.host.http import Request, request
from megaapi_contract.judging.contract import Contract
from megaapi_contract.run.planning import PlanTarget, line

from ..support import KEY, TOKEN, Recorder


@pytest.fixture
def host() -> Recorder:
    return Recorder(Contract())


@pytest.fixture
def target(host: Recorder) -> PlanTarget:
    return PlanTarget(Contract(), host, TOKEN)


AUTHORIZED = (("Authorization", f"Bearer {TOKEN}"),)


def test_a_planned_request_is_kept_and_not_sent(target: PlanTarget, host: Recorder) -> None:
    sent = request("GET", f"/rest/instance/{KEY}", headers=AUTHORIZED)
    answer = target.send(sent)
    assert target.requests == [sent] and host.left == []
    assert answer.status == 200 and isinstance(json.loads(answer.body), dict)
    assert (target.name, target.real, target.in_process) == (host.name, True, False)


def test_an_answer_without_a_body_is_empty_and_an_unknown_route_a_404(target: PlanTarget) -> None:
    assert target.send(request("GET", "/rest/nothing", headers=AUTHORIZED)).status == 404
    empty = [
        operation
        for operation in Contract().operations
        if Contract().answer_example(operation)[2] is None
    ]
    for operation in empty[:1]:
        path = operation.path.replace("{instance_key}", KEY)
        assert target.send(request(operation.method, path, headers=AUTHORIZED)).body == b""


def test_what_no_gateway_takes_is_refused(target: PlanTarget) -> None:
    assert target.send(request("GET", f"/rest/instance/{KEY}")).status == 401
    sent = request("POST", f"/rest/sendMessage/{KEY}/text", raw=b"{", headers=AUTHORIZED)
    assert target.send(sent).status == 400


def test_closing_a_plan_closes_the_host(target: PlanTarget, monkeypatch: Any) -> None:
    closed: list[int] = []
    monkeypatch.setattr(target._instead, "close", lambda: closed.append(1))
    target.close()
    assert closed == [1]


@pytest.mark.parametrize(
    ("planned", "text"),
    [
        (Request("GET", "/a", AUTHORIZED), "GET /a"),
        (Request("GET", f"/a?t={TOKEN}", AUTHORIZED), "GET /a?t=<token>"),
        (
            Request("POST", "/a", AUTHORIZED, f'{{"t":"{TOKEN}"}}'.encode()),
            'POST /a {"t":"<token>"}',
        ),
        (Request("POST", "/a", AUTHORIZED, b"x" * 300), f"POST /a {'x' * 300}"),
        (Request("POST", "/a", AUTHORIZED, b"x" * 301), f"POST /a {'x' * 297}..."),
        (Request("POST", "/a", AUTHORIZED, b"\xff"), "POST /a \ufffd"),
        (Request("GET", "/a"), "GET /a  (not with the token itself)"),
    ],
)
def test_a_planned_request_is_one_line_without_the_token(planned: Request, text: str) -> None:
    assert line(planned, token=TOKEN) == text
