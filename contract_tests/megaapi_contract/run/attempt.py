"""One probe, tried or left out."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable

from ..errors import HeldBack, Impossible, NotTried, Unusable, as_bug
from ..judging.results import Broken, Exchange, ProbeInterrupted, Promise, Result, State
from ..probes.probe import Probe
from ..probes.routes import MISSING
from ..probes.stateful import PHASE as STATEFUL
from ..session import Session
from .context import RunContext
from .selection import why_not

# What reading a document of another shape than promised raises, and what the judge calls those.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
_SHAPES = frozenset({"schema", "status", "content-type", "webhook"})

# Types of JSON values: a document of another shape than promised has another of them.
_JSON = (dict, list, str, int, float, bool, type(None))
# What a call of ours with the wrong arguments says, which no answer can make it say.
_CALLED_WRONGLY = re.compile(r"\bargument(s)?( but|:| \d|$)|positional|unexpected keyword|callable")

NOT_TO_ITS_END = "the run was interrupted"


def try_probe(
    probe: Probe, context: RunContext, heard: Callable[[Exchange], None] = lambda _: None
) -> Result:
    """One probe, tried or left out; ProbeInterrupted holds what it had found."""
    result = Result(probe.name, probe.phase, probe.operations)
    result.reason = why_not(probe, context)
    if result.reason:
        result.state = "left out"
        return result
    session = context.session(probe.name, heard)
    result.first = context.gate.requests + 1
    held, webhooks = Counter(context.gate.held), len(context.receiver.webhooks)
    started = time.perf_counter()
    interrupted = _interrupted(probe, context, session, result)
    for webhook in context.receiver.webhooks[webhooks:]:
        session.broken += context.judge.webhook(webhook, probe.name)
    result.seconds = time.perf_counter() - started
    result.last = context.gate.requests
    _settle(result, session, context, context.gate.held - held)
    if interrupted:
        result.reason = NOT_TO_ITS_END
        result.state = "left out" if result.state == "passed" else result.state
        raise ProbeInterrupted(result)
    return result


def _interrupted(probe: Probe, context: RunContext, session: Session, result: Result) -> bool:
    """Run it, and note in the result how it ended; whether somebody interrupted it."""
    try:
        try:
            _require_routes(probe, context, session)
            probe.run(session, context.stage)
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
        session.broken.append(_unreadable(probe, context, error))
    except Exception as error:
        if comes_of_reading(error) and _met_another_shape(session):
            # The answer kept no shape a probe can work with; the judge says where.
            session.broken.append(_unreadable(probe, context, error))
        else:
            result.state, result.reason, result.bug = "unusable", str(as_bug(error)), True
    except KeyboardInterrupt:
        return True
    return False


def _settle(result: Result, session: Session, context: RunContext, held: Counter[str]) -> None:
    """Count what was done and held back, and let the state say what was found."""
    result.cases, result.held = session.exchanges, held.total()
    if held and not session.asked & set(result.operations) and result.state == "passed":
        result.state, result.reason = "left out", held.most_common(1)[0][0]
    result.broken = tuple({broken.identity: broken for broken in session.broken}.values())
    if result.broken and result.state == "passed":
        verdicts = {broken.verdict(strict=context.options.strict) for broken in result.broken}
        worst: State = "failed" if "failure" in verdicts else "findings"
        result.state = worst if verdicts - {"new fact"} else "passed"


def comes_of_reading(error: Exception) -> bool:
    """Whether a document of another shape can raise this; everything else is a mistake of ours."""
    if isinstance(error, AttributeError):
        return error.name is not None and isinstance(error.obj, _JSON)
    if isinstance(error, TypeError):
        return _CALLED_WRONGLY.search(str(error)) is None
    return isinstance(error, UNREADABLE)


def _met_another_shape(session: Session) -> bool:
    """Whether an answer or a webhook left the contract: only reading such a one may fail."""
    return any(broken.kind in _SHAPES for broken in session.broken)


def _require_routes(probe: Probe, context: RunContext, session: Session) -> None:
    """NotTried where the host has not got one of the operations whose path is a guess.

    Chains go on without it: they are about many others.
    """
    if probe.phase == STATEFUL:
        return
    for name in context.routes.unknown(probe.operations, context.contract):
        context.routes.ask(name, session, context.stage.place(connected=None))
    session.asked.clear()
    missing = context.routes.missing(probe.operations)
    if missing:
        raise NotTried(f"{missing}: {MISSING}")


def _unreadable(probe: Probe, context: RunContext, error: Exception) -> Broken:
    about = next((name for name in probe.operations if name in context.contract.by_id), "")
    promise = context.contract.promise(about) if about else Promise("inferred", "openapi.yaml")
    said = f"ended on an answer it could not read: {type(error).__name__}"
    if isinstance(error, Impossible):
        said += f" {error}"
    return Broken(probe.name, "law", about, said[:200], promise, rule="unreadable answer")
