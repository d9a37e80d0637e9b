"""Holds each exchange and each webhook to the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from megaapi_mock.codec import ANSWER_PARTS, TooDeep, Unreadable, parse_json
from megaapi_mock.spec.operations import JSON
from megaapi_mock.spec.recognise import RecognisedEvent

from ..errors import CallCut, Unusable
from .additions import widen
from .contract import Contract
from .contract_fields import ContractFields
from .differences import nearest
from .results import Breach, Exchange, Promise, Webhook, json_problem

MAX_MESSAGE = 200
# A proxy's, or those a CDN has made up, for a host that it cannot reach.
_GATEWAY_ERRORS = (502, 503, 504, *range(520, 531))
# Those of a moment: the next call may get through.
PASSING_ERRORS = frozenset({502, 503, 504})
MAX_PER_BODY = 5

# What a mock answers in a way of its own, with the list of what is wrong.
STRICT_REFUSAL = 422
# A proxy has limits of its own, and its own page to say so.
TOO_LARGE = 413
MOCK_MARK, MOCK_REASON = "X-Mock-Exchange", "X-Mock-Reason"

# Kind, sentence, the promise behind it, and the rule without the values.
RuleBreach = tuple[str, str, Promise, str]


class Judge:
    """`mock` turns on what only the mock promises: a reason beside every 500.

    That is promised where the mock's headers come through: a proxy may take them all away, or
    those of failures, which it answers in words of its own.
    """

    def __init__(self, contract: Contract, *, mock: bool) -> None:
        self._contract, self._mock = contract, mock
        self._marks_seen = False
        self._fields = ContractFields(contract)

    def exchange(self, exchange: Exchange, probe: str) -> list[Breach]:
        """The breaches of an exchange: promises of its operation it breaks, and what it adds."""
        is_failure = exchange.status == 500
        self._marks_seen = self._marks_seen or (is_failure and bool(exchange.header(MOCK_MARK)))
        if exchange.operation is None or exchange.method in ("HEAD", "OPTIONS"):
            return []
        return [
            Breach(
                probe, kind, exchange.operation, message[:MAX_MESSAGE], promise, exchange, rule=rule
            )
            for kind, message, promise, rule in self._rule_breaches(exchange)
        ]

    def require_gateway(self, exchange: Exchange) -> None:
        """Unusable when something else answers in the host's place: a CDN, a strict mock."""
        host = urlsplit(exchange.url)
        if _is_strict_refusal(exchange):
            raise Unusable(
                f"{host.scheme}://{host.netloc} is a mock with --strict, which answers 422 in the "
                "place of what the gateway answers: start it without"
            )
        if self._mock:
            return
        location = exchange.header("Location")
        redirect = urlsplit(urljoin(exchange.url, location))
        if 300 <= exchange.status < 400 and location and redirect[:2] != host[:2]:
            raise Unusable(
                f"{host.scheme}://{host.netloc} redirects to {location}: no redirect is followed"
            )
        if exchange.status in _GATEWAY_ERRORS and exchange.json is None:
            is_passing = exchange.status in PASSING_ERRORS
            raise (CallCut if is_passing else Unusable)(
                f"{self._unexpected_type(exchange)}: what stands before it cannot reach it"
            )

    def is_doubtful(self, exchange: Exchange) -> bool:
        """Whether an HTML page came where none is promised: it may be that of a proxy."""
        if self._mock or _media_type(exchange) != "text/html":
            return False
        operation = self._contract.by_id.get(str(exchange.operation))
        response = self._contract.response(operation, exchange.status) if operation else None
        return "text/html" not in (response or {}).get("content", {})

    def require_json_status(self, is_doubtful: Exchange, status: Exchange) -> None:
        """Unusable when the status call sent as a check is not answered with JSON either."""
        if status.json is None:
            raise Unusable(
                f"{self._unexpected_type(is_doubtful)}, also to a status call: is it still up?"
            )

    def _unexpected_type(self, exchange: Exchange) -> str:
        host = urlsplit(exchange.url)
        kind = _media_type(exchange) or "no content type"
        return (
            f"{host.scheme}://{host.netloc} answers {exchange.status} with {kind} "
            "where a gateway answers JSON"
        )

    def webhook(self, webhook: Webhook, probe: str) -> list[Breach]:
        """The breaches of a webhook: where it fits no event of the contract, and what it adds."""
        recognition = self._contract.recogniser.recognise(webhook.json)
        new_fields = list(self._new_fields_of_webhook(webhook, recognition, probe))
        if recognition.fits:
            return new_fields
        addition = self._addition_of(webhook, recognition)
        if addition:
            promise = Promise("inferred", "openapi.yaml")
            breach = Breach(probe, "addition", "", addition, promise, None, webhook, rule=addition)
            return [breach, *new_fields]
        return [*self._misfits_of_webhook(webhook, recognition, probe), *new_fields]

    def _misfits_of_webhook(
        self, webhook: Webhook, recognition: RecognisedEvent, probe: str
    ) -> list[Breach]:
        name = recognition.event.name if recognition.event else "unknown event"
        unknown = Promise("vendor-doc", "openapi.yaml", ())
        return [
            Breach(
                probe,
                "webhook",
                name,
                str(misfit)[:MAX_MESSAGE],
                self._contract.misfit_promise(name, misfit) if recognition.event else unknown,
                None,
                webhook,
                rule=misfit.field,
            )
            for misfit in islice(recognition.misfits, MAX_PER_BODY)
        ]

    def _new_fields_of_webhook(
        self, webhook: Webhook, recognition: RecognisedEvent, probe: str
    ) -> Iterator[Breach]:
        if recognition.event is None:
            return
        name = recognition.event.name
        promise = self._contract.event_promise(name)
        new_paths = self._fields.new_in_webhook(name, webhook.json)
        for sentence in map(_new_field, islice(new_paths, MAX_PER_BODY)):
            yield Breach(probe, "addition", "", sentence, promise, None, webhook, rule=sentence)

    def _addition_of(self, webhook: Webhook, recognition: RecognisedEvent) -> str:
        """What a webhook adds to the contract; empty when it breaks the contract."""
        payload = webhook.json
        kind = payload.get("messageType") if isinstance(payload, dict) else None
        if (
            isinstance(kind, str)
            and kind
            and recognition.event is None
            and "instance_key" in payload
        ):
            return f"an event the contract does not have: messageType {kind}"
        if recognition.event is None or not self._contract.wide_recogniser.recognise(payload).fits:
            return ""
        return f"{recognition.event.name}: {recognition.misfits[0]}"

    def _rule_breaches(self, exchange: Exchange) -> Iterator[RuleBreach]:
        operation = self._contract.by_id[str(exchange.operation)]
        promise = self._contract.promise(operation.id, exchange.status)
        without_reason = exchange.status == 500 and not exchange.header(MOCK_REASON)
        if self._mock and self._marks_seen and without_reason:
            sentence = "a 500 without X-Mock-Reason"
            yield "bare-500", sentence, Promise("observed", promise.file), ""
        response = self._contract.response(operation, exchange.status)
        if response is None:
            if exchange.status == STRICT_REFUSAL and self._mock:
                return
            yield "status", f"{exchange.status} is not promised", promise, ""
            return
        contents: Mapping[str, Any] = response.get("content", {})
        if not exchange.body:
            if contents and not response.get("x-may-be-empty"):
                yield "schema", f"{exchange.status}: the body is empty", promise, ""
            return
        media_type = _media_type(exchange)
        if media_type not in contents:
            if contents and exchange.status == TOO_LARGE:
                sentence = f"{TOO_LARGE} comes as {media_type or 'no type'}: a proxy's own limit"
                yield "addition", sentence, promise, sentence
            elif contents:
                yield "content-type", f"{exchange.status}: {media_type or 'none'}", promise, ""
            return
        if media_type == JSON:
            yield from self._misfits(exchange, contents[media_type].get("schema"), promise)
            yield from self._new_fields(exchange, promise)

    def _new_fields(self, exchange: Exchange, promise: Promise) -> Iterator[RuleBreach]:
        """The fields of a success that the contract leaves room for, and does not have."""
        if not exchange.ok:
            # Those of errors are closed: what is more in them is a misfit of their schema.
            return
        new_paths = self._fields.new_in_answer(
            str(exchange.operation), exchange.status, exchange.json
        )
        for sentence in map(_new_field, islice(new_paths, MAX_PER_BODY)):
            yield "addition", sentence, promise, sentence

    def _misfits(
        self, exchange: Exchange, schema: Mapping[str, Any] | None, promise: Promise
    ) -> Iterator[RuleBreach]:
        validator = self._contract.compiler.compile(schema)
        if validator is None or schema is None:
            return
        try:
            document = parse_json(exchange.body, parts=ANSWER_PARTS)
        except Unreadable as refusal:
            problem = json_problem(exchange.body) or "the body is not JSON"
            sentence = str(refusal) if isinstance(refusal, TooDeep) else problem
            yield "schema", f"{exchange.status}: {sentence}", promise, ""
            return
        if validator.is_valid(document):
            return
        wide = self._contract.wide.compile(widen(schema))
        if wide.is_valid(document):
            yield from self._additions(exchange, validator.iter_errors(document), promise)
            return
        for error in _without_consequences(islice(wide.iter_errors(document), MAX_PER_BODY)):
            promise_of_rule = self._contract.nearest_promise(schema, error.evaluation_path, promise)
            # Of several shapes the nearest is named, not the whole document that fits none.
            inner = nearest(error)
            path = "/".join(map(str, inner.instance_path)) or "body"
            rule = f"{exchange.status}: {path}: {_keyword(inner.evaluation_path)}"
            yield "schema", f"{exchange.status}: {path}: {inner.message}", promise_of_rule, rule

    def _additions(
        self, exchange: Exchange, errors: Iterator[Any], promise: Promise
    ) -> Iterator[RuleBreach]:
        """What an answer adds to the contract, with a rule that is the same in every answer."""
        for error in islice(errors, MAX_PER_BODY):
            path = "/".join(map(str, error.instance_path)) or "body"
            keyword = error.evaluation_path[-1] if error.evaluation_path else ""
            if keyword in ("additionalProperties", "enum"):
                sentence = f"{path}: {error.message}"
            else:
                sentence = f"{exchange.operation} {exchange.status}: {path}: another form"
            yield "addition", sentence, promise, sentence


def _without_consequences(errors: Iterable[Any]) -> Iterator[Any]:
    """One error for a value of a wrong type, which is not a fixed value either."""
    all_errors = list(errors)
    of_wrong_type = {
        tuple(error.instance_path) for error in all_errors if error.kind.name == "type"
    }
    for error in all_errors:
        is_fixed = error.kind.name in ("const", "enum")
        if not is_fixed or tuple(error.instance_path) not in of_wrong_type:
            yield error


def _is_strict_refusal(exchange: Exchange) -> bool:
    """Whether a mock says that it refuses more, and otherwise, than the gateway does."""
    if exchange.status != STRICT_REFUSAL or not exchange.header(MOCK_MARK):
        return False
    document = exchange.json
    return isinstance(document, dict) and isinstance(document.get("violations"), list)


def _new_field(path: str) -> str:
    return f"{path}: a field that the contract does not have"


def _media_type(exchange: Exchange) -> str:
    return exchange.header("Content-Type").partition(";")[0].strip().lower()


def _keyword(path: list[str | int]) -> str:
    return "/".join(str(step) for step in path if step != "$ref")
