"""Everything a run needs, made before its first probe and put away after the last."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import SetupError, Unusable
from ..host.forwarding import Forwarder
from ..host.place import Place
from ..host.stage import GivenStage, MockStage, Stage, is_mock
from ..host.target import HttpTarget, MockTarget, Target
from ..host.tunnel_check import require_way_here
from ..host.webhook_receiver import SECONDS_REAL, Receiver
from ..judging.contract import Contract
from ..judging.judge import Judge
from ..probes.cases import PICTURE
from ..safety.fence import Fence, listed
from ..safety.gate import Gate, Pace
from ..safety.put_back import put_back_left
from ..safety.restore_file import RestoreFile
from .options import RunOptions
from .planning import PlanTarget
from .preflight import preflight
from .ready import OWN_PICTURE, Ready, leave_groups

REAL_PACE = 1.0
CHANGING = frozenset({"changes", "disconnects"})


@contextmanager
def ready(
    options: RunOptions, target: Target | None = None, restore: RestoreFile | None = None
) -> Iterator[Ready]:
    """Everything a run needs, put away at the end. SetupError or Unusable before any probe.

    `restore` is a file of what must be put back in place of the instance's own.
    """
    contract = Contract(options.spec, plan=options.gateway_plan)
    target = target or make_target(options)
    try:
        made = _made_ready(options, contract, target, restore)
        try:
            yield made
        finally:
            _put_away(made)
    finally:
        target.close()


def make_target(options: RunOptions) -> Target:
    """The host the options name."""
    if options.target == "mock":
        return MockTarget(seed=options.seed)
    host = HttpTarget(options.target, timeout=options.timeout)
    options.require_instance()
    return host


def _made_ready(
    options: RunOptions, contract: Contract, target: Target, restore: RestoreFile | None = None
) -> Ready:
    given = Place(options.key, options.token)
    receiver = target.receiver if isinstance(target, MockTarget) else Receiver()
    marked = target.in_process or (not target.real and is_mock(target, options.control_token))
    target.real = not marked
    mock = target.in_process or (marked and options.control_api)
    judge = Judge(contract, mock=mock)
    if mock:
        stage: Stage = MockStage(target, control_token=options.control_token)
        gate = Gate(target, contract)
        place = None
    else:
        stage, gate = GivenStage(given), _fenced(options, contract, target, restore)
        place = given
    made = Ready(options, contract, target, stage, receiver, gate, judge, place)
    try:
        return _connected(made, given, mock=mock)
    except BaseException:
        _let_go(made)
        raise


def _connected(made: Ready, given: Place, *, mock: bool) -> Ready:
    options, target, receiver, gate = made.options, made.target, made.receiver, made.gate
    if not target.in_process:
        if mock or "changes" in options.allow:
            _listen(receiver, options, target)
            if options.forward:
                made.forwarder = Forwarder()
                receiver.pass_on = made.forwarder.pass_on
        elif options.webhook_url:
            raise SetupError("--webhook-url is set on the instance: that needs --allow changes")
        if gate.fence is not None:
            gate.fence.addresses |= {receiver.url, made.media_url} - {""}
        preflight(made, given)
        if gate.restore is not None:
            _put_back_left(made, gate.restore)
    return made


def _put_back_left(made: Ready, restore: RestoreFile) -> None:
    """What a run before could not put back; while another run is at it, that is its own matter."""
    if not restore.entries or not restore.lock():
        return
    restore.reload()
    session = made.session("what a run before has left")
    made.put_back = put_back_left(session, session.keeping, restore)
    if restore.entries and made.options.allow & CHANGING:
        raise SetupError(
            f"a run before has left {restore.in_words}, which cannot be put back: {restore.path}"
        )
    if not made.options.allow & CHANGING:
        restore.unlock()


def _listen(receiver: Receiver, options: RunOptions, target: Target) -> None:
    receiver.files[OWN_PICTURE] = b64decode(PICTURE)
    receiver.listen(options.webhook_port, host=options.webhook_host, url=options.webhook_url)
    if isinstance(target, PlanTarget):
        # Nobody is asked, so nobody will post.
        receiver.patience = 0.0
        return
    if target.real:
        receiver.patience = SECONDS_REAL
    if options.webhook_url:
        try:
            require_way_here(receiver, timeout=options.timeout)
        except SetupError:
            receiver.close()
            raise


def _fenced(
    options: RunOptions, contract: Contract, target: Target, restore: RestoreFile | None
) -> Gate:
    fence = Fence(
        contract=contract,
        key=options.key,
        token=options.token,
        allowed=options.allow | {"reads"},
        recipients=listed(options.recipients),
    )
    pace = options.pace if options.pace is not None else REAL_PACE if target.real else 0.0
    return Gate(
        target,
        contract,
        fence=fence,
        pace=Pace(seconds=pace, seed=options.seed),
        max_messages=options.max_messages,
        max_groups=options.max_groups,
        restore=restore
        or (None if isinstance(target, PlanTarget) else _restore_file(options, target)),
    )


def _restore_file(options: RunOptions, target: Target) -> RestoreFile | None:
    """Where a change is noted before it is made; SetupError while another run is changing."""
    if isinstance(target, PlanTarget):
        return None
    restore = RestoreFile.of(target.name, options.key, options.token)
    if options.allow & CHANGING and not restore.lock():
        raise SetupError("another run on this machine is changing this instance now: wait for it")
    return restore


def _put_away(made: Ready) -> None:
    try:
        if not made.target.in_process:
            # A mock of this process goes with the run, and all that was made on it.
            made.stage.close()
        leave_groups(made)
    except Unusable:
        # The host is gone, and what was made on a mock with it; the run says so itself.
        return
    finally:
        _let_go(made)


def _let_go(made: Ready) -> None:
    made.receiver.close()
    if made.forwarder is not None:
        made.forwarder.close()
    if made.gate.restore is not None:
        made.gate.restore.unlock()
