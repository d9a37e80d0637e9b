"""From recorded events to deliveries: who is owed what, and when the courier may have it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from ..domain.event import Event
from ..domain.instance import Instance
from ..domain.letters import Letter
from ..errors import UnknownInstance
from ..journal import Journal
from ..spec.operations import WebhookEvent
from ..store import Store
from .delivery import Delivery
from .render import Renderer

Seen = TypeVar("Seen")


@dataclass(slots=True, eq=False)
class Batch:
    """What one change of one instance owes; it waits until the change's answer is handed over."""

    instance: str
    deliveries: list[Delivery] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    released: bool = False


class Publisher:
    """Changes an instance and records what that owes, in one step.

    Batches of one instance reach the courier in the order of their changes, whatever the order
    in which their answers leave. Letters to other instances are carried over once the change is
    kept and nobody is held any more; when `changing` ends, all that followed has happened.
    """

    def __init__(
        self,
        *,
        store: Store,
        journal: Journal,
        renderer: Renderer,
        catalogue: Iterable[WebhookEvent],
        accept: Callable[[Sequence[Delivery]], None],
    ) -> None:
        self._store, self._journal, self._renderer = store, journal, renderer
        self._categories: Mapping[str, str] = {event.name: event.category for event in catalogue}
        self._accept = accept
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[Batch]] = {}
        self._letters: deque[Letter] = deque()
        # One thread carries, so that letters arrive in the order they were written.
        self._carrying = threading.RLock()
        self._carries = False

    @contextmanager
    def changing(self, key: str, at: float | None = None) -> Iterator[tuple[Instance, Batch]]:
        """Hold one instance; when the block ends well, its events are owed and the batch waits.

        The caller releases the batch. A block that raises owes nothing.
        """
        batch = Batch(key)
        letters: Sequence[Letter] = ()
        with self._store.change(key, at) as instance:
            yield instance, batch
            instance.wake(instance.now)
            batch.events = instance.take_events()
            batch.deliveries = self._owed(instance, batch.events)
            if batch.deliveries:
                self._journal.add_deliveries(batch.deliveries)
                with self._lock:
                    self._waiting.setdefault(key, deque()).append(batch)
            letters = instance.take_letters()
            self._letters.extend(letters)
        if letters:
            self._carry()

    def change(self, key: str, do: Callable[[Instance], None]) -> Batch:
        """One change whose events may leave at once."""
        with self.changing(key) as (instance, batch):
            do(instance)
        self.release(batch)
        return batch

    def keys(self) -> Sequence[str]:
        """Every instance there is."""
        return self._store.keys()

    def wake(self, key: str, now: float) -> None:
        """Let one instance do what is due by then; what it causes may leave at once."""
        with self.changing(key, now) as (_, batch):
            pass
        self.release(batch)

    def forget_letters(self) -> None:
        """Everything began anew: what was on its way is for nobody."""
        self._letters.clear()

    @contextmanager
    def at_rest(self) -> Iterator[Sequence[Instance]]:
        """Hold every instance while no letter is on its way."""
        while True:
            self._carry()
            with self._carrying, self._store.hold() as instances:
                if not self._letters:
                    yield instances
                    return

    def look(self, key: str, at: Callable[[Instance], Seen]) -> Seen:
        """Read one instance. What became due meanwhile has happened then, and is owed."""
        with self.changing(key) as (instance, batch):
            instance.wake(instance.now)
            seen = at(instance)
        self.release(batch)
        return seen

    def release(self, batch: Batch) -> None:
        """The answer is handed over: what it caused may leave, as soon as all before it may."""
        if batch.released:
            return
        with self._lock:
            batch.released = True
            queue = self._waiting.get(batch.instance, deque())
            while queue and queue[0].released:
                # Within the lock: two threads must not overtake each other on the way out.
                self._accept(queue.popleft().deliveries)
            if not queue:
                self._waiting.pop(batch.instance, None)
        if batch.events:
            self._journal.stir()

    def _carry(self) -> None:
        """Bring every letter, and whatever they cause, while no instance is held."""
        with self._carrying:
            if self._carries:
                return
            self._carries = True
            try:
                while self._letters:
                    with suppress(UnknownInstance):
                        self._bring(self._letters.popleft())
            finally:
                self._carries = False

    def _bring(self, letter: Letter) -> None:
        """At the time it was written for, before what is due later."""
        with self.changing(letter.to, letter.time) as (instance, batch):
            instance.wake(letter.time)
            instance.post.take(letter)
        self.release(batch)

    def _owed(self, instance: Instance, events: Sequence[Event]) -> list[Delivery]:
        targets = _targets(instance)
        if not targets:
            return []
        return [
            self._delivery(event, url, lane, rendered)
            for event in events
            if instance.filter.lets_through(self._categories.get(event.name, ""), event.name)
            for rendered in [self._renderer.render(event)]
            for url, lane in targets
        ]

    def _delivery(self, event: Event, url: str, lane: str, rendered: tuple[str, bytes]) -> Delivery:
        message_type, body = rendered
        return Delivery(
            id=self._journal.next_id("d", event.instance),
            time=event.time,
            instance=event.instance,
            event=event.name,
            message_type=message_type,
            url=url,
            body=body,
            lane=lane,
        )


def _targets(instance: Instance) -> list[tuple[str, str]]:
    """Where events of this instance go; the second URL gets the same bodies (ancestor)."""
    settings = instance.webhook
    targets = []
    if settings.enabled and settings.url:
        targets.append((settings.url, instance.key))
    if settings.secondary_enabled and settings.secondary_url:
        targets.append((settings.secondary_url, f"{instance.key}#secondary"))
    return targets
