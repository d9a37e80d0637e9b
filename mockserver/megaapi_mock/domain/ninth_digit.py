"""The Brazilian ninth digit: two ways to dial one mobile, one of them registered."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Landlines begin with 2 to 5 and never had the digit; 0 is not a real beginning: made-up numbers.
_MOBILE = re.compile(r"55([1-9][0-9])(9?)([06-9][0-9]{7})", re.ASCII)


@dataclass(frozen=True, slots=True)
class NinthDigit:
    """Area codes whose accounts carry the ninth digit, and those whose do not (world's table).

    A number of an area in neither is what was dialled: nothing is taken for granted.
    """

    registered_with: frozenset[str] = frozenset()
    registered_without: frozenset[str] = frozenset()

    def registered_form(self, number: str) -> str:
        """The form under which an account of this number is registered."""
        parts = self._area_and_rest(number)
        if parts is None:
            return number
        area, rest = parts
        return f"55{area}9{rest}" if area in self.registered_with else f"55{area}{rest}"

    def other(self, number: str) -> str | None:
        """The other way to dial it, with or without the digit; None where the table is silent."""
        parts = self._area_and_rest(number)
        if parts is None:
            return None
        longer, shorter = f"55{parts[0]}9{parts[1]}", f"55{parts[0]}{parts[1]}"
        return shorter if number == longer else longer

    def _area_and_rest(self, number: str) -> tuple[str, str] | None:
        if not (self.registered_with or self.registered_without):
            return None
        match = _MOBILE.fullmatch(number)
        if match is None:
            return None
        area, _, rest = match.groups()
        is_in_table = area in self.registered_with or area in self.registered_without
        return (area, rest) if is_in_table else None
