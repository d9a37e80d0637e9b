"""`megaapi-mock doctor`: one screen, one document for programs, and its exit codes."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from megaapi_mock.commands.main import main

from .conftest import (
    CHECKS,
    WRONG,
    Ward,
    not_linked,
    told_by_the_command,
    wrong_token,
)


def test_the_command_fits_one_screen(ward: Ward) -> None:
    code, screen = told_by_the_command(ward.case, "--webhook", ward.hook)
    assert code == 0, screen
    assert len(screen.splitlines()) == len(CHECKS) + 1 <= 24
    assert screen.splitlines()[-1] == "0 wrong, 0 to look at, 15 ok, 2 not checked"
    assert max(map(len, screen.splitlines())) <= 100


def test_the_command_says_what_to_do(ward: Ward) -> None:
    code, screen = told_by_the_command(wrong_token(ward))
    assert code == 1
    assert "WRONG  token" in screen and "-> copy the token from your panel" in screen


def test_the_command_for_programs(ward: Ward) -> None:
    code, text = told_by_the_command(not_linked(ward), "--json")
    document = json.loads(text)
    assert (code, document["passed"]) == (1, False)
    (wrong,) = [it for it in document["findings"] if it["outcome"] == WRONG]
    assert wrong["check"] == "linked" and wrong["advice"]


@pytest.mark.parametrize(
    "arguments", [["--target", "x", "--instance-key", "k", "--token", "t"], ["--target", "x"]]
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, ["doctor", *arguments])
    assert done.exit_code == 2
    assert done.output.startswith("megaapi-mock: ") and "Traceback" not in done.output
