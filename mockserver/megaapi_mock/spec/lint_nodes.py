"""What OpenAPI 3.1 has where: the objects of the contract, one after the other, and their keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .bundle import Bundle
from .components import references
from .lint_rules import LintFinding
from .operations import METHODS
from .validate import Compiler

ONE, LIST, MAP = "one", "list", "map"


@dataclass(frozen=True)
class ObjectKind:
    """What one kind of object may hold: objects of other kinds, plain values, our extensions."""

    children: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()

    @property
    def allowed_keys(self) -> frozenset[str]:
        """Every key that may stand in such an object."""
        return self.plain | self.extensions | set(self.children)


def _kind(plain: str, extensions: str = "", /, **children: tuple[str, str]) -> ObjectKind:
    return ObjectKind(children, frozenset(plain.split()), frozenset(extensions.split()))


_CARRIER = {"schema": ("schema", ONE), "content": ("media", MAP), "examples": ("example", MAP)}
_CALL = {
    "parameters": ("parameter", LIST),
    "requestBody": ("request", ONE),
    "responses": ("response", MAP),
    "servers": ("server", LIST),
}
_CALL_KEYS = "operationId summary description tags security deprecated externalDocs"
_SUBSCHEMAS = {
    **dict.fromkeys(
        "items contains additionalProperties propertyNames if then else not "
        "unevaluatedItems unevaluatedProperties".split(),
        ("schema", ONE),
    ),
    **dict.fromkeys(["allOf", "anyOf", "oneOf", "prefixItems"], ("schema", LIST)),
    **dict.fromkeys(
        ["properties", "patternProperties", "dependentSchemas", "$defs"], ("schema", MAP)
    ),
}

# `nullable`, `format`, `discriminator` and a schema's `example` are left out on purpose.
KINDS: Mapping[str, ObjectKind] = {
    "document": _kind(
        "openapi jsonSchemaDialect security externalDocs",
        info=("info", ONE),
        servers=("server", LIST),
        tags=("tag", LIST),
        paths=("path item", MAP),
        webhooks=("webhook item", MAP),
        components=("components", ONE),
    ),
    "info": _kind("title version summary description termsOfService contact license"),
    "server": _kind("url description variables"),
    "tag": _kind("name description externalDocs"),
    "path item": _kind(
        "summary description",
        **{"parameters": ("parameter", LIST), **dict.fromkeys(METHODS, ("operation", ONE))},
    ),
    "webhook item": _kind("summary description", post=("webhook", ONE)),
    "operation": _kind(
        _CALL_KEYS,
        "x-provenance x-path-provenance x-summary-pt x-description-pt x-effect x-plans "
        "x-scope x-requires-connection x-recipient x-uses",
        **_CALL,
    ),
    "webhook": _kind(
        _CALL_KEYS,
        "x-provenance x-summary-pt x-description-pt x-category x-message-type x-default x-arrival "
        "x-generation",
        **_CALL,
    ),
    "parameter": _kind(
        "name in required description deprecated style explode example", "x-provenance", **_CARRIER
    ),
    "header": _kind(
        "required description deprecated style explode example", "x-provenance", **_CARRIER
    ),
    "request": _kind("description required", "x-provenance", content=("media", MAP)),
    "response": _kind(
        "description",
        "x-provenance x-may-be-empty",
        content=("media", MAP),
        headers=("header", MAP),
        links=("link", MAP),
    ),
    "media": _kind("example encoding", schema=("schema", ONE), examples=("example", MAP)),
    "example": _kind("summary description value externalValue", "x-provenance"),
    "link": _kind("operationId operationRef parameters requestBody description server"),
    "components": _kind(
        "",
        schemas=("schema", MAP),
        responses=("response", MAP),
        parameters=("parameter", MAP),
        examples=("example", MAP),
        requestBodies=("request", MAP),
        headers=("header", MAP),
        links=("link", MAP),
        pathItems=("path item", MAP),
        securitySchemes=("security scheme", MAP),
    ),
    "security scheme": _kind(
        "type description name in scheme bearerFormat flows openIdConnectUrl", "x-provenance"
    ),
    "schema": _kind(
        "$ref $schema $id $anchor $comment title description type const enum default examples "
        "deprecated readOnly writeOnly multipleOf maximum exclusiveMaximum minimum "
        "exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems maxContains "
        "minContains maxProperties minProperties required dependentRequired contentEncoding "
        "contentMediaType contentSchema format xml externalDocs",
        "x-provenance x-open",
        **_SUBSCHEMAS,
    ),
}


@dataclass(frozen=True)
class Node:
    """One object of the contract, found `within` another kind.

    `promised`: the gateway sends it, in a reply or a webhook.
    """

    kind: str
    name: str
    file: str
    place: str
    value: Mapping[str, Any]
    is_promised: bool = False
    within: str = ""

    @property
    def is_reference(self) -> bool:
        """Whether it only points elsewhere; a schema may have a `$ref` beside other keys."""
        return "$ref" in self.value and self.kind != "schema"

    def finding(self, rule: str, message: str) -> LintFinding:
        """A fault of this object."""
        return LintFinding(self.file, self.place, rule, message)

    def children(self) -> Iterator[Node]:
        """The objects directly inside."""
        if self.is_reference:
            return
        for key, (kind, shape) in KINDS[self.kind].children.items():
            for name, value in _members(self.value.get(key), shape):
                if isinstance(value, Mapping):
                    place = "/".join(part for part in (self.place, key, name) if part)
                    is_promise = self.is_promised or kind in ("response", "webhook")
                    yield Node(kind, name or key, self.file, place, value, is_promise, self.kind)


def _members(value: Any, shape: str) -> Iterator[tuple[str, Any]]:
    if shape == ONE:
        yield "", value
    elif shape == LIST and isinstance(value, list):
        yield from ((str(index), member) for index, member in enumerate(value))
    elif shape == MAP and isinstance(value, Mapping):
        yield from ((str(name), member) for name, member in value.items())


class LintedContract:
    """The bundled document as nodes that know their files, and the table of sources."""

    def __init__(self, root: Path, bundle: Bundle, sources: Mapping[str, Any]) -> None:
        self.root = root
        self.document = bundle.document
        self.files = bundle.files
        self.sources = sources
        self.compiler = Compiler(bundle.document)

    def nodes(self) -> Iterator[Node]:
        """Every object, each once, outer ones first."""
        sent_schemas = self._sent_schemas()
        waiting = [Node("document", "", "openapi.yaml", "", self.document)]
        while waiting:
            node = waiting.pop()
            if node.kind != "components":
                yield node
            waiting.extend(self._place(node, child, sent_schemas) for child in node.children())

    def _place(self, parent: Node, child: Node, sent_schemas: frozenset[str]) -> Node:
        """Give a path item, a webhook or a component the file it stands in."""
        if parent.kind == "document" and child.kind in ("path item", "webhook item"):
            file = self.files[child.name]
            place = "" if file != "openapi.yaml" else child.place
            return replace(child, file=file, place=place)
        if parent.kind == "components":
            section = child.place.split("/")[1]
            is_promise = child.kind == "response" or (
                section == "schemas" and child.name in sent_schemas
            )
            file = f"components/{section}/{child.name}.yaml"
            apart = (self.root / file).is_file()
            file, place = (file, "") if apart else ("openapi.yaml", child.place)
            return replace(child, file=file, place=place, is_promised=is_promise)
        return child

    def _sent_schemas(self) -> frozenset[str]:
        """Names of the schemas that replies and webhooks lead to."""
        schemas = self.document.get("components", {}).get("schemas", {})
        sections = [self.document.get("webhooks", {})]
        sections.append(self.document.get("components", {}).get("responses", {}))
        for item in self.document.get("paths", {}).values():
            calls = [call for call in item.values() if isinstance(call, Mapping)]
            sections.extend(call.get("responses", {}) for call in calls)
        schema_names: set[str] = set()
        waiting = [name for section in sections for name in references(section, "schemas")]
        while waiting:
            name = waiting.pop()
            if name not in schema_names:
                schema_names.add(name)
                waiting.extend(references(schemas.get(name, {}), "schemas"))
        return frozenset(schema_names)


def further_uses(operation: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The entries of `x-uses`, each with its place."""
    for index, use in enumerate(operation.get("x-uses") or ()):
        if isinstance(use, Mapping):
            yield f"x-uses/{index}", use
