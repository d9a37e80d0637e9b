"""The clock of a mock, as a test moves it."""

from __future__ import annotations

import time
from typing import Any

from ..errors.frames import between_test_and_refusal
from .base_mock import BaseMock

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]


class Clock:
    """The one clock behind everything the mock does."""

    def __init__(self, mock: BaseMock) -> None:
        self._mock = mock

    @property
    def now(self) -> float:
        """Seconds since 1970."""
        return float(self._mock.control_api.call("GET", "/clock")["now"])

    def freeze(self) -> float:
        """Time stands still until it is moved; the time it is."""
        return self._move({"freeze": True})

    def run(self) -> float:
        """Time runs on from where it is."""
        return self._move({"freeze": False})

    def advance(self, seconds: float) -> float:
        """So many seconds pass at once: what became due has happened when this returns."""
        return self._move({"advance": seconds})

    def set(self, unix: float) -> float:
        """Another time, in seconds since 1970."""
        return self._move({"set": unix})

    def remember(self) -> Json:
        """How it stands, for `restore`."""
        clock = self._mock.control_api.call("GET", "/clock")
        return {"frozen": clock["frozen"], "now": clock["now"], "real": time.time()}

    def restore(self, before: Json) -> None:
        """As it was, with the time that has really passed since, unless it stood still."""
        passed_seconds = 0.0 if before["frozen"] else time.time() - before["real"]
        self._move({"freeze": before["frozen"], "set": before["now"] + passed_seconds})

    def __repr__(self) -> str:
        return f"<Clock of {self._mock!r}>"

    def _move(self, move: Json) -> float:
        self._mock.require_own("the clock")
        return float(self._mock.control_api.call("POST", "/clock", move)["now"])
