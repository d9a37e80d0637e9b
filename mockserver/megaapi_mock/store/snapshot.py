"""Instances and the world they stand in as JSON, and back, exactly.

An instance is written field by field as `InstanceState` declares it: a new one needs nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_type_hints

from ..domain.contacts import Contact, Directory
from ..domain.gateway import Gateway, InstanceSeed
from ..domain.group import Group
from ..domain.instance import Instance
from ..domain.jid import Jid
from ..domain.message import Message
from ..domain.ninth_digit import NinthDigit
from ..domain.peer_messages import PeerMessage
from ..domain.state import InstanceState
from ..domain.undo_table import UndoTable
from ..domain.world import World
from .serialize import Forms, Misfit, inside
from .state_checks import require_sane, require_sane_world

Json = dict[str, Any]

# Each field of an instance's state, and the type that says how it is written.
INSTANCE_FIELDS: Mapping[str, Any] = get_type_hints(InstanceState)
# The same of a directory, which is not a plain declaration: what it was made of, worked out.
DIRECTORY_FIELDS: Mapping[str, Any] = {
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
}
# Fields of bytes that hold JSON, written as the text it is.
DOCUMENTS = frozenset({(Message, "content"), (PeerMessage, "content")})


# -- out ------------------------------------------------------------------------------------


def save_instance(instance: Instance, forms: Forms) -> Json:
    """One instance between two changes; the caller holds it."""
    # Sorted is a heap too, and looks the same whatever the order of the pushes was.
    instance.state.agenda.sort()
    return _save(instance.state, INSTANCE_FIELDS, forms)


def save_world(world: World, forms: Forms) -> Json:
    """The world a reset leads back to."""
    return {
        "directory": _save(world.directory, DIRECTORY_FIELDS, forms),
        "instances": forms.of(tuple[InstanceSeed, ...]).written(world.instances),
        "groups": forms.of(tuple[Group, ...]).written(world.groups),
    }


def counters_of(instance: Instance) -> dict[str, int]:
    """The last number of every kind that the instance gave out."""
    return dict(instance.state.counters.items())


# -- in -------------------------------------------------------------------------------------


def load_instance(document: Any, gateway: Gateway, forms: Forms) -> Instance:
    """The instance as it was; Misfit says what cannot be read."""
    instance = gateway.blank(InstanceSeed(key="", token=""))
    _load(instance.state, INSTANCE_FIELDS, _fields(document), forms)
    require_sane(instance.state)
    return instance


def count_on(instance: Instance, counters: Mapping[str, int]) -> None:
    """Go on counting where another instance stopped; the caller changes the instance."""
    for kind, last in counters.items():
        instance.state.counters.put(kind, last)


def load_world(document: Any, forms: Forms) -> World:
    """The world as it was; Misfit says what cannot be read."""
    fields, directory = _fields(document), Directory()
    with inside("directory"):
        _load(directory, DIRECTORY_FIELDS, _fields(fields.get("directory")), forms)
    with inside("instances"):
        seeds = forms.of(tuple[InstanceSeed, ...]).decode(fields.get("instances"))
    with inside("groups"):
        groups = forms.of(tuple[Group, ...]).decode(fields.get("groups"))
    world = World(directory, seeds, groups)
    require_sane_world(world)
    return world


def _save(holder: Any, types: Mapping[str, Any], forms: Forms) -> Json:
    return {
        name.lstrip("_"): forms.of(type_).written(getattr(holder, name))
        for name, type_ in types.items()
    }


def _load(holder: Any, types: Mapping[str, Any], document: Json, forms: Forms) -> None:
    names = {name.lstrip("_"): name for name in types}
    _require_all(document, names)
    for field_name, name in names.items():
        with inside(field_name):
            value, current = (
                forms.of(types[name]).decode(document[field_name]),
                getattr(holder, name),
            )
        if isinstance(current, UndoTable):
            # In place: a table knows how large its rows are.
            current.restore(value)
        else:
            setattr(holder, name, value)


def _require_all(document: Json, field_names: Iterable[str]) -> None:
    names = set(field_names)
    if strange := sorted(document.keys() - names):
        raise Misfit(f"{', '.join(strange)}: no such field; there are {', '.join(sorted(names))}")
    if missing := sorted(names - document.keys()):
        raise Misfit(f"{', '.join(missing)} is missing")


def _fields(document: Any) -> Json:
    if not isinstance(document, dict):
        raise Misfit("must be an object")
    return document
