"""How fast requests follow each other."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """At most one request in `seconds`, give or take the share `jitter` of it."""

    seconds: float = 0.0
    jitter: float = 0.3
    seed: int = 0
    _last: float | None = None
    _rest_first: float = 0.0
    _pause: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        """Return when the next request may leave."""
        rest_first, self._rest_first = self._rest_first, 0.0
        if rest_first > 0:
            self._pause.wait(rest_first)
        if self.seconds <= 0:
            return
        now = time.monotonic()
        if self._last is not None:
            jitter_share = random.Random(f"{self.seed}|{self._last}").uniform(
                -self.jitter, self.jitter
            )
            self._pause.wait(max(0.0, self._last + self.seconds * (1 + jitter_share) - now))
        self._last = time.monotonic()

    def rest(self, seconds: float) -> None:
        """Pause for so many seconds, independent of the pace."""
        self._pause.wait(seconds)

    def rest_before_next(self, seconds: float) -> None:
        """Let the next request wait so long, besides the pace."""
        self._rest_first = seconds
