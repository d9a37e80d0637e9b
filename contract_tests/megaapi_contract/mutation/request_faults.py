"""Faults that let in what ought to be refused: the request is put right and sent again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
from megaapi_mock.spec.plans import ADMIN_TOKEN, EVERY_PLAN

from ..host.http import Answer, Request
from ..host.stage import NO_WHATSAPP, WORLD
from ..judging.contract import Contract
from .answer_faults import AnswerFilter, with_body
from .mutant import Fault, InterceptedCall

OPERATIONS = Contract(plan=EVERY_PLAN).by_id
# What the administrator's token opens, and no instance's.
OF_HOST = frozenset(name for name, operation in OPERATIONS.items() if operation.is_of_host)
# The request to send again; None leaves the refusal as it is.
Mend = Callable[[InterceptedCall], Request | None]


class LetIn(Fault):
    """Where the clean mock refuses, the corrected request is answered instead."""

    def __init__(self, operations: tuple[str, ...], is_refused: AnswerFilter, mend: Mend) -> None:
        self._operations, self._is_refused, self._mend = operations, is_refused, mend

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation not in self._operations or not self._is_refused(answer):
            return answer
        valid_request = self._mend(call)
        return answer if valid_request is None else call.ask(valid_request)


def with_token(request: Request, token: str) -> Request:
    """The request under this token."""
    others = tuple(one for one in request.headers if one[0].lower() != "authorization")
    return replace(request, headers=(*others, ("Authorization", f"Bearer {token}")))


def bearer(request: Request) -> str:
    """The token a request brings; empty for none."""
    return (request.header("Authorization") or "").removeprefix("Bearer ")


def right_token(call: InterceptedCall) -> Request | None:
    """Whatever token was given is taken for the right one."""
    token = ADMIN_TOKEN if call.operation in OF_HOST else call.tokens.get(call.key)
    return None if token is None else with_token(call.request, token)


def right_token_for_none(call: InterceptedCall) -> Request | None:
    """Who brings no token at all is let in."""
    return None if call.request.header("Authorization") else right_token(call)


def right_token_for_a_neighbours(call: InterceptedCall) -> Request | None:
    """A token of any instance opens all of them."""
    is_known_token = bearer(call.request) in call.tokens.values()
    return right_token(call) if is_known_token else None


def good_body(example: Any) -> Mend:
    """The body is taken for this one."""
    body = orjson.dumps(example)
    return lambda call: replace(call.request, body=body)


def on_a_linked_instance(call: InterceptedCall) -> Request | None:
    """Another instance, a linked one, does it instead."""
    instance = call.control_api("POST", "/_mock/instances", {"connected": True})
    return at_instance(call.request, call.key, instance)


def at_instance(request: Request, key: str, instance: Any) -> Request:
    """The same request to another instance, under its token."""
    moved_request = replace(request, target=request.target.replace(key, instance["key"]))
    return with_token(moved_request, instance["token"])


class Registered(Fault):
    """Numbers without WhatsApp are written to as if they had it."""

    def __init__(self, operations: tuple[str, ...]) -> None:
        self._operations = operations

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        is_refused = answer.status == 403 and b"not registered" in answer.body
        if call.operation not in self._operations or not is_refused:
            return answer
        nobody, somebody = NO_WHATSAPP.encode(), WORLD[0].encode()
        request = replace(call.request, body=call.request.body.replace(nobody, somebody))
        accepted_answer = call.ask(request)
        return with_body(accepted_answer, accepted_answer.body.replace(somebody, nobody))
