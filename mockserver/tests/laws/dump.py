"""Everything an instance knows, as values that can be compared later."""

from __future__ import annotations

from typing import Any

from megaapi_mock.domain.instance import Instance


def dump(instance: Instance) -> dict[str, Any]:
    """Rows are immutable, so lists of them are a snapshot. Cancelled plans do not count.

    Nor does the vault: a cache that all instances share.
    """
    state = instance.state
    tables = {
        name: list(getattr(state, name).items())
        for name in ("messages", "group_table", "media", "presence", "counters")
    }
    values = {
        name: getattr(state, name)
        for name in ("token", "number", "name", "connection", "webhook", "filter")
    }
    planned = sorted(
        (due, order, kind, arguments)
        for due, order, kind, generation, arguments in state.agenda
        if generation == (state.generations.get(kind) or 0)
    )
    moving = list(state.moving)
    return {**tables, **values, "planned": planned, "moving": moving}
