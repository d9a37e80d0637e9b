"""`megaapi-contract drift`: a capture compared with the contract, as text or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ..judging.contract import Contract
from ..reports.wording import count as _count
from .capture import read_capture, read_header
from .drift import Comparison, Drift, compare


def drift(folder: Path, output: str, spec: Path | None) -> int:
    """Print where the capture differs from the contract: 1 where it does, else 0."""
    contract = Contract(spec, plan=str(read_header(folder)["plan"]))
    comparison = compare(read_capture(folder), contract)
    text = (
        json.dumps(comparison.as_json(), indent=2)
        if output == "json"
        else "\n".join(_lines(comparison))
    )
    with suppress(OSError):
        print(text)
        sys.stdout.flush()
    return 1 if comparison.drifts else 0


def _lines(comparison: Comparison) -> Iterator[str]:
    by_about: dict[str, list[Drift]] = {}
    for each in comparison.drifts:
        by_about.setdefault(each.about, []).append(each)
    for about, count in sorted(comparison.records.items()):
        drifts = by_about.get(about, [])
        summary = _count(len(drifts), "difference") if drifts else "same"
        yield f"{about}: {count} recorded, {summary}"
        for each in drifts:
            yield f"  {each.kind}: {each.path}: {each.sentence}"
            source = f" by {', '.join(each.promise.sources)}" if each.promise.sources else ""
            yield (
                f"    {_count(each.count, 'time')}, first in record {each.first}; the contract is "
                f"{each.promise.grade}{source} ({each.promise.file})"
            )
    total = sum(comparison.records.values())
    differing = len(by_about)
    yield (
        f"{total} records of {len(comparison.records)} operations and events: "
        + (f"{_count(len(comparison.drifts), 'difference')} in {differing} of them"
           if comparison.drifts else "no difference from the contract")
    )  # fmt: skip
