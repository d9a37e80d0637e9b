"""The command: what it prints of given figures, and what it says of orders it cannot follow."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from comparison.names import MEMORY
from comparison.page import MARK
from comparison.scaling import is_open

from . import BENCHMARKS
from .test_judgement import good

needs_two_cores = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="a core each is needed"
)


def compare(*arguments: str) -> subprocess.CompletedProcess[str]:
    script = str(BENCHMARKS / "compare.py")
    return subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True, check=False
    )


def saved(folder: Path, report: Any) -> str:
    path = folder / "report.json"
    path.write_text(json.dumps(report), encoding="utf-8")
    return str(path)


def test_kept_promises_end_with_0_and_fill_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{MARK}\n{MARK}\n", encoding="utf-8")
    done = compare("--of", saved(tmp_path, good()), "--page", str(page))
    assert done.returncode == 0, done.stderr
    assert "does not hold" not in done.stdout
    assert "at least 8 times Prism" in page.read_text(encoding="utf-8")


def test_a_broken_promise_ends_with_1(tmp_path: Path) -> None:
    report = good()
    report["memory"]["mb"] = 151.0
    done = compare("--of", saved(tmp_path, report))
    assert done.returncode == 1
    assert done.stdout.count("does not hold") == 1


def test_what_was_not_measured_ends_with_0(tmp_path: Path) -> None:
    report = good()
    del report["growth"], report["starts"][MEMORY]
    assert compare("--of", saved(tmp_path, report)).returncode == 0


def test_an_unknown_section_is_named() -> None:
    done = compare("--only", "sends,startz")
    assert done.returncode == 2
    assert "--only startz: there are sends, starts" in done.stderr


@needs_two_cores
def test_one_section_is_measured_alone(tmp_path: Path) -> None:
    """The courier's speed: benchmarks are scripts that no other test would run."""
    path = tmp_path / "report.json"
    done = compare("--only", "webhooks", "--deliveries", "40", "--json", str(path))
    # So few say nothing of the speed: both bounds may be missed.
    assert done.returncode in (0, 1) and path.exists(), done.stdout + done.stderr
    report = json.loads(path.read_text(encoding="utf-8"))
    assert set(report) == {"machine", "form", "cores_in_use", "took", "webhooks"}
    assert all(rate > 0 for way in report["webhooks"].values() for rate in way["rate"])


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    client, server = socket.socketpair()
    with client, server:
        yield client, server


STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "still"),
    [
        (b"", True),
        (STREAM, True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", False),
        (b"HTTP/1.1 503 Busy\r\nContent-Type: text/event-stream\r\n\r\n", False),
    ],
)
def test_a_waiter_is_open_until_it_is_answered(
    pair: tuple[socket.socket, socket.socket], answer: bytes, still: bool
) -> None:
    client, server = pair
    server.sendall(answer)
    assert is_open(client) is still


def test_a_stream_that_ended_is_not_open(pair: tuple[socket.socket, socket.socket]) -> None:
    client, server = pair
    server.sendall(STREAM)
    server.close()
    assert is_open(client) is False
