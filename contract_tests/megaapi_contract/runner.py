"""One run: a host made ready, every probe that may be tried, and the report of it all."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from megaapi_mock.spec.operations import Operation, find_operation
from megaapi_mock.spelling import did_you_mean

from .alternatives import Settled
from .cases import LINKING, Cases
from .contract import Contract
from .coverage import Coverage
from .errors import (
    HeldBack,
    Impossible,
    NotTried,
    SetupError,
    SuiteError,
    Unusable,
    as_bug,
)
from .fence import Fence, listed
from .forwarding import Forwarder
from .gate import KEPT_BODY, Gate, Pace
from .generated import generated
from .judge import Judge
from .laws import all_laws
from .options import RunOptions
from .outcome import (
    Broken,
    Exchange,
    OperationCoverage,
    ProbeInterrupted,
    Promise,
    Report,
    Result,
    RunInterrupted,
    State,
)
from .planning import PlanTarget
from .probe import PHASES, Probe
from .reach import require_way_here
from .receiver import DEAF, SECONDS_REAL, Receiver
from .restore import RestoreFile, put_back_left
from .routes import MISSING, Routes
from .session import Place, Session
from .stage import GivenStage, MockStage, Stage, is_mock
from .stateful import PHASE as STATEFUL
from .stateful import stateful
from .status import LIST, read_status
from .target import HttpTarget, MockTarget, Target

# At most so many exchanges are kept whole for the reports; the counts go on.
KEPT_EXCHANGES = 50_000
REAL_PACE = 1.0
CHANGING = frozenset({"changes", "disconnects"})

# What reading a document of another shape than promised raises, and what the judge calls those.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
_SHAPES = frozenset({"schema", "status", "content-type", "webhook"})

NOT_TO_ITS_END = "the run was interrupted"

OnProgress = Callable[[Probe, int, int], None]
OnResult = Callable[[Result, list[Exchange]], None]


@dataclass
class Ready:
    """A host that can be judged, and all that stands around it."""

    options: RunOptions
    contract: Contract
    target: Target
    stage: Stage
    receiver: Receiver
    gate: Gate
    judge: Judge
    place: Place | None = None
    settled: Settled = field(default_factory=Settled)
    routes: Routes = field(default_factory=Routes)
    # Whether the given instance was linked as the run began: it may have logged it out since.
    began_linked: bool = False
    forwarder: Forwarder | None = None
    # What was put back for a run before, which could not do it itself.
    put_back: tuple[str, ...] = ()

    def session(self, probe: str, heard: Callable[[Exchange], None] = lambda _: None) -> Session:
        """A probe's own surroundings."""
        return Session(
            contract=self.contract,
            gate=self.gate,
            judge=self.judge,
            receiver=self.receiver,
            recipients=self.options.recipients,
            seed=self.options.seed,
            media_url=self.options.media_url,
            settled=self.settled,
            probe=probe,
            on_exchange=heard,
        )

    @property
    def allowed(self) -> frozenset[str]:
        """The effects the run may have: all of them on a mock."""
        return self.gate.fence.allowed if self.gate.fence else frozenset(EVERY_EFFECT)


DISCONNECTS = "disconnects"
# Said after a run that has ended the link of a given instance.
LOGGED_OUT = "the run has logged the instance out: scan the QR code, or it stays offline"
# How often, and every how many seconds, a restarted instance is looked at.
LOOKS, LOOK_EVERY = 20, 0.5
EVERY_EFFECT = ("reads", "sends", "changes", "disconnects")


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
    mock = target.in_process or (marked and options.side_door)
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
            gate.fence.addresses |= {receiver.url, options.media_url} - {""}
        preflight(made, given)
        if gate.restore is not None:
            _put_back_left(made, gate.restore)
    return made


