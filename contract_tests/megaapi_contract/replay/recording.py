"""Records the requests that led to a fault, with placeholders for values and masked texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson
from megaapi_mock.spec.operations import Operation

from .. import __version__
from ..judging.results import Breach, Exchange, Report
from ..judging.values import jid_of
from ..redaction.placeholders import JID, Private, digits
from ..redaction.redaction import Redaction
from ..redaction.token_owners import Credentials, new_token
from ..safety.fence import UNKNOWN_KEY, leads_nowhere
from .command_lines import probe_line

FORMAT, VERSION = "megaapi-contract replay", 1
# Kinds the judge finds in one answer; the others need their probe again.
JUDGED = frozenset({"status", "content-type", "schema", "bare-500", "addition"})
# A group that does not exist, in place of a group that no answer named.
NO_GROUP = "120363000000000099@g.us"
MAX_EXCHANGES, LONGEST_TEXT, SHORTEST_VALUE = 60, 2000, 6
_BASE64 = re.compile(r"[A-Za-z0-9+/=]+")


def record(report: Report, breach: Breach, clean: Breach, redaction: Redaction) -> dict[str, Any]:
    """The document of one fault; `clean` is the fault without what is private."""
    exchanges = _exchanges_leading_to(report, breach, redaction)
    template = _RequestTemplate(redaction, redaction.private, exchanges)
    templates = template.exchanges()
    return {
        "format": FORMAT,
        "version": VERSION,
        "suite": __version__,
        "target": redaction.option("target", report.target),
        "seed": report.seed,
        "probe": breach.probe,
        "judged_by": "answer" if breach.kind in JUDGED and templates else "probe",
        "fault": {
            "kind": clean.kind,
            "operation": clean.operation,
            "message": clean.message,
            "rule": clean.rule,
            "promise": {
                "file": clean.promise.file,
                "grade": clean.promise.grade,
                "sources": list(clean.promise.sources),
            },
        },
        "needs": sorted(template.needs),
        "connected": not any("not logged in" in _text(each) for each in exchanges),
        "values": template.values,
        "exchanges": templates,
        "rerun": probe_line(report, breach),
    }


def _exchanges_leading_to(report: Report, breach: Breach, redaction: Redaction) -> list[Exchange]:
    """Earlier exchanges of the probe about the same instance, and the one that broke a promise."""
    last = breach.exchange
    if last is None:
        return []
    result = next((each for each in report.results if each.probe == breach.probe), None)
    first = result.first if result else 0
    key = redaction.instance_key_of(last)
    earlier = [
        each
        for each in report.exchanges
        if first <= each.number < last.number and each.ok and redaction.instance_key_of(each) == key
    ]
    return [*earlier[-(MAX_EXCHANGES - 1) :], last]


def _text(exchange: Exchange) -> str:
    return exchange.body[:500].decode("utf-8", "replace") if exchange.status == 403 else ""


@dataclass
class _RequestTemplate:
    """Turns requests into templates; `needs` are the values that a replay must be given."""

    redaction: Redaction
    private: Private
    exchanges_to_record: Sequence[Exchange]
    needs: set[str] = field(default_factory=set)
    values: dict[str, Any] = field(default_factory=dict)
    _answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _people: dict[str, str] = field(default_factory=dict)
    _names_of_given_values: dict[str, str] = field(default_factory=dict)
    # Tokens that recorded requests have set: a replay sets made-up ones in their place.
    _set_tokens: set[str] = field(default_factory=set)

    def exchanges(self) -> list[dict[str, Any]]:
        """The recorded requests, in order."""
        for number, recipient in enumerate(self.private.recipients, 1):
            self._people[digits(recipient)] = f"recipient_{number}"
        if self.private.own:
            self._people[digits(self.private.own)] = "own_number"
        self._names_of_given_values = self._instance_values()
        requests = []
        for number, exchange in enumerate(self.exchanges_to_record, 1):
            requests.append(self._request(exchange))
            self._set_tokens |= {new_token(exchange)} - self._names_of_given_values.keys()
            for pointer, value in _leaves("", exchange.json, self._is_public_name):
                if len(value) >= SHORTEST_VALUE and value not in self.redaction.vocabulary.values:
                    self._answers.setdefault(value, (number, pointer))
        return self._without_unused_reads(requests)

    def _instance_values(self) -> dict[str, str]:
        """Key and token of the instance the requests are about, with the names of their places."""
        key = (
            self.redaction.instance_key_of(self.exchanges_to_record[-1])
            if self.exchanges_to_record
            else ""
        )
        names = {key: "instance_key"} if self.redaction.is_instance(key) else {}
        if key in self.private.tokens:
            names[self.private.tokens[key]] = "token"
        return {**names, self.private.key: "instance_key", self.private.token: "token"}

    def _without_unused_reads(self, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The requests without earlier reads that no later request takes a value from."""
        by_id = self.redaction.contract.by_id
        used_exchanges = {source["from"]["exchange"] for source in self.values.values()}
        kept_numbers = [
            number
            for number, each in enumerate(requests, 1)
            if number == len(requests)
            or number in used_exchanges
            or _has_effect(by_id.get(each["operation"]))
        ]
        for source in self.values.values():
            source["from"]["exchange"] = kept_numbers.index(source["from"]["exchange"]) + 1
        return [requests[number - 1] for number in kept_numbers]

    def _request(self, exchange: Exchange) -> dict[str, Any]:
        parts = urlsplit(exchange.url)
        method = exchange.method if exchange.method.isalpha() else "GET"
        template: dict[str, Any] = {
            "operation": exchange.operation,
            "method": method,
            "path": [self._step(exchange, step) for step in parts.path.split("/")],
            "query": [
                [self._name(name), self.text(name, value)]
                for name, value in parse_qsl(parts.query, keep_blank_values=True)
            ],
            "headers": list(self._headers(exchange)),
            "answered": exchange.status,
        }
        if exchange.request_body:
            try:
                template["json"] = self._node("", orjson.loads(exchange.request_body), 0)
            except orjson.JSONDecodeError:
                template["raw"] = self._raw(exchange.request_body)
        return template

    def _step(self, exchange: Exchange, step: str) -> str:
        text = unquote(step)
        if text == self.redaction.instance_key_of(exchange) and self.redaction.is_instance(text):
            return self._given_value("instance_key")
        secret = self.redaction.placeholders.secret(text)
        public = text in self.redaction.vocabulary.steps and not secret
        if not text or text == UNKNOWN_KEY or public:
            return text
        return mask(text)

    def _headers(self, exchange: Exchange) -> Iterator[list[str]]:
        for name, value in exchange.request_headers:
            if name.lower() == "authorization":
                yield [name, self._credentials(self.redaction.credentials(exchange, value))]
            elif name.lower() in ("accept", "content-type"):
                is_public = self.redaction.headers([(name, value)])[0][1] == value
                yield [name, value if is_public else mask(value)]

    def _credentials(self, credentials: Credentials) -> str:
        """The header value with the same kind of token, as a placeholder or masked."""
        if credentials.owner in ("none", "wrong"):
            return credentials.scheme + credentials.token
        if credentials.owner == "nobody's" or credentials.token in self._set_tokens:
            return credentials.scheme + mask(credentials.token)
        return credentials.scheme + self._given_value(
            "token" if credentials.owner == "own" else "other_token"
        )

    def _node(self, name: str, node: Any, depth: int) -> Any:
        if isinstance(node, str):
            return self.text(name, node)
        if depth > LONGEST_TEXT:
            return None
        if isinstance(node, dict):
            members: dict[str, Any] = {}
            for key, value in node.items():
                member = self._name(key)
                while member in members:
                    member += "x"
                members[member] = self._node(key, value, depth + 1)
            return members
        if isinstance(node, list):
            return [self._node(name, value, depth + 1) for value in node]
        if isinstance(node, float):
            return -1.5 if node < 0 else 1.5
        if type(node) is int and (abs(node) >= 10**6 or self._is_secret_number(node)):
            return (-1 if node < 0 else 1) * int("1" + "0" * (len(str(abs(node))) - 1))
        return node

    def _is_secret_number(self, number: int) -> bool:
        """Whether a host has turned a token of digits into this."""
        return bool(self.redaction.placeholders.secret(str(abs(number))))

    def _name(self, name: str) -> str:
        return name if self._is_public_name(name) else mask(name)

    def _is_public_name(self, name: str) -> bool:
        secret = self.redaction.placeholders.secret(name)
        return not secret and name in self.redaction.vocabulary.names

    def text(self, name: str, value: str) -> str:
        """A text as it is kept: itself when it is public, a placeholder, or masked."""
        public = self.redaction.text_value(name, value) == value
        if value == NO_GROUP or (public and not self.redaction.placeholders.is_person(value)):
            return value
        if value in self._names_of_given_values:
            return self._given_value(self._names_of_given_values[value])
        if value in self._answers:
            return self._answer_value(value)
        if "://" in value:
            return self._address(value)
        jid = JID.fullmatch(value)
        user, server = jid.groups() if jid else (value, "")
        if user.isascii() and user.isdigit() and 8 <= len(user) <= 15 and server != "g.us":
            return self._person(user) + (f"@{server}" if server else "")
        if server == "g.us":
            return f"{self._given_value('group')}"
        return mask(value)

    def _address(self, value: str) -> str:
        """An address as it is kept: a placeholder for the run's own, masked otherwise."""
        if value == self.private.media_url:
            return self._given_value("media_url")
        webhook_url = self.private.webhook_url
        if webhook_url and (value == webhook_url or value.startswith(f"{webhook_url}/")):
            return self._given_value("webhook_url") + mask(value[len(webhook_url) :])
        if leads_nowhere(value):
            return "".join(_mask_reserved_address(word) for word in re.split(r"(\s+)", value))
        return mask(value)

    def _person(self, number: str) -> str:
        recipients = sum(name.startswith("recipient") for name in self._people.values())
        return self._given_value(self._people.setdefault(number, f"recipient_{recipients + 1}"))

    def _answer_value(self, value: str) -> str:
        if value not in self._names:
            exchange, pointer = self._answers[value]
            kind = "message_id" if pointer.endswith("/id") else "value"
            kind = "group" if jid_of(value).group else kind
            self._names[value] = f"{kind}:{len(self._names) + 1}"
            self.values[self._names[value]] = {"from": {"exchange": exchange, "pointer": pointer}}
        return "{{" + self._names[value] + "}}"

    def _given_value(self, name: str) -> str:
        self.needs.add(name)
        return "{{" + name + "}}"

    def _raw(self, body: bytes) -> str:
        """A body that is not JSON, one character per byte, with private words masked."""
        text = body.decode("latin-1")
        if len(text) > LONGEST_TEXT:
            return mask(text)
        return re.sub(r"\w+", lambda match: self._name(match[0]), text)


