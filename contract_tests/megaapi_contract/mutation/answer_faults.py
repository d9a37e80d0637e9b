"""Faults of single answers: each alters what the clean mock said, and remembers nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from ..host.http import Answer
from .mutant import Fault, InterceptedCall
from .payload_edits import Edit

AnswerFilter = Callable[[Answer], bool]
Change = Callable[[Answer], Answer]


def is_good(answer: Answer) -> bool:
    """Whether the answer's status is a 2xx."""
    return 200 <= answer.status < 300


def has_status(*statuses: int) -> AnswerFilter:
    """Whether the answer has one of these statuses."""
    return lambda answer: answer.status in statuses


def has_text(text: str) -> AnswerFilter:
    """An answer whose body has this text."""
    return lambda answer: text.encode() in answer.body


class Altered(Fault):
    """Answers of some operations come out changed."""

    def __init__(
        self, operations: tuple[str, ...], change: Change, when: AnswerFilter = is_good
    ) -> None:
        self._operations, self._change, self._when = operations, change, when

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation in self._operations and self._when(answer):
            return self._change(answer)
        return answer


def document(edit: Edit) -> Change:
    """Another JSON document; answers that are not JSON stay."""

    def change(answer: Answer) -> Answer:
        try:
            body = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            return answer
        return with_body(answer, orjson.dumps(edit(body)))

    return change


def with_body(answer: Answer, body: bytes) -> Answer:
    """The same answer with other bytes, and the length they have."""
    return replace(answer, body=body, headers=_header(answer, "Content-Length", str(len(body))))


def with_document(answer: Answer, body: Any) -> Answer:
    """The same answer with another document."""
    return with_body(answer, orjson.dumps(body))


def json_of(answer: Answer) -> Any:
    """The answer's document; None when it is not JSON."""
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return None


def status(number: int) -> Change:
    """The answer with this status."""
    return lambda answer: replace(answer, status=number)


def content_type(name: str) -> Change:
    """Another content type over the same bytes."""
    return lambda answer: replace(answer, headers=_header(answer, "Content-Type", name))


def no_header(name: str) -> Change:
    """The answer without this header."""
    header_name = name.lower()
    return lambda answer: replace(
        answer, headers=tuple(one for one in answer.headers if one[0].lower() != header_name)
    )


def raw(change: Callable[[bytes], bytes]) -> Change:
    """The answer with its body changed as bytes."""
    return lambda answer: with_body(answer, change(answer.body))


def chain(*changes: Change) -> Change:
    """One change after the other."""

    def change(answer: Answer) -> Answer:
        for one in changes:
            answer = one(answer)
        return answer

    return change


def _header(answer: Answer, name: str, value: str) -> tuple[tuple[str, str], ...]:
    others = [one for one in answer.headers if one[0].lower() != name.lower()]
    return (*others, (name, value))
