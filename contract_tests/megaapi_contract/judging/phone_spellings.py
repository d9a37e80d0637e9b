"""The ways to dial one phone where WhatsApp keeps or drops a digit of the number."""

from __future__ import annotations

import re

# Country code, the digit that may be there, and what stands around it. Only where no other phone
# can have the number that remains: landlines of Brazil begin with 2 to 5 and never had the 9.
_OPTIONAL_DIGITS = (
    ("9", re.compile(r"(55[1-9][0-9])9?([06-9][0-9]{7})", re.ASCII)),
    ("9", re.compile(r"(54)9?([1-3][0-9]{9})", re.ASCII)),
    ("1", re.compile(r"(52)1?([2-9][0-9]{9})", re.ASCII)),
)


def spellings(number: str) -> tuple[str, ...]:
    """Every way to dial this phone, the given one first; of most numbers there is no other."""
    for digit, pattern in _OPTIONAL_DIGITS:
        match = pattern.fullmatch(number)
        if match is not None:
            both = (f"{match[1]}{match[2]}", f"{match[1]}{digit}{match[2]}")
            return (number, *(one for one in both if one != number))
    return (number,)


def is_same_phone(one: str, other: str) -> bool:
    """Whether two numbers, in digits alone, are of one phone."""
    return other in spellings(one)


def without_repeats(numbers: tuple[str, ...]) -> tuple[str, ...]:
    """These numbers, each phone once: as it is dialled first."""
    alternatives: list[str] = []
    for number in numbers:
        if not any(is_same_phone(one, number) for one in alternatives):
            alternatives.append(number)
    return tuple(alternatives)
