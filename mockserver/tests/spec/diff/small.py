"""Small documents around one schema, parameter or answer."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from .seeded import Json

TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "integer"}


def document(version: str = "3.1.0", path: str = "/a", **operation: Any) -> Json:
    """One operation; `top`, `item` and `components` go where they belong."""
    parts = {name: operation.pop(name, {}) for name in ("top", "item", "components")}
    result = {
        "openapi": version,
        "info": {"title": "Shop", "version": "1"},
        "paths": {path: {
            "post": {"responses": {"200": {"description": "ok"}}, **operation},
            **parts["item"],
        }},
        "components": parts["components"],
        **parts["top"],
    }  # fmt: skip
    return deepcopy(result)


def request(
    schema: Any, version: str = "3.1.0", media: str = "application/json", **more: Any
) -> Json:
    """A document with one body."""
    body = {"required": True, "content": {media: {"schema": schema}}}
    return document(version, requestBody=body, components={"schemas": more})


def answer(
    schema: Any, version: str = "3.1.0", media: str = "application/json", **more: Any
) -> Json:
    """A document with one answer."""
    content = {media: {"schema": schema}}
    return document(version, responses={"200": {"description": "ok", "content": content}},
                    components={"schemas": more})  # fmt: skip


def statuses(*names: str) -> Json:
    """A document with these answers."""
    return document(responses={name: {"description": "ok"} for name in names})


def parameters(*listed: Json, path: str = "/a") -> Json:
    """A document with these parameters."""
    return document(path=path, parameters=list(listed))


def parameter(schema: Any = None, where: str = "query", name: str = "k", **more: Any) -> Json:
    """One parameter."""
    return {"name": name, "in": where, "schema": schema or TEXT, **more}


def secured(security: Any = None, top: Any = None, **schemes: Json) -> Json:
    """A document with requirements of the operation and of the whole, and three schemes."""
    flows = {"clientCredentials": {"tokenUrl": "https://t.example/t", "scopes": {"r": "", "w": ""}}}
    known = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "token": {"type": "http", "scheme": "bearer"},
        "grant": {"type": "oauth2", "flows": flows},
    }
    own = {} if security is None else {"security": security}
    return document(**own, top={} if top is None else {"security": top},
                    components={"securitySchemes": schemes or known})  # fmt: skip


def fields(*required: str, **properties: Any) -> Json:
    """An object."""
    return {"type": "object", "required": list(required), "properties": properties}


def listed(items: Any = None, **more: Any) -> Json:
    """An array."""
    return {"type": "array", "items": items or TEXT, **more}


def component(name: str) -> Json:
    """A reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}
