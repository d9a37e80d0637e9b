"""The control API under /_mock/: every route, by subject."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from ... import __version__
from ...errors import ControlRefused, StoreUnavailable
from ...runtime import Runtime
from .belongings import Belongings
from .catalogue_routes import CatalogueRoutes
from .chat_routes import ChatRoutes
from .conversation_routes import ConversationRoutes
from .fault_routes import FaultRoutes
from .guard import Guard
from .instance_routes import InstanceRoutes
from .json_body import answering, plain, refusal_response
from .linking_routes import LinkingRoutes
from .places import Places
from .readiness import hindrances
from .record_routes import RecordRoutes
from .rewind_routes import RewindRoutes
from .state_routes import StateRoutes
from .stream_routes import StreamRoutes
from .webhook_routes import WebhookRoutes

Json = dict[str, Any]


def blueprint(runtime: Runtime) -> Blueprint:
    """The routes of spec/control.yaml."""
    control = Blueprint("control", __name__, url_prefix="/_mock")
    ControlRoutes(runtime).add_to(control)
    return control


class ControlRoutes:
    """One method per route; each returns a document, a pair with a status, or a Response."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._places = Places(runtime.journal.beat)

    def add_to(self, control: Blueprint) -> None:
        """Every route there is, with the guard before them."""
        routes: list[tuple[str, str, Callable[..., Any]]] = [
            ("GET", "", self.index),
            ("GET", "/health", self.health),
            ("GET", "/ready", self.ready),
            ("GET", "/metrics", self.metrics),
            *StreamRoutes(self._runtime, self._places).routes(),
            *StateRoutes(self._runtime).routes(),
            *InstanceRoutes(self._runtime).routes(),
            *RecordRoutes(self._runtime, self._places).routes(),
            *WebhookRoutes(self._runtime, self._places).routes(),
            *FaultRoutes(self._runtime).routes(),
            *Belongings(self._runtime).routes(),
            *LinkingRoutes(self._runtime).routes(),
            *ChatRoutes(self._runtime).routes(),
            *CatalogueRoutes(self._runtime).routes(),
            *RewindRoutes(self._runtime).routes(),
            *ConversationRoutes(self._runtime, self._places).routes(),
        ]
        self._routes = [f"{method} /_mock{path}" for method, path, _ in routes]
        for method, path, view in routes:
            control.add_url_rule(
                path,
                endpoint=f"{method} {path}".replace(".", ""),
                view_func=answering(view, method, path),
                methods=[method],
                strict_slashes=False,
            )
        # For the whole app: an unknown path below /_mock/ belongs to no blueprint.
        control.before_app_request(
            Guard(self._runtime.settings, self._runtime.courier.carries).check
        )
        control.app_errorhandler(HTTPException)(plain)
        control.after_request(self._settle_store)
        # Registered last, run first: it counts what the view answered; the store's refusal too.
        control.after_request(self._count)

    def _settle_store(self, response: Response) -> Response:
        """What somebody has asked for is kept before they hear of it."""
        if request.method in ("GET", "HEAD"):
            return response
        try:
            self._runtime.store.settle()
        except StoreUnavailable as error:
            return refusal_response(ControlRefused(error.status, error.reason))
        return response

    def index(self) -> Json:
        """Every route of the control API."""
        return {"routes": self._routes, "description": "spec/control.yaml"}

    def ready(self) -> tuple[Json, int]:
        """Whether it can be used now; 503 and why, where it cannot."""
        reasons = list(hindrances(self._runtime))
        if reasons:
            return {"error": "; ".join(reasons), "status": "not ready"}, 503
        return {"status": "ready", "version": __version__}, 200

    def metrics(self) -> Response:
        """What was counted and what is held, as Prometheus reads it."""
        # Only here: nobody else waits for a library that takes a tenth of a start.
        from .metrics_page import metrics_page

        content, content_type = metrics_page(self._runtime, request.headers.get("Accept", ""))
        return Response(content, content_type=content_type)

    def _count(self, response: Response) -> Response:
        """Note the call under its route's own name, whatever the path says."""
        method, _, path = (request.endpoint or "").removeprefix("control.").partition(" ")
        name = f"{method} {path}" if path or method else None
        self._runtime.counts.note((name, response.status_code, 0.0, True))
        return response

    def health(self) -> Json:
        """That the mock runs, and its version."""
        return {"status": "ok", "version": __version__}
