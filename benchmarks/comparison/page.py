"""The part of a document that a comparison writes: between two marks, everything else stays."""

from __future__ import annotations

from pathlib import Path

from .names import PEERS
from .report import Report
from .tables import whole

MARK = "<!-- figures of `make bench` -->"
# Cores that other programs may use before the comparison.
QUIET = 0.2
_BUSY = (
    "- other programs used the machine meanwhile: no server had a whole core, and starts took "
    "longer than they need; these figures decide nothing"
)


def write_page(path: Path, report: Report) -> None:
    """Put the figures between the two marks; ValueError where the document has no marks."""
    text = path.read_text(encoding="utf-8")
    path.write_text(with_figures(text, report), encoding="utf-8")


def with_figures(text: str, report: Report) -> str:
    """The document with these figures instead of those it had."""
    parts = text.split(MARK)
    if len(parts) != 3:
        raise ValueError(f"the document has {len(parts) - 1} marks {MARK}, 2 are needed")
    return f"{parts[0]}{MARK}\n{_figures(report)}\n{MARK}{parts[2]}"


def _figures(report: Report) -> str:
    """Markdown: the lines about the machine as a list, then tables, then what each server does."""
    machine, _, tables = whole(report).partition("\n\n")
    minutes = report.get("took", 0) / 60
    lines = [f"- {line}" for line in machine.splitlines()]
    lines.append(f"- form: {report['form']}; it took {minutes:.0f} minutes")
    if report.get("cores_in_use", 0.0) > QUIET:
        lines.append(_BUSY)
    does = report.get("does", {})
    peers = [f"- **{name}** {does[name]}." for name in PEERS if name in does]
    return "\n\n".join(["\n".join(lines), tables, "\n".join(peers)])
