"""The bearer token against the instance's own."""

from __future__ import annotations

import hmac
from functools import lru_cache

from ...domain.instance import Instance
from ...errors import Unauthorized

# Longer headers are hardly anybody's token; they are not worth remembering.
LONGEST_CACHED = 200


@lru_cache(maxsize=1_024)
def is_token(authorization: str, token: str) -> bool:
    """Whether a header carries this token; remembered, for a client sends the same each time."""
    scheme, _, credentials = authorization.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        credentials.strip().encode(), token.encode()
    )


def require_token(instance: Instance, authorization: str) -> None:
    """Unauthorized unless the header carries the instance's token; `bearer` in any case."""
    if is_token.__wrapped__(authorization, instance.token):
        return
    scheme = authorization.partition(" ")[0]
    if scheme.lower() == "bearer":
        raise Unauthorized(f"the bearer token is not the one of {instance.key}")
    scheme_text = f"its scheme is {scheme!r}" if scheme else "there is none"
    raise Unauthorized(f"the Authorization header must be 'Bearer <token>': {scheme_text}")
