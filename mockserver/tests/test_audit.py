"""`make audit`: what is known to be vulnerable fails it, and what could not be asked is said."""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Any

import pytest
from megaapi_mock.resources import root

TOOL = root("spec").parent / "tools" / "audit.py"
UNKNOWN = {"name": "flask", "skip_reason": "Dependency not found on PyPI"}
SOUND = {"name": "waitress", "version": "3.0.2", "vulns": []}
VULNERABLE = {
    "name": "jinja2",
    "version": "3.1",
    "vulns": [{"id": "PYSEC-0000-1", "fix_versions": ["3.2"], "aliases": [], "description": ""}],
}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("reports", [[], [{"dependencies": [UNKNOWN]}], [{"dependencies": []}]])
def test_what_could_not_be_asked_is_skipped_with_a_notice(
    audit: ModuleType, reports: list[Any]
) -> None:
    code, (line,) = audit.judge(reports)
    assert code == 0
    assert line.startswith("Skipped: ")


def test_a_known_vulnerability_fails_and_says_what_mends_it(audit: ModuleType) -> None:
    code, lines = audit.judge([{"dependencies": [SOUND, VULNERABLE]}, {"dependencies": [SOUND]}])
    assert code == 1
    assert lines == [
        "jinja2 3.1: PYSEC-0000-1, mended in 3.2",
        "2 packages audited, 1 known vulnerabilities.",
    ]


def test_what_the_database_does_not_know_is_named(audit: ModuleType) -> None:
    code, lines = audit.judge([{"dependencies": [SOUND, UNKNOWN]}])
    assert code == 0
    assert lines[-1] == "The database does not know flask."
