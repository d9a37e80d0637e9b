"""What is looked up of an operation once, instead of at each call of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...handlers.call import Handler, Marked, mark_of
from ...spec.operations import Operation
from ...spec.validate import Validators


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation with its handler, ready to be called.

    `reads`: a call changes nothing. `fits` says whether a body fits where nothing else of a request
    is to be checked, and is None where the validators have to say it; `reply_fits` by status
    whether a JSON reply does.
    """

    operation: Operation
    address: str
    handler: Handler
    mark: Marked
    needs_connection: bool
    reads: bool
    recipient: tuple[str, ...] | None
    fits: Callable[[Any], bool] | None
    reply_fits: Mapping[int, Callable[[Any], bool]]


def endpoints(
    operations: tuple[Operation, ...], handlers: Mapping[str, Handler], validators: Validators
) -> dict[str, Endpoint]:
    """Every operation's, by its id."""
    return {
        operation.id: _endpoint(operation, handlers[operation.address], validators)
        for operation in operations
    }


def _endpoint(operation: Operation, handler: Handler, validators: Validators) -> Endpoint:
    recipient, mark = operation.recipient, mark_of(handler) or Marked()
    return Endpoint(
        operation=operation,
        address=operation.address,
        handler=handler,
        mark=mark,
        needs_connection=operation.needs_connection,
        reads=operation.effect == "reads" and not mark.changes,
        recipient=None if recipient is None else tuple(recipient.split(".")),
        fits=validators.body_check(operation),
        reply_fits=validators.reply_checks(operation),
    )
