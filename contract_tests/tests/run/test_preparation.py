"""What a run has before its first probe, and what is closed after its last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.errors import SetupError, Unusable
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.host.stage import GivenStage, MockStage
from megaapi_contract.host.target import HttpTarget, MockTarget
from megaapi_contract.host.webhook_receiver import SECONDS
from megaapi_contract.judging.contract import Contract
from megaapi_contract.run import preparation
from megaapi_contract.run.context import OWN_PICTURE, RunContext
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.planning import PlanTarget
from megaapi_contract.run.preparation import make_target, prepare_run
from megaapi_contract.safety.restore_file import RestoreFile

from ..support import KEY, LISTED, REAL, TOKEN, Recorder

GROUP = {"what": "group", "jid": "120363000000000001@g.us", "people": []}


class Host(Recorder):
    """A real host that notes that it was closed."""

    closed = 0

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def host(contract: Contract) -> Host:
    return Host(contract)


@pytest.fixture(autouse=True)
def unasked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be asked of the host before a run; it is only noted here."""
    asked: list[str] = []
    monkeypatch.setattr(
        preparation, "preflight", lambda context, instance: asked.append(instance.key)
    )
    monkeypatch.setattr(preparation, "require_accounts", lambda context: asked.append("people"))
    monkeypatch.setattr(preparation, "add_peer", lambda context: asked.append("peer"))
    return asked


def options(*allow: str, **more: Any) -> RunOptions:
    values: dict[str, Any] = {
        "key": KEY, "token": TOKEN, "recipients": (LISTED,), "allow": frozenset({"reads", *allow}),
    }  # fmt: skip
    return RunOptions(REAL, **values | more)


def restore_file(folder: Path) -> RestoreFile:
    return RestoreFile(folder / "restore.json", REAL, KEY, token=TOKEN)


def test_a_target_is_the_mock_or_the_host_that_is_named() -> None:
    mock = make_target(RunOptions("mock", seed=3))
    assert isinstance(mock, MockTarget) and mock.in_process
    mock.close()
    target = make_target(options())
    assert isinstance(target, HttpTarget) and target.name == REAL


def test_a_host_without_an_instance_is_refused() -> None:
    with pytest.raises(SetupError, match="needs --instance-key and --token"):
        make_target(RunOptions(REAL))


def test_the_mock_of_this_process_needs_no_fence_and_makes_instances(
    unasked: list[str],
) -> None:
    with prepare_run(RunOptions("mock", seed=3)) as context:
        assert isinstance(context.stage, MockStage) and context.gate.fence is None
        assert context.instance is None and not context.target.real
        assert isinstance(context.target, MockTarget)
        assert context.receiver is context.target.receiver
        assert unasked == []


def test_a_given_instance_is_fenced_with_what_was_allowed(
    host: Host, tmp_path: Path, unasked: list[str]
) -> None:
    run = options("sends", max_messages=3, max_groups=2)
    with prepare_run(run, host, restore_file(tmp_path)) as context:
        fence = context.gate.fence
        assert fence is not None and fence.effects == {"reads", "sends"}
        assert (fence.key, fence.token, fence.recipients) == (KEY, TOKEN, {LISTED})
        assert isinstance(context.stage, GivenStage)
        assert context.instance == HostInstance(KEY, TOKEN)
        assert host.real and host.left == []
        assert unasked == [KEY, "people"]
        assert context.gate.restore is not None


def test_a_second_instance_comes_after_the_first_was_looked_at(
    host: Host, tmp_path: Path, unasked: list[str]
) -> None:
    run = options(peer_key="megacode-TESTKEY0009", peer_token="TESTTOKEN0009")
    with prepare_run(run, host, restore_file(tmp_path)):
        assert unasked == [KEY, "people", "peer"]


def test_webhooks_are_listened_to_where_the_run_may_set_them(host: Host, tmp_path: Path) -> None:
    with prepare_run(options("changes"), host, restore_file(tmp_path)) as context:
        receiver = context.receiver
        assert receiver.patience == SECONDS
        assert context.gate.fence is not None and receiver.url in context.gate.fence.addresses
        assert receiver.files[OWN_PICTURE].startswith(b"\x89PNG")
        assert receiver.address_of(OWN_PICTURE)
        assert context.forwarder is None
    # It listens no more.
    assert receiver.address_of(OWN_PICTURE) == ""


