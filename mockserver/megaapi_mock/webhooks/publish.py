"""From recorded events to deliveries: who is owed what, and when the courier may have it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from ..domain.event import Event
from ..domain.instance import Instance
from ..domain.message import Message
from ..domain.peer_messages import Envelope, failed_ack
from ..errors import ControlRefused, RequestRejected, UnknownInstance
from ..records.bugs import Bugs
from ..records.delivery import OLD_WORLD, Delivery, end
from ..records.feed import Kind
from ..records.journal import Journal
from ..spec.operations import WebhookEvent
from ..store import Store
from .chaos.capacity import Capacity
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
    in which their answers leave. Messages to other instances are carried over once the change is
    kept and nobody is held any more; when `changing` ends, all that followed has happened.

    Once a change is kept, nothing that fails afterwards reaches who asked for it: it is noted in
    `bugs`, and the others go on.
    """

    def __init__(
        self,
        *,
        store: Store,
        journal: Journal,
        renderer: Renderer,
        catalogue: Iterable[WebhookEvent],
        accept: Callable[[Sequence[Delivery]], None],
        changed: Callable[[Delivery], None],
        bugs: Bugs | None = None,
        room: Capacity | None = None,
    ) -> None:
        self._store, self._journal, self._renderer = store, journal, renderer
        self._categories: Mapping[str, str] = {event.name: event.category for event in catalogue}
        self._accept, self._changed = accept, changed
        self._bugs = Bugs() if bugs is None else bugs
        self._room = room or Capacity()
        # Guards what waits, the room for it, and the messages to peers.
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[Batch]] = {}
        self._peer_messages: deque[Envelope] = deque()
        # One thread carries, so that messages arrive in the order they were written.
        self._carrying = threading.RLock()
        self._carries = False

    @contextmanager
    def changing(self, key: str, at: float | None = None) -> Iterator[tuple[Instance, Batch]]:
        """Hold one instance; when the block ends well, its events are owed and the batch waits.

        The caller releases the batch. A block that raises owes nothing.
        """
        batch = Batch(key)
        peer_messages: Sequence[Envelope] = ()
        messages: Sequence[Message] = ()
        altered: list[Kind] = []
        try:
            with self._store.change(key, at) as instance:
                yield instance, batch
                instance.wake(instance.now)
                batch.events = instance.take_events()
                if batch.events:
                    batch.deliveries = self._owed(instance, batch.events)
                peer_messages = instance.take_peer_messages()
                if self._journal.awaits_messages(key):
                    messages = instance.messages.changed()
                    altered = _altered(instance)
                if batch.deliveries or peer_messages:
                    self._keep(batch, peer_messages)
        except BaseException:
            self._withdraw(batch)
            raise
        if messages:
            self._tell_messages(key, messages)
        for kind in altered:
            self._journal.show(kind, key, {"instance": key})
        if peer_messages:
            self._carry()

    def _tell_messages(self, key: str, messages: Sequence[Message]) -> None:
        """Now that the change is kept: whoever waits for messages finds them."""
        try:
            self._journal.messages_changed(key, messages)
        except Exception:
            self._bugs.note(f"nobody could be told of messages of {key}")

    def _keep(self, batch: Batch, peer_messages: Sequence[Envelope]) -> None:
        waits = bool(batch.deliveries) and not self._is_turned_away(batch)
        if batch.deliveries:
            self._journal.add_deliveries(batch.deliveries)
        with self._lock:
            if waits:
                self._waiting.setdefault(batch.instance, deque()).append(batch)
                self._count(batch, 1)
            self._peer_messages.extend(peer_messages)

    def _is_turned_away(self, batch: Batch) -> bool:
        """Drop the batch when too much waits already behind answers that are not handed over."""
        if not self._room.is_over:
            return False
        reason = f"{self._room.count} deliveries wait already for answers before them to leave"
        for delivery in batch.deliveries:
            end(delivery, "dropped", reason)
        return True

    def _count(self, batch: Batch, sign: int) -> None:
        """It waits here, or with -1 does so no longer; the lock is held."""
        for delivery in batch.deliveries:
            self._room.add(delivery, sign)

    def _withdraw(self, batch: Batch) -> None:
        """The change is undone: its batch stands in nobody's way, wherever it had come to."""
        if not batch.deliveries:
            return
        with self._lock:
            batch.released = True
            queue = self._waiting.get(batch.instance, deque())
            if batch in queue:
                queue.remove(batch)
                self._count(batch, -1)
            self._let_go(batch.instance)
        self._abandon([batch], "the change that caused it was undone")

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
        try:
            self._wake(key, now)
        except UnknownInstance:
            raise
        except Exception:
            self._bugs.note(f"{key} could not do what was due")
            # What failed is not due any more; the rest is.
            self._wake(key, now)

    def _wake(self, key: str, now: float) -> None:
        with self.changing(key, now) as (_, batch):
            pass
        self.release(batch)

    def abandon(self, key: str | None = None) -> None:
        """A new life of one instance, or of all, begins: nothing waits here for the old one.

        The caller holds whoever begins anew (`at_rest`).
        """
        with self._lock:
            keys = list(self._waiting) if key is None else [key]
            batches = [batch for name in keys for batch in self._waiting.pop(name, ())]
            for batch in batches:
                batch.released = True
                self._count(batch, -1)
            waiting = self._peer_messages
            rest = [each for each in waiting if key and key not in (each.to, each.sender)]
            self._peer_messages = deque(rest)
        self._abandon(batches, OLD_WORLD)

    def _abandon(self, batches: Sequence[Batch], reason: str) -> None:
        for delivery in (each for batch in batches for each in batch.deliveries):
            end(delivery, "abandoned", reason)
            self._changed(delivery)

    @contextmanager
    def at_rest(self) -> Iterator[Sequence[Instance]]:
        """Hold every instance while no message between two is on its way."""
        while True:
            self._carry()
            with self._carrying, self._store.hold() as instances:
                if not self._peer_messages:
                    yield instances
                    return

    def look(self, key: str, at: Callable[[Instance], Seen]) -> Seen:
        """Read one instance. What became due meanwhile has happened then, and is owed.

        Where nothing did, no change begins.
        """
        with self._store.read(key) as instance:
            if not instance.is_due:
                return at(instance)
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
            self._let_go(batch.instance)

    def _let_go(self, key: str) -> None:
        """Whatever may leave does. Within the lock: two threads must not overtake each other."""
        queue = self._waiting.get(key, deque())
        while queue and queue[0].released:
            self._hand_over(queue.popleft())
        if not queue:
            self._waiting.pop(key, None)

    def _hand_over(self, batch: Batch) -> None:
        try:
            self._count(batch, -1)
            self._accept(batch.deliveries)
        except Exception as error:
            self._bugs.note(f"the courier did not take webhooks of {batch.instance}")
            lost = [each for each in batch.deliveries if each.state == "queued"]
            self._abandon([Batch(batch.instance, lost)], f"our own bug: {error!r}")

    def _carry(self) -> None:
        """Bring every message to a peer, and whatever it causes, while no instance is held."""
        with self._carrying:
            if self._carries:
                return
            self._carries = True
            try:
                while (envelope := self._next_peer_message()) is not None:
                    self._bring_whole(envelope)
            finally:
                self._carries = False

    def _next_peer_message(self) -> Envelope | None:
        with self._lock:
            return self._peer_messages.popleft() if self._peer_messages else None

    def _bring_whole(self, envelope: Envelope) -> None:
        """Bring it; what fails at the other instance is no trouble of who wrote it."""
        try:
            self._bring(envelope)
        except UnknownInstance:
            return
        except Exception:
            self._bugs.note(f"{envelope.to} could not take what {envelope.sender} sent it")
            self._send_back(envelope)

    def _send_back(self, envelope: Envelope) -> None:
        """Tell the sender that it was not taken, if the sender waits to hear of it."""
        try:
            answer = failed_ack(envelope)
        except Exception:
            self._bugs.note(f"{envelope.sender} cannot be told that {envelope.to} did not take it")
            return
        if answer is not None:
            with self._lock:
                self._peer_messages.append(answer)

    def _bring(self, envelope: Envelope) -> None:
        """At the time it was written for, before what is due later."""
        with self.changing(envelope.to, envelope.time) as (instance, batch):
            instance.wake(envelope.time)
            instance.mailbox.take(envelope)
        self.release(batch)

    def _owed(self, instance: Instance, events: Sequence[Event]) -> list[Delivery]:
        targets = _targets(instance)
        if not targets:
            return []
        return [
            self._delivery(event, url, lane, rendered)
            for event in events
            if instance.filter.lets_through(self._categories.get(event.name, ""), event.name)
            for rendered in self._rendered(event)
            for url, lane in targets
        ]

    def _rendered(self, event: Event) -> list[tuple[str, bytes]]:
        """Type and body; nothing where telling it fails, which undoes nothing that happened."""
        try:
            return [self._renderer.render(event)]
        except (ControlRefused, RequestRejected):
            # What was asked to be told cannot be: whoever asked is told so.
            raise
        except Exception:
            self._bugs.note(f"{event.name} of {event.instance} could not be told")
            return []

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


def _altered(instance: Instance) -> list[Kind]:
    """What event streams have to show beside messages, once the change is kept."""
    altered: list[Kind] = ["instance"] if instance.alters_what_is_shown else []
    return [*altered, "groups"] if instance.group_table.writes else altered


def _targets(instance: Instance) -> list[tuple[str, str]]:
    """Where events of this instance go; the second URL gets the same bodies (ancestor)."""
    settings = instance.webhook
    targets = []
    if settings.enabled and settings.url:
        targets.append((settings.url, instance.key))
    if settings.secondary_enabled and settings.secondary_url:
        targets.append((settings.secondary_url, f"{instance.key}#secondary"))
    return targets
