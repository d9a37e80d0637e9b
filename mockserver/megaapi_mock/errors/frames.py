"""Which frames pytest leaves out of a traceback: those between a test and the sentence it gets.

Every module of `testing`, and those it calls through, says `__tracebackhide__ =
between_test_and_refusal`: pytest looks for the name among a frame's locals, then its globals.
"""

from __future__ import annotations

from types import TracebackType
from typing import Protocol

from . import MockError

_PACKAGE = __name__.partition(".")[0]


class ExceptionInfo(Protocol):
    """What pytest hands over: an `ExceptionInfo`."""

    @property
    def value(self) -> BaseException:
        """The exception."""

    @property
    def tb(self) -> TracebackType:
        """Its traceback, outermost frame first."""


def between_test_and_refusal(raised: ExceptionInfo | None) -> bool:
    """Whether our frames explain nothing: the test was refused, or its own code broke.

    Where something of ours broke they are what a bug report needs.
    """
    if raised is None or isinstance(raised.value, AssertionError | MockError):
        return True
    frame: TracebackType | None = raised.tb
    module = ""
    while frame is not None:
        module = str(frame.tb_frame.f_globals.get("__name__", ""))
        frame = frame.tb_next
    return module.partition(".")[0] != _PACKAGE
