"""Refusing a misspelt name at once: a wait for it would end in a time-out that says little."""

from __future__ import annotations

from typing import Any, get_args

from ..errors import UnknownName
from ..errors.frames import between_test_and_refusal
from ..errors.names import did_you_mean
from . import names

__tracebackhide__ = between_test_and_refusal


def require_event(event: str | None, what: str = "event") -> None:
    """UnknownName unless it is a webhook event, or None."""
    _require(event, get_args(names.EventName), what, "`megaapi-mock events` lists all")


def require_kind(kind: str | None) -> None:
    """UnknownName unless it is a kind of message, or None."""
    _require(kind, get_args(names.KindName), "kind", "megaapi_mock.testing.KindName lists all")


def require_operation(operation: str | None) -> None:
    """UnknownName unless it is an operation of the gateway, or None."""
    source = "megaapi_mock.testing.OperationName lists all"
    _require(operation, get_args(names.OperationName), "operation", source)


def require_state(state: str | None) -> None:
    """UnknownName unless it is a state of a webhook, or None."""
    states = get_args(names.WebhookState)
    _require(state, states, "state", f"there are {', '.join(states)}")


def _require(name: Any, names: tuple[str, ...], what: str, hint: str) -> None:
    if name is not None and name not in names:
        guess = did_you_mean(str(name), names)
        raise UnknownName(f"{what}: there is no {name!r}; {guess}{hint}")
