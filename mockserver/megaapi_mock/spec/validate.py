"""Requests and replies against the contract: compiled schemas say yes or no."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import orjson

from ..errors import SpecError
from .bundle import Bundle
from .json_pointer import target_of
from .operations import Operation
from .violation import Violation

if TYPE_CHECKING:
    from .authority import Authority

JSON = "application/json"


class _OperationChecks:
    """What one operation's requests and replies are held to."""

    def __init__(
        self, operation: Operation, document: Mapping[str, Any], compiler: Compiler
    ) -> None:
        definition = operation.definition
        self.body = compiler.compile(operation.request_schema)
        self.body_required = bool(definition.get("requestBody", {}).get("required"))
        self.query = [
            (
                parameter["name"],
                bool(parameter.get("required")),
                compiler.compile(parameter.get("schema")),
            )
            for parameter in resolved_parameters(definition, document)
            if parameter["in"] == "query"
        ]
        self.replies: dict[str, dict[str, Any]] = {}
        self.may_be_empty: set[str] = set()
        for status, response in definition["responses"].items():
            response_object = resolve(response, document)
            self.replies[status] = {
                media_type: compiler.compile(content.get("schema"))
                for media_type, content in response_object.get("content", {}).items()
            }
            if response_object.get("x-may-be-empty") or not self.replies[status]:
                self.may_be_empty.add(status)


class _ChecksByOperation(dict[str, _OperationChecks]):
    """By id, each compiled when it is first asked for: a mock that starts compiles nothing."""

    def __init__(self, document: Mapping[str, Any], operations: Iterable[Operation]) -> None:
        self._document = document
        self._operations = {each.id: each for each in operations}
        self._compiler = Compiler(document)

    def __missing__(self, operation_id: str) -> _OperationChecks:
        operation = self._operations[operation_id]
        # Two threads may compile the same at once: which of the two is kept does not matter.
        checks = self[operation_id] = _OperationChecks(operation, self._document, self._compiler)
        return checks

    def compile_all(self) -> None:
        """SpecError names the first operation with a schema that cannot be compiled."""
        for operation in self._operations.values():
            try:
                self[operation.id]
            except (ValueError, LookupError, jsonschema_rs.ReferencingError) as error:
                # What the validator adds are more lines, with the whole schema.
                first_line = str(error).partition("\n")[0]
                problem = f"a schema of {operation.id} cannot be compiled: {first_line}"
                raise SpecError(problem) from None


