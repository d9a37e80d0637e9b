"""The copies that chaos makes: none of them stays queued that will never leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.records.delivery import Attempt
from megaapi_mock.records.journal import Journal
from megaapi_mock.settings import Settings
from megaapi_mock.web.app import MockApp
from megaapi_mock.webhooks.chaos import copies

from ...conftest import MakeApp
from ...support import KEY
from .bench import HOOK, Bench

PLANTED = "planted in a test"
ATTEMPT = Attempt(1.0, 500, 1.0, None, (), b"", False)


def failing(*_: Any, **__: Any) -> Any:
    raise RuntimeError(PLANTED)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def made(bench: Bench) -> list[tuple[str, str, str | None]]:
    """Id, state and reason of everything in the journal."""
    deliveries = bench.journal.deliveries.after(None)
    return [(each.id.partition(".")[0], each.state, each.reason) for each in deliveries]


def test_copy_is_of_the_same_payload_and_has_not_been_tried(bench: Bench) -> None:
    original = bench.owe()
    original.attempts.append(ATTEMPT)
    original.state, original.reason, original.left = "failed", "status 500", 3.0
    copy = copies.Copies(bench.journal, failing).make(original, "duplicate of d1", 7.0)
    assert copy is not None
    assert (copy.id, copy.time, copy.chaos) == (f"d2.{KEY}", 7.0, "duplicate of d1")
    assert (copy.body, copy.url, copy.event) == (original.body, HOOK, original.event)
    assert (copy.message_type, copy.instance) == (original.message_type, KEY)
    assert copy.lane == f"{KEY}#d2.{KEY}"
    assert (copy.state, copy.reason, copy.left, copy.attempts) == ("queued", None, None, [])
    assert original.attempts == [ATTEMPT]
    assert list(bench.journal.deliveries.after(None)) == [original, copy]


@pytest.mark.parametrize("chaos", [{"duplicate": 3}, {"redeliver": 5}], ids=str)
@pytest.mark.parametrize("name", ["_tell", "_write_down"])
def test_copy_not_journalled_is_abandoned_and_its_webhook_leaves(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, chaos: dict[str, int], name: str
) -> None:
    bench.start(**chaos)
    original = bench.owe()
    with monkeypatch.context() as patch:
        patch.setattr(Journal, name, failing)
        bench.chaos_dispatcher.accept([original])
    bench.clock.advance(60)
    bench.timers.run_due()
    assert bench.out == [original]
    (first, *others) = made(bench)
    assert first == ("d1", "queued", None)
    assert others and {(state, reason) for _, state, reason in others} == {
        ("abandoned", f"our own bug: RuntimeError('{PLANTED}')")
    }
    assert [delivery.state for delivery in bench.changed] == ["abandoned"] * len(others)
    assert bench.chaos_dispatcher.held_deliveries(KEY) == []
    assert bench.chaos_dispatcher.room.count == 0


def test_copy_without_an_id_is_left_out(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.start(duplicate=2)
    original = bench.owe()
    with monkeypatch.context() as patch:
        patch.setattr(bench.journal, "next_id", failing)
        bench.chaos_dispatcher.accept([original])
    assert bench.out == [original] and bench.changed == []
    assert made(bench) == [("d1", "queued", None)]


def test_copy_that_the_store_did_not_write_is_not_owed_after_a_start(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(store=f"sqlite:///{tmp_path / 'mock.db'}", seed=1)
    app = make_app(settings=settings)
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))
    client, path = app.test_client(), f"/_mock/instances/{KEY}"
    assert client.post(f"{path}/chaos", json={"duplicate": 2}).status_code == 200
    with monkeypatch.context() as patch:
        patch.setattr(app.runtime.records.journal.recorder, "record", failing)
        assert client.post(f"{path}/emit", json={"event": "text-plain"}).status_code == 201
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert states(app) == {"abandoned", "delivered"}
    assert app.stop(60) == 0
    again = make_app(settings=settings)
    assert again.runtime.webhooks.courier.wait_idle(60)
    assert "queued" not in states(again) and "delivered" in states(again)


def states(app: MockApp) -> set[str]:
    return {delivery.state for delivery in app.runtime.records.journal.deliveries.after(None)}
