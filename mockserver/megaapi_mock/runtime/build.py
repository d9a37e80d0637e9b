"""How a running mock is put together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypedDict, Unpack

from ..clock import Clock
from ..domain.gateway import Gateway
from ..domain.media import Vault
from ..domain.undo_table import SharedRoom
from ..domain.world import World
from ..faults.active import ActiveFaults
from ..handlers.registry import Handlers, discover, require_matching
from ..ids import Ids
from ..profile import Profile, load_profile
from ..records.bugs import Bugs
from ..records.counts import Counts
from ..records.delivery import Delivery
from ..records.journal import Journal
from ..records.listeners import delivery_listener, hit_listener
from ..resources import root
from ..resources.samples import Samples
from ..settings import Settings
from ..spec.description import Description, description
from ..spec.operations import Operation
from ..spec.plans import offers
from ..store import Store
from ..store.memory import MemoryStore
from ..store.open_store import MEMORY, open_database
from ..store.owed import Capacity
from ..store.points import Points
from ..webhooks.chaos.dispatcher import ChaosDispatcher
from ..webhooks.courier_of_profile import courier_of
from ..webhooks.http.client import Transport
from ..webhooks.publish import Publisher
from ..webhooks.render import Renderer
from ..worlds.start import load_start
from . import Api, Instances, Records, Runtime, Setup, Start, Webhooks
from .timers import Timers


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
    setup = _setup(parts)
    world = _world(setup, parts)
    clock = parts.get("clock") or Clock()
    ids = parts.get("ids") or Ids(max(setup.settings.seed, 0))
    api = _api(setup, parts)
    records = _records(setup.settings, api.description)
    records.journal.on_hit = hit_listener(records.journal, records.counts)
    faults = ActiveFaults(
        clock=clock, ids=ids, directory=world.directory, operations=api.operations
    )
    gateway = _gateway(setup, world, clock, ids, faults)
    on_change = delivery_listener(
        records.journal, records.counts, parts.get("on_delivery"), records.bugs
    )
    webhooks = _webhooks(setup, clock, records, on_change, parts.get("transport"))
    store = _store(setup.settings, gateway, records, webhooks.owed_room, parts)
    publisher = Publisher(
        store=store,
        journal=records.journal,
        renderer=Renderer(setup.samples, setup.profile),
        catalogue=api.description.events,
        accept=webhooks.courier.accept,
        chaos_dispatcher=webhooks.chaos_dispatcher,
        on_change=on_change,
        bugs=records.bugs,
    )
    timers = _timers(clock, store, publisher, webhooks.chaos_dispatcher)
    points = Points(setup.settings.points_bytes)
    instances = Instances(store, publisher, timers, points, Start(world))
    return Runtime(setup, api, clock, ids, instances, webhooks, records, faults)


def _setup(parts: RuntimeParts) -> Setup:
    settings = parts.get("settings") or Settings()
    fixtures = parts.get("fixtures") or _folder(settings.fixtures, "fixtures")
    profile = parts.get("profile") or load_profile(settings.profile, fixtures)
    return Setup(settings, profile, Samples(fixtures), fixtures)


def _world(setup: Setup, parts: RuntimeParts) -> World:
    settings = setup.settings
    world = parts.get("world") or load_start(
        settings.world, setup.fixtures, contacts=settings.contacts
    )
    world.directory.any_length = setup.profile["number_lengths"] == "any"
    return world


def _api(setup: Setup, parts: RuntimeParts) -> Api:
    contract = description(parts.get("spec") or _folder(setup.settings.spec, "spec"))
    handlers = parts.get("handlers")
    handlers = discover() if handlers is None else handlers
    require_matching(handlers, contract.index)
    operations = tuple(each for each in contract.index if _is_offered(each, setup.profile))
    return Api(contract, operations, handlers)


def _records(settings: Settings, contract: Description) -> Records:
    journal = Journal(limit=settings.journal_limit, budget=settings.journal_bytes)
    operation_ids = [operation.id for operation in contract.index]
    counts = Counts(operation_ids, [event.name for event in contract.events])
    return Records(journal, counts, Bugs())


def _gateway(
    setup: Setup, world: World, clock: Clock, ids: Ids, fault_source: ActiveFaults
) -> Gateway:
    settings = setup.settings
    return Gateway(
        clock=clock,
        ids=ids,
        directory=world.directory,
        rules=setup.profile.rules(
            messages_kept=settings.messages_limit, messages_bytes=settings.messages_bytes
        ),
        vault=Vault(settings.media_bytes, lock=threading.Lock()),
        room=SharedRoom(
            settings.all_messages_bytes,
            instances=settings.instances_limit,
            lock=threading.Lock(),
        ),
        seeds=world.instances,
        groups=world.groups,
        fault_source=fault_source,
    )


def _store(
    settings: Settings, gateway: Gateway, records: Records, room: Capacity, parts: RuntimeParts
) -> Store:
    make = parts.get("store") or _store_of(settings)
    return make(gateway, journal=records.journal, room=room, bugs=records.bugs)


def _store_of(settings: Settings) -> Callable[..., Store]:
    if settings.store == MEMORY:
        return MemoryStore
    database = open_database(settings.store, settings.sync)
    # Only here: it takes a fifth of a second.
    from ..store.sql.store import SqlStore

    return partial(SqlStore, database=database)


def _webhooks(
    setup: Setup,
    clock: Clock,
    records: Records,
    on_change: Callable[[Delivery], None],
    transport: Transport | None,
) -> Webhooks:
    settings = setup.settings
    courier = courier_of(setup.profile, settings, clock, on_change, transport, records.bugs)
    chaos_dispatcher = ChaosDispatcher(
        clock=clock,
        journal=records.journal,
        forward=courier.accept,
        on_change=on_change,
        room=Capacity(settings.outbox_limit, settings.outbox_bytes),
    )
    owed_room = Capacity(settings.outbox_limit, settings.outbox_bytes)
    return Webhooks(chaos_dispatcher, courier, owed_room)


def _timers(
    clock: Clock, store: Store, publisher: Publisher, chaos_dispatcher: ChaosDispatcher
) -> Timers:
    timers = Timers(clock=clock, store=store, wake=publisher.wake, others=[chaos_dispatcher])
    store.due_earlier = chaos_dispatcher.due_earlier = timers.due_earlier
    return timers


def _is_offered(operation: Operation, profile: Profile) -> bool:
    if operation.id == "qr_code_image" and not profile.is_on("qrcode_img"):
        return False
    return offers(profile.plan, operation.plans)


def _folder(path: str, name: str) -> Path:
    return Path(path) if path else root(name)
