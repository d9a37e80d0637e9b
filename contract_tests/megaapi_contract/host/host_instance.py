"""An instance to call, with what it needs to be called."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HostInstance:
    """An instance to call: its key, its token, its own number when known."""

    key: str
    token: str = field(repr=False)
    number: str = ""
    connected: bool = True
