"""One change of one instance: its state, the moment, and what else comes of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from .agenda import Agenda
from .connection import CONNECTING
from .contacts import Contact
from .environment import Environment
from .event import DelayedEvent, Event
from .facts import Facts, NoFacts
from .fault_effects import NO_EFFECTS, FaultCount
from .jid import PERSON, Jid
from .peer_messages import Envelope, GroupUpdate, PeerAck, PeerMessage
from .state import BOUNDED, OF_MESSAGES, SIZED, TABLES, VALUES, InstanceState
from .undo_table import Bounds, Part, UndoTable

# Reported by the gateway itself, whether its socket is open or not.
_OWN_EVENTS = frozenset({"connected", "disconnected", "qrcode"})
NOTHING = NoFacts()
_VALUES_OF = attrgetter(*VALUES)
_SIZE_OF = attrgetter("size")
# What WhatsApp drops while the socket is down.
_NEVER_DELAYED = "presence"


class Change:
    """Lives as long as its instance, for one change after the other: `begin`, verbs, `wake`, then
    `commit` or `rollback`.

    Verbs write the state's tables, record events, write to other instances and plan what happens
    later. Everything is kept together or dropped together; events and messages to peers of
    earlier changes that nobody has taken yet stay.
    """

    def __init__(self, state: InstanceState, environment: Environment) -> None:
        self.state = state
        self.clock, self.ids = environment.clock, environment.ids
        self.directory, self.rules = environment.directory, environment.rules
        self.vault, self.world_groups = environment.vault, environment.groups
        self.fault_source = environment.fault_source
        self.room = Part(environment.room)
        self._own_bounds = Bounds(self.rules.messages_kept, self.rules.messages_bytes)
        self.bounds = self._own_bounds
        self.number_registry = environment.number_registry
        self.fault_effects = NO_EFFECTS
        # What faults have counted of it.
        self.fault_counts: list[FaultCount] = []
        self.now = self.clock.now()
        self.agenda = Agenda(state)
        # What is due at once and has not happened yet: acknowledgements, with their arguments.
        self._at_once: deque[tuple[Callable[..., None], tuple[str, ...]]] = deque()
        self.run_due: Callable[[float], None] = self._nothing_is_due
        self._events: list[Event] = []
        self._events_before = 0
        self._peer_messages: list[Envelope] = []
        self._peer_messages_before = 0
        self._values_before = self._values()
        self._tables: tuple[UndoTable[Any, Any], ...] = state.tables(TABLES)
        self._bounded_tables = state.tables(BOUNDED)
        self._sized_tables = state.tables(SIZED)
        # What goes with a message.
        self.attached = state.tables(OF_MESSAGES)
        # Their verbs or other tables bound these.
        self._tables_without_limit = state.tables(
            name for name in TABLES if name not in BOUNDED and name != "messages"
        )
        # A cache: the last owner found, with JID and LID. A directory does not change, and every
        # event asks.
        self._owner_number: str | None = None
        self._owner: Contact | None = None
        self._owner_addresses: tuple[str | None, str | None] = (None, None)

    # -- all or nothing ---------------------------------------------------------------------

    def look(self, moment: float | None = None) -> None:
        """Set `now`, to this moment or an earlier one; no change begins."""
        self.now = self.clock.now() if moment is None else moment
        self.fault_effects = NO_EFFECTS
        if self.fault_counts:
            self.fault_counts = []

    def begin(self, moment: float | None = None) -> None:
        """Start a change, now or at that moment: from here on everything can be taken back."""
        self.look(moment)
        self.bounds = self._bounds()
        self._values_before = _VALUES_OF(self.state)
        self._events_before = len(self._events)
        self._peer_messages_before = len(self._peer_messages)

    def commit(self) -> None:
        """Accept the change; the oldest messages and media beyond the bounds go."""
        state, bounds = self.state, self.bounds
        for message in state.messages.commit(bounds, self.attached):
            state.forget_message(message.id)
        for table in self._tables_without_limit:
            if table.writes:
                table.commit()
        for bounded in self._bounded_tables:
            if bounded.writes:
                bounded.commit(bounds)
        if self.agenda.scheduled or self.agenda.done:
            self.agenda.commit(bounds.rows)
        self.room.resize(self._size())

    def accept(self) -> None:
        """Accept the change as it stands, where `commit` has failed on the way: it is kept."""
        for table in self._tables:
            table.accept()
        self.agenda.accept()
        self.room.resize(self._size())

    def rollback(self) -> None:
        """Forget the change, its events, what it planned and what faults have counted of it."""
        for count in self.fault_counts:
            count.give_back()
        for name, value in zip(VALUES, self._values_before, strict=True):
            setattr(self.state, name, value)
        for table in self._tables:
            table.rollback()
        self.agenda.rollback()
        self._at_once.clear()
        del self._events[self._events_before :]
        del self._peer_messages[self._peer_messages_before :]

    def has_room(self, table: UndoTable[Any, Any], size: int) -> bool:
        """Whether another row of so many bytes fits into the table, beside all others."""
        return table.size + size <= self.bounds.size

    def _size(self) -> int:
        """Bytes of what others write into the state: everything that has a size."""
        return sum(map(_SIZE_OF, self._sized_tables))

    def _bounds(self) -> Bounds:
        """For this change: other instances may fill the room meanwhile, by a message each."""
        own, room = self._own_bounds, self.room
        if room.free >= own.size:
            return own
        of_messages = self.state.messages.size + sum(map(_SIZE_OF, self.attached))
        shared = max(0, room.most - self._size() + of_messages)
        return own if own.size <= shared else Bounds(own.rows, shared, keeps_newest=False)

    def _values(self) -> tuple[Any, ...]:
        values: tuple[Any, ...] = _VALUES_OF(self.state)
        return values

    @property
    def changes_values(self) -> bool:
        """Whether it changes anything of the state beside its tables."""
        return self._values() != self._values_before

    @property
    def changes_what_is_shown(self) -> bool:
        """Whether it changes what the control API shows of the instance itself."""
        # All but the last: how far the agenda has counted shows nowhere.
        return bool(self.state.presence.writes) or self._values()[:-1] != self._values_before[:-1]

    # -- identity ---------------------------------------------------------------------------

    @property
    def owner(self) -> Contact | None:
        """The person whose phone this is; None while no number is known."""
        if self.state.number != self._owner_number:
            self._find_owner()
        return self._owner

    def _find_owner(self) -> None:
        number = self.state.number
        owner = self.directory.owner(number) if number else None
        self._owner_number, self._owner = number, owner
        self._owner_addresses = (str(owner.jid), str(owner.lid)) if owner else (None, None)

    @property
    def own_jid(self) -> Jid:
        """The JID of the phone's number; an instance without one speaks for `unknown`."""
        owner = self.owner
        return owner.jid if owner else Jid(self.state.number or "unknown", PERSON)

    def person(self, jid: Jid) -> Contact | None:
        """The person behind a JID, by the world's word and by who is an instance here."""
        return self.directory.person(jid, self.number_registry)

    # -- what comes of it -------------------------------------------------------------------

    def record(self, name: str, facts: Facts = NOTHING, happened: float | None = None) -> None:
        """Something happened that a webhook may report; later, while the socket is down."""
        state = self.state
        if state.connection.state == CONNECTING and name not in _OWN_EVENTS:
            self._delay(name, facts)
            return
        if state.number != self._owner_number:
            self._find_owner()
        jid, lid = self._owner_addresses
        # By position: with names it takes twice as long, and every send makes four.
        event = Event(name, self.now, state.key, jid, lid, state.name, facts, happened)
        self._events.append(event)

    def _delay(self, name: str, facts: Facts) -> None:
        if name != _NEVER_DELAYED:
            number = self.count("delayed")
            self.state.delayed.put(number, DelayedEvent(name, self.now, facts))

    def take_events(self) -> list[Event]:
        """The events recorded since the last call, oldest first."""
        events, self._events = self._events, []
        return events

    def send_to_peer(
        self, to: str, address: Jid, content: PeerMessage | PeerAck | GroupUpdate
    ) -> None:
        """Another instance is owed this; it leaves when the change is kept."""
        self._peer_messages.append(Envelope(self.state.key, to, address, self.now, content))

    def take_peer_messages(self) -> list[Envelope]:
        """What was written to other instances since the last call, oldest first."""
        envelopes, self._peer_messages = self._peer_messages, []
        return envelopes

    def no_later_than_peers(self, now: float) -> float:
        """Now, or the earlier moment when the first message to a peer was written."""
        return min(now, self._peer_messages[0].time) if self._peer_messages else now

    # -- numbers and time -------------------------------------------------------------------

    def tick(self) -> int:
        """A number above all before it, in every instance that shares the clock."""
        return self.clock.tick()

    def count(self, kind: str) -> int:
        """The next number of this kind, from 1."""
        counters = self.state.counters
        number = (counters.get(kind) or 0) + 1
        counters.put(kind, number)
        return number

    def schedule(self, delay: float, kind: str, arguments: tuple[str, ...] = ()) -> None:
        """Let something happen `delay` seconds from now."""
        self.agenda.schedule(self.now + delay, kind, arguments)

    def cancel(self, *kinds: str) -> None:
        """What is scheduled of these kinds will not happen."""
        for kind in kinds:
            self.agenda.cancel(kind)
        if "ack" in kinds:
            self._at_once.clear()

    def acknowledge_at_once(
        self, acknowledge: Callable[..., None], arguments: tuple[str, ...]
    ) -> None:
        """An acknowledgement that is due now: it happens when the change wakes, before it is kept.

        Most do, and need no place in the agenda.
        """
        self._at_once.append((acknowledge, arguments))

    def wake(self, now: float) -> None:
        """Do what is due by `now`, in order, each at its own time."""
        # Mostly nothing is planned, and every send asks five times: one look shows that.
        at_once, state, agenda = self._at_once, self.state, self.agenda
        while at_once:
            has_plans = state.agenda or agenda.scheduled
            if self._peer_messages or (has_plans and self._is_due_by(self.now)):
                self._plan_at_once()
                break
            acknowledge, arguments = at_once.popleft()
            acknowledge(*arguments)
        if (state.agenda or agenda.scheduled) and self._is_due_by(now):
            self.run_due(now)
        else:
            self.now = now

    def _plan_at_once(self) -> None:
        """What was planned before, and what peers answer, may come first: these wait their turn."""
        while self._at_once:
            self.schedule(0.0, "ack", self._at_once.popleft()[1])

    def _is_due_by(self, moment: float) -> bool:
        agenda, new_work = self.state.agenda, self.agenda.scheduled
        if agenda and agenda[0][0] <= moment:
            return True
        return bool(new_work) and new_work[0][0] <= moment

    def _nothing_is_due(self, now: float) -> None:
        self.now = now

    @property
    def next_due(self) -> float | None:
        """When something is due next, by what is kept."""
        agenda = self.state.agenda
        return agenda[0][0] if agenda else None

    @property
    def is_due(self) -> bool:
        """Whether something has become due by now."""
        return self._is_due_by(self.now)
