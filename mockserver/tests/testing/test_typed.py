"""The types of the fixtures, held to what mypy says of a suite that uses them all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import megaapi_mock
import pytest
from megaapi_mock import pytest_plugin

from ..pytest_runs import run

SUITE = Path(__file__).with_name("typed_suite.py")
FIXTURES = sorted(
    name
    for name, member in vars(pytest_plugin).items()
    if type(member).__name__ == "FixtureFunctionDefinition"
)


def mypy(file: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    """`mypy --strict` as a user runs it, where the package is only installed."""
    source = str(Path(megaapi_mock.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(cache), "--config-file=",
         "--follow-imports=silent", str(file)],
        cwd=file.parent if file.parent != SUITE.parent else cache,
        env={**os.environ, "MYPYPATH": source},
        capture_output=True,
        text=True,
        timeout=280,
    )  # fmt: skip
    assert not done.stderr, done.stderr
    return done


def test_mypy_agrees_and_finds_every_mistake(tmp_path: Path) -> None:
    done = mypy(SUITE, tmp_path)
    assert done.returncode == 0, done.stdout
    # Without the ignores each of them is an error: they were looked at.
    bare = tmp_path / "bare_suite.py"
    text = SUITE.read_text(encoding="utf-8")
    bare.write_text(text.replace("  # type: ignore", "  # "), encoding="utf-8")
    found = [line for line in mypy(bare, tmp_path).stdout.splitlines() if ": error: " in line]
    assert len(found) == text.count("# type: ignore[") > 10, found


def test_the_suite_runs() -> None:
    said = run("-c", os.devnull, "--noconftest", SUITE, "-q", folder=SUITE.parent)
    assert "5 passed" in said


@pytest.mark.parametrize("name", FIXTURES)
def test_the_suite_uses_every_fixture(name: str) -> None:
    assert f"{name}: " in SUITE.read_text(encoding="utf-8") or f"def {name}(" in SUITE.read_text(
        encoding="utf-8"
    )


def test_the_package_says_that_it_is_typed() -> None:
    assert FIXTURES == ["clock", "megaapi", "megaapi_fault", "megaapi_instance", "megaapi_options"]
    assert (Path(megaapi_mock.__file__).parent / "py.typed").is_file()
