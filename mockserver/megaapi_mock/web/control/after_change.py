"""What a call of the control API answers once its change is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...domain.instance import Instance
from ...errors import StoreUnavailable, UnknownInstance
from ...runtime import Runtime

Json = dict[str, Any]


def shown(runtime: Runtime, key: str, show: Callable[[Instance], Json] | None = None) -> Json:
    """The instance, or what `show` says of it; no more than its key where that cannot be made.

    The change is kept by then: a 500 would have it made again.
    """
    try:
        return runtime.publisher.look(key, show or (lambda instance: instance.as_json()))
    except (UnknownInstance, StoreUnavailable):
        raise
    except Exception:
        runtime.bugs.note(f"{key} cannot be shown as it is after a change")
        return {"key": key}
