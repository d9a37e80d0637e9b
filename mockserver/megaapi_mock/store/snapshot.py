"""Instances and the world they stand in as JSON, and back, exactly.

The tables here name every attribute of the classes that are no dataclasses. One that is in none of
them fails a test: what an instance knows must not be lost on the way through a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..domain.chats import Chats
from ..domain.contacts import Contact, Directory
from ..domain.event import DelayedEvent
from ..domain.gateway import Gateway, InstanceSeed
from ..domain.group import Group
from ..domain.groups import Groups
from ..domain.instance import Due, Instance
from ..domain.jid import Jid
from ..domain.linking import Connection, Linking
from ..domain.mailbox import Mailbox
from ..domain.media import Media
from ..domain.message import Message
from ..domain.ninth_digit import NinthDigit
from ..domain.peer_messages import Letter, PeerMessage
from ..domain.reachability import Held, Reachability
from ..domain.settings import EventFilter, WebhookSettings
from ..domain.undo_table import UndoTable
from ..domain.world import World
from .sane import require_sane, require_sane_world
from .serialize import Forms, Misfit, inside

Json = dict[str, Any]

# What is kept, by class and attribute, with the type that says how it is written.
KEPT: Mapping[type, Mapping[str, Any]] = {
    Instance: {
        "token": str,
        "number": str | None,
        "name": str,
        "connection": Connection,
        "webhook": WebhookSettings,
        "filter": EventFilter,
        "messages": UndoTable[str, Message],
        "group_table": UndoTable[Jid, Group],
        "media": UndoTable[str, Media],
        "presence": UndoTable[str, tuple[str, float]],
        "_counters": UndoTable[str, int],
        "_generations": UndoTable[str, int],
        "_agenda": list[Due],
        "_order": int,
    },
    Linking: {"delayed": UndoTable[int, DelayedEvent]},
    Chats: {"moving": UndoTable[str, bool], "phones": UndoTable[str, Mapping[str, int]]},
    Groups: {},
    Reachability: {"states": UndoTable[str, str], "held": UndoTable[str, tuple[Held, ...]]},
    Mailbox: {
        "mailbox": UndoTable[int, Letter],
        "awaited": UndoTable[str, Mapping[str, bool]],
    },
    Directory: {
        "_by_number": dict[str, Contact],
        "_by_lid": dict[Jid, Contact],
        "_unreachable": list[Contact],
        "_moved": dict[str, Contact],
        "_ninth": NinthDigit,
        "_without": frozenset[str],
        "_unlisted": bool,
        "_short": bool,
        "hides_numbers": bool,
        "meets_by_lid": bool,
    },
}
# The objects an instance is made of, by attribute; what they keep stands under that name.
PARTS: Mapping[str, type] = {
    "linking": Linking,
    "chats": Chats,
    "groups": Groups,
    "reach": Reachability,
    "post": Mailbox,
}
# What is not kept, and why it need not be.
LEFT_OUT: Mapping[type, Mapping[str, str]] = {
    Instance: {
        "key": "written as the instance's name",
        "ids": "of the gateway",
        "directory": "of the gateway",
        "rules": "of the profile",
        "vault": "of the gateway",
        "world_groups": "of the gateway",
        "_clock": "of the gateway",
        "now": "set when a change begins",
        "_done": "empty between changes",
        "_scheduled": "empty between changes",
        "_failed": "set within a change",
        "_events": "taken at the end of every change",
        "_events_before": "set when a change begins",
        "fate": "of the gateway",
        "fault_effects": "set when a change begins",
        "roll": "follows from the instances",
        "addresses": "decides by the world and the profile, and keeps nothing",
        "_letters": "taken at the end of every change",
        "_letters_before": "set when a change begins",
        "_saved": "set when a change begins",
        "_unbounded": "the same tables again",
    },
    Linking: {"_instance": "the whole"},
    Chats: {
        "_instance": "the whole",
        "_fixed": "of the profile",
        "_addresses": "saves memory and nothing else",
    },
    Groups: {"_instance": "the whole"},
    Reachability: {"_instance": "the whole"},
    Mailbox: {"_instance": "the whole"},
    Directory: {},
}


# Fields of bytes that hold JSON, written as the text it is.
DOCUMENTS = frozenset({(Message, "content"), (PeerMessage, "content"), (DelayedEvent, "facts")})


# -- out ------------------------------------------------------------------------------------


def save_instance(instance: Instance, forms: Forms) -> Json:
    """One instance between two changes; the caller holds it."""
    # Sorted is a heap too, and looks the same whatever the order of the pushes was.
    instance._agenda.sort()
    saved = {"key": instance.key, **_save(instance, Instance, forms)}
    for name, kind in PARTS.items():
        if KEPT[kind]:
            saved[name] = _save(getattr(instance, name), kind, forms)
    return saved


def save_world(world: World, forms: Forms) -> Json:
    """The world a reset leads back to."""
    return {
        "directory": _save(world.directory, Directory, forms),
        "instances": forms.of(tuple[InstanceSeed, ...]).written(world.instances),
        "groups": forms.of(tuple[Group, ...]).written(world.groups),
    }


def counters_of(instance: Instance) -> dict[str, int]:
    """The last number of every kind that the instance gave out."""
    return dict(instance._counters.items())


# -- in -------------------------------------------------------------------------------------


def load_instance(saved: Any, gateway: Gateway, forms: Forms) -> Instance:
    """The instance as it was; Misfit says what cannot be read."""
    rest = dict(_fields(saved))
    with inside("key"):
        key: str = forms.of(str).decode(rest.pop("key", None))
    made = gateway.blank(InstanceSeed(key=key, token=""))
    for name, kind in PARTS.items():
        if KEPT[kind]:
            with inside(name):
                _load(getattr(made, name), kind, _fields(rest.pop(name, None)), forms)
    _load(made, Instance, rest, forms)
    require_sane(made)
    return made


def count_on(instance: Instance, counters: Mapping[str, int]) -> None:
    """Go on counting where another instance stopped; the caller changes the instance."""
    for kind, last in counters.items():
        instance._counters.put(kind, last)


def load_world(saved: Any, forms: Forms) -> World:
    """The world as it was; Misfit says what cannot be read."""
    fields, directory = _fields(saved), Directory()
    with inside("directory"):
        _load(directory, Directory, _fields(fields.get("directory")), forms)
    with inside("instances"):
        seeds = forms.of(tuple[InstanceSeed, ...]).decode(fields.get("instances"))
    with inside("groups"):
        groups = forms.of(tuple[Group, ...]).decode(fields.get("groups"))
    world = World(directory, seeds, groups)
    require_sane_world(world)
    return world


def _save(holder: Any, kind: type, forms: Forms) -> Json:
    return {
        name.lstrip("_"): forms.of(type_).written(getattr(holder, name))
        for name, type_ in KEPT[kind].items()
    }


def _load(holder: Any, kind: type, saved: Json, forms: Forms) -> None:
    named = {name.lstrip("_"): (name, type_) for name, type_ in KEPT[kind].items()}
    _require_all(saved, named)
    for shown, (name, type_) in named.items():
        with inside(shown):
            value, known = forms.of(type_).decode(saved[shown]), getattr(holder, name)
        if isinstance(known, UndoTable):
            # In place: an instance lists its tables once, when it is made.
            known.restore(value)
        else:
            setattr(holder, name, value)


def _require_all(saved: Json, named: Iterable[str]) -> None:
    names = set(named)
    if strange := sorted(saved.keys() - names):
        raise Misfit(f"{', '.join(strange)}: no such field; there are {', '.join(sorted(names))}")
    if missing := sorted(names - saved.keys()):
        raise Misfit(f"{', '.join(missing)} is missing")


def _fields(saved: Any) -> Json:
    if not isinstance(saved, dict):
        raise Misfit("must be an object")
    return saved
