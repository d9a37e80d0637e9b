"""A new operation needs its path file, its line in the index, its handler and its example.

Nothing else: what the mock serves and what both test suites check follows from them. The generated
names of `megaapi_mock.testing` are written again by their command.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from .new_operations import COUNT_GROUPS, RENAME_GROUP, SEND_NOTE, copy_with_new_operations

# Runs of both suites on a copy of the checkout: minutes.
pytestmark = pytest.mark.hosts
# What a test prints of a run that failed.
LAST_LINES = 4_000
# Tests of every operation, and of every rule about operations.
MOCK_TESTS = (
    "spec/test_contract.py", "test_examples.py", "test_schemathesis.py",
    "web/gateway/test_reading.py",
)  # fmt: skip
# The laws' rules of every operation or of every send, and the catalogue of faults.
RULES = (
    "(right and key) or (documented and order) or (phone and (needed or nothing)) or lacks"
    " or (numbers and without and whatsapp) or (other and methods) or (comes and back)"
    " or (own and send) or every_operation or (refused and token and done)"
)
KEY, TOKEN, PERSON = "megacode-TESTKEY0001", "TESTKEY0001", "5511900000002"
SELECTION = ("--operation", SEND_NOTE.id, "--operation", COUNT_GROUPS.id)
ADDED = f"{SEND_NOTE.id} or {COUNT_GROUPS.id} or {RENAME_GROUP.id}"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout with three operations more."""
    folder = copy_with_new_operations(tmp_path_factory.mktemp("new_operations"))
    _run(folder, "mockserver/tests/testing/names_of_spec.py")
    return folder


def _run(checkout: Path, *arguments: str) -> str:
    """What Python prints there; the test fails unless it ends with exit code 0."""
    roots = (checkout / "mockserver", checkout / "contract_tests")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, roots)),
        "XDG_CACHE_HOME": str(checkout / "cache"),
    }
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=800,
    )
    output = run.stdout + run.stderr
    assert run.returncode == 0, output[-LAST_LINES:]
    return output


def _run_tests(checkout: Path, selection: str, files: Sequence[str]) -> str:
    options = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", selection)
    return _run(checkout, "-m", "pytest", *options, *files)


def test_the_linter_accepts_new_operations(checkout: Path) -> None:
    assert "0 findings" in _run(checkout, "-m", "megaapi_mock", "spec", "lint")


def test_tests_of_the_mock_check_new_operations(checkout: Path) -> None:
    files = [f"mockserver/tests/{name}" for name in MOCK_TESTS]
    output = _run_tests(checkout, ADDED, files)
    assert "passed" in output
    known = "mockserver/tests/testing/test_name_checks.py"
    assert "passed" in _run_tests(checkout, "names_of_the_spec", [known])


def test_the_plan_for_a_host_has_requests_of_new_operations(checkout: Path) -> None:
    # Nothing is sent: no host has to be there.
    host = ("--target", "http://127.0.0.1:9", "--instance-key", KEY, "--token", TOKEN)
    recipient = ("--allow", "sends", "--recipient", PERSON)
    plan = _run(checkout, "-m", "megaapi_contract", "run", *host, *recipient, *SELECTION, "--plan")
    assert f"GET {COUNT_GROUPS.path}".replace("{instance_key}", KEY) in plan
    assert f"POST {SEND_NOTE.path}".replace("{instance_key}", KEY) in plan
    assert "Retirar na loja" in plan


def test_a_run_of_the_suite_answers_both_new_operations(checkout: Path) -> None:
    run = ("run", "--target", "mock", "--allow", "sends", *SELECTION, "--quick")
    report = _run(checkout, "-m", "megaapi_contract", *run)
    assert "0 failures" in report and "2 of 2 operations answered" in report


def test_the_suite_notices_faults_of_new_operations(checkout: Path) -> None:
    files = ("probes/test_laws.py", "mutation/test_mutation.py")
    output = _run_tests(checkout, RULES, [f"contract_tests/tests/{name}" for name in files])
    assert "passed" in output
