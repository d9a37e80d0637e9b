"""Takes everything private out of a run before it is shown or written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

import orjson
from megaapi_mock.spec.operations import JSON

from ..judging.contract import Contract
from ..judging.differences import difference
from ..judging.results import Breach, Exchange, OperationCoverage, Report, Result, Webhook
from .placeholders import Placeholders, Private
from .public_headers import PUBLIC_HEADERS, media_type_of, split_value
from .sentences import Sentences
from .token_owners import Credentials, Owners
from .vocabulary import Vocabulary

MAX_DEPTH = 60
METHODS = frozenset("GET POST PUT PATCH DELETE HEAD OPTIONS TRACE QUERY CONNECT".split())
# What stands there was written by a person, even when it reads like a word of the protocol.
WRITTEN_BY_PEOPLE = frozenset(
    name.lower()
    for name in "text caption conversation pushName verifiedBizName verifiedName subject title "
    "description displayName displayText buttonText footer footerText fileName vcard notify "
    "contentText group_name groupName selectedDisplayText hydratedTitleText address "
    "hydratedContentText hydratedFooterText rowId selectedRowId selectedId optionName body".split()
)
_SECRET_OPTIONS = frozenset(
    "token control-token instance-key key recipient recipients own-number instance-number "
    "peer-number".split()
)

KEY = "{instance_key}"
Pairs = tuple[tuple[str, str], ...]


class Redaction:
    """Turns a report into one without anything private. One of them serves one report.

    Denies by default: of the texts in bodies, paths, queries and headers only those stay that are
    fixed values of the contract; the rest become placeholders like `<text 12>`, the same value
    always the same one. The host's name stays: it says what was tested.
    """

    def __init__(
        self,
        contract: Contract,
        private: Private | None = None,
        *,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        self.vocabulary = vocabulary or Vocabulary(contract)
        self.private = private or Private()
        self.placeholders = Placeholders(self.private)
        self.contract = contract
        self._owners = Owners(self.private)
        self._sentences = Sentences(self.vocabulary, self.placeholders)
        self._exchanges: dict[int, tuple[Exchange, Exchange]] = {}
        # With the original, so that its id() stays in use meanwhile.
        self._breaches: dict[int, tuple[Breach, Breach]] = {}
        self._reasons: dict[str, str] = {}
        self._bodies: dict[tuple[str, bytes], bytes] = {}
        self._origins: tuple[str, ...] = ("http://mock",)
        self._keys = [operation.path.split("/") for operation in contract.operations]

    # -- the whole ---------------------------------------------------------------------------

    def report(self, report: Report) -> Report:
        """The report of the same run without anything private."""
        if "://" in report.target:
            self._origins = (report.target, "http://mock")
        # Exchanges first: what they hold is looked for in sentences afterwards.
        exchanges = [self.exchange(each) for each in report.exchanges]
        webhooks = [self.webhook(each) for each in report.webhooks]
        for result in report.results:
            for breach in result.breaches:
                self._evidence(breach)
        return replace(
            report,
            target=report.target
            if report.target in self._origins
            else self.sentence(report.target),
            options={name: self.option(name, text) for name, text in report.options.items()},
            results=[self._result(each) for each in report.results],
            coverage={name: self._coverage(each) for name, each in report.coverage.items()},
            exchanges=exchanges,
            webhooks=webhooks,
            unusable=self.sentence(report.unusable),
            webhooks_missing=self.sentence(report.webhooks_missing),
        )

    def exchange(self, exchange: Exchange) -> Exchange:
        """An exchange without private values; numbers, status and times stay."""
        pair = self._exchanges.get(exchange.number)
        if pair is None or pair[0] is not exchange:
            pair = self._exchanges[exchange.number] = exchange, self._exchange(exchange)
        return pair[1]

    def _exchange(self, exchange: Exchange) -> Exchange:
        # Bodies first: what they hold is looked for in the sentence of X-Mock-Reason.
        body = self.body(exchange.body, media_type_of(exchange.headers))
        request_body = self.body(
            exchange.request_body, media_type_of(exchange.request_headers) or JSON
        )
        key = self.instance_key_of(exchange)
        self._owners.learn(key, exchange)
        return replace(
            exchange,
            method=exchange.method if exchange.method in METHODS else "<method>",
            url=self.url(exchange.url),
            request_headers=self.headers(exchange.request_headers, key),
            request_body=request_body,
            headers=self.headers(exchange.headers),
            body=body,
        )

    def webhook(self, webhook: Webhook) -> Webhook:
        """A webhook without private values."""
        is_public_name = webhook.event is None or webhook.event in self.contract.events
        return replace(
            webhook,
            body=self.body(webhook.body, JSON),
            headers=self.headers(webhook.headers),
            event=webhook.event if is_public_name else "<event>",
        )

    def breach(self, breach: Breach) -> Breach:
        """A breach with its exchange and webhook, without private values; results are cached."""
        pair = self._breaches.get(id(breach))
        if pair is None:
            pair = self._breaches[id(breach)] = breach, self._redact_breach(breach)
        return pair[1]

    def _redact_breach(self, breach: Breach) -> Breach:
        exchange, webhook = self._evidence(breach)
        expected, actual = difference(breach, self.contract)
        return replace(
            breach,
            operation=self._operation(breach.operation),
            message=self.sentence(breach.message),
            rule=self.sentence(breach.rule),
            expected=self.sentence(expected),
            got=self.sentence(actual),
            exchange=exchange,
            webhook=webhook,
        )

    # -- the parts ---------------------------------------------------------------------------

    def sentence(self, text: str) -> str:
        """A sentence of the suite, the host or a library, without private words."""
        for origin in self._origins:
            head, separator, tail = text.partition(origin)
            if separator and (not tail or tail[0] in " :,;)"):
                return self._sentences.clean(head) + separator + self._sentences.clean(tail)
        return self._sentences.clean(text)

    def option(self, name: str, text: str) -> str:
        """The value of a command line option, without private values."""
        if text in self._origins or (text.isdigit() and len(text) < 4):
            return text
        if name.lstrip("-").replace("_", "-") in _SECRET_OPTIONS:
            return ", ".join(self.placeholders.text(each) for each in re.split(r"[,\s]+", text))
        return self.sentence(text)

    def url(self, url: str) -> str:
        """A URL with its host, and the parts of path and query that the contract declares."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._origins:
            origin = "<other host>"
        path, _, query = url.partition("#")[0][len(f"{parts.scheme}://{parts.netloc}") :].partition(
            "?"
        )
        steps = self._steps(path.split("/"))
        redacted_query = (
            "&".join(self._query_pair(each) for each in query.split("&")) if query else ""
        )
        return origin + "/".join(steps) + (f"?{redacted_query}" if redacted_query else "")

    def headers(self, headers: Iterable[tuple[str, str]], key: str = "") -> Pairs:
        """Names and values of standard headers stay, where the values are public.

        `key` is that of the instance they were sent to: another one's token is told from its own.
        """
        return tuple(self._header(name, value, key) for name, value in headers)

    def instance_key_of(self, exchange: Exchange) -> str:
        """The key of the instance a request is about; nothing for unknown routes."""
        parts = urlsplit(exchange.url)
        route = self.contract.route(exchange.method, parts.path, parts.query)
        return unquote(route[1]) if route else ""

    def is_instance(self, key: str) -> bool:
        """Whether the run was given, or made, the instance of that key."""
        return self._owners.knows(key)

    def credentials(self, exchange: Exchange, value: str) -> Credentials:
        """Whose token the Authorization header of a request holds."""
        return self._owners.credentials_of(self.instance_key_of(exchange), value)

    def body(self, body: bytes, media_type: str) -> bytes:
        """A body without private values: JSON stays JSON, others become type and length."""
        if not body:
            return body
        public_body = self._bodies.get((media_type, body))
        if public_body is None:
            public_body = self._bodies[media_type, body] = self._body(body, media_type)
        return public_body

    def document(self, document: Any) -> Any:
        """A JSON document without private values."""
        return self._node("", document, 0)

    def forget_documents(self) -> None:
        """Keep the placeholders and nothing else: for who redacts one exchange after the other."""
        for memory in (self._exchanges, self._breaches, self._reasons, self._bodies):
            memory.clear()

    def adopt(self, key: str, token: str) -> None:
        """Take an instance that was not given, with the token that its host accepts."""
        self._owners.adopt(key, token)

    # -- leaves ------------------------------------------------------------------------------

    def _body(self, body: bytes, media_type: str) -> bytes:
        try:
            return orjson.dumps(self.document(orjson.loads(body)))
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):
            text = body.decode("utf-8", "replace").strip()
            if text in self.vocabulary.values and not self.placeholders.secret(text):
                return text.encode()
            kind = media_type if media_type in self.vocabulary.values else "body"
            name = self.placeholders.make(kind, body.decode("latin-1"))
            return f"{name[:-1]}, {len(body)} bytes>".encode()

    def _node(self, name: str, node: Any, depth: int) -> Any:
        if isinstance(node, str):
            return self.text_value(name, node)
        if depth > MAX_DEPTH:
            return "<deeper>"
        if isinstance(node, dict):
            return {
                self._name(key): self._node(key, value, depth + 1) for key, value in node.items()
            }
        if isinstance(node, list):
            return [self._node(name, value, depth + 1) for value in node]
        number = type(node) in (int, float)
        if number and self.placeholders.secret(repr(node)):
            return self.placeholders.secret(repr(node))
        if isinstance(node, float) or (type(node) is int and abs(node) >= 10**6):
            return self.placeholders.numeral(node)
        return node

    def text_value(self, name: str, text: str) -> str:
        """The string value of a member, or its placeholder."""
        public = text in self.vocabulary.values and name.lower() not in WRITTEN_BY_PEOPLE
        if not text or (public and not self.placeholders.secret(text)):
            return text
        return self.placeholders.text(text, name)

    def _name(self, name: str) -> str:
        public = name in self.vocabulary.names and not self.placeholders.secret(name)
        if public or not name:
            return name
        return self.placeholders.make("name", name)

    def _steps(self, steps: list[str]) -> Iterator[str]:
        plain = [unquote_plus(step) for step in steps]
        template = next(
            (template_steps for template_steps in self._keys if _fits(template_steps, plain)), None
        )
        for number, step in enumerate(plain):
            public = step in self.vocabulary.steps or step in self.vocabulary.values
            if not step or (public and not self.placeholders.secret(step)):
                yield step
            else:
                name = "instance_key" if template and template[number] == KEY else "step"
                yield self.placeholders.text(step, name)

    def _query_pair(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        name = unquote_plus(name)
        return self._name(name) + equals + self.text_value(name, unquote_plus(value))

    def _header(self, name: str, value: str, key: str) -> tuple[str, str]:
        lower = name.lower()
        if lower not in PUBLIC_HEADERS or self.placeholders.secret(name):
            name = self.placeholders.make("header", name)
        return name, self._header_value(lower, value, key)

    def _header_value(self, name: str, value: str, key: str) -> str:
        if not value:
            return value
        if name == "authorization":
            return self._credentials(self._owners.credentials_of(key, value))
        if name in ("cookie", "set-cookie"):
            return self.placeholders.make("cookie", value)
        if name == "x-mock-reason":
            if value not in self._reasons:
                self._reasons[value] = self.sentence(value)
            return self._reasons[value]
        public, private = split_value(name, value, self.vocabulary)
        if self.placeholders.secret(value) or self.placeholders.secret(public.rstrip("; ")):
            public, private = "", value
        return public + (self.placeholders.text(private, name) if private else "")

    def _credentials(self, credentials: Credentials) -> str:
        if credentials.owner in ("none", "wrong"):
            return credentials.scheme + credentials.token
        if credentials.scheme != "Bearer " and credentials.owner == "nobody's":
            return self.placeholders.make("credentials", credentials.scheme + credentials.token)
        token = self.text_value("token", credentials.token)
        return credentials.scheme + (
            token if credentials.owner == "own" else f"{token[:-1]}, not its own>"
        )

    # -- the rest of a report ----------------------------------------------------------------

    def _evidence(self, breach: Breach) -> tuple[Exchange | None, Webhook | None]:
        return (
            self.exchange(breach.exchange) if breach.exchange else None,
            self.webhook(breach.webhook) if breach.webhook else None,
        )

    def _operation(self, name: str) -> str:
        is_public_name = name in self.contract.by_id or name in self.contract.events
        return name if is_public_name else self.sentence(name)

    def _result(self, result: Result) -> Result:
        return replace(
            result,
            reason=self.sentence(result.reason),
            breaches=tuple(self.breach(breach) for breach in result.breaches),
        )

    def _coverage(self, operation: OperationCoverage) -> OperationCoverage:
        return replace(operation, why_not=self.sentence(operation.why_not))


def _fits(template: list[str], steps: list[str]) -> bool:
    return len(template) == len(steps) and all(
        fixed_step in (KEY, step) for fixed_step, step in zip(template, steps, strict=True)
    )
