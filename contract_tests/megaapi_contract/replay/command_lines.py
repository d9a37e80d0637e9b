"""Command lines that repeat a part of a run with the same options."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from ..judging.results import Breach, Report

# Options of the run whose values are private, or may be: whoever tries it again sets these.
_FROM_ENVIRONMENT = {
    "media url": ("--media-url", "MEDIA_URL"),
    "webhook url": ("--webhook-url", "WEBHOOK_URL"),
    "webhook port": ("--webhook-port", "WEBHOOK_PORT"),
    "webhook host": ("--webhook-host", "WEBHOOK_HOST"),
    "control token": ("--control-token", "CONTROL_TOKEN"),
    "spec": ("--spec", "SPEC"),
    "max messages": ("--max-messages", "MAX_MESSAGES"),
    "max groups": ("--max-groups", "MAX_GROUPS"),
    "timeout": ("--timeout", "TIMEOUT"),
}


def replay_line(report: Report, file: str) -> str:
    """What tries one fault again; key and token are taken from the environment, $RECIPIENT is
    the first listed number, $RECIPIENT_2 the next."""
    return " ".join(["megaapi-contract", "replay", shlex.quote(file), *_options(report)])


def probe_line(report: Report, breach: Breach) -> str:
    """The command that runs again the probe which found a fault, without a report."""
    seed = ["--seed", str(report.seed), "--probe", shlex.quote(breach.probe)]
    return " ".join(["megaapi-contract", "run", *_options(report), *seed])


def _options(report: Report) -> Iterator[str]:
    options = report.options
    yield from ("--target", shlex.quote(report.target))
    if options.get("control API") == "no":
        yield "--no-control-api"
    if options.get("plan", "code") != "code":
        yield from ("--gateway-plan", shlex.quote(options["plan"]))
    for effect in filter(None, options.get("allow", "").split(", ")):
        if effect != "reads":
            yield from ("--allow", effect)
    recipients = options.get("recipients", "0")
    for number in range(1, 1 + (int(recipients) if recipients.isdigit() else 0)):
        yield from ("--recipient", f'"$RECIPIENT{f"_{number}" if number > 1 else ""}"')
    for name, (option, variable) in _FROM_ENVIRONMENT.items():
        value = options.get(name, "")
        if value:
            yield from (option, value if value.isdigit() else f'"${variable}"')
    if options.get("forward") == "yes":
        yield "--forward"
    if options.get("quick") == "yes":
        yield "--quick"
