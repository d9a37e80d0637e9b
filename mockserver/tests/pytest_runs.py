"""Runs of pytest of their own, with the plugin."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., str]


def run(*arguments: str | Path, folder: Path, code: int = 0) -> str:
    """What a run says that ends with this exit code."""
    plugins = ("-p", "megaapi_mock.pytest_plugin", "-p", "xdist", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def tests(tmp_path: Path) -> Run:
    """Writes a test file and runs it: `tests(source, *arguments, code=0)`."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")

    def write_and_run(source: str, *arguments: str, code: int = 0) -> str:
        (tmp_path / "test_it.py").write_text(textwrap.dedent(source), encoding="utf-8")
        return run(*arguments, folder=tmp_path, code=code)

    return write_and_run
