"""What every kind of report says of a run, in one wording. Takes clean reports only."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from ..again import replay_line
from ..outcome import KINDS, Broken, Exchange, Report, Result

INTERRUPTED_HERE = "the run was interrupted before its end"
CURL_BODY_MOST = 2000
# What a curl line takes from the environment of whoever runs it.
_GIVEN = (
    (re.compile(r"<key(?: \d+)?>"), "$KEY"),
    (re.compile(r"<token(?: \d+)?>"), "$TOKEN"),
    (re.compile(r"<token(?: \d+)?, not its own>"), "$OTHER_TOKEN"),
)
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Told:
    """One fault as reports tell it: `file` is what `megaapi-contract replay` takes, `again`
    that command."""

    number: int
    verdict: str
    sentence: str
    kind: str
    curl: str
    file: str
    again: str
    broken: Broken

    @property
    def promise(self) -> str:
        """Which file promised it, and how sure that is."""
        promise = self.broken.promise
        sources = f", {', '.join(promise.sources)}" if promise.sources else ""
        return f"spec/{promise.file} ({promise.grade}{sources})"


def told(report: Report) -> list[Told]:
    """Failures first, then findings, then new facts, numbered through."""
    order = [*report.failures, *report.findings, *report.new_facts]
    return [_told(number, broken, report) for number, broken in enumerate(order, 1)]


def _told(number: int, broken: Broken, report: Report) -> Told:
    return Told(
        number=number,
        verdict=broken.verdict(strict=report.strict),
        sentence=f"{broken.operation}: {broken.message}" if broken.operation else broken.message,
        kind=KINDS.get(broken.kind, broken.kind),
        curl=curl(broken.exchange) if broken.exchange else "",
        file=file_of(number, broken),
        again=replay_line(report, file_of(number, broken)),
        broken=broken,
    )


def file_of(number: int, broken: Broken) -> str:
    """Where a fault is kept, relative to the report's folder."""
    plain = _NOT_SLUG.sub("-", f"{broken.kind} {broken.operation}".lower()).strip("-")
    return f"failures/{number:03}-{plain[:60]}.json"


def curl(exchange: Exchange) -> str:
    """The request as a shell line; $KEY and $TOKEN are the instance's, $OTHER_TOKEN is not."""
    parts = ["curl", *(["-X", exchange.method] if exchange.method != "GET" else [])]
    parts.append(_double(exchange.url))
    for name, value in exchange.request_headers:
        if name.lower() in ("authorization", "content-type"):
            parts += ["-H", _double(f"{name}: {value}")]
    if exchange.request_body:
        text = exchange.request_body.decode("utf-8", "replace")
        cut = "" if len(text) <= CURL_BODY_MOST else f"... ({len(text)} characters)"
        parts += ["--data-raw", shlex.quote(text[:CURL_BODY_MOST] + cut)]
    return " ".join(parts)


def _double(text: str) -> str:
    escaped = re.sub(r'(["\\$`])', r"\\\1", text)
    for placeholder, name in _GIVEN:
        escaped = placeholder.sub(name, escaped)
    return f'"{escaped}"'


def verdict(report: Report) -> str:
    """interrupted, unusable, broken, incomplete or kept."""
    if report.interrupted:
        return "interrupted"
    if report.unusable:
        return "unusable"
    if report.failures:
        return "broken"
    return "kept" if report.complete else "incomplete"


def headline(report: Report) -> str:
    """The whole run in one sentence."""
    return {
        "interrupted": f"The run against {report.target} was interrupted"
        + (f": it breaks {count(len(report.failures), 'promise')}" if report.failures else ""),
        "unusable": f"{report.target} could not be judged",
        "broken": f"{report.target} breaks {count(len(report.failures), 'promise')} "
        "of its contract",
        "incomplete": f"{report.target} broke no promise, but the run is not complete",
        "kept": f"{report.target} keeps its contract",
    }[verdict(report)]


def not_complete(report: Report) -> list[str]:
    """Why the run may not be called complete, a sentence each."""
    by_reason: dict[str, list[str]] = {}
    for name, why in report.unanswered.items():
        by_reason.setdefault(why, []).append(name)
    reasons = [INTERRUPTED_HERE] if report.interrupted else []
    reasons += [report.unusable] if report.unusable else []
    return reasons + [f"{why}: {', '.join(names)}" for why, names in by_reason.items()]


def left_out(report: Report) -> dict[str, list[str]]:
    """Probes that were not made, by reason."""
    found: dict[str, list[str]] = {}
    for result in report.results:
        if result.state == "left out":
            found.setdefault(result.reason or "no reason given", []).append(result.probe)
    return found


@dataclass(frozen=True)
class Phase:
    """One phase of the run, summed up."""

    name: str
    probes: int
    requests: int
    seconds: float
    states: dict[str, int]


def phases(report: Report) -> list[Phase]:
    """Every phase in the order of the run."""
    by_name: dict[str, list[Result]] = {}
    for result in report.results:
        by_name.setdefault(result.phase, []).append(result)
    return [Phase(name, *_sums(results)) for name, results in by_name.items()]


def _sums(results: list[Result]) -> tuple[int, int, float, dict[str, int]]:
    states: dict[str, int] = {}
    for result in results:
        states[result.state] = states.get(result.state, 0) + 1
    requests = sum(result.cases for result in results)
    return len(results), requests, sum(result.seconds for result in results), states


def requests(report: Report) -> int:
    """How many requests the run made."""
    return len(report.exchanges) or sum(result.cases for result in report.results)


def counted(report: Report) -> Iterator[tuple[str, str]]:
    """The run in figures, each with its name."""
    answered = sum(each.answered for each in report.coverage.values())
    yield "failures", f"{len(report.failures):,}"
    yield "findings", f"{len(report.findings):,}"
    yield "new facts", f"{len(report.new_facts):,}"
    yield "operations answered", f"{answered} of {len(report.coverage)}"
    yield "requests", f"{requests(report):,}"
    yield "webhooks", f"{len(report.webhooks):,}"
    yield "time", f"{report.seconds:.1f} s"


def count(number: int, word: str) -> str:
    """`1 promise`, `2 promises`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
