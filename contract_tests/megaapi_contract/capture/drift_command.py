"""`megaapi-contract drift` and `replay FOLDER`: a capture compared with the contract, or a mock."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ..errors import SetupError
from ..host.target import MockTarget
from ..judging.contract import Contract
from .capture import read_capture, read_header
from .comparison_output import show
from .drift import compare
from .mock_replay import replay


def drift(folder: Path, output: str, spec: Path | None) -> int:
    """Print where the capture differs from the contract: 1 where it does, else 0."""
    contract = Contract(spec, plan=str(read_header(folder)["plan"]))
    return show(compare(read_capture(folder), contract), output, folder, "contract")


def replay_capture(
    folder: Path, target: str, output: str, profile: str, spec: Path | None = None
) -> int:
    """Print where the capture differs from what a new mock does: 1 where it does, else 0."""
    if target != MockTarget.name:
        raise SetupError(
            f"--target {target}: a capture is replayed on a new mock alone, --target mock: its "
            "numbers, texts and files are made up"
        )
    contract = Contract(spec, plan=str(read_header(folder)["plan"]))
    comparison = replay(partial(read_capture, folder), contract, profile=profile or None)
    return show(comparison, output, folder, "mock")
