"""What a running mock is made of, and how its parts are put together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypedDict, Unpack

from .clock import Clock
from .domain.gateway import Gateway
from .domain.media import Vault
from .domain.world import World
from .faults.active import ActiveFaults
from .handlers.registry import Handlers, discover, require_matching
from .ids import Ids
from .profile import Profile, load_profile
from .records.bugs import Bugs
from .records.capacity import Capacity
from .records.counts import Counts
from .records.delivery import Delivery
from .records.journal import Journal
from .records.listeners import delivery_listener, hit_listener
from .resources import root
from .samples import Samples
from .serving.calls import WatchedApp
from .settings import Settings
from .spec.description import Description, description
from .spec.operations import Operation, WebhookEvent
from .spec.payload_fields import PayloadFields
from .spec.plans import offers
from .spec.validate import Validators
from .store import Store
from .store.memory import MemoryStore
from .store.open_store import MEMORY, open_database
from .store.points import Points
from .timers import Timers
from .webhooks.chaos.dispatcher import ChaosDispatcher
from .webhooks.courier import Courier
from .webhooks.courier_of_profile import courier_of
from .webhooks.http.client import Transport
from .webhooks.publish import Publisher
from .webhooks.render import Renderer
from .worlds.start import load_start


@dataclass
class Runtime:
    """Everything behind an app: for the control API, for what contacts do, and for tests.

    `index` is every operation of the contract, `operations` those of this profile's plan, `events`
    all webhooks.
    `loading` is held by whoever prepares and loads a state. `memo` is what use cases have worked
    out of what stays as it is, each under a key of its own. `owed_room` is where webhooks wait
    until the answer before them has left; `server` is what serves the app, if anything does.
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
    events: tuple[WebhookEvent, ...]
    handlers: Handlers
    validators: Validators
    fixtures: Path
    points: Points
    counts: Counts
    owed_room: Capacity
    server: WatchedApp | None = None
    loading: threading.RLock = field(default_factory=threading.RLock)
    memo: dict[Any, Any] = field(default_factory=dict)

    def stop(self, grace: float) -> int:
        """Stop timers, let go what is held, drain the courier; how many were abandoned."""
        self.timers.stop()
        self.chaos_dispatcher.stop()
        abandoned = self.courier.stop(grace)
        self.store.close()
        return abandoned


class RuntimeParts(TypedDict, total=False):
    """What a caller may hand in instead of what `build_runtime` would make."""

    settings: Settings | None
    profile: Profile | None
    world: World | None
    store: Callable[..., Store]
    clock: Clock | None
    ids: Ids | None
    spec: Path | None
    fixtures: Path | None
    handlers: Handlers | None
    transport: Transport | None
    on_delivery: Callable[[Delivery], None] | None


def build_runtime(**parts: Unpack[RuntimeParts]) -> Runtime:
    """Put a mock together; every part can be handed in, so that a whole run needs no port.

    Raises SetupError when contract, handlers, profile or world do not fit together.
    """
    settings = parts.get("settings") or Settings()
    base = _base(settings, parts)
    contract = _contract(settings, base.profile, parts)
    journal = Journal(limit=settings.journal_limit, budget=settings.journal_bytes)
    known = contract.description
    counts = Counts([it.id for it in known.index], [event.name for event in known.events])
    faults = ActiveFaults(
        clock=base.clock,
        ids=base.ids,
        directory=base.world.directory,
        operations=contract.operations,
        on_hit=hit_listener(journal, counts),
    )
    gateway = _gateway(base, faults)
    bugs = Bugs()
    room = Capacity(settings.outbox_limit, settings.outbox_bytes)
    store = _store(base, gateway, journal, room, bugs, parts)
    webhooks = _webhooks(base, known.events, _Records(journal, counts, bugs), store, parts)
    return _assembled(base, contract, gateway, store, faults, webhooks, room)


@dataclass(frozen=True)
class _Base:
    """What every other part is made with."""

    settings: Settings
    fixtures: Path
    profile: Profile
    world: World
    clock: Clock
    ids: Ids
    samples: Samples


@dataclass(frozen=True)
class _Contract:
    """The contract, the operations of the plan, and what answers them."""

    description: Description
    operations: tuple[Operation, ...]
    handlers: Handlers


@dataclass(frozen=True)
class _Records:
    """What is kept of what happens."""

    journal: Journal
    counts: Counts
    bugs: Bugs


@dataclass(frozen=True)
class _Webhooks:
    """What records deliveries, holds them back, sends them, and does what is due."""

    records: _Records
    courier: Courier
    chaos_dispatcher: ChaosDispatcher
    publisher: Publisher
    timers: Timers


