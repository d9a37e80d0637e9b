"""A good request of every operation, made from the contract's examples, and the same one spoilt."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from megaapi_mock.domain.json_path import put_at
from megaapi_mock.spec.operations import Operation
from megaapi_mock.spec.plans import EVERY_PLAN

from ...host.upload import CUT_FORM, UPLOAD_TYPE, upload
from ...judging.contract import Contract
from ..cases import NO_GROUP, PICTURE
from ..session import PICTURE_URL

Arguments = dict[str, Any]
Fields = dict[str, Any]

MEDIA_KEY = b64encode(bytes(32)).decode()
MESSAGE_ID = "3EB0FFEEDDCCBBAAFFEEDD"
BROKEN_JSON = b'{"messageData": {"to": '
OPEN_BRACE = b"{"
# Not JSON in other ways: other signs, other quotes, a number that is none, too deep, a tail.
ODD_BODIES = (
    b"\xff\xfe{}", b"{'to': 1}", b'{"a": NaN}', b"[" * 101 + b"]" * 101, b'{"messageData": {}} x',
)  # fmt: skip

# What the examples of the contract name: people and groups of the made-up world, and files that do
# not exist.
# As somebody is mentioned in a text.
_MENTION = re.compile(r"@5511900000\d{3}\b")
_PERSON = re.compile(r"5511900000\d{3}(@s\.whatsapp\.net)?")
_GROUP = re.compile(r"\d+@g\.us")
_FILES = "https://files.example.test/"
# The example to send where the first one would have webhooks go to an address of nobody.
_EXAMPLE_NAMES = {"configure_webhook": "switched_off"}
# Fields to replace in an example, or to leave out (None). A phone opens the files it gets, and the
# example's is a stub. The fence of a given host takes a timestamp and the digits in an address of
# media for numbers that nobody has listed.
_FIELDS: Mapping[str, Fields] = {
    "send_media_base64": {
        "base64": PICTURE,
        "fileName": "foto.png",
        "type": "image",
        "mimeType": "image/png",
    },
    "download_media": {"directPath": "/v/none", "url": None},
    "delete_message": {"messageTimestamp": None},
}
# One page of Ogg with one packet, whose length and bytes follow.
_OGG_PAGE = b"OggS" + bytes(22) + b"\1"
# Type and bytes of the shortest file that ends where its form says; the others take a picture.
_UPLOADS: Mapping[str, tuple[str, bytes]] = {
    "upload_video": ("video/mp4", b"\0\0\0\x18ftypmp42" + bytes(12) + b"\0\0\0\x08moov"),
    "upload_audio": (
        "audio/ogg",
        _OGG_PAGE + b"\x08OpusHead" + _OGG_PAGE + b"\x08OpusTags" + _OGG_PAGE + b"\x01\0",
    ),
    "upload_document": ("application/pdf", b"%PDF-1.4\n%%EOF\n"),
}


@dataclass(frozen=True, slots=True)
class GoodRequest:
    """How an operation is asked: everything that the contract says about a good request."""

    operation: Operation
    body: Any
    query: Mapping[str, Any]
    # In place of a body: a form with a file.
    upload: bytes | None = None

    @property
    def effect(self) -> str:
        """reads, sends, changes or disconnects."""
        return self.operation.effect

    @property
    def needs_phone(self) -> bool:
        """Whether it needs a phone."""
        return self.operation.needs_connection

    @property
    def refuses_strangers(self) -> bool:
        """Whether a recipient without WhatsApp is refused."""
        return self.operation.recipient is not None

    @property
    def names_group(self) -> bool:
        """Whether it names a group."""
        return any(map(_GROUP.fullmatch, _texts([self.body, self.query])))

    @property
    def _examples(self) -> Sequence[Mapping[str, Any]]:
        content = self.operation.definition.get("requestBody", {}).get("content", {})
        return tuple(content.get("application/json", {}).get("examples", {}).values())

    @property
    def has_group_form(self) -> bool:
        """Whether any of its documented forms names a group."""
        values = [example["value"] for example in self._examples]
        return self.names_group or any(map(_GROUP.fullmatch, _texts(values)))

    @property
    def names_unknown_target(self) -> bool:
        """Whether it names a group or a file that a given instance does not have."""
        texts = _texts([self.body, self.query])
        return any(_GROUP.fullmatch(text) or text.startswith(_FILES) for text in texts)

    @property
    def is_body_optional(self) -> bool:
        """Whether nothing in it is needed."""
        body = self.operation.definition.get("requestBody", {})
        return not self.query and not body.get("required", False)

    @property
    def is_for_mocks_only(self) -> bool:
        """Whether it is left to mocks, so that nobody's instance is changed by asking."""
        return self.names_unknown_target or self.effect in ("changes", "disconnects")

    def arguments(self, to: str) -> Arguments:
        """The keyword arguments of Session.call for a request about this person."""
        arguments: Arguments = {}
        if self.query:
            arguments["query"] = _about(self.query, to)
        if self.upload is not None:
            arguments |= {"raw": self.upload, "content_type": UPLOAD_TYPE}
        if self.body is not None:
            arguments["body"] = _about(self.body, to)
        path = self.operation.recipient
        if path is not None:
            # In the body, or as `query.NAME`.
            put_at(arguments if path.split(".")[0] in arguments else arguments["body"], path, to)
        return arguments

    @property
    def unreadable_arguments(self) -> Arguments:
        """The same with a body that nobody can read."""
        if self.upload is not None:
            return {"raw": CUT_FORM, "content_type": UPLOAD_TYPE}
        return {"raw": BROKEN_JSON}

    def arguments_for_group(self, to: str, group: str) -> Arguments:
        """The same about this group."""
        arguments: Arguments = _replace_texts(self.arguments(to), {NO_GROUP: group})
        return arguments

    def documented_forms(
        self, to: str, group: str
    ) -> Iterator[tuple[Arguments, Mapping[str, Any]]]:
        """Every documented form of it about this person or this group, with what says so."""
        for example in self._examples or ({"value": None},):
            arguments = self.arguments_for_group(to, group)
            if self.body is not None:
                arguments["body"] = _replace_texts(_about(example["value"], to), {NO_GROUP: group})
            yield arguments, example.get("x-provenance", {})

    def incomplete_arguments(self, to: str) -> Arguments:
        """The same without its wrapper, or without what it needs."""
        body = self.arguments(to).get("body")
        if not isinstance(body, dict):
            return {}
        inner = next(iter(body.values()))
        return {"body": inner if isinstance(inner, dict) else {}}


