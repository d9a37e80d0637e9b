"""Loading the state of the whole mock, or of one instance, from one document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from ..clock import ClockState
from ..domain.connection import CONNECTED, CONNECTING
from ..domain.contacts import Directory
from ..domain.gateway import Gateway, InstanceSeed
from ..domain.instance import Instance
from ..domain.message import Message
from ..domain.number_registry import NumberRegistry
from ..domain.undo_table import UndoTable
from ..domain.world import World
from ..errors import ControlRefused, Impossible, WorldError
from ..faults import saved_faults
from ..faults.armed_fault import FaultMemory
from ..faults.saved_faults import SavedFaults
from ..profile import Profile
from ..records.bugs import all_the_same
from ..runtime import Instances
from ..store.serialize import Forms, Misfit, inside
from ..store.snapshot import load_instance, load_world
from ..store.state_checks import require_known_events, require_sane_clock, require_sane_numbers
from ..webhooks.chaos.dispatcher import RebuiltSeries
from .lifecycle import Lifecycle, OutsideParts
from .save_state import FORMS, SAVED_TYPES, StateParts, switches_set

Json = dict[str, Any]
# Ends what is queued for an instance, or for all, and what they could go back to.
Abandon = Callable[[str | None], None]


def load(
    parts: StateParts,
    abandon: Abandon,
    state: Json,
    *,
    start: Mapping[str, Any] | None = None,
    on_loaded: Callable[[], object] = lambda: None,
) -> Json:
    """Replace the running state, or one instance, with a saved one; returns the API's answer.

    `start` is what a reset leads back to from now on, where that is not a plain world. The records
    are forgotten. `on_loaded` is called once all of it stands, before anyone can see it.
    Raises ControlRefused before anything has changed.
    """
    if state.get("instance") is None:
        return load_all(parts, abandon, state, start=start, on_loaded=on_loaded)
    return load_one(parts, abandon, state, on_loaded=on_loaded)


def load_all(
    parts: StateParts,
    abandon: Abandon,
    state: Json,
    *,
    start: Mapping[str, Any] | None,
    on_loaded: Callable[[], object],
) -> Json:
    """Replace the running state: world, time and all instances. As `load`."""
    # One at a time: what is read belongs to the gateway that stands then, and no other.
    with parts.instances.start.loading:
        with _readable():
            whole = read_all(parts, state, start)
        with parts.instances.publisher.at_rest():
            parts.clock.restore(whole.clock)
            parts.ids.seed = whole.parts.seed
            parts.instances.start.world = whole.world
            parts.instances.store.restore(whole.gateway, whole.instances)
            abandon(None)
            _put_back(parts.outside, whole.parts, whole.gateway.directory, None)
            on_loaded()
    # Whoever waits for a turn looks again; what is due by now happens.
    parts.clock.announce()
    return _answer(parts, whole.parts, whole.instances, "all")


def load_one(
    parts: StateParts, abandon: Abandon, state: Json, *, on_loaded: Callable[[], object]
) -> Json:
    """Replace one instance; time, world and all other instances stay as they are. As `load`.

    ControlRefused also when another instance has its number since.
    """
    store = parts.instances.store
    with parts.instances.start.loading:
        with _readable():
            saved, instance = _read_one(parts, state)
        with parts.instances.publisher.at_rest():
            store.gateway.admit(_seed(instance))
            instance.messages.restore(_after_all_others(instance.messages, parts.clock.tick))
            for blob in saved.media:
                store.gateway.vault.put(blob)
            store.restore_one(instance)
            abandon(instance.key)
            _put_back(parts.outside, saved, store.gateway.directory, instance.key)
            on_loaded()
    parts.instances.timers.run_due()
    return _answer(parts, saved, [instance], instance.key)


def start_from_state(
    parts: StateParts, abandon: Abandon, state: Mapping[str, Any], *, world: str
) -> None:
    """Start with a saved state, to which every reset returns. SetupError for a bad one.

    `world` is where it comes from.
    """
    try:
        load(parts, abandon, dict(state), start=state)
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
        load(parts, lifecycle.abandon, dict(start), start=start, on_loaded=on_loaded)
    elif any(instance["key"] == key for instance in start["instances"]):
        load(parts, lifecycle.abandon, state_of_instance(start, key), on_loaded=on_loaded)
    else:
        with parts.instances.publisher.at_rest():
            parts.instances.store.remove(key)
            lifecycle.forget(key)
            on_loaded()


def state_of_instance(state: Mapping[str, Any], key: str) -> Json:
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


@dataclass(frozen=True)
class _SavedParts:
    """What a state has beside its instances, read and checked; nothing has changed yet."""

    seed: int
    profile: dict[str, str]
    numbers: dict[str, int]
    media: tuple[bytes, ...]
    chaos: list[RebuiltSeries]
    faults: FaultMemory


@dataclass(frozen=True)
class _SavedWhole:
    """A state of the whole mock, read and checked; putting it in place cannot fail."""

    parts: _SavedParts
    instances: list[Instance]
    clock: ClockState
    world: World
    gateway: Gateway


@contextmanager
def _readable() -> Iterator[None]:
    """What does not fit is refused in the API's words."""
    try:
        yield
    except Misfit as misfit:
        sentence = f"this state cannot be read: {misfit}; save it again with GET /_mock/state"
        raise ControlRefused(400, sentence) from None