def _base(settings: Settings, parts: RuntimeParts) -> _Base:
    fixtures = parts.get("fixtures") or _folder(settings.fixtures, "fixtures")
    profile = parts.get("profile") or load_profile(settings.profile, fixtures)
    world = parts.get("world") or load_start(settings.world, fixtures, contacts=settings.contacts)
    world.directory.any_length = profile["number_lengths"] == "any"
    return _Base(
        settings=settings,
        fixtures=fixtures,
        profile=profile,
        world=world,
        clock=parts.get("clock") or Clock(),
        ids=parts.get("ids") or Ids(max(settings.seed, 0)),
        samples=Samples(fixtures),
    )


def _contract(settings: Settings, profile: Profile, parts: RuntimeParts) -> _Contract:
    contract = description(parts.get("spec") or _folder(settings.spec, "spec"))
    handlers = parts.get("handlers")
    handlers = discover() if handlers is None else handlers
    require_matching(handlers, contract.index)
    offered = tuple(operation for operation in contract.index if _is_offered(operation, profile))
    return _Contract(contract, offered, handlers)


def _gateway(base: _Base, faults: ActiveFaults) -> Gateway:
    settings = base.settings
    return Gateway(
        clock=base.clock,
        ids=base.ids,
        directory=base.world.directory,
        rules=base.profile.rules(
            messages_kept=settings.messages_limit, messages_bytes=settings.messages_bytes
        ),
        vault=Vault(settings.media_bytes, lock=threading.Lock()),
        seeds=base.world.instances,
        groups=base.world.groups,
        fault_source=faults,
    )


def _store(
    base: _Base,
    gateway: Gateway,
    journal: Journal,
    room: Capacity,
    bugs: Bugs,
    parts: RuntimeParts,
) -> Store:
    make = parts.get("store") or _store_of(base.settings)
    return make(gateway, journal=journal, room=room, bugs=bugs)


def _store_of(settings: Settings) -> Callable[..., Store]:
    if settings.store == MEMORY:
        return MemoryStore
    database = open_database(settings.store, settings.sync)
    # Only here: it takes a fifth of a second.
    from .store.sql.store import SqlStore

    return partial(SqlStore, database=database)


def _webhooks(
    base: _Base,
    catalogue: Iterable[WebhookEvent],
    records: _Records,
    store: Store,
    parts: RuntimeParts,
) -> _Webhooks:
    settings, journal = base.settings, records.journal
    on_change = delivery_listener(journal, records.counts, parts.get("on_delivery"))
    courier = courier_of(base.profile, settings, base.clock, on_change, parts.get("transport"))
    chaos_dispatcher = ChaosDispatcher(
        clock=base.clock,
        journal=journal,
        forward=courier.accept,
        on_change=on_change,
        room=Capacity(settings.outbox_limit, settings.outbox_bytes),
    )
    publisher = Publisher(
        store=store,
        journal=journal,
        renderer=Renderer(base.samples, base.profile),
        catalogue=catalogue,
        accept=chaos_dispatcher.accept,
        on_change=on_change,
        bugs=records.bugs,
    )
    timers = Timers(clock=base.clock, store=store, wake=publisher.wake, others=[chaos_dispatcher])
    store.due_earlier = chaos_dispatcher.due_earlier = timers.due_earlier
    return _Webhooks(records, courier, chaos_dispatcher, publisher, timers)


def _assembled(
    base: _Base,
    contract: _Contract,
    gateway: Gateway,
    store: Store,
    faults: ActiveFaults,
    webhooks: _Webhooks,
    room: Capacity,
) -> Runtime:
    description = contract.description
    return Runtime(
        settings=base.settings,
        profile=base.profile,
        world=base.world,
        clock=base.clock,
        ids=base.ids,
        gateway=gateway,
        store=store,
        journal=webhooks.records.journal,
        publisher=webhooks.publisher,
        courier=webhooks.courier,
        chaos_dispatcher=webhooks.chaos_dispatcher,
        timers=webhooks.timers,
        samples=base.samples,
        faults=faults,
        bugs=webhooks.records.bugs,
        document=description.document,
        fields=description.fields,
        index=description.index,
        operations=contract.operations,
        events=description.events,
        handlers=contract.handlers,
        validators=description.validators,
        fixtures=base.fixtures,
        points=Points(base.settings.points_bytes),
        counts=webhooks.records.counts,
        owed_room=room,
    )


def _is_offered(operation: Operation, profile: Profile) -> bool:
    if operation.id == "qr_code_image" and not profile.on("qrcode_img"):
        return False
    return offers(profile.plan, operation.plans)


def _folder(path: str, name: str) -> Path:
    return Path(path) if path else root(name)
