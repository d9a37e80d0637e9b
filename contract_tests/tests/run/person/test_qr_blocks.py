"""The code of a picture, as a terminal shows it."""

from __future__ import annotations

import io
import re

import pytest
import segno
from megaapi_contract.run.person.qr_blocks import as_blocks


def picture(text: str, *, scale: int = 5, border: int = 4) -> tuple[segno.QRCode, bytes]:
    code, out = segno.make(text, error="l", micro=False), io.BytesIO()
    code.save(out, kind="png", scale=scale, border=border)
    return code, out.getvalue()


def modules(blocks: str, border: int = 2) -> list[list[int]]:
    """Dark or not, read back from half blocks."""
    rows: list[list[int]] = []
    for line in blocks.splitlines():
        text = re.sub(r"\x1b\[[\d;]*m", "", line)
        rows.append([int(block in " \u2584") for block in text])
        rows.append([int(block in " \u2580") for block in text])
    inner = [row[border:-border] for row in rows[border:]]
    return inner[: len(inner[0])]


@pytest.mark.parametrize("scale", [1, 3, 5, 8])
@pytest.mark.parametrize("text", ["2@a", "2@" + "Xk9/" * 60])
def test_every_module_is_shown(text: str, scale: int) -> None:
    code, content = picture(text, scale=scale)
    expected = [[int(module) for module in row] for row in code.matrix]
    assert modules(as_blocks(content)) == expected


def test_each_line_is_white_on_black_whatever_the_terminal_has() -> None:
    lines = as_blocks(picture("2@a")[1]).splitlines()
    assert all(line.startswith("\x1b[38;5;231;48;5;16m") for line in lines)
    assert all(line.endswith("\x1b[0m") for line in lines)


@pytest.mark.parametrize("content", [b"", b"GIF89a", picture("2@a")[1][:-20]])
def test_what_is_not_a_code_is_not_shown(content: bytes) -> None:
    assert as_blocks(content) == ""
