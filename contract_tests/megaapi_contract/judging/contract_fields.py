"""The fields that the contract has in each answer and each webhook, so that others are new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from megaapi_mock.spec.operations import JSON

from .contract import Contract
from .known_fields import KnownFields, Path


class ContractFields:
    """Reads the contract once for each answer and each event that is asked for."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._known_fields: dict[str, KnownFields] = {}

    def new_in_answer(self, operation_id: str, status: int, document: Any) -> Iterator[str]:
        """Each field of an answer that its operation does not have: `messageData/key/extra`."""
        operation = self._contract.by_id[operation_id]
        response = self._contract.response(operation, status) or {}
        content = response.get("content", {}).get(JSON, {})
        yield from self._known_in(f"{operation_id} {status}", content).unknown_in(document)

    def new_in_webhook(self, event: str, payload: Any) -> Iterator[str]:
        """Each field of a webhook that its event does not have."""
        definition = self._contract.events[event].definition
        content = definition["requestBody"]["content"][JSON]
        yield from self._known_in(event, content).unknown_in(payload)

    def _known_in(self, name: str, content: Mapping[str, Any]) -> KnownFields:
        if name not in self._known_fields:
            self._known_fields[name] = self._known_of(content, self._contents)
        return self._known_fields[name]

    def _known_of(
        self, content: Mapping[str, Any], contents: frozenset[Path] = frozenset()
    ) -> KnownFields:
        examples = [each.get("value") for each in content.get("examples", {}).values()]
        return KnownFields(content.get("schema"), examples, self._contract.document, contents)

    @cached_property
    def _contents(self) -> frozenset[Path]:
        """What all webhooks and answers say of the contents of messages."""
        every_content = [
            event.definition["requestBody"]["content"][JSON]
            for event in self._contract.events.values()
        ]
        for operation in self._contract.operations:
            for status in operation.definition["responses"]:
                response = self._contract.response(operation, int(status)) or {}
                every_content += (
                    [response["content"][JSON]] if JSON in response.get("content", {}) else []
                )
        return frozenset(
            path for content in every_content for path in self._known_of(content).content_paths()
        )
