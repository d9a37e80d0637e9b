"""Faults planted as a rule over calls or webhooks, with a memory of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer, Request
from ...judging.values import jid_of
from ..answer_faults import is_good, json_of, with_document
from ..mutant import Fault, InterceptedCall
from ..request_faults import OPERATIONS
from ..webhook_faults import Payload
from .access import CHECKED
from .second_call import Rewritten, body_value

SENDS = tuple(name for name in CHECKED if OPERATIONS[name].controller == "send_message")
MEDIA = ("imageMessage", "videoMessage", "audioMessage", "documentMessage", "stickerMessage")
ACCOUNT = "@s.whatsapp.net"


# Requests of another shape are passed over: they are not what such a gateway gets wrong.
ODD_SHAPE = (TypeError, AttributeError, LookupError, ValueError)


def to_group(call: InterceptedCall) -> bool:
    """Whether a group is written to."""
    return jid_of(body_value(call, "messageData", "to")).group


def own_jid(call: InterceptedCall) -> str:
    """The number of the instance that calls; empty when it is not linked."""
    headers = tuple(one for one in call.request.headers if one[0].lower() == "authorization")
    answer = call.look(Request("GET", f"/rest/instance/{call.key}", headers))
    return str(value_on_path(json_of(answer), "instance.user.id") or "")


class Rule(Fault):
    """A change of some calls, with a memory of its own: `change` gets the call and the memory."""

    def __init__(
        self, operations: Sequence[str], change: Callable[[InterceptedCall, Any], Answer]
    ) -> None:
        self._operations, self._change = operations, change
        self._memory: dict[Any, Any] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        if call.operation not in self._operations:
            return call.ask(call.request)
        answers: list[Answer] = []

        def ask(request: Request) -> Answer:
            answers.append(call.ask(request))
            return answers[-1]

        try:
            return self._change(replace(call, ask=ask), self._memory)
        except ODD_SHAPE:
            return answers[0] if answers else call.ask(call.request)


class WebhookRule(Fault):
    """A change of some webhooks with a memory of its own."""

    def __init__(self, change: Callable[[Payload, Any], Sequence[Payload]]) -> None:
        self._change: Callable[[Payload, Any], Sequence[Payload]] = change
        self._memory: dict[Any, Any] = {}

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        payloads = self._change(payload, self._memory)
        if len(payloads) == 1 and payloads[0] == orjson.loads(body):
            return (body,)
        return [orjson.dumps(one) for one in payloads]


def safely(edit: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The change, where the request has the shape for it."""

    def change(body: Any) -> Any:
        try:
            return edit(orjson.loads(orjson.dumps(body)))
        except ODD_SHAPE:
            return body

    return change


def changed_answer(
    answer: Answer, call: InterceptedCall, edit: Callable[[Any, InterceptedCall], Any]
) -> Answer:
    document = json_of(answer)
    if document is None or not is_good(answer):
        return answer
    before = orjson.dumps(document)
    try:
        edited_document = edit(document, call)
    except ODD_SHAPE:
        return answer
    return (
        answer
        if orjson.dumps(edited_document) == before
        else with_document(answer, edited_document)
    )


def spoil_answers(
    operations: Sequence[str], edit: Callable[[Any, InterceptedCall], Any]
) -> Callable[[], Fault]:
    """Good answers of these operations, changed by what was asked."""
    return partial(
        Rule, operations, lambda call, _: changed_answer(call.ask(call.request), call, edit)
    )


def rule(
    operations: Sequence[str], change: Callable[[InterceptedCall, Any], Answer]
) -> Callable[[], Fault]:
    return partial(Rule, operations, change)


def rewritten(operation: str, edit: Callable[[Any], Any]) -> Callable[[], Fault]:
    return partial(Rewritten, operation, safely(edit))


def spoil(change: Callable[[Payload, Any], Sequence[Payload]]) -> Callable[[], Fault]:
    return partial(WebhookRule, change)


# Number in the list they come from, operations, events, sentence, fault.
PlantedRule = tuple[int, tuple[str, ...], tuple[str, ...], str, Callable[[], Fault]]
