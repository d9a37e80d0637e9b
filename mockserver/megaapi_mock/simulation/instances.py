"""Instances under a key that was there before: they go on counting, and repeat none of its ids.

A receiver remembers message ids; the same ones again would look to it like copies. After a reset,
which counts from the start, see `Ids.renew`.
"""

from __future__ import annotations

from ..domain.instance import Instance
from ..runtime import Runtime
from ..store.snapshot import count_on, counters_of
from . import abandon

# What the journal itself counts: exchanges and deliveries.
RECORDS = ("x", "d")


def remove(runtime: Runtime, key: str) -> None:
    """Delete an instance; UnknownInstance when there is none with this key."""
    runtime.publisher.look(key, lambda instance: None)
    with runtime.publisher.at_rest() as instances:
        counters = [counters_of(instance) for instance in instances if instance.key == key]
        runtime.store.remove(key)
        abandon.abandon(runtime, key)
        runtime.faults.reset(key)
        runtime.journal.keep_count(key, counters[0])
        runtime.journal.instance_gone(key)


def succeed(runtime: Runtime, instance: Instance) -> None:
    """Let a new instance continue the counters of the last one with its key, if there was one.

    The caller changes the instance, before anyone else can.
    """
    scopes = runtime.journal.last_numbers(instance.key)
    counters = {scope.partition(".")[0]: last for scope, last in scopes.items()}
    domain_counters = {kind: last for kind, last in counters.items() if kind not in RECORDS}
    count_on(instance, domain_counters)
