"""Every Python block of docs/testing.md, run as its readers would run it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from megaapi_mock.testing import Customer

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
PYTEST = ["-m", "pytest", "-q", "-p", "megaapi_mock.pytest_plugin", "-p", "no:cacheprovider"]


def first_name(block: str) -> str:
    """A test's or class's name, for the report."""
    found = re.search(r"^(?:def (test_\w+)|class (\w+))", block, re.MULTILINE)
    return next(filter(None, found.groups())) if found else "script"


@pytest.mark.parametrize("block", BLOCKS, ids=first_name)
def test_a_block_runs(block: str, tmp_path: Path) -> None:
    file = tmp_path / "test_block.py"
    file.write_text(block, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    how = PYTEST if block.count("\ndef test_") else []
    done = subprocess.run(
        [sys.executable, *how, str(file)],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not how or " passed" in done.stdout


def test_the_page_names_everything_a_customer_does() -> None:
    verbs = {name for name in vars(Customer) if not name.startswith("_")} - {"jid"}
    assert {verb for verb in verbs if f"`{verb}`" not in PAGE and f"`{verb}(" not in PAGE} == set()
