"""A comparison as text, JSON and a page, by the commands `drift` and `replay`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from megaapi_contract.capture.capture import CASSETTE, FORMAT, VERSION
from megaapi_contract.cli import main

from .recorded import SENT, send_text


def command(*words: str) -> Any:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


@pytest.fixture
def strange_folder(tmp_path: Path) -> Path:
    """A capture with another status, and with markup where nobody expects any."""
    folder = tmp_path / "strange"
    folder.mkdir()
    markup = send_text(2, "<number 2>", 200, SENT | {"<b>new</b>": 1})
    header = {"format": FORMAT, "version": VERSION, "suite": "0", "plan": "all"}
    lines = [header, send_text(1, "<number 2>", 201, SENT), markup]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (folder / CASSETTE).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("words", [("drift",), ("replay", "--target", "mock")], ids=" ".join)
def test_the_page_shows_each_difference_and_runs_no_markup(
    strange_folder: Path, words: tuple[str, ...]
) -> None:
    result = command(words[0], str(strange_folder), *words[1:], "--format", "html")
    assert result.exit_code == 1
    page = result.stdout
    assert page.startswith("<!doctype html>") and "send_text: status: 201" in page
    assert "&lt;b&gt;new&lt;/b&gt;" in page and "<b>new" not in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_a_program_reads_what_differs(strange_folder: Path) -> None:
    result = command("replay", str(strange_folder), "--target", "mock", "--format", "json")
    document = json.loads(result.stdout)
    first = document["drifts"][0]
    assert (first["about"], first["kind"], first["count"]) == ("send_text", "other status", 1)
    assert first["grade"] and first["file"] == "paths/send_message/send_text.yaml"
