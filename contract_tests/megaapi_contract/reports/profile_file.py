"""A profile of the mock that behaves like a host, with what showed each of its switches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from megaapi_mock.profile import SWITCHES, Switch

from ..judging.results import Exchange, Webhook
from ..judging.switch_readings import Reading, SwitchReadings
from ..redaction.redaction import Redaction

# Characters of an answer that a line of the file shows.
MAX_SHOWN = 120
_SWITCH = {switch.name: switch for switch in SWITCHES}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a profile comes from; `time` is unix seconds."""

    target: str
    plan: str
    seed: int
    time: float


def profile_text(readings: SwitchReadings, origin: Origin, redaction: Redaction) -> str:
    """The profile as YAML; comments say what showed each value, and what was not seen.

    No key, token, number, name or text of the host's is in it.
    """
    return "\n".join(_lines(readings, origin, redaction)) + "\n"


def changed_readings(readings: SwitchReadings) -> dict[str, Reading]:
    """The readings that are not the default of their switch."""
    return {
        name: reading
        for name, reading in readings.read.items()
        if reading.value != _SWITCH[name].default
    }


def _lines(readings: SwitchReadings, origin: Origin, redaction: Redaction) -> Iterator[str]:
    day = datetime.fromtimestamp(origin.time, UTC).date().isoformat()
    yield f"# How {origin.target} behaved on {day}, as `megaapi-contract fit` saw it."
    yield f"# (seed {origin.seed}). Start a mock that does the same:"
    yield "#   megaapi-mock serve --profile THIS_FILE"
    yield f"plan: {origin.plan}"
    yield "switches:" if readings.read else "switches: {}"
    for name, reading in readings.read.items():
        yield f"  # {_shown_by(reading, redaction)}"
        yield f"  {name}: {json.dumps(reading.value)}"
    if readings.unread:
        yield ""
        yield "# Not seen, so that the mock keeps its default:"
    for name, reason in readings.unread.items():
        yield f"#   {name}: {json.dumps(_SWITCH[name].default)}  {reason}{_way(_SWITCH[name])}"


def _way(switch: Switch) -> str:
    return f"; to know it: {switch.settled_by}" if switch.settled_by else ""


def _shown_by(reading: Reading, redaction: Redaction) -> str:
    """What showed a value, in one line."""
    probe = f" (probe: {reading.probe})" if reading.probe else ""
    if reading.exchange is not None:
        return _one_line(f"{_answer(reading.exchange, redaction)}{probe}")
    if reading.webhook is not None:
        return _one_line(f"webhook {_webhook(reading.webhook, redaction)}{probe}")
    return _one_line(f"the webhooks of the run{probe}")


def _answer(exchange: Exchange, redaction: Redaction) -> str:
    redacted_exchange = redaction.exchange(exchange)
    body = redacted_exchange.body.decode("utf-8", "replace")
    text = f": {_cut(body)}" if body else ", with an empty body"
    return f"{exchange.operation or 'an unknown route'} answered {exchange.status}{text}"


def _webhook(webhook: Webhook, redaction: Redaction) -> str:
    body = redaction.webhook(webhook).body.decode("utf-8", "replace")
    return f"{webhook.event or 'of an unknown event'}: {_cut(body)}"


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."


def _one_line(text: str) -> str:
    # Whatever a host sends, a comment ends where its line does.
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
