"""A command-line value that names something from a list."""

from __future__ import annotations

from typing import Any

import click

from .names import did_you_mean


class NamedChoice(click.Choice[str]):
    """A choice that says which of its names was probably meant."""

    name = "name"

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """The sentence for a value that is none of them."""
        guess = did_you_mean(str(value), self.choices)
        return f"{value!r} is not one of {', '.join(self.choices)}: {guess}".rstrip(": ")
