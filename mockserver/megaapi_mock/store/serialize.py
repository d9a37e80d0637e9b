"""Values to JSON and back by their type: whoever adds a field to a dataclass need not come here."""

from __future__ import annotations

from typing import Any

from .form import Digits, Form, Misfit, inside

__all__ = ("Form", "Forms", "Misfit", "inside")


class Forms:
    """The form of each type. `documents` names the fields of bytes that hold a JSON object.

    Equal texts become one object: a hundred thousand messages have few addresses.
    """

    def __init__(self, *, documents: frozenset[tuple[type, str]] = frozenset()) -> None:
        self._documents = documents

    def of(self, kind: Any) -> Form:
        """The form of a type; TypeError for one that has none."""
        # Most starts need no form, and cattrs takes a while to import.
        from .hooks import form

        return form(kind, self._documents)

    def of_key(self, kind: Any) -> Form:
        """The form of a key of an object: a text."""
        return self.of(Digits if kind is int else kind)
