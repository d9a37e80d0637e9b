"""The short forms of `make soak` and `make fuzz`: everything at once, odd calls of both APIs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / script), *arguments], capture_output=True, text=True
    )


@linux_only
@pytest.mark.timeout(600)
def test_ten_seconds_of_everything_at_once_break_nothing() -> None:
    done = run("soak.py", "--seconds", "10", "--seed", "7")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "stuck deliveries" in done.stdout


@pytest.mark.timeout(600)
def test_odd_calls_are_answered_and_break_nothing() -> None:
    done = run("fuzz.py", "--calls", "4000", "--seed", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4,000 calls" in done.stdout


@pytest.mark.timeout(600)
def test_a_mock_that_breaks_is_found(tmp_path: Path) -> None:
    """The fuzz can tell: a handler that raises is a finding, with the call that found it."""
    broken = tmp_path / "broken.py"
    broken.write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(BENCHMARKS)!r})\n"
        "from megaapi_mock.domain.chats import Chats\n"
        "def broken(self, *_, **__): raise LookupError('on purpose')\n"
        "Chats.send = broken\n"
        "import fuzz\n"
        "sys.exit(fuzz.main())\n"
    )
    done = subprocess.run(
        [sys.executable, str(broken), "--calls", "2000", "--seed", "7"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "LookupError: on purpose" in done.stdout and "bare 500" in done.stdout
