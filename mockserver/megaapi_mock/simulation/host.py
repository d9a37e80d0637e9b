"""All instances of the mock, as who administers them through the gateway's own API has them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ..domain.gateway import InstanceSeed
from ..domain.instance import Instance
from ..errors import UnknownInstance
from ..ids import Ids
from ..records.journal import Journal
from ..runtime import Instances
from .lifecycle import continue_counters

Json = dict[str, Any]


@dataclass(frozen=True)
class RunningHost:
    """Lists, makes and deletes instances; there are `most` of them at a time.

    `remove` ends an instance with all that belongs to it, and raises UnknownInstance.
    """

    instances: Instances
    remove: Callable[[str], None]
    journal: Journal
    ids: Ids
    most: int

    def each(self, view: Callable[[Instance], Json]) -> list[Json]:
        """What a view shows of every instance, in order of creation."""
        results = []
        for key in self.instances.store.keys():
            # One that is deleted meanwhile is not there any more.
            with suppress(UnknownInstance):
                results.append(self.instances.publisher.look(key, view))
        return results

    def create(self, key: str | None, url: str, *, enabled: bool) -> str:
        """A new instance in place of any that has its key; which key it has."""
        key = key or self._unused_key()
        with suppress(UnknownInstance):
            self.remove(key)
        seed = InstanceSeed(key=key, token=key.partition("-")[2] or key)
        with self.instances.store.add(seed, most=self.most) as instance:
            continue_counters(instance, self.journal)
            instance.set_webhook(url, enabled=enabled)
            document = instance.as_json()
        self.journal.show("instance", key, document)
        return key

    def delete(self, key: str) -> None:
        """The instance is gone; UnknownInstance where there is none."""
        self.remove(key)

    def _unused_key(self) -> str:
        """A UUID as Node makes it, drawn from the seed."""
        number = int(self.journal.next_id("host", None).removeprefix("host"))
        return str(UUID(bytes=self.ids.raw("", "instance", number, 16), version=4))
