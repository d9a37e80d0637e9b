"""What is public: names and fixed values of the contract, and words of the suite's source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import megaapi_mock
from megaapi_mock.spec.operations import JSON
from megaapi_mock.spec.validate import resolve

from ..judging.contract import Contract
from ..safety.fence import UNKNOWN_KEY, WRONG_TOKEN

WORD = re.compile(r"[A-Za-z]+")
_EXAMPLE_MEMBERS = frozenset({"example", "examples", "default"})

MEDIA_TYPES = frozenset(
    "application/json application/octet-stream application/pdf application/xml text/html "
    "application/x-www-form-urlencoded multipart/form-data text/plain text/csv image/jpeg "
    "image/png image/webp image/gif audio/ogg audio/mpeg audio/mp4 audio/aac video/mp4 "
    "video/3gpp */*".split()
)
_MORE_VALUES = frozenset(
    {"audio/ogg; codecs=opus", "status@broadcast", "utf-8", UNKNOWN_KEY, WRONG_TOKEN, "Bearer"}
)
# What JSON says without quotes: within them it is mostly of a host that has mistaken the type.
_OF_JSON = frozenset({"true", "false", "null"})
# Words of our own sentences that are not words of a language, as they are looked up.
_OF_SENTENCES = frozenset({"2xx", "3EB0", "3eb0"})

# What Schemathesis and jsonschema-rs say around the values they quote.
LIBRARY_TEXTS = """
API accepted schema-violating request. API rejected schema-compliant request. Valid data should
have been accepted. Invalid data should have been rejected. Expected Received Documented Invalid
component in path query header cookie body at parameter. Response violates schema. Response header
does not conform to the schema. The following required headers are missing from the response.
Undocumented HTTP status code. Undocumented Content-Type. Missing Content-Type header. JSON
deserialization error. Server error. value is not of type is not of types null boolean string
integer number array object is not valid under any of the schemas listed in the keyword is valid
under more than one of the schemas is not one of does not match is a required property is shorter
than characters character is longer than is less than the minimum of is greater than the maximum
of has less than items item has more than items does not have enough properties has too many
properties additional properties are not allowed was were unexpected unevaluated is not a multiple
of has non-unique elements false schema does not allow was expected
"""


class Vocabulary:
    """`names` of members and parameters, whole `values`, and `words` that say nothing private.

    None of them comes from an example: examples look like what people write.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    @cached_property
    def names(self) -> frozenset[str]:
        """Every member and parameter the contract declares."""
        return frozenset(_names(self._contract.document))

    @cached_property
    def values(self) -> frozenset[str]:
        """Enumerated values, the statuses and texts of documented answers, media types."""
        values = set(_fixed_values(self._contract.document)) | MEDIA_TYPES | _MORE_VALUES
        values |= _OF_JSON | _OF_SENTENCES
        for operation in self._contract.operations:
            values.update(operation.definition["responses"])
            for response in operation.definition["responses"].values():
                values.update(_answers(resolve(response, self._contract.document)))
        values.update(event.message_type for event in self._contract.events.values())
        values.update(event.category for event in self._contract.events.values())
        return frozenset(values)

    @cached_property
    def rules(self) -> frozenset[str]:
        """Every pattern the contract has, as sentences quote it."""
        patterns = set(_patterns(self._contract.document))
        return frozenset(patterns | {json.dumps(pattern)[1:-1] for pattern in patterns})

    @cached_property
    def steps(self) -> frozenset[str]:
        """The fixed steps of every path."""
        paths: Iterable[str] = self._contract.document["paths"]
        return frozenset(step for path in paths for step in path.split("/") if "{" not in step) | {
            "contract",
            "unknownRoute",
        }

    @cached_property
    def words(self) -> frozenset[str]:
        """Single words, lower case: of the contract's prose, the suite's and the mock's source."""
        texts = [LIBRARY_TEXTS, *_prose(self._contract.document), *self.names, *self.steps]
        for folder in (Path(__file__).parents[1], Path(megaapi_mock.__file__).parent):
            texts += [file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.py"))]
        return frozenset(word.lower() for text in texts for word in WORD.findall(text))


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("properties"), Mapping):
            yield from node["properties"]
        if isinstance(node.get("in"), str) and isinstance(node.get("name"), str):
            yield node["name"]
        for name, value in node.items():
            if name not in _EXAMPLE_MEMBERS:
                yield from _names(value)
    elif isinstance(node, list):
        for value in node:
            yield from _names(value)


def _fixed_values(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        candidates = [*(node.get("enum") or ()), node.get("const")]
        yield from (value for value in candidates if isinstance(value, str) and value)
        for name, value in node.items():
            if name not in _EXAMPLE_MEMBERS:
                yield from _fixed_values(value)
    elif isinstance(node, list):
        for value in node:
            yield from _fixed_values(value)


def _answers(response: Mapping[str, Any]) -> Iterator[str]:
    """The gateway's own sentences in a response, without what it repeats of its callers."""
    for media_type, content in response.get("content", {}).items():
        for example in content.get("examples", {}).values():
            value = example.get("value")
            if media_type == "text/plain" and isinstance(value, str):
                yield value
            if media_type != JSON or not isinstance(value, Mapping):
                continue
            if isinstance(value.get("message"), str):
                yield value["message"]
            if "statusCode" in value and isinstance(value.get("name"), str):
                yield value["name"]


def _prose(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield str(name)
            if name not in _EXAMPLE_MEMBERS:
                yield from _prose(value)
    elif isinstance(node, list):
        for value in node:
            yield from _prose(value)
    elif isinstance(node, str):
        yield node


def _patterns(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for name, value in node.items():
            if name not in _EXAMPLE_MEMBERS:
                yield from _patterns(value)
    elif isinstance(node, list):
        for value in node:
            yield from _patterns(value)
