"""Names that the file system refuses."""

from __future__ import annotations

import errno
import os

from megaapi_mock.errors.files import SHOWN_MOST, file_problem


def problem(number: int, name: str) -> str:
    return file_problem(OSError(number, os.strerror(number), name))


def test_a_short_name_is_shown_whole_with_the_reason() -> None:
    assert problem(errno.EACCES, "worlds/own.yaml") == "worlds/own.yaml: Permission denied"


def test_a_long_name_is_shortened() -> None:
    assert problem(errno.ENAMETOOLONG, "x" * 5000) == "x" * SHOWN_MOST + "...: File name too long"
