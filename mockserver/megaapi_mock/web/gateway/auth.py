"""The bearer token against the instance's own."""

from __future__ import annotations

import hmac

from ...domain.instance import Instance
from ...errors import Unauthorized


def require_token(instance: Instance, authorization: str) -> None:
    """Unauthorized unless the header carries the instance's token; `bearer` in any case."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        given = f"its scheme is {scheme!r}" if scheme else "there is none"
        raise Unauthorized(f"the Authorization header must be 'Bearer <token>': {given}")
    if not hmac.compare_digest(token.strip().encode(), instance.token.encode()):
        raise Unauthorized(f"the bearer token is not the one of {instance.key}")
