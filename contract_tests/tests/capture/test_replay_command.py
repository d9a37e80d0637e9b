"""The command `replay` with the folder of a capture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from click.testing import CliRunner
from megaapi_contract.cli import main


def command(*words: str) -> Any:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def test_the_command_repeats_a_folder(folder: Path) -> None:
    result = command("replay", str(folder), "--target", "mock")
    assert result.exit_code == 0, result.stdout
    assert result.stdout.splitlines()[-1].endswith("no difference from the mock")


def test_a_capture_is_sent_to_no_host(folder: Path) -> None:
    result = command("replay", str(folder), "--target", "http://127.0.0.1:9")
    assert result.exit_code == 2 and "--target mock" in result.stderr
