"""A capture repeated on a new mock: each call sent again, each webhook brought about again."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import orjson
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.spec.gateway_events import CAUSED_BY_GATEWAY
from megaapi_mock.spec.operations import JSON

from ..errors import NotTried
from ..host.content_coding import decode_content
from ..host.http import Answer
from ..host.target import MockTarget, Target
from ..judging.contract import Contract
from ..judging.results import Promise, read_json
from ..redaction.public_headers import media_type_of
from ..redaction.redaction import Redaction
from ..redaction.vocabulary import Vocabulary
from .capture_facts import CaptureFacts, Record, facts_of
from .document_comparison import Difference, differences
from .drift import NOT_MODIFIED, UNKNOWN_CALL, Comparison, DriftCounter, RecordReader
from .form import FormDrift
from .mock_requests import MockRequests
from .mock_values import MockValues
from .mock_world import MockWorld
from .places import ITEM, promise_at

# A proxy notes a call when it ends, and webhooks as they come: so many records may be out of order.
WINDOW = 500
# They depend on what the other phone does.
_OF_THE_OTHER_PHONE = frozenset({"ack-delivered", "ack-read", "ack-played", "ack-group"})
_ABOUT_THE_WRITER = frozenset({("isBusiness",), ("verifiedBizName",)})
_NOT_IN_THE_CONTRACT = Promise("inferred", "openapi.yaml")


def replay(
    read: Callable[[], Iterable[Record]], contract: Contract, *, profile: Any = None
) -> Comparison:
    """Repeat a capture; `read` gives its records, and is called twice."""
    target = MockTarget(profile=contract.plan if profile is None else profile)
    try:
        repetition = Replay(target, contract, facts_of(read(), contract.operations))
        counter = DriftCounter()
        for record in in_time_order(read()):
            about = repetition.reader.about(record)
            counter.add(record, about, repetition.differences(record))
        counter.comparison.notes.update(repetition.notes)
        for about, difference in repetition.missing_events():
            counter.count(about, difference)
        return counter.result()
    finally:
        target.close()


def in_time_order(records: Iterable[Record]) -> Iterator[Record]:
    """The records by the time each began, where they are not too far from it."""
    heap: list[tuple[float, int, Record]] = []
    for number, record in enumerate(records):
        heapq.heappush(heap, (float(record["time"]), number, record))
        if len(heap) > WINDOW:
            yield heapq.heappop(heap)[2]
    while heap:
        yield heapq.heappop(heap)[2]


class Replay:
    """Repeats records one after the other on one mock, and says where each differs."""

    def __init__(self, target: Target, contract: Contract, facts: CaptureFacts) -> None:
        self._target, self._contract, self._facts = target, contract, facts
        self._values = MockValues()
        self._requests = MockRequests(contract, self._values)
        self._world = MockWorld(target, facts, self._values, contract.recogniser)
        self._redaction = Redaction(contract, vocabulary=Vocabulary(contract))
        self.reader = RecordReader(contract)
        # What a reader has to know, such as why records were not repeated, with how often.
        self.notes = self._world.notes
        self._sent: Counter[str] = Counter()

    def differences(self, record: Record) -> Iterator[FormDrift]:
        """Repeat one record; where it is not as the mock has it."""
        self._world.prepare(record)
        if record["kind"] == "webhook":
            yield from self._webhook_differences(record)
        elif record["method"] in ("HEAD", "OPTIONS"):
            self.notes["calls left out: HEAD and OPTIONS"] += 1
        else:
            yield from self._call_differences(record)
        self._redaction.forget_documents()

    def missing_events(self) -> Iterator[tuple[str, FormDrift]]:
        """What the mock sends by itself, while the capture has webhooks and none of this event."""
        for event in sorted(self._sent.keys() - self._facts.events):
            if event in CAUSED_BY_GATEWAY and event not in _OF_THE_OTHER_PHONE:
                sentence = "the mock sends it after what was called, and none was recorded"
                promise = self._contract.event_promise(event)
                yield event, FormDrift("missing event", "messageType", sentence, promise)

    # -- calls -------------------------------------------------------------------------------

    def _call_differences(self, record: Record) -> Iterator[FormDrift]:
        try:
            request = self._requests.request(record)
        except NotTried as reason:
            self.notes[f"calls left out: {reason}"] += 1
            return
        answer = decode_content(self._target.send(request))
        self._values.learn((record["body"] or {}).get("json"), read_json(answer.body))
        if self._facts.has_webhooks:
            self._sent.update(str(each["recognised"]) for each in self._world.collect("sent"))
        yield from self._answer_differences(record, answer)

    def _answer_differences(self, record: Record, answer: Answer) -> Iterator[FormDrift]:
        operation = self._contract.by_id.get(str(record["operation"]))
        status = int(record["status"])
        if status == NOT_MODIFIED:
            return
        if operation is None:
            if status != answer.status:
                sentence = f"{status}, where the mock, which does not know it, has {answer.status}"
                yield FormDrift(UNKNOWN_CALL, "path", sentence, _NOT_IN_THE_CONTRACT)
            return
        is_known = self._contract.response(operation, status) is not None
        promise = self._contract.promise(operation.id, status if is_known else None)
        if status != answer.status:
            note = "; the contract has both" if is_known else ""
            sentence = f"{status}, where the mock has {answer.status}{note}"
            yield FormDrift("other status", "status", sentence, promise)
            return
        body, ours = record["body"], self._redact_answer(answer)
        if body is None or ours is None:
            if (body is None) is not (ours is None):
                kind, who = ("missing", "recorded") if body is None else ("new", "mock's")
                yield FormDrift(f"{kind} body", f"{status}", f"the {who} body is empty", promise)
            return
        media_types = [media_type_of(headers) for headers in (record["headers"], answer.headers)]
        if media_types[0] != media_types[1]:
            sentence = f"{media_types[0] or 'none'}, where the mock has {media_types[1] or 'none'}"
            yield FormDrift("other content type", f"{status}", sentence, promise)
        elif ("json" in body) is not ("json" in ours):
            what = "JSON" if "json" in body else "not JSON"
            yield FormDrift("different form", f"{status}", f"the body is {what}", promise)
        elif "json" in body:
            response = self._contract.response(operation, status) or {}
            schema = response.get("content", {}).get(JSON, {}).get("schema")
            differences_found = differences(body["json"], [ours["json"]])
            yield from self._name_differences(
                record, differences_found, schema, promise, _is_of_the_world
            )

    def _redact_answer(self, answer: Answer) -> dict[str, Any] | None:
        """The mock's answer as a capture would have it."""
        if not answer.body:
            return None
        return _document(self._redaction.body(answer.body, media_type_of(answer.headers)))

    # -- webhooks ----------------------------------------------------------------------------

    def _webhook_differences(self, record: Record) -> Iterator[FormDrift]:
        event = self._contract.events.get(str(record["event"]))
        if event is None:
            # As the contract sees it: the mock has no such event either.
            yield from self.reader.drifts(record)
            return
        payload, how = self._world.webhook(record)
        if payload is None:
            self.notes[f"compared with samples alone: the mock cannot send {event.name} now"] += 1
        recorded = (record["request_body"] or {}).get("json")
        if how != "emitted":
            # What is emitted tells of people and groups that are not there.
            self._values.learn(recorded, payload)
        ours = [] if payload is None else [self._redaction.document(payload)]
        schema = event.definition["requestBody"]["content"][JSON]["schema"]
        promise = self._contract.event_promise(event.name)
        if how == "sent":
            differences_found, is_open = list(differences(recorded, ours)), _is_nowhere
        else:
            # Nobody knows which of its forms the gateway had reason to send: the nearest one.
            forms = [*ours, *self._forms_of_events.get(event.name, ())]
            is_open = _is_of_the_writer
            every_form = (list(differences(recorded, [form])) for form in forms)
            differences_found = min(
                every_form, key=lambda each: sum(not is_open(one.path) for one in each)
            )
        yield from self._name_differences(record, differences_found, schema, promise, is_open)

    @cached_property
    def _forms_of_events(self) -> Mapping[str, list[Any]]:
        """Every form in which the mock sends an event, as a capture would have it."""
        forms: dict[str, list[Any]] = {}
        samples = Samples(root("fixtures"))
        for name in samples.names():
            event = self._contract.recogniser.recognise(samples.payload(name)).event
            if event is not None:
                document = self._redaction.document(samples.payload(name))
                forms.setdefault(event.name, []).append(document)
        return forms

    # -- what both need ----------------------------------------------------------------------

    def _name_differences(
        self,
        record: Record,
        differences_found: Iterable[Difference],
        schema: Any,
        promise: Promise,
        is_open: Callable[[tuple[str, ...]], bool],
    ) -> Iterator[FormDrift]:
        """The differences with the promise behind their places.

        Where a place is open, because what stands there was somebody's own choice or is older
        than the capture, only what the contract does not allow is a difference.
        """
        broken: set[tuple[str, ...]] | None = None
        known_differences: set[Difference] = set()
        for each in differences_found:
            if each in known_differences:
                continue
            known_differences.add(each)
            if is_open(each.path):
                if broken is None:
                    broken = {_steps(drift.path) for drift in self.reader.drifts(record)}
                if each.path not in broken:
                    continue
            place = promise_at(self._contract, schema, each.path, promise)
            yield FormDrift(each.kind, "/".join(each.path) or "body", each.sentence, place)
        # The mock keeps the contract: what breaks a pattern never comes from the mock.
        paths = {each.path for each in known_differences}
        for drift in self.reader.text_drifts(record):
            if _steps(drift.path) not in paths:
                yield drift


def _document(redacted: bytes) -> dict[str, Any]:
    try:
        return {"json": orjson.loads(redacted)}
    except orjson.JSONDecodeError:
        return {"text": redacted.decode("utf-8", "replace")}


def _steps(path: str) -> tuple[str, ...]:
    return tuple(ITEM if step.isdigit() else step for step in path.split("/"))


def _is_of_the_world(path: tuple[str, ...]) -> bool:
    """About chats, messages and groups as they were before the capture."""
    return ITEM in path or path[:1] == ("group",)


def _is_of_the_writer(path: tuple[str, ...]) -> bool:
    """What somebody wrote, and which kind of account they have."""
    return (len(path) > 1 and path[0] == "message") or path[:1] in _ABOUT_THE_WRITER


def _is_nowhere(path: tuple[str, ...]) -> bool:
    return False
