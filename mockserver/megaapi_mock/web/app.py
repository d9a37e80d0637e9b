"""The app over a runtime: the gateway before Flask, the control API and the documents in Flask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Flask

from ..records.delivery import Delivery
from ..records.exchange import Exchange
from ..runtime import Runtime, build_runtime
from ..serving.calls import WatchedApp
from ..simulation.host import RunningHost
from ..spec.plans import offers
from ..store.open_store import MEMORY
from ..webhooks.courier_of_profile import media_policy
from .gateway.auth import Access
from .gateway.fetcher import Fetcher
from .gateway.front import Front, Wsgi
from .gateway.pipeline import Pipeline
from .gateway.route_hints import RouteHints


class MockApp(Flask):
    """A WSGI app; `runtime` is everything behind it. Stop it when done: it owns threads."""

    runtime: Runtime
    pipeline: Pipeline
    control: ControlAtFirstCall

    def started(self) -> None:
        """The server answers from now on: timers run."""
        self.runtime.timers.start()
        # Nobody has to wait for it then, who calls a moment later.
        threading.Thread(target=self.control.ready, name="control API", daemon=True).start()

    def watched_by(self, server: WatchedApp) -> None:
        """What serves this app, for who asks what it holds."""
        self.runtime.server = server

    def close_streams(self) -> None:
        """End every request that waits for something."""
        self.runtime.journal.close()
        self.pipeline.stop_waiting()

    def stop(self, grace: float | None = None) -> int:
        """Stop timers, let go what is held, drain the courier; how many were abandoned."""
        self.close_streams()
        seconds = self.runtime.profile.seconds("stop_grace") if grace is None else grace
        return self.runtime.stop(seconds)


class ControlAtFirstCall:
    """The control API, the page and the documents, put together when somebody first asks.

    The gateway's calls need none of it, and it takes a quarter of a start.
    """

    front: Front

    def __init__(self, app: MockApp) -> None:
        self._app, self._flask = app, app.wsgi_app
        self._lock = threading.Lock()
        self._whole: Wsgi | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return self.ready()(environ, start_response)

    def ready(self) -> Wsgi:
        """The WSGI app of all of it; the front calls it itself from then on."""
        with self._lock:
            if self._whole is None:
                self._whole = self.front.control = self._put_together()
        return self._whole

    def _put_together(self) -> Wsgi:
        from . import docs
        from .control import routes
        from .control.direct_inbound import DirectInbound
        from .reference import ReferencePages
        from .ui import pages

        app, runtime = self._app, self._app.runtime
        app.register_blueprint(routes.blueprint(runtime))
        app.register_blueprint(pages.blueprint())
        app.register_blueprint(ReferencePages(runtime).blueprint())
        paths = {operation.path for operation in app.pipeline.operations}
        app.register_blueprint(
            docs.blueprint(runtime.document, runtime.profile.plan, paths, runtime.settings.host)
        )
        return DirectInbound(app, self._flask, runtime)


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
        counts=runtime.counts,
        hints=RouteHints(runtime.profile.plan, runtime.index, runtime.operations, runtime.fixtures),
        access=_access(runtime),
        host=RunningHost(runtime),
        strict=runtime.settings.strict,
        on_exchange=on_exchange,
        bugs=runtime.bugs,
        fetcher=Fetcher(hosts=media_policy(runtime.settings)),
    )
    app = MockApp(__name__, static_folder=None)
    app.runtime, app.pipeline = runtime, pipeline
    _begin(runtime)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    # Werkzeug would redirect `//` away; the gateway's router does not know such paths.
    app.url_map.merge_slashes = False
    app.control = ControlAtFirstCall(app)
    app.control.front = Front(pipeline, app.control)
    app.wsgi_app = app.control.front  # type: ignore[method-assign]
    return app


def _access(runtime: Runtime) -> Access:
    """Where nobody administers all instances, each has a token of its own, whatever is set."""
    profile = runtime.profile
    if not offers(profile.plan, ("admin",)):
        return Access()
    return Access(runtime.settings.admin_token, own_tokens=profile.on("own_tokens"))


def _begin(runtime: Runtime) -> None:
    """Put the state in place that the mock begins with."""
    if runtime.settings.store != MEMORY:
        from ..simulation import resume

        if resume.begin(runtime):
            return
    if runtime.world.state is not None:
        from ..simulation import snapshot

        snapshot.begin(runtime, runtime.world.state)


def build_app(
    *,
    on_exchange: Callable[[Exchange], None] | None = None,
    on_delivery: Callable[[Delivery], None] | None = None,
    **parts: Any,
) -> MockApp:
    """`build_runtime` and `create_app` in one step; `parts` are those of `build_runtime`."""
    return create_app(build_runtime(on_delivery=on_delivery, **parts), on_exchange=on_exchange)


__all__: Sequence[str] = ("MockApp", "build_app", "create_app")
