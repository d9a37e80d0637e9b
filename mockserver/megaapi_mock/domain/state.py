"""Everything that is kept of one instance, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_origin, get_type_hints

from .connection import Connection
from .event import DelayedEvent, delayed_bytes
from .group import Group, group_bytes
from .jid import Jid
from .media import Media, media_bytes
from .message import Message, message_bytes
from .peer_messages import Envelope, envelope_bytes
from .settings import EventFilter, WebhookSettings
from .undo_table import UndoTable

# (due, order, kind, generation of its kind, arguments)
Due = tuple[float, int, str, int, tuple[str, ...]]
# One acknowledgement that waits: when it was due, and what the agenda would have been given.
HeldAck = tuple[float, tuple[str, ...]]


# Bytes of a row beside its texts, and of one phone in what is kept of a message by person: in
# Python objects (measured with CPython 3.11).
ROW, PHONE = 200, 100


def _messages() -> UndoTable[str, Message]:
    return UndoTable(size_of=message_bytes)


def _groups() -> UndoTable[Jid, Group]:
    return UndoTable(size_of=group_bytes)


def _media() -> UndoTable[str, Media]:
    return UndoTable(size_of=media_bytes)


def _presence() -> UndoTable[Jid, tuple[str, float]]:
    return UndoTable(size_of=lambda chat, presence: len(chat) + len(presence[0]))


def _delayed_events() -> UndoTable[int, DelayedEvent]:
    return UndoTable(size_of=delayed_bytes)


def _unread() -> UndoTable[int, Envelope]:
    return UndoTable(size_of=envelope_bytes)


def jid_row_bytes(jid: Jid, _value: object = None) -> int:
    """How much memory it takes to keep a number, a word or a digest of somebody."""
    return ROW + len(jid)


def _by_jid() -> UndoTable[Jid, Any]:
    return UndoTable(size_of=jid_row_bytes)


def _profile() -> UndoTable[str, str]:
    return UndoTable(size_of=lambda name, text: ROW + len(text))


def _of_phones() -> UndoTable[str, Any]:
    # What is kept of a message by person: in a group of a thousand more than the message itself.
    return UndoTable(size_of=lambda message_id, by_person: ROW + PHONE * len(by_person))


@dataclass(slots=True, eq=False, kw_only=True)
class InstanceState:
    """One instance between two changes: a saved state holds these fields, by these names.

    `order` is the last number that the `agenda` gave out; what is planned counts only while it
    has the generation of its kind. `moving` are messages on their way, which a disconnection
    stops. `phone_steps` is the last status each phone of a group has reported, by message.
    `delayed` happened while a restarted socket was down. `contact_states` are those of people
    who are not simply reachable, `without_buttons` those whose phones show no buttons;
    `pictures` that were set, by whose they are, each as the digest of where it came from;
    `profile` is what its owner shows beside the name;
    `pinned` are chats, with when, `blocked` people whom the owner does not hear;
    `held_acks` wait for a phone, by message. `unread` came from
    other instances and waits; `awaited` are messages that other instances do not have yet: by
    person, whether it has left.
    """

    key: str
    token: str
    number: str | None
    name: str
    connection: Connection = field(default_factory=Connection)
    webhook: WebhookSettings = field(default_factory=WebhookSettings)
    filter: EventFilter = field(default_factory=EventFilter)
    messages: UndoTable[str, Message] = field(default_factory=_messages)
    group_table: UndoTable[Jid, Group] = field(default_factory=_groups)
    media: UndoTable[str, Media] = field(default_factory=_media)
    presence: UndoTable[Jid, tuple[str, float]] = field(default_factory=_presence)
    counters: UndoTable[str, int] = field(default_factory=UndoTable)
    generations: UndoTable[str, int] = field(default_factory=UndoTable)
    agenda: list[Due] = field(default_factory=list)
    order: int = 0
    delayed: UndoTable[int, DelayedEvent] = field(default_factory=_delayed_events)
    moving: UndoTable[str, bool] = field(default_factory=UndoTable)
    phone_steps: UndoTable[str, Mapping[Jid, int]] = field(default_factory=_of_phones)
    contact_states: UndoTable[Jid, str] = field(default_factory=_by_jid)
    without_buttons: UndoTable[Jid, bool] = field(default_factory=_by_jid)
    pictures: UndoTable[Jid, str] = field(default_factory=_by_jid)
    profile: UndoTable[str, str] = field(default_factory=_profile)
    pinned: UndoTable[Jid, float] = field(default_factory=_by_jid)
    blocked: UndoTable[Jid, bool] = field(default_factory=_by_jid)
    held_acks: UndoTable[str, tuple[HeldAck, ...]] = field(default_factory=_of_phones)
    unread: UndoTable[int, Envelope] = field(default_factory=_unread)
    awaited: UndoTable[str, Mapping[Jid, bool]] = field(default_factory=_of_phones)

    @property
    def size(self) -> int:
        """Bytes of what others write into it: everything that has a size."""
        return sum(table.size for table in self.tables(SIZED))

    def drop_messages(self) -> None:
        """Let go of all messages, once the instance is no longer kept: nothing is written down."""
        self.messages = _messages()

    def forget_message(self, message_id: str) -> None:
        """Nothing waits for this message any longer."""
        for table in (self.moving, self.phone_steps, self.held_acks, self.awaited):
            if message_id in table:
                table.remove(message_id)

    def tables(self, names: Iterable[str]) -> tuple[UndoTable[Any, Any], ...]:
        """The tables of these names, in this order."""
        return tuple(getattr(self, name) for name in names)


_TYPES: Mapping[str, Any] = get_type_hints(InstanceState)
# What a change takes back when it fails follows from the fields: a new one needs nothing more.
TABLES = tuple(name for name, type_ in _TYPES.items() if get_origin(type_) is UndoTable)
# Those whose oldest rows go by themselves; `messages` too, and what is kept of each goes with it.
BOUNDED = ("media", "presence", "delayed", "pictures")
# What is kept of messages by person: their bytes are taken from those of the messages.
OF_MESSAGES = ("phone_steps", "held_acks", "awaited")
# Those that others write into. The rest has few kinds of rows (`counters`, `generations`), or one
# short row for each message (`moving`).
SIZED = (
    "messages", "group_table", "media", "presence", "delayed", "unread", "contact_states",
    "without_buttons", "pictures", "profile", "pinned", "blocked", *OF_MESSAGES,
)  # fmt: skip
# The key never changes, and the agenda takes back its own. `order` is last: nothing shows it.
_OTHERS = ("key", "agenda", "order", *TABLES)
VALUES = (*(name for name in _TYPES if name not in _OTHERS), "order")
