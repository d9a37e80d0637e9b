"""How a run ends: its exit code, what it says meanwhile, and what a host on this machine is."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from megaapi_contract.cli import main
from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.target import MockTarget
from megaapi_contract.host.webhook_receiver import (
    MAX_MISSES_AT_START,
    MAX_MISSES_IN_A_ROW,
    NO_WEBHOOK_SENTENCE,
    STOPPED_SENTENCE,
    Receiver,
)
from megaapi_contract.judging.contract import Contract
from megaapi_contract.run import preparation
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import REAL_PACE, prepare_run
from megaapi_contract.run.runner import run as run_all
from megaapi_mock.testing import MockServer

from ..support import KEY, TOKEN, answering, reply

CONNECTED = Contract().answer_example(Contract().by_id["instance_status"])[2]


class Late(MockTarget):
    """The mock, but a sent text has no time."""

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        if request.path.endswith("/text") and answer.status == 200:
            document = json.loads(answer.body)
            document["messageData"].pop("messageTimestamp", None)
            return Answer(200, answer.headers, json.dumps(document).encode())
        return answer


@pytest.mark.hosts
def test_failures_are_said_as_they_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "make_target", lambda options: Late(seed=options.seed))
    run = ["run", "--target", "mock", "--quick", "--seed", "1", "--operation", "send_text"]
    printed = CliRunner().invoke(main, run, catch_exceptions=False).stdout
    first = next(line for line in printed.splitlines() if line.startswith("failure: send_text: "))
    assert printed.index(first) < printed.index("operation  requests")
    failure_lines = [line for line in printed.splitlines() if line.startswith("failure: ")]
    assert len(failure_lines) == len(set(failure_lines)), "each once"


def test_a_run_that_is_not_complete_ends_with_3() -> None:
    with MockServer() as server:
        run = ["run", "--target", server.url, "--no-control-api", "--instance-key", KEY, "--token",
               TOKEN, "--quick", "--seed", "1", "--operation", "pairing_code",
               "--operation", "instance_status", "--allow", "changes"]  # fmt: skip
        result = CliRunner().invoke(main, run, catch_exceptions=False)
    assert result.exit_code == 3, result.output
    assert "NOT COMPLETE" in result.stdout
    assert "3: not complete" in " ".join(CliRunner().invoke(main, ["run", "--help"]).output.split())


@pytest.mark.hosts
def test_a_run_without_any_webhook_stops_waiting_and_says_so() -> None:
    waits = []
    with prepare_run(RunOptions(target="mock", quick=True, seed=1), MockTarget(seed=1)) as context:
        receiver = context.receiver
        receiver.spoil = lambda body: ()
        receiver.patience = 0.01
        wait_for = receiver.wait_for

        def counted(fits: object, **others: object) -> object:
            waits.append(bool(receiver.silence_reason))
            return wait_for(fits, **others)  # type: ignore[arg-type]

        receiver.wait_for = counted  # type: ignore[method-assign, assignment]
        report = run_all(context)
    assert waits.count(False) <= MAX_MISSES_AT_START + 3, "each probe that has begun may end"
    assert report.webhooks_missing == NO_WEBHOOK_SENTENCE and not report.complete
    assert [each.reason for each in report.results].count(NO_WEBHOOK_SENTENCE) > 10


@pytest.mark.hosts
def test_a_run_whose_webhooks_stop_coming_stops_waiting_and_says_so() -> None:
    with prepare_run(RunOptions(target="mock", quick=True, seed=1), MockTarget(seed=1)) as context:
        receiver, budget = context.receiver, [40]

        def some(body: bytes) -> list[bytes]:
            budget[0] -= 1
            if budget[0] > 0:
                return [body]
            # From now on nothing comes: before, each is waited for as long as it takes.
            receiver.patience = 0.01
            return []

        receiver.spoil = some
        report = run_all(context)
    assert report.failures, "what did not come while it was waited for is told"
    assert report.webhooks_missing == STOPPED_SENTENCE
    assert [each.reason for each in report.results].count(STOPPED_SENTENCE) > 10


def test_a_webhook_now_and_then_is_no_silence() -> None:
    receiver = Receiver()
    for _ in range(3 * MAX_MISSES_IN_A_ROW):
        receiver.add(b"{}", ())
        receiver.wait_for(lambda webhooks: False, seconds=0.001)
    assert receiver.silence_reason == ""


def test_a_tunnel_on_this_machine_is_a_real_host() -> None:
    body = json.dumps(CONNECTED).encode()
    options = {"key": KEY, "token": TOKEN, "quick": True}
    with answering(lambda c: c.sendall(reply("200 OK", "application/json", body))) as url:
        with prepare_run(RunOptions(url, **options)) as context:  # type: ignore[arg-type]
            assert context.target.real and context.gate.fence is not None
            assert context.gate._pace.seconds == REAL_PACE
    with MockServer() as server:
        with prepare_run(RunOptions(server.url, control_api=False, **options)) as context:  # type: ignore[arg-type]
            assert not context.target.real and context.gate._pace.seconds == 0
