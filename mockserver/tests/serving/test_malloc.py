"""glibc's arenas are kept to two in every process that serves, and nowhere else."""

from __future__ import annotations

import ctypes
import http.client
import os
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest
from megaapi_mock.serving.malloc import ARENAS, limit_arenas

from ..processes import Process, await_port, free_port, mock_command

glibc_only = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "gnu_get_libc_version"),
    reason="arenas are glibc's",
)

# Allocates from many threads at once, and prints how many arenas there are then.
COUNT_ARENAS = """
import ctypes, os, re, tempfile, threading
from megaapi_mock.serving.malloc import limit_arenas
if {limited}:
    assert limit_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
everybody = threading.Barrier(24)
def allocate():
    everybody.wait()
    for _ in range(100):
        libc.free(ctypes.c_void_p(libc.malloc(ctypes.c_size_t(4096))))
    everybody.wait()
threads = [threading.Thread(target=allocate) for _ in range(24)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc.fopen.restype = ctypes.c_void_p
path = tempfile.mktemp()
handle = ctypes.c_void_p(libc.fopen(path.encode(), b"w"))
libc.malloc_info(0, handle)
libc.fclose(handle)
print(len(re.findall("<heap nr", open(path).read())))
os.unlink(path)
"""


def arenas(*, limited: bool) -> int:
    environment = {k: v for k, v in os.environ.items() if k != "MALLOC_ARENA_MAX"}
    code = COUNT_ARENAS.format(limited=limited)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@glibc_only
def test_many_threads_share_two_arenas() -> None:
    assert arenas(limited=True) <= ARENAS < arenas(limited=False)


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_ARENA_MAX", "8")
    assert limit_arenas() is False


def test_other_systems_have_no_such_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    assert limit_arenas() is False


def arenas_of(pid: int) -> int:
    """How many arenas beside the first a process has, by its mappings.

    glibc reserves 64 MiB for each at an address that is a multiple of that.
    """
    step, found = 64 * 2**20, 0
    ranges = [line.split()[:2] for line in Path(f"/proc/{pid}/maps").read_text().splitlines()]
    for (place, rights), (after, rights_after) in pairwise(ranges):
        start, end = (int(part, 16) for part in place.split("-"))
        rest, rest_end = (int(part, 16) for part in after.split("-"))
        is_whole = start % step == 0 and end == rest and rest_end - start == step
        found += rights == "rw-p" and rights_after == "---p" and is_whole
    return found


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


@glibc_only
@pytest.mark.parametrize(("variable", "most"), [(None, 1), ("16", 15)])
def test_a_mock_that_serves_many_at_once_keeps_to_them(
    variable: str | None, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also that the count can tell: where the environment allows more arenas, there are more."""
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    if variable is not None:
        monkeypatch.setenv("MALLOC_ARENA_MAX", variable)
    port = free_port()
    mock = Process(mock_command("serve", "--port", str(port), "--quiet"))
    try:
        await_port(port)
        path = "/_mock/exchanges?wait=2&event=newsletter"
        waits = [threading.Thread(target=ask, args=(port, path)) for _ in range(24)]
        for wait in waits:
            wait.start()
        for wait in waits:
            wait.join()
        found = max(map(arenas_of, family(mock.pid)))
        # One alone is what the limit leaves; what the environment allows is never used in full.
        assert found == 1 if most == 1 else 1 < found <= most
    finally:
        mock.stop()


def ask(port: int, path: str) -> None:
    """One call, whatever it answers."""
    asker = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    asker.request("GET", path)
    asker.getresponse().read()
    asker.close()
