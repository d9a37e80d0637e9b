"""`megaapi-contract drift` and `replay FOLDER`: a capture compared with the contract, or a mock."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

from megaapi_mock.resources import root

from ..errors import SetupError
from ..host.target import MockTarget
from ..judging.contract import Contract
from .capture import read_capture, read_header
from .comparison_output import show
from .drift import Comparison, compare
from .learn import learn as proposals_of
from .mock_replay import replay
from .send_back import write_send_back


def drift(folder: Path, output: str, spec: Path | None, send_back: Path | None) -> int:
    """Print where the capture differs from the contract: 1 where it does, else 0."""
    contract = Contract(spec, plan=str(read_header(folder)["plan"]))
    comparison = compare(read_capture(folder), contract)
    return _finish(comparison, output, folder, "contract", send_back, contract.plan)


def replay_capture(
    folder: Path,
    target: str,
    output: str,
    profile: str,
    spec: Path | None = None,
    send_back: Path | None = None,
) -> int:
    """Print where the capture differs from what a new mock does: 1 where it does, else 0."""
    if target != MockTarget.name:
        raise SetupError(
            f"--target {target}: a capture is replayed on a new mock alone, --target mock: its "
            "numbers, texts and files are made up"
        )
    contract = Contract(spec, plan=str(read_header(folder)["plan"]))
    comparison = replay(partial(read_capture, folder), contract, profile=profile or None)
    return _finish(comparison, output, folder, "mock", send_back, contract.plan)


def _finish(
    comparison: Comparison,
    output: str,
    folder: Path,
    other: str,
    send_back: Path | None,
    plan: str,
) -> int:
    if send_back is not None:
        write_send_back(comparison, send_back, plan=plan, other=other)
        with suppress(OSError):
            # Beside what programs read.
            print(f"{send_back} is written: read it before you send it", file=sys.stderr)
    return show(comparison, output, folder, other)


def learn(folder: Path, spec: Path | None, output: Path) -> None:
    """Write what the capture teaches the contract to a new file."""
    source = spec or root("spec")
    contract = Contract(source, plan=str(read_header(folder)["plan"]))
    text = proposals_of(read_capture(folder), contract, source)
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise SetupError(f"{output} is there already: name another file, or remove it") from None
    print(f"{output} is written: read it, then `git apply` it in the folder spec/")
