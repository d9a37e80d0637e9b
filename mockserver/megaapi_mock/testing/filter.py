"""What a wait asks for, and how a record differs from it, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Generic, TypeVar

from ..errors.frames import between_test_and_refusal
from .content import brief

__tracebackhide__ = between_test_and_refusal

# Letters of a text that are compared to find the nearest record.
COMPARED = 200
_UNREADABLE = (LookupError, TypeError, AttributeError)
R = TypeVar("R")


@dataclass(frozen=True)
class Filter(Generic[R]):
    """What a test waits for: attributes with their values, and a condition of its own.

    A value is equal, or a compiled pattern found in the text. `ends` are attributes that count
    once the record has settled. `condition_text` and `miss_text` say in words what `condition`
    asks for, and that a record is not so.
    """

    what: str
    fields: Mapping[str, Any]
    condition: Callable[[R], object] | None = None
    ends: Mapping[str, Any] = field(default_factory=dict)
    condition_text: str = "where() true"
    miss_text: str = "where() says no"

    def misses(self, record: R) -> list[str]:
        """Every difference, in words; none when the record fits, if it ends well."""
        differences = _differences(self.fields, record)
        if self.condition is None:
            return differences
        try:
            return differences if self.condition(record) else [*differences, self.miss_text]
        except _UNREADABLE as error:
            return [*differences, f"where() raised {error!r}"]

    def failures(self, record: R) -> list[str]:
        """Every difference in how it ended."""
        return _differences(self.ends, record)

    def distance(self, record: R) -> float:
        """How far it is off: up to 1 for each difference, less for texts that are alike."""
        conditions = [*self.fields.items(), *self.ends.items()]
        unlike = sum(_unlike(expected, getattr(record, name)) for name, expected in conditions)
        field_misses = len(_differences(self.fields, record))
        return unlike + len(self.misses(record)) - field_misses

    def __str__(self) -> str:
        values_by_field = [*self.fields.items(), *self.ends.items()]
        conditions = [f"{name} {_condition(expected)}" for name, expected in values_by_field]
        conditions += [self.condition_text] if self.condition is not None else []
        return self.what + (f" with {' and '.join(conditions)}" if conditions else "")


def _differences(expected: Mapping[str, Any], record: object) -> list[str]:
    pairs = ((name, value, getattr(record, name)) for name, value in expected.items())
    return [
        f"{name} is {brief(actual)}, not {_condition(value)}{_as_pattern(value, actual)}"
        for name, value, actual in pairs
        if not _fits(value, actual)
    ]


def _as_pattern(expected: Any, actual: Any) -> str:
    """A hint where a text was meant as a pattern, and would fit as one."""
    if not (
        isinstance(expected, str) and isinstance(actual, str) and re.escape(expected) != expected
    ):
        return ""
    with suppress(re.error):
        if re.search(expected, actual[:COMPARED]):
            return " (a text is equal; re.compile(...) makes it a pattern)"
    return ""


def _fits(expected: Any, actual: Any) -> bool:
    if isinstance(expected, re.Pattern):
        return isinstance(actual, str) and expected.search(actual) is not None
    return bool(expected == actual)


def _unlike(expected: Any, actual: Any) -> float:
    """0 for what fits, 1 for what has nothing in common; numbers and addresses fit or do not."""
    if _fits(expected, actual):
        return 0.0
    texts = isinstance(expected, str) and isinstance(actual, str)
    if not texts or not any(map(str.isalpha, expected)) or "@" in expected:
        return 1.0
    return (
        1.0 - SequenceMatcher(None, actual[:COMPARED], expected[:COMPARED], autojunk=False).ratio()
    )


def _condition(expected: Any) -> str:
    return f"/{expected.pattern}/" if isinstance(expected, re.Pattern) else brief(expected)
