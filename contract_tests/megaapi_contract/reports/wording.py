"""The wording that all kinds of reports share. Takes reports without private values."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote as percent

from ..judging.results import KINDS, Breach, Exchange, Report, Result
from ..replay.command_lines import replay_line

INTERRUPTED_HERE = "the run was interrupted before its end"
# A longer line is of no use to a person: the replay line sends the same.
MAX_CURL_BODY = 4000
# What a curl line takes from the environment of whoever runs it, as the commands do.
_FROM_ENVIRONMENT = (
    (re.compile(r"<key(?: \d+)?>"), "$MEGAAPI_INSTANCE_KEY"),
    (re.compile(r"<token(?: \d+)?>"), "$MEGAAPI_TOKEN"),
    (re.compile(r"<token(?: \d+)?, not its own>"), "${OTHER_TOKEN:?}"),
    (re.compile(r"^http://mock(?=/)"), "$MEGAAPI_GATEWAY"),
    # Without them the shell says what is missing, and nothing is sent.
    (re.compile(r"<recipient 1>"), "${RECIPIENT:?}"),
    (re.compile(r"<recipient (\d+)>"), r"${RECIPIENT_\1:?}"),
    (re.compile(r"<own number>"), "${OWN_NUMBER:?}"),
    # Somebody's address; typed by hand the line leads nowhere.
    (re.compile(r"<url (\d+)>"), r"https://url-\1.example.test"),
)
# What a host reads as nothing but its kind: others stand in for a number and for a file.
_STAND_INS = (
    (re.compile(r'"<int \d+>"'), "1000001"),
    (re.compile(r'"<float \d+>"'), "-23.5"),
    (re.compile(r"<base64 \d+>"), "dGVzdA=="),
)
# A body that is not JSON is private as a whole.
_REDACTED_BODY = re.compile(r"<[^<>]*, \d+ bytes>")
_PLACEHOLDER = re.compile(r"<[^<>]*>")
# What curl itself would read as several addresses.
_GLOB = re.compile(r"[\[\]{}]")
# A HEAD by another name would wait for a body.
_METHODS = {"GET": [], "HEAD": ["--head"]}
_STATUS = re.compile(r"^\d{3}: ")
_NUMBERS = re.compile(r"(?<=[a-z]) \d+(?=[,>])")
_QUOTED = re.compile(r'\("[^"]*"(?:, "[^"]*")* w')
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class ReportedFault:
    """A fault as reports show it: `file` is what `megaapi-contract replay` takes,
    `replay_command` that command."""

    number: int
    severity: str
    sentence: str
    kind: str
    curl: str
    file: str
    replay_command: str
    breach: Breach

    @property
    def promise(self) -> str:
        """Which file promised it, and how sure that is."""
        promise = self.breach.promise
        sources = f", {', '.join(promise.sources)}" if promise.sources else ""
        return f"spec/{promise.file} ({promise.grade}{sources})"


def reported_faults(report: Report) -> list[ReportedFault]:
    """Failures first, then findings, then new facts, numbered through."""
    order = [*report.failures, *report.findings, *report.new_facts]
    return [_reported_fault(number, breach, report) for number, breach in enumerate(order, 1)]


@dataclass(frozen=True)
class Card:
    """Faults that most likely have one cause, the first of them in full."""

    first: ReportedFault
    others: tuple[ReportedFault, ...]

    @property
    def places(self) -> int:
        """How many faults it stands for."""
        return 1 + len(self.others)

    @property
    def elsewhere(self) -> str:
        """Where else the same was found: each operation or event once."""
        names = dict.fromkeys(fault.breach.operation for fault in self.others)
        return ", ".join(names)


def cards(reported_faults: Iterable[ReportedFault]) -> list[Card]:
    """One card per cause, in the order of the first of each."""
    causes: dict[tuple[str, ...], list[ReportedFault]] = {}
    for fault in reported_faults:
        causes.setdefault((fault.severity, *cause(fault.breach)), []).append(fault)
    return [Card(first, tuple(others)) for first, *others in causes.values()]


def cause(breach: Breach) -> tuple[str, ...]:
    """What faults of several operations have in common: the rule without place and values."""
    if breach.kind == "law":
        return "law", breach.rule or breach.message
    rule = _STATUS.sub("", breach.rule or breach.message)
    if breach.kind == "check":
        rule = breach.message
    names = tuple(_QUOTED.findall(breach.message)) if breach.kind == "schema" else ()
    return breach.kind, _NUMBERS.sub("", rule), *names


def _reported_fault(number: int, breach: Breach, report: Report) -> ReportedFault:
    return ReportedFault(
        number=number,
        severity=breach.severity(strict=report.strict),
        sentence=f"{breach.operation}: {breach.message}" if breach.operation else breach.message,
        kind=KINDS.get(breach.kind, breach.kind),
        curl=curl(breach.exchange) if breach.exchange else "",
        file=replay_file_name(number, breach),
        replay_command=replay_line(report, replay_file_name(number, breach)),
        breach=breach,
    )


def replay_file_name(number: int, breach: Breach) -> str:
    """Where a fault is kept, relative to the report's folder."""
    plain = _NOT_SLUG.sub("-", f"{breach.kind} {breach.operation}".lower()).strip("-")
    return f"failures/{number:03}-{plain[:60]}.json"


