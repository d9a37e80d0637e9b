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
from ..runtime import Runtime
from . import instances

Json = dict[str, Any]


@dataclass(frozen=True)
class RunningHost:
    """Lists, makes and deletes the instances of a runtime."""

    runtime: Runtime

    def each(self, view: Callable[[Instance], Json]) -> list[Json]:
        """What a view shows of every instance, in order of creation."""
        shown = []
        for key in self.runtime.store.keys():
            # One that is deleted meanwhile is not there any more.
            with suppress(UnknownInstance):
                shown.append(self.runtime.publisher.look(key, view))
        return shown

    def create(self, key: str | None, url: str, *, enabled: bool) -> str:
        """A new instance in place of any that has its key; which key it has."""
        key = key or self._unused_key()
        with suppress(UnknownInstance):
            instances.remove(self.runtime, key)

        def begin(instance: Instance) -> Json:
            instances.succeed(self.runtime, instance)
            instance.set_webhook(url, enabled=enabled)
            return instance.as_json()

        document = self.runtime.store.add(
            InstanceSeed(key=key, token=key.partition("-")[2] or key),
            begin=begin,
            most=self.runtime.settings.instances_limit,
        )
        self.runtime.journal.show("instance", key, document)
        return key

    def delete(self, key: str) -> None:
        """The instance is gone; UnknownInstance where there is none."""
        instances.remove(self.runtime, key)

    def _unused_key(self) -> str:
        """A UUID as Node makes it, drawn from the seed."""
        number = int(self.runtime.journal.next_id("host", None).removeprefix("host"))
        return str(UUID(bytes=self.runtime.ids.raw("", "instance", number, 16), version=4))