def _put_back_left(made: Ready, restore: RestoreFile) -> None:
    """What a run before could not put back; while another run is at it, that is its own matter."""
    if not restore.entries or not restore.lock():
        return
    restore.reload()
    made.put_back = put_back_left(made.session("what a run before has left"), restore)
    if restore.entries and made.options.allow & CHANGING:
        raise SetupError(
            f"a run before has left {restore.in_words}, which cannot be put back: {restore.path}"
        )
    if not made.options.allow & CHANGING:
        restore.unlock()


def _listen(receiver: Receiver, options: RunOptions, target: Target) -> None:
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
    restore = RestoreFile.of(target.name, options.key)
    if options.allow & CHANGING and not restore.lock():
        raise SetupError("another run on this machine is changing this instance now: wait for it")
    return restore


def preflight(made: Ready, given: Place) -> None:
    """One look at the given instance: Unusable or SetupError unless it answers as a gateway."""
    session = made.session("preflight")
    status = session.call("instance_status", given)
    location = status.header("Location")
    if 300 <= status.status < 400:
        raise Unusable(
            f"{made.target.name} redirects to {location or 'nowhere'}: no redirect is followed, "
            "give --target the address itself if you trust it"
        )
    shown = read_status(status)
    told = isinstance(status.json, dict) or shown.form == LIST
    if not told and not _empty_but_known(status, session, given):
        kind = status.header("Content-Type").partition(";")[0] or "no content type"
        raise Unusable(
            f"{made.target.name} answers {status.status} with {kind} where a gateway answers "
            "a JSON object: is it a megaAPI host, and is it up?"
        )
    if status.status == 404:
        raise SetupError(f"{made.target.name} does not know the instance key (--instance-key)")
    if status.status in (401, 403):
        raise SetupError(f"{made.target.name} refuses the token (--token): {status.status}")
    if not status.ok:
        raise Unusable(f"{made.target.name} answers {status.status} to a status call")
    if made.gate.fence is not None:
        made.gate.fence.own = shown.number
    if made.place is not None:
        stand_on(made, replace(made.place, number=shown.number, connected=shown.connected))
        made.began_linked = shown.connected


def stand_on(made: Ready, place: Place) -> None:
    """From now on the given instance is known to be in this state."""
    made.place = place
    made.stage = GivenStage(place)


def _empty_but_known(status: Exchange, session: Session, given: Place) -> bool:
    """Whether an empty 200 is a gateway's: some answer so while no phone is linked."""
    if status.status != 200 or status.body:
        return False
    return session.call("webhook_settings", given).json is not None


def _put_away(made: Ready) -> None:
    try:
        made.stage.close()
        leave_groups(made)
    except Unusable:
        # The host is gone, and what was made on a mock with it; the run says so itself.
        return
    finally:
        _let_go(made)


def leave_groups(made: Ready) -> None:
    """Leave the groups of the run, at its end."""
    made.session("leaving the groups of the run").leave_groups()


def _let_go(made: Ready) -> None:
    made.receiver.close()
    if made.forwarder is not None:
        made.forwarder.close()
    if made.gate.restore is not None:
        made.gate.restore.unlock()


# -- the run ---------------------------------------------------------------------------------


def probes(made: Ready) -> list[Probe]:
    """Every probe, in the order of the phases: what is cheap and telling first."""
    cases = Cases(made.contract)
    options = made.options
    found = [
        *generated(cases, made.contract.operations, examples=options.examples, quick=options.quick),
        *stateful(
            made.contract,
            cases,
            [found for found in made.contract.operations if _may_be_chained(found, made)],
            chains=options.chains,
        ),
        *all_laws(),
    ]
    return sorted(found, key=lambda probe: (_parting(probe, made), PHASES.index(probe.phase)))


def _may_be_chained(operation: Operation, made: Ready) -> bool:
    """On a given instance no chain ends the link: nobody is there to scan the code again."""
    chained = operation.effect in made.allowed
    return chained and (made.place is None or operation.effect != DISCONNECTS)


