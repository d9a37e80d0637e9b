"""The Flask app: routes from the contract, the control API, the documents, and their wiring."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from ..bugs import Bugs, guarded
from ..clock import Clock
from ..domain.gateway import Gateway
from ..domain.media import Vault
from ..domain.world import World
from ..faults.active import Faults
from ..handlers.registry import Handlers, discover, require_matching
from ..ids import Ids
from ..profile import Profile, load_profile
from ..records.delivery import Delivery
from ..records.exchange import Exchange
from ..records.journal import Journal
from ..resources import root
from ..samples import Samples
from ..settings import Settings
from ..simulation import snapshot
from ..spec.operations import Operation, operations, webhook_events
from ..spec.payload_fields import PayloadFields
from ..spec.validate import Validators
from ..spec.verdict import valid_bundle
from ..store import Store
from ..store.memory import MemoryStore
from ..timers import Timers
from ..webhooks.chaos.capacity import Room
from ..webhooks.chaos.dispatcher import ChaosDispatcher
from ..webhooks.courier import Courier
from ..webhooks.http.client import AllowedHosts, HttpTransport, Transport, axios_headers
from ..webhooks.http.redirects import REDIRECTS_MOST
from ..webhooks.publish import Publisher
from ..webhooks.render import Renderer
from ..worlds.start import load_start
from . import docs
from .control import routes
from .gateway.front import Front
from .gateway.pipeline import Pipeline
from .gateway.route_hints import RouteHints

_HOSTS: Mapping[str, AllowedHosts] = {
    "private": "private",
    "loopback": "loopback",
    "any": "any",
}


@dataclass
class Parts:
    """What the app is made of, for the control API and for tests."""

    settings: Settings
    profile: Profile
    world: World
    clock: Clock
    ids: Ids
    gateway: Gateway
    store: Store
    journal: Journal
    publisher: Publisher
    courier: Courier
    chaos_dispatcher: ChaosDispatcher
    timers: Timers
    pipeline: Pipeline
    samples: Samples
    faults: Faults
    document: dict[str, Any]
    fields: PayloadFields
    # Held by whoever prepares and loads a state.
    loading: threading.RLock = field(default_factory=threading.RLock)


class _Route(Rule):
    """Compiles what builds its URL when one is built, which hardly anybody does.

    Werkzeug compiles it at start: a tenth of what starting a mock costs.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder
        compiled: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(compile_now(append_unknown))
            return compiled[0](rule, **values)

        return build


class MockApp(Flask):
    """A WSGI app; `parts` is everything behind it. Stop it when done: it owns threads."""

    url_rule_class = _Route
    parts: Parts

    def started(self) -> None:
        """The server answers from now on: timers run."""
        self.parts.timers.start()

    def close_streams(self) -> None:
        """End every request that waits for something."""
        self.parts.journal.close()
        self.parts.pipeline.stop_waiting()

    def stop(self, grace: float | None = None) -> int:
        """Stop timers, let go what is held, drain the courier; how many were abandoned."""
        self.close_streams()
        self.parts.timers.stop()
        self.parts.chaos_dispatcher.stop()
        seconds = self.parts.profile.seconds("stop_grace") if grace is None else grace
        return self.parts.courier.stop(seconds)


