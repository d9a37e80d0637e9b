"""Which events a given instance sends and blocks: as they were, each list in its own order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

BLOCKED, ACCEPTED, STATUS = "blockEvents", "webhookEvents", "statusEvents"
BLOCK, ACCEPT = "block_events", "accept_webhook_events"

# Calls a setting's operation with these data; whether it worked.
ChangeSetting = Callable[[str, dict[str, Any]], bool]


class EventLists:
    """Reads the lists through `read`, the host's settings of events, and changes them."""

    def __init__(self, read: Callable[[], Any], change_setting: ChangeSetting) -> None:
        self._read, self._change_setting = read, change_setting

    def read(self) -> dict[str, list[str]]:
        """Each list by its name; empty when they cannot be read."""
        document = self._read()
        config = document.get("configData") if isinstance(document, dict) else None
        names = (BLOCKED, ACCEPTED, STATUS)
        lists = {name: config.get(name) if isinstance(config, dict) else None for name in names}
        if not all(isinstance(event_list, list) for event_list in lists.values()):
            return {}
        return {name: [*map(str, event_list or ())] for name, event_list in lists.items()}

    def restore(self, blocked: Sequence[str], accepted: Sequence[str] | None) -> bool:
        """Block exactly what was blocked, and give both lists their order; whether that worked.

        Without `accepted`, which older files do not have, its order stays as it is.
        """
        blocked_now = self.read().get(BLOCKED)
        if blocked_now is None:
            return False
        is_restored = self._call(ACCEPT, [name for name in blocked_now if name not in blocked])
        is_restored &= self._call(BLOCK, [name for name in blocked if name not in blocked_now])
        if not is_restored or accepted is None:
            return is_restored
        return self._restore_order([*blocked], [*accepted])

    def _restore_order(self, blocked: list[str], accepted: list[str]) -> bool:
        """Move what stands elsewhere to the end of its list; nothing where a list has others.

        What is blocked leaves the other list, and the other way round, on hosts that are asked so.
        """
        now = self.read()
        is_same = sorted(now.get(BLOCKED, ())) == sorted(blocked)
        is_same = is_same and sorted(now.get(ACCEPTED, ())) == sorted(accepted)
        if not is_same or {*blocked} & {*accepted}:
            return True
        for before, name, away, back in (
            (accepted, ACCEPTED, BLOCK, ACCEPT), (blocked, BLOCKED, ACCEPT, BLOCK),
        ):  # fmt: skip
            moved_names = _after_common_start(before, now[name])
            if not (self._call(away, moved_names) and self._call(back, moved_names)):
                return False
        return True

    def _call(self, operation: str, names: list[str]) -> bool:
        return not names or self._change_setting(operation, {"events": names})


def _after_common_start(before: list[str], now: list[str]) -> list[str]:
    """The names from the first one on that stands elsewhere now."""
    pairs = zip(before, now, strict=True)
    first = next((number for number, (one, other) in enumerate(pairs) if one != other), len(before))
    return before[first:]
