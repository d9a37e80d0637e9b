"""What a running mock is made of, and how its parts are put together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .clock import Clock
from .domain.gateway import Gateway
from .domain.media import Vault
from .domain.world import World
from .faults.active import ActiveFaults
from .handlers.registry import Handlers, discover, require_matching
from .ids import Ids
from .profile import Profile, load_profile
from .records.bugs import Bugs, guarded
from .records.delivery import Delivery
from .records.journal import Journal
from .resources import root
from .samples import Samples
from .settings import Settings
from .spec.operations import Operation, operations, webhook_events
from .spec.payload_fields import PayloadFields
from .spec.validate import Validators
from .spec.verdict import valid_bundle
from .store import Store
from .store.memory import MemoryStore
from .timers import Timers
from .webhooks.chaos.capacity import Capacity
from .webhooks.chaos.dispatcher import ChaosDispatcher
from .webhooks.courier import Courier
from .webhooks.http.client import AllowedHosts, HttpTransport, Transport, axios_headers
from .webhooks.http.redirects import REDIRECTS_MOST
from .webhooks.publish import Publisher
from .webhooks.render import Renderer
from .worlds.start import load_start

_HOSTS: Mapping[str, AllowedHosts] = {
    "private": "private",
    "loopback": "loopback",
    "any": "any",
}


@dataclass
class Runtime:
    """Everything behind an app: for the control API, for what contacts do, and for tests.

    `index` is every operation of the contract, `operations` those of this profile's plan.
    `loading` is held by whoever prepares and loads a state.
    """

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
    samples: Samples
    faults: ActiveFaults
    bugs: Bugs
    document: dict[str, Any]
    fields: PayloadFields
    index: tuple[Operation, ...]
    operations: tuple[Operation, ...]
    handlers: Handlers
    validators: Validators
    fixtures: Path
    loading: threading.RLock = field(default_factory=threading.RLock)

    def stop(self, grace: float) -> int:
        """Stop timers, let go what is held, drain the courier; how many were abandoned."""
        self.timers.stop()
        self.chaos_dispatcher.stop()
        return self.courier.stop(grace)


def build_runtime(
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
    on_delivery: Callable[[Delivery], None] | None = None,
) -> Runtime:
    """Put a mock together; every part can be handed in, so that a whole run needs no port.

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
    faults = ActiveFaults(
        clock=clock,
        ids=ids,
        directory=world.directory,
        operations=offered,
        struck=guarded(journal.add_strike, "our own bug: a fault hit is not in the journal"),
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
        room=Capacity(settings.outbox_limit, settings.outbox_bytes),
    )
    publisher = Publisher(
        store=kept,
        journal=journal,
        renderer=Renderer(samples, profile),
        catalogue=webhook_events(bundle),
        accept=chaos_dispatcher.accept,
        changed=changed,
        bugs=bugs,
        room=Capacity(settings.outbox_limit, settings.outbox_bytes),
    )
    timers = Timers(clock=clock, store=kept, wake=publisher.wake, others=[chaos_dispatcher])
    kept.due_earlier = chaos_dispatcher.due_earlier = timers.due_earlier
    return Runtime(
        settings=settings,
        profile=profile,
        world=world,
        clock=clock,
        ids=ids,
        gateway=gateway,
        store=kept,
        journal=journal,
        publisher=publisher,
        courier=courier,
        chaos_dispatcher=chaos_dispatcher,
        timers=timers,
        samples=samples,
        faults=faults,
        bugs=bugs,
        document=bundle.document,
        fields=PayloadFields(bundle.document),
        index=index,
        operations=offered,
        handlers=handlers,
        validators=Validators(bundle, index),
        fixtures=fixtures,
    )


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


def _no_listener(delivery: Delivery) -> None:
    """Nobody is told."""
