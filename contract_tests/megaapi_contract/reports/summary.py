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
        "operations": {name: _operation_summary(each) for name, each in report.coverage.items()},
        "probes": [_probe(each) for each in report.results],
    }


def _faults(reported_faults: list[ReportedFault], severity: str) -> list[dict[str, Any]]:
    causes = _causes(reported_faults)
    return [
        _fault(fault, causes[fault.number])
        for fault in reported_faults
        if fault.severity == severity
    ]


def _causes(reported_faults: list[ReportedFault]) -> dict[int, int]:
    """The number of the first fault that has the same cause, by number."""
    return {
        fault.number: card.first.number
        for card in wording.cards(reported_faults)
        for fault in (card.first, *card.others)
    }


def _fault(fault: ReportedFault, cause: int) -> dict[str, Any]:
    breach = fault.breach
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
        "curl": fault.curl,
        "replay": fault.file,
        "again": fault.replay_command,
    }


def _operation_summary(operation: OperationCoverage) -> dict[str, Any]:
    return {
        "requests": operation.requests,
        "answers": {str(status): operation.answers[status] for status in sorted(operation.answers)},
        "promised": list(operation.promised),
        "answered": operation.answered,
        "why_not": operation.why_not,
        "rules": len(operation.keywords),
        "rules_broken": sorted(operation.broken_keywords),
        "rules_not_broken": [
            name for name in operation.keywords if name not in operation.broken_keywords
        ],
        "kept": operation.accepted,
    }


def _probe(result: Result) -> dict[str, Any]:
    return {
        "probe": result.probe,
        "phase": result.phase,
        "operations": list(result.operations),
        "state": result.state,
        "seconds": round(result.seconds, 3),
        "requests": result.cases,
        "held": result.held_back,
        "reason": result.reason,
    }
