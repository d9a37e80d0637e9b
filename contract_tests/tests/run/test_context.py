"""What a run has at hand: whom it writes to, what it has sent, what it may do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.host.stage import GivenStage
from megaapi_contract.host.webhook_receiver import Receiver
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Exchange
from megaapi_contract.run.context import OWN_PICTURE, RunContext, leave_groups, use_given_instance
from megaapi_contract.run.options import RunOptions
from megaapi_contract.safety.fence import EFFECTS

from ..support import KEY, LISTED, TOKEN, UNLISTED

OTHER = HostInstance("megacode-TESTKEY0002", "TESTTOKEN0002", connected=False)


def gate(sent: int = 0, fence: Any = None) -> Any:
    return SimpleNamespace(messages_sent=sent, fence=fence)


def context(contract: Contract, stage: Any = None, **more: Any) -> RunContext:
    options = RunOptions(
        "https://host.example.test", key=KEY, token=TOKEN, recipients=(LISTED,),
        seed=7, media_url=more.pop("media_url", ""),
    )  # fmt: skip
    values: dict[str, Any] = {
        "target": SimpleNamespace(real=False),
        "receiver": Receiver(),
        "gate": gate(),
        "judge": SimpleNamespace(),
    }
    stage = stage or SimpleNamespace(customers=(UNLISTED,))
    return RunContext(options, contract, stage=stage, **{**values, **more})


def peer(sent: int = 0) -> Any:
    return SimpleNamespace(gate=gate(sent))


def test_a_second_instance_is_written_to_before_anybody_listed(contract: Contract) -> None:
    assert context(contract).recipients == (LISTED,)
    assert context(contract, peer=peer()).recipients == (UNLISTED, LISTED)


def test_messages_of_the_second_instance_count_too(contract: Contract) -> None:
    assert context(contract, gate=gate(3)).messages_sent == 3
    assert context(contract, gate=gate(3), peer=peer(4)).messages_sent == 7


@pytest.mark.parametrize(
    ("real", "public", "is_own"),
    [(False, False, True), (True, True, True), (True, False, False)],
)
def test_the_own_picture_is_offered_where_the_host_can_fetch_it(
    contract: Contract, real: bool, public: bool, is_own: bool
) -> None:
    base = "http://127.0.0.1:9"
    receiver = SimpleNamespace(public=public, address_of=lambda name: f"{base}/{name}")
    one = context(contract, target=SimpleNamespace(real=real), receiver=receiver)
    assert one.media_url == (f"{base}/{OWN_PICTURE}" if is_own else "")


def test_a_picture_that_was_given_is_taken_first(contract: Contract) -> None:
    url = "https://files.example.test/p.png"
    assert context(contract, media_url=url).media_url == url


def test_a_fence_says_what_the_run_may_do_and_a_mock_bears_all(contract: Contract) -> None:
    fence = SimpleNamespace(effects=frozenset({"reads", "sends"}))
    assert context(contract, gate=gate(fence=fence)).allowed_effects == {"reads", "sends"}
    assert context(contract).allowed_effects == set(EFFECTS)


def test_a_session_has_the_parts_of_the_run_and_a_probe_of_its_own(contract: Contract) -> None:
    one = context(contract)
    exchanges: list[Exchange] = []
    first, second = one.session("first", exchanges.append), one.session("second")
    assert (first.probe, second.probe, first.seed) == ("first", "second", 7)
    assert first.recipients == (LISTED,) and first.media_url == one.media_url
    for name in ("contract", "gate", "judge", "receiver", "settled_switches", "run_record"):
        assert getattr(first, name) is getattr(second, name) is getattr(one, name), name
    assert first.breaches is not second.breaches
    first.on_exchange(cast(Exchange, "exchange"))
    assert exchanges == ["exchange"]


def test_the_state_of_a_given_instance_reaches_its_stage(contract: Contract) -> None:
    stage = GivenStage(HostInstance(KEY, TOKEN))
    one = context(contract, stage=stage)
    use_given_instance(one, OTHER)
    assert one.instance == OTHER and stage.instance(connected=False) == OTHER


def test_a_mock_keeps_giving_its_own_instances(contract: Contract) -> None:
    one = context(contract)
    use_given_instance(one, OTHER)
    assert one.instance == OTHER


def test_the_groups_of_a_run_are_left_by_a_session_of_their_own(
    contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    probes: list[str] = []
    session = "megaapi_contract.probes.session.Session.leave_groups"
    monkeypatch.setattr(session, lambda self: probes.append(self.probe))
    leave_groups(context(contract))
    assert probes == ["leaving the groups of the run"]
