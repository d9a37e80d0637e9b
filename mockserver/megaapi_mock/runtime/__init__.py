"""What a running mock is made of: its parts, in groups of what belongs together."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from ..clock import Clock
from ..domain.world import World
from ..faults.active import ActiveFaults
from ..handlers.registry import Handlers
from ..ids import Ids
from ..profile import Profile
from ..records.bugs import Bugs
from ..records.counts import Counts
from ..records.journal import Journal
from ..resources.samples import Samples
from ..settings import Settings
from ..spec.description import Description
from ..spec.operations import Operation
from ..store import Store
from ..store.owed import Capacity
from ..store.points import Points
from ..webhooks.chaos.dispatcher import ChaosDispatcher
from ..webhooks.courier import Courier
from ..webhooks.publish import Publisher
from .timers import Timers


@dataclass(frozen=True)
class Setup:
    """What the mock was started with; it stays as it is."""

    settings: Settings
    profile: Profile
    samples: Samples
    fixtures: Path


@dataclass(frozen=True)
class Api:
    """The contract, the operations of this profile's plan, and what answers them."""

    description: Description
    operations: tuple[Operation, ...]
    handlers: Handlers


@dataclass
class Start:
    """What a reset leads back to; a loaded state brings another.

    `loading` is held by whoever prepares and loads a state.
    """

    world: World
    loading: threading.RLock = field(default_factory=threading.RLock)


@dataclass(frozen=True)
class Instances:
    """All instances: where they live, how one is changed, what wakes it, what it was before."""

    store: Store
    publisher: Publisher
    timers: Timers
    points: Points
    start: Start


@dataclass(frozen=True)
class Webhooks:
    """The way of a webhook that has been published: chaos may hold it, the courier sends it.

    Before that it waits in `owed_room` until the answer before it has left.
    """

    chaos_dispatcher: ChaosDispatcher
    courier: Courier
    owed_room: Capacity


@dataclass(frozen=True)
class Records:
    """What happened, how often, and what went wrong in the mock itself."""

    journal: Journal
    counts: Counts
    bugs: Bugs


@dataclass(frozen=True)
class Runtime:
    """Everything behind an app. What uses it takes one of its groups, or a part of one."""

    setup: Setup
    api: Api
    clock: Clock
    ids: Ids
    instances: Instances
    webhooks: Webhooks
    records: Records
    faults: ActiveFaults

    def stop(self, grace: float) -> int:
        """Stop timers, let go what is held, drain the courier; how many were abandoned."""
        self.instances.timers.stop()
        self.webhooks.chaos_dispatcher.stop()
        abandoned = self.webhooks.courier.stop(grace)
        self.instances.store.close()
        return abandoned
