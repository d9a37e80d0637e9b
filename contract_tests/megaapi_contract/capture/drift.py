"""Where a capture is not as the contract has it now: by operation and by event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from megaapi_mock.spec.operations import JSON
from megaapi_mock.spec.validate import resolve

from ..judging.contract import Contract
from ..judging.contract_fields import ContractFields
from ..judging.results import Promise
from ..redaction.public_headers import media_type_of
from .form import FormDrift, Forms, is_placeholder
from .text_breaches import TextBreaches

Record = Mapping[str, Any]
# To a client that has the answer already and says so: nothing of the contract is in it.
NOT_MODIFIED = 304
UNKNOWN_CALL, UNKNOWN_EVENT = "unknown call", "unknown event"
# Where nothing of the contract speaks of it.
_NOBODY = Promise("inferred", "openapi.yaml")


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference, with how often it occurs. `about` is an operation or an event.

    `first` is the number of the first record with it, 0 where no record has it.
    """

    about: str
    kind: str
    path: str
    sentence: str
    promise: Promise
    count: int
    first: int
    # The first record with it, where one has it.
    record: Record | None = field(default=None, compare=False, repr=False)

    def as_json(self) -> dict[str, Any]:
        """The difference as a JSON document."""
        return {
            "about": self.about,
            "kind": self.kind,
            "path": self.path,
            "message": self.sentence,
            "grade": self.promise.grade,
            "file": self.promise.file,
            "sources": list(self.promise.sources),
            "count": self.count,
            "first": self.first,
        }


@dataclass
class Comparison:
    """What was compared: `records` by operation or event, and the differences that were found."""

    records: Counter[str] = field(default_factory=Counter)
    drifts: list[Drift] = field(default_factory=list)
    # What a reader has to know, with how often; of a replay alone.
    notes: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """The comparison as a JSON document."""
        return {
            "records": dict(sorted(self.records.items())),
            "drifts": [drift.as_json() for drift in self.drifts],
            **({"notes": dict(self.notes)} if self.notes else {}),
        }


def compare(records: Iterable[Record], contract: Contract) -> Comparison:
    """Hold every record of a capture to the contract."""
    reader, counter = RecordReader(contract), DriftCounter()
    for record in records:
        counter.add(record, reader.about(record), reader.drifts(record))
    return counter.result()


class DriftCounter:
    """Adds up differences: each is named once, with how often it occurs."""

    def __init__(self) -> None:
        self.comparison = Comparison()
        self._counts: Counter[tuple[str, FormDrift]] = Counter()
        self._first: dict[tuple[str, FormDrift], Record | None] = {}

    def add(self, record: Record, about: str, drifts: Iterable[FormDrift]) -> None:
        """Count one record, and its differences."""
        self.comparison.records[about] += 1
        for drift in drifts:
            self.count(about, drift, record)

    def count(self, about: str, drift: FormDrift, record: Record | None = None) -> None:
        """Count one difference of a record, or of none."""
        self._counts[about, drift] += 1
        self._first.setdefault((about, drift), record)

    def result(self) -> Comparison:
        """The comparison of all records that were added."""
        for (about, each), count in self._counts.items():
            record = self._first[about, each]
            number = 0 if record is None else int(record["number"])
            self.comparison.drifts.append(
                Drift(
                    about, each.kind, each.path, each.sentence, each.promise, count, number, record
                )
            )
        return self.comparison


