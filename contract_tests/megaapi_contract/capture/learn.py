"""What a capture of a real gateway teaches the contract: proposals that a person reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import yaml
from megaapi_mock.profile import SWITCHES

from ..errors import SetupError
from ..judging.contract import Contract
from ..judging.results import Exchange
from ..reports.wording import count as count_of
from .drift import Comparison, Drift, DriftCounter, Record, RecordReader
from .form import is_placeholder, with_numbers
from .spec_files import SpecFiles, SpecNode

SOURCE = "my-capture"
_DEFAULTS = {switch.name: switch.default for switch in SWITCHES}
_MOCK_HEADER = "x-mock-exchange"
_JSON = "application/json"
HEADER = f"""\
Proposals for the contract, made of a capture. Nothing is changed by itself: read each of them,
then `git apply` this file in the folder spec/. Give the source a name of your own, in place of
{SOURCE}, and say in sources.yaml where it is. Types are those of the first record.
"""


def learn(records: Iterable[Record], contract: Contract, spec: Path) -> str:
    """The proposals as text and a patch; SetupError for a capture of the mock."""
    reader, counter = RecordReader(contract), DriftCounter()
    answers: Counter[tuple[str, int]] = Counter()
    switches: dict[tuple[str, str], str] = {}
    for record in records:
        _refuse_mock(record)
        counter.add(record, reader.about(record), reader.drifts(record))
        if record["kind"] == "call" and record["operation"] in contract.by_id:
            answers[str(record["operation"]), int(record["status"])] += 1
            for name in _switches(record, contract):
                switches.setdefault(name, f"{record['operation']} answered {record['status']}, "
                                          f"record {record['number']}")  # fmt: skip
    proposals = _Proposals(contract, SpecFiles(spec))
    for drift in counter.result().drifts:
        proposals.add(drift)
    proposals.raise_grades(counter.comparison, answers)
    return _text(proposals, switches)


def _refuse_mock(record: Record) -> None:
    if any(name.lower() == _MOCK_HEADER for name, _ in record.get("headers", ())):
        raise SetupError("this capture is of the mock, which only does what the contract says: "
                         "record a real gateway")  # fmt: skip


def _text(proposals: _Proposals, switches: Mapping[tuple[str, str], str]) -> str:
    lines = [HEADER]
    if proposals.made:
        lines += ["In the patch below:", *(f"- {line}" for line in proposals.made), ""]
    if proposals.by_hand:
        lines += ["By hand:", *(f"- {line}" for line in proposals.by_hand), ""]
    if switches:
        lines.append("Switches as this gateway has them (`megaapi-contract fit` says more):")
        for (name, value), evidence in sorted(switches.items()):
            usual = ", the default" if _DEFAULTS.get(name) == value else ""
            lines.append(f"- {name}={value}{usual}: {evidence}")
        lines.append("")
    if not (proposals.made or proposals.by_hand):
        lines += ["The capture teaches nothing new.", ""]
    return "\n".join([*lines, ""]) + proposals.patch()


def _switches(record: Record, contract: Contract) -> Iterator[tuple[str, str]]:
    """The switches that an answer decides: the only documented way that it fits."""
    body = record["body"] or {}
    content = orjson.dumps(body["json"]) if "json" in body else str(body.get("text", "")).encode()
    exchange = Exchange(
        number=int(record["number"]), operation=str(record["operation"]),
        method=str(record["method"]), url="http://mock/", request_headers=(), request_body=b"",
        status=int(record["status"]), headers=tuple(map(tuple, record["headers"])), body=content,
        time=0.0, seconds=0.0, coding="",
    )  # fmt: skip
    ways = [each for each in contract.alternatives(exchange.operation or "") if each.fits(exchange)]
    if len(ways) == 1 and ways[0].value:
        yield ways[0].switch, ways[0].value


class _Proposals:
    """Turns differences into edits of the contract's files, or into sentences."""

    def __init__(self, contract: Contract, files: SpecFiles) -> None:
        self._contract, self._files = contract, files
        self.made: list[str] = []
        self.by_hand: list[str] = []

    def patch(self) -> str:
        """The edits as a patch, with the source that they name."""
        if self.made:
            text = f'{SOURCE}:\n  title: "A capture of my own gateway"\n  where: "not published"\n'
            self._files.append("sources.yaml", text)
        return self._files.patch()

    def add(self, drift: Drift) -> None:
        """Propose what one difference asks for."""
        is_made = (drift.kind == "new field" and self._add_field(drift)) or (
            drift.kind == "other status" and self._add_status(drift)
        )
        times = count_of(drift.count, "time")
        line = f"{drift.about}: {drift.kind}: {drift.path}: {drift.sentence} ({times})"
        (self.made if is_made else self.by_hand).append(line)

    def _add_field(self, drift: Drift) -> bool:
        schema, document = self._schema(drift), _document(drift.record)
        *parents, name = drift.path.split("/")
        value = _first_value(document, drift.path.split("/"))
        if schema is None or is_placeholder(name) or value is _NOTHING:
            return False
        members = next(self._files.objects(schema, parents), None)
        if members is None:
            return False
        text = _flow(_schema_of(value) | _provenance())
        return self._files.insert_member(members, name, text, in_order=False)

    def _add_status(self, drift: Drift) -> bool:
        operation = self._contract.by_id.get(drift.about)
        if operation is None or drift.record is None:
            return False
        root = self._files.root(operation.spec_file)
        responses = self._files.member(root, operation.method.lower(), "responses")
        response: dict[str, Any] = {"description": "Seen in a capture.", **_provenance()}
        body = drift.record["body"] or {}
        if "json" in body:
            example = {"summary": "As it was recorded", "value": _example_of(body["json"])}
            content = {"schema": _schema_of(body["json"]), "examples": {"recorded": example}}
            response["content"] = {_JSON: content}
        status = str(drift.record["status"])
        return responses is not None and self._files.insert_member(
            responses, status, _flow(response), in_order=True
        )

    def raise_grades(self, comparison: Comparison, answers: Mapping[tuple[str, int], int]) -> None:
        """Propose `observed` for guesses that the capture confirms: nothing differs there."""
        differing = {drift.about for drift in comparison.drifts}
        for (name, status), count in sorted(answers.items()):
            operation = self._contract.by_id[name]
            place = self._files.root(operation.spec_file)
            # A response of its own: one that all operations share needs more than one of them.
            response = self._files.member(place, operation.method.lower(), "responses", f"{status}")
            if response is not None and response.file == place.file and name not in differing:
                self._raise(response, f"{name}: {status}", count)
        for name in sorted(comparison.records.keys() & self._contract.events.keys() - differing):
            webhook = self._files.member(
                self._files.root(self._contract.events[name].spec_file), "post"
            )
            if webhook is not None:
                self._raise(webhook, name, comparison.records[name])

    def _raise(self, place: SpecNode, about: str, count: int) -> None:
        provenance = self._files.member(place, "x-provenance")
        if provenance is not None and self._files.raise_grade(provenance, SOURCE):
            self.made.append(
                f"{about}: inferred until now, and as recorded {count_of(count, 'time')}"
            )

    def _schema(self, drift: Drift) -> SpecNode | None:
        event = self._contract.events.get(drift.about)
        if event is not None:
            root = self._files.root(event.spec_file)
            return self._files.member(root, "post", "requestBody", "content", _JSON, "schema")
        operation = self._contract.by_id.get(drift.about)
        if operation is None or drift.record is None:
            return None
        status = str(drift.record["status"])
        way = (operation.method.lower(), "responses", status, "content", _JSON, "schema")
        return self._files.member(self._files.root(operation.spec_file), *way)


