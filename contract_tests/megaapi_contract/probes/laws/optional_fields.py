"""Each optional field of a send is taken with each value that its type allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import partial, update_wrapper
from typing import Any

from ...host.stage import Stage
from ...judging.results import Promise, weakest
from ..probe import Laws
from ..session import PICTURE_URL, Session
from .assertions import claim_success
from .calls import someone
from .messages import SHOP
from .requests import GOOD_REQUESTS

LAWS = Laws()
Schema = Mapping[str, Any]

WRAPPER = "messageData"
WORDS = "Veja"
# What fits where not every text does. A file that is named belongs to a type: neither alone.
TEXT_VALUES: Mapping[str, tuple[str, ...]] = {
    "mimeType": (), "mediaType": ("image",), "type": ("text",), "fileName": ("foto.png",),
    "url": (SHOP,), "mediaUrl": (PICTURE_URL,), "messageTimestamp": ("1767225600",),
}  # fmt: skip
OTHER_VALUES: Mapping[str, tuple[Any, ...]] = {
    "boolean": (True, False), "null": (None,), "integer": (0, 1), "number": (1767225600,),
}  # fmt: skip


def _optional_fields(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Every field that may be left out, with its schema."""
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        if name not in required:
            yield name, field


def _values(name: str, field: Schema) -> Iterator[Any]:
    """One value of every type that the field has, and both truth values."""
    kinds = field.get("type", ())
    for kind in (kinds,) if isinstance(kinds, str) else kinds:
        yield from OTHER_VALUES.get(kind, TEXT_VALUES.get(name, (WORDS,)))


def _fields_of(operation: str) -> list[tuple[str, Schema]]:
    content = (
        GOOD_REQUESTS[operation].operation.definition.get("requestBody", {}).get("content", {})
    )
    schema = content.get("application/json", {}).get("schema", {})
    wrapper = schema.get("properties", {}).get(WRAPPER, {})
    return list(_optional_fields(wrapper))


def every_optional_field_is_taken_with_every_value(
    operation: str, session: Session, stage: Stage
) -> None:
    instance, to = stage.instance(), someone(session)
    promise_of_call = session.contract.promise(operation)
    for name, field in _fields_of(operation):
        grade = field.get("x-provenance", {}).get("grade", promise_of_call.grade)
        promise = weakest(promise_of_call, Promise(grade, promise_of_call.file))
        for value in _values(name, field):
            body = deepcopy(GOOD_REQUESTS[operation].arguments(to)["body"])
            body[WRAPPER][name] = value
            answer = session.call(operation, instance, body=body)
            when = f"{name} of type {type(value).__name__}"
            claim_success(session, answer, when, promise=promise)


for _operation, _ask in GOOD_REQUESTS.items():
    if _ask.effect == "sends" and _ask.upload is None and _fields_of(_operation):
        _run = partial(every_optional_field_is_taken_with_every_value, _operation)
        update_wrapper(_run, every_optional_field_is_taken_with_every_value)
        LAWS.law(_operation, effects=("sends",), about=_operation, phone=True)(_run)
