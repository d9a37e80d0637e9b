"""Whom a test writes to or asks about: what a customer and a group have in common with an address.

Nothing is known here of how they are driven, so that waits and writers can name them.
"""

from __future__ import annotations

from ..errors.frames import between_test_and_refusal
from .arguments import chat_written, number_written

__tracebackhide__ = between_test_and_refusal


class Person:
    """Somebody with a number, or with an address that hides it."""

    number: str


class GroupChat:
    """The chat of a group."""

    jid: str


def number_of(person: str | Person) -> str:
    """The number or address that the control API is given for this person."""
    return person.number if isinstance(person, Person) else number_written(person)


def chat_of(to: str | Person) -> str:
    """The same for whoever can be written to, groups too."""
    return to.number if isinstance(to, Person) else chat_written(to)
