"""What is looked up of an operation once, instead of at each call of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, reduce
from operator import getitem
from typing import Any

from ...handlers.call import Handler, OperationMark, mark_of
from ...profile import Profile
from ...spec.operations import IN_QUERY, Operation
from ...spec.validate import Validators
from .bodies import BodyParser, body_parser


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation with its handler, ready to be called.

    `reads`: a call changes nothing, unless its handler is marked to. `fits` says whether a body
    fits where nothing else of a request is to be checked, and is None where the validators have to
    say it; `reply_fits` by status whether a JSON reply does. `parse` reads its bodies.
    `recipient` says whom a call is for, given its body, or its query where `asks_query`;
    LookupError or TypeError where it does not say.
    """

    operation: Operation
    address: str
    handler: Handler
    mark: OperationMark
    needs_connection: bool
    reads: bool
    recipient: Callable[[Any], Any] | None
    asks_query: bool
    is_of_host: bool
    fits: Callable[[Any], bool] | None
    reply_fits: Mapping[int, Callable[[Any], bool]]
    parse: BodyParser


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
    place, mark = operation.recipient, mark_of(handler) or OperationMark()
    asks_query = place is not None and place.startswith(IN_QUERY)
    steps = (place or "").removeprefix(IN_QUERY).split(".")
    return Endpoint(
        operation=operation,
        address=operation.address,
        handler=handler,
        mark=mark,
        needs_connection=operation.needs_connection,
        reads=operation.effect == "reads",
        recipient=None if place is None else partial(reduce, getitem, steps),
        asks_query=asks_query,
        is_of_host=operation.is_of_host,
        fits=validators.body_check(operation),
        reply_fits=validators.reply_checks(operation),
        parse=parse,
    )
