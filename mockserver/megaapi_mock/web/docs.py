"""The documents live hosts show too: Swagger UI and the contract in one file."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, request
from flask_swagger_ui import get_swaggerui_blueprint

# validatorUrl would make the page call a service of someone else.
_UI = {"app_name": "megaAPI (mock)", "validatorUrl": None, "persistAuthorization": True}


def blueprint(document: dict[str, Any]) -> Blueprint:
    """`/docs/` and `/docs/swagger.json`, everything from packaged files."""
    pages = Blueprint("docs", __name__)

    @pages.get("/docs/swagger.json")
    def contract() -> Response:
        """The contract, naming this mock as its only server: no reader calls a real host."""
        own = {**document, "servers": [{"url": request.host_url.rstrip("/")}]}
        return Response(orjson.dumps(own), mimetype="application/json")

    pages.register_blueprint(
        get_swaggerui_blueprint("/docs", "/docs/swagger.json", config=dict(_UI))
    )
    return pages
