"""A comparison as text for people, as JSON for programs, as a page for a browser."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .. import __version__
from ..reports.page import environment
from ..reports.wording import count as in_words
from .drift import Comparison, Drift

FORMATS = ("text", "json", "html")


def show(comparison: Comparison, output: str, folder: Path, other: str) -> int:
    """Print how a capture differs from the `other`: 1 where it does, else 0."""
    with suppress(BrokenPipeError):
        # Who has read enough wants the exit code all the same.
        print(render(comparison, output, folder, other))
        sys.stdout.flush()
    return 1 if comparison.drifts else 0


def render(comparison: Comparison, output: str, folder: Path, other: str) -> str:
    """The comparison in one of FORMATS."""
    if output == "json":
        return json.dumps(comparison.as_json(), indent=2)
    if output == "html":
        return _page(comparison, folder, other)
    return "\n".join(_lines(comparison, other))


def _lines(comparison: Comparison, other: str) -> Iterator[str]:
    by_about: dict[str, list[Drift]] = {}
    for each in comparison.drifts:
        by_about.setdefault(each.about, []).append(each)
    for about in sorted(comparison.records.keys() | by_about.keys()):
        drifts = by_about.get(about, [])
        summary = in_words(len(drifts), "difference") if drifts else "same"
        yield f"{about}: {comparison.records[about]} recorded, {summary}"
        for each in drifts:
            yield f"  {each.kind}: {each.path}: {each.sentence}"
            source = f" by {', '.join(each.promise.sources)}" if each.promise.sources else ""
            first = f"first in record {each.first}; " if each.first else ""
            yield (
                f"    {in_words(each.count, 'time')}, {first}the contract is "
                f"{each.promise.grade}{source} ({each.promise.file})"
            )
    for note, times in sorted(comparison.notes.items()):
        yield f"{note}: {in_words(times, 'time')}"
    yield _headline(comparison, other)


def _headline(comparison: Comparison, other: str) -> str:
    total = sum(comparison.records.values())
    differing = {each.about for each in comparison.drifts}
    abouts = comparison.records.keys() | differing
    return f"{total} records of {len(abouts)} operations and events: " + (
        f"{in_words(len(comparison.drifts), 'difference')} in {len(differing)} of them"
        if comparison.drifts
        else f"no difference from the {other}"
    )


def _page(comparison: Comparison, folder: Path, other: str) -> str:
    drifts = sorted(comparison.drifts, key=lambda drift: (drift.about, drift.path))
    abouts = comparison.records.keys() | {each.about for each in drifts}
    by_about = Counter({about: 0 for about in abouts})
    by_about.update(each.about for each in drifts)
    template = environment(Path(__file__).parent).get_template("comparison.html.jinja")
    return template.render(
        comparison=comparison,
        # Its name alone: where it lies is nobody's business.
        folder=folder.name or "capture",
        other=other,
        verdict="broken" if drifts else "kept",
        title=f"Not as the {other}" if drifts else f"As the {other}",
        headline=_headline(comparison, other),
        figures=[
            ("records", f"{sum(comparison.records.values()):,}"),
            ("operations and events", len(abouts)),
            ("differences", len(drifts)),
        ],
        sure=[each for each in drifts if each.promise.sure],
        guesses=[each for each in drifts if not each.promise.sure],
        by_about=by_about,
        version=__version__,
    )
