"""Each exchange and each webhook held to the contract, whoever caused it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from megaapi_mock.spec.parsing import TooDeep, Unreadable, parse_json
from megaapi_mock.spec.recognise import Recognised

from ..errors import Unusable
from .additions import widened
from .contract import JSON, Contract
from .differences import nearest
from .results import Broken, Exchange, Promise, Webhook

SAID_MOST = 200
# A proxy's, or those a CDN has made up, for a host that it cannot reach.
_NOT_REACHED = (502, 503, 504, *range(520, 531))
PER_BODY = 5

# A proxy has limits of its own, and its own page to say so.
_LIMITED = 413
MOCK_MARK, MOCK_REASON = "X-Mock-Exchange", "X-Mock-Reason"

# Kind, sentence, what vouches for it, and the rule without the values.
Found = tuple[str, str, Promise, str]


class Judge:
    """`mock` turns on what only the mock promises: a reason beside every 500.

    That is promised where the mock's headers come through: a proxy may take them all away.
    """

    def __init__(self, contract: Contract, *, mock: bool) -> None:
        self._contract, self._mock = contract, mock
        self._marked = False

    def exchange(self, exchange: Exchange, probe: str) -> list[Broken]:
        """Every promise of its operation that an exchange breaks, and what it adds to them."""
        self._marked = self._marked or bool(exchange.header(MOCK_MARK))
        if exchange.operation is None or exchange.method in ("HEAD", "OPTIONS"):
            return []
        return [
            Broken(
                probe, kind, exchange.operation, message[:SAID_MOST], promise, exchange, rule=rule
            )
            for kind, message, promise, rule in self._found(exchange)
        ]

    def require_gateway(self, exchange: Exchange) -> None:
        """Unusable when somebody else answers in a host's place: a CDN's page, a redirect."""
        if self._mock:
            return
        host = urlsplit(exchange.url)
        location = exchange.header("Location")
        where = urlsplit(urljoin(exchange.url, location))
        if 300 <= exchange.status < 400 and location and where[:2] != host[:2]:
            raise Unusable(
                f"{host.scheme}://{host.netloc} redirects to {location}: no redirect is followed"
            )
        if exchange.status in _NOT_REACHED and exchange.json is None:
            raise Unusable(f"{self._strange(exchange)}: what stands before it cannot reach it")

    def doubtful(self, exchange: Exchange) -> bool:
        """Whether a page came where none is promised: a gateway's own, or somebody else's?"""
        if self._mock or _media_type(exchange) != "text/html":
            return False
        operation = self._contract.by_id.get(str(exchange.operation))
        response = self._contract.response(operation, exchange.status) if operation else None
        return "text/html" not in (response or {}).get("content", {})

    def require_same(self, doubtful: Exchange, status: Exchange) -> None:
        """Unusable when a status call, asked for to be sure, gets no JSON either."""
        if status.json is None:
            raise Unusable(f"{self._strange(doubtful)}, also to a status call: is it still up?")

    def _strange(self, exchange: Exchange) -> str:
        host = urlsplit(exchange.url)
        kind = _media_type(exchange) or "no content type"
        return (
            f"{host.scheme}://{host.netloc} answers {exchange.status} with {kind} "
            "where a gateway answers JSON"
        )

    def webhook(self, webhook: Webhook, probe: str) -> list[Broken]:
        """Where a webhook fits no event of the contract."""
        found = self._contract.recogniser.recognise(webhook.json)
        if found.fits:
            return []
        new = self._new_of(webhook, found)
        if new:
            promise = Promise("inferred", "openapi.yaml")
            return [Broken(probe, "addition", "", new, promise, None, webhook, rule=new)]
        name = found.event.name if found.event else "unknown event"
        promise = (
            self._contract.event_promise(name)
            if found.event
            else Promise("vendor-doc", "openapi.yaml", ())
        )
        return [
            Broken(
                probe,
                "webhook",
                name,
                str(misfit)[:SAID_MOST],
                promise,
                None,
                webhook,
                rule=misfit.field,
            )
            for misfit in islice(found.misfits, PER_BODY)
        ]

    def _new_of(self, webhook: Webhook, found: Recognised) -> str:
        """What a webhook adds to the contract; empty where it is one gone wrong."""
        payload = webhook.json
        kind = payload.get("messageType") if isinstance(payload, dict) else None
        if isinstance(kind, str) and kind and found.event is None and "instance_key" in payload:
            return f"an event the contract does not have: messageType {kind}"
        if found.event is None or not self._contract.wide_recogniser.recognise(payload).fits:
            return ""
        return f"{found.event.name}: {found.misfits[0]}"

    def _found(self, exchange: Exchange) -> Iterator[Found]:
        operation = self._contract.by_id[str(exchange.operation)]
        promise = self._contract.promise(operation.id, exchange.status)
        bare = exchange.status == 500 and not exchange.header(MOCK_REASON)
        if self._mock and self._marked and bare:
            said = "a 500 without X-Mock-Reason"
            yield "bare-500", said, Promise("observed", promise.file), ""
        response = self._contract.response(operation, exchange.status)
        if response is None:
            if exchange.status == 422 and self._mock:
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
            if contents and exchange.status == _LIMITED:
                said = f"{_LIMITED} comes as {media_type or 'no type'}: a proxy's own limit"
                yield "addition", said, promise, said
            elif contents:
                yield "content-type", f"{exchange.status}: {media_type or 'none'}", promise, ""
            return
        if media_type == JSON:
            yield from self._misfits(exchange, contents[media_type].get("schema"), promise)

    def _misfits(
        self, exchange: Exchange, schema: Mapping[str, Any] | None, promise: Promise
    ) -> Iterator[Found]:
        validator = self._contract.compiler.compile(schema)
        if validator is None or schema is None:
            return
        try:
            document = parse_json(exchange.body)
        except Unreadable as refusal:
            said = str(refusal) if isinstance(refusal, TooDeep) else "the body is not JSON"
            yield "schema", f"{exchange.status}: {said}", promise, ""
            return
        if validator.is_valid(document):
            return
        wide = self._contract.wide.compile(widened(schema))
        if wide.is_valid(document):
            yield from self._added(exchange, validator.iter_errors(document), promise)
            return
        for error in islice(wide.iter_errors(document), PER_BODY):
            graded = self._contract.along(schema, error.evaluation_path, promise)
            # Of several shapes the nearest is named, not the whole document that fits none.
            inner = nearest(error)
            where = "/".join(map(str, inner.instance_path)) or "body"
            rule = f"{exchange.status}: {where}: {_keyword(inner.evaluation_path)}"
            yield "schema", f"{exchange.status}: {where}: {inner.message}", graded, rule

    def _added(
        self, exchange: Exchange, errors: Iterator[Any], promise: Promise
    ) -> Iterator[Found]:
        """What an answer has beyond the contract, the same in every answer once."""
        for error in islice(errors, PER_BODY):
            where = "/".join(map(str, error.instance_path)) or "body"
            keyword = error.evaluation_path[-1] if error.evaluation_path else ""
            if keyword in ("additionalProperties", "enum"):
                said = f"{where}: {error.message}"
            else:
                said = f"{exchange.operation} {exchange.status}: {where}: another form"
            yield "addition", said, promise, said


def _media_type(exchange: Exchange) -> str:
    return exchange.header("Content-Type").partition(";")[0].strip().lower()


def _keyword(path: list[str | int]) -> str:
    return "/".join(str(step) for step in path if step != "$ref")
