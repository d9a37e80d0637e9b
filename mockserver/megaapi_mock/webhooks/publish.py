"""From recorded events to deliveries: who is owed what, and when the courier may have it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TypeVar

from ..domain.event import Event
from ..domain.instance import Instance
from ..domain.message import Message
from ..domain.peer_messages import Envelope, failed_ack
from ..errors import (
    ControlRefused,
    Impossible,
    RequestRejected,
    StoreUnavailable,
    UnknownInstance,
)
from ..records.bugs import Bugs, describe
from ..records.delivery import OLD_WORLD, Delivery, end
from ..records.fault_hit import hits_of
from ..records.feed import StreamKind
from ..records.journal import Journal
from ..records.outcome import Outcome
from ..spec.operations import WebhookEvent
from ..store import Store
from .chaos.dispatcher import ChaosDispatcher
from .render import Renderer
from .waiting_calls import WaitingCalls

View = TypeVar("View")


class Publisher:
    """Changes an instance; what that owes is kept with the change, or dropped with it.

    Outcomes of one instance reach the courier in the order of their changes, whatever the order
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
        chaos_dispatcher: ChaosDispatcher,
        on_change: Callable[[Delivery], None],
        bugs: Bugs | None = None,
    ) -> None:
        self._store, self._journal, self._renderer = store, journal, renderer
        self._categories: Mapping[str, str] = {event.name: event.category for event in catalogue}
        self._accept, self._on_change = accept, on_change
        self._chaos_dispatcher = chaos_dispatcher
        self._bugs = Bugs() if bugs is None else bugs
        # Two threads that hand over deliveries of one instance must not overtake each other.
        self._handing_over = threading.Lock()
        # One thread carries, so that messages arrive in the order they were written.
        self._carry_lock = threading.RLock()
        self._is_carrying = False
        # Whether some could not be carried: the next change, of whatever instance, tries again.
        self._is_behind = False
        self.waiting_calls = WaitingCalls()

    @contextmanager
    def changing(self, key: str, moment: float | None = None) -> Iterator[tuple[Instance, Outcome]]:
        """Hold one instance; when the block ends well, the outcome is kept with the change.

        The caller releases the outcome, and may put the exchange of its call there. A block that
        raises owes nothing, and leaves nothing on record.
        """
        outcome = Outcome(key)
        messages: Sequence[Message] = ()
        kinds: list[StreamKind] = []
        try:
            with self._store.change(key, moment, outcome) as instance:
                yield instance, outcome
                instance.wake(instance.now)
                outcome.events = instance.take_events()
                if outcome.events:
                    self._set_deliveries(instance, outcome)
                if instance.fault_counts:
                    outcome.fault_hits = hits_of(instance.fault_counts, self._journal.next_id)
                outcome.peer_messages = instance.take_peer_messages()
                journal = self._journal
                if (journal.topics or journal.feed.awake) and journal.awaits_messages(key):
                    messages = instance.messages.changed_rows()
                    if journal.feed.keeps(key):
                        kinds = _kinds_to_show(instance)
        except BaseException:
            # Nothing is owed if it was rolled back; if it was kept, it must not hold up later ones.
            self.release(outcome)
            raise
        for delivery in outcome.turned_away:
            self._on_change(delivery)
        if messages:
            self._tell_messages(key, messages)
        for kind in kinds:
            self._journal.show(kind, key, {"instance": key})
        if outcome.peer_messages or self._is_behind:
            self._carry_safely()

    def _carry_safely(self) -> None:
        """The change itself is kept: what cannot be carried now is carried behind a later one."""
        try:
            self.carry_all()
            self._is_behind = False
        except StoreUnavailable:
            self._is_behind = True
        except Exception:
            self._is_behind = True
            self._bugs.note("messages between instances could not be carried")

    def _set_deliveries(self, instance: Instance, outcome: Outcome) -> None:
        outcome.deliveries = self._deliveries_for(instance, outcome.events)
        if outcome.exchange is not None:
            outcome.exchange.events = tuple([event.name for event in outcome.events])

    def _tell_messages(self, key: str, messages: Sequence[Message]) -> None:
        """Now that the change is kept: whoever waits for messages finds them."""
        try:
            self._journal.messages_changed(key, messages)
        except Exception:
            self._bugs.note(f"nobody could be told of messages of {key}")

    def change(self, key: str, do: Callable[[Instance], View]) -> View:
        """One change whose events may leave at once; what `do` returns."""
        with self.changing(key) as (instance, outcome):
            result = do(instance)
        self.release(outcome)
        return result

    def knows_event(self, name: str) -> bool:
        """Whether there is a webhook of this name."""
        return name in self._categories

    def keys(self) -> Sequence[str]:
        """Every instance there is."""
        return self._store.keys()

    def wake(self, key: str, now: float | None = None) -> None:
        """Let one instance do what is due by then, or by now; what it causes may leave at once."""
        try:
            self._wake(key, now)
        except (UnknownInstance, StoreUnavailable):
            raise
        except Exception:
            self._bugs.note(f"{key} could not do what was due")
            # What failed is not due any more; the rest is.
            self._wake(key, now)

    def _wake(self, key: str, now: float | None) -> None:
        with self.changing(key, now) as (_, outcome):
            pass
        self.release(outcome)

    def abandon(self, key: str | None = None) -> None:
        """One instance, or all of them, are reset or restored: what was owed before is abandoned.

        The caller holds whoever begins again (`at_rest`).
        """
        self.waiting_calls.end(key)
        for outcome in self._store.owed.abandon(key):
            self._abandon(outcome.deliveries, OLD_WORLD)

    def _abandon(self, deliveries: Iterable[Delivery], reason: str) -> None:
        for delivery in deliveries:
            end(delivery, "abandoned", reason)
            self._on_change(delivery)

    @contextmanager
    def at_rest(self) -> Iterator[Sequence[Instance]]:
        """Hold every instance while no message between two is on its way."""
        while True:
            self.carry_all()
            with self._carry_lock, self._store.hold() as instances:
                if not self._store.owed.has_peer_messages:
                    yield instances
                    return

    def look(self, key: str, read: Callable[[Instance], View]) -> View:
        """Read one instance: no change begins.

        What became due meanwhile happens first, as a change of its own, if it can be kept.
        """
        with self._store.read(key) as instance:
            if not instance.is_due:
                return read(instance)
        with suppress(StoreUnavailable):
            self.wake(key)
        with self._store.read(key) as instance:
            return read(instance)

    def release(self, outcome: Outcome) -> None:
        """The answer is handed over: what it caused may leave, as soon as all before it may."""
        if outcome.is_released:
            return
        outcome.is_released = True
        if not outcome.deliveries:
            return
        with self._handing_over:
            try:
                self._claim(outcome.instance)
            except Exception:
                self._bugs.note(f"webhooks of {outcome.instance} could not be claimed")
                # What is left over leaves with the next change at the latest.
                with suppress(Exception):
                    self._claim(outcome.instance)

    def _claim(self, key: str) -> None:
        for free in self._store.owed.claim_deliveries(key):
            self._hand_over(free)

    def _hand_over(self, outcome: Outcome) -> None:
        with self._or_abandoned(outcome.deliveries):
            self._store.owed.free_room(outcome)
            chaos = self._chaos_dispatcher
            accept = chaos.accept if chaos.at_work else self._accept
            accept(outcome.deliveries)

    @contextmanager
    def _or_abandoned(self, deliveries: Sequence[Delivery]) -> Iterator[None]:
        """Whatever nobody took when this has failed will not leave, and says why."""
        try:
            yield
        except Exception as error:
            keys = {delivery.instance for delivery in deliveries}
            self._bugs.note(f"the courier did not take webhooks of {', '.join(sorted(keys))}")
            queue = [delivery for delivery in deliveries if delivery.state == "queued"]
            self._abandon(queue, f"our own bug: {describe(error)}")

    def send_again(self, delivery: Delivery, accept: Callable[[Sequence[Delivery]], None]) -> None:
        """Put a copy of a webhook on record and hand it to `accept`, past all that is owed."""
        with self._or_abandoned([delivery]):
            self._journal.write_deliveries([delivery])
            accept([delivery])

    def carry_all(self) -> None:
        """Bring every message to a peer, and whatever it causes, while no instance is held.

        Raises StoreUnavailable where one cannot be kept just now; it waits, with all behind it.
        """
        with self._carry_lock:
            if self._is_carrying:
                return
            self._is_carrying = True
            try:
                while (envelope := self._store.owed.claim_peer_message()) is not None:
                    self._deliver_safely(envelope)
            finally:
                self._is_carrying = False

    def _deliver_safely(self, envelope: Envelope) -> None:
        """Bring it; what fails at the other instance is no trouble of who wrote it."""
        try:
            self._deliver(envelope)
        except UnknownInstance:
            return
        except StoreUnavailable:
            self._store.owed.return_peer_message(envelope)
            raise
        except Exception:
            self._bugs.note(f"{envelope.to} could not take what {envelope.sender} sent it")
            self._send_back(envelope)

    def _send_back(self, envelope: Envelope) -> None:
        """Tell the sender that it was not taken, if the sender waits to hear of it."""
        try:
            answer = failed_ack(envelope)
            if answer is not None:
                self._store.owed.keep_peer_message(answer)
        except Exception:
            self._bugs.note(f"{envelope.sender} cannot be told that {envelope.to} did not take it")

    def _deliver(self, envelope: Envelope) -> None:
        """At the time it was written for, before what is due later."""
        with self.changing(envelope.to, envelope.time) as (instance, outcome):
            outcome.peer_message = envelope
            instance.wake(envelope.time)
            instance.mailbox.take(envelope)
        self.release(outcome)

    def _deliveries_for(self, instance: Instance, events: Sequence[Event]) -> list[Delivery]:
        targets, event_filter = _targets(instance), instance.state.filter
        if not targets:
            return []
        if event_filter.blocked:
            events = [
                event
                for event in events
                if event_filter.lets_through(self._categories.get(event.name, ""), event.name)
            ]
        return [
            self._delivery(event, url, lane, payload)
            for event in events
            for payload in self._render(event)
            for url, lane in targets
        ]

    def _render(self, event: Event) -> list[tuple[str, bytes]]:
        """Type and body; empty if rendering fails: the change stays all the same."""
        try:
            return [self._renderer.render(event)]
        except (ControlRefused, Impossible, RequestRejected):
            # What was asked to be told cannot be: whoever asked is told so.
            raise
        except Exception:
            self._bugs.note(f"{event.name} of {event.instance} could not be told")
            return []

    def _delivery(self, event: Event, url: str, lane: str, payload: tuple[str, bytes]) -> Delivery:
        message_type, body = payload
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


def _kinds_to_show(instance: Instance) -> list[StreamKind]:
    """What event streams have to show beside messages, once the change is kept."""
    kinds: list[StreamKind] = ["instance"] if instance.changes_what_is_shown else []
    return [*kinds, "groups"] if instance.group_table.writes else kinds


def _targets(instance: Instance) -> list[tuple[str, str]]:
    """Where events of this instance go; the second URL gets the same bodies (ancestor)."""
    settings, key = instance.state.webhook, instance.state.key
    targets = []
    if settings.enabled and settings.url:
        targets.append((settings.url, key))
    if settings.secondary_enabled and settings.secondary_url:
        targets.append((settings.secondary_url, f"{key}#secondary"))
    return targets
