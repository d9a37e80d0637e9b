"""An armed fault, as a test holds it."""

from __future__ import annotations

from typing import Any, Protocol, Self

from ..errors import ControlRefused, NotThere
from ..errors.frames import between_test_and_refusal
from ..web.control.control_client import ControlClient, join_path
from .names import FaultName

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]


class ArmFault(Protocol):
    """What the fixture `megaapi_fault` is: a function that arms a fault until the test ends."""

    def __call__(self, name: FaultName, **parameters: Any) -> Fault:
        """`parameters` are those of `/_mock/faults`."""


class Fault:
    """An armed fault; `clear` it, or use it in a `with`."""

    def __init__(self, control_api: ControlClient, description: Json) -> None:
        self._control_api = control_api
        self.id, self.name = str(description["id"]), str(description["fault"])

    @property
    def used(self) -> int:
        """How often it has hit."""
        return int(self._fault_now()["used"])

    @property
    def hits(self) -> list[Json]:
        """The newest it has hit: when, at which instance, and what (`time`, `instance`, `what`)."""
        return list(self._fault_now()["hits"])

    def clear(self) -> None:
        """The gateway behaves again; clearing what is gone does nothing."""
        try:
            self._control_api.call("DELETE", join_path("faults", self.id))
        except ControlRefused as refusal:
            if refusal.status != 404:
                raise

    def __repr__(self) -> str:
        return f"<Fault {self.id}: {self.name}>"

    def _fault_now(self) -> Json:
        for fault in self._control_api.find("/faults"):
            if fault["id"] == self.id:
                return fault
        raise NotThere(f"fault {self.id} is gone")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()
