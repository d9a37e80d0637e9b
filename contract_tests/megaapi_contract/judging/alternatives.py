"""Documented alternative answers, and the check that a host keeps to one of them.

The contract marks an answer that is one of several with the switch of the mock that decides it,
`(switch NAME=VALUE)`, in the summary of an example or in the description of a response.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from megaapi_mock.spec.operations import Operation

from .results import Exchange

_MARK = re.compile(r"\bswitch ([a-z0-9_]+)=([A-Za-z0-9_]+)")
_GUESSED = re.compile(r"guess", re.IGNORECASE)
_PICTURE = b"data:image"
USUAL = ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One documented way to answer: `document` is an example of it, None for an empty body.

    `exact` says that its text is known; `beside` are the fields that other answers of this status
    have and this one has not.
    """

    switch: str
    value: str
    status: int
    document: Any = None
    is_text_known: bool = True
    foreign_fields: frozenset[str] = frozenset()

    def fits(self, exchange: Exchange) -> bool:
        """Whether an answer is of this form."""
        if exchange.status != self.status:
            return False
        if self.document is None:
            return not exchange.body
        if isinstance(self.document, str):
            return exchange.json is None and _PICTURE not in exchange.body
        return self._matches_document(exchange.json)

    def _matches_document(self, document: Any) -> bool:
        if not isinstance(document, dict) or not isinstance(self.document, dict):
            return isinstance(document, list) and isinstance(self.document, list)
        if not self.document.keys() <= document.keys() or self.foreign_fields & document.keys():
            return False
        fields = ("error", "statusCode", *(("message", "name") if self.is_text_known else ()))
        return all(
            document[name] == self.document[name]
            for name in fields
            if name in self.document and (self.status >= 400 or name != "message")
        )


def alternatives(operation: Operation, response_of: Any) -> tuple[Alternative, ...]:
    """Every marked answer of an operation; `response_of` gives what it says of a status."""
    answers: list[Alternative] = []
    for status in operation.definition["responses"]:
        response = response_of(operation, int(status)) or {}
        examples = list(_examples(response))
        for summary, value in examples:
            foreign_fields = _fields(other for _, other in examples) - _fields([value])
            for switch, name in _MARK.findall(summary):
                is_text_known = not _GUESSED.search(summary)
                answers.append(
                    Alternative(switch, name, int(status), value, is_text_known, foreign_fields)
                )
        documented_values = {(alternative.switch, alternative.value) for alternative in answers}
        by_description = _alternatives_of_response(response, int(status), examples)
        answers += [
            alternative
            for alternative in by_description
            if (alternative.switch, alternative.value) not in documented_values
        ]
    return tuple(answers)


def _alternatives_of_response(
    response: Mapping[str, Any], status: int, examples: list[tuple[str, Any]]
) -> Iterator[Alternative]:
    """The alternatives marked in the description of a response."""
    for switch, name in _MARK.findall(str(response.get("description", ""))):
        if name == "empty" and response.get("x-may-be-empty"):
            yield Alternative(switch, name, status)
        elif not 200 <= status < 300:
            for _, value in examples:
                yield Alternative(switch, name, status, value)


def _examples(response: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for content in response.get("content", {}).values():
        for example in content.get("examples", {}).values():
            yield str(example.get("summary", "")), example.get("value")


def _fields(documents: Any) -> frozenset[str]:
    return frozenset(
        name for document in documents if isinstance(document, dict) for name in document
    )


@dataclass(frozen=True, slots=True)
class FirstSight:
    """The probe that saw the value of a switch first, and the exchange that showed it, if any."""

    probe: str
    exchange: Exchange | None = None


@dataclass(slots=True)
class SettledSwitches:
    """The value of each switch that the host showed first; `changed` showed another one later."""

    value_of_switch: dict[str, str] = field(default_factory=dict)
    first_sight: dict[str, FirstSight] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def is_same_as_before(
        self, switch: str, value: str, sight: FirstSight = FirstSight("")
    ) -> bool:
        """Whether the host shows the same value as before; the first value is stored."""
        self.first_sight.setdefault(switch, sight)
        is_same = self.value_of_switch.setdefault(switch, value) == value
        if not is_same:
            self.changed.add(switch)
        return is_same

    def clear(self) -> None:
        """Forget all values."""
        self.value_of_switch.clear()
        self.first_sight.clear()
        self.changed.clear()