def test_a_run_that_reads_does_not_listen(host: Host, tmp_path: Path) -> None:
    with prepare_run(options(), host, restore_file(tmp_path)) as context:
        assert context.receiver.address_of(OWN_PICTURE) == ""
        assert context.forwarder is None and not context.receiver.public


def test_webhooks_are_passed_on_where_that_was_asked_for(host: Host, tmp_path: Path) -> None:
    run = options("changes", forward=True)
    with prepare_run(run, host, restore_file(tmp_path)) as context:
        assert context.forwarder is not None
        assert context.receiver.forward == context.forwarder.forward


def test_a_public_address_is_refused_where_no_webhook_may_be_set(
    host: Host, tmp_path: Path
) -> None:
    run = options(webhook_url="https://tunnel.example.test", webhook_port=8091)
    with pytest.raises(SetupError, match="that needs --allow changes"):
        prepare_run(run, host, restore_file(tmp_path)).__enter__()
    assert host.closed == 1


def test_a_plan_waits_for_nothing_and_keeps_no_file(
    host: Host, contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        RestoreFile, "for_instance", lambda *_: pytest.fail("a plan opened the file")
    )
    with prepare_run(options("changes"), PlanTarget(contract, host, TOKEN)) as context:
        assert context.gate.restore is None and context.receiver.patience == 0


def test_a_run_that_changes_has_the_instance_for_itself(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = restore_file(tmp_path), restore_file(tmp_path)
    monkeypatch.setattr(RestoreFile, "for_instance", lambda *_: second)
    assert first.lock()
    with pytest.raises(SetupError, match="another run on this machine is changing"):
        prepare_run(options("changes"), host).__enter__()
    with prepare_run(options("sends"), host):
        pass
    first.unlock()
    with prepare_run(options("changes"), host):
        assert not first.lock()
    assert first.lock()
    first.unlock()


def leave_entry(folder: Path) -> RestoreFile:
    """The file of an earlier run, which has left a group."""
    restore = restore_file(folder)
    restore.note(GROUP)
    return RestoreFile(restore.path, REAL, KEY, token=TOKEN, entries=dict(restore.entries))


@pytest.mark.parametrize("allow", ["sends", "changes"])
def test_what_an_earlier_run_has_left_is_put_back_first(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allow: str
) -> None:
    restore = leave_entry(tmp_path)

    def put_back(session: Any, restorer: Any, file: RestoreFile) -> tuple[str, ...]:
        for number in list(file.entries):
            file.drop(number)
        return ("a group",)

    monkeypatch.setattr(preparation, "restore_leftovers", put_back)
    with prepare_run(options(allow), host, restore) as context:
        assert context.restored_before_run == ("a group",)
    assert not restore.path.exists()


def test_what_cannot_be_put_back_stops_a_run_that_would_change_more(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "restore_leftovers", lambda *_: ())
    with pytest.raises(SetupError, match=r"an earlier run has left .*cannot be put back"):
        prepare_run(options("changes"), host, leave_entry(tmp_path)).__enter__()
    with prepare_run(options("sends"), host, leave_entry(tmp_path)) as context:
        assert context.restored_before_run == ()
        # A run that changes may have it meanwhile.
        assert restore_file(tmp_path).lock()


def test_the_host_is_closed_and_the_groups_left_when_a_run_fails(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[RunContext] = []
    monkeypatch.setattr(preparation, "leave_groups", left.append)
    with pytest.raises(RuntimeError), prepare_run(options(), host, restore_file(tmp_path)):
        raise RuntimeError
    assert len(left) == 1 and host.closed == 1


def test_a_host_that_is_gone_at_the_end_is_no_second_error(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(context: RunContext) -> None:
        raise Unusable("the host is down")

    monkeypatch.setattr(preparation, "leave_groups", refuse)
    with prepare_run(options("changes"), host, restore_file(tmp_path)) as context:
        pass
    assert context.receiver.address_of(OWN_PICTURE) == "" and host.closed == 1


def test_a_host_that_fails_the_first_look_is_closed(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(context: RunContext, instance: HostInstance) -> None:
        contexts.append(context)
        raise Unusable("the host is down")

    contexts: list[RunContext] = []
    monkeypatch.setattr(preparation, "preflight", refuse)
    with pytest.raises(Unusable):
        prepare_run(options("changes"), host, restore_file(tmp_path)).__enter__()
    assert contexts[0].receiver.address_of(OWN_PICTURE) == "" and host.closed == 1
