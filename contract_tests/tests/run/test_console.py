"""Consoles of rich: who has gone is an error like any other, and no bar is drawn for nobody."""

from __future__ import annotations

import io
import re
import sys

import pytest
from megaapi_contract.run.command import progress_bar
from megaapi_contract.run.console import OutputConsole, draws_progress
from rich.console import Console


class Gone(io.StringIO):
    """A stream whose reader has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_reader_that_has_gone_is_no_exit_code() -> None:
    with pytest.raises(BrokenPipeError):
        OutputConsole(file=Gone()).print("the verdict")


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_bar_is_drawn_on_terminals_alone(
    is_terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    assert draws_progress() == is_terminal


@pytest.mark.parametrize(
    ("variables", "drawn"),
    [
        ({"TERM": "xterm-256color"}, {"bar", "colours"}),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, {"bar"}),
        ({"TERM": "dumb"}, set()),
    ],
)
def test_lines_and_bars_have_no_colours_where_nobody_wants_them(
    variables: dict[str, str], drawn: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    OutputConsole(file=terminal).print("[red]a failure[/red]")
    assert ("\x1b[31m" in terminal.getvalue()) == ("colours" in drawn)
    with progress_bar(Console(stderr=True)) as progress:
        progress.update(progress.add_task("laws", total=3), completed=2)
        progress.refresh()
    text = terminal.getvalue()
    signs = {"bar": "2/3" in text, "colours": re.search(r"\x1b\[[0-9;]*3[0-9]", text)}
    assert {name for name, is_there in signs.items() if is_there} == drawn, text
    assert "a failure" in text and ("\x1b[2K" in text) == bool(drawn)
