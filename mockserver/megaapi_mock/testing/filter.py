"""What a wait asks for, and how a record differs from it, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Generic, TypeVar

from .content import brief
from .hiding import between_test_and_refusal

__tracebackhide__ = between_test_and_refusal

# Letters of a text that are compared to find the nearest record.
COMPARED = 200
_UNREADABLE = (LookupError, TypeError, AttributeError)
R = TypeVar("R")


@dataclass(frozen=True)
class Filter(Generic[R]):
    """What a test waits for: attributes with their values, and a condition of its own.

    A value is equal, or a compiled pattern found in the text. `ends` are attributes that count
    once the record has settled. `wanted` and `missed` say in words what `where` asks for, and
    that a record is not so.
    """

    what: str
    fields: Mapping[str, Any]
    where: Callable[[R], object] | None = None
    ends: Mapping[str, Any] = field(default_factory=dict)
    wanted: str = "where() true"
    missed: str = "where() says no"

    def misses(self, record: R) -> list[str]:
        """Every difference, in words; none when the record fits, if it ends well."""
        differences = _differences(self.fields, record)
        if self.where is None:
            return differences
        try:
            return differences if self.where(record) else [*differences, self.missed]
        except _UNREADABLE as error:
            return [*differences, f"where() raised {error!r}"]

    def failures(self, record: R) -> list[str]:
        """Every difference in how it ended."""
        return _differences(self.ends, record)

    def distance(self, record: R) -> float:
        """How far it is off: up to 1 for each difference, less for texts that are alike."""
        asked = [*self.fields.items(), *self.ends.items()]
        unlike = sum(_unlike(wanted, getattr(record, name)) for name, wanted in asked)
        counted = len(_differences(self.fields, record))
        return unlike + len(self.misses(record)) - counted

    def __str__(self) -> str:
        asked = [*self.fields.items(), *self.ends.items()]
        conditions = [f"{name} {_shown(wanted)}" for name, wanted in asked]
        conditions += [self.wanted] if self.where is not None else []
        return self.what + (f" with {' and '.join(conditions)}" if conditions else "")


def _differences(wanted: Mapping[str, Any], record: object) -> list[str]:
    pairs = ((name, value, getattr(record, name)) for name, value in wanted.items())
    return [
        f"{name} is {brief(got)}, not {_shown(value)}{_as_pattern(value, got)}"
        for name, value, got in pairs
        if not _fits(value, got)
    ]


def _as_pattern(wanted: Any, got: Any) -> str:
    """A hint where a text was meant as a pattern, and would fit as one."""
    if not (isinstance(wanted, str) and isinstance(got, str) and re.escape(wanted) != wanted):
        return ""
    with suppress(re.error):
        if re.search(wanted, got[:COMPARED]):
            return " (a text is equal; re.compile(...) makes it a pattern)"
    return ""


def _fits(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, re.Pattern):
        return isinstance(got, str) and wanted.search(got) is not None
    return bool(wanted == got)


def _unlike(wanted: Any, got: Any) -> float:
    """0 for what fits, 1 for what has nothing in common; numbers and addresses fit or do not."""
    if _fits(wanted, got):
        return 0.0
    texts = isinstance(wanted, str) and isinstance(got, str)
    if not texts or not any(map(str.isalpha, wanted)) or "@" in wanted:
        return 1.0
    return 1.0 - SequenceMatcher(None, got[:COMPARED], wanted[:COMPARED], autojunk=False).ratio()


def _shown(wanted: Any) -> str:
    return f"/{wanted.pattern}/" if isinstance(wanted, re.Pattern) else brief(wanted)
