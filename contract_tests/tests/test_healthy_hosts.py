"""Hosts that are as they may be: no run ends with a failure, whatever they do of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.judge import Judge
from megaapi_contract.judging.results import Exchange
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import prepare_run, run
from megaapi_mock.profile import SWITCHES
from megaapi_mock.resources import root

from .healthy import Host, Layer, complaints, judged
from .healthy_table import HOSTS, LAYERS, QUICK, alternatives, mixed
from .proxies import without
from .support import KEY


@pytest.mark.hosts
@pytest.mark.parametrize("name", QUICK)
def test_a_healthy_host_is_not_condemned(name: str) -> None:
    assert complaints(QUICK[name], seed=1) == []


def test_500_without_reason_fails_only_where_mock_headers_arrive() -> None:
    contract = Contract()
    judge = Judge(contract, mock=True)
    file = contract.by_id["send_text"].spec_file
    bare = answered_500()
    assert [one.kind for one in judge.exchange(bare, "a proxy strips all headers")] == []
    fine = replace(bare, status=403, headers=(*bare.headers, ("X-Mock-Exchange", "x0")))
    judge.exchange(fine, "a proxy strips those of failures alone")
    assert [one.kind for one in judge.exchange(bare, "it has another page for them")] == []
    marked = replace(bare, headers=(*bare.headers, ("x-mock-exchange", "x1")))
    breaches = judge.exchange(marked, "the mock's own headers come")
    assert [(one.kind, one.promise.file) for one in breaches] == [("bare-500", file)]
    assert breaches[0].severity() == "failure"


def answered_500() -> Exchange:
    """A send that was refused as the contract has it, without any header of the mock."""
    body = b'{"name":"INTERNAL_SERVER_ERROR","message":"Internal Server Error","statusCode":500}'
    headers = (("Content-Type", "application/json"),)
    url = f"http://mock/rest/sendMessage/{KEY}/text"
    return Exchange(1, "send_text", "POST", url, (), b"{}", 500, headers, body, 0.0, 0.0)


@pytest.mark.hosts
def test_a_send_that_fails_says_nothing_of_webhooks() -> None:
    """A host of another plan than the run has lacks some sends: that they fail is all there is."""
    lacking = Layer(without("buttonMessage"))
    operations = ("send_text", "send_buttons")
    host = Host(given=True, allow=("sends", "changes"), operations=operations, layers=(lacking,))
    failures = judged(host).failures
    assert {one.operation for one in failures} == {"send_buttons"}


BUTTONS = (
    "reply buttons come back with title and id",
    "what is left out is not remembered: send_buttons",
    "long texts come back whole: send_buttons",
)


def test_buttons_of_2022_contradict_no_guess() -> None:
    """They have no title and no ids: a documented alternative, which is noted as such alone."""
    options = RunOptions(target="mock", seed=1, quick=True, probes=BUTTONS)
    target = MockTarget(seed=1, switches={"buttons_form": "2022"})
    with prepare_run(options, target) as context:
        report = run(context)
    assert [one.message for one in report.failures + report.findings] == []
    assert [one.message for one in report.new_facts] == [
        "buttons_form=2022: a documented alternative"
    ]
    assert {one.state for one in report.results} == {"passed"} and len(report.results) == len(
        BUTTONS
    )


def test_the_table_has_every_documented_value_of_every_switch() -> None:
    missing = [
        f"{switch.name}={value}"
        for switch in SWITCHES
        for value in switch.choices or ("",)
        if value != switch.default
        and not any(
            set_ == value or (not value and set_) for host in HOSTS.values()
            if (set_ := host.switches.get(switch.name, "")) and len(host.switches) == 1
        )
    ]  # fmt: skip
    assert missing == []


def test_the_table_has_every_shipped_world() -> None:
    shipped = {file.stem for file in (root("fixtures") / "worlds").glob("*.yaml")} - {"default"}
    assert len(shipped) >= 4
    assert shipped <= {host.world for host in HOSTS.values()}


@pytest.mark.parametrize("seed", range(1, 21))
def test_few_hosts_together_have_all_of_it(seed: int) -> None:
    hosts = mixed(seed).values()
    for name, host in alternatives():
        ((switch, value),) = host.switches.items()
        assert any(one.switches.get(switch) == value for one in hosts), name
    for name, layer in LAYERS.items():
        assert any(layer in one.layers for one in hosts), name
    assert {one.world for one in hosts} - {""} == {one.world for one in HOSTS.values()} - {""}
