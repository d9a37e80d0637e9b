"""Saving the state of the whole mock, or of one instance, as one document; records are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..clock import Clock, ClockState
from ..domain.instance import Instance
from ..errors import UnknownInstance
from ..faults import saved_faults
from ..faults.saved_faults import SavedFaults
from ..ids import Ids
from ..profile import Profile, default_profile
from ..records.delivery import Delivery
from ..runtime import Instances
from ..store.serialize import Forms
from ..store.snapshot import DOCUMENTS, save_instance, save_world
from ..webhooks.chaos.saved_chaos import SavedSeries
from .lifecycle import OutsideParts

Json = dict[str, Any]


SAVED_TYPES = DOCUMENTS | {(Delivery, "body")}


FORMS: Mapping[str, Any] = {
    "seed": int,
    "profile": dict[str, str],
    "clock": ClockState,
    "numbers": dict[str, int],
    "media": tuple[bytes, ...],
    "chaos": tuple[SavedSeries, ...],
    "faults": SavedFaults,
}


@dataclass(frozen=True)
class StateParts:
    """The parts of a mock that a saved state is about, and that a loaded one changes."""

    instances: Instances
    outside: OutsideParts
    clock: Clock
    ids: Ids
    profile: Profile


def save(parts: StateParts, key: str | None = None) -> Json:
    """Everything that decides what the mock will do: of all instances, or of only one.

    Deliveries on their way to a receiver are not part of it; those that chaos holds are.
    Raises UnknownInstance.
    """
    parts.instances.timers.run_due()
    forms = Forms(documents=SAVED_TYPES)
    with parts.instances.publisher.at_rest() as instances:
        if key is None:
            return _save_all(parts, instances, forms)
        for instance in instances:
            if instance.key == key:
                return _save_one(parts, instance, forms)
    raise UnknownInstance(f"no instance has the key {key!r}: GET /_mock/instances lists them")


def _save_all(parts: StateParts, instances: Sequence[Instance], forms: Forms) -> Json:
    world, vault = parts.instances.start.world, parts.instances.store.gateway.vault
    return {
        "instance": None,
        "seed": encode("seed", parts.ids.seed, forms),
        "profile": encode("profile", switches_set(parts.profile), forms),
        "clock": encode("clock", parts.clock.save(), forms),
        "world": save_world(world, forms),
        "start": world.state,
        "numbers": encode("numbers", parts.outside.journal.last_numbers(), forms),
        "instances": [save_instance(instance, forms) for instance in instances],
        "media": encode("media", tuple(vault.blobs().values()), forms),
        **_save_outside(parts.outside, None, forms),
    }


def _save_one(parts: StateParts, instance: Instance, forms: Forms) -> Json:
    blobs = parts.instances.store.gateway.vault.blobs()
    instance_document = save_instance(instance, forms)
    # What came between in other instances is not one of this one's.
    in_order = sorted(instance_document["messages"].values(), key=lambda row: row["arrival"])
    for number, row in enumerate(in_order, 1):
        row["arrival"] = number
    digests = dict.fromkeys(media.digest for media in instance.media.values())
    media = tuple(blobs[name] for name in digests if name in blobs)
    return {
        "instance": instance.key,
        "seed": encode("seed", parts.ids.seed, forms),
        "profile": encode("profile", switches_set(parts.profile), forms),
        "numbers": encode("numbers", parts.outside.journal.last_numbers(instance.key), forms),
        "instances": [instance_document],
        "media": encode("media", media, forms),
        **_save_outside(parts.outside, instance.key, forms),
    }


def _save_outside(outside: OutsideParts, key: str | None, forms: Forms) -> Json:
    """Chaos and faults, with what they have done so far."""
    memory = saved_faults.save(outside.faults.memory(key))
    return {
        "chaos": encode("chaos", outside.chaos_dispatcher.save(key), forms),
        "faults": encode("faults", memory, forms),
    }


def encode(name: str, value: Any, forms: Forms) -> Any:
    """A part of a state as JSON, in the form of its name."""
    return forms.of(FORMS[name]).written(value)


def switches_set(profile: Profile) -> dict[str, str]:
    """The plan, and every switch that is not at its default."""
    usual = default_profile(profile.plan)
    return {
        "plan": profile.plan,
        **{name: value for name, value in profile.values.items() if value != usual[name]},
    }
