"""The contract as a mock uses it: read, checked and compiled once per content in a process."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bundle import digest
from .operations import Operation, WebhookEvent, operations, webhook_events
from .payload_fields import PayloadFields
from .valid_bundle import valid_bundle
from .validate import Validators

# A process that starts many mocks, as a test run does, has one contract or two.
MAX_KEPT = 4


@dataclass(frozen=True, slots=True)
class Description:
    """One contract. Mocks of one process share it: nothing in it may be written to.

    `index` is every operation, of whatever plan; `events` is every webhook.
    """

    document: dict[str, Any]
    index: tuple[Operation, ...]
    events: tuple[WebhookEvent, ...]
    fields: PayloadFields
    validators: Validators


def description(root: Path) -> Description:
    """The contract below `root`; SpecError when it cannot be read or is not valid."""
    name = digest(root)
    with _lock:
        if name not in _cache:
            while len(_cache) >= MAX_KEPT:
                del _cache[next(iter(_cache))]
            _cache[name] = _describe(root, name)
        return _cache[name]


def _describe(root: Path, name: str) -> Description:
    bundle = valid_bundle(root, name)
    index = operations(bundle)
    return Description(
        document=bundle.document,
        index=index,
        events=webhook_events(bundle),
        fields=PayloadFields(bundle.document),
        validators=Validators(bundle, index),
    )


_cache: dict[str, Description] = {}
_lock = threading.Lock()
