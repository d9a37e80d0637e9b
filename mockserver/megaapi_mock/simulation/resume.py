"""Going on where the mock stopped, or was killed: with a store that keeps everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..domain.world import World
from ..errors import ControlRefused, Impossible, SetupError, StoreUnavailable
from ..faults import saved_faults
from ..records.delivery import Delivery
from ..records.exchange import Exchange
from ..runtime import Runtime
from ..store.serialize import Forms
from ..store.snapshot import save_world
from ..webhooks.chaos.chaos_options import Chaos
from . import snapshot
from .save_state import FORMS, SAVED_TYPES, switches_set

if TYPE_CHECKING:
    from ..store.sql.store import SqlStore
    from ..store.sql.stored import Stored

Json = dict[str, Any]


def begin(runtime: Runtime) -> bool:
    """Go on with what is in the store, or keep there from now on what the mock starts with.

    False where the store keeps nothing. SetupError where it cannot be read.
    """
    from ..store.sql.store import SqlStore
    from ..store.sql.stored import load

    store = runtime.store
    if not isinstance(store, SqlStore):
        return False
    parts = _Parts(runtime)
    store.parts, store.small_parts = parts.all, parts.small
    store.on_recovery = runtime.publisher.carry_all
    database = store.writer.database
    try:
        content = load(database)
        if content is None:
            if runtime.world.state is not None:
                snapshot.begin(runtime, runtime.world.state)
            store.write_all()
        else:
            _resume(runtime, store, content)
    except BaseException as error:
        runtime.timers.stop()
        runtime.courier.stop(0)
        database.close()
        if isinstance(error, StoreUnavailable):
            raise SetupError(error.reason) from None
        raise
    return True


def _resume(runtime: Runtime, store: SqlStore, content: Stored) -> None:
    from ..store.sql.database import damage_text

    try:
        snapshot.load(
            runtime,
            content.as_state(),
            start=content.parts["start"],
            on_loaded=lambda: _put_back(runtime, store, content),
        )
    except (ControlRefused, Impossible) as refusal:
        raise SetupError(damage_text(store.writer.database.path, str(refusal))) from None
    runtime.publisher.carry_all()


def _put_back(runtime: Runtime, store: SqlStore, content: Stored) -> None:
    """Ids, records, chaos and what is owed; everybody is held."""
    runtime.ids.restore(*content.parts["ids"])
    for _, record in content.records:
        if isinstance(record, Exchange):
            runtime.journal.add_exchange(record)
        elif isinstance(record, Delivery):
            runtime.journal.add_deliveries([record])
        else:
            runtime.journal.strikes.add(record)
    for key, chaos in content.parts["chaos"].items():
        runtime.chaos_dispatcher.start(key, Chaos.of(chaos, seed=chaos["seed"]))
    store.begin(content)
    for delivery in content.owed:
        # A copy that chaos has made is not copied again.
        forward = runtime.courier if delivery.chaos else runtime.chaos_dispatcher
        forward.accept([delivery])


class _Parts:
    """What a store keeps beside instances and records, as JSON by name."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._forms = Forms(documents=SAVED_TYPES)
        self._world: World | None = None
        self._saved_world: Json = {}

    def small(self) -> Mapping[str, Any]:
        """The clock, and while faults are armed how often they struck."""
        clock = self._encode("clock", self._runtime.clock.save())
        return {"clock": clock, **(self._faults() if self._runtime.faults.has_faults else {})}

    def all(self) -> Mapping[str, Any]:
        """The parts that belong to no instance, as the state file has them."""
        runtime = self._runtime
        return {
            "clock": self._encode("clock", runtime.clock.save()),
            "ids": runtime.ids.save(),
            "profile": switches_set(runtime.profile),
            "chaos": {key: chaos.as_json() for key, chaos in runtime.chaos_dispatcher.at_work()},
            **self._faults(),
            **self._start(),
        }

    def _start(self) -> Mapping[str, Any]:
        """What a reset leads back to: worked out again only where that is another one."""
        world = self._runtime.world
        if world is not self._world:
            self._saved_world = {"world": save_world(world, self._forms), "start": world.state}
            self._world = world
        return self._saved_world

    def _faults(self) -> Mapping[str, Any]:
        return {"faults": self._encode("faults", saved_faults.save(self._runtime.faults.memory()))}

    def _encode(self, name: str, value: Any) -> Any:
        return self._forms.of(FORMS[name]).written(value)
