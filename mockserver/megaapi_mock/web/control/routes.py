"""The control API under /_mock/: every route, by subject."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from ... import __version__
from ...errors import ControlRefused, StoreUnavailable
from ...records.bugs import log_failure
from ...runtime import Runtime
from ...serving.calls import WatchedApp
from ...simulation.contact_messages import ContactMessages
from ...simulation.plays import Plays
from .. import use_cases
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
from .record_search import RecordSearch
from .rewind_routes import RewindRoutes
from .state_routes import StateRoutes
from .stream_routes import StreamRoutes
from .waits import LaterResponse
from .webhook_routes import WebhookRoutes

log = logging.getLogger(__name__)

Json = dict[str, Any]
Route = tuple[str, str, Callable[..., Any]]
# What these do does not change an instance: it is kept when they are answered, or they are
# refused. The others have kept theirs by then, and a refusal would have it made again.
_KEPT_AT_THE_END = frozenset(
    f"control.{method} {path}"
    for method, path in (
        ("POST", "/clock"),
        ("POST", "/reset"),
        ("PUT", "/state"),
        ("POST", "/instances/<key>/rewind"),
        ("POST", "/instances/<key>/chaos"),
        ("DELETE", "/instances/<key>/chaos"),
        ("POST", "/faults"),
        ("DELETE", "/faults"),
        ("DELETE", "/faults/<id>"),
    )
)


def blueprint(
    runtime: Runtime, contact_messages: ContactMessages, server: Callable[[], WatchedApp | None]
) -> Blueprint:
    """The routes of spec/control.yaml; `server` tells what serves them, if anything does."""
    control = Blueprint("control", __name__, url_prefix="/_mock")
    ControlRoutes(runtime, contact_messages, server).add_to(control)
    return control


class ControlRoutes:
    """One method per route; each returns a document, a pair with a status, or a Response."""

    def __init__(
        self,
        runtime: Runtime,
        contact_messages: ContactMessages,
        server: Callable[[], WatchedApp | None],
    ) -> None:
        self._server = server
        self._runtime, self._contact_messages = runtime, contact_messages
        self._lifecycle = use_cases.lifecycle(runtime)
        self._places = Places(runtime.records.journal.beat)
        self._search = RecordSearch(runtime.instances.store)

    def add_to(self, control: Blueprint) -> None:
        """Every route there is, with the guard before them."""
        routes: list[Route] = [
            ("GET", "", self.index),
            ("GET", "/health", self.health),
            ("GET", "/ready", self.ready),
            ("GET", "/metrics", self.metrics),
            *self._of_records(),
            *self._of_instances(),
            *self._of_webhooks(),
            *self._of_states(),
            *self._of_conversations(),
            *CatalogueRoutes(self._runtime.api, self._runtime.setup.samples).routes(),
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
            Guard(self._runtime.setup.settings, self._runtime.webhooks.courier.carries).check
        )
        control.app_errorhandler(HTTPException)(plain)
        control.after_request(self._settle_store)
        # Registered last, run first: it counts what the view answered; the store's refusal too.
        control.after_request(self._count)

    def _of_records(self) -> list[Route]:
        runtime, journal = self._runtime, self._runtime.records.journal
        instances, search, places = runtime.instances, self._search, self._places
        index, events = runtime.api.description.index, frozenset(runtime.setup.samples.names())
        return [
            *StreamRoutes(instances.store, journal, places).routes(),
            *RecordRoutes(instances, journal, index, search, places, events).routes(),
        ]

    def _of_instances(self) -> list[Route]:
        runtime, records, instances = self._runtime, self._runtime.records, self._runtime.instances
        courier, most = runtime.webhooks.courier, runtime.setup.settings.instances_limit
        return [
            *InstanceRoutes(
                instances,
                records,
                runtime.faults,
                self._lifecycle,
                self._contact_messages,
                most=most,
            ).routes(),
            *Belongings(instances).routes(),
            *LinkingRoutes(instances).routes(),
            *ChatRoutes(instances, courier, runtime.clock, self._search).routes(),
        ]

    def _of_webhooks(self) -> list[Route]:
        runtime, journal, publisher = (
            self._runtime,
            self._runtime.records.journal,
            self._runtime.instances.publisher,
        )
        return [
            *WebhookRoutes(
                runtime.instances,
                runtime.webhooks,
                runtime.records,
                runtime.clock,
                runtime.ids,
                use_cases.payloads(runtime),
                runtime.api.operations,
                self._places,
            ).routes(),
            *FaultRoutes(runtime.faults, publisher, journal).routes(),
        ]

    def _of_states(self) -> list[Route]:
        runtime, instances = self._runtime, self._runtime.instances
        parts, state_bytes = use_cases.state_parts(runtime), runtime.setup.settings.state_bytes
        return [
            *StateRoutes(parts, self._lifecycle, state_bytes).routes(),
            *RewindRoutes(instances, use_cases.rewind(runtime), self._search).routes(),
        ]

    def _of_conversations(self) -> list[Route]:
        runtime, records, instances = self._runtime, self._runtime.records, self._runtime.instances
        plays = Plays(instances, records, self._contact_messages)
        return ConversationRoutes(
            plays,
            instances.publisher,
            instances.store.records,
            runtime.setup.samples,
            self._search,
            self._places,
        ).routes()

    def _settle_store(self, response: Response) -> Response:
        """What somebody has asked for is kept before they hear of it."""
        if request.method in ("GET", "HEAD"):
            return response
        try:
            self._runtime.instances.store.settle()
        except StoreUnavailable as error:
            if request.endpoint in _KEPT_AT_THE_END:
                return refusal_response(ControlRefused(error.status, error.reason))
        except Exception:
            log_failure(log, "our own bug: what a call has changed is not settled")
        return response

    def index(self) -> Json:
        """Every route of the control API."""
        return {"routes": self._routes, "description": "spec/control.yaml"}

    def ready(self) -> tuple[Json, int]:
        """Whether it can be used now; 503 and why, where it cannot."""
        runtime = self._runtime
        reasons = list(hindrances(runtime.instances, runtime.webhooks, runtime.records))
        if reasons:
            return {"error": "; ".join(reasons), "status": "not ready"}, 503
        return {"status": "ready", "version": __version__}, 200

    def metrics(self) -> Response:
        """What was counted and what is held, as Prometheus reads it."""
        # Only here: nobody else waits for a library that takes a tenth of a start.
        from .metrics_page import metrics_page

        accept = request.headers.get("Accept", "")
        content, content_type = metrics_page(self._runtime, self._server(), accept)
        return Response(content, content_type=content_type)

    def _count(self, response: Response) -> Response:
        """Note the call under its route's own name, whatever the path says, once it is answered."""
        if isinstance(response, LaterResponse):
            return response
        method, _, path = (request.endpoint or "").removeprefix("control.").partition(" ")
        name = f"{method} {path}" if path or method else None
        try:
            self._runtime.records.counts.note((name, response.status_code, 0.0, True))
        except Exception:
            log_failure(log, "our own bug: a call of the control API is not counted")
        return response

    def health(self) -> Json:
        """That the mock runs, and its version."""
        return {"status": "ok", "version": __version__}
