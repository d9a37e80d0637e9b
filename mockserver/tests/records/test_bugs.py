"""Our own failures are kept in a form that can always be shown."""

from __future__ import annotations

from megaapi_mock.records.bugs import Bugs, describe


class Unshowable(Exception):
    """One whose own text cannot be made."""

    def __repr__(self) -> str:
        raise RuntimeError("it cannot be shown")

    __str__ = __repr__


def test_exception_that_cannot_be_shown_is_named_by_its_type() -> None:
    assert describe(Unshowable()) == "Unshowable"
    assert describe(ValueError("x" * 1000)) == f"{ValueError('x' * 1000)!r}"[:500]


def test_note_keeps_what_could_not_be_done_whatever_was_raised() -> None:
    bugs = Bugs()
    for error in (Unshowable(), ValueError("x")):
        try:
            raise error
        except Exception:
            bugs.note("something")
    assert list(bugs) == ["something: Unshowable", "something: ValueError('x')"]
