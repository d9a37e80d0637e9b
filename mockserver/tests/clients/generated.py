"""What `make clients` has generated, and the programs of docs/clients.md that use it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
PLACE = CHECKOUT / "dist" / "clients"
PAGE = CHECKOUT / "docs" / "clients.md"
NPM = CHECKOUT / "node_modules" / ".bin"
# The first run of Go compiles its library.
PATIENCE = 280


def client(name: str) -> Path:
    """The folder of a generated client."""
    folder = PLACE / name
    assert folder.is_dir(), f"dist/clients/{name} is missing: `make clients` generates it"
    return folder


def log(name: str) -> list[str]:
    """What its generator printed."""
    assert client(name)
    return (PLACE / f"{name}.log").read_text(encoding="utf-8").splitlines()


def program(language: str, url: str) -> str:
    """The program of the page in a language, against the mock at `url`."""
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks, f"docs/clients.md has no program in {language}"
    return "\n".join(blocks).replace("http://127.0.0.1:8080", url)


def run(
    command: Sequence[str | Path],
    folder: Path,
    may_fail: bool = False,
    **environment: str,
) -> str:
    """What a command prints; AssertionError with all of it where it fails and may not."""
    ended = subprocess.run(
        [str(each) for each in command],
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
    )
    assert may_fail or ended.returncode == 0, ended.stdout
    return ended.stdout


def run_python(source: str, folder: Path) -> str:
    """What a program prints that imports what lies in `folder`."""
    return run([sys.executable, "-c", source], folder, PYTHONPATH=str(folder))
