"""Faults of memory: what was done is not kept, what was undone is, what is another's is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from ..host.http import Answer, Request
from .answer_faults import is_good, json_of, with_body, with_document
from .mutant import Fault, InterceptedCall
from .payload_edits import first_value_at, put
from .request_faults import at_instance, bearer, with_token

STATUS = "/rest/instance/"


def _status(call: InterceptedCall) -> Answer:
    headers = tuple(one for one in call.request.headers if one[0].lower() == "authorization")
    return call.look(Request("GET", f"{STATUS}{call.key}", headers))


class NotDone(Fault):
    """Answered as done, and nothing has happened: it was done to another instance."""

    def __init__(self, *operations: str) -> None:
        self._operations = operations

    def answer(self, call: InterceptedCall) -> Answer:
        status = _status(call) if call.operation in self._operations else None
        if status is None or not is_good(status):
            return call.ask(call.request)
        linked = b'"connected"' in status.body
        instance = call.control_api("POST", "/_mock/instances", {"connected": linked})
        answer = call.ask(at_instance(call.request, call.key, instance))
        return with_body(answer, answer.body.replace(instance["key"].encode(), call.key.encode()))


class Swallowed(Fault):
    """Answered as done by operations that answer nothing else, and nothing has happened."""

    def __init__(self, operation: str) -> None:
        self._operation = operation

    def answer(self, call: InterceptedCall) -> Answer:
        status = _status(call) if call.operation == self._operation else None
        if status is None or not is_good(status):
            return call.ask(call.request)
        call.count_hit()
        return with_body(status, b'{"error":false,"message":"Done"}')


class Undone(Fault):
    """Done, answered, and undone at once by another call of the same instance."""

    def __init__(
        self, operation: str, undo: Callable[[InterceptedCall, Any], Request | None]
    ) -> None:
        self._operation, self._undo = operation, undo

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == self._operation and is_good(answer):
            undo = self._undo(call, json_of(answer))
            if undo is not None:
                call.ask(undo)
        return answer


class Frozen(Fault):
    """The first good answer to an operation is given for ever: per instance, or to everybody."""

    def __init__(self, *operations: str, everybody: bool = False) -> None:
        self._operations, self._everybody = operations, everybody
        self._first: dict[tuple[str, str], Answer] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation not in self._operations or not is_good(answer):
            return answer
        owner = "" if self._everybody else call.key
        first = self._first.setdefault((call.operation, owner), answer)
        # Each answer has an exchange of its own; with it alone nothing would be spoilt.
        return answer if first.body == answer.body else with_body(answer, first.body)


class FrozenField(Fault):
    """One field keeps the first value it ever had."""

    def __init__(self, operations: tuple[str, ...], path: str) -> None:
        self._operations, self._path = operations, path
        self._first: Any = None

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        document = (
            json_of(answer) if call.operation in self._operations and is_good(answer) else None
        )
        value = first_value_at(document, self._path)
        if value is None:
            return answer
        if self._first is None:
            self._first = value
        if value == self._first:
            return answer
        return with_document(answer, put(self._path, self._first)(document))


class OldTokenToo(Fault):
    """A token that was changed is good for ever."""

    def __init__(self) -> None:
        self._old: dict[tuple[str, str], str] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        token = bearer(call.request)
        if call.operation == "change_token" and is_good(answer):
            self._old[call.key, token] = orjson.loads(call.request.body)["messageData"]["token"]
        new = self._old.get((call.key, token))
        if answer.status == 401 and new is not None:
            return call.ask(with_token(call.request, new))
        return answer


class Leak(Fault):
    """One operation shows what the instance has that last called the source operation."""

    def __init__(self, leaking_operation: str, source_operation: str) -> None:
        self._leaking_operation, self._source_operation = leaking_operation, source_operation
        self._last: dict[str, str] | None = None

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == self._source_operation and is_good(answer):
            self._last = {"key": call.key, "token": bearer(call.request)}
        last = self._last
        if call.operation != self._leaking_operation or last is None or last["key"] == call.key:
            return answer
        if answer.status in (400, 401):
            return answer
        return call.ask(at_instance(call.request, call.key, last))


class After(Fault):
    """An operation does something else besides, through the control API."""

    def __init__(self, operation: str, method: str, path: str, body: Any = None) -> None:
        self._operation = operation
        self._happens = (method, path, body)

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == self._operation and is_good(answer):
            if b'"connected"' in _status(call).body:
                method, path, body = self._happens
                call.control_api(method, path.replace("{key}", call.key), body)
                call.count_hit()
        return answer
