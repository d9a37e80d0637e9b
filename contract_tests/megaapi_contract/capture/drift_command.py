"""`megaapi-contract drift` and `replay FOLDER`: a capture compared with the contract, or a mock."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from pathlib import Path

from megaapi_mock.resources import root

from ..errors import SetupError
from ..host.target import MockTarget
from ..judging.contract import Contract
from ..reports.new_file import NewFile
from .capture import read_capture, read_header
from .comparison_output import show
from .drift import Comparison, compare
from .learn import learn as proposals_of
from .mock_replay import replay
from .send_back import send_back_text


def drift(folder: Path, output: str, spec: Path | None, send_back: Path | None) -> int:
    """Print where the capture differs from the contract: 1 where it does, else 0."""
    contract = Contract(spec, plan=str(read_header(folder)["plan"]))
    with _send_back_file(send_back) as file:
        comparison = compare(read_capture(folder), contract)
        return _finish(comparison, output, folder, "contract", file, contract.plan)


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
    with _send_back_file(send_back) as file:
        comparison = replay(partial(read_capture, folder), contract, profile=profile or None)
        return _finish(comparison, output, folder, "mock", file, contract.plan)


def _send_back_file(path: Path | None) -> AbstractContextManager[NewFile | None]:
    """The file for --send-back, made before the work begins."""
    return nullcontext() if path is None else NewFile(path, option="--send-back")


def _finish(
    comparison: Comparison,
    output: str,
    folder: Path,
    other: str,
    send_back: NewFile | None,
    plan: str,
) -> int:
    if send_back is not None:
        send_back.write(send_back_text(comparison, plan=plan, other=other))
        with suppress(OSError):
            # Beside what programs read.
            print(f"{send_back.path} is written: read it before you send it", file=sys.stderr)
    return show(comparison, output, folder, other)


def learn(folder: Path, spec: Path | None, output: Path) -> None:
    """Write what the capture teaches the contract to a new file."""
    with NewFile(output) as file:
        file.write(_proposals(folder, spec or root("spec")))
    print(f"{output} is written: read it, then `git apply` it in the folder spec/")


def _proposals(folder: Path, source: Path) -> str:
    contract = Contract(source, plan=str(read_header(folder)["plan"]))
    return proposals_of(read_capture(folder), contract, source)