class RecordReader:
    """Reads records of a capture by the contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract, self._forms = contract, Forms(contract)
        self._fields, self._text_breaches = ContractFields(contract), TextBreaches(contract)
        self._sentences: dict[tuple[str, int], frozenset[str]] = {}

    def about(self, record: Record) -> str:
        """The operation or event of a record."""
        if record["kind"] == "webhook":
            return str(record["event"] or UNKNOWN_EVENT)
        return str(record["operation"] or UNKNOWN_CALL)

    def drifts(self, record: Record) -> Iterator[FormDrift]:
        """The differences of one record."""
        paths: set[str] = set()
        for drift in self._form_drifts(record):
            paths.add(drift.path)
            yield drift
        yield from (drift for drift in self.text_drifts(record) if drift.path not in paths)

    def text_drifts(self, record: Record) -> Iterator[FormDrift]:
        """The texts of one record that broke their pattern or their length."""
        return self._text_breaches.drifts(record)

    def _form_drifts(self, record: Record) -> Iterator[FormDrift]:
        if record["kind"] == "webhook":
            yield from self._webhook_drifts(record)
        elif record["method"] not in ("HEAD", "OPTIONS"):
            yield from self._answer_drifts(record)

    def _webhook_drifts(self, record: Record) -> Iterator[FormDrift]:
        event = self._contract.events.get(str(record["event"]))
        payload = (record["request_body"] or {}).get("json")
        if event is None:
            yield _unknown_event(record["request_body"], payload)
            return
        content = event.definition["requestBody"]["content"][JSON]
        promise = self._contract.event_promise(event.name)
        yield from self._forms.drifts(content["schema"], payload, promise)
        yield from _new_fields(self._fields.new_in_webhook(event.name, payload), promise)

    def _answer_drifts(self, record: Record) -> Iterator[FormDrift]:
        operation = self._contract.by_id.get(str(record["operation"]))
        if operation is None:
            yield FormDrift(
                UNKNOWN_CALL,
                "path",
                f"{record['method']} of a path the contract does not have",
                _NOBODY,
            )
            return
        status = int(record["status"])
        if status == NOT_MODIFIED:
            return
        response = self._contract.response(operation, status)
        if response is None:
            promised = " or ".join(operation.definition["responses"])
            sentence = f"{status}, where the contract has {promised}"
            yield FormDrift(
                "other status", "status", sentence, self._contract.promise(operation.id)
            )
            return
        promise = self._contract.promise(operation.id, status)
        contents = response.get("content", {})
        body = record["body"]
        if body is None:
            if contents and not response.get("x-may-be-empty"):
                yield FormDrift("missing body", f"{status}", "the body is empty", promise)
            return
        media_type = media_type_of(record["headers"])
        if media_type not in contents:
            if contents:
                promised = " or ".join(contents)
                sentence = f"{media_type or 'none'}, where the contract has {promised}"
                yield FormDrift("other content type", f"{status}", sentence, promise)
            return
        if media_type == JSON:
            yield from self._document_drifts(operation.id, status, body, promise)

    def _document_drifts(
        self, operation_id: str, status: int, body: Mapping[str, Any], promise: Promise
    ) -> Iterator[FormDrift]:
        if "json" not in body:
            yield FormDrift("different form", f"{status}", "the body is not JSON", promise)
            return
        operation, document = self._contract.by_id[operation_id], body["json"]
        response = self._contract.response(operation, status) or {}
        content = response.get("content", {})[JSON]
        yield from self._forms.drifts(content.get("schema"), document, promise)
        new_paths = self._fields.new_in_answer(operation_id, status, document)
        yield from _new_fields(new_paths, promise)
        wording = document.get("message") if isinstance(document, dict) else None
        sentences = self._fixed_sentences(operation_id, status)
        if sentences and isinstance(wording, str) and is_placeholder(wording):
            sentence = f"another wording than {' or '.join(sorted(sentences))}"
            yield FormDrift("other value", "message", sentence, promise)

    def _fixed_sentences(self, operation_id: str, status: int) -> frozenset[str]:
        """The documented `message` of these answers."""
        known = self._sentences.get((operation_id, status))
        if known is None:
            response = self._contract.response(self._contract.by_id[operation_id], status) or {}
            known = frozenset(_example_messages(resolve(response, self._contract.document)))
            self._sentences[operation_id, status] = known
        return known


def _unknown_event(body: Any, payload: Any) -> FormDrift:
    """What is wrong with a webhook that no event can be named for."""
    if body is None:
        return FormDrift("missing body", "body", "the body is empty", _NOBODY)
    if not isinstance(payload, dict):
        return FormDrift("different form", "body", "the body is not a JSON object", _NOBODY)
    if "messageType" not in payload:
        sentence = "it is not there, so that no event can be named"
        return FormDrift("missing field", "messageType", sentence, _NOBODY)
    sentence = f"messageType {payload['messageType']} fits no event of the contract"
    return FormDrift("unknown event", "messageType", sentence, _NOBODY)


def _new_fields(paths: Iterable[str], promise: Promise) -> Iterator[FormDrift]:
    """The fields that the contract does not have, though it does not forbid them."""
    for path in paths:
        yield FormDrift("new field", path, "the contract does not have it", promise)


def _example_messages(response: Mapping[str, Any]) -> Iterator[str]:
    for example in response.get("content", {}).get(JSON, {}).get("examples", {}).values():
        value = example.get("value")
        if isinstance(value, Mapping) and isinstance(value.get("message"), str):
            yield value["message"]
