"""The run for programs: `report.json`. Members are only ever added, until `format` says 2."""

from __future__ import annotations

from typing import Any

from .. import __version__
from ..judging.results import OperationCoverage, Report, Result
from . import wording
from .wording import ReportedFault

FORMAT = 1


def summary(report: Report) -> dict[str, Any]:
    """A clean report as one document."""
    reported_faults = wording.reported_faults(report)
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
        "failures": _faults(reported_faults, "failure"),
        "findings": _faults(reported_faults, "finding"),
        "new_facts": _faults(reported_faults, "new fact"),
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


def _faults(reported_faults: list[ReportedFault], severity: str) -> list[dict[str, Any]]:
    causes = _causes(reported_faults)
    return [
        _fault(each, causes[each.number]) for each in reported_faults if each.severity == severity
    ]


def _causes(reported_faults: list[ReportedFault]) -> dict[int, int]:
    """The number of the first fault that has the same cause, by number."""
    return {
        each.number: card.first.number
        for card in wording.cards(reported_faults)
        for each in (card.first, *card.others)
    }


def _fault(each: ReportedFault, cause: int) -> dict[str, Any]:
    breach = each.breach
    return {
        "probe": breach.probe,
        "kind": breach.kind,
        "operation": breach.operation,
        "message": breach.message,
        "expected": breach.expected,
        "got": breach.got,
        "cause": cause,
        "promise": {
            "file": f"spec/{breach.promise.file}",
            "grade": breach.promise.grade,
            "sources": list(breach.promise.sources),
        },
        "exchange": breach.exchange.number if breach.exchange else None,
        "webhook": breach.webhook.number if breach.webhook else None,
        "curl": each.curl,
        "replay": each.file,
        "again": each.replay_command,
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
        "held": each.held_back,
        "reason": each.reason,
    }
