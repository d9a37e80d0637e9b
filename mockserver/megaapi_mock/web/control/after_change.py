"""What a call of the control API answers once its change is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...domain.instance import Instance
from ...errors import StoreUnavailable, UnknownInstance
from ...records.bugs import Bugs
from ...webhooks.publish import Publisher

Json = dict[str, Any]


def document_after_change(
    publisher: Publisher,
    bugs: Bugs,
    key: str,
    show: Callable[[Instance], Json] = Instance.as_json,
) -> Json:
    """The instance, or what `show` says of it; no more than its key where that cannot be made.

    The change is kept by then: a 500 would have it made again.
    """
    try:
        return publisher.look(key, show)
    except (UnknownInstance, StoreUnavailable):
        raise
    except Exception:
        bugs.note(f"{key} cannot be shown as it is after a change")
        return {"key": key}
