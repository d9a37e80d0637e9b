"""Every Python block of docs/testing.md, run as its readers would run it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from megaapi_mock.testing import Customer, Group, Instance

from .testing.fields_page import with_tables

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
    assert {verb for verb in verbs if not named(verb)} == set()


@pytest.mark.parametrize("kind", [Instance, Group])
def test_the_page_names_everything_an_instance_and_a_group_have(kind: type) -> None:
    # What the page needs no word for: the test's own plumbing.
    apart = {"do", "bugs", "remove", "has_own_inbox"}
    names = {name for name in dir(kind) if not name.startswith("_")} - apart
    assert {name for name in names if not named(name)} == set()


def named(name: str) -> bool:
    """Whether the page has it in code marks, alone or with what it takes."""
    return f"`{name}`" in PAGE or f"`{name}(" in PAGE


def test_the_tables_of_fields_are_the_codes() -> None:
    told = "python mockserver/tests/testing/fields_page.py writes the tables again"
    assert with_tables(PAGE) == PAGE, told
