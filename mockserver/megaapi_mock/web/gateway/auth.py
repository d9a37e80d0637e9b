"""The bearer token against the instance's own, and against the administrator's."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from functools import lru_cache

from ...domain.instance import Instance
from ...errors import Unauthorized
from ...errors.names import quoted

# Longer headers are hardly anybody's token; they are not worth remembering.
LONGEST_CACHED = 200

# Words like Basic and Token, also with what people write around them: `Bearer:`, `=Bearer`.
_SCHEME = re.compile(r"=?[A-Za-z]{3,12}:?")
# What a template or a variable leaves behind that nobody has filled in.
_PLACEHOLDER = re.compile(r"\{\{.*\}\}|\$?\{.*\}|\$\w+|<.*>|undefined|null|None|\[object Object\]")


@lru_cache(maxsize=1_024)
def is_token(authorization: str, token: str) -> bool:
    """Whether a header carries this token; remembered, for a client sends the same each time."""
    scheme, _, credentials = authorization.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        credentials.strip().encode(), token.encode()
    )


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call what.

    `admin_token` opens every instance and what is about all of them; empty, nobody has it. With
    `own_tokens` each instance's own token opens that instance.
    """

    admin_token: str = ""
    own_tokens: bool = True
    # Shorter headers may be asked of `is_token` first; none may where tokens are not their own.
    longest_cached: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "longest_cached", LONGEST_CACHED if self.own_tokens else -1)

    def require(self, instance: Instance, authorization: str) -> None:
        """Unauthorized unless the header carries a token for the instance; `bearer` in any case."""
        if self.own_tokens and is_token.__wrapped__(authorization, instance.token):
            return
        if self._is_admin(authorization):
            return
        _require_bearer(authorization)
        if self.own_tokens:
            hint = _token_hint(authorization, instance)
            raise Unauthorized(f"the bearer token is not the one of {instance.key}{hint}")
        raise Unauthorized("the bearer token is not the administrator's")

    def require_admin(self, authorization: str) -> None:
        """Unauthorized unless the header carries the administrator's token."""
        if not self._is_admin(authorization):
            _require_bearer(authorization)
            raise Unauthorized("the bearer token is not the administrator's")

    def _is_admin(self, authorization: str) -> bool:
        return bool(self.admin_token) and is_token.__wrapped__(authorization, self.admin_token)


def _require_bearer(authorization: str) -> None:
    scheme, blank, _ = authorization.partition(" ")
    if scheme.lower() != "bearer":
        scheme_text = "there is none"
        if scheme:
            # Whatever is not a scheme may be the token itself, which no sentence quotes.
            known = blank and _SCHEME.fullmatch(scheme)
            scheme_text = (
                f"its scheme is {quoted(scheme)}" if known else "the word Bearer is missing"
            )
        raise Unauthorized(f"the Authorization header must be 'Bearer <token>': {scheme_text}")


def _token_hint(authorization: str, instance: Instance) -> str:
    """What a client has probably done to the token; empty where nothing shows."""
    credentials = authorization.partition(" ")[2].strip()
    if not credentials:
        return ": it is empty"
    if credentials.lower().startswith("bearer"):
        return ": the word Bearer stands twice"
    if _PLACEHOLDER.fullmatch(credentials):
        return ": nothing has been put in for its placeholder"
    if credentials == instance.key:
        return ": it is the instance's key"
    if credentials.strip("\"'`<>") == instance.state.token:
        return ": there are quotation marks or brackets around it"
    is_same = credentials.lower() == instance.state.token.lower()
    return ": capital and small letters differ" if is_same else ""
