"""A runtime put together: of what the caller hands in, and of what the settings say else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.errors import SetupError
from megaapi_mock.handlers.registry import discover
from megaapi_mock.ids import Ids
from megaapi_mock.profile import default_profile
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.resources import root
from megaapi_mock.runtime import Runtime
from megaapi_mock.runtime.build import build_runtime
from megaapi_mock.settings import Settings
from megaapi_mock.store.memory import MemoryStore
from megaapi_mock.worlds.load import read_world

from ..support import KEY, START, UNLINKED, RecordingTransport

Build = Callable[..., Runtime]


@pytest.fixture
def build() -> Iterator[Build]:
    """Runtimes that are stopped at the end."""
    runtimes: list[Runtime] = []

    def do(**parts: Any) -> Runtime:
        runtimes.append(build_runtime(**parts))
        return runtimes[-1]

    yield do
    for runtime in runtimes:
        assert runtime.stop(5) == 0


def test_without_a_word_there_is_the_usual_mock(build: Build) -> None:
    runtime = build()
    assert runtime.setup.settings == Settings()
    assert runtime.setup.profile == default_profile()
    assert runtime.setup.fixtures == root("fixtures")
    assert list(runtime.instances.store.keys()) == [KEY, UNLINKED]
    assert isinstance(runtime.instances.store, MemoryStore)


def test_what_is_handed_in_is_used_everywhere(build: Build) -> None:
    clock, ids, profile = Clock(START), Ids(7), default_profile("start")
    world, handlers = read_world({"instances": [{"key": "one", "token": "T"}]}), discover()
    runtime = build(clock=clock, ids=ids, profile=profile, world=world, handlers=handlers)
    assert (runtime.clock, runtime.ids) == (clock, ids)
    assert runtime.setup.profile is profile
    assert runtime.api.handlers is handlers
    assert runtime.instances.start.world is world
    gateway = runtime.instances.store.gateway
    assert (gateway.clock, gateway.ids, gateway.directory) == (clock, ids, world.directory)
    assert list(runtime.instances.store.keys()) == ["one"]


def test_the_store_is_the_one_that_is_handed_in(build: Build) -> None:
    stores: list[MemoryStore] = []

    def make(*arguments: Any, **parts: Any) -> MemoryStore:
        stores.append(MemoryStore(*arguments, **parts))
        return stores[-1]

    runtime = build(store=make)
    assert [runtime.instances.store] == stores


@pytest.mark.parametrize(("seed", "drawn"), [(7, 7), (0, 0), (-1, 0)])
def test_identifiers_are_drawn_from_the_seed_of_the_settings(
    build: Build, seed: int, drawn: int
) -> None:
    assert build(settings=Settings(seed=seed)).ids.seed == drawn


def test_limits_are_those_of_the_settings(build: Build) -> None:
    settings = Settings(
        journal_limit=3, journal_bytes=1_000, outbox_limit=5, outbox_bytes=2_000,
        media_bytes=6_000, messages_limit=7,
    )  # fmt: skip
    runtime = build(settings=settings)
    journal = runtime.records.journal
    assert (journal.exchanges.limit, journal.exchanges.budget) == (3, 1_000)
    # What streams have still to read is bounded with it, however many there are.
    assert journal.feed.budget == 250
    for room in (runtime.webhooks.owed_room, runtime.webhooks.chaos_dispatcher.room):
        assert (room.limit, room.budget) == (5, 2_000)
    # A place for each: what chaos holds takes no room of what waits for its answer.
    assert runtime.webhooks.owed_room is not runtime.webhooks.chaos_dispatcher.room
    assert runtime.instances.store.gateway.vault.budget == 6_000
    assert runtime.instances.store.gateway.rules.messages_kept == 7


def test_operations_are_those_of_the_plan(build: Build) -> None:
    names = {plan: {each.id for each in build(profile=default_profile(plan)).api.operations}
             for plan in ("start", "all")}  # fmt: skip
    assert names["start"] < names["all"]


def test_the_picture_of_the_qr_code_can_be_switched_off(build: Build) -> None:
    for value in ("on", "off"):
        profile = default_profile().with_switches({"qrcode_img": value})
        operations = {each.id for each in build(profile=profile).api.operations}
        assert ("qr_code_image" in operations) == (value == "on")


@pytest.mark.parametrize("switch", ["any", "brazil"])
def test_how_long_numbers_are_is_what_the_profile_says(build: Build, switch: str) -> None:
    values = default_profile().values
    usual = values["number_lengths"]
    value = "any" if switch == "any" else usual
    profile = default_profile().with_switches({"number_lengths": value})
    directory = build(profile=profile).instances.store.gateway.directory
    assert directory.any_length == (value == "any")


def test_a_handler_that_is_missing_ends_the_start(build: Build) -> None:
    handlers = {name: each for name, each in discover().items() if "send_text" not in name}
    with pytest.raises(SetupError, match="send_text"):
        build(handlers=handlers)


@pytest.mark.parametrize(
    ("setting", "value"), [("spec", "nowhere"), ("world", "nowhere"), ("profile", "nowhere")]
)
def test_what_is_not_there_ends_the_start(
    build: Build, tmp_path: Path, setting: str, value: str
) -> None:
    with pytest.raises(SetupError, match="nowhere"):
        build(settings=Settings(**{setting: str(tmp_path / value)}))  # type: ignore[arg-type]


def test_whoever_listens_hears_of_a_delivery(build: Build) -> None:
    heard: list[Delivery] = []
    transport = RecordingTransport()
    runtime = build(transport=transport, on_delivery=heard.append, clock=Clock(START))

    def emit(instance: Any) -> None:
        instance.set_webhook("http://127.0.0.1:9/hook")
        instance.linking.unlink("phone")

    runtime.instances.publisher.change(KEY, emit)
    assert runtime.webhooks.courier.wait_idle(60)
    (delivery,) = runtime.records.journal.deliveries.after(None)
    assert len(transport.posts) == 1
    assert {each.id for each in heard} == {delivery.id}
    assert delivery.state == "delivered"


def test_a_store_that_has_something_due_wakes_the_timers(build: Build) -> None:
    runtime = build()
    due_earlier = runtime.instances.timers.due_earlier
    assert runtime.instances.store.due_earlier == due_earlier
    assert runtime.webhooks.chaos_dispatcher.due_earlier == due_earlier
