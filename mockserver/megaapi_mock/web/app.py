"""The app over a runtime: the gateway before Flask, the control API and the documents in Flask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Flask

from ..profile import Profile
from ..records.delivery import Delivery
from ..records.exchange import Exchange
from ..runtime import Runtime
from ..runtime.build import build_runtime
from ..serving.calls import WatchedApp
from ..spec.plans import offers
from ..store.open_store import MEMORY
from ..webhooks.courier_of_profile import media_policy
from . import use_cases
from .gateway.auth import Access
from .gateway.fetcher import Fetcher
from .gateway.front import Front
from .gateway.host_calls import HostCalls
from .gateway.pipeline import Pipeline
from .wsgi import Wsgi


class MockApp(Flask):
    """A WSGI app; `runtime` is everything behind it. Stop it when done: it owns threads."""

    runtime: Runtime
    pipeline: Pipeline
    control: ControlAtFirstCall
    # What serves it, if anything does.
    server: WatchedApp | None = None

    def started(self) -> None:
        """The server answers from now on: timers run."""
        self.runtime.instances.timers.start()
        # Nobody has to wait for it then, who calls a moment later.
        threading.Thread(target=self.control.ready, name="control API", daemon=True).start()

    def watched_by(self, server: WatchedApp) -> None:
        """What serves this app, for who asks what it holds."""
        self.server = server

    def beat(self) -> None:
        """Somebody may have left: a sign of life on every stream shows who."""
        self.runtime.records.journal.beat()

    def close_streams(self) -> None:
        """End every request that waits for something."""
        self.runtime.records.journal.close()
        self.pipeline.stop_waiting()

    def stop(self, grace: float | None = None) -> int:
        """Stop timers, let go what is held, drain the courier; how many were abandoned."""
        self.close_streams()
        if self.server is not None:
            self.server.deferred.close()
        profile = self.runtime.setup.profile
        return self.runtime.stop(profile.seconds("stop_grace") if grace is None else grace)


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
        setup, api, contact_messages = (
            runtime.setup,
            runtime.api,
            use_cases.contact_messages(runtime),
        )
        app.register_blueprint(routes.blueprint(runtime, contact_messages, lambda: app.server))
        app.register_blueprint(pages.blueprint())
        app.register_blueprint(ReferencePages(setup, api).blueprint())
        paths = {operation.path for operation in api.operations}
        document, host = api.description.document, setup.settings.host
        app.register_blueprint(docs.blueprint(document, setup.profile.plan, paths, host))
        courier, records = runtime.webhooks.courier, runtime.records
        return DirectInbound(app, self._flask, contact_messages, courier, records, host)


def create_app(
    runtime: Runtime, *, on_exchange: Callable[[Exchange], None] | None = None
) -> MockApp:
    """Serve a runtime; `on_exchange` hears of every call of the gateway once it is answered."""
    setup, api = runtime.setup, runtime.api
    host_calls = HostCalls(
        use_cases.running_host(runtime),
        _access(setup.profile, setup.settings.admin_token),
        api.description.validators,
        setup.profile,
        runtime.faults,
    )
    fetches = setup.profile.is_on("fetch_media")
    pipeline = Pipeline(
        setup,
        api,
        runtime.records,
        publisher=runtime.instances.publisher,
        clock=runtime.clock,
        faults=runtime.faults,
        host_calls=host_calls,
        fetcher=Fetcher(hosts=media_policy(setup.settings)) if fetches else None,
        on_exchange=on_exchange,
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


def _access(profile: Profile, admin_token: str) -> Access:
    """Where nobody administers all instances, each has a token of its own, whatever is set."""
    if not offers(profile.plan, ("admin",)):
        return Access()
    return Access(admin_token, own_tokens=profile.is_on("own_tokens"))


def _begin(runtime: Runtime) -> None:
    """Put the state in place that the mock begins with."""
    settings, start = runtime.setup.settings, runtime.instances.start.world.state
    parts, abandon = use_cases.state_parts(runtime), use_cases.lifecycle(runtime).abandon
    if settings.store != MEMORY:
        from ..simulation import resume

        if resume.begin(parts, abandon, runtime.webhooks.courier, world=settings.world):
            return
    if start is not None:
        from ..simulation import snapshot

        snapshot.start_from_state(parts, abandon, start, world=settings.world)


def build_app(
    *,
    on_exchange: Callable[[Exchange], None] | None = None,
    on_delivery: Callable[[Delivery], None] | None = None,
    **parts: Any,
) -> MockApp:
    """`build_runtime` and `create_app` in one step; `parts` are those of `build_runtime`.

    What the listeners raise is logged and ends nothing; `pytest.fail` and SystemExit are noted
    among the mock's own bugs too.
    """
    return create_app(build_runtime(on_delivery=on_delivery, **parts), on_exchange=on_exchange)


__all__: Sequence[str] = ("MockApp", "build_app", "create_app")
