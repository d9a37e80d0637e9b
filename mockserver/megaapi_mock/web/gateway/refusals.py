"""What a refusal says beside the answer."""

from __future__ import annotations

from typing import Any

from ...domain.instance import Instance
from ...errors import (
    RequestRejected,
)


def why_closed(instance: Instance) -> str:
    """Why the gateway lets nothing through, and what ends it."""
    if instance.linking.restarting:
        return f"{instance.key} is restarting: its socket opens again by itself"
    return f"{instance.key} is not linked: POST /_mock/instances/{instance.key}/link"


def with_violations(refusal: RequestRejected, before: RequestRejected) -> RequestRejected:
    """A refusal in another form keeps the violations of the one it stands for."""
    if refusal is not before and not refusal.violations:
        refusal.violations = before.violations
    return refusal


def value_at(document: Any, path: str) -> str:
    for step in path.split("."):
        document = document[step]
    return str(document)
