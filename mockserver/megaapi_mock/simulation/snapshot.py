"""Loading the state of the whole mock, or of one instance, from one document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..clock import ClockState
from ..domain.connection import CONNECTED, CONNECTING
from ..domain.gateway import Gateway, InstanceSeed
from ..domain.instance import Instance
from ..domain.message import Message
from ..domain.number_registry import NumberRegistry
from ..domain.undo_table import UndoTable
from ..errors import ControlRefused, Impossible, WorldError
from ..faults import saved_faults
from ..faults.armed_fault import FaultMemory
from ..faults.saved_faults import SavedFaults
from ..store.sane import require_sane_clock, require_sane_numbers
from ..store.serialize import Forms, Misfit, inside
from ..store.snapshot import load_instance, load_world
from ..webhooks.chaos.dispatcher import RebuiltSeries
from .lifecycle import Lifecycle
from .save_state import FORMS, SAVED_TYPES, StateParts, switches_set

Json = dict[str, Any]


def load(
    parts: StateParts,
    lifecycle: Lifecycle,
    state: Json,
    *,
    start: Mapping[str, Any] | None = None,
    on_loaded: Callable[[], object] = lambda: None,
) -> Json:
    """Replace the running state, or one instance, with a saved one; returns the API's answer.

    `start` is what a reset leads back to from now on, where that is no plain world. The records are
    forgotten. `on_loaded` is called once all of it stands, before anyone can see it.
    Raises ControlRefused before anything has changed.
    """
    is_one_instance = state.get("instance") is not None
    # One at a time: what is prepared belongs to the gateway that stands then, and no other.
    with parts.instances.start.loading:
        preparation = _prepare(parts, state, start)
        with parts.instances.publisher.at_rest():
            preparation.require()
            preparation.swap(lifecycle)
            on_loaded()
    if is_one_instance:
        parts.instances.timers.run_due()
    else:
        # Whoever waits for a turn looks again; what is due by now happens.
        parts.clock.announce()
    return preparation.answer()


def _prepare(parts: StateParts, state: Json, start: Mapping[str, Any] | None) -> _All | _One:
    try:
        return (_All if state.get("instance") is None else _One)(parts, state, start)
    except Misfit as misfit:
        sentence = f"this state cannot be read: {misfit}; save it again with GET /_mock/state"
        raise ControlRefused(400, sentence) from None


def begin(parts: StateParts, lifecycle: Lifecycle, state: Mapping[str, Any], *, world: str) -> None:
    """Start with a saved state, to which every reset returns. SetupError for a bad one.

    `world` is where it comes from.
    """
    try:
        load(parts, lifecycle, dict(state), start=state)
    except (ControlRefused, Impossible) as refusal:
        raise WorldError(f"{world}: {refusal}") from None


def reset(
    parts: StateParts,
    lifecycle: Lifecycle,
    key: str | None = None,
    *,
    on_loaded: Callable[[], object] = lambda: None,
) -> None:
    """Return to the state the mock started with, or one instance to what that state says of it.

    An instance it does not have is removed. `on_loaded` as in `load`. Raises UnknownInstance.
    """
    start = parts.instances.start.world.state
    assert start is not None, "a mock that started in a world is reset by its store"
    if key is None:
        load(parts, lifecycle, dict(start), start=start, on_loaded=on_loaded)
    elif any(instance["key"] == key for instance in start["instances"]):
        load(parts, lifecycle, alone(start, key), on_loaded=on_loaded)
    else:
        with parts.instances.publisher.at_rest():
            parts.instances.store.remove(key)
            lifecycle.forget(key)
            on_loaded()


def alone(state: Mapping[str, Any], key: str) -> Json:
    """The part of a saved state that is about one instance; ControlRefused when there is none."""
    try:
        forms = Forms()
        instances = forms.of(list[Any]).decode(state.get("instances"))
        faults = forms.of(SavedFaults).decode(state.get("faults"))
        numbers = forms.of(FORMS["numbers"]).decode(state.get("numbers"))
        chaos = forms.of(list[Any]).decode(state.get("chaos"))
        names = [instance["key"] for instance in instances]
    except (Misfit, KeyError, TypeError) as error:
        raise ControlRefused(400, f"this state cannot be read: {error}") from None
    if key not in names:
        raise ControlRefused(404, f"this state has no {key}: it has {', '.join(names) or 'none'}")
    return {
        **{name: state.get(name) for name in ("seed", "profile", "media")},
        "instance": key,
        "numbers": {name: numbers[name] for name in numbers if name.partition(".")[2] == key},
        "instances": [instance for instance in instances if instance["key"] == key],
        "chaos": [series for series in chaos if series.get("key") == key],
        "faults": forms.of(SavedFaults).written(_faults_of(faults, key)),
    }


def _faults_of(faults: SavedFaults, key: str) -> SavedFaults:
    numbers, asked_by_operation = faults.numbers or {}, faults.asked or {}
    return SavedFaults(
        armed=tuple(fault for fault in faults.armed if fault.given.get("instance") == key),
        numbers={owner: numbers[owner] for owner in numbers if owner == key},
        asked={owner: asked_by_operation[owner] for owner in asked_by_operation if owner == key},
    )


class _Prepared:
    """A saved state, read and checked; nothing has changed yet, and `swap` cannot fail."""

    def __init__(self, parts: StateParts, state: Json) -> None:
        self._parts, self._state = parts, state
        self._forms = Forms(documents=SAVED_TYPES)
        self._numbers: dict[str, int] = self._decode("numbers")
        self._seed: int = self._decode("seed")
        with inside("numbers"):
            require_sane_numbers({"seed": self._seed, **self._numbers})
        self._profile: dict[str, str] = self._decode("profile")
        self._media: tuple[bytes, ...] = self._decode("media")
        self._chaos: list[RebuiltSeries] = parts.chaos_dispatcher.rebuild(self._decode("chaos"))
        self._faults: FaultMemory = saved_faults.rebuild(parts.faults.kinds, self._decode("faults"))
        self._instances: list[Instance] = []

    def answer(self) -> Json:
        """What was restored, and which settings differ from where the state was saved."""
        return {
            "restored": self._state.get("instance") or "all",
            "instances": len(self._instances),
            "messages": sum(len(instance.messages) for instance in self._instances),
            "differences": list(self._differences()),
        }

    def _differences(self) -> Iterator[str]:
        switches = switches_set(self._parts.profile)
        for name in sorted(switches.keys() | self._profile.keys()):
            theirs, ours = self._profile.get(name, "default"), switches.get(name, "default")
            if theirs != ours:
                yield f"{name}: {theirs} where it was saved, {ours} here"
        if self._seed != self._parts.ids.seed:
            yield f"seed: {self._seed} where it was saved, {self._parts.ids.seed} here"

    def _decode(self, name: str) -> Any:
        with inside(name):
            return self._forms.of(FORMS[name]).decode(self._state.get(name))

    def _make(self, gateway: Gateway) -> None:
        keys = set()
        with inside("instances"):
            for index, document in enumerate(
                self._forms.of(list[Any]).decode(self._state.get("instances"))
            ):
                with inside(index):
                    instance = load_instance(document, gateway, self._forms)
                    if instance.key in keys:
                        raise Misfit(f"{instance.key} is in it twice")
                    _require_phone(instance)
                    gateway.admit(_seed(instance))
                    if gateway is not self._parts.instances.store.gateway:
                        # Nobody else reads this registry yet: two names for one number are noticed.
                        gateway.number_registry.register(instance.key, instance.registered_number)
                keys.add(instance.key)
                self._instances.append(instance)

    def _put_back(self, lifecycle: Lifecycle, key: str | None) -> None:
        parts = self._parts
        lifecycle.abandon(key)
        parts.journal.recount(self._numbers, key)
        parts.journal.write_deliveries(parts.chaos_dispatcher.put_back(self._chaos, key))
        directory = parts.instances.store.gateway.directory
        parts.faults.put_back(self._faults, directory=directory, key=key)


class _All(_Prepared):
    """A saved state of the whole mock: world, time and all instances."""

    def __init__(self, parts: StateParts, state: Json, start: Mapping[str, Any] | None) -> None:
        super().__init__(parts, state)
        if start is not None and start is not state:
            # What a reset will lead back to must hold too, and be known to hold now.
            with inside("start"):
                if not isinstance(start, Mapping):
                    raise Misfit("must be an object or null")
                _All(parts, dict(start), None)
        gateway = parts.instances.store.gateway
        self._clock: ClockState = self._decode("clock")
        with inside("clock"):
            require_sane_clock(self._clock)
        with inside("world"):
            world = load_world(state.get("world"), self._forms)
            world.directory.any_length = gateway.directory.any_length
        self._world = replace(world, state=start)
        vault = gateway.vault.empty()
        for blob in self._media:
            vault.put(blob)
        self._gateway = replace(
            gateway,
            directory=world.directory,
            seeds=world.instances,
            groups=world.groups,
            vault=vault,
            number_registry=NumberRegistry(),
        )
        for seed in world.instances:
            self._gateway.admit(seed)
        self._make(self._gateway)

    def require(self) -> None:
        """A whole state always fits: it replaces everything."""

    def swap(self, lifecycle: Lifecycle) -> None:
        """Replace the running state with this one."""
        parts = self._parts
        parts.clock.restore(self._clock)
        parts.ids.seed = self._seed
        parts.instances.start.world = self._world
        parts.instances.store.restore(self._gateway, self._instances)
        self._put_back(lifecycle, None)


class _One(_Prepared):
    """A saved state of one instance; time, world and all other instances stay as they are."""

    def __init__(self, parts: StateParts, state: Json, start: Mapping[str, Any] | None) -> None:
        super().__init__(parts, state)
        self._key = state["instance"]
        self._make(parts.instances.store.gateway)
        with inside("instances"):
            if [instance.key for instance in self._instances] != [self._key]:
                raise Misfit(f"must contain only {self._key!r}")

    def require(self) -> None:
        """ControlRefused when another name has its number since; the caller holds all instances."""
        for instance in self._instances:
            self._parts.instances.store.gateway.admit(_seed(instance))

    def swap(self, lifecycle: Lifecycle) -> None:
        """Replace the instance with the saved one."""
        parts, (instance,) = self._parts, self._instances
        store = parts.instances.store
        instance.messages.restore(_after_all_others(instance.messages, parts.clock.tick))
        for blob in self._media:
            store.gateway.vault.put(blob)
        store.restore_one(instance)
        self._put_back(lifecycle, self._key)


def _seed(instance: Instance) -> InstanceSeed:
    """The seed that would create such an instance."""
    return InstanceSeed(instance.key, instance.token, instance.number, instance.name)


def _require_phone(instance: Instance) -> None:
    connection = instance.connection
    was_linked = (
        connection.links or connection.session or connection.state in (CONNECTING, CONNECTED)
    )
    if instance.number is None and was_linked:
        raise Misfit("number: null, but a phone is or was linked")


def _after_all_others(
    messages: UndoTable[str, Message], tick: Callable[[], int]
) -> UndoTable[str, Message]:
    """The same messages in the same order, numbered after all messages of other instances."""
    arrivals = {
        message.id: tick()
        for message in sorted(messages.values(), key=lambda message: message.arrival)
    }
    return UndoTable(
        {
            message_id: replace(message, arrival=arrivals[message.id])
            for message_id, message in messages.items()
        }
    )
