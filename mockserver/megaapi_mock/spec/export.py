"""The one-file form as other programs want it: with a schema for any webhook, and for those that
cannot read all of OpenAPI 3.1 in a form they can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .bundle import Bundle
from .components import calls, without_unused_parts
from .payload_types.json_schemas import ANY_WEBHOOK, webhook_schemas
from .payload_types.message_types import PayloadTypes
from .plain_schemas import simplify_schemas
from .postman import for_postman

Json = dict[str, Any]
_SCHEMAS = "#/components/schemas/"
# Who is told where webhooks go; what comes there is its callback.
_SUBSCRIBES, _ADDRESS = "configure_webhook", "{$request.body#/messageData/webhookUrl}"


def one_file(bundle: Bundle, program: str | None = None) -> Json:
    """The document of a bundle with `AnyWebhook`, in the form of `FORMS` for a program."""
    document: Json = _without_false(bundle.document)
    schemas = document["components"].get("schemas", {})
    added = webhook_schemas(PayloadTypes(bundle), schemas)
    if added:
        document["components"]["schemas"] = dict(sorted({**schemas, **added}.items()))
        _say_what_comes(document)
    return FORMS[program](document) if program else document


def _without_false(node: Any) -> Any:
    """A copy in which fields that must not be there have a schema that is an object.

    openapi-python-client cannot read the whole document otherwise.
    """
    if isinstance(node, list):
        return [_without_false(each) for each in node]
    if not isinstance(node, Mapping):
        return node
    copy = {name: _without_false(each) for name, each in node.items()}
    fields = copy.get("properties")
    if isinstance(fields, dict):
        fields.update({name: {"not": {}} for name, each in fields.items() if each is False})
    return copy


def _say_what_comes(document: Json) -> None:
    for definition in calls(document["paths"]):
        if definition["operationId"] == _SUBSCRIBES:
            definition["callbacks"] = {"webhook": {_ADDRESS: {"post": _callback()}}}


def _callback() -> Json:
    return {
        "operationId": "any_webhook",
        "summary": "Any webhook",
        "description": "What the gateway posts to the URL.",
        "tags": ["Webhook events"],
        "security": [],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": _SCHEMAS + ANY_WEBHOOK}}},
        },
        "responses": {
            "200": {"description": "Any 2xx will do; the body is ignored."},
            "4XX": {"description": "Not delivered."},
        },
    }


def _for_openapi_python_client(document: Json) -> Json:
    """With bytes as the only type of a file that it hands on."""
    for content in _describe_files(document):
        content["application/octet-stream"] = content.pop(next(iter(content)))
    return _with_one_webhook(document)


def _for_openapi_generator(document: Json) -> Json:
    """Without links, whose bodies it refuses, and webhooks, which would become calls.

    The rest is put the way that its languages need: see `plain_schemas`.
    """
    document["components"].pop("links", None)
    for response in _responses(document):
        response.pop("links", None)
    _describe_files(document)
    return _with_one_webhook(simplify_schemas(document))


FORMS: Mapping[str, Callable[[Json], Json]] = {
    "openapi-python-client": _for_openapi_python_client,
    "openapi-generator": _for_openapi_generator,
    "postman": lambda document: for_postman(_with_one_webhook(document)),
}


def _responses(document: Json) -> Iterator[Json]:
    for definition in calls(document["paths"]):
        yield from definition["responses"].values()
    yield from document["components"].get("responses", {}).values()


def _describe_files(document: Json) -> list[Json]:
    """Describe answers that are files the way OpenAPI 3.0 did; what each of them contains.

    OpenAPI 3.1 has no schema for bytes; these programs take an answer without one for empty.
    """
    contents = [each.get("content", {}) for each in _responses(document)]
    files = [each for each in contents if any("schema" not in media for media in each.values())]
    for content in files:
        for media in content.values():
            media["schema"] = {"type": "string", "format": "binary"}
    return files


def _with_one_webhook(document: Json) -> Json:
    """Without `webhooks`, which the callback has all of, and what only they lead to."""
    document.pop("webhooks", None)
    return without_unused_parts(document)
