"""The run on a terminal: the verdict first, then what a person needs to act on it."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..judging.results import OperationCoverage, Report
from ..replay.command_lines import probe_line, replay_line
from . import wording

_MARKS = {
    "kept": "[bold green]KEPT[/]",
    "broken": "[bold red]BROKEN[/]",
    "incomplete": "[bold yellow]NOT COMPLETE[/]",
    "interrupted": "[bold yellow]INTERRUPTED[/]",
    "unusable": "[bold yellow]NOT USABLE[/]",
}
# Enough to begin with; the page has all of them.
MAX_SHOWN = 20


def show(report: Report, console: Console, *, folder: str = "") -> None:
    """Print a clean report; `folder` is where the files of it are, if there are any."""
    console.print()
    if report.coverage:
        console.print(_operations(report))
    _faults(console, "Failures: the host is wrong", "failure", report, folder)
    _faults(console, "Findings: the contract was guessing", "finding", report, folder)
    _faults(console, "New facts: no promise is broken", "new fact", report, folder)
    _left_out(console, report)
    for phase in wording.phases(report):
        console.print(
            f"[dim]{escape(phase.name):<10} {wording.count(phase.probes, 'probe'):>11}  "
            f"{phase.requests:>6,} requests  {phase.seconds:7.1f} s[/]",
            highlight=False,
        )
    console.print()
    _verdict(console, report)
    if folder:
        show_folder(console, folder)


def show_folder(console: Console, folder: str) -> None:
    """Where the files of a report are."""
    _line(console, f"Report: {escape(folder)}/index.html")


def _verdict(console: Console, report: Report) -> None:
    verdict_mark = _MARKS[wording.verdict(report)]
    _line(console, f"{verdict_mark}  {escape(wording.headline(report))}")
    for reason in wording.not_complete(report):
        _line(console, f"  not complete because {escape(reason)}")
    for note in report.notes:
        _line(console, f"  [bold yellow]note[/] {escape(note)}")
    figures = ", ".join(f"{figure} {name}" for name, figure in list(wording.figures(report))[:-1])
    messages = (
        f", {wording.count(report.messages_sent, 'message')} sent" if report.messages_sent else ""
    )
    _line(console, f"{figures}{messages} in {report.seconds:.1f} s, seed {report.seed}")


def _operations(report: Report) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("operation", no_wrap=True)
    table.add_column("requests", justify="right")
    table.add_column("answers")
    table.add_column("rules", justify="right", no_wrap=True)
    table.add_column("faults", justify="right")
    faults: dict[str, int] = {}
    for breach in report.breaches:
        faults[breach.operation] = faults.get(breach.operation, 0) + 1
    for name, operation in report.coverage.items():
        table.add_row(
            f"[red]{name}[/]" if name in faults else name,
            f"{operation.requests:,}",
            _answers(operation),
            f"{len(operation.broken_keywords)}/{len(operation.keywords)}"
            if operation.keywords
            else "",
            f"[red]{faults[name]}[/]" if name in faults else "",
        )
    return table


def _answers(operation: OperationCoverage) -> str:
    if not operation.answered:
        statuses = " ".join(map(str, sorted(operation.answers)))
        return f"[yellow]no 2xx[/]{f' ({statuses})' if statuses else ''}"
    return " ".join(
        f"{status}" if str(status) in operation.promised else f"[red]{status}![/]"
        for status in sorted(operation.answers)
    )


def _faults(console: Console, title: str, severity: str, report: Report, folder: str) -> None:
    faults = [fault for fault in wording.reported_faults(report) if fault.severity == severity]
    if not faults:
        return
    colour = {"failure": "red", "finding": "yellow"}.get(severity, "cyan")
    console.print(f"\n[bold {colour}]{title}[/]")
    shown_cards = wording.cards(faults)
    for card in shown_cards[:MAX_SHOWN]:
        fault = card.first
        _line(console, f"[{colour}]{fault.number:>3}[/] {escape(fault.sentence)}")
        for name, text in (("expected", fault.breach.expected), ("got", fault.breach.got)):
            if text:
                _line(console, f"    {name:<8} {escape(text)}")
        if card.others:
            others = wording.count(len(card.others), "other place")
            _line(console, f"    the same in {others}: {escape(card.elsewhere)}")
        _line(console, f"    [dim]promised by {escape(fault.promise)}[/]")
        if fault.curl:
            _line(console, f"    {escape(fault.curl)}")
        replay_command = replay_line(report, f"{folder}/{fault.file}") if folder else ""
        _line(console, f"    {escape(replay_command or probe_line(report, fault.breach))}")
    if len(shown_cards) > MAX_SHOWN:
        source = f"{folder}/index.html and {folder}/junit.xml have" if folder else "--report keeps"
        _line(
            console,
            f"    and {len(shown_cards) - MAX_SHOWN} more: {escape(source)} each with the line "
            "that tries it again",
        )


def _left_out(console: Console, report: Report) -> None:
    probes_by_reason = wording.left_out(report)
    if probes_by_reason:
        console.print("\n[bold]Left out[/]")
    for reason, probes in probes_by_reason.items():
        _line(console, f"    {wording.count(len(probes), 'probe')}: {escape(reason)}")
    console.print()


def _line(console: Console, text: str) -> None:
    """Print a line without wrapping it, so that it can be copied."""
    console.print(text, highlight=False, soft_wrap=True)
