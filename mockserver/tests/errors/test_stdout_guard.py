"""Commands whose stdout is full, closed or of a small encoding: a sentence, and no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from megaapi_mock.commands.main import main

FULL = Path("/dev/full")
# Those that print once and end; the others serve, or ask another program.
COMMANDS = (
    ("--help",),
    ("--version",),
    ("events",),
    ("switches",),
    ("faults",),
    ("faults", "--help"),
    ("proxy", "--help"),
    ("doctor", "--help"),
    ("spec", "show", "sendText"),
    ("spec", "bundle"),
    ("spec", "lint", "--help"),
    ("emit", "--help"),
    ("store", "--help"),
    ("serve", "--help"),
    ("listen", "--help"),
)
EACH = pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)


def run(
    arguments: tuple[str, ...], stdout: int, encoding: str = "utf-8"
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "megaapi_mock", *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        timeout=120,
    )


def test_every_command_is_tried() -> None:
    named = {each[0] for each in COMMANDS}
    assert set(main.list_commands(click.Context(main))) <= named


@EACH
@pytest.mark.skipif(not FULL.exists(), reason="there is no full device")
def test_a_full_disk_is_said_in_a_sentence(arguments: tuple[str, ...]) -> None:
    with FULL.open("wb") as full:
        ended = run(arguments, full.fileno())
    assert ended.returncode == 2
    assert ended.stderr.decode().count("\n") == 1
    assert "stdout cannot take what is printed: No space left" in ended.stderr.decode()


@EACH
def test_a_reader_that_has_gone_needs_no_word(arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = run(arguments, writing)
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, b"")


@EACH
@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_small_encoding_has_escapes_for_what_it_lacks(
    arguments: tuple[str, ...], encoding: str
) -> None:
    whole, ended = run(arguments, subprocess.PIPE), run(arguments, subprocess.PIPE, encoding)
    text = whole.stdout.decode()
    assert ended.returncode == whole.returncode == 0
    if text.encode(encoding, "ignore").decode(encoding) == text:
        assert ended.stdout.decode(encoding) == text and ended.stderr == whole.stderr
    elif ended.stderr:
        assert rb"\u" in ended.stdout
        assert "lacks" in ended.stderr.decode() and "PYTHONIOENCODING" in ended.stderr.decode()
    else:
        # Click takes a stdout of ASCII for a mistake, and writes UTF-8.
        assert encoding == "ascii" and ended.stdout == whole.stdout
