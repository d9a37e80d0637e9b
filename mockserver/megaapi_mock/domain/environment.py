"""What all instances of one gateway share."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..clock import Clock
from ..ids import Ids
from .contacts import Directory
from .fault_effects import FaultSource, NoFaults
from .group import Group
from .media import Vault
from .number_registry import NumberRegistry
from .rules import Rules
from .undo_table import SharedRoom


@dataclass(frozen=True, slots=True)
class Environment:
    """One clock, one source of ids, one directory, one vault, one room to be shared; `groups` are
    those of the world.
    """

    clock: Clock
    ids: Ids
    directory: Directory
    rules: Rules
    vault: Vault
    groups: tuple[Group, ...] = ()
    fault_source: FaultSource = field(default_factory=NoFaults)
    number_registry: NumberRegistry = field(default_factory=NumberRegistry)
    room: SharedRoom = field(default_factory=SharedRoom)
