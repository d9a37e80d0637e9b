"""What a mock starts with: instances, contacts and groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .contacts import Directory
from .gateway import InstanceSeed
from .group import Group


@dataclass(frozen=True)
class World:
    """Who exists at the start and after every reset."""

    directory: Directory
    instances: tuple[InstanceSeed, ...]
    groups: tuple[Group, ...] = ()
    # A state to begin with, and to come back to; what stands above is then the world below it.
    state: Mapping[str, Any] | None = None
