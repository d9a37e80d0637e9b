"""The context of a run: the host, and everything a probe needs to call it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..host.forwarding import Forwarder
from ..host.host_instance import HostInstance
from ..host.stage import GivenStage, Stage
from ..host.target import Target
from ..host.webhook_receiver import Receiver
from ..judging.alternatives import SettledSwitches
from ..judging.contract import Contract
from ..judging.judge import Judge
from ..judging.phone_spellings import without_repeats
from ..judging.results import Exchange
from ..probes.probe import Probe
from ..probes.routes import Routes
from ..probes.session import Session
from ..safety.fence import EFFECTS
from ..safety.gate import Gate
from ..safety.run_record import RunRecord
from .options import RunOptions
from .terminal import Terminal

OWN_PICTURE = "picture.png"


@dataclass
class RunContext:
    """The host of a run with its gate, judge, stage and receiver."""

    options: RunOptions
    contract: Contract
    target: Target
    stage: Stage
    receiver: Receiver
    gate: Gate
    judge: Judge
    instance: HostInstance | None = None
    settled_switches: SettledSwitches = field(default_factory=SettledSwitches)
    run_record: RunRecord = field(default_factory=RunRecord)
    routes: Routes = field(default_factory=Routes)
    # Whether the given instance was linked as the run began: it may have logged it out since.
    began_linked: bool = False
    forwarder: Forwarder | None = None
    # What the second instance is called with, where one plays the customer.
    peer: Session | None = None
    # A person at the terminal, where one is asked.
    person: GivenStage | None = None
    terminal: Terminal | None = None
    # What was put back for a run before, which could not do it itself.
    restored_before_run: tuple[str, ...] = ()

    def session(self, probe: str, record: Callable[[Exchange], None] = lambda _: None) -> Session:
        """A new session for a probe."""
        return Session(
            contract=self.contract,
            gate=self.gate,
            judge=self.judge,
            receiver=self.receiver,
            recipients=self.recipients,
            seed=self.options.seed,
            media_url=self.media_url,
            settled_switches=self.settled_switches,
            run_record=self.run_record,
            probe=probe,
            on_exchange=record,
        )

    def stage_for(self, probe: Probe) -> Stage:
        """The stage that can give a probe what it needs: the person's where no program can."""
        person, stage = self.person, self.stage
        if person is None:
            return stage
        if probe.scan or probe.phone_off:
            return person
        is_by_hand = probe.by_hand and any(map(stage.why_nobody_writes, probe.customer))
        return person if is_by_hand else stage

    @property
    def recipients(self) -> tuple[str, ...]:
        """Whom the run writes to: the second instance before anybody listed."""
        peers = self.stage.customers if self.peer is not None else ()
        return without_repeats((*peers, *self.options.recipients))

    @property
    def messages_sent(self) -> int:
        """How many messages left, those of the second instance too."""
        peer = self.peer.gate.messages_sent if self.peer is not None else 0
        return self.gate.messages_sent + peer

    @property
    def media_url(self) -> str:
        """A picture that the host can fetch: the given one, or the suite's own."""
        is_reached = not self.target.real or self.receiver.public
        own = self.receiver.address_of(OWN_PICTURE) if is_reached else ""
        return self.options.media_url or own

    @property
    def allowed_effects(self) -> frozenset[str]:
        """The effects the run may have: all of them on a mock."""
        return self.gate.fence.effects if self.gate.fence else frozenset(EFFECTS)


def use_given_instance(context: RunContext, instance: HostInstance) -> None:
    """Use the given instance in this state from now on."""
    context.instance = instance
    for stage in (context.stage, context.person):
        if isinstance(stage, GivenStage):
            stage.use(instance)


def leave_groups(context: RunContext) -> None:
    """Leave the groups of the run, at its end."""
    context.session("leaving the groups of the run").leave_groups()
