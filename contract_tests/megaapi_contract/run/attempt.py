"""Tries one probe."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence

from ..errors import CallCut, HeldBack, Impossible, NotDone, NotTried, Unusable, as_bug
from ..judging.results import Breach, Exchange, ProbeInterrupted, ProbeState, Promise, Result
from ..probes.probe import Probe
from ..probes.routes import MISSING
from ..probes.session import Session
from ..probes.stateful import PHASE as STATEFUL
from .context import RunContext
from .selection import skip_reason

# What reading a document of another shape than promised raises, and what the judge calls those.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
_SHAPES = frozenset({"schema", "status", "content-type", "webhook"})

# Types of JSON values: a document of another shape than promised has another of them.
_JSON = (dict, list, str, int, float, bool, type(None))
# What a call of ours with the wrong arguments says, which no answer can make it say.
_WRONG_CALL = re.compile(r"\bargument(s)?( but|:| \d|$)|positional|unexpected keyword|callable")

# So many probes in a row that a cut call has ended are not a hiccup.
MAX_CUTS_IN_A_ROW = 3

INTERRUPTED_REASON = "the run was interrupted"


def try_probe(
    probe: Probe, context: RunContext, record: Callable[[Exchange], None] = lambda _: None
) -> Result:
    """Try one probe, or leave it out; ProbeInterrupted holds the result until then."""
    result = Result(probe.name, probe.phase, probe.operations)
    result.reason = skip_reason(probe, context)
    if result.reason:
        result.state = "left out"
        return result
    session = context.session(probe.name, record)
    result.first = context.gate.requests + 1
    refusals_before, first_webhook = Counter(context.gate.refusals), len(context.receiver.webhooks)
    start = time.perf_counter()
    interruption = _run_probe(probe, context, session, result)
    for webhook in context.receiver.webhooks[first_webhook:]:
        session.breaches += context.judge.webhook(webhook, probe.name)
    result.seconds = time.perf_counter() - start
    result.last = context.gate.requests
    _set_result(result, session, context, context.gate.refusals - refusals_before)
    if interruption:
        result.reason = INTERRUPTED_REASON
        result.state = "left out" if result.state == "passed" else result.state
        raise ProbeInterrupted(result)
    return result


def give_up_on_cuts(context: RunContext, results: Sequence[Result]) -> None:
    """Call the last result's host unusable where a call was cut and it was not that call alone."""
    if results[-1].cut and not _is_single_cut(context, results):
        results[-1].state = "unusable"


def _is_single_cut(context: RunContext, results: Sequence[Result]) -> bool:
    """Whether only this call was cut: the host still answers, and nothing is left to put back."""
    is_row = len(results) >= MAX_CUTS_IN_A_ROW and all(
        result.cut for result in results[-MAX_CUTS_IN_A_ROW:]
    )
    restore = context.gate.restore
    if is_row or context.instance is None or (restore is not None and restore.entries):
        return False
    try:
        return context.session("after a cut").call("instance_status", context.instance).ok
    except Unusable:
        return False


def _run_probe(probe: Probe, context: RunContext, session: Session, result: Result) -> bool:
    """Run the probe and note in the result how it ended; whether it was interrupted."""
    try:
        try:
            _require_routes(probe, context, session)
            probe.run(session, context.stage_for(probe))
        finally:
            session.put_back()
    except CallCut as error:
        result.cut, result.reason = True, str(error)
    except Unusable as error:
        result.state, result.reason = "unusable", str(error)
    except (NotTried, HeldBack) as error:
        result.reason, result.undone = str(error), isinstance(error, NotDone)
        # What was only looked up first, the state of an instance say, is not a try of it.
        if not session.called_operations & set(probe.operations):
            result.state = "left out"
    except Impossible as error:
        session.breaches.append(_unreadable_breach(probe, context, error))
    except Exception as error:
        if is_reading_error(error) and _has_shape_breach(session):
            # The answer kept no shape a probe can work with; the judge says where.
            session.breaches.append(_unreadable_breach(probe, context, error))
        else:
            result.state, result.reason, result.bug = "unusable", str(as_bug(error)), True
    except KeyboardInterrupt:
        return True
    return False


def _set_result(
    result: Result, session: Session, context: RunContext, refusals: Counter[str]
) -> None:
    """Fill in counts, breaches and state of the result."""
    result.cases, result.held_back = session.exchanges, refusals.total()
    if (
        refusals
        and not session.called_operations & set(result.operations)
        and result.state == "passed"
    ):
        result.state, result.reason = "left out", refusals.most_common(1)[0][0]
    result.breaches = tuple({breach.identity: breach for breach in session.breaches}.values())
    if result.breaches and result.state == "passed":
        severities = {breach.severity(strict=context.options.strict) for breach in result.breaches}
        state: ProbeState = "failed" if "failure" in severities else "findings"
        result.state = state if severities - {"new fact"} else "passed"
    if (result.cut or result.undone) and result.state == "passed":
        result.state = "left out"


def is_reading_error(error: Exception) -> bool:
    """Whether a document of another shape can cause this error; any other is a mistake of ours."""
    if isinstance(error, AttributeError):
        return error.name is not None and isinstance(error.obj, _JSON)
    if isinstance(error, TypeError):
        return _WRONG_CALL.search(str(error)) is None
    return isinstance(error, UNREADABLE)


def _has_shape_breach(session: Session) -> bool:
    """Whether an answer or webhook broke its schema; only then may reading it fail."""
    return any(breach.kind in _SHAPES for breach in session.breaches)


def _require_routes(probe: Probe, context: RunContext, session: Session) -> None:
    """NotTried when the host does not have one of the operations with a guessed path.

    Chains go on without it: they are about many others.
    """
    if probe.phase == STATEFUL:
        return
    for name in context.routes.unknown(probe.operations, context.contract):
        context.routes.ask(name, session, context.stage.instance(connected=None))
    session.called_operations.clear()
    missing = context.routes.missing(probe.operations)
    if missing:
        raise NotTried(f"{missing}: {MISSING}")


def _unreadable_breach(probe: Probe, context: RunContext, error: Exception) -> Breach:
    operation_id = next((name for name in probe.operations if name in context.contract.by_id), "")
    promise = (
        context.contract.promise(operation_id)
        if operation_id
        else Promise("inferred", "openapi.yaml")
    )
    message = f"ended on an answer it could not read: {type(error).__name__}"
    if isinstance(error, Impossible):
        message += f" {error}"
    return Breach(probe.name, "law", operation_id, message[:200], promise, rule="unreadable answer")
