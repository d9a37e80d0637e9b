"""A stdout that cannot take what is printed: a full disk, a reader that has gone, an encoding.

None of them is a bug of ours, and none of them ends in a traceback.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, TypeVar

Result = TypeVar("Result")
# As a shell says it of a program that the system has ended for a closed pipe, and our own mistakes.
READER_GONE, NOT_WRITTEN = 141, 2
_TROUBLE = frozenset({errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# How a character is written that the encoding lacks: as JSON reads it.
_ESCAPES = "megaapi_mock.escapes"


class _Nowhere(io.TextIOBase):
    """A stream that forgets what is written."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)


def is_output_problem(error: OSError) -> bool:
    """Whether stdout could not take something; a file that has a name is not stdout."""
    return error.filename is None and error.errno in _TROUBLE


def run_guarded(program: str, run: Callable[[], Result]) -> Result:
    """What `run` returns; SystemExit where stdout could not take all of it.

    A SystemExit of `run` is a verdict: a reader that has gone does not change it.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # Closed before the program began: what is printed goes nowhere.
            setattr(sys, name, _Nowhere())
    try:
        return _run(program, run)
    finally:
        try:
            sys.stderr.flush()
        except (OSError, ValueError):
            _lead_nowhere(sys.stderr)


def _run(program: str, run: Callable[[], Result]) -> Result:
    code = READER_GONE
    stream, missing = sys.stdout, set[str]()
    _write_escapes(stream, missing)
    try:
        try:
            return run()
        except SystemExit as ending:
            if isinstance(ending.code, int) and sys.stdout is stream:
                code = ending.code
            raise
        finally:
            if not stream.closed:
                stream.flush()
            if sys.stdout is not stream:
                # Click puts another in its place when the reader has gone, and ends with 1.
                raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
            if missing:
                _say(
                    f"{program}: {stream.encoding} lacks {len(missing)} of the characters, "
                    r"which stand there as \uXXXX: set PYTHONIOENCODING=utf-8"
                )
    except OSError as error:
        if not is_output_problem(error):
            raise
        _lead_nowhere(stream)
        if error.errno == errno.EPIPE:
            # Who reads the first line alone, as `head -1` does, wanted no more.
            sys.exit(code)
        _say(f"{program}: stdout cannot take what is printed: {error.strerror}")
        sys.exit(NOT_WRITTEN)


def _write_escapes(stream: Any, missing: set[str]) -> None:
    """From now on it takes every character; those it lacks are added to `missing`."""

    def escape(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        text = error.object[error.start : error.end]
        missing.update(text)
        units = text.encode("utf-16-be", "surrogatepass")
        pairs = (units[index : index + 2].hex() for index in range(0, len(units), 2))
        return "".join(f"\\u{unit}" for unit in pairs), error.end

    codecs.register_error(_ESCAPES, escape)
    with suppress(AttributeError, ValueError):
        if stream.errors == "strict":
            stream.reconfigure(errors=_ESCAPES)


def _lead_nowhere(stream: IO[str]) -> None:
    """What is still in its buffer would fail once more at the end of the program."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _say(sentence: str) -> None:
    with suppress(OSError, ValueError, AttributeError):
        print(sentence, file=sys.stderr, flush=True)
