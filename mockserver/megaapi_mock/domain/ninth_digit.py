"""The Brazilian ninth digit: two ways to dial one mobile, one of them registered."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Landlines begin with 2 to 5 and never had the digit; 0 is no real beginning: made-up numbers.
_MOBILE = re.compile(r"55([1-9][0-9])(9?)([06-9][0-9]{7})", re.ASCII)


@dataclass(frozen=True, slots=True)
class NinthDigit:
    """Area codes whose accounts carry the ninth digit, and those whose do not (world's table).

    A number of an area in neither is what was dialled: nothing is taken for granted.
    """

    registered_with: frozenset[str] = frozenset()
    registered_without: frozenset[str] = frozenset()

    def registered(self, number: str) -> str:
        """The form under which an account of this number is registered."""
        found = self._ruled(number)
        if found is None:
            return number
        area, rest = found
        return f"55{area}9{rest}" if area in self.registered_with else f"55{area}{rest}"

    def other(self, number: str) -> str | None:
        """The other way to dial it, with or without the digit; None where the table is silent."""
        found = self._ruled(number)
        if found is None:
            return None
        longer, shorter = f"55{found[0]}9{found[1]}", f"55{found[0]}{found[1]}"
        return shorter if number == longer else longer

    def _ruled(self, number: str) -> tuple[str, str] | None:
        if not (self.registered_with or self.registered_without):
            return None
        found = _MOBILE.fullmatch(number)
        if found is None:
            return None
        area, _, rest = found.groups()
        ruled = area in self.registered_with or area in self.registered_without
        return (area, rest) if ruled else None
