"""What is looked up of an operation once, instead of at each call of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from typing import Any

from ...handlers.call import Handler, Marked, mark_of
from ...profile import Profile
from ...spec.operations import IN_QUERY, Operation
from ...spec.validate import Validators
from .bodies import BodyParser, body_parser

_QUERY = IN_QUERY.rstrip(".")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation with its handler, ready to be called.

    `reads`: a call changes nothing. `fits` says whether a body fits where nothing else of a request
    is to be checked, and is None where the validators have to say it; `reply_fits` by status
    whether a JSON reply does. `parse` reads its bodies.
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
    parse: BodyParser

    def recipient_of(self, query: Mapping[str, str], document: Any) -> str:
        """Whom a call is for, as it says; LookupError or TypeError where it does not."""
        steps = self.recipient or ()
        return str(reduce(getitem, steps, {_QUERY: query} if steps[0] == _QUERY else document))


def endpoints(
    operations: tuple[Operation, ...],
    handlers: Mapping[str, Handler],
    validators: Validators,
    profile: Profile,
) -> dict[str, Endpoint]:
    """Every operation's, by its id."""
    parsers = {
        takes_file: body_parser(profile, takes_file=takes_file) for takes_file in (False, True)
    }
    return {
        operation.id: _endpoint(
            operation, handlers[operation.address], validators, parsers[operation.takes_file]
        )
        for operation in operations
    }


def _endpoint(
    operation: Operation, handler: Handler, validators: Validators, parse: BodyParser
) -> Endpoint:
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
        parse=parse,
    )
