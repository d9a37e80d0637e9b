"""Everything an instance knows, as values that can be compared later."""

from __future__ import annotations

from typing import Any

from megaapi_mock.domain.instance import Instance


def dump(instance: Instance) -> dict[str, Any]:
    """Rows are immutable, so lists of them are a snapshot. Cancelled plans do not count.

    Nor does the vault: a cache that all instances share.
    """
    tables = {
        name: list(getattr(instance, name).items())
        for name in ("messages", "group_table", "media", "presence", "_counters")
    }
    values = {
        name: getattr(instance, name)
        for name in ("token", "number", "name", "connection", "webhook", "filter")
    }
    planned = sorted(
        (due, order, kind, arguments)
        for due, order, kind, generation, arguments in instance._agenda
        if generation == (instance._generations.get(kind) or 0)
    )
    moving = list(instance.chats.moving)
    return {**tables, **values, "planned": planned, "moving": moving}
