"""Without the optional dependencies: one sentence and exit code 2, never "promises broken"."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from megaapi_contract.errors import EXTRA_MODULES

# What stands for a machine where the modules were never installed.
WITHOUT = "import sys; sys.modules.update(dict.fromkeys({modules!r})); "
COMMANDS = (
    ["run", "--target", "mock"],
    ["run", "--target", "http://127.0.0.1:1", "--plan", "--instance-key", "a", "--token", "b"],
    ["probes"],
    ["replay", "failure.json", "--target", "mock"],
    ["mutate", "--sample", "1"],
)


def without(
    modules: tuple[str, ...], program: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    code = WITHOUT.format(modules=modules) + program
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=250)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_command_without_extra_exits_2_and_says_what_to_install(command: list[str]) -> None:
    ran = without(EXTRA_MODULES, "from megaapi_contract.cli import main; main()", *command)
    assert ran.returncode == 2, ran.stderr
    assert "pip install 'megaapi-contract-kit[contract]'" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize("module", EXTRA_MODULES)
def test_each_missing_module_is_named(module: str) -> None:
    ran = without((module,), "from megaapi_contract.cli import main; main()", "probes")
    assert ran.returncode == 2, ran.stderr
    assert f"{module} not installed" in ran.stderr and "Traceback" not in ran.stderr


def test_pytest_option_without_extra_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text(WITHOUT.format(modules=EXTRA_MODULES))
    options = ["-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:hypothesispytest"]
    command = [sys.executable, "-m", "pytest", *options, "--megaapi-target", "mock"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=250, cwd=tmp_path)
    printed = ran.stdout + ran.stderr
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR, printed
    assert "megaapi-contract-kit[contract]" in printed
    assert "Traceback" not in printed and "INTERNALERROR" not in printed


def test_a_plain_dependency_that_is_missing_is_no_mistake_of_the_suite(tmp_path: Path) -> None:
    program = "from megaapi_contract.cli import main; main()"
    run = ["run", "--target", "mock", "--quick", "--operation", "instance_status"]
    result = without(("jinja2",), program, *run, "--report", str(tmp_path / "report"))
    assert result.returncode == 2, result.stdout + result.stderr
    assert "the package jinja2 is not installed" in result.stderr
    assert "mistake" not in result.stderr and "Traceback" not in result.stderr