def curl(exchange: Exchange) -> str:
    """The request as a shell line, with key, token and numbers from the environment.

    $MEGAAPI_TOKEN is the instance's own, $OTHER_TOKEN is not. A made-up number or file stands for
    one that is not shown. Nothing for a body that is too long,
    or cannot be shown.
    """
    text = exchange.request_body.decode("utf-8", "replace")
    if len(text) > MAX_CURL_BODY or _REDACTED_BODY.fullmatch(text):
        return ""
    for placeholder, value in _STAND_INS:
        text = placeholder.sub(value, text)
    parts = ["curl", *_METHODS.get(exchange.method, ["-X", exchange.method])]
    if _GLOB.search(exchange.url):
        parts.append("--globoff")
    parts.append(_double_quoted(exchange.url, quote=_percent_encoded))
    for name, value in exchange.request_headers:
        if name.lower() in ("authorization", "content-type"):
            parts += ["-H", _double_quoted(f"{name}: {value}")]
    if text:
        parts += [
            "--data-raw",
            _double_quoted(text) if _needs_environment(text) else shlex.quote(text),
        ]
    return " ".join(parts)


def _needs_environment(text: str) -> bool:
    """Whether the text holds a placeholder that is filled from the environment."""
    return any(placeholder.search(text) for placeholder, _ in _FROM_ENVIRONMENT)


def _double_quoted(text: str, quote: Callable[[str], str] = lambda text: text) -> str:
    text_in_quotes = re.sub(r'(["\\$`])', r"\\\1", text)
    for placeholder, name in _FROM_ENVIRONMENT:
        text_in_quotes = placeholder.sub(name, text_in_quotes)
    return f'"{quote(text_in_quotes)}"'


def _percent_encoded(url: str) -> str:
    """The address with remaining placeholders percent-encoded."""
    return _PLACEHOLDER.sub(lambda match: percent(match[0], safe=""), url)


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
        + (f": it breaks {_promises(report)}" if report.failures else ""),
        "unusable": f"{report.target} could not be judged",
        "broken": f"{report.target} breaks {_promises(report)} of its contract",
        "incomplete": f"{report.target} broke no promise, but the run is not complete",
        "kept": f"{report.target} keeps its contract",
    }[verdict(report)]


def _promises(report: Report) -> str:
    """The number of broken promises, counted by cause, and in how many places."""
    failures = cards(each for each in reported_faults(report) if each.severity == "failure")
    places = sum(card.places for card in failures)
    places_text = f", in {places:,} places," if places > len(failures) else ""
    return f"{count(len(failures), 'promise')}{places_text}"


def not_complete(report: Report) -> list[str]:
    """Why the run may not be called complete, a sentence each."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in report.unanswered.items():
        by_reason.setdefault(reason, []).append(name)
    reasons = [INTERRUPTED_HERE] if report.interrupted else []
    reasons += [each for each in (report.unusable, report.webhooks_missing) if each]
    return reasons + [f"{reason}: {', '.join(names)}" for reason, names in by_reason.items()]


def left_out(report: Report) -> dict[str, list[str]]:
    """Probes that were not made, by reason."""
    probes_by_reason: dict[str, list[str]] = {}
    for result in report.results:
        if result.state == "left out":
            probes_by_reason.setdefault(result.reason or "no reason given", []).append(result.probe)
    return probes_by_reason


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
    return [Phase(name, *_totals(results)) for name, results in by_name.items()]


def _totals(results: list[Result]) -> tuple[int, int, float, dict[str, int]]:
    states: dict[str, int] = {}
    for result in results:
        states[result.state] = states.get(result.state, 0) + 1
    requests = sum(result.cases for result in results)
    return len(results), requests, sum(result.seconds for result in results), states


def requests(report: Report) -> int:
    """How many requests the run made."""
    return len(report.exchanges) or sum(result.cases for result in report.results)


def figures(report: Report) -> Iterator[tuple[str, str]]:
    """The run in figures, each with its name."""
    answered_count = sum(each.answered for each in report.coverage.values())
    yield "failures", f"{len(report.failures):,}"
    yield "findings", f"{len(report.findings):,}"
    yield "new facts", f"{len(report.new_facts):,}"
    yield "operations answered", f"{answered_count} of {len(report.coverage)}"
    yield "requests", f"{requests(report):,}"
    yield "webhooks", f"{len(report.webhooks):,}"
    yield "time", f"{report.seconds:.1f} s"


def count(number: int, word: str) -> str:
    """`1 promise`, `2 promises`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