def create_app(
    *,
    settings: Settings | None = None,
    profile: Profile | None = None,
    world: World | None = None,
    store: Callable[[Gateway], Store] = MemoryStore,
    clock: Clock | None = None,
    ids: Ids | None = None,
    spec: Path | None = None,
    fixtures: Path | None = None,
    handlers: Handlers | None = None,
    transport: Transport | None = None,
    on_exchange: Callable[[Exchange], None] | None = None,
    on_delivery: Callable[[Delivery], None] | None = None,
) -> MockApp:
    """Wire a mock; every part can be handed in, so that a whole run needs no port.

    Raises SetupError when contract, handlers, profile or world do not fit together.
    """
    settings = settings or Settings()
    fixtures = fixtures or _folder(settings.fixtures, "fixtures")
    bundle = valid_bundle(spec or _folder(settings.spec, "spec"))
    index = operations(bundle)
    handlers = discover() if handlers is None else handlers
    require_matching(handlers, index)
    profile = profile or load_profile(settings.profile, fixtures)
    world = world or load_start(settings.world, fixtures, contacts=settings.contacts)
    clock, ids, samples = clock or Clock(), ids or Ids(max(settings.seed, 0)), Samples(fixtures)
    offered = tuple(found for found in index if _offered(found, profile))
    journal = Journal(limit=settings.journal_limit, budget=settings.journal_bytes)
    faults = Faults(
        clock=clock,
        ids=ids,
        directory=world.directory,
        operations=offered,
        struck=journal.add_strike,
    )
    gateway = Gateway(
        clock=clock,
        ids=ids,
        directory=world.directory,
        rules=profile.rules(
            messages_kept=settings.messages_limit, messages_bytes=settings.messages_bytes
        ),
        vault=Vault(settings.media_bytes, lock=threading.Lock()),
        seeds=world.instances,
        groups=world.groups,
        fate=faults,
    )
    kept, bugs = store(gateway), Bugs()
    recorded = guarded(journal.delivery_changed, "our own bug: a delivery is not in the journal")
    shown = guarded(on_delivery or _no_listener, "on_delivery failed")

    def changed(delivery: Delivery) -> None:
        recorded(delivery)
        shown(delivery)

    courier = _courier(profile, settings, clock, changed, transport)
    chaos_dispatcher = ChaosDispatcher(
        clock=clock,
        journal=journal,
        forward=courier.accept,
        changed=changed,
        room=Room(settings.outbox_limit, settings.outbox_bytes),
    )
    publisher = Publisher(
        store=kept,
        journal=journal,
        renderer=Renderer(samples, profile),
        catalogue=webhook_events(bundle),
        accept=chaos_dispatcher.accept,
        changed=changed,
        bugs=bugs,
        room=Room(settings.outbox_limit, settings.outbox_bytes),
    )
    timers = Timers(clock=clock, store=kept, wake=publisher.wake, others=[chaos_dispatcher])
    kept.due_earlier = chaos_dispatcher.due_earlier = timers.due_earlier
    pipeline = Pipeline(
        operations=offered,
        handlers=handlers,
        validators=Validators(bundle, index),
        profile=profile,
        samples=samples,
        journal=journal,
        publisher=publisher,
        clock=clock,
        faults=faults,
        hints=RouteHints(profile.plan, index, offered, fixtures),
        strict=settings.strict,
        on_exchange=on_exchange,
        bugs=bugs,
    )
    app = MockApp(__name__, static_folder=None)
    app.parts = Parts(
        settings, profile, world, clock, ids, gateway, kept, journal, publisher, courier,
        chaos_dispatcher, timers, pipeline, samples, faults, bundle.document,
        PayloadFields(bundle.document),
    )  # fmt: skip
    if world.state is not None:
        snapshot.begin(app.parts, world.state)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    # Werkzeug would redirect `//` away; the gateway's router does not know such paths.
    app.url_map.merge_slashes = False
    _add_routes(app, pipeline)
    app.register_blueprint(routes.blueprint(app.parts))
    paths = {operation.path for operation in pipeline.operations}
    app.register_blueprint(docs.blueprint(bundle.document, paths, settings.host))
    front = Front(app.url_map, pipeline, app.wsgi_app)
    app.wsgi_app = front  # type: ignore[method-assign]
    return app


def _offered(operation: Operation, profile: Profile) -> bool:
    if operation.id == "qr_code_image" and not profile.on("qrcode_img"):
        return False
    return profile.plan in operation.plans


def _folder(given: str, name: str) -> Path:
    return Path(given) if given else root(name)


def _courier(
    profile: Profile,
    settings: Settings,
    clock: Clock,
    changed: Callable[[Delivery], None],
    transport: Transport | None,
) -> Courier:
    return Courier(
        transport=transport
        or HttpTransport(
            keep_alive=profile.on("webhook_keep_alive"),
            allowed_hosts=_HOSTS[profile["webhook_hosts"]],
            redirects=REDIRECTS_MOST if profile["webhook_redirects"] == "follow" else 0,
        ),
        clock=clock,
        changed=changed,
        headers=axios_headers(profile["webhook_user_agent"]),
        timeout=profile.seconds("webhook_timeout"),
        outbox_limit=settings.outbox_limit,
        outbox_bytes=settings.outbox_bytes,
    )


def _add_routes(app: MockApp, pipeline: Pipeline) -> None:
    """One rule per operation; the front takes off the trailing slash that some clients send."""

    def never() -> Any:
        raise AssertionError("the front answers the gateway's routes")

    for operation in pipeline.operations:
        app.add_url_rule(
            operation.path.replace("{", "<").replace("}", ">"),
            endpoint=operation.address,
            view_func=never,
            methods=[operation.method],
            provide_automatic_options=False,
            strict_slashes=True,
        )


def _no_listener(delivery: Delivery) -> None:
    """Nobody is told."""


__all__: Sequence[str] = ("MockApp", "Parts", "create_app")