def _parting(probe: Probe, made: Ready) -> int:
    """What may end the link of a given instance comes last, what ends it for good at the end."""
    if made.place is None or DISCONNECTS not in probe.effects:
        return 0
    return 2 if "logout" in probe.operations else 1


def why_not(probe: Probe, made: Ready) -> str:
    """Why a probe is left out; nothing when it may be tried."""
    missing = probe.effects - made.allowed
    if missing:
        return f"it {', '.join(sorted(missing))}: --allow {' --allow '.join(sorted(missing))}"
    if probe.phone and not made.stage.phone:
        return "it needs a phone and customers in our hands, which a mock has"
    unknown = [name for name in probe.operations if name not in made.contract.by_id]
    if unknown:
        return f"plan {made.contract.plan} has no {', '.join(unknown)}"
    if made.options.quick and not probe.quick:
        return "not in a quick run"
    return ""


def wanted(probe: Probe, options: RunOptions) -> bool:
    """Whether the options ask for it."""
    if options.probes and probe.name not in options.probes:
        return False
    return not options.operations or bool(set(probe.operations) & set(options.operations))


def chosen_probes(made: Ready) -> list[Probe]:
    """The probes the options ask for; SetupError names an operation or a probe there is not."""
    every, options = list(probes(made)), made.options
    names = [probe.name for probe in every]
    for name in options.probes:
        if name not in names:
            raise SetupError(
                f"--probe {name}: there is no such probe: {did_you_mean(name, names)}"
                "`megaapi-contract probes` lists them all"
            )
    chosen = [probe for probe in every if wanted(probe, options)]
    if not chosen:
        raise SetupError("no probe of that name is about that operation: give one of the two")
    return chosen


def _with_operation_ids(made: Ready) -> Ready:
    """The same, `--operation` with the ids of the operations a person named in any spelling."""
    ids = tuple(_operation(name, made) for name in made.options.operations)
    return replace(made, options=replace(made.options, operations=ids))


def _operation(name: str, made: Ready) -> str:
    """The id of an operation as a person spells it."""
    known = made.contract.operations
    operation = find_operation(known, name)
    if operation is None:
        guess = did_you_mean(name, [one.id for one in known])
        raise SetupError(
            f"--operation {name}: plan {made.options.gateway_plan} has no such operation: {guess}"
            "`megaapi-contract probes` names them all"
        )
    return operation.id


def run(
    made: Ready,
    on_progress: OnProgress = lambda probe, done, of: None,
    on_result: OnResult = lambda result, exchanges: None,
) -> Report:
    """Try everything that may be tried; never raises for what the host does.

    `on_result` hears of each probe that ended, with the exchanges kept of it.

    RunInterrupted holds what was found until somebody ended it.
    """
    made = _with_operation_ids(made)
    started = time.perf_counter()
    report = Report(
        target=made.target.name,
        real=made.target.real,
        seed=made.options.seed,
        started=time.time(),
        strict=made.options.strict,
        options=made.options.shown(),
    )
    chosen = chosen_probes(made)
    reasons = Counter(why_not(probe, made) for probe in chosen)
    if "" not in reasons:
        raise SetupError(f"nothing can be tried: {reasons.most_common(1)[0][0]}")
    coverage = Coverage(made.contract)
    keeper = _Keeper(report, coverage)
    try:
        for done, probe in enumerate(chosen):
            on_progress(probe, done, len(chosen))
            before = len(report.exchanges)
            report.results.append(try_probe(probe, made, keeper.heard))
            on_result(report.results[-1], report.exchanges[before:])
            if report.results[-1].state == "unusable":
                report.unusable = report.unusable or report.results[-1].reason
                if not report.results[-1].bug:
                    break
            elif DISCONNECTS in probe.effects and report.results[-1].cases:
                _look_again(made, report, patient="logout" not in probe.operations)
    except KeyboardInterrupt as ended:
        if isinstance(ended, ProbeInterrupted):
            report.results.append(ended.result)
        report.interrupted = True
    _leave_groups_now(made, report)
    report.webhooks = list(made.receiver.webhooks)
    report.messages_sent = made.gate.messages_sent
    report.unheard = DEAF if made.receiver.deaf else ""
    report.coverage = _of_the_run(coverage, chosen, made)
    if not report.unusable and _nothing_tried(report, made.options):
        reasons = Counter(report.unanswered.values()) or Counter(map(_reason, report.results))
        report.unusable = f"nothing could be tried: {reasons.most_common(1)[0][0]}"
    report.seconds = time.perf_counter() - started
    if report.interrupted:
        for covered in report.coverage.values():
            covered.why_not = covered.why_not or ("" if covered.answered else NOT_TO_ITS_END)
        raise RunInterrupted(report)
    return report


