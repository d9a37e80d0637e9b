"""How the life of an instance ends, and what of it goes on under the same key.

A receiver remembers message ids; the same ones again would look to it like copies. So an instance
under a key that was there before goes on counting. After a reset, which counts from the start, see
`Ids.renew`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..domain.instance import Instance
from ..faults.active import ActiveFaults
from ..records.bugs import all_the_same
from ..records.journal import Journal
from ..runtime import Instances
from ..store.snapshot import count_on, counters_of
from ..webhooks.chaos.dispatcher import ChaosDispatcher
from ..webhooks.courier import Courier

# What the journal itself counts: exchanges and deliveries.
RECORDS = ("x", "d")


@dataclass(frozen=True)
class OutsideParts:
    """What belongs to instances and is kept outside of them: records, chaos and faults."""

    journal: Journal
    chaos_dispatcher: ChaosDispatcher
    faults: ActiveFaults


@dataclass(frozen=True)
class Lifecycle:
    """Ends instances, with what belongs to them and is kept outside of them.

    Whatever fails once an instance has ended is logged, and all else is done.
    """

    instances: Instances
    outside: OutsideParts
    courier: Courier

    def end_queued(self, key: str | None) -> None:
        """End all queued webhooks of one instance, or of all, as abandoned.

        An attempt under way may finish, in its old record; nothing that is owed from now on waits
        for it. The caller holds whoever starts over (`Publisher.at_rest`) until this has returned
        and the new life has begun. In the order of the way out: nothing can pass from one place to
        the next.
        """
        whose = key or "all instances"
        with all_the_same(f"what {whose} owed is not abandoned"):
            self.instances.publisher.abandon(key)
        with all_the_same(f"what chaos held of {whose} is not abandoned"):
            self.outside.chaos_dispatcher.clear(key)
        with all_the_same(f"what waited for the courier of {whose} is not abandoned"):
            self.courier.abandon(key)

    def abandon(self, key: str | None = None) -> None:
        """The same, and it cannot go back to what it was before."""
        self.end_queued(key)
        with all_the_same(f"{key or 'the mock'} can go back to its life before"):
            self.instances.points.forget(key)

    def forget(self, key: str | None) -> None:
        """The same, and its faults and records are gone."""
        self.abandon(key)
        with all_the_same(f"faults of {key or 'all instances'} are still armed"):
            self.outside.faults.reset(key)
        with all_the_same(f"records of {key or 'all instances'} are not forgotten"):
            self.outside.journal.forget(key)

    def reset(self, key: str | None, *, on_reset: Callable[[], object]) -> None:
        """Back to the starting world. `on_reset` is called before anyone can see it."""
        with self.instances.publisher.at_rest():
            self.instances.store.reset(key)
            on_reset()
            self.forget(key)

    def remove(self, key: str) -> None:
        """Delete an instance; UnknownInstance when there is none with this key."""
        publisher = self.instances.publisher
        publisher.look(key, lambda instance: None)
        with publisher.at_rest() as instances:
            counters = [counters_of(instance) for instance in instances if instance.key == key]
            self.instances.store.remove(key)
            self.abandon(key)
            with all_the_same(f"faults of {key} are still armed"):
                self.outside.faults.reset(key)
            with all_the_same(f"an instance that is called {key} will count from 1"):
                self.outside.journal.keep_count(key, counters[0])
            with all_the_same(f"who waits for {key} does not hear that it is gone"):
                self.outside.journal.instance_gone(key)


def continue_counters(instance: Instance, journal: Journal) -> None:
    """Let a new instance continue the counters of the last one with its key, if there was one.

    The caller changes the instance, before anyone else can.
    """
    scopes = journal.last_numbers(instance.key)
    counters = {scope.partition(".")[0]: last for scope, last in scopes.items()}
    domain_counters = {kind: last for kind, last in counters.items() if kind not in RECORDS}
    count_on(instance, domain_counters)