def read_all(parts: StateParts, state: Json, start: Mapping[str, Any] | None) -> _SavedWhole:
    """A state of all, with what a reset leads back to; nothing changes. Misfit for what is none."""
    forms, gateway = Forms(documents=SAVED_TYPES), parts.instances.store.gateway
    saved = _read_parts(parts.outside, state, forms)
    if start is not None and start is not state:
        # What a reset will lead back to must hold too, and be known to hold now.
        with inside("start"):
            if not isinstance(start, Mapping):
                raise Misfit("must be an object or null")
            read_all(parts, dict(start), None)
    clock: ClockState = _decode(state, "clock", forms)
    with inside("clock"):
        require_sane_clock(clock)
    with inside("world"):
        world = load_world(state.get("world"), forms)
        world.directory.any_length = gateway.directory.any_length
    new_gateway = _gateway(gateway, world, saved.media)
    instances = _instances(parts.instances, state, new_gateway, forms)
    return _SavedWhole(saved, instances, clock, replace(world, state=start), new_gateway)


def _read_one(parts: StateParts, state: Json) -> tuple[_SavedParts, Instance]:
    forms, key = Forms(documents=SAVED_TYPES), state["instance"]
    saved = _read_parts(parts.outside, state, forms)
    instances = _instances(parts.instances, state, parts.instances.store.gateway, forms)
    with inside("instances"):
        if [instance.key for instance in instances] != [key]:
            raise Misfit(f"must contain only {key!r}")
    return saved, instances[0]


def _read_parts(outside: OutsideParts, state: Json, forms: Forms) -> _SavedParts:
    seed, numbers = (_decode(state, name, forms) for name in ("seed", "numbers"))
    with inside("numbers"):
        require_sane_numbers({"seed": seed, **numbers})
    return _SavedParts(
        seed,
        _decode(state, "profile", forms),
        numbers,
        _decode(state, "media", forms),
        outside.chaos_dispatcher.rebuild(_decode(state, "chaos", forms)),
        saved_faults.rebuild(outside.faults.kinds, _decode(state, "faults", forms)),
    )


def _decode(state: Json, name: str, forms: Forms) -> Any:
    with inside(name):
        return forms.of(FORMS[name]).decode(state.get(name))


def _gateway(present: Gateway, world: World, media: tuple[bytes, ...]) -> Gateway:
    """A gateway as the present one, with this world and these files, and no instance yet."""
    vault = present.vault.empty_copy()
    for blob in media:
        vault.put(blob)
    gateway = replace(
        present,
        directory=world.directory,
        seeds=world.instances,
        groups=world.groups,
        vault=vault,
        number_registry=NumberRegistry(),
    )
    for seed in world.instances:
        gateway.admit(seed)
    return gateway


def _instances(group: Instances, state: Json, gateway: Gateway, forms: Forms) -> list[Instance]:
    instances, is_new = dict[str, Instance](), gateway is not group.store.gateway
    with inside("instances"):
        for index, document in enumerate(forms.of(list[Any]).decode(state.get("instances"))):
            with inside(index):
                instance = load_instance(document, gateway, forms)
                if instance.key in instances:
                    raise Misfit(f"{instance.key} is in it twice")
                _require_phone(instance)
                require_known_events(instance.state, group.publisher.knows_event)
                gateway.admit(_seed(instance))
                if is_new:
                    # Nobody else reads this registry yet: two names for one number are noticed.
                    gateway.number_registry.register(instance.key, instance.registered_number)
            instances[instance.key] = instance
    return [*instances.values()]


def _put_back(
    outside: OutsideParts, saved: _SavedParts, directory: Directory, key: str | None
) -> None:
    """The instances are replaced by now: what fails of all this is logged."""
    with all_the_same("a state is loaded without what it had counted"):
        outside.journal.recount(saved.numbers, key)
    with all_the_same("a state is loaded without its chaos"):
        outside.journal.write_deliveries(outside.chaos_dispatcher.put_back(saved.chaos, key))
    with all_the_same("a state is loaded without its faults"):
        outside.faults.put_back(saved.faults, directory=directory, key=key)


def _answer(
    parts: StateParts, saved: _SavedParts, instances: list[Instance], restored: str
) -> Json:
    """What was restored, and which settings differ from where the state was saved."""
    return {
        "restored": restored,
        "instances": len(instances),
        "messages": sum(len(instance.messages) for instance in instances),
        "differences": [*_differences(saved, parts.profile, parts.ids.seed)],
    }


def _differences(saved: _SavedParts, profile: Profile, seed: int) -> Iterator[str]:
    switches = switches_set(profile)
    for name in sorted(switches.keys() | saved.profile.keys()):
        theirs, ours = saved.profile.get(name, "default"), switches.get(name, "default")
        if theirs != ours:
            yield f"{name}: {theirs} where it was saved, {ours} here"
    if saved.seed != seed:
        yield f"seed: {saved.seed} where it was saved, {seed} here"


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
    in_order = sorted(messages.values(), key=lambda message: message.arrival)
    arrivals = {message.id: tick() for message in in_order}
    numbered = [replace(each, arrival=arrivals[each.id]) for each in messages.values()]
    return UndoTable(dict(zip(messages, numbered, strict=True)))