def _look_again(made: Ready, report: Report, *, patient: bool) -> None:
    """See whether the given instance is still linked, and judge it as what it is from now on."""
    if made.place is None or not made.place.connected:
        return
    for _ in range(LOOKS if patient else 1):
        answer = made.session("after a disconnection").call("instance_status", made.place)
        if read_status(answer).connected:
            return
        made.gate.rest(LOOK_EVERY)
    stand_on(made, replace(made.place, connected=False))
    report.notes.append(LOGGED_OUT)


def _leave_groups_now(made: Ready, report: Report) -> None:
    """Before the report is written, so that it can say what is left."""
    try:
        leave_groups(made)
    except KeyboardInterrupt:
        report.interrupted = True
    except SuiteError as error:
        report.unusable = report.unusable or str(error)


def _nothing_tried(report: Report, options: RunOptions) -> bool:
    """Whether every request stayed, or every one of what was asked for."""
    asked = any(covered.requests for covered in report.coverage.values())
    wanted = bool(options.operations and report.coverage)
    return (wanted and not asked) or all(each.state == "left out" for each in report.results)


def _reason(result: Result) -> str:
    return result.reason or "no request of it was made"


def try_probe(
    probe: Probe, made: Ready, heard: Callable[[Exchange], None] = lambda _: None
) -> Result:
    """One probe, tried or left out; ProbeInterrupted holds what it had found."""
    result = Result(probe.name, probe.phase, probe.operations)
    result.reason = why_not(probe, made)
    if result.reason:
        result.state = "left out"
        return result
    session = made.session(probe.name, heard)
    result.first = made.gate.requests + 1
    held, webhooks = Counter(made.gate.held), len(made.receiver.webhooks)
    started = time.perf_counter()
    interrupted = False
    try:
        try:
            _require_routes(probe, made, session)
            probe.run(session, made.stage)
        finally:
            session.put_back()
    except Unusable as error:
        result.state, result.reason = "unusable", str(error)
    except (NotTried, HeldBack) as error:
        result.reason = str(error)
        # What was only looked up first, the state of an instance say, is no try of it.
        if not session.asked & set(probe.operations):
            result.state = "left out"
    except Impossible as error:
        session.broken.append(_unreadable(probe, made, error))
    except Exception as error:
        if isinstance(error, UNREADABLE) and _met_another_shape(session):
            # The answer kept no shape a probe can work with; the judge says where.
            session.broken.append(_unreadable(probe, made, error))
        else:
            result.state, result.reason, result.bug = "unusable", str(as_bug(error)), True
    except KeyboardInterrupt:
        interrupted = True
    for webhook in made.receiver.webhooks[webhooks:]:
        session.broken += made.judge.webhook(webhook, probe.name)
    result.seconds = time.perf_counter() - started
    result.last = made.gate.requests
    kept = made.gate.held - held
    result.cases, result.held = session.exchanges, kept.total()
    if kept and not session.asked & set(probe.operations) and result.state == "passed":
        result.state, result.reason = "left out", kept.most_common(1)[0][0]
    result.broken = tuple({broken.identity: broken for broken in session.broken}.values())
    if result.broken and result.state == "passed":
        verdicts = {broken.verdict(strict=made.options.strict) for broken in result.broken}
        worst: State = "failed" if "failure" in verdicts else "findings"
        result.state = worst if verdicts - {"new fact"} else "passed"
    if interrupted:
        result.reason = NOT_TO_ITS_END
        result.state = "left out" if result.state == "passed" else result.state
        raise ProbeInterrupted(result)
    return result


