"""What the figures were measured on: the machine, who else was busy there, and versions."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from servers import CHECKOUT

from .peers import INSTALLED

_NPM = {"Prism": "@stoplight/prism-cli", "Mockoon": "@mockoon/cli", "json-server": "json-server",
        "WireMock": "wiremock"}  # fmt: skip


def describe() -> dict[str, str]:
    """By name, each as one line."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {_memory()}",
        "this checkout": _line("git", "-C", str(CHECKOUT), "describe", "--always", "--dirty"),
        "Python": platform.python_version(),
        "Node.js": _line("node", "--version"),
        "Java": _line("java", "--version"),
        "PostgreSQL": _line("psql", "--version").removeprefix("psql (PostgreSQL) "),
        **{name: _version(package) for name, package in _NPM.items()},
    }


def cores_in_use(seconds: float = 3.0) -> float:
    """How many cores other programs use, while this process does nothing.

    The load average would count what the installation of the peers did a moment ago.
    """
    before = _busy_ticks()
    time.sleep(seconds)
    return (_busy_ticks() - before) / os.sysconf("SC_CLK_TCK") / seconds


def _busy_ticks() -> int:
    """Of all cores since the machine started: what they neither idled nor waited for a disk."""
    fields = Path("/proc/stat").read_text(encoding="utf-8").splitlines()[0].split()[1:9]
    user, nice, system, _idle, _disk, hard, soft, stolen = map(int, fields)
    return user + nice + system + hard + soft + stolen


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(": ")[2]
    return platform.machine()


def _memory() -> str:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{pages / 2**30:.0f} GiB"


def _line(*command: str) -> str:
    """The first line that a command says; nothing where it is not there."""
    with suppress(OSError):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return next(iter(done.stdout.splitlines()), "")
    return ""


def _version(package: str) -> str:
    with suppress(OSError):
        text = (INSTALLED / package / "package.json").read_text(encoding="utf-8")
        return str(json.loads(text)["version"])
    return ""