class Validators:
    """Compiled once per contract; openapi-core words what they refuse and is imported only then."""

    def __init__(self, bundle: Bundle, operations: tuple[Operation, ...]) -> None:
        self._document = bundle.document
        self.schemas: Mapping[str, Any] = bundle.document.get("components", {}).get("schemas", {})
        self._validators = _ChecksByOperation(bundle.document, operations)
        self._authority: Authority | None = None
        self._lock = threading.Lock()

    def compile_all(self) -> None:
        """Compile every schema now; SpecError where one cannot be."""
        self._validators.compile_all()

    @property
    def authority(self) -> Authority:
        """openapi-core over the same document, made on first use."""
        with self._lock:
            if self._authority is None:
                from .authority import Authority

                self._authority = Authority(self._document)
            return self._authority

    def body_check(self, operation: Operation) -> Callable[[Any], bool] | None:
        """Whether a body fits; None where that is not all that is asked of a request."""
        validators = self._validators[operation.id]
        if validators.query or validators.body is None:
            return None
        check: Callable[[Any], bool] = validators.body.is_valid
        return check

    def reply_checks(self, operation: Operation) -> Mapping[int, Callable[[Any], bool]]:
        """Whether a JSON reply with a status fits, for each status that promises a schema."""
        replies = self._validators[operation.id].replies
        validators = {status: by_media_type.get(JSON) for status, by_media_type in replies.items()}
        return {
            int(status): validator.is_valid
            for status, validator in validators.items()
            if validator is not None and status.isdigit()
        }

    def request_fits(self, operation: Operation, query: Mapping[str, str], body: Any) -> bool:
        """Whether query and parsed body (None: no body) fit the operation."""
        validators = self._validators[operation.id]
        for name, is_required, validator in validators.query:
            if name not in query:
                if is_required:
                    return False
            elif validator is not None and not validator.is_valid(query[name]):
                return False
        if validators.body is None:
            return True
        if body is None:
            return not validators.body_required
        return bool(validators.body.is_valid(body))

    def request_violations(
        self, operation: Operation, query: Mapping[str, str], body: bytes, document: Any
    ) -> list[Violation]:
        """What is wrong with a request, in openapi-core's words; empty when it fits.

        `document` is the parsed body, None when there is none.
        """
        if document is not None and operation.request_schema is not None:
            violations = self.authority.body_violations(operation, document)
            if violations:
                return violations
        if operation.takes_file:
            return self._query_violations(operation, query)
        return self.authority.request_violations(operation, query, body)

    def _query_violations(self, operation: Operation, query: Mapping[str, str]) -> list[Violation]:
        """What is wrong with a query alone: openapi-core reads no form."""
        violations = []
        for name, is_required, validator in self._validators[operation.id].query:
            if name not in query:
                if is_required:
                    missing = f"Missing required query parameter: {name}"
                    violations.append(Violation("request", "required", missing))
            elif validator is not None:
                violations += [
                    Violation(name, "schema", error.message)
                    for error in validator.iter_errors(query[name])
                ]
        return violations

    def reply_violations(
        self, operation: Operation, status: int, content_type: str, document: Any
    ) -> list[Violation]:
        """How a reply breaks the promise of its operation; empty when it keeps it.

        `document` is the parsed JSON body, the bytes of another kind, or None for an empty one.
        """
        operation_validators = self._validators[operation.id]
        promised_schema = operation_validators.replies.get(str(status))
        if promised_schema is None:
            return [Violation("status", "responses", f"{status} is not promised")]
        if document is None:
            if str(status) in operation_validators.may_be_empty:
                return []
            return [Violation("body", "content", "the body is empty")]
        media_type = content_type.partition(";")[0]
        if media_type not in promised_schema:
            return [Violation("content-type", "content", f"{media_type} is not promised")]
        validator = promised_schema[media_type]
        if validator is None or media_type != JSON or validator.is_valid(document):
            return []
        return [
            Violation("/".join(map(str, error.instance_path)) or "body", "schema", error.message)
            for error in validator.iter_errors(document)
        ]


def resolve(node: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a bundled document's `#/components/...` reference, if this is one."""
    while "$ref" in node:
        node = target_of(node["$ref"], document)
    return node


def resolved_parameters(
    definition: Mapping[str, Any], document: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """An operation's parameters, references followed."""
    return [resolve(parameter, document) for parameter in definition.get("parameters", ())]


class Compiler:
    """Compiled validators, one per different schema: most operations share their error replies."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._schemas: Mapping[str, Any] = document.get("components", {}).get("schemas", {})
        self._validators: dict[bytes, Any] = {}

    def compile(self, schema: Mapping[str, Any] | None) -> Any:
        """A validator; None where nothing is promised."""
        if not schema:
            return None
        name = orjson.dumps(schema)
        if name not in self._validators:
            schemas = {
                schema_name: self._schemas[schema_name]
                for schema_name in self._schemas_reached(schema)
            }
            self._validators[name] = jsonschema_rs.Draft202012Validator(
                {**schema, "components": {"schemas": schemas}}
            )
        return self._validators[name]

    def _schemas_reached(self, schema: Any) -> set[str]:
        """Only what the schema leads to travels with it: compiling costs by size."""
        names: set[str] = set()
        waiting = [schema]
        while waiting:
            node = waiting.pop()
            if isinstance(node, dict):
                name = str(node.get("$ref", "")).rpartition("/")[2]
                if name and name not in names:
                    names.add(name)
                    waiting.append(self._schemas[name])
                waiting.extend(node.values())
            elif isinstance(node, list):
                waiting.extend(node)
        return names
