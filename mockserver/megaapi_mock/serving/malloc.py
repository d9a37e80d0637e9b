"""Less memory held back by glibc.

Its malloc gives threads pools of their own (arenas), up to eight for each core, and what is freed
in one cannot be used by another. With hundreds of short-lived threads each pool comes to hold the
largest requests it ever saw: after ten minutes of mixed traffic most of a mock's memory was free
memory in arenas. Python runs one thread at a time, so two arenas cost no speed.

What is freed below something that stays is not given back either: saving and loading states of
some megabytes beside other calls left 80 MB free of 130 in the first arena. Large blocks therefore
come from the system and return to it, and what is free is handed back every few seconds.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from typing import Any

ARENAS = 2
# Bytes from which a block is the system's; malloc's own bound grows up to 32 MiB.
LARGE = 256 * 1024
# Seconds between two times that free memory is handed back: it takes a few milliseconds.
PAUSE = 2.0
# From malloc.h; glibc has had them since 2.10.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8


def limit_arenas() -> bool:
    """Keep to two arenas from now on; whether there is a malloc here that can.

    To be called before threads start. MALLOC_ARENA_MAX in the environment wins.
    """
    libc = _glibc()
    if libc is None or "MALLOC_ARENA_MAX" in os.environ:
        return False
    return bool(libc.mallopt(_M_ARENA_MAX, ARENAS))


def return_free_memory() -> bool:
    """Give large blocks back as they are freed, and from now on every few seconds all the rest.

    Whether there is a malloc here that can.
    """
    libc = _glibc()
    if libc is None or not hasattr(libc, "malloc_trim"):
        return False
    libc.mallopt(_M_MMAP_THRESHOLD, LARGE)
    libc.mallopt(_M_TRIM_THRESHOLD, 4 * LARGE)
    threading.Thread(target=_trim, args=(libc,), name="free memory", daemon=True).start()
    return True


def _trim(libc: Any) -> None:
    while True:
        time.sleep(PAUSE)
        libc.malloc_trim(0)


def _glibc() -> Any:
    """The C library, where it is one with mallopt."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "mallopt") else None
