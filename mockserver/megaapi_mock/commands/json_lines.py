"""`--log json`: one JSON object per line for calls, webhooks and warnings (docs/operations.md)."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .log_redaction import Redaction
from .output import Output

if TYPE_CHECKING:
    from ..records.delivery import Delivery
    from ..records.exchange import Exchange

Json = dict[str, Any]
# What takes the place of lines that nobody read in time.
LINES_DROPPED = '{{"type": "lines_dropped", "count": {count}}}\n'


def json_line(type_: str, **fields: Any) -> str:
    """One line: its type, the machine's own time, and these fields. Plain ASCII."""
    now = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds")
    return json.dumps({"type": type_, "time": now, **fields}, default=str) + "\n"


class JsonLines:
    """Writes one object per exchange and delivery; `shows_private` also writes what is private."""

    def __init__(self, output: Output, *, shows_private: bool = False) -> None:
        self._output, self._shows_private = output, shows_private
        self.redaction = Redaction()

    def know(self, paths: Collection[str]) -> None:
        """The paths of the contract: their words are not private."""
        self.redaction.words = frozenset(part for path in paths for part in path.split("/"))

    def exchange(self, exchange: Exchange) -> None:
        """A call and what it was answered."""
        fields: Json = {
            "mock_time": exchange.time,
            "id": exchange.id,
            "instance": exchange.instance,
            "operation": exchange.operation,
            "method": exchange.method[:20],
            "path": exchange.path,
            "status": exchange.status or None,
            "duration_ms": round(exchange.duration_ms, 3),
            "reason": exchange.reason,
            "violations": list(exchange.violations),
            "events": list(exchange.events),
            "fault": None if exchange.fault is None else exchange.fault[1],
        }
        if self._shows_private:
            document = exchange.as_json()
            fields |= {"request": document["request"], "response": document["response"]}
        else:
            redaction, key = self.redaction, exchange.instance
            # As sentences have it.
            path = unquote(exchange.path.partition("?")[0])
            method, reason = redaction.method(exchange.method), exchange.reason
            if reason is not None:
                reason = reason.replace(f"{exchange.method} ", f"{method} ")
            fields |= {
                "id": redaction.record_id(exchange.id, key),
                "instance": redaction.instance(key),
                "method": method,
                "path": redaction.path(exchange.path, key),
                "reason": redaction.sentence(reason, key, path),
                "violations": [redaction.sentence(it, key, path) for it in exchange.violations],
            }
        self._output.write(json_line("call", **fields))

    def delivery(self, delivery: Delivery) -> None:
        """A webhook that has come to its end."""
        last = delivery.attempts[-1] if delivery.attempts else None
        fields: Json = {
            "mock_time": delivery.time,
            "id": delivery.id,
            "instance": delivery.instance,
            "event": delivery.event,
            "url": delivery.url,
            "state": delivery.state,
            "status": last.status if last else None,
            "duration_ms": last.duration_ms if last else None,
            "reason": delivery.reason,
            "chaos": delivery.chaos,
        }
        if self._shows_private:
            from ..codec import shown_body

            fields["payload"] = shown_body(delivery.body)["body"]
        else:
            redaction, key = self.redaction, delivery.instance
            fields |= {
                "id": redaction.record_id(delivery.id, key),
                "instance": redaction.instance(key),
                "url": redaction.url(delivery.url),
                "reason": redaction.sentence(delivery.reason, key),
                "chaos": redaction.sentence(delivery.chaos, key),
            }
        self._output.write(json_line("webhook", **fields))


class JsonFormatter(logging.Formatter):
    """A record of the log as one JSON object; without private things unless asked for."""

    def __init__(self, *, shows_private: bool = False) -> None:
        super().__init__()
        self._redaction = None if shows_private else Redaction()

    def format(self, record: logging.LogRecord) -> str:
        """One line without its end."""
        message = record.getMessage()
        trace = self.formatException(record.exc_info) if record.exc_info else None
        if self._redaction is not None:
            message = self._redaction.sentence(message) or ""
            # Where it happened and what kind of error it was: what it says may be anything.
            trace = trace and _places(record)
        fields: Json = {"level": record.levelname.lower(), "logger": record.name}
        fields |= {"message": message, "exception": trace}
        return json_line("log", **fields).rstrip("\n")


def _places(record: logging.LogRecord) -> str | None:
    if not record.exc_info or record.exc_info[1] is None:
        return None
    error = record.exc_info[1]
    places = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        name = code.co_filename.replace("\\", "/").rpartition("/")[2]
        places.append(f"{name}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return f"{type(error).__name__} at {' < '.join(reversed(places))}"
