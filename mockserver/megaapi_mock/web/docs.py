"""The documents live hosts show too: Swagger UI over the contract and the control API."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import flask_swagger_ui
import orjson
from flask import Blueprint, Response, send_from_directory

from ..reference.calls import EXAMPLE_HOOK, LOCAL_HOOK
from ..spec.plans import document_of_plan
from .control.operation_input import control_document
from .origin import own_origin
from .ui.pages import pack, send

OWN = Path(__file__).with_name("swagger")
_DIST = Path(flask_swagger_ui.__file__).with_name("dist")
# Swagger UI writes styles into its page; its scripts are files, and nothing comes from elsewhere.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


def blueprint(
    document: dict[str, Any], plan: str, offered_paths: Collection[str], host: str
) -> Blueprint:
    """`/docs/` with the definitions of the gateway and of the control API, all packaged files.

    Only `offered_paths` are shown: another plan's are unknown routes here.
    """
    pages = Blueprint("docs", __name__)

    @pages.get("/docs/swagger.json")
    def contract() -> Response:
        """The contract, naming this mock as its only server: no reader calls a real host."""
        own = document_of_plan(document, plan)
        paths = {path: item for path, item in own["paths"].items() if path in offered_paths}
        return _definition({**own, "paths": paths}, host)

    @pages.get("/docs/control.json")
    def control() -> Response:
        """The control API's definition, of this mock too."""
        return _definition(control_document(), host)

    @pages.get("/docs/")
    @pages.get("/docs/<path:path>")
    def page(path: str = "index.html") -> Response:
        """The page, and the files that make it up."""
        if path not in _OWN_FILES:
            return send_from_directory(_DIST, path)
        suffix = Path(path).suffix
        response = send(pack((OWN / path).read_bytes(), suffix))
        if suffix == ".html":
            response.headers["Content-Security-Policy"] = _POLICY
        return response

    return pages


_OWN_FILES = frozenset(path.name for path in OWN.iterdir())


def _definition(document: Mapping[str, Any], host: str) -> Response:
    own = {**document, "servers": [{"url": own_origin(host)}]}
    text = orjson.dumps(own).replace(EXAMPLE_HOOK.encode(), LOCAL_HOOK.encode())
    return Response(text, mimetype="application/json")
