"""What blocks, for tests that are async themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import ParamSpec, TypeVar

from ..errors.frames import between_test_and_refusal

__tracebackhide__ = between_test_and_refusal

P = ParamSpec("P")
T = TypeVar("T")
# Where the way ends on which a thread comes to what it is to do.
_BEFORE = "concurrent.futures.thread"


async def in_thread(do: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """`await in_thread(shop.sent.wait_for, text="Olá")`: in a thread, so that the loop goes on.

    What it raises comes out with the lines of the test alone.
    """
    try:
        return await asyncio.to_thread(do, *args, **kwargs)
    except Exception as problem:
        raise problem.with_traceback(_own(problem.__traceback__)) from problem.__cause__


def _own(frame: TracebackType | None) -> TracebackType | None:
    """What lies behind the frames of the thread; nothing when only they are there."""
    while frame is not None:
        if frame.tb_frame.f_globals.get("__name__") == _BEFORE:
            return frame.tb_next
        frame = frame.tb_next
    return None
