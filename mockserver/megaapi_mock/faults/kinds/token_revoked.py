"""The fault token-revoked: the right token is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...domain.instance import Instance
from ...errors import Unauthorized
from ..kind import Kind


@dataclass(frozen=True, slots=True)
class TokenRevoked(Kind):
    """Refuses the right token with 401, as a wrong one is."""

    replaces: ClassVar[bool] = True
    example: ClassVar[Mapping[str, Any]] = {
        "fault": "token-revoked",
        "instance": "megacode-TESTKEY0001",
    }

    def refuse(self, instance: Instance) -> None:
        """As for a wrong token."""
        raise Unauthorized(f"the token of {instance.key} counts as revoked")
