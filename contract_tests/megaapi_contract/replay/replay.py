"""Tries a kept fault again, on the same host or another one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode

import orjson

from ..errors import HeldBack, NotTried, SetupError
from ..host.http import Request
from ..judging.judge import Judge
from ..judging.results import Breach, Exchange
from .recording import FORMAT, NO_GROUP, VERSION

ReplayState = Literal["still fails", "keeps", "not tried"]
Rerun = Callable[[str, int], Iterable[Breach]]
Learn = Callable[[Exchange | None, str], None]

_PLACEHOLDER = re.compile(r"\{\{([^{}]+)\}\}")
_LONG = re.compile(r"([Ax])\*(\d{1,9})")
_OPTIONS = {
    "instance_key": "--instance-key",
    "token": "--token",
    "media_url": "--media-url",
    "own_number": "an instance with a phone",
    "other_token": "another instance's token, which a mock alone gives",
}


@dataclass(frozen=True)
class ReplayResult:
    """How a replay ended, and what was exchanged."""

    state: ReplayState
    sentence: str
    exchanges: tuple[Exchange, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 the promise is kept now, 1 it is still broken, 2 it could not be tried."""
        return {"keeps": 0, "still fails": 1, "not tried": 2}[self.state]


@dataclass(frozen=True)
class Recording:
    """A kept fault as read from its file."""

    path: Path
    document: Mapping[str, Any] = field(repr=False)

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the values it must be given: instance_key, token, recipient_1, ..."""
        return tuple(name for name in self.document["needs"] if name != "group")

    @property
    def about_a_group(self) -> bool:
        """Whether it is about a group that no recorded answer names."""
        return "group" in self.document["needs"]

    @property
    def connected(self) -> bool:
        """Whether the instance was linked to a phone."""
        return bool(self.document["connected"])

    @property
    def probe(self) -> str:
        """The probe that found it."""
        return str(self.document["probe"])

    @property
    def by_probe(self) -> bool:
        """Whether the whole probe has to be run again, rather than some requests."""
        return bool(self.document["judged_by"] == "probe")


def load(path: Path) -> Recording:
    """Read a file; SetupError in one sentence for anything that is not a replay of this version."""
    try:
        document = orjson.loads(path.read_bytes())
    except OSError as error:
        raise SetupError(f"{path}: {error.strerror or error}") from None
    except orjson.JSONDecodeError:
        raise SetupError(
            f"{path}: this is not JSON, so not a file of a report's failures/"
        ) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SetupError(
            f"{path}: this is not a replay; give a file of a report's failures/ folder"
        )
    if document.get("version") != VERSION:
        raise SetupError(
            f"{path}: version {document.get('version')} is not known here; "
            f"it was written by megaapi-contract {document.get('suite')}"
        )
    if not _is_complete(document):
        raise SetupError(f"{path}: the file is damaged; run the suite again with --report")
    return Recording(path, document)


def replay(
    recording: Recording,
    *,
    judge: Judge,
    send: Callable[[Request], Exchange],
    values: Mapping[str, str],
    learn: Learn = lambda exchange, value: None,
    rerun: Rerun | None = None,
) -> ReplayResult:
    """Send what led to the fault and judge the last answer, or run its probe again.

    The probe has the last word too where the requests alone show no fault: texts are made up in
    them. `send` is the gate's, so that nothing leaves that a run would have held back; `learn`
    is called with each value the host gave out and the exchange it came in, and with addresses
    below the run's own, before they are sent. `values` are those of `needs`; SetupError names the
    first that is missing. Unusable is raised as it is.
    """
    if not recording.by_probe:
        missing = [name for name in recording.needs if name not in values]
        if missing:
            raise SetupError(f"{recording.path.name} needs {_option(missing[0])}")
        by_requests = _replay_requests(recording, judge, send, values, learn)
        if rerun is None or by_requests.state == "still fails":
            return by_requests
    by_probe = _replay_probe(recording, rerun)
    if recording.by_probe or by_probe.state == "still fails":
        return by_probe
    if by_probe.state == "not tried" and by_requests.state == "keeps":
        sentence = f"{by_probe.sentence}; the recorded requests alone show no fault"
        return ReplayResult("not tried", sentence, by_requests.exchanges)
    return by_probe


def _replay_requests(
    recording: Recording,
    judge: Judge,
    send: Callable[[Request], Exchange],
    values: Mapping[str, str],
    learn: Learn,
) -> ReplayResult:
    builder = _RequestBuilder(recording, dict(values), learn)
    exchanges: list[Exchange] = []
    for number, template in enumerate(recording.document["exchanges"], 1):
        try:
            exchanges.append(send(builder.request(template)))
            builder.keep_values(number, exchanges[-1])
        except HeldBack as refusal:
            return ReplayResult("not tried", f"held back: {refusal}", tuple(exchanges))
        except _MissingValue as missing:
            return ReplayResult("not tried", str(missing), tuple(exchanges))
    breaches = judge.exchange(exchanges[-1], recording.probe)
    return _result(recording, breaches, tuple(exchanges))


def _replay_probe(recording: Recording, rerun: Rerun | None) -> ReplayResult:
    if rerun is None:
        sentence = f"the whole probe has to run again: {recording.document['rerun']}"
        return ReplayResult("not tried", sentence)
    try:
        return _result(recording, rerun(recording.probe, int(recording.document["seed"])), ())
    except HeldBack as refusal:
        return ReplayResult("not tried", f"held back: {refusal}")
    except NotTried as refusal:
        return ReplayResult("not tried", f"not tried: {refusal}")


def _result(
    recording: Recording, breaches: Iterable[Breach], exchanges: tuple[Exchange, ...]
) -> ReplayResult:
    fault = recording.document["fault"]
    fault_text = f"{fault['operation']}: {fault['message']}"
    fault_again = next((each for each in breaches if _is_same_fault(each, fault)), None)
    if fault_again is not None:
        return ReplayResult("still fails", f"still fails: {fault_text}", exchanges)
    return ReplayResult("keeps", f"does not fail any more: {fault_text}", exchanges)


def _is_same_fault(breach: Breach, fault: Mapping[str, Any]) -> bool:
    """The same rule of the same operation; values do not count."""
    if (breach.kind, breach.operation) != (fault["kind"], fault["operation"]):
        return False
    kept_message = fault["rule"] or fault["message"]
    message = breach.rule or breach.message
    return _message_pattern(kept_message).fullmatch(message) is not None


def _message_pattern(message: str) -> re.Pattern[str]:
    """A pattern of a kept sentence that matches any value in place of a placeholder."""
    parts = re.split(r"<[a-z][a-z ,]*\d*[a-z ,]*>", message)
    return re.compile(".*".join(map(re.escape, parts)), re.DOTALL)


class _MissingValue(Exception):
    """The host did not give out a value that a later request needs."""


class _RequestBuilder:
    """Builds requests from templates, with given values and values of earlier answers."""

    def __init__(self, recording: Recording, values: dict[str, str], learn: Learn) -> None:
        self._values, self._learn = {"group": NO_GROUP, **values}, learn
        self._sources: Mapping[str, Any] = recording.document["values"]

    def request(self, template: Mapping[str, Any]) -> Request:
        """The request with every placeholder filled in."""
        target = "/".join(quote(self._fill(step), safe="") for step in template["path"])
        if template["query"]:
            pairs = [(self._fill(name), self._fill(value)) for name, value in template["query"]]
            target += f"?{urlencode(pairs)}"
        headers = tuple((name, self._fill(value)) for name, value in template["headers"])
        return Request(template["method"], target, headers, self._body(template))

    def keep_values(self, number: int, exchange: Exchange) -> None:
        """Store the values that later requests take from this answer."""
        for name, source in self._sources.items():
            source_value = source["from"]
            if source_value["exchange"] == number:
                value = _at_pointer(exchange.json, source_value["pointer"])
                if isinstance(value, str):
                    self._values[name] = value
                    self._learn(exchange, value)

    def _body(self, template: Mapping[str, Any]) -> bytes:
        if "raw" in template:
            return self._fill(template["raw"]).encode("latin-1", "replace")
        return orjson.dumps(self._node(template["json"])) if "json" in template else b""

    def _node(self, node: Any) -> Any:
        if isinstance(node, str):
            return self._fill(node)
        if isinstance(node, dict):
            return {name: self._node(value) for name, value in node.items()}
        return [self._node(value) for value in node] if isinstance(node, list) else node

    def _fill(self, text: str) -> str:
        text_with_values = _PLACEHOLDER.sub(lambda match: self._value(match[1]), text)
        if text.startswith("{{webhook_url}}/"):
            self._learn(None, text_with_values)
        return text_with_values

    def _value(self, name: str) -> str:
        long_text = _LONG.fullmatch(name)
        if long_text is not None:
            return long_text[1] * min(int(long_text[2]), 64 * 2**20)
        if name not in self._values:
            source = self._sources.get(name, {"from": {"exchange": "?", "pointer": name}})["from"]
            raise _MissingValue(
                f"the answer to request {source['exchange']} gives no {source['pointer']} any more"
            )
        return self._values[name]


def _at_pointer(document: Any, pointer: str) -> Any:
    """The value at a JSON pointer; None when there is none."""
    for part in pointer.split("/")[1:]:
        step = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and step.isdigit() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return document


def _option(name: str) -> str:
    if name.startswith("recipient_"):
        number = name.rpartition("_")[2]
        return f"{number} of --recipient" if number != "1" else "--recipient"
    return _OPTIONS.get(name, name)


def _is_complete(document: Mapping[str, Any]) -> bool:
    """Whether every part that a replay reads is there and of its type."""
    types = {"probe": str, "seed": int, "judged_by": str, "fault": dict, "needs": list,
             "connected": bool, "values": dict, "exchanges": list, "rerun": str}  # fmt: skip
    if not all(isinstance(document.get(name), kind) for name, kind in types.items()):
        return False
    if not all(isinstance(document["fault"].get(name), str)
               for name in ("kind", "operation", "message", "rule")):  # fmt: skip
        return False
    sources = document["values"].values()
    if not all(isinstance(each, dict) and isinstance(each.get("from"), dict) for each in sources):
        return False
    if not all({"exchange", "pointer"} <= each["from"].keys() for each in sources):
        return False
    has_requests = document["judged_by"] == "probe" or document["exchanges"]
    return bool(has_requests) and all(_is_request(each) for each in document["exchanges"])


def _is_request(template: Any) -> bool:
    return (
        isinstance(template, dict)
        and isinstance(template.get("method"), str)
        and _are_strings(template.get("path"))
        and all(isinstance(template.get(name), list) for name in ("query", "headers"))
        and all(_are_strings(pair) and len(pair) == 2
                for name in ("query", "headers") for pair in template[name])
        and isinstance(template.get("raw", ""), str)
    )  # fmt: skip


def _are_strings(node: Any) -> bool:
    return isinstance(node, list) and all(isinstance(each, str) for each in node)
