"""Finds out whose token a request carried, from the request alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import orjson

from ..judging.results import Exchange
from ..safety.fence import WRONG_TOKEN
from .placeholders import Private

Whose = Literal["own", "wrong", "another", "nobody's", "none"]
# Any other word before a token is somebody's secret as much as the token.
_SCHEMES = frozenset({"Bearer", "bearer", "BEARER", "Basic", "basic", "Token"})


@dataclass(frozen=True, slots=True)
class Credentials:
    """The value of an Authorization header; `scheme` holds the blank behind it, if there is one."""

    scheme: str
    token: str
    owner: Whose


class Owners:
    """Knows which instance each token belongs to: given, shown by the control API, or set later.

    Not thread-safe; exchanges are learnt in their order.
    """

    def __init__(self, private: Private) -> None:
        self._tokens = {key: {token} for key, token in private.tokens.items()}
        if private.token:
            self._tokens.setdefault(private.key, set()).add(private.token)

    def knows(self, key: str) -> bool:
        """Whether this is an instance of the run."""
        return key in self._tokens

    def adopt(self, key: str, token: str) -> None:
        """Take an instance that the run was not given, with the token that its host accepts."""
        if key and token:
            self._tokens.setdefault(key, set()).add(token)

    def learn(self, key: str, exchange: Exchange) -> None:
        """Take a token that this request sets as the instance's own."""
        token = new_token(exchange)
        if token and key in self._tokens:
            self._tokens[key].add(token)

    def credentials_of(self, key: str, value: str) -> Credentials:
        """The credentials in an Authorization header that was sent to this instance."""
        scheme, blank, token = value.partition(" ")
        if not blank:
            scheme, token = "", value
        if scheme and scheme not in _SCHEMES:
            return Credentials("", value, "nobody's")
        return Credentials(scheme + blank, token, self._owner_of(key, token))

    def _owner_of(self, key: str, token: str) -> Whose:
        if not token:
            return "none"
        if token == WRONG_TOKEN:
            return "wrong"
        owners = [owner for owner, tokens in self._tokens.items() if token in tokens]
        # Where the path names nobody's instance, any token there is will do.
        if key in owners or (owners and key not in self._tokens):
            return "own"
        return "another" if owners else "nobody's"


def new_token(exchange: Exchange) -> str:
    """The token a request sets; empty when it sets none."""
    if exchange.operation != "change_token":
        return ""
    try:
        token = orjson.loads(exchange.request_body)["messageData"]["token"]
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return ""
    return token if isinstance(token, str) else ""
