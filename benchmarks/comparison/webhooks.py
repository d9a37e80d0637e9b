"""Webhooks: how many a second one core sends, and how soon one follows its send."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from servers import CORES, LOAD_CORE, on_cores

from .judgement import LATENCY_RATE
from .mocks import Stores
from .names import MEMORY
from .progress import say
from .report import Report

_BENCHMARKS = Path(__file__).resolve().parent.parent


def measure_webhooks(rounds: int, deliveries: int, report: Report) -> None:
    """The courier's rates, from courier.py: event, payload, journal and delivery."""
    say("webhooks a second")
    with tempfile.TemporaryDirectory() as folder, on_cores(CORES):
        figures = Path(folder, "courier.json")
        options = ["--only-deliveries", "--json", str(figures)]
        counts = ["--rounds", str(rounds), "--deliveries", str(deliveries)]
        subprocess.run(
            [sys.executable, str(_BENCHMARKS / "courier.py"), *options, *counts], check=True
        )
        report["webhooks"] = json.loads(figures.read_text(encoding="utf-8"))


def measure_latency(stores: Stores, seconds: float, report: Report) -> None:
    """A mock at its defaults, a receiver on the other core."""
    say(f"send to webhook, {LATENCY_RATE} sends/s")
    script = str(_BENCHMARKS / "latency.py")
    limits = ["--rate", str(LATENCY_RATE), "--seconds", str(seconds)]
    with stores.mock(MEMORY, stores.new(MEMORY)) as server, on_cores(LOAD_CORE):
        argv = [sys.executable, script, "--port", str(server.port), *limits]
        done = subprocess.run(argv, stdout=subprocess.PIPE, check=True)
    report["latency"] = json.loads(done.stdout)
