"""Trials on a host without a control API: one instance that is given, and a listed recipient."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from megaapi_mock.spec.plans import EVERY_PLAN

from ..judging.contract import Contract
from ..probes.probe import Probe
from ..run.options import RunOptions
from ..run.runner import RunContext, prepare_run, run
from ..safety.restore_file import RestoreFile
from .mutant import Mutant
from .mutated_mock import MutatedMock
from .run_mutant import SEED, MutantRuns

# The instance and the person of the mock's first world; nothing listens at the address.
KEY, TOKEN, RECIPIENT = "megacode-TESTKEY0001", "TESTKEY0001", "5511900000002"
ADDRESS = "http://127.0.0.1:9"


class GivenMock(MutatedMock):
    """The mock with a fault in front of it, whose clock nobody but it can turn."""

    name, in_process = "mock", False

    def __init__(self, contract: Contract, *, seed: int = 0) -> None:
        super().__init__(contract, seed=seed, profile=EVERY_PLAN)
        self._let_time_pass()

    def take_off(self) -> None:
        """Clean again, and as it was at the start."""
        super().take_off()
        self._let_time_pass()

    def _let_time_pass(self) -> None:
        self.control_api("POST", "/_mock/clock", {"freeze": False, "set": time.time()})


class GivenRuns(MutantRuns):
    """Trials with the probes that a run on such a host tries, within its budget of messages."""

    def __init__(self, context: RunContext, mock: MutatedMock, tried: Iterable[str]) -> None:
        super().__init__(context, mock)
        names = set(tried)
        self.probes = {name: probe for name, probe in self.probes.items() if name in names}

    def _forget(self) -> None:
        super()._forget()
        self._context.run_record.clear()
        self._context.gate.begin_anew()

    def _near(self, mutant: Mutant) -> list[Probe]:
        """Those about its operations or events: what others see would be seen by chance."""
        about, events = set(mutant.operations), set(mutant.events)
        return [
            probe
            for probe in super()._near(mutant)
            if about & set(probe.operations) or events & set(probe.events)
        ]


@contextmanager
def _prepare_host(seed: int, max_messages: int) -> Iterator[tuple[RunContext, GivenMock]]:
    options = RunOptions(
        target=ADDRESS, key=KEY, token=TOKEN, allow=frozenset({"reads", "sends", "changes"}),
        recipients=(RECIPIENT,), seed=seed, pace=0, control_api=False, quick=True,
        gateway_plan=EVERY_PLAN, max_messages=max_messages,
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        restore = RestoreFile(Path(folder) / "restore.json", ADDRESS, KEY, token=TOKEN)
        mock = GivenMock(Contract(plan=EVERY_PLAN), seed=seed)
        with prepare_run(options, mock, restore) as context:
            yield context, mock


def tried_probes(seed: int = SEED) -> list[str]:
    """The probes that a run with the usual budget tries on the clean mock; none may fail."""
    with _prepare_host(seed, RunOptions("mock").max_messages) as (context, _):
        report = run(context)
    wrong = [f"{each.probe}: {each.message}" for each in report.failures]
    assert not wrong, wrong[0]
    return [result.probe for result in report.results if result.state != "left out"]


@contextmanager
def on_given_trial(tried: Iterable[str], seed: int = SEED) -> Iterator[GivenRuns]:
    """A mock as a given host and the probes that are tried there; put away at the end."""
    # Whether the budget is kept is not asked here: the probes are those that kept it.
    with _prepare_host(seed, 100_000) as (context, mock):
        yield GivenRuns(context, mock, tried)
