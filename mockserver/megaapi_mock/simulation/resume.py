"""Going on where the mock stopped, or was killed: with a store that keeps everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..domain.world import World
from ..errors import ControlRefused, Impossible, SetupError, StoreUnavailable
from ..faults import saved_faults
from ..records.delivery import Delivery
from ..records.exchange import Exchange
from ..store.serialize import Forms, Misfit
from ..store.snapshot import save_world
from ..store.state_checks import of_own_store
from ..webhooks.chaos.chaos_options import Chaos
from ..webhooks.courier import Courier
from . import snapshot
from .save_state import SAVED_TYPES, StateParts, encode, switches_set
from .snapshot import Abandon

if TYPE_CHECKING:
    from ..store.sql.store import SqlStore
    from ..store.sql.stored_content import StoredContent

Json = dict[str, Any]


def begin(parts: StateParts, abandon: Abandon, courier: Courier, *, world: str) -> bool:
    """Go on with what is in the store, or keep there from now on what the mock starts with.

    False where the store keeps nothing. SetupError where it cannot be read. `world` is where the
    state comes from that the mock starts with, if it starts with one.
    """
    from ..store.sql.store import SqlStore
    from ..store.sql.stored_content import load

    instances = parts.instances
    store, start = instances.store, instances.start.world.state
    if not isinstance(store, SqlStore):
        return False
    stored_parts = _StoredParts(parts)
    store.parts, store.small_parts = stored_parts.all, stored_parts.small
    store.on_recovery = instances.publisher.carry_all
    database = store.writer.database
    try:
        content = load(database)
        if content is None:
            if start is not None:
                snapshot.start_from_state(parts, abandon, start, world=world)
            store.write_all()
        else:
            _resume(parts, abandon, courier, store, content)
    except BaseException as error:
        instances.timers.stop()
        courier.stop(0)
        database.close()
        if isinstance(error, StoreUnavailable):
            raise SetupError(error.reason) from None
        raise
    return True


def refusal(parts: StateParts, content: StoredContent) -> str | None:
    """Why a mock could not go on with what a store holds; nothing changes."""
    try:
        with of_own_store():
            snapshot.read_all(parts, content.as_state(), content.parts["start"])
        _read_chaos(content)
    except (ControlRefused, Impossible, Misfit) as error:
        return str(error)
    return None


def _read_chaos(content: StoredContent) -> dict[str, Chaos]:
    """ControlRefused where it is none."""
    saved = content.parts["chaos"]
    if not isinstance(saved, dict) or not all(isinstance(each, dict) for each in saved.values()):
        raise ControlRefused(400, "chaos: must be an object of objects")
    return {key: Chaos.of(chaos, seed=chaos.get("seed", 0)) for key, chaos in saved.items()}


def _resume(
    parts: StateParts, abandon: Abandon, courier: Courier, store: SqlStore, content: StoredContent
) -> None:
    try:
        all_chaos = _read_chaos(content)
        with of_own_store():
            snapshot.load(
                parts,
                abandon,
                content.as_state(),
                start=content.parts["start"],
                on_loaded=lambda: _put_back(parts, courier, store, content, all_chaos),
            )
    except (ControlRefused, Impossible) as refusal:
        raise SetupError(store.writer.database.damage_text(str(refusal))) from None
    parts.instances.publisher.carry_all()


def _put_back(
    parts: StateParts,
    courier: Courier,
    store: SqlStore,
    content: StoredContent,
    all_chaos: dict[str, Chaos],
) -> None:
    """Ids, records, chaos and what is owed; everybody is held."""
    parts.ids.restore(*content.parts["ids"])
    for _, record in content.records:
        if isinstance(record, Exchange):
            parts.outside.journal.add_exchange(record)
        elif isinstance(record, Delivery):
            parts.outside.journal.add_deliveries([record])
        else:
            parts.outside.journal.fault_hits.add(record)
    for key, chaos in all_chaos.items():
        parts.outside.chaos_dispatcher.start(key, chaos)
    store.begin(content)
    for delivery in content.owed:
        # A copy that chaos has made is not copied again.
        forward = courier if delivery.chaos else parts.outside.chaos_dispatcher
        forward.accept([delivery])


class _StoredParts:
    """What a store keeps beside instances and records, as JSON by name."""

    def __init__(self, parts: StateParts) -> None:
        self._parts = parts
        self._forms = Forms(documents=SAVED_TYPES)
        self._world: World | None = None
        self._saved_world: Json = {}

    def small(self) -> Mapping[str, Any]:
        """The clock, and while faults are armed how often they hit."""
        clock = encode("clock", self._parts.clock.save(), self._forms)
        return {"clock": clock, **(self._faults() if self._parts.outside.faults.has_faults else {})}

    def all(self) -> Mapping[str, Any]:
        """The parts that belong to no instance, as the state file has them."""
        parts = self._parts
        return {
            "clock": encode("clock", parts.clock.save(), self._forms),
            "ids": parts.ids.save(),
            "profile": switches_set(parts.profile),
            "chaos": {
                key: chaos.as_json() for key, chaos in parts.outside.chaos_dispatcher.chaos_by_key()
            },
            **self._faults(),
            **self._start(),
        }

    def _start(self) -> Mapping[str, Any]:
        """What a reset leads back to: worked out again only where that is another one."""
        world = self._parts.instances.start.world
        if world is not self._world:
            self._saved_world = {"world": save_world(world, self._forms), "start": world.state}
            self._world = world
        return self._saved_world

    def _faults(self) -> Mapping[str, Any]:
        memory = saved_faults.save(self._parts.outside.faults.memory())
        return {"faults": encode("faults", memory, self._forms)}
