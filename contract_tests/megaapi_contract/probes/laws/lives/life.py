"""What all models have in common: an instance of their own, and errors kept until the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from ....errors import HeldBack
from ....host.host_instance import HostInstance
from ....host.stage import NO_WHATSAPP, WORLD, Stage
from ....judging.results import Exchange
from ...hypothesis_settings import machine_class, suite_settings, without_flaky_errors
from ...session import Session

LIVES, STEPS = 10, 16
FRIENDS = WORLD[:3]
STRANGERS = (NO_WHATSAPP,)
Step = Callable[..., None]


def keep_error(step: Step) -> Step:
    """What ends the run is kept until Hypothesis has ended; then no step does anything more."""

    @wraps(step)
    def run_step(self: Life, **arguments: Any) -> None:
        if self.probe_state.error is not None:
            return
        try:
            step(self, **arguments)
        except HeldBack:
            return
        except Exception as error:
            # Hypothesis would try it again and call it flaky.
            self.probe_state.error = error

    return run_step


class ProbeState:
    """What all lives of one probe share."""

    def __init__(self, session: Session, stage: Stage) -> None:
        self.session, self.stage = session, stage
        self.error: Exception | None = None


class Life(RuleBasedStateMachine):
    """One life, on an instance of its own."""

    probe_state: ProbeState

    def __init__(self) -> None:
        super().__init__()
        self.session, self.stage = self.probe_state.session, self.probe_state.stage
        self.instance = HostInstance("", "")

    def call(self, operation: str, **arguments: Any) -> Exchange:
        """A call of this life's instance."""
        return self.session.call(operation, self.instance, **arguments)


def live(life: type[Life], session: Session, stage: Stage) -> None:
    """Many lives, the same for the same seed."""
    probe_state = ProbeState(session, stage)
    settings = suite_settings(session.seed, LIVES, stateful_step_count=STEPS)
    with machine_class(life, probe_state=probe_state) as life_class:
        with without_flaky_errors(probe_state):
            run_state_machine_as_test(settings(life_class))
    if probe_state.error is not None:
        raise probe_state.error