def mask(text: str) -> str:
    """A text with the same length and kinds of characters."""
    if len(text) > LONGEST_TEXT:
        return "{{" + ("A" if _BASE64.fullmatch(text) else "x") + f"*{len(text)}" + "}}"
    return "".join(map(_mask_char, text))


def _mask_reserved_address(word: str) -> str:
    """An address below a reserved domain as another such address; any other word masked."""
    scheme, separator, rest = word.partition("://")
    if not separator:
        return mask(word)
    host, slash, path = rest.partition("/")
    name, dot, suffix = host.rpartition(".")
    return f"{scheme}://{mask(name)}{dot}{suffix}{slash}{mask(path)}"


def _mask_char(char: str) -> str:
    if char.isnumeric():
        return "0"
    if char.isascii():
        return (
            "X"
            if char.isupper()
            else "x"
            if char.isalpha()
            else {"{": "(", "}": ")"}.get(char, char)
        )
    return "\u00e9" if char.isalpha() else char


def _has_effect(operation: Operation | None) -> bool:
    return operation is not None and operation.effect != "reads"


def _leaves(pointer: str, node: Any, is_shown: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Every text below names of the contract, which alone may be shown, with its JSON pointer."""
    if isinstance(node, str):
        yield pointer, node
    elif isinstance(node, dict):
        for key, value in node.items():
            if is_shown(key):
                step = key.replace("~", "~0").replace("/", "~1")
                yield from _leaves(f"{pointer}/{step}", value, is_shown)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _leaves(f"{pointer}/{index}", value, is_shown)
