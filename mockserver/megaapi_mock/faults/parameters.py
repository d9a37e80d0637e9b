"""Parameters of faults: what each may be, in code and in words, from JSON or from a header."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import orjson

from ..codec import dumps
from ..errors.names import did_you_mean
from ..spec.schema_sentences import format_value

SECONDS_MOST = 3_600
COUNT_MOST = 1_000_000
# JSON is written 254 levels deep; what is answered is shown again in lists, some levels down.
LEVELS_AROUND = 24


@dataclass(frozen=True, slots=True)
class ParameterCheck:
    """What a value must be: a function that checks it, and the same in words."""

    fits: Callable[[Any], bool]
    words: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line of a kind's parameters, as the control API and the documents show it."""

    name: str
    default: Any
    form: ParameterCheck
    help: str

    def as_json(self) -> dict[str, Any]:
        """Name, default, what it accepts, and what it does."""
        return {
            "name": self.name,
            "default": self.default,
            "accepts": self.form.words,
            "help": self.help,
        }


class BadParameter(Exception):
    """A value, or a name, that a fault does not take; the text is the sentence to show."""


def about(form: ParameterCheck, help: str) -> dict[str, Any]:
    """The metadata of a field that users may set."""
    return {"form": form, "help": help}


def parameters_of(kind: Any) -> tuple[Parameter, ...]:
    """The parameters of a kind, its own before those it shares with others."""
    own = vars(kind).get("__annotations__", {})
    return tuple(
        Parameter(field_.name, field_.default, field_.metadata["form"], field_.metadata["help"])
        for field_ in sorted(fields(kind), key=lambda field: field.name not in own)
    )


def check_arguments(
    name: str,
    parameters: Sequence[Parameter],
    arguments: Mapping[str, Any],
    *,
    also: Sequence[str] = (),
) -> dict[str, Any]:
    """The given values when each is known and fits; BadParameter says what is accepted.

    `also` are names that count as accepted elsewhere, for the sentence alone.
    """
    by_name = {parameter.name: parameter for parameter in parameters}
    for key, value in arguments.items():
        if key not in by_name:
            raise BadParameter(
                f"{key}: {name} has no such parameter{name_advice(key, by_name, also)}"
            )
        if not by_name[key].form.fits(value):
            raise BadParameter(
                f"{key}: must be {by_name[key].form.words}, not {format_value(value)}"
            )
    return dict(arguments)


def name_advice(
    wrong: str, names_accepted: Mapping[str, Any] | Sequence[str], also: Sequence[str] = ()
) -> str:
    """`, did you mean X? There are ...`: the end of a sentence about a name that is not there."""
    names = [*names_accepted, *also]
    if not names:
        return "; it takes none"
    close = did_you_mean(wrong, names, most=1).strip()
    guess = f", {close} There" if close else "; there"
    return f"{guess} are {', '.join(names)}"


def read_header(text: str) -> tuple[str, dict[str, Any]]:
    """`NAME; status=502; seconds=2` as a name and values; BadParameter when it is not of that form.

    A value is read as JSON where it is JSON, else as the text it is.
    """
    name, *assignments = (part.strip() for part in text.split(";"))
    values: dict[str, Any] = {}
    for assignment in filter(None, assignments):
        key, equals, value = assignment.partition("=")
        if not equals:
            raise BadParameter(f"{assignment!r} must be name=value")
        values[key.strip()] = _value(value.strip())
    return name, values


def _value(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def whole_number(least: int, most: int, words: str = "") -> ParameterCheck:
    """A whole number within bounds."""
    words = words or f"a whole number from {least} to {most}"
    return ParameterCheck(lambda value: type(value) is int and least <= value <= most, words)


def number(least: float, most: float, words: str) -> ParameterCheck:
    """A number within bounds."""
    return ParameterCheck(lambda value: _number(value, least, most), words)


def _number(value: Any, least: float, most: float) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and least <= value <= most


def optional(form: ParameterCheck) -> ParameterCheck:
    """A form that accepts null too."""
    return ParameterCheck(lambda value: value is None or form.fits(value), f"{form.words}, or null")


def one_of(*choices: str) -> ParameterCheck:
    """A form that accepts one of these words."""
    return ParameterCheck(lambda value: value in choices, " or ".join(choices))


def _span(value: Any) -> bool:
    if not isinstance(value, list):
        return _number(value, 0, SECONDS_MOST)
    return (
        len(value) == 2
        and all(_number(limit, 0, SECONDS_MOST) for limit in value)
        and value[0] <= value[1]
    )


def _can_be_sent(value: Any) -> bool:
    for _ in range(LEVELS_AROUND):
        value = [value]
    try:
        dumps(value)
    except TypeError:
        return False
    return True


def _headers(value: Any) -> bool:
    return isinstance(value, dict) and all(
        name
        and _TOKEN.issuperset(name)
        and name.lower() not in NOT_YOURS
        and isinstance(text, str)
        and text.isascii()
        and text.isprintable()
        for name, text in value.items()
    )


_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
# These belong to the server, or to another parameter or fault.
NOT_YOURS = frozenset(
    ("connection", "content-length", "content-type", "keep-alive", "te", "trailer",
     "transfer-encoding", "upgrade", "proxy-authenticate", "proxy-authorization")
)  # fmt: skip

YES_NO = ParameterCheck(lambda value: isinstance(value, bool), "true or false")
TEXT = ParameterCheck(lambda value: isinstance(value, str), "a string")
ANYTHING = ParameterCheck(_can_be_sent, "any JSON value, at most 230 levels deep")
SECONDS = number(0, SECONDS_MOST, f"seconds from 0 to {SECONDS_MOST}")
SPAN = ParameterCheck(_span, f"seconds from 0 to {SECONDS_MOST}, or [least, most]")
COUNT = whole_number(1, COUNT_MOST)
FROM_ZERO = whole_number(0, COUNT_MOST)
PERCENT = number(0, 100, "a number from 0 to 100")
MEDIA_TYPE = ParameterCheck(
    lambda value: isinstance(value, str) and value.isascii() and value.isprintable(),
    "printable ASCII such as text/plain",
)
HEADERS = ParameterCheck(
    _headers,
    "an object of header names and texts in printable ASCII, without Content-Length, "
    "Content-Type, Connection and the like",
)
