"""Frozen clock, same seed, same calls of each instance: the same bytes out, whoever else calls."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from megaapi_mock.web.app import MockApp

from .histories import History, arrived, exchanges, keys, offered, open_mock, owed

CALLS = 500
# Time goes on between stretches of calls, for all instances at once.
STRETCHES, JUMP = 10, 47.5


@pytest.fixture
def opened() -> Iterator[Callable[..., MockApp]]:
    """Mocks to stop; each must end without a bug."""
    made: list[MockApp] = []

    def open_one(**options: Any) -> MockApp:
        made.append(open_mock(**options))
        return made[-1]

    yield open_one
    for app in made:
        app.stop(60)
        assert list(app.runtime.records.bugs) == []


def histories_of(app: MockApp, names: list[str], **options: Any) -> list[History]:
    made = [History(app, key, Random(f"history {key}"), **options) for key in names]
    for history in made:
        history.begin()
    return made


def left_by(app: MockApp, history: History) -> dict[str, Any]:
    """Everything that came out for one instance, in its order."""
    posts = {place: them for place, them in arrived(app).items() if place[0] == history.key}
    return {
        "told": history.told,
        "exchanges": exchanges(app, history.key),
        "owed": owed(app, history.key),
        "posts": posts,
    }


def one_after_another(app: MockApp, histories: list[History]) -> None:
    for _ in range(STRETCHES):
        for history in histories:
            history.go_on(CALLS // STRETCHES)
        app.runtime.clock.advance(JUMP)


def side_by_side(app: MockApp, histories: list[History]) -> None:
    """A thread each; they meet where time goes on."""
    meeting = threading.Barrier(
        len(histories), lambda: app.runtime.clock.advance(JUMP), timeout=250
    )

    def live(history: History) -> None:
        for _ in range(STRETCHES):
            history.go_on(CALLS // STRETCHES)
            meeting.wait()

    threads = [threading.Thread(target=live, args=(history,)) for history in histories]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(250)


@pytest.mark.parametrize("chaos", [False, True], ids=["calm", "chaos"])
def test_a_history_told_twice_is_the_same_bytes(
    opened: Callable[..., MockApp], chaos: bool
) -> None:
    left = []
    for _ in range(2):
        app = opened()
        histories = histories_of(app, keys(1), chaos=chaos)
        one_after_another(app, histories)
        left.append(left_by(app, histories[0]))
    first, second = left
    if chaos:
        # Copies travel along lanes of their own: side by side, in whatever order they arrive.
        for each in left:
            each["posts"] = {
                place: sorted(map(repr, them)) for place, them in each["posts"].items()
            }
    assert first == second
    assert len(first["told"]) == CALLS + 1
    assert len(first["owed"]) > 200


def require_worth_telling(app: MockApp, histories: list[History]) -> None:
    """All operations, most refusals, and webhooks of many kinds."""
    kept = [exchange for key in keys(8) for exchange in exchanges(app, key)]
    plan = {found.id for found in app.runtime.api.operations}
    assert {exchange["operation"] for exchange in kept} - {None} == plan <= offered().keys()
    assert {exchange["response"]["status"] for exchange in kept} >= {200, 400, 401, 403, 404, 500}
    events = {row[2] for key in keys(8) for row in owed(app, key)}
    assert len(events) > 50
    asked = {told["asked"][1].rpartition("/")[2] for each in histories for told in each.told}
    assert asked >= {"link", "unlink", "inbound", "emit", "resend"}


def test_eight_instances_side_by_side_are_as_eight_alone(opened: Callable[..., MockApp]) -> None:
    """In threads, one after another, and each in a mock of its own: the same for every instance."""
    together, in_turn = opened(), opened()
    parallel = histories_of(together, keys(8), chaos=False)
    side_by_side(together, parallel)
    serial = histories_of(in_turn, keys(8), chaos=False)
    one_after_another(in_turn, serial)
    for history, other in zip(parallel, serial, strict=True):
        assert left_by(together, history) == left_by(in_turn, other)
    require_worth_telling(together, parallel)
    for key in (keys(8)[0], keys(8)[5]):
        own = opened()
        (alone,) = histories_of(own, [key], chaos=False)
        one_after_another(own, [alone])
        at = keys(8).index(key)
        assert left_by(own, alone) == left_by(together, parallel[at])
