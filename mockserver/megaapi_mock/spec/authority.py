"""openapi-core over the bundled contract: checks it, and words every refusal.

Importing this module imports openapi-core (0.4 s, 30 MB), so it is done on first need.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.datatypes import TemplateResult
from openapi_core.templating.paths.datatypes import PathOperationServer
from openapi_core.templating.paths.exceptions import PathNotFound
from openapi_core.templating.paths.finders import APICallPathFinder
from openapi_core.validation.schemas import oas31_schema_validators_factory as oas31
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from openapi_core.validation.schemas.factories import DialectSchemaValidatorsFactory
from werkzeug.datastructures import Headers, ImmutableMultiDict

from ..codec import ANSWER_PARTS, parse_json
from .operations import JSON, Operation
from .schema_sentences import format_value
from .violation import Violation


@dataclass
class _ContractRequest:
    """Fits openapi_core.protocols.Request; `path` is the template, matched already."""

    path: str
    method: str
    body: bytes | None
    parameters: RequestParameters
    content_type: str = JSON
    host_url: str = "http://127.0.0.1"


@dataclass
class OutgoingWebhook:
    """Fits openapi_core.protocols.WebhookRequest; `name` is the key under `webhooks`."""

    name: str
    body: bytes
    method: str = "post"
    content_type: str = JSON
    parameters: RequestParameters = field(default_factory=RequestParameters)


class _Finder(APICallPathFinder):
    """The route is known already: look it up by its template and ignore servers."""

    def __init__(self, spec: Any, base_url: str | None = None) -> None:
        super().__init__(spec, base_url)
        self._items = dict((spec / "paths").str_items())

    def find(self, method: str, url: str) -> PathOperationServer:
        path = "/" + url.split("/", 3)[3]
        if path not in self._items:
            raise PathNotFound(url)
        item = self._items[path]
        return PathOperationServer(
            item, item / method, None, TemplateResult(path, {}), TemplateResult("/", {})
        )


class _KeptValidators(DialectSchemaValidatorsFactory):
    """openapi-core builds a validator per schema per call; this keeps them."""

    def __init__(self) -> None:
        super().__init__(
            oas31.schema_validator_cls, oas31.default_jsonschema_dialect_id, oas31.format_checker
        )
        self._validators: dict[Any, Any] = {}

    def create(self, spec: Any, schema: Any, *args: Any, **kwargs: Any) -> Any:
        with schema.resolve() as resolution:
            key = (id(resolution.contents), *[v for v in kwargs.values() if isinstance(v, bool)])
        if key not in self._validators:
            self._validators[key] = super().create(spec, schema, *args, **kwargs)
        return self._validators[key]


class Authority:
    """Thread-safe. The document must have been bundled: no references to other files."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._validators = _KeptValidators()
        config = Config(
            spec_validator_cls=None,
            path_finder_cls=_Finder,
            schema_validators_factory=self._validators,
            extra_media_type_deserializers={JSON: _load_json},
        )
        self._api = OpenAPI.from_dict(dict(document), config=config)
        self._lock = threading.Lock()
        self._bodies: dict[tuple[str, ...], Any] = {}

    def request_violations(
        self, operation: Operation, query: Mapping[str, str], body: bytes
    ) -> list[Violation]:
        """Everything wrong with query and body; security and path are not looked at here."""
        request = _ContractRequest(
            path=operation.path,
            method=operation.method.lower(),
            body=body or None,
            parameters=RequestParameters(
                query=ImmutableMultiDict(query),
                header=Headers({"Authorization": "Bearer checked-elsewhere"}),
                path=_path_parameters(operation.path),
            ),
        )
        with self._lock:
            return list(_flatten(self._api.iter_request_errors(request)))

    def body_violations(self, operation: Operation, document: Any) -> list[Violation]:
        """Everything wrong with a parsed body: the same words as of the whole request.

        openapi-core's walk through a request takes 1 ms, its own validator of the schema 70 us.
        """
        place = ("paths", operation.path, operation.method.lower())
        return self._held_to(place, document, operation.body_type)

    def payload_violations(self, event: str, document: Any) -> list[Violation]:
        """Everything wrong with a parsed payload of this event, as fast as `body_violations`."""
        return self._held_to(("webhooks", event, "post"), document, JSON)

    def _held_to(self, place: tuple[str, ...], document: Any, body_type: str) -> list[Violation]:
        with self._lock:
            if place not in self._bodies:
                self._bodies[place] = self._body_validator(place, body_type)
            try:
                self._bodies[place].validate(document)
            except InvalidSchemaValue as error:
                return list(_flatten([error]))
        return []

    def _body_validator(self, place: tuple[str, ...], body_type: str) -> Any:
        node = self._api.spec
        for step in (*place, "requestBody", "content", body_type, "schema"):
            node = node / step
        return self._validators.create(self._api.spec, node)

    def webhook_violations(self, event: str, body: bytes) -> list[Violation]:
        """Everything wrong with a payload posted for this event."""
        with self._lock:
            errors = self._api.iter_webhook_request_errors(OutgoingWebhook(event, body))
            return list(_flatten(errors))


def _path_parameters(path: str) -> dict[str, str]:
    return {part[1:-1]: "checked-elsewhere" for part in path.split("/") if part.startswith("{")}


def _load_json(value: bytes, **_: Any) -> Any:
    return parse_json(value, parts=ANSWER_PARTS)


def _in_words(cause: BaseException) -> str:
    """openapi-core puts the body into its message, and cannot when the body is not UTF-8."""
    try:
        return str(cause)[:200]
    except UnicodeDecodeError:
        return "the body is not UTF-8"


def _flatten(errors: Iterable[Any]) -> Iterator[Violation]:
    for error in errors:
        details = [
            detail
            for level in (error, error.__cause__)
            for detail in getattr(level, "schema_errors", None) or ()
        ]
        if not details:
            cause = error.__cause__ or error
            yield Violation("request", type(cause).__name__, _in_words(cause))
        for detail in details:
            place = "/".join(map(str, detail.absolute_path)) or getattr(error, "name", "body")
            yield Violation(place, str(detail.validator), _message(detail)[:200])


def _message(detail: Any) -> str:
    """The validator's sentence, in which a value stands as it does in JSON, null and not None."""
    value = detail.instance
    value_text = repr(value) if isinstance(value, str) else format_value(value)
    if detail.validator == "type":
        types = detail.validator_value
        kinds = [types] if isinstance(types, str) else types
        return f"{value_text} is not of type {', '.join(map(repr, kinds))}"
    if detail.validator == "const":
        return f"{detail.message}, not {value_text}"
    return str(detail.message)
