"""The documents live hosts show too: Swagger UI and the contract in one file."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import orjson
from flask import Blueprint, Response, request
from flask_swagger_ui import get_swaggerui_blueprint

from .control.guard import is_loopback

# validatorUrl would make the page call a service of someone else.
# The contract's example of a webhook address leads nowhere; tried out here, it leads to
# `megaapi-mock listen` and to the receiver of the README.
_EXAMPLE_HOOK, _LOCAL_HOOK = b"https://shop.example.test/hook", b"http://127.0.0.1:9000/hook"
_UI = {"app_name": "megaAPI (mock)", "validatorUrl": None, "persistAuthorization": True}


def blueprint(document: dict[str, Any], offered_paths: Collection[str], host: str) -> Blueprint:
    """`/docs/` and `/docs/swagger.json`, everything from packaged files.

    Only `offered_paths` are shown: another plan's are unknown routes here.
    """
    pages = Blueprint("docs", __name__)

    @pages.get("/docs/swagger.json")
    def contract() -> Response:
        """The contract, naming this mock as its only server: no reader calls a real host."""
        paths = {path: item for path, item in document["paths"].items() if path in offered_paths}
        own = {**document, "paths": paths, "servers": [{"url": _origin(host)}]}
        text = orjson.dumps(own).replace(_EXAMPLE_HOOK, _LOCAL_HOOK)
        return Response(text, mimetype="application/json")

    pages.register_blueprint(
        get_swaggerui_blueprint("/docs", "/docs/swagger.json", config=dict(_UI))
    )
    return pages


def _origin(host: str) -> str:
    """Where this mock answers: as the reader called it, unless only loopback can be meant."""
    url = urlsplit(request.host_url)
    if is_loopback(host) and not is_loopback(url.hostname or ""):
        return f"http://{host}:{request.environ.get('SERVER_PORT', 80)}"
    return request.host_url.rstrip("/")