def good_requests_of(contract: Contract) -> Mapping[str, GoodRequest]:
    """One good request per operation of an instance, by the operation's id."""
    return {
        operation.id: _good_request(operation, contract)
        for operation in contract.operations
        if not operation.is_of_host
    }


def _good_request(operation: Operation, contract: Contract) -> GoodRequest:
    query = dict(contract.query_examples(operation))
    query.pop("instance_key", None)
    if operation.takes_file:
        kind, content = _UPLOADS.get(operation.id, ("image/png", b64decode(PICTURE)))
        return GoodRequest(operation, None, query, upload(content, "arquivo", kind))
    body = contract.example(operation, _EXAMPLE_NAMES.get(operation.id))
    if operation.id in _FIELDS:
        wrapper = next(iter(body))
        fields = {**body[wrapper], **_FIELDS[operation.id]}
        body = {**body, wrapper: {key: each for key, each in fields.items() if each is not None}}
    return GoodRequest(operation, body, query)


def _about(node: Any, to: str) -> Any:
    """A copy of an example with this person, no group of anybody's, and the file of the run."""
    if isinstance(node, Mapping):
        return {name: _about(value, to) for name, value in node.items()}
    if isinstance(node, list):
        return [_about(value, to) for value in node]
    if not isinstance(node, str):
        return deepcopy(node)
    person = _PERSON.fullmatch(node)
    if person is not None:
        return to + (person[1] or "")
    if _GROUP.fullmatch(node):
        return NO_GROUP
    return PICTURE_URL if node.startswith(_FILES) else _MENTION.sub(f"@{to}", node)


def _replace_texts(node: Any, values: Mapping[str, str]) -> Any:
    """A copy of a document with some of its texts replaced."""
    if isinstance(node, Mapping):
        return {name: _replace_texts(value, values) for name, value in node.items()}
    if isinstance(node, list):
        return [_replace_texts(value, values) for value in node]
    return values.get(node, node) if isinstance(node, str) else node


def _texts(node: Any) -> Iterable[str]:
    """Every text in a document."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


GOOD_REQUESTS: Mapping[str, GoodRequest] = good_requests_of(Contract(plan=EVERY_PLAN))
# What sends a message to one recipient, and what of it only takes a message back.
SENDS = tuple(
    name
    for name, request in GOOD_REQUESTS.items()
    if request.effect == "sends" and request.refuses_strangers and name != "update_presence"
)
DELETIONS = ("delete_message", "delete_message_of_2022")
