"""A capture: exchanges and webhooks between a program and a gateway, redacted, in one folder."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from megaapi_mock.spec.plans import PLAN_NAMES

from .. import __version__
from ..errors import SetupError, Unusable
from ..host.content_coding import decode_content
from ..host.http import Answer
from ..judging.contract import Contract
from ..judging.judge import Judge
from ..judging.results import Breach, Exchange, Webhook, read_json
from ..redaction.redaction import METHODS, Redaction
from ..reports.har import exchange_entry, har_of, webhook_entry
from .relay import Passage

FORMAT, VERSION = "megaapi-contract capture", 1
# How much a folder may hold unless somebody says otherwise: a day's traffic of a busy bot.
MOST = 500 * 10**6
CASSETTE, HAR = "cassette.jsonl", "capture.har"
_SCHEMES = ("bearer ", "basic ", "token ")

Tell = Callable[[str], None]


class Capture:
    """Writes a folder that is whole after every record, so that a kill loses at most one.

    Each record is judged first; `tell` gets a line for each broken promise. Not thread-safe.
    """

    def __init__(
        self,
        folder: Path,
        contract: Contract,
        *,
        tell: Tell,
        most_bytes: int = MOST,
        redaction: Redaction | None = None,
    ) -> None:
        _make_empty(folder)
        self.counts: Counter[str] = Counter()
        self._contract, self._tell, self._most_bytes = contract, tell, most_bytes
        self._redaction = redaction or Redaction(contract)
        self._judge = Judge(contract, mock=False)
        self._cassette = (folder / CASSETTE).open("xb")
        self._har = _HarFile((folder / HAR).open("xb"))
        self._bytes = 0
        self._write_line(
            {
                "format": FORMAT,
                "version": VERSION,
                "suite": __version__,
                "plan": contract.plan,
                "started": time.time(),
            }
        )

    @property
    def is_full(self) -> bool:
        """Whether the folder has reached its limit, so that nothing more is recorded."""
        return self._bytes >= self._most_bytes

    def write(self, kind: str, passage: Passage) -> None:
        """Record one passage: a `call` to the gateway, or a `webhook` to its receiver."""
        if self.is_full:
            self.counts["beyond the limit"] += 1
            return
        if passage.failure:
            self.counts["unanswered"] += 1
            self._tell(f"no answer: {_method(passage)} {kind}: {passage.failure}")
            return
        self.counts[kind] += 1
        if kind == "webhook":
            self._write_webhook(passage)
        else:
            self._write_exchange(passage)
        self._redaction.forget_documents()

    def close(self) -> None:
        """Close the files."""
        self._cassette.close()
        self._har.close()

    # -- calls -------------------------------------------------------------------------------

    def _write_exchange(self, passage: Passage) -> None:
        exchange = self._exchange(passage)
        self._learn(exchange)
        breaches = self._judge.exchange(exchange, "")
        clean = self._redaction.exchange(exchange)
        breach_records = [self._breach_record(breach) for breach in breaches]
        self._har.add(exchange_entry(clean))
        self._write_line(
            {
                "kind": "call",
                "number": clean.number,
                "time": clean.time,
                "seconds": clean.seconds,
                "operation": clean.operation,
                "method": clean.method,
                "path": clean.url.removeprefix("http://mock"),
                "request_headers": clean.request_headers,
                "request_body": _body(clean.request_body),
                "status": clean.status,
                "headers": clean.headers,
                "body": _body(clean.body),
                "coding": clean.coding,
                "broken": breach_records,
            }
        )

    def _exchange(self, passage: Passage) -> Exchange:
        path, _, query = passage.target.partition("?")
        route = self._contract.route(passage.method, path, query)
        answer = Answer(passage.status, passage.headers, passage.body, passage.seconds)
        try:
            answer = decode_content(answer)
        except Unusable as refusal:
            sentence = self._redaction.sentence(str(refusal))
            self._tell(f"not readable: {_method(passage)} {sentence}")
        return Exchange(
            number=self.counts["call"],
            operation=route[0].id if route else None,
            method=passage.method,
            # The same origin always: whose host it was is nobody's business.
            url=f"http://mock{passage.target}",
            request_headers=passage.request_headers,
            request_body=passage.request_body,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            time=passage.time,
            seconds=passage.seconds,
            coding=answer.coding,
        )

    def _learn(self, exchange: Exchange) -> None:
        """Treat the key and the token of a call as private, wherever they stand afterwards."""
        key = self._redaction.instance_key_of(exchange)
        self._redaction.placeholders.learn("key", key)
        for name, value in exchange.request_headers:
            if name.lower() == "authorization":
                token = _token(value)
                self._redaction.placeholders.learn("token", token)
                if exchange.ok:
                    self._redaction.adopt(key, token)

    # -- webhooks ----------------------------------------------------------------------------

    def _write_webhook(self, passage: Passage) -> None:
        body = passage.request_body
        event = self._contract.recogniser.recognise(read_json(body)).event
        webhook = Webhook(
            number=self.counts["webhook"],
            body=body,
            headers=passage.request_headers,
            time=passage.time,
            event=event.name if event else None,
        )
        breaches = self._judge.webhook(webhook, "")
        clean = self._redaction.webhook(webhook)
        breach_records = [self._breach_record(breach) for breach in breaches]
        self._har.add(webhook_entry(clean))
        self._write_line(
            {
                "kind": "webhook",
                "number": clean.number,
                "time": clean.time,
                "event": clean.event,
                "request_headers": clean.headers,
                "request_body": _body(clean.body),
                "answered": passage.status,
                "broken": breach_records,
            }
        )

    # -- what both need ----------------------------------------------------------------------

    def _breach_record(self, breach: Breach) -> dict[str, str]:
        """One broken promise, or new fact, as it is told and kept."""
        clean = self._redaction.breach(breach)
        severity = breach.severity()
        self.counts[severity] += 1
        about = clean.operation or "webhook"
        self._tell(f"{severity}: {about}: {clean.message} ({clean.promise.file})")
        return {
            "severity": severity,
            "kind": clean.kind,
            "about": about,
            "message": clean.message,
            "grade": clean.promise.grade,
            "file": clean.promise.file,
        }

    def _write_line(self, document: dict[str, Any]) -> None:
        line = orjson.dumps(document) + b"\n"
        self._cassette.write(line)
        self._cassette.flush()
        self._bytes += 2 * len(line)


class _HarFile:
    """A HAR document that is whole after every entry: the end is written over by the next one."""

    def __init__(self, file: BinaryIO) -> None:
        document = orjson.dumps(har_of([]))
        position = document.index(b'"entries":[') + len(b'"entries":[')
        self._file, self._tail, self._end = file, document[position:], position
        self._is_first = True
        file.write(document)
        file.flush()

    def add(self, entry: dict[str, Any]) -> None:
        """Append one entry."""
        text = (b"" if self._is_first else b",") + orjson.dumps(entry)
        self._is_first = False
        self._file.seek(self._end)
        self._file.write(text + self._tail)
        self._file.flush()
        self._end += len(text)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_header(folder: Path) -> dict[str, Any]:
    """What the first line of a capture says of it; SetupError where it is none."""
    path = folder / CASSETTE
    try:
        with path.open("rb") as file:
            return _header(path, file.readline())
    except OSError as error:
        raise SetupError(f"{path}: {error.strerror or error}") from None


def read_capture(folder: Path) -> Iterator[dict[str, Any]]:
    """The records of a folder, in order; SetupError where it holds no capture of this version.

    A last line that was cut by a kill is left out.
    """
    path = folder / CASSETTE
    try:
        with path.open("rb") as file:
            _header(path, file.readline())
            for number, line in enumerate(file, 2):
                if line.endswith(b"\n"):
                    yield _record(path, number, line)
    except OSError as error:
        raise SetupError(f"{path}: {error.strerror or error}") from None


def _header(path: Path, line: bytes) -> dict[str, Any]:
    try:
        header = orjson.loads(line)
    except orjson.JSONDecodeError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise SetupError(f"{path}: this is not a capture of `megaapi-contract proxy`")
    if header.get("version") != VERSION:
        raise SetupError(
            f"{path}: version {header.get('version')} is not known here; "
            f"it was written by megaapi-contract {header.get('suite')}"
        )
    if header.get("plan") not in PLAN_NAMES:
        raise SetupError(f"{path}: the file is damaged: its plan is {header.get('plan')}")
    return header


def _record(path: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        record = None
    if not isinstance(record, dict) or record.get("kind") not in ("call", "webhook"):
        raise SetupError(f"{path}: line {number} is not a record of a capture")
    return record


def _make_empty(folder: Path) -> None:
    """Make the folder; SetupError when something is in it, which would be mixed up."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise SetupError(f"--record {folder}: {error.strerror or error}") from None
    if not is_empty:
        raise SetupError(f"--record {folder}: this folder is not empty: name a new one")


def _method(passage: Passage) -> str:
    return passage.method if passage.method in METHODS else "<method>"


def _token(value: str) -> str:
    """The token in an Authorization header; empty when the header holds its scheme alone."""
    if f"{value.strip().lower()} " in _SCHEMES:
        return ""
    for scheme in _SCHEMES:
        if value.lower().startswith(scheme):
            return value[len(scheme) :].strip()
    return value.strip()


def _body(body: bytes) -> Any:
    """A redacted body as JSON, where it is JSON; else as text; None where there is none."""
    if not body:
        return None
    try:
        return {"json": orjson.loads(body)}
    except orjson.JSONDecodeError:
        return {"text": body.decode("utf-8", "replace")}
