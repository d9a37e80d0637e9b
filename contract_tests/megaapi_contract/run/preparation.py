"""Prepares everything a run needs, and closes it afterwards."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import SetupError, Unusable
from ..host.forwarding import Forwarder
from ..host.host_instance import HostInstance
from ..host.mock_health import is_mock
from ..host.stage import GivenStage, MockStage, Stage
from ..host.target import HttpTarget, MockTarget, Target
from ..host.tunnel_check import require_tunnel
from ..host.upload import CUT_FORM
from ..host.webhook_receiver import Receiver
from ..judging.contract import Contract
from ..judging.judge import Judge
from ..probes.cases import PICTURE
from ..probes.laws.access import unreadable_bodies
from ..probes.laws.requests import good_requests_of
from ..safety.fence import Fence, digits_of
from ..safety.gate import Gate
from ..safety.put_back import restore_leftovers
from ..safety.restore_file import RestoreFile
from .context import OWN_PICTURE, RunContext, leave_groups
from .default_pace import pace_of
from .options import RunOptions
from .peer.preparation import add_peer
from .person.preparation import add_person
from .planning import PlanTarget
from .preflight import preflight
from .recipients import require_accounts
from .terminal import Terminal, open_terminal

CHANGING = frozenset({"changes", "disconnects"})


@contextmanager
def prepare_run(
    options: RunOptions,
    target: Target | None = None,
    restore: RestoreFile | None = None,
    terminal: Terminal | None = None,
) -> Iterator[RunContext]:
    """The context of a run, closed at the end. SetupError or Unusable before any probe.

    `restore` is a file of what must be put back in place of the instance's own; `terminal` is where
    a person is asked, in place of that of this process.
    """
    if options.ask and not isinstance(target, PlanTarget):
        terminal = terminal or open_terminal()
    contract = Contract(options.spec, plan=options.gateway_plan)
    target = target or make_target(options)
    try:
        context = _build_context(options, contract, target, restore)
        try:
            if terminal is not None:
                add_person(context, terminal)
            yield context
        finally:
            _close_run(context)
    finally:
        target.close()


def make_target(options: RunOptions) -> Target:
    """The host the options name."""
    if options.target == "mock":
        return MockTarget(seed=options.seed, profile=options.gateway_plan)
    host = HttpTarget(options.target, timeout=options.timeout)
    options.require_instance()
    return host


def _build_context(
    options: RunOptions, contract: Contract, target: Target, restore: RestoreFile | None = None
) -> RunContext:
    given_instance = HostInstance(options.key, options.token)
    receiver = target.receiver if isinstance(target, MockTarget) else Receiver()
    is_any_mock = target.in_process or (not target.real and is_mock(target, options.control_token))
    target.real = not is_any_mock
    mock = target.in_process or (is_any_mock and options.control_api)
    judge = Judge(contract, mock=mock)
    if mock:
        stage: Stage = MockStage(target, control_token=options.control_token)
        gate = Gate(target, contract)
        instance = None
    else:
        stage, gate = GivenStage(given_instance), _fenced_gate(options, contract, target, restore)
        instance = given_instance
    context = RunContext(options, contract, target, stage, receiver, gate, judge, instance)
    try:
        return _connect(context, given_instance, mock=mock)
    except BaseException:
        _release(context)
        raise


def _connect(context: RunContext, given_instance: HostInstance, *, mock: bool) -> RunContext:
    options, target, receiver, gate = (
        context.options,
        context.target,
        context.receiver,
        context.gate,
    )
    if not target.in_process:
        if mock or "changes" in options.allow:
            _listen(receiver, options, target)
            if options.forward:
                context.forwarder = Forwarder()
                receiver.forward = context.forwarder.forward
        elif options.webhook_url:
            raise SetupError("--webhook-url is set on the instance: that needs --allow changes")
        if gate.fence is not None:
            gate.fence.addresses |= {receiver.url, context.media_url} - {""}
        preflight(context, given_instance)
        if gate.restore is not None:
            _restore_leftovers(context, gate.restore)
        require_accounts(context)
        if options.peer_key:
            add_peer(context)
    return context


def _restore_leftovers(context: RunContext, restore: RestoreFile) -> None:
    """Restore what an earlier run has left, unless another run is using the file."""
    if not restore.entries or not restore.lock():
        return
    restore.reload()
    session = context.session("what an earlier run has left")
    context.restored_before_run = restore_leftovers(session, session.restorer, restore)
    if restore.entries and context.options.allow & CHANGING:
        raise SetupError(
            f"an earlier run has left {restore.description}, which cannot be put back: "
            f"{restore.path}"
        )
    if not context.options.allow & CHANGING:
        restore.unlock()


def _listen(receiver: Receiver, options: RunOptions, target: Target) -> None:
    receiver.files[OWN_PICTURE] = b64decode(PICTURE)
    receiver.listen(options.webhook_port, host=options.webhook_host, url=options.webhook_url)
    if isinstance(target, PlanTarget):
        # Nothing is sent, so no webhook will come.
        receiver.patience = 0.0
        return
    if options.webhook_url:
        try:
            require_tunnel(receiver, timeout=options.timeout)
        except SetupError:
            receiver.close()
            raise


def _fenced_gate(
    options: RunOptions, contract: Contract, target: Target, restore: RestoreFile | None
) -> Gate:
    fence = Fence(
        contract=contract,
        key=options.key,
        token=options.token,
        effects=options.allow | {"reads"},
        recipients=digits_of(options.recipients),
        unreadable=unreadable_bodies(),
        files={
            CUT_FORM,
            *filter(None, (request.upload for request in good_requests_of(contract).values())),
        },
    )
    return Gate(
        target,
        contract,
        fence=fence,
        pace=pace_of(options, target),
        max_messages=options.max_messages,
        max_groups=options.max_groups,
        restore=restore
        or (None if isinstance(target, PlanTarget) else _restore_file(options, target)),
    )


def _restore_file(options: RunOptions, target: Target) -> RestoreFile | None:
    """The restore file of the given instance; SetupError while another run is changing it."""
    if isinstance(target, PlanTarget):
        return None
    restore = RestoreFile.for_instance(target.name, options.key, options.token)
    if options.allow & CHANGING and not restore.lock():
        raise SetupError("another run on this machine is changing this instance now: wait for it")
    return restore


def _close_run(context: RunContext) -> None:
    try:
        if not context.target.in_process:
            # A mock of this process goes with the run, and all that was made on it.
            if isinstance(context.stage, MockStage):
                context.stage.adopt(context.gate.instances_made)
            context.stage.close()
        leave_groups(context)
    except Unusable:
        # The host is gone, and what was made on a mock with it; the run says so itself.
        return
    finally:
        _release(context)


def _release(context: RunContext) -> None:
    context.receiver.close()
    if context.forwarder is not None:
        context.forwarder.close()
    for gate in (context.gate, context.peer.gate if context.peer is not None else None):
        if gate is not None and gate.restore is not None:
            gate.restore.unlock()
