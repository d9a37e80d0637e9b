"""The run for programs: `report.json`. Members are only ever added, until `format` says 2."""

from __future__ import annotations

from typing import Any

from .. import __version__
from ..judging.results import OperationCoverage, Report, Result
from . import wording
from .wording import Told

FORMAT = 1


def summary(report: Report) -> dict[str, Any]:
    """A clean report as one document."""
    told = wording.told(report)
    return {
        "format": FORMAT,
        "version": __version__,
        "target": report.target,
        "real": report.real,
        "seed": report.seed,
        "strict": report.strict,
        "options": dict(report.options),
        "started": report.started,
        "seconds": round(report.seconds, 3),
        "verdict": wording.verdict(report),
        "complete": report.complete,
        "not_complete_because": wording.not_complete(report),
        "exit_code": report.exit_code,
        "notes": list(report.notes),
        "unusable": report.unusable,
        "interrupted": report.interrupted,
        "requests": wording.requests(report),
        "webhooks": len(report.webhooks),
        "messages_sent": report.messages_sent,
        "failures": _faults(told, "failure"),
        "findings": _faults(told, "finding"),
        "new_facts": _faults(told, "new fact"),
        "phases": [
            {
                "name": phase.name,
                "probes": phase.probes,
                "requests": phase.requests,
                "seconds": round(phase.seconds, 3),
                "states": phase.states,
            }
            for phase in wording.phases(report)
        ],
        "operations": {name: _covered(each) for name, each in report.coverage.items()},
        "probes": [_probe(each) for each in report.results],
    }


def _faults(told: list[Told], verdict: str) -> list[dict[str, Any]]:
    causes = _causes(told)
    return [_fault(each, causes[each.number]) for each in told if each.verdict == verdict]


def _causes(told: list[Told]) -> dict[int, int]:
    """The number of the first fault that has the same cause, by number."""
    return {
        each.number: card.first.number
        for card in wording.cards(told)
        for each in (card.first, *card.others)
    }


def _fault(each: Told, cause: int) -> dict[str, Any]:
    broken = each.broken
    return {
        "probe": broken.probe,
        "kind": broken.kind,
        "operation": broken.operation,
        "message": broken.message,
        "expected": broken.expected,
        "got": broken.got,
        "cause": cause,
        "promise": {
            "file": f"spec/{broken.promise.file}",
            "grade": broken.promise.grade,
            "sources": list(broken.promise.sources),
        },
        "exchange": broken.exchange.number if broken.exchange else None,
        "webhook": broken.webhook.number if broken.webhook else None,
        "curl": each.curl,
        "replay": each.file,
        "again": each.again,
    }


def _covered(each: OperationCoverage) -> dict[str, Any]:
    return {
        "requests": each.requests,
        "answers": {str(status): each.answers[status] for status in sorted(each.answers)},
        "promised": list(each.promised),
        "answered": each.answered,
        "why_not": each.why_not,
        "rules": len(each.keywords),
        "rules_broken": sorted(each.broken_keywords),
        "rules_not_broken": [name for name in each.keywords if name not in each.broken_keywords],
        "kept": each.kept,
    }


def _probe(each: Result) -> dict[str, Any]:
    return {
        "probe": each.probe,
        "phase": each.phase,
        "operations": list(each.operations),
        "state": each.state,
        "seconds": round(each.seconds, 3),
        "requests": each.cases,
        "held": each.held,
        "reason": each.reason,
    }
