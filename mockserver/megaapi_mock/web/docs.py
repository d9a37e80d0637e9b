"""The documents live hosts show too: Swagger UI and the contract in one file."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson
from flask import Blueprint, Response
from flask_swagger_ui import get_swaggerui_blueprint

from ..reference.calls import EXAMPLE_HOOK, LOCAL_HOOK
from .origin import own_origin

# validatorUrl would make the page call a service of someone else.
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
        own = {**document, "paths": paths, "servers": [{"url": own_origin(host)}]}
        text = orjson.dumps(own).replace(EXAMPLE_HOOK.encode(), LOCAL_HOOK.encode())
        return Response(text, mimetype="application/json")

    pages.register_blueprint(
        get_swaggerui_blueprint("/docs", "/docs/swagger.json", config=dict(_UI))
    )
    return pages
