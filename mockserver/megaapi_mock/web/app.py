"""The app over a runtime: the gateway before Flask, the control API and the documents in Flask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from ..records.delivery import Delivery
from ..records.exchange import Exchange
from ..runtime import Runtime, build_runtime
from ..simulation import snapshot
from . import docs
from .control import routes
from .control.direct_inbound import DirectInbound
from .gateway.front import Front
from .gateway.pipeline import Pipeline
from .gateway.route_hints import RouteHints
from .ui import pages


class MockApp(Flask):
    """A WSGI app; `runtime` is everything behind it. Stop it when done: it owns threads."""

    runtime: Runtime
    pipeline: Pipeline

    def started(self) -> None:
        """The server answers from now on: timers run."""
        self.runtime.timers.start()

    def close_streams(self) -> None:
        """End every request that waits for something."""
        self.runtime.journal.close()
        self.pipeline.stop_waiting()

    def stop(self, grace: float | None = None) -> int:
        """Stop timers, let go what is held, drain the courier; how many were abandoned."""
        self.close_streams()
        seconds = self.runtime.profile.seconds("stop_grace") if grace is None else grace
        return self.runtime.stop(seconds)


def create_app(
    runtime: Runtime, *, on_exchange: Callable[[Exchange], None] | None = None
) -> MockApp:
    """Serve a runtime; `on_exchange` hears of every call of the gateway once it is answered."""
    pipeline = Pipeline(
        operations=runtime.operations,
        handlers=runtime.handlers,
        validators=runtime.validators,
        profile=runtime.profile,
        samples=runtime.samples,
        journal=runtime.journal,
        publisher=runtime.publisher,
        clock=runtime.clock,
        faults=runtime.faults,
        hints=RouteHints(runtime.profile.plan, runtime.index, runtime.operations, runtime.fixtures),
        strict=runtime.settings.strict,
        on_exchange=on_exchange,
        bugs=runtime.bugs,
    )
    app = MockApp(__name__, static_folder=None)
    app.runtime, app.pipeline = runtime, pipeline
    if runtime.world.state is not None:
        snapshot.begin(runtime, runtime.world.state)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    # Werkzeug would redirect `//` away; the gateway's router does not know such paths.
    app.url_map.merge_slashes = False
    app.register_blueprint(routes.blueprint(runtime))
    app.register_blueprint(pages.blueprint())
    paths = {operation.path for operation in pipeline.operations}
    app.register_blueprint(docs.blueprint(runtime.document, paths, runtime.settings.host))
    front = Front(pipeline, DirectInbound(app, app.wsgi_app, runtime))
    app.wsgi_app = front  # type: ignore[method-assign]
    return app


def build_app(
    *,
    on_exchange: Callable[[Exchange], None] | None = None,
    on_delivery: Callable[[Delivery], None] | None = None,
    **parts: Any,
) -> MockApp:
    """`build_runtime` and `create_app` in one step; `parts` are those of `build_runtime`."""
    return create_app(build_runtime(on_delivery=on_delivery, **parts), on_exchange=on_exchange)


__all__: Sequence[str] = ("MockApp", "build_app", "create_app")
