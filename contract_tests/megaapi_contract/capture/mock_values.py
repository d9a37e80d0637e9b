"""Values of a mock in place of a capture's placeholders: the same placeholder, the same value."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any

PLACEHOLDER = re.compile(r"<([a-z][a-z /+.*\-]*?) (\d+)(, [^<>]*)?>")
_DEVICE = ":device@"
_START_OF_TIME = 1_767_225_600
# Given out once for all: what answers and webhooks show of them must not change them.
_FIXED = frozenset({"key", "token", "number"})
_NUMERAL = re.compile(r"-?\d{1,18}(\.\d{1,18})?")
_NUMERIC = {"int": int, "float": float}

_MADE_UP: Mapping[str, Callable[[int], str]] = {
    "key": lambda number: f"megacode-TESTKEY{1000 + number}",
    "token": lambda number: f"TESTTOKEN{number:04}",
    "number": lambda number: f"55119{199 + number:08}",
    "group": lambda number: f"120363{900_000_000_000 + number}",
    "lid": lambda number: f"1{number:014}",
    "user": lambda number: f"user{number}",
    "id": lambda number: f"3EB0{number:018X}",
    "int": lambda number: str(_START_OF_TIME + number),
    "float": lambda number: f"{number % 90}.5",
    "time": lambda number: str(_START_OF_TIME + number),
    "digits": lambda number: str(1000 + number),
    "url": lambda number: f"https://example.test/{number}",
    "media key": lambda number: b64encode(number.to_bytes(32, "big")).decode(),
    "base64": lambda number: b64encode(number.to_bytes(32, "big")).decode(),
    "code": lambda number: f"TEST{number:04}",
}


class MockValues:
    """The values of one replay, made up or taken from what the mock has answered."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, int], str] = {}
        # Those that the mock has given out; the others may still be replaced by them.
        self._answered: set[tuple[str, int]] = set()
        self._answered_values: set[str] = set()

    def value(self, kind: str, number: int) -> str:
        """The value of `<kind number>`."""
        name = kind, number
        if name not in self._values:
            make = _MADE_UP.get(kind)
            self._values[name] = f"Texto {number}" if make is None else make(number)
        return self._values[name]

    def given_value(self, text: str) -> str:
        """The value that the mock has given out for this placeholder; empty where it has none."""
        match = PLACEHOLDER.match(text)
        name = (match[1], int(match[2])) if match else ("", 0)
        return self._values[name] if name in self._answered else ""

    def is_known(self, value: str) -> bool:
        """Whether the mock has given this out for a placeholder."""
        return value in self._answered_values

    def give(self, kind: str, number: int, value: str) -> None:
        """Take this value for `<kind number>` from now on."""
        self._keep((kind, number), value)

    def text(self, text: str) -> str:
        """A text with every placeholder replaced."""
        return PLACEHOLDER.sub(
            lambda match: self.value(match[1], int(match[2])), text.replace(_DEVICE, ":1@")
        )

    def node(self, node: Any) -> Any:
        """A document with every placeholder replaced."""
        if isinstance(node, str):
            match = PLACEHOLDER.fullmatch(node)
            number_type = _NUMERIC.get(match[1]) if match else None
            return self.text(node) if number_type is None else number_type(self.text(node))
        if isinstance(node, dict):
            return {self.text(name): self.node(value) for name, value in node.items()}
        return [self.node(value) for value in node] if isinstance(node, list) else node

    def learn(self, recorded: Any, answer: Any) -> None:
        """Take the values of a mock's document for the placeholders of a recorded one."""
        for text, value in _pairs(recorded, answer):
            match = PLACEHOLDER.match(text)
            if match is None or match[1] in _FIXED:
                continue
            name = match[1], int(match[2])
            if match[1] in _NUMERIC and not _NUMERAL.fullmatch(value):
                continue
            is_whole = match.end() == len(text)
            user, _, server = value.partition("@")
            if is_whole or text[match.end() :] == f"@{server}":
                self._learn(name, value if is_whole else user)

    def _learn(self, name: tuple[str, int], value: str) -> None:
        if name not in self._answered:
            self._keep(name, value)

    def _keep(self, name: tuple[str, int], value: str) -> None:
        self._values[name] = value
        self._answered.add(name)
        self._answered_values.add(value)


def _pairs(recorded: Any, answer: Any) -> Iterator[tuple[str, str]]:
    """Each recorded text with the value in the same place."""
    if isinstance(recorded, str):
        if isinstance(answer, (str, int, float)) and not isinstance(answer, bool):
            yield recorded, str(answer)
    elif isinstance(recorded, dict) and isinstance(answer, dict):
        for name, value in recorded.items():
            if name in answer:
                yield from _pairs(value, answer[name])
    elif isinstance(recorded, list) and isinstance(answer, list):
        # Of more than one nobody knows which of them are the same.
        if len(recorded) == len(answer) == 1:
            yield from _pairs(recorded[0], answer[0])
