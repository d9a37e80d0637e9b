"""What a saved state may say: values that fit their types and still cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ..clock import LATEST, ClockState
from ..domain.addressing import ADDRESSINGS, BY_PHONE
from ..domain.connection import CONNECTED, CONNECTING, DISCONNECTED, PAIRING, QR
from ..domain.contacts import Contact
from ..domain.facts import InboundMessage, OwnMessage, Receipt
from ..domain.group import ADMINS, Group
from ..domain.jid import PERSON, Jid, is_number
from ..domain.media import PATH_PREFIX
from ..domain.message_states import ACK_STATUS, CONTACT_STATES, PENDING, STOPPED, TO
from ..domain.peer_messages import GroupUpdate
from ..domain.state import InstanceState
from ..domain.world import World
from .serialize import Misfit, inside

# What is scheduled then may be due somewhat later, and never happens.
FARTHEST = 2 * LATEST
# Whole numbers that every JSON reader keeps exactly.
COUNT_MOST = 2**53
# A mock that was given so much counts on, and finds in its own store what it has come to.
STORED_COUNT_MOST = 2**63 - 1
_count_most: ContextVar[int] = ContextVar("count_most", default=COUNT_MOST)
_KEY = re.compile(r"[A-Za-z0-9._-]{1,100}")
_ANSWER = re.compile(r"[0-9]{3}")
_DIGITS = re.compile(r"[0-9]{1,20}")
_TOKEN = re.compile(r"[!-~]+")
# How many arguments each thing on an agenda takes.
_ARGUMENTS = {"ack": (2, 3), "qr": (0,), "reconnect": (0,)}
_LINK_STATES = (DISCONNECTED, QR, PAIRING, CONNECTING, CONNECTED)
_STATUSES = frozenset(ACK_STATUS.values())
_MESSAGE_STATES = frozenset({PENDING, STOPPED, *TO})


@contextmanager
def of_own_store() -> Iterator[None]:
    """What is read meanwhile was written by this mock itself, which may have counted further."""
    token = _count_most.set(STORED_COUNT_MOST)
    try:
        yield
    finally:
        _count_most.reset(token)


def require_sane_clock(clock: ClockState) -> None:
    """Misfit for a time that is none."""
    if clock.frozen_at is not None:
        with inside("frozen_at"):
            _require_time(clock.frozen_at, LATEST)
    with inside("ahead"):
        # Time that runs is the machine's and this.
        _require(abs(clock.ahead) <= LATEST, "must be seconds that stay before the year 10000")
    with inside("ticks"):
        _require_count(clock.ticks)


def require_sane_numbers(numbers: Mapping[str, int]) -> None:
    """Misfit for a number that nobody can have counted to."""
    for name, number in numbers.items():
        with inside(name):
            _require_count(number)


def require_sane_time(name: str, moment: float) -> None:
    """Misfit for a moment that no mock can have come to."""
    with inside(name):
        _require_time(moment, FARTHEST)


def require_sane_world(world: World) -> None:
    """Misfit for a world that no file could have described."""
    with inside("instances"):
        for index, seed in enumerate(world.instances):
            with inside(index):
                _require_identity(seed.key, seed.token, seed.number)
                _require_groups(seed.groups)
    _require_groups(world.groups)
    with inside("directory"):
        odd = (world.directory.hides_numbers, world.directory.meets_by_lid)
        _require(odd == world.directory.odd_addresses(), "says another thing than its people do")
        with inside("by_number"):
            for number in world.directory.numbers:
                with inside(number):
                    _require(is_number(number), "must be 8 to 15 digits")
        for person in world.directory.everybody:
            with inside(str(person.jid)):
                _require_person(person.jid, person.lid)
                _require_one_of(person.state, CONTACT_STATES)
                _require_met_one_way(person)
                _require(_fits(_ANSWER, person.group_add), "group_add must be a status in digits")


def require_sane(state: InstanceState) -> None:
    """Misfit for an instance that no call could have made."""
    _require_identity(state.key, state.token, state.number)
    _require_groups(state.group_table.values(), "group_table")
    with inside("unread"):
        for number, envelope in state.unread.items():
            with inside(number):
                if isinstance(envelope.content, GroupUpdate):
                    _require_groups([envelope.content.group], "group")
    with inside("connection"), inside("state"):
        _require_one_of(state.connection.state, _LINK_STATES)
    _require_counters(state)
    _require_agenda(state)
    _require_held_acks(state)
    _require_messages(state)
    _require_media(state)
    _require_delayed(state)
    _require_names("group_table", state.group_table, lambda group: group.jid)
    _require_states("contact_states", state.contact_states.values())
    _require_times("pinned", state.pinned)
    _require_times("presence", {chat: until for chat, (_, until) in state.presence.items()})
    with inside("phone_steps"):
        for message_id, statuses in state.phone_steps.items():
            with inside(message_id):
                _require(_STATUSES.issuperset(statuses.values()), "must be statuses of acks")
    with inside("without_buttons"):
        _require(all(state.without_buttons.values()), "must be true for everybody in it")


def require_known_events(state: InstanceState, is_known: Callable[[str], bool]) -> None:
    """Misfit for an event that is told later, and of which no webhook tells."""
    with inside("delayed"):
        for number, event in state.delayed.items():
            with inside(number), inside("name"):
                _require(is_known(event.name), f"there is no event {event.name!r:.80}")


def _require_identity(key: str, token: str, number: str | None) -> None:
    with inside("key"):
        _require(_fits(_KEY, key), "must be letters, digits, '.', '_' and '-', 1 to 100")
    with inside("token"):
        _require(_fits(_TOKEN, token), "must be printable ASCII without blanks")
    if number is not None:
        with inside("number"):
            _require(is_number(number), "must be 8 to 15 digits")


def _require_counters(state: InstanceState) -> None:
    for name, table in (("counters", state.counters), ("generations", state.generations)):
        with inside(name):
            require_sane_numbers(dict(table.items()))
    with inside("order"):
        _require_count(state.order)
    for name in ("series", "qr_index", "links"):
        with inside("connection"), inside(name):
            _require_count(getattr(state.connection, name))


def _require_agenda(state: InstanceState) -> None:
    with inside("agenda"):
        for index, (due, order, kind, generation, arguments) in enumerate(state.agenda):
            with inside(index):
                _require_time(due, FARTHEST)
                _require(0 <= order <= state.order, "its order is none that was given out")
                _require_count(generation)
                _require_one_of(kind, _ARGUMENTS)
                _require_arguments(kind, arguments)


def _require_held_acks(state: InstanceState) -> None:
    with inside("held_acks"):
        for message_id, waiting in state.held_acks.items():
            with inside(message_id):
                for index, (due, arguments) in enumerate(waiting):
                    with inside(index):
                        _require_time(due, FARTHEST)
                        _require_arguments("ack", arguments)
                        _require(arguments[0] == message_id, "is about another message")


def _require_arguments(kind: str, arguments: Sequence[str]) -> None:
    many = _ARGUMENTS[kind]
    _require(len(arguments) in many, f"{kind} takes {' or '.join(map(str, many))} arguments")
    if kind == "ack":
        _require_one_of(arguments[1], TO)


def _require_messages(state: InstanceState) -> None:
    _require_names("messages", state.messages, lambda message: message.id)
    with inside("messages"):
        for name, message in state.messages.items():
            # Not `inside`: to enter it for each costs as much as the checks.
            try:
                _require_one_of(message.state, _MESSAGE_STATES)
                _require_time(message.time, FARTHEST)
                _require_count(message.arrival)
            except Misfit as misfit:
                raise misfit.inside(name) from None


def _require_media(state: InstanceState) -> None:
    _require_names("media", state.media, lambda media: media.direct_path)
    with inside("media"):
        for path, media in state.media.items():
            with inside(path):
                with inside("kind"):
                    _require_one_of(media.kind, PATH_PREFIX)
                with inside("length"):
                    _require_count(media.length)
                with inside("time"):
                    _require_time(media.time, FARTHEST)


def _require_delayed(state: InstanceState) -> None:
    with inside("delayed"):
        for number, event in state.delayed.items():
            with inside(number):
                _require_count(number)
                _require_time(event.time, LATEST)
                if isinstance(event.facts, OwnMessage | InboundMessage | Receipt):
                    chat = event.facts.key.get("remoteJid")
                    _require(isinstance(chat, str), "facts.key.remoteJid must be a string")


def _require_times(table: str, moments: Mapping[Any, float]) -> None:
    with inside(table):
        for name, moment in moments.items():
            with inside(str(name)):
                _require_time(moment, FARTHEST)


def _require_names(table: str, rows: Any, name_of: Callable[[Any], Any]) -> None:
    with inside(table):
        for name, row in rows.items():
            if name_of(row) != name:
                with inside(str(name)):
                    raise Misfit(f"stands there as {name_of(row)!s:.80}")


def _require_states(place: str, states: Iterable[str]) -> None:
    with inside(place), inside("states"):
        for state in states:
            _require_one_of(state, CONTACT_STATES)


def _require_person(jid: Jid, lid: Jid) -> None:
    with inside("lid"):
        _require(lid.lid and _fits(_DIGITS, lid.user), "must be digits and @lid")
    if not jid.lid:
        with inside("jid"):
            _require(jid.server == PERSON and is_number(jid.user), "must be a number's address")


def _require_groups(groups: Iterable[Group], place: str = "groups") -> None:
    with inside(place):
        for group in groups:
            _require_group(group)


def _require_group(group: Group) -> None:
    with inside(str(group.jid)):
        _require(group.jid.group, "is not the address of a group")
        _require_addressing(group.addressing)
        with inside("created"):
            _require_time(group.created, LATEST)
        with inside("owner"):
            _require_somebody(group.owner)
        with inside("participants"):
            for index, participant in enumerate(group.participants):
                with inside(index), inside("jid"):
                    _require_somebody(participant.jid)
                if participant.admin is not None:
                    with inside(index), inside("admin"):
                        _require_one_of(participant.admin, ADMINS)


def _require_somebody(jid: Jid) -> None:
    is_address = (jid.person or jid.lid) and _fits(_DIGITS, jid.user)
    _require(is_address, "must be somebody's address: digits and @s.whatsapp.net or @lid")


def _require_addressing(addressing: str | None) -> None:
    if addressing is not None:
        with inside("addressing"):
            _require_one_of(addressing, ADDRESSINGS)


def _require_met_one_way(person: Contact) -> None:
    _require_addressing(person.addressing)
    _require(
        not (person.hides_number and person.addressing == BY_PHONE),
        "nobody sees the number to meet it",
    )


def _require_time(value: float, most: float) -> None:
    _require(0 <= value <= most, "must be a time from 1970 to the end of 9999")


def _require_count(value: int) -> None:
    _require(0 <= value <= _count_most.get(), "must be a whole number from 0 to 2^53")


def _require_one_of(value: str, choices: Collection[str]) -> None:
    if value not in choices:
        raise Misfit(f"{value!r:.80} is none of {', '.join(sorted(choices))}")


def _fits(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(text) is not None


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Misfit(otherwise)
