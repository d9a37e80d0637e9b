"""The figures of a comparison as Markdown: for a terminal, and for the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .figures import Spread, ratio, spread
from .judgement import PromiseCheck, judge
from .names import MEMORY, PEERS, STORES
from .report import Report

Row = tuple[str, ...]


def table(head: Row, rows: Sequence[Row]) -> str:
    """Columns as wide as their widest cell."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = []
    for row in (head, tuple("-" * width for width in widths), *rows):
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def print_table(head: Row, rows: Sequence[Row]) -> None:
    """The table and an empty line."""
    print(table(head, rows), end="\n\n")


def whole(report: Report) -> str:
    """Everything that a report has, the judgement last."""
    return "\n\n".join(part for part in _parts(report) if part)


def _parts(report: Report) -> Iterator[str]:
    yield "\n".join(f"{name}: {value}" for name, value in report["machine"].items())
    if "sends" in report:
        ceiling = f"{report['ceiling']:,.0f} requests/s"
        yield f"The generator makes {ceiling} of a server that does nothing."
    if "sends" in report or "starts" in report:
        yield servers_table(report)
    if "growth" in report:
        yield _growth_table(report)
    if "webhooks" in report or "latency" in report:
        yield _webhooks_table(report)
    yield judgement_table(judge(report))


def servers_table(report: Report) -> str:
    """A row for each server; what was not measured of it stays empty."""
    head = (
        "server", "sends/s", "least to most", "per CPU s", "p50 ms", "p99 ms",
        "memory is x times", "(per CPU s)", "cold start s", "idle MB", "no recipient",
    )  # fmt: skip
    names = [name for name in (*STORES, *PEERS) if _is_measured(report, name)]
    return table(head, [_server_row(report, name) for name in names])


def _is_measured(report: Report, name: str) -> bool:
    return name in report.get("sends", {}) or name in report.get("starts", {})


def _server_row(report: Report, name: str) -> Row:
    sends, starts = report.get("sends", {}), report.get("starts", {})
    row = [name]
    if name in sends:
        figures = sends[name]
        rate = spread(figures["rate"])
        row += [f"{rate.middle:,.0f}", f"{rate.least:,.0f} to {rate.most:,.0f}"]
        row.append(f"{spread(figures['per_cpu']).middle:,.0f}")
        row += [f"{spread(figures[key]).middle:.1f}" for key in ("p50_ms", "p99_ms")]
        row.append(_times(ratio(sends[MEMORY]["rate"], figures["rate"])))
        row.append(_times(ratio(sends[MEMORY]["per_cpu"], figures["per_cpu"])))
    else:
        row += [""] * 7
    if name in starts:
        seconds, mb = spread(starts[name]["seconds"]), spread(starts[name]["mb"])
        row += [f"{seconds.middle:.2f}", f"{mb.middle:.0f}"]
    else:
        row += [""] * 2
    return (*row, report.get("refuses", {}).get(name, ""))


def _times(value: Spread) -> str:
    return f"{value.middle:.2f} ({value.least:.2f} to {value.most:.2f})"


def _growth_table(report: Report) -> str:
    rows = []
    for store, growth in report["growth"].items():
        few, many = spread(growth["few_us"]), spread(growth["many_us"])
        times = _times(ratio(growth["many_us"], growth["few_us"]))
        counts = f"{growth['few']:,} / {growth['many']:,}"
        rows.append((store, counts, f"{few.middle:.0f}", f"{many.middle:.0f}", times))
    head = ("store", "messages kept", "µs CPU a send, few", "many", "times")
    return table(head, rows)


def _webhooks_table(report: Report) -> str:
    rows: list[Row] = []
    for way, figures in report.get("webhooks", {}).items():
        rate, core = spread(figures["rate"]), spread(figures["core"])
        least = f"{rate.least:,.0f} to {rate.most:,.0f}"
        busy = [one / share for one, share in zip(figures["rate"], figures["core"], strict=True)]
        what = f"webhooks/s, {way}"
        per_cpu = f"{spread(busy).middle:,.0f}"
        rows.append((what, f"{rate.middle:,.0f}", least, f"{core.middle:.0%}", per_cpu))
    if latency := report.get("latency"):
        most = f"p50 {latency['p50_ms']:.1f}, most {latency['most_ms']:.1f}"
        what = f"send to webhook at {latency['per_second']:,.0f} sends/s, p99 ms"
        rows.append((what, f"{latency['p99_ms']:.1f}", most, "", ""))
    return table(("", "median", "spread", "of its core", "per CPU s"), rows)


def judgement_table(checks: Sequence[PromiseCheck]) -> str:
    """A row for each promise."""
    rows = [(check.word, check.promise, check.measured) for check in checks]
    return table(("", "promise", "measured"), rows)
