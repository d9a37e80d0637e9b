"""Where a payload leaves the types of `payloads`, in sentences."""

from __future__ import annotations

import types
import typing
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

# A value or a name that is shown is cut to so many characters.
_SHOWN_MOST = 60
_WORDS: Mapping[Any, str] = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
    types.NoneType: "null",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One place that does not fit."""

    field: str
    """The field as a dotted path."""

    message: str
    """What is wrong with it: `is missing`, `is 5, not a string`."""

    is_new_value: bool = False
    """Whether it has a value of the right type, but none that the contract has."""

    def __str__(self) -> str:
        return f"{self.field} {self.message}"


def problems_of(payload: dict[str, Any], kind: Any) -> Iterator[Problem]:
    """Everything in the payload that does not fit this TypedDict, outer fields first.

    Only what the type knows is looked at, so that a payload may be as deep as it likes.
    """
    waiting: deque[tuple[str, Any, Any]] = deque([("", payload, kind)])
    while waiting:
        path, value, hint = waiting.popleft()
        hint = _fitting(value, hint)
        if hint is None:
            continue
        if not _fits(value, hint):
            yield Problem(
                path, f"is {_value_text(value)}, not {_words(hint)}", _is_new(value, hint)
            )
            continue
        if isinstance(value, dict):
            for name in sorted(_required_keys(hint) - value.keys()):
                yield Problem(_below(path, name), "is missing")
        waiting.extend(_inside(path, value, hint))


def _fitting(value: Any, hint: Any) -> Any:
    """The member of a union that the value is of, else the whole; None where all is allowed."""
    if hint is Any:
        return None
    if not _is_union(hint):
        return hint
    return next((each for each in typing.get_args(hint) if _fits(value, each)), hint)


def _fits(value: Any, hint: Any) -> bool:
    """Whether the value, without what is inside it, is of this type."""
    if _is_union(hint):
        return False
    origin = typing.get_origin(hint)
    if origin is typing.Literal:
        return any(_is_same(value, each) for each in typing.get_args(hint))
    if origin is not None or typing.is_typeddict(hint):
        return isinstance(value, origin or dict)
    if hint is float:
        return type(value) in (int, float)
    if hint is int and type(value) is float:
        # Of JSON's numbers 5.0 is a whole one.
        return bool(value.is_integer())
    # `True` is an `int` for Python, but not for JSON.
    return type(value) is hint or (hint is str and isinstance(value, str))


def _is_same(value: Any, other: Any) -> bool:
    """Whether both are the same to JSON: 1 and 1.0 are, 1 and `true` are not."""
    kinds = type(value), type(other)
    return value == other if kinds[0] is kinds[1] or kinds == (float, int) else False


def _is_new(value: Any, hint: Any) -> bool:
    """Whether a value that is none of these is at least of the type of one."""
    is_choice = typing.get_origin(hint) is typing.Literal
    return is_choice and any(type(value) is type(each) for each in typing.get_args(hint))


def _inside(path: str, value: Any, hint: Any) -> Iterator[tuple[str, Any, Any]]:
    """What the type says of the parts of a value, with their paths."""
    arguments = typing.get_args(hint)
    if typing.is_typeddict(hint):
        for name, below in _hints(hint).items():
            if name in value:
                yield _below(path, name), value[name], below
    elif isinstance(value, dict):
        for name, each in value.items():
            yield _below(path, _cut(str(name))), each, arguments[1]
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield _below(path, str(number)), each, arguments[0]


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _required_keys(hint: Any) -> frozenset[str]:
    return getattr(hint, "__required_keys__", frozenset())


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _words(hint: Any) -> str:
    if _is_union(hint):
        return " or ".join(_words(each) for each in typing.get_args(hint))
    if typing.get_origin(hint) is typing.Literal:
        values = [_value_text(each) for each in typing.get_args(hint)]
        return f"one of {', '.join(values)}" if len(values) > 1 else values[0]
    return _WORDS[typing.get_origin(hint) or (dict if typing.is_typeddict(hint) else hint)]


def _value_text(value: Any) -> str:
    """A short value itself; of lists and objects, which may be deep, only that they are ones."""
    if isinstance(value, bool | None):
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, str):
        return repr(_cut(value))
    if isinstance(value, float):
        return repr(value)
    # A number of very many digits cannot even be written.
    if isinstance(value, int):
        return str(value) if value.bit_length() < 64 else "a very large number"
    return "a list" if isinstance(value, list) else "an object"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_MOST else f"{text[:_SHOWN_MOST]}..."
