"""The file that somebody reads and attaches to a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from megaapi_contract.capture.capture import CASSETTE, FORMAT, VERSION
from megaapi_contract.cli import main

from .recorded import SENT, send_text


@pytest.fixture
def strange_folder(tmp_path: Path) -> Path:
    """A capture of four calls, two of them with a status that the contract does not have."""
    header = {"format": FORMAT, "version": VERSION, "suite": "0", "plan": "all"}
    calls = [
        send_text(number, "<number 2>", status, SENT)
        for number, status in enumerate((200, 201, 201, 200), 1)
    ]
    text = "".join(f"{json.dumps(line)}\n" for line in (header, *calls))
    (tmp_path / CASSETTE).write_text(text, encoding="utf-8")
    return tmp_path


def command(*words: str) -> Any:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


@pytest.mark.parametrize("words", [("drift",), ("replay", "--target", "mock")], ids=" ".join)
def test_the_file_holds_each_difference_with_its_first_record(
    strange_folder: Path, words: tuple[str, ...]
) -> None:
    file = strange_folder / "back.json"
    result = command(words[0], str(strange_folder), *words[1:], "--send-back", str(file))
    assert result.exit_code == 1 and "read it before you send it" in result.stderr
    document = json.loads(file.read_text(encoding="utf-8"))
    assert next(iter(document)) == "read_first" and document["records"] == {"send_text": 4}
    difference = document["differences"][0]
    assert (difference["kind"], difference["count"], difference["record"]["number"]) == (
        "other status",
        2,
        2,
    )
    assert "time" not in difference["record"] and difference["record"]["status"] == 201
    # A line of its own for every value, so that a person can read it.
    assert len(file.read_text(encoding="utf-8").splitlines()) > 40


def test_it_says_nothing_of_the_machine(strange_folder: Path) -> None:
    file = strange_folder / "back.json"
    command("drift", str(strange_folder), "--send-back", str(file))
    assert str(strange_folder) not in file.read_text(encoding="utf-8")


def test_a_file_that_is_there_is_not_overwritten(strange_folder: Path) -> None:
    file = strange_folder / "back.json"
    file.write_text("mine", encoding="utf-8")
    result = command("drift", str(strange_folder), "--send-back", str(file))
    assert result.exit_code == 2 and "there already" in result.stderr
    assert file.read_text(encoding="utf-8") == "mine"
