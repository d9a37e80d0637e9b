"""The short form of `make crash`: a mock on SQLite is killed under load, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="process groups are killed")


def run(*arguments: str, harness: str = "crash.py") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / harness), *arguments], capture_output=True, text=True
    )


@posix_only
@pytest.mark.timeout(600)
def test_a_mock_that_is_killed_under_load_loses_nothing() -> None:
    done = run("--rounds", "4", "--seed", "5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("nothing lost") == 4


@posix_only
@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_nothing_is_lost_when_postgresql_is_killed_too() -> None:
    done = run("--rounds", "3", "--seed", "5", harness="crash_postgres.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("nothing lost") == 3


@posix_only
@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_killing_one_of_three_on_a_shared_database_loses_nothing() -> None:
    done = run("--rounds", "3", "--seed", "5", harness="crash_shared.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("nothing lost") == 3


@posix_only
@pytest.mark.timeout(600)
def test_a_store_that_keeps_nothing_is_found() -> None:
    """The harness can tell: in memory, a killed mock has lost what it said was sent."""
    done = run("--rounds", "1", "--seed", "5", "--store", "memory")
    assert done.returncode == 1, done.stdout + done.stderr
    for fault in ("lost sends", "lost records", "lost webhooks"):
        assert fault in done.stdout