_NOTHING = object()
# What is in it was not to be seen.
_OPEN = {"x-open": True, "description": "Empty, or without a known name, in the capture."}


def _provenance() -> dict[str, Any]:
    return {"x-provenance": {"grade": "observed", "sources": [SOURCE]}}


def _document(record: Record | None) -> Any:
    body = (record or {}).get("body" if (record or {}).get("kind") == "call" else "request_body")
    return (body or {}).get("json")


def _first_value(document: Any, path: list[str]) -> Any:
    """The first value there, with numbers in place of their placeholders."""
    if not path:
        return with_numbers(document)
    if isinstance(document, list):
        steps = path[1:] if path[0] == "*" or path[0].isdigit() else path
        values = (_first_value(item, steps) for item in document)
        return next((value for value in values if value is not _NOTHING), _NOTHING)
    if isinstance(document, dict):
        names = [path[0]] if path[0] != "*" else list(document)
        values = (_first_value(document[name], path[1:]) for name in names if name in document)
        return next((value for value in values if value is not _NOTHING), _NOTHING)
    return _NOTHING


def _schema_of(value: Any) -> dict[str, Any]:
    """The type of a recorded value, without the names that were not written down."""
    value = with_numbers(value)
    if isinstance(value, dict):
        members = {name: _schema_of(each) for name, each in value.items()
                   if not is_placeholder(name)}  # fmt: skip
        return {"type": "object", **({"properties": members} if members else _OPEN)}
    if isinstance(value, list):
        return {"type": "array", **({"items": _schema_of(value[0])} if value else _OPEN)}
    if value is None:
        return {"type": "null"}
    types = {bool: "boolean", int: "integer", float: "number"}
    return {"type": types.get(type(value), "string")}


def _example_of(value: Any) -> Any:
    """A recorded value that fits its type: one item of a list, and only names written down."""
    value = with_numbers(value)
    if isinstance(value, dict):
        members = ((name, each) for name, each in value.items() if not is_placeholder(name))
        return {name: _example_of(each) for name, each in members}
    return [_example_of(each) for each in value[:1]] if isinstance(value, list) else value


def _flow(value: Mapping[str, Any]) -> str:
    text: str = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10**6)
    return text.strip()