def _met_another_shape(session: Session) -> bool:
    """Whether an answer or a webhook left the contract: only reading such a one may fail."""
    return any(broken.kind in _SHAPES for broken in session.broken)


def _require_routes(probe: Probe, made: Ready, session: Session) -> None:
    """NotTried where the host has not got one of the operations whose path is a guess.

    Chains go on without it: they are about many others.
    """
    if probe.phase == STATEFUL:
        return
    for name in made.routes.unknown(probe.operations, made.contract):
        made.routes.ask(name, session, made.stage.place(connected=None))
    session.asked.clear()
    missing = made.routes.missing(probe.operations)
    if missing:
        raise NotTried(f"{missing}: {MISSING}")


def _unreadable(probe: Probe, made: Ready, error: Exception) -> Broken:
    about = next((name for name in probe.operations if name in made.contract.by_id), "")
    promise = made.contract.promise(about) if about else Promise("inferred", "openapi.yaml")
    said = f"ended on an answer it could not read: {type(error).__name__}"
    if isinstance(error, Impossible):
        said += f" {error}"
    return Broken(probe.name, "law", about, said[:200], promise, rule="unreadable answer")


class _Keeper:
    """Counts every exchange, and keeps as many as a report can show."""

    def __init__(self, report: Report, coverage: Coverage) -> None:
        self._report, self._coverage = report, coverage

    def heard(self, exchange: Exchange) -> None:
        self._coverage.heard(exchange)
        if len(self._report.exchanges) < KEPT_EXCHANGES:
            self._report.exchanges.append(
                replace(
                    exchange,
                    request_body=exchange.request_body[:KEPT_BODY],
                    body=exchange.body[:KEPT_BODY],
                )
            )


def _of_the_run(coverage: Coverage, chosen: Iterable[Probe], made: Ready) -> dict[str, Any]:
    """The operations the run was about, each with what was seen of it."""
    about = {name for probe in chosen if not why_not(probe, made) for name in probe.operations}
    found = {}
    for operation in made.contract.operations:
        if operation.id not in about or operation.effect not in made.allowed:
            continue
        if made.options.operations and operation.id not in made.options.operations:
            continue
        covered = coverage.of(operation.id)
        if not covered.answered:
            covered.why_not = _excuse(operation, covered, made)
        found[operation.id] = covered
    return found


def _excuse(operation: Operation, covered: OperationCoverage, made: Ready) -> str:
    """Why a given instance could not give a 2xx, where its state or the allowance is the reason."""
    if made.options.probes:
        return "only some probes were asked for"
    if made.routes.missing((operation.id,)):
        return MISSING
    if made.place is None:
        return ""
    refusals = made.gate.held_of.get(operation.id)
    if not covered.requests and refusals:
        return f"no request of it left: {refusals.most_common(1)[0][0]}"
    if operation.id in LINKING and (made.place.connected or made.began_linked):
        return "the given instance is connected, so it has nothing to link"
    if operation.needs_connection and not made.place.connected:
        return "the given instance is not connected"
    if operation.id == "download_media" and "sends" not in made.allowed:
        return "only a sent picture has keys to ask for: --allow sends"
    if operation.id == "group_details" and not made.gate.known_groups:
        return "the given instance is in no group"
    return ""


__all__ = ["Ready", "SuiteError", "make_target", "probes", "ready", "run", "try_probe", "why_not"]
