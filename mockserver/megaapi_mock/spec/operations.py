"""The index of operations and webhooks that routes, validators and command lists derive from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from ..errors import SpecError
from ..errors.names import plain_name
from .bundle import Bundle

METHODS = ("get", "post", "put", "patch", "delete")
KEY, JSON, UPLOAD = "{instance_key}", "application/json", "multipart/form-data"
# Where the recipient of an upload stands: in the query, for its body is the file.
IN_QUERY = "query."


@dataclass(frozen=True)
class Operation:
    """One method on one path. `address` (`group/leave_group`) names its file and its handler."""

    id: str
    controller: str
    method: str
    path: str
    spec_file: str
    definition: Mapping[str, Any] = field(repr=False)

    @property
    def address(self) -> str:
        """`<controller>/<operation_id>`."""
        return f"{self.controller}/{self.id}"

    @property
    def effect(self) -> str:
        """reads, sends, changes or disconnects."""
        return str(self.definition["x-effect"])

    @property
    def plans(self) -> tuple[str, ...]:
        """The plans that offer the operation."""
        return tuple(self.definition["x-plans"])

    @property
    def needs_connection(self) -> bool:
        """Whether a phone must be linked."""
        return bool(self.definition["x-requires-connection"])

    @property
    def recipient(self) -> str | None:
        """Where in the body the recipient stands, if there is one that must be on WhatsApp.

        `query.to` is the query parameter `to`.
        """
        return self.definition.get("x-recipient")

    @property
    def is_of_host(self) -> bool:
        """Whether it is about all instances of a host, for who administers them."""
        return self.definition.get("x-scope") == "host"

    @property
    def is_key_in_query(self) -> bool:
        """Whether the instance's key is a query parameter, and no part of the path."""
        return KEY not in self.path and not self.is_of_host

    @property
    def takes_file(self) -> bool:
        """Whether its body is a form with a file."""
        return self.body_type == UPLOAD

    @property
    def body_type(self) -> str:
        """The type of the body it takes."""
        content = self.definition.get("requestBody", {}).get("content", {})
        return UPLOAD if UPLOAD in content and JSON not in content else JSON

    @property
    def request_schema(self) -> Mapping[str, Any] | None:
        """The schema of the body, if the operation takes one."""
        content = self.definition.get("requestBody", {}).get("content", {})
        schema = content.get(self.body_type, {}).get("schema")
        return schema if isinstance(schema, Mapping) else None


@dataclass(frozen=True)
class WebhookEvent:
    """One event a receiver may get; `name` is its file, its key and its name everywhere."""

    name: str
    message_type: str
    category: str
    grade: str
    summary: str
    spec_file: str
    definition: Mapping[str, Any] = field(repr=False)

    @property
    def default(self) -> str:
        """`on` (sent unasked), `on-demand` (a test must ask) or `off` (behind a setting)."""
        return str(self.definition["x-default"])

    @property
    def arrival(self) -> str:
        """How sure it is that the gateway sends it at all: high, medium or low."""
        return str(self.definition["x-arrival"])

    @property
    def generation(self) -> str | None:
        """The only year whose payloads have it; None when every year's do."""
        return self.definition.get("x-generation")


def operations(bundle: Bundle) -> tuple[Operation, ...]:
    """Every operation; SpecError when a file's name is not its operation's id."""
    index = tuple(_operations(bundle))
    file_of_id: dict[str, str] = {}
    for operation in index:
        if operation.id in file_of_id:
            raise SpecError(
                f"spec/{operation.spec_file} and spec/{file_of_id[operation.id]} "
                f"both define {operation.id}"
            )
        file_of_id[operation.id] = operation.spec_file
    return index


def _operations(bundle: Bundle) -> Iterator[Operation]:
    for path, item in bundle.document["paths"].items():
        file = bundle.files[path]
        location = PurePosixPath(file)
        for method in METHODS:
            if method not in item:
                continue
            definition = item[method]
            if definition.get("operationId") != location.stem:
                raise SpecError(
                    f"spec/{file} has operationId {definition.get('operationId')!r}: "
                    f"file name and operationId must be the same"
                )
            yield Operation(
                id=location.stem,
                controller=location.parent.name,
                method=method.upper(),
                path=path,
                spec_file=file,
                definition=definition,
            )


def find_operation(operations: Iterable[Operation], name: str) -> Operation | None:
    """The operation a person means: sendText, send_text, send_message/send_text, POST text, or
    its path. None when no operation, or more than one, is called so: an id is one operation's own.
    """
    wanted_name = plain_name(name)
    exact = [operation for operation in operations if wanted_name in _names(operation)]
    own = [operation for operation in exact if plain_name(operation.id) == wanted_name]
    candidates = own or exact
    return candidates[0] if len(candidates) == 1 else None


def _names(operation: Operation) -> set[str]:
    last = operation.path.rstrip("/").rpartition("/")[2]
    words = (
        *(operation.id, operation.address, operation.path, last),
        *(f"{operation.method} {operation.path}", f"{operation.method} {last}"),
    )
    return {plain_name(word) for word in words}


def webhook_events(bundle: Bundle) -> tuple[WebhookEvent, ...]:
    """Every webhook event; SpecError when a file's name is not its event's."""
    events = []
    for name, item in bundle.document.get("webhooks", {}).items():
        file = bundle.files[name]
        if PurePosixPath(file).stem != name:
            raise SpecError(f"spec/{file} is named {name!r} in spec/openapi.yaml: use one name")
        definition = item["post"]
        events.append(
            WebhookEvent(
                name=name,
                message_type=definition["x-message-type"],
                category=definition["x-category"],
                grade=definition["x-provenance"]["grade"],
                summary=definition["summary"],
                spec_file=file,
                definition=definition,
            )
        )
    return tuple(events)
