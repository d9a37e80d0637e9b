"""Adds a second instance to a run: it plays the customer of the given one, behind its own fence."""

from __future__ import annotations

from ...errors import SetupError
from ...host.host_instance import HostInstance
from ...host.http import request
from ...host.mock_health import is_mock
from ...host.stage import MockStage
from ...host.status import Status, read_status
from ...host.target import HttpTarget, Target
from ...judging.judge import Judge
from ...judging.phone_spellings import is_same_phone
from ...probes.session import Session
from ...safety.fence import Fence
from ...safety.gate import Gate
from ...safety.put_back import restore_leftovers
from ...safety.restore_file import RestoreFile
from ..context import RunContext
from ..default_pace import pace_of
from ..planning import PlanTarget
from ..preflight import NamedInstance, number_of, require_instance
from .stage import OPERATIONS, PeerStage

# What a second instance may do at all: it writes, leaves the groups it was put into, and has its
# webhooks come to the suite while a probe looks at what arrives there.
EFFECTS = frozenset({"reads", "sends", "changes"})
CHANGES = "changes"
ON_ANOTHER_HOST = "the second instance is on another host, whose webhooks would be judged"
NOT_FORWARDED = "--forward passes on the webhooks of one instance alone"
IN_USE = "another run on this machine is changing the second instance now: wait for it"
INPUT = "messagesInput"
BLOCKED = f"the given instance blocks {INPUT}, so that nothing a customer writes is told"


def add_peer(context: RunContext) -> None:
    """Have the second instance write for the customers; SetupError where it cannot."""
    if isinstance(context.stage, MockStage):
        raise SetupError(
            "this mock acts for customers itself: leave --peer-instance-key out, or add "
            "--no-control-api"
        )
    assert context.instance is not None
    if isinstance(context.target, PlanTarget) or not context.instance.connected:
        # Nothing is sent, or nobody can be written to.
        return
    options = context.options
    target = _peer_target(context)
    session = context.peer = _session(context, target)
    named_instance = NamedInstance(
        HostInstance(options.peer_key, options.peer_token, options.peer_number), target.name,
        "--peer-target", "--peer-instance-key", "--peer-token", "--peer-number",
    )  # fmt: skip
    state = require_instance(session, named_instance)
    number = number_of(state, named_instance)
    _require_writer(context, target, number, linked=state.connected)
    session.gate.restore = _restore_file(context, target)
    assert session.gate.fence is not None and context.gate.fence is not None
    session.gate.fence.own = number
    context.gate.fence.recipients |= {number}
    own = read_status(context.session("preflight").call("instance_status", context.instance))
    names = {context.instance.number: _name(own), number: _name(state)}
    peer = HostInstance(options.peer_key, options.peer_token, number)
    stage = PeerStage(context.instance, session, peer, names)
    stage.silence = BLOCKED if blocks_input(context) else ""
    stage.unread = _why_unread(context, target)
    if target.name == context.target.name:
        context.gate.fence.foreign_tokens |= {options.peer_token}
    context.stage = stage
    _restore_leftovers(context, session)


def _why_unread(context: RunContext, target: Target) -> str:
    """Why nobody looks at what the second instance gets; empty when somebody does."""
    if target.name != context.target.name:
        return ON_ANOTHER_HOST
    return NOT_FORWARDED if context.options.forward else ""


def _restore_leftovers(context: RunContext, session: Session) -> None:
    """Restore what an earlier run has left of the second instance; SetupError where it cannot."""
    restore = session.gate.restore
    if restore is None or not restore.entries:
        return
    restored = restore_leftovers(session, session.restorer, restore)
    context.restored_before_run += restored
    if CHANGES not in context.options.allow:
        restore.unlock()
    elif restore.entries:
        raise SetupError(
            f"an earlier run has left {restore.description} of the second instance, which cannot "
            f"be put back: {restore.path}"
        )


def _peer_target(context: RunContext) -> Target:
    """The second instance's host: the one under test, or another one."""
    options = context.options
    if not options.peer_target:
        return context.target
    target = HttpTarget(options.peer_target, timeout=options.timeout, option="--peer-target")
    target.real = target.real or not is_mock(target)
    if not (target.real or context.target.real):
        _require_same_mock(context)
    return target


def _require_same_mock(context: RunContext) -> None:
    """SetupError when the second instance is on another mock, from which no message comes."""
    options = context.options
    path = context.contract.by_id["instance_status"].path
    path = path.replace("{instance_key}", options.peer_key)
    headers = [("Authorization", f"Bearer {options.peer_token}")]
    if context.target.send(request("GET", path, headers=headers)).status == 404:
        raise SetupError(
            "the two addresses are two mocks, and no message goes from one to the other: give "
            "two instances of one mock"
        )


def _session(context: RunContext, target: Target) -> Session:
    """What the second instance is called with: a gate with a fence of its own."""
    options, contract = context.options, context.contract
    assert context.instance is not None
    fence = Fence(
        contract=contract,
        key=options.peer_key,
        token=options.peer_token,
        effects=(options.allow | {"reads"}) & EFFECTS,
        recipients=frozenset({context.instance.number} - {""}),
        operations=OPERATIONS,
    )
    gate = Gate(
        target, contract, fence=fence, pace=pace_of(options, target),
        max_messages=options.max_messages,
    )  # fmt: skip
    return Session(
        contract=contract, gate=gate, judge=Judge(contract, mock=False),
        receiver=context.receiver, recipients=(), seed=options.seed,
        probe="the second instance",
    )  # fmt: skip


def _restore_file(context: RunContext, target: Target) -> RestoreFile | None:
    """The restore file of the second instance: of a run that may change it, or of an earlier one.

    SetupError while another run is changing it; None where this one changes nothing.
    """
    options = context.options
    restore = RestoreFile.for_instance(target.name, options.peer_key, options.peer_token)
    is_changing = CHANGES in options.allow
    if not is_changing and not restore.entries:
        return None
    if not restore.lock():
        if is_changing:
            raise SetupError(IN_USE)
        return None
    restore.reload()
    return restore


def _require_writer(context: RunContext, target: Target, number: str, *, linked: bool) -> None:
    options, instance = context.options, context.instance
    assert instance is not None
    if target.name == context.target.name and options.peer_key == options.key:
        raise SetupError("--peer-instance-key: this is the instance under test: give another one")
    if not linked:
        raise SetupError(
            f"{target.name}: the second instance is not linked: scan its QR code first"
        )
    if not number:
        raise SetupError(
            f"{target.name} does not show the number of the second instance: give it with "
            "--peer-number"
        )
    if not instance.number:
        raise SetupError(
            f"{context.target.name} does not show the number of the instance, which the second "
            "one would write to: give it with --instance-number"
        )
    if is_same_phone(number, instance.number):
        raise SetupError("both instances have the same number: a second number is needed")


def blocks_input(context: RunContext) -> bool:
    """Whether the owner of the given instance has switched off the webhooks of what is written."""
    if "config_details" not in context.contract.by_id or context.instance is None:
        return False
    config = context.session("preflight").call("config_details", context.instance).json
    data = config.get("configData") if isinstance(config, dict) else None
    blocked = data.get("blockEvents") if isinstance(data, dict) else None
    return isinstance(blocked, list) and INPUT in blocked


def _name(state: Status) -> str:
    name = state.user.get("name") if isinstance(state.user, dict) else None
    return name if isinstance(name, str) else ""
