"""Consoles of rich: who has gone is an error like any other, and no bar is drawn for nobody."""

from __future__ import annotations

import io
import sys

import pytest
from megaapi_contract.run.console import OutputConsole, draws_progress


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
