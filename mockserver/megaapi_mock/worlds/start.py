"""Where a mock begins: in a world that people wrote, or in a state that a mock wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..domain.connection import CONNECTED
from ..domain.contacts import Directory
from ..domain.gateway import InstanceSeed
from ..domain.world import World
from ..errors import Impossible, WorldError
from ..resources import find_fixture
from ..store.state_file import is_sealed, unseal
from .load import load_world


def load_start(name: str, fixtures: Path, *, contacts: int = 0) -> World:
    """A world by name (`default`) or by path; a state file is a world to begin in as it stands.

    Raises WorldError, which names the place that is wrong.
    """
    path = find_fixture("world", name, fixtures, WorldError)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise WorldError(f"{path} cannot be read: {error.strerror}") from None
    if not is_sealed(raw):
        return load_world(name, fixtures, contacts=contacts)
    if contacts:
        raise WorldError(
            f"{path} is a state, which says itself who exists: "
            f"leave --contacts {contacts} out, or start with a world"
        )
    try:
        state = unseal(raw)
    except Impossible as refusal:
        raise WorldError(f"{path}: {refusal}") from None
    if state.get("instance") is not None:
        raise WorldError(
            f"{path}: this is the state of {state['instance']} alone: "
            "start with a whole one, and PUT this one then"
        )
    return World(Directory(), _seeds(state, path), state=state)


def _seeds(state: dict[str, Any], path: Path) -> tuple[InstanceSeed, ...]:
    """Who is in it, for whoever asks before the state itself is restored."""
    try:
        return tuple(
            InstanceSeed(
                key=instance["key"],
                token=instance["token"],
                number=instance["number"],
                name=instance["name"],
                connected=instance["connection"]["state"] == CONNECTED,
            )
            for instance in state["instances"]
        )
    except (KeyError, TypeError):
        raise WorldError(f"{path}: its instances cannot be read: save it again") from None
