"""Recorded calls as requests to a mock: values in place of placeholders, fitting the contract."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from megaapi_mock.domain.json_path import value_at
from megaapi_mock.spec.operations import JSON, Operation
from megaapi_mock.spec.validate import resolve

from ..errors import NotTried
from ..host.http import Request
from ..host.upload import UPLOAD_TYPE, upload
from ..judging.contract import Contract
from .capture_facts import NOT_REGISTERED, answer_of
from .form import is_placeholder
from .mock_values import PLACEHOLDER, MockValues

# Where the mock's webhooks go to: nobody listens there, its journal has them all.
WEBHOOK_URL = "http://127.0.0.1:9/hook"
_BODY = re.compile(r"<[a-z][a-z /+.*\-]* \d+, (\d+) bytes>")
MOST_BYTES = 64 * 2**20
# What the mock reads, so that anything made up would not do: an example of the contract does.
_READ_BY_THE_MOCK = frozenset({"base64", "url", "media key", "code", "digits", "int", "float"})
_WEBHOOK_CONTROLLER = "webhook"
_IMAGE = b"\x89PNG\r\n\x1a\n" + bytes(28) + b"IEND" + bytes(4)
_SENT_HEADERS = frozenset({"accept", "content-type"})


class MockRequests:
    """Builds the requests of one replay."""

    def __init__(self, contract: Contract, values: MockValues) -> None:
        self._contract, self._values = contract, values

    def request(self, record: Mapping[str, Any]) -> Request:
        """The request of a recorded call; NotTried where too little of it was written down."""
        operation = self._contract.by_id.get(str(record["operation"]))
        path, _, query = str(record["path"]).partition("?")
        steps = [quote(self._values.text(step), safe="") for step in path.split("/")]
        target = "/".join(steps)
        if query:
            target += f"?{urlencode(list(self._query(operation, record, query)))}"
        content_type, body = self._body(operation, record)
        headers = [*self._headers(record)]
        if content_type:
            headers = [each for each in headers if each[0].lower() != "content-type"]
            headers.append(("Content-Type", content_type))
        return Request(str(record["method"]), target, tuple(headers), body)

    def _headers(self, record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for name, value in record["request_headers"]:
            if name.lower() == "authorization":
                yield name, self._values.text(value)
            elif name.lower() in _SENT_HEADERS:
                # The parameters of a type that were not written down are not sent either.
                plain_value = JSON if value.startswith(f"{JSON}; <") else value
                if not PLACEHOLDER.search(plain_value):
                    yield name, plain_value

    def _query(
        self, operation: Operation | None, record: Mapping[str, Any], query: str
    ) -> Iterator[tuple[str, str]]:
        examples = {}
        if operation is not None and _is_good(record):
            for parameter in operation.definition.get("parameters", ()):
                definition = resolve(parameter, self._contract.document)
                examples[definition["name"]] = definition.get("example")
        for pair in query.split("&"):
            name, _, value = pair.partition("=")
            example = examples.get(name)
            is_free = _kind(value) in {"text", *_READ_BY_THE_MOCK} and not self._values.given_value(
                value
            )
            takes_example = is_free and isinstance(example, (str, int))
            yield (
                self._values.text(name),
                str(example) if takes_example else self._values.text(value),
            )

    def _body(self, operation: Operation | None, record: Mapping[str, Any]) -> tuple[str, bytes]:
        """Content type, where the recorded one does not do, and bytes."""
        body = record["request_body"]
        if body is None:
            return "", b""
        if "json" in body:
            return "", orjson.dumps(self._document(operation, record, body["json"]))
        if operation is not None and operation.takes_file and _is_good(record):
            return UPLOAD_TYPE, upload(_IMAGE, "a.png", "image/png")
        text = str(body["text"])
        size = _BODY.fullmatch(text)
        if size is None:
            return "", text.encode()
        if _is_good(record):
            raise NotTried("its body is not JSON, and was not written down")
        return "", b"x" * min(int(size[1]), MOST_BYTES)

    def _document(
        self, operation: Operation | None, record: Mapping[str, Any], recorded: Any
    ) -> Any:
        """The body with values; where the call was accepted, with those that the contract takes."""
        if operation is None:
            return self._values.node(recorded)
        examples = _examples(operation) if _is_good(record) else []
        is_webhook = operation.controller == _WEBHOOK_CONTROLLER
        document = self._fill_in(recorded, examples, is_webhook)
        validator = self._contract.compiler.compile(operation.request_schema)
        for error in validator.iter_errors(document) if examples and validator else ():
            path = tuple(error.instance_path)
            example = _first_example(examples, path)
            if path and example is not None and is_placeholder(str(value_at(recorded, *path))):
                value_at(document, *path[:-1])[path[-1]] = example
        return document

    def _fill_in(self, node: Any, examples: list[Any], is_webhook: bool, name: str = "") -> Any:
        if isinstance(node, dict):
            return {
                self._values.text(key): self._fill_in(
                    value, [each[key] for each in examples if _has(each, key)], is_webhook, key
                )
                for key, value in node.items()
            }
        if isinstance(node, list):
            items = [item for each in examples if isinstance(each, list) for item in each]
            return [self._fill_in(value, items, is_webhook, name) for value in node]
        if (
            not isinstance(node, str)
            or not PLACEHOLDER.match(node)
            or self._values.given_value(node)
        ):
            return self._values.node(node)
        if is_webhook and _kind(node) == "url":
            return WEBHOOK_URL
        value = self._values.node(node)
        if _kind(node) in _READ_BY_THE_MOCK or name == "base64":
            return next((each for each in examples if type(each) is type(value)), value)
        return value


def _is_good(record: Mapping[str, Any]) -> bool:
    """Whether the gateway could use what was sent: it looks up its recipient only afterwards."""
    is_unregistered = answer_of(record).get("message") == NOT_REGISTERED
    return 200 <= int(record["status"]) < 300 or is_unregistered


def _kind(text: str) -> str:
    match = PLACEHOLDER.fullmatch(text)
    return match[1] if match else ""


def _has(node: Any, name: str) -> bool:
    return isinstance(node, dict) and name in node


def _examples(operation: Operation) -> list[Any]:
    content = operation.definition.get("requestBody", {}).get("content", {})
    return [each["value"] for each in content.get(JSON, {}).get("examples", {}).values()]


def _first_example(examples: list[Any], path: tuple[Any, ...]) -> Any:
    values = (value_at(example, *path) for example in examples)
    return next((value for value in values if value is not None), None)
