"""What a fault has counted of one thing that happens, until that is kept; or given back."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

from ..domain.fault_effects import FaultHit
from .armed_fault import ArmedFault, tally_of
from .kind import FaultTally


@dataclass(slots=True, eq=False)
class TallyCount:
    """One more in a tally; `hit` if the fault hit. `lock` is that of all faults.

    Others may count in the meantime: what they have counted stays.
    """

    lock: threading.RLock
    tally: FaultTally
    before: FaultTally
    tallies: OrderedDict[str, FaultTally]
    key: str
    fault: ArmedFault | None = None
    hit: FaultHit | None = None
    # The hit that the fault no longer shows because of this one.
    hidden: FaultHit | None = None
    is_given_back: bool = False

    @classmethod
    def begin(
        cls,
        lock: threading.RLock,
        tallies: OrderedDict[str, FaultTally],
        key: str,
        fault: ArmedFault | None = None,
        *,
        among: int = 1,
    ) -> TallyCount:
        """One more of this instance, of that fault if it is an armed one; the lock is held."""
        tally = tally_of(tallies, key, among=among)
        count = cls(lock, tally, replace(tally), tallies, key, fault)
        tally.calls += 1
        if fault is not None:
            fault.seen += 1
        return count

    def add_hit(self, hit: FaultHit) -> None:
        """It is a hit; the lock is held."""
        self.hit = hit
        fault = self.fault
        if fault is not None:
            hits = fault.hits
            self.hidden = hits[0] if len(hits) == hits.maxlen else None
            fault.used += 1
            hits.append(hit)

    def give_back(self) -> None:
        """Count as if it had not happened."""
        with self.lock:
            if not self.is_given_back:
                self.is_given_back = True
                self._give_back()

    def _give_back(self) -> None:
        fault, tally, before = self.fault, self.tally, self.before
        if tally.calls == before.calls + 1:
            tally.calls, tally.window, tally.in_window = (
                before.calls,
                before.window,
                before.in_window,
            )
            # It takes the place of one that counts something.
            if tally == FaultTally() and self.tallies.get(self.key) is tally:
                del self.tallies[self.key]
        if fault is None:
            return
        fault.seen -= 1
        if self.hit is not None:
            fault.used -= 1
            if self.hit in fault.hits:
                fault.hits.remove(self.hit)
                # There is room for it only where ours has gone: else the newest would go.
                if self.hidden is not None:
                    fault.hits.appendleft(self.hidden)


@dataclass(slots=True, eq=False)
class HeaderHit:
    """A late hit of a call's own header: nothing counts it but the records."""

    hit: FaultHit | None

    def give_back(self) -> None:
        """There is nothing to take back."""
