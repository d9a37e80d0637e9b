"""The run as one HTML page: no network, readable without JavaScript, in light and in dark."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .. import __version__
from ..judging.results import Exchange, OperationCoverage, Report, Webhook
from . import wording

MAX_SHOWN_BODY = 20_000
_TITLES = {
    "kept": "Contract kept",
    "broken": "Contract broken",
    "incomplete": "Not complete",
    "interrupted": "Interrupted",
    "unusable": "Host not usable",
}


@dataclass(frozen=True)
class Chip:
    """One answer of an operation: `state` is seen, missing or unpromised."""

    status: str
    times: int
    state: str
    label: str


def environment(*folders: Path) -> Environment:
    """Where pages come from: templates of these folders, and what all pages have in common."""
    environment = Environment(
        loader=FileSystemLoader([Path(__file__).parent, *folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = wording.count
    return environment


def page(report: Report) -> str:
    """The page of a clean report."""
    templates = environment()
    templates.filters.update(pretty=_pretty, chips=_chips, seconds=lambda fault: f"{fault:.2f} s")
    reported_faults = wording.reported_faults(report)
    return templates.get_template("page.html.jinja").render(
        report=report,
        title=_TITLES[wording.verdict(report)],
        verdict=wording.verdict(report),
        headline=wording.headline(report),
        reasons=wording.not_complete(report),
        figures=list(wording.figures(report)),
        failures=wording.cards(fault for fault in reported_faults if fault.severity == "failure"),
        findings=wording.cards(fault for fault in reported_faults if fault.severity == "finding"),
        new_facts=wording.cards(fault for fault in reported_faults if fault.severity == "new fact"),
        requests=wording.requests(report),
        left_out=wording.left_out(report),
        phases=wording.phases(report),
        longest=max((phase.seconds for phase in wording.phases(report)), default=0) or 1,
        rules=_rules(report.coverage.values()),
        started=datetime.fromtimestamp(report.started, UTC).strftime("%Y-%m-%d %H:%M UTC"),
        version=__version__,
    )


def _pretty(part: Exchange | Webhook, attribute: str = "body") -> str:
    """A body as people read it."""
    content: bytes = getattr(part, attribute)
    try:
        text = json.dumps(json.loads(content), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = content.decode("utf-8", "replace")
    if len(text) <= MAX_SHOWN_BODY:
        return text
    return f"{text[:MAX_SHOWN_BODY]}\n... {len(text):,} characters, whole in exchanges.har"


def _chips(operation: OperationCoverage) -> list[Chip]:
    """Promised answers and those that came, by status."""
    chips = []
    for status in sorted({*operation.promised, *map(str, operation.answers)}):
        times = operation.answers.get(int(status), 0)
        if status not in operation.promised:
            chips.append(Chip(status, times, "unpromised", f"{times} times, not promised"))
        elif times:
            chips.append(Chip(status, times, "seen", wording.count(times, "time")))
        else:
            chips.append(Chip(status, times, "missing", "promised, never seen"))
    return chips


def _rules(coverage: Iterable[OperationCoverage]) -> dict[str, Any]:
    tried_rules = total = 0
    for operation in coverage:
        tried_rules += len(operation.broken_keywords)
        total += len(operation.keywords)
    return {
        "tried": tried_rules,
        "total": total,
        "share": 100 * tried_rules / total if total else 0,
    }
