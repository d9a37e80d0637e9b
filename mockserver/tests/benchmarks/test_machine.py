"""What else the machine did before a comparison."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from comparison import machine

# Columns: user, nice, system, idle, waiting for a disk, hard and soft interrupts, stolen, guests.
BEFORE = "cpu  100 10 50 9000 700 1 2 3 40 4\ncpu0 1 2 3\n"
AFTER = "cpu  160 20 70 9900 900 2 4 6 90 9\ncpu0 1 2 3\n"


def test_idle_waiting_and_guest_time_counted_twice_is_not_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat = tmp_path / "stat"
    stat.write_text(BEFORE, encoding="utf-8")
    monkeypatch.setattr(machine, "PROC_STAT", stat)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        stat.write_text(AFTER, encoding="utf-8")

    monkeypatch.setattr(machine.time, "sleep", pause)
    ticks = 60 + 10 + 20 + 1 + 2 + 3
    assert machine.cores_in_use(2.0) == ticks / os.sysconf("SC_CLK_TCK") / 2.0
    assert pauses == [2.0]
