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
    """Every operation's, by its id; KeyError where an operation has no handler."""
    return _Endpoints(operations, handlers, validators, profile)


class _Endpoints(dict[str, Endpoint]):
    """Each made when it is first called: its schemas are compiled then."""

    def __init__(
        self,
        operations: tuple[Operation, ...],
        handlers: Mapping[str, Handler],
        validators: Validators,
        profile: Profile,
    ) -> None:
        self._operations = {each.id: (each, handlers[each.address]) for each in operations}
        for each in operations:
            # What an operation does not say is found at the start, not by whoever calls it.
            _ = each.needs_connection, each.effect, each.recipient
        self._validators = validators
        self._parsers = {
            takes_file: body_parser(profile, takes_file=takes_file) for takes_file in (False, True)
        }

    def __missing__(self, operation_id: str) -> Endpoint:
        operation, handler = self._operations[operation_id]
        parse = self._parsers[operation.takes_file]
        endpoint = self[operation_id] = _endpoint(operation, handler, self._validators, parse)
        return endpoint


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
