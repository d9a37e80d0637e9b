"""Saving the state of the whole mock, or of one instance, as one document; records are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..clock import Clock, ClockState
from ..domain.instance import Instance
from ..errors import UnknownInstance
from ..faults import saved_faults
from ..faults.active import ActiveFaults
from ..faults.saved_faults import SavedFaults
from ..ids import Ids
from ..profile import Profile, default_profile
from ..records.delivery import Delivery
from ..records.journal import Journal
from ..runtime import Instances
from ..store.serialize import Forms
from ..store.snapshot import DOCUMENTS, save_instance, save_world
from ..webhooks.chaos.dispatcher import ChaosDispatcher
from ..webhooks.chaos.saved_chaos import SavedSeries

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
    journal: Journal
    chaos_dispatcher: ChaosDispatcher
    faults: ActiveFaults
    clock: Clock
    ids: Ids
    profile: Profile


def save(parts: StateParts, key: str | None = None) -> Json:
    """Everything that decides what the mock will do: of all instances, or of only one.

    Deliveries on their way to a receiver are no part of it; those that chaos holds are.
    Raises UnknownInstance.
    """
    parts.instances.timers.run_due()
    with parts.instances.publisher.at_rest() as instances:
        saver = _Saver(parts, Forms(documents=SAVED_TYPES))
        if key is None:
            return saver.whole_mock(instances)
        for instance in instances:
            if instance.key == key:
                return saver.one_instance(instance)
    raise UnknownInstance(f"no instance has the key {key!r}: GET /_mock/instances lists them")


@dataclass(frozen=True)
class _Saver:
    parts: StateParts
    forms: Forms

    def whole_mock(self, instances: Sequence[Instance]) -> Json:
        parts, world = self.parts, self.parts.instances.start.world
        vault = self.parts.instances.store.gateway.vault
        return {
            "instance": None,
            **self._start(),
            **self._encode("clock", parts.clock.save()),
            "world": save_world(world, self.forms),
            "start": world.state,
            **self._encode("numbers", parts.journal.last_numbers()),
            "instances": [save_instance(instance, self.forms) for instance in instances],
            **self._encode("media", tuple(vault.blobs().values())),
            **self._encode("chaos", parts.chaos_dispatcher.saved()),
            **self._encode("faults", saved_faults.save(parts.faults.memory())),
        }

    def one_instance(self, instance: Instance) -> Json:
        parts, blobs = self.parts, self.parts.instances.store.gateway.vault.blobs()
        instance_document = save_instance(instance, self.forms)
        # What came between in other instances is not one of this one's.
        in_order = sorted(instance_document["messages"].values(), key=lambda row: row["arrival"])
        for number, row in enumerate(in_order, 1):
            row["arrival"] = number
        digests = dict.fromkeys(media.digest for media in instance.media.values())
        return {
            "instance": instance.key,
            **self._start(),
            **self._encode("numbers", parts.journal.last_numbers(instance.key)),
            "instances": [instance_document],
            **self._encode("media", tuple(blobs[name] for name in digests if name in blobs)),
            **self._encode("chaos", parts.chaos_dispatcher.saved(instance.key)),
            **self._encode("faults", saved_faults.save(parts.faults.memory(instance.key))),
        }

    def _start(self) -> Json:
        return {
            **self._encode("seed", self.parts.ids.seed),
            **self._encode("profile", switches_set(self.parts.profile)),
        }

    def _encode(self, name: str, value: Any) -> Json:
        return {name: self.forms.of(FORMS[name]).written(value)}


def switches_set(profile: Profile) -> dict[str, str]:
    """The plan, and every switch that is not at its default."""
    usual = default_profile(profile.plan)
    return {
        "plan": profile.plan,
        **{name: value for name, value in profile.values.items() if value != usual[name]},
    }
