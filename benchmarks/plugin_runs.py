"""Do tests clash that share a mock? A sample suite, 8 workers, 50 runs, twice; what fixtures cost.

    python benchmarks/plugin_runs.py [--runs 50] [--workers 8]

First all workers of all runs use one `megaapi-mock serve` by `--megaapi-gateway`, then each worker
starts a mock of its own. Then the costs, in this process and without other work: an instance for
a test, the server fixture in a fresh process, and what the plugin adds to a run without it.

Exit code 1 when a run failed or a bound does not hold.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SAMPLE = CHECKOUT / "mockserver" / "tests" / "testing" / "sample_suite.py"
PLUGIN = ("-p", "megaapi_mock.pytest_plugin")
# Milliseconds.
INSTANCE_MOST, SERVER_MOST, IMPORT_MOST = 20.0, 500.0, 30.0


def main() -> int:
    """Both ways, then the costs; a table on stdout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--workers", type=int, default=8)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plugin-runs-") as folder:
        os.chdir(folder)
        Path("pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        with _served() as url:
            clean = _repeat("one server for all", chosen, ["--megaapi-gateway", url])
        clean &= _repeat("a server each", chosen, [])
        return 0 if _costs() and clean else 1


def _repeat(name: str, chosen: argparse.Namespace, more: Sequence[str]) -> bool:
    """All runs of one way; whether every test of every run passed."""
    seconds, passed, failed = [], 0, 0
    for number in range(1, chosen.runs + 1):
        begin = time.perf_counter()
        arguments = ["--noconftest", str(SAMPLE), "-n", str(chosen.workers), *more]
        process = _pytest(*PLUGIN, "-p", "xdist", *arguments)
        seconds.append(time.perf_counter() - begin)
        passed += _count(process.stdout, "passed")
        if process.returncode:
            failed += 1
            print(f"run {number} failed:\n{process.stdout}{process.stderr}", file=sys.stderr)
    print(
        f"{name}: {chosen.runs} runs with {chosen.workers} workers, {failed} failed, "
        f"{passed:,} tests passed, {statistics.median(seconds):.1f} s a run",
        flush=True,
    )
    return failed == 0 and passed > 0


def _costs() -> bool:
    """Each cost beside its bound; whether all hold."""
    found = {
        "an instance for a test, ms": (_instance_ms(), INSTANCE_MOST),
        "the server fixture, ms": (_median(_server_ms), SERVER_MOST),
        "what the plugin adds to any run, ms": (_median(_import_ms), IMPORT_MOST),
    }
    for name, (value, most) in found.items():
        print(f"{name}: {value:.1f} (at most {most:.0f})", flush=True)
    return all(value <= most for value, most in found.values())


def _instance_ms() -> float:
    """Made, looked at for bugs, and removed, as the fixture does."""
    from megaapi_mock.testing import MockServer

    times = []
    with MockServer() as server:
        for _ in range(200):
            begin = time.perf_counter()
            with server.instance() as instance:
                instance.bugs()
            times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def _server_ms() -> float:
    """The fixture's set-up in a fresh pytest, imports included, as pytest times it."""
    Path("test_server.py").write_text("def test_it(megaapi): pass\n", encoding="utf-8")
    process = _pytest(*PLUGIN, "test_server.py", "--durations=0", "-vv")
    timed = re.search(r"([0-9.]+)s setup", process.stdout)
    assert timed is not None, process.stdout + process.stderr
    return float(timed.group(1)) * 1000


def _import_ms() -> float:
    """The plugin's own import in a process where pytest is there already."""
    code = (
        "import time, pytest; begin = time.perf_counter(); import megaapi_mock.pytest_plugin; "
        "print((time.perf_counter() - begin) * 1000)"
    )
    return float(subprocess.check_output([sys.executable, "-c", code], text=True))


def _median(measure: object, times: int = 5) -> float:
    assert callable(measure)
    return statistics.median(measure() for _ in range(times))


def _pytest(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "pytest.ini", "-q", *arguments],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )


def _count(output: str, what: str) -> int:
    match = re.search(rf"(\d+) {what}", output)
    return int(match.group(1)) if match else 0


@contextmanager
def _served() -> Iterator[str]:
    """A mock as users start it, on a free port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "megaapi_mock", "serve", "--port", "0", "--quiet"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "120"},
    )
    try:
        assert process.stdout is not None
        address = re.compile(r"http://127\.0\.0\.1:\d+")
        found = next(filter(None, map(address.search, process.stdout)))
        yield found.group()
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    sys.exit(main())
