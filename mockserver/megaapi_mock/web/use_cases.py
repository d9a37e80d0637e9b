"""The use cases of `simulation/`, each given the parts of a runtime that it needs."""

from __future__ import annotations

from ..handlers.uploads import media_limit
from ..runtime import Runtime
from ..simulation.contact_messages import ContactMessages
from ..simulation.host import RunningHost
from ..simulation.lifecycle import Lifecycle, OutsideParts
from ..simulation.payloads import Payloads
from ..simulation.rewind import Rewind
from ..simulation.save_state import StateParts


def payloads(runtime: Runtime) -> Payloads:
    """What use cases know of events."""
    setup, description = runtime.setup, runtime.api.description
    return Payloads(setup.samples, description.fields, media_limit(setup.profile))


def contact_messages(runtime: Runtime) -> ContactMessages:
    """What contacts do."""
    return ContactMessages(runtime.instances, runtime.records, payloads(runtime))


def lifecycle(runtime: Runtime) -> Lifecycle:
    """How instances end."""
    return Lifecycle(runtime.instances, outside_parts(runtime), runtime.webhooks.courier)


def outside_parts(runtime: Runtime) -> OutsideParts:
    """What belongs to instances and is kept outside of them."""
    chaos_dispatcher = runtime.webhooks.chaos_dispatcher
    return OutsideParts(runtime.records.journal, chaos_dispatcher, runtime.faults)


def running_host(runtime: Runtime) -> RunningHost:
    """All instances, as who administers them has them."""
    return RunningHost(
        runtime.instances,
        lifecycle(runtime).remove,
        runtime.records.journal,
        runtime.ids,
        most=runtime.setup.settings.instances_limit,
    )


def rewind(runtime: Runtime) -> Rewind:
    """The way back to earlier states of an instance."""
    return Rewind(
        runtime.instances,
        lifecycle(runtime).end_queued,
        runtime.records.journal,
        runtime.clock,
        runtime.ids,
    )


def state_parts(runtime: Runtime) -> StateParts:
    """What a saved state is about."""
    return StateParts(
        runtime.instances,
        outside_parts(runtime),
        runtime.clock,
        runtime.ids,
        runtime.setup.profile,
    )
