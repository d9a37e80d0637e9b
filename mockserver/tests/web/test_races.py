"""States, resets, creations and deletions beside each other: whole or refused, never half.

Threads run bounded loops with the interpreter switching between them as often as it can; where a
moment can be named, a test of its own acts just then.
"""

from __future__ import annotations

import json
import sys
import threading
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from megaapi_mock.faults import saved_faults
from megaapi_mock.simulation import snapshot
from megaapi_mock.store.state_file import seal
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..control import ControlApi
from ..support import AUTH, KEY, UNLINKED

PNG = b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 64).decode()


@pytest.fixture
def switching_often() -> Iterator[None]:
    """Threads take turns as often as the interpreter can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def together(*acts: Callable[[], object], limit: float = 120) -> None:
    """Run all at once, begun at one moment; raise what the first of them raised."""
    start, failures = threading.Barrier(len(acts)), list[BaseException]()

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait(limit)
            act()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(act,), daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(limit)
    assert not any(thread.is_alive() for thread in threads), "they wait for each other"
    if failures:
        raise failures[0]


def beside(act: Callable[[], object]) -> threading.Thread:
    """Begin it in another thread, and give it time to come as far as it can."""
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    thread.join(0.3)
    return thread


def send(app: MockApp, key: str = KEY, token: str = "TESTKEY0001") -> int:
    reply = app.test_client().post(
        f"/rest/sendMessage/{key}/text",
        json={"messageData": {"to": "5511900000002", "text": "oi"}},
        headers={"Authorization": f"Bearer {token}"},
    )
    reply.close()
    return reply.status_code


def send_picture(app: MockApp) -> int:
    data = {"to": "5511900000002", "type": "image", "mimeType": "image/png", "fileName": "a.png"}
    body = {"messageData": {**data, "base64": f"data:image/png;base64,{PNG}"}}
    path = f"/rest/sendMessage/{KEY}/mediaBase64"
    reply = app.test_client().post(path, json=body, headers=AUTH)
    reply.close()
    return reply.status_code


def ask(app: MockApp, method: str, path: str, **options: Any) -> tuple[int, bytes]:
    reply = app.test_client().open(f"/_mock{path}", method=method, **options)
    return reply.status_code, reply.get_data()


def media_are_whole(raw: bytes) -> bool:
    """Whether every medium an instance knows has its bytes in the state."""
    saved = json.loads(raw)["state"]
    known = sum(len(instance["media"]) for instance in saved["instances"])
    return known == 0 or len(saved["media"]) > 0


# -- states beside everything ------------------------------------------------------------------


def live(app: MockApp, number: int, rounds: int, seen: Counter[tuple[str, int]]) -> None:
    """Lives of instances, each with a call that faults count."""
    for at in range(rounds):
        key = f"megacode-LIFE{number}x{at}"
        seen["create", ask(app, "POST", "/instances", json={"key": key})[0]] += 1
        send(app, key, f"LIFE{number}x{at}")
        seen["delete", ask(app, "DELETE", f"/instances/{key}")[0]] += 1


@pytest.mark.usefixtures("switching_often")
def test_states_read_beside_calls_and_deletions_are_whole(app: MockApp, make_app: MakeApp) -> None:
    for at in range(60):
        ControlApi(app).post(
            "/faults", {"fault": "rate-limit", "calls": 10_000, "skip": at}, status=201
        )
    seen: Counter[tuple[str, int]] = Counter()
    states: list[bytes] = []

    def get() -> None:
        for _ in range(40):
            status, raw = ask(app, "GET", "/state")
            seen["get", status] += 1
            states.append(raw)

    def call() -> None:
        for _ in range(40):
            assert send_picture(app) == 200

    lives = [lambda number=number: live(app, number, 60, seen) for number in range(3)]
    together(get, get, call, *lives)
    assert seen == {("get", 200): 80, ("create", 201): 180, ("delete", 200): 180}
    fresh = make_app()
    for raw in states[::8]:
        assert media_are_whole(raw)
        assert ask(fresh, "PUT", "/state", data=raw)[0] == 200


@pytest.mark.usefixtures("switching_often")
def test_states_put_beside_everything_stand_whole(app: MockApp) -> None:
    """Beside creations, deletions, calls, states read and resets; at the end, once more alone."""
    ControlApi(app).post("/faults", {"fault": "rate-limit", "calls": 10_000}, status=201)
    assert send_picture(app) == 200
    first = ask(app, "GET", "/state")[1]
    seen: Counter[tuple[str, int]] = Counter()

    def put() -> None:
        for _ in range(30):
            seen["put", ask(app, "PUT", "/state", data=first)[0]] += 1

    def reset() -> None:
        for _ in range(15):
            seen["reset", ask(app, "POST", "/reset")[0]] += 1

    def call() -> None:
        for _ in range(40):
            assert send_picture(app) == 200
            assert media_are_whole(ask(app, "GET", "/state")[1])

    together(put, put, reset, call, lambda: live(app, 1, 60, seen), lambda: live(app, 2, 60, seen))
    allowed = {"put": {200}, "create": {201}, "delete": {200, 404}, "reset": {200}}
    assert {(act, status) for act, status in seen if status not in allowed[act]} == set()
    assert ask(app, "PUT", "/state", data=first)[0] == 200
    assert ask(app, "GET", "/state") == (200, first)


def test_a_state_is_written_as_it_was_although_faults_count_on(app: MockApp) -> None:
    ControlApi(app).post("/faults", {"fault": "rate-limit", "calls": 5}, status=201)
    assert send(app) == 200
    saved = saved_faults.save(app.runtime.faults.memory())
    (fault,) = saved.armed
    before = {key: tally.calls for key, tally in fault.tallies.items()}
    for key in (KEY, "megacode-TESTKEY0009", "megacode-TESTKEY0008"):
        operation = next(each for each in app.runtime.api.operations if each.id == "send_text")
        app.runtime.faults.match([], operation, key, None)
    assert {key: tally.calls for key, tally in fault.tallies.items()} == before == {KEY: 1}


@pytest.mark.parametrize("way", ["reset", "put"])
def test_nobody_sees_a_new_world_before_it_is_whole(
    app: MockApp, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """In the middle of it: a send of the new world, and a state, come after the whole of it."""
    sent: list[int] = []
    threads: list[threading.Thread] = []
    saved = ask(app, "GET", "/state")[1]
    real = app.runtime.records.journal.forget

    def forget(key: str | None = None, *more: Any) -> None:
        monkeypatch.undo()
        threads.append(beside(lambda: sent.append(send_picture(app))))
        threads.append(beside(lambda: sent.append(ask(app, "GET", "/state")[0])))
        threads.append(
            beside(lambda: sent.append(ask(app, "POST", "/instances", json={"key": "new"})[0]))
        )
        assert sent == [], "the instances are new, and the rest is not yet"
        real(key, *more)

    monkeypatch.setattr(app.runtime.records.journal, "forget", forget)
    if way == "reset":
        assert ask(app, "POST", "/reset")[0] == 200
    else:
        assert ask(app, "PUT", "/state", data=saved)[0] == 200
    for thread in threads:
        thread.join(60)
    assert sorted(sent) == [200, 200, 201]
    assert [each["operation"] for each in ControlApi(app).items(f"/exchanges?instance={KEY}")] == [
        "send_media_base64"
    ]
    assert media_are_whole(ask(app, "GET", "/state")[1])


def test_state_of_one_instance_is_loaded_into_the_current_world(
    app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is prepared another state replaces the world: it must not stay in the old one."""
    whole = ask(app, "GET", "/state")[1]
    one = ask(app, "GET", f"/state?instance={KEY}")[1]
    real = snapshot.load_instance
    threads: list[threading.Thread] = []

    def load_instance(*given: Any) -> Any:
        monkeypatch.undo()
        threads.append(beside(lambda: ask(app, "PUT", "/state", data=whole)))
        return real(*given)

    monkeypatch.setattr(snapshot, "load_instance", load_instance)
    assert ask(app, "PUT", "/state", data=one)[0] == 200
    threads[0].join(60)
    instances = app.runtime.instances
    for key in (KEY, UNLINKED):
        shared = instances.publisher.look(
            key, lambda instance: (instance.number_registry, instance.vault)
        )
        gateway = instances.store.gateway
        assert shared == (gateway.number_registry, gateway.vault)


# -- keys, numbers and names -------------------------------------------------------------------


@pytest.mark.usefixtures("switching_often")
def test_of_several_creators_of_one_key_one_gets_201(app: MockApp) -> None:
    for number in range(40):
        key, seen = f"megacode-RACE{number}", list[int]()

        def create(key: str = key, seen: list[int] = seen) -> None:
            seen.append(ask(app, "POST", "/instances", json={"key": key})[0])

        together(*[create] * 4)
        assert sorted(seen) == [201, 409, 409, 409]


def test_a_creator_that_comes_in_between_is_not_replaced(
    app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one takes the key after it was found to be free."""
    seen: dict[str, int] = {}
    make = type(app.runtime.instances.store.gateway).instance
    threads: list[threading.Thread] = []

    def create(token: str) -> None:
        body = {"key": "megacode-RACE1", "token": token}
        seen[token] = ask(app, "POST", "/instances", json=body)[0]

    def instance(gateway: Any, seed: Any) -> Any:
        monkeypatch.undo()
        threads.append(beside(lambda: create("second")))
        return make(gateway, seed)

    monkeypatch.setattr(type(app.runtime.instances.store.gateway), "instance", instance)
    create("first")
    threads[0].join(60)
    assert sorted(seen.values()) == [201, 409]
    (winner,) = (token for token, status in seen.items() if status == 201)
    assert ControlApi(app).get("/instances/megacode-RACE1")["token"] == winner


@pytest.mark.usefixtures("switching_often")
def test_no_two_names_for_one_number(app: MockApp) -> None:
    for number in range(40):
        seen = list[int]()
        phone = f"5511901{number:06d}"

        def create(
            at: int, number: int = number, phone: str = phone, seen: list[int] = seen
        ) -> None:
            body = {"key": f"megacode-N{number}x{at}", "number": phone, "name": f"Name {at}"}
            seen.append(ask(app, "POST", "/instances", json=body)[0])

        together(*[lambda at=at: create(at) for at in range(4)])
        assert sorted(seen) == [201, 409, 409, 409]


def test_two_that_link_one_number_at_a_time_have_one_name(app: MockApp) -> None:
    for at in (1, 2):
        body = {"key": f"megacode-LINK{at}", "name": f"Name {at}", "number": f"551190000001{at}"}
        ControlApi(app).post("/instances", body, status=201)
    store, number = app.runtime.instances.store, "5511900000042"
    with store.change("megacode-LINK1") as first:
        first.linking.link(number)
        with store.change("megacode-LINK2") as second:
            second.linking.link(number)
    names = {ControlApi(app).get(f"/instances/megacode-LINK{at}")["name"] for at in (1, 2)}
    assert names == {"Name 2"}


def test_a_state_whose_number_has_another_name_by_now_is_refused(
    app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody comes to the number after the state was read, before it is put to work."""
    body = {"key": "megacode-OLD", "name": "Old Name", "number": "5511900000042"}
    ControlApi(app).post("/instances", body, status=201)
    old = ask(app, "GET", "/state?instance=megacode-OLD")[1]
    ControlApi(app).delete("/instances/megacode-OLD")
    rest = app.runtime.instances.publisher.at_rest

    @contextmanager
    def at_rest() -> Iterator[Any]:
        monkeypatch.undo()
        new = {"key": "megacode-NEW", "name": "New Name", "number": "5511900000042"}
        ControlApi(app).post("/instances", new, status=201)
        with rest() as instances:
            yield instances

    monkeypatch.setattr(app.runtime.instances.publisher, "at_rest", at_rest)
    status, told = ask(app, "PUT", "/state", data=old)
    assert status == 409 and b"New Name" in told
    assert "megacode-OLD" not in app.runtime.instances.store.keys()


def test_a_state_with_two_names_for_one_number_is_refused_whole(app: MockApp) -> None:
    for at in (1, 2):
        body = {"key": f"megacode-LINK{at}", "name": "One Name", "number": "5511900000042"}
        ControlApi(app).post("/instances", body, status=201)
    before = ask(app, "GET", "/state")[1]
    saved = json.loads(before)["state"]
    saved["instances"][-1]["name"] = "Another Name"
    status, told = ask(app, "PUT", "/state", data=seal(saved))
    assert status == 409 and b"One Name" in told
    assert ask(app, "GET", "/state")[1] == before


def test_whoever_has_a_number_never_leaves_the_registry(
    app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of an instance's connection does not hide it from who writes to it just then."""
    parts = app.runtime
    own = parts.instances.publisher.look(KEY, lambda instance: instance.own_jid)
    registry, seen = parts.instances.store.gateway.number_registry, list[bool]()

    class Watched(dict[Any, Any]):
        def pop(self, *given: Any) -> Any:
            gone = super().pop(*given)
            seen.append(own in registry and bool(registry.keys(own)))
            return gone

        def __setitem__(self, *given: Any) -> None:
            super().__setitem__(*given)
            seen.append(own in registry and bool(registry.keys(own)))

    monkeypatch.setattr(registry, "_rows", Watched(registry._rows))
    parts.instances.publisher.change(KEY, lambda instance: instance.linking.restart())
    assert seen and all(seen)


# -- deletions ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("switching_often")
def test_of_several_deletions_one_finds_it(app: MockApp) -> None:
    for _ in range(25):
        ControlApi(app).post("/instances", {"key": "megacode-GONE"}, status=201)
        seen = list[int]()

        def delete(seen: list[int] = seen) -> None:
            seen.append(ask(app, "DELETE", "/instances/megacode-GONE")[0])

        together(*[delete] * 4)
        assert sorted(seen) == [200, 404, 404, 404]


def test_a_new_instance_counts_on_before_anyone_can_call_it(
    app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call between the creation and its end would repeat an id of the life before."""
    body = {"key": "megacode-NEXT", "token": "NEXT", "connected": True}
    ControlApi(app).post("/instances", body, status=201)
    assert send(app, "megacode-NEXT", "NEXT") == 200
    ids = [item["id"] for item in ControlApi(app).items("/messages?instance=megacode-NEXT")]
    ControlApi(app).delete("/instances/megacode-NEXT")
    real, threads = app.runtime.records.journal.last_numbers, list[threading.Thread]()

    def counted(*given: Any) -> Any:
        threads.append(beside(lambda: send(app, "megacode-NEXT", "NEXT")))
        return real(*given)

    monkeypatch.setattr(app.runtime.records.journal, "last_numbers", counted)
    ControlApi(app).post("/instances", body, status=201)
    threads[0].join(60)
    again = [item["id"] for item in ControlApi(app).items("/messages?instance=megacode-NEXT")]
    assert len(ids) == len(again) == 1 and ids != again


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("/faults", {"fault": "bad-gateway", "instance": "megacode-GONE"}, 201),
     ("/instances/megacode-GONE/chaos", {"duplicate": 2}, 200)],
)  # fmt: skip
def test_what_is_armed_for_an_instance_does_not_outlive_it(
    app: MockApp, monkeypatch: pytest.MonkeyPatch, path: str, body: dict[str, Any], status: int
) -> None:
    """Deleted after it was found to be there, before the fault is armed."""
    ControlApi(app).post("/instances", {"key": "megacode-GONE"}, status=201)
    threads: list[threading.Thread] = []
    faults, chaos_dispatcher = app.runtime.faults, app.runtime.webhooks.chaos_dispatcher
    real = {"arm": faults.arm, "start": chaos_dispatcher.start}

    def late(name: str) -> Callable[..., Any]:
        def act(*given: Any) -> Any:
            threads.append(beside(lambda: ask(app, "DELETE", "/instances/megacode-GONE")))
            return real[name](*given)

        return act

    monkeypatch.setattr(faults, "arm", late("arm"))
    monkeypatch.setattr(chaos_dispatcher, "start", late("start"))
    assert ask(app, "POST", path, json=body)[0] in (status, 404)
    threads[0].join(60)
    assert faults.items() == () and chaos_dispatcher.chaos_of("megacode-GONE") is None


# -- records -----------------------------------------------------------------------------------


def test_a_reset_while_a_call_is_numbered_leaves_no_number_of_before(
    app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        assert send(app) == 200
    real, threads = app.runtime.records.journal.next_id, list[threading.Thread]()

    def next_id(prefix: str, owner: str | None) -> str:
        number = real(prefix, owner)
        if prefix == "x":
            monkeypatch.undo()
            threads.append(beside(lambda: ask(app, "POST", "/reset")))
        return number

    monkeypatch.setattr(app.runtime.records.journal, "next_id", next_id)
    assert send(app) == 200
    threads[0].join(60)
    for _ in range(5):
        assert send(app) == 200
    told = [each["id"] for each in ControlApi(app).items(f"/exchanges?instance={KEY}")]
    assert told == [f"x{number}.{KEY}" for number in range(1, 6)]


@pytest.mark.usefixtures("switching_often")
def test_records_numbered_beside_resets_count_once(app: MockApp) -> None:
    def call() -> None:
        for _ in range(40):
            assert send(app) == 200

    def reset() -> None:
        for _ in range(20):
            assert ask(app, "POST", "/reset")[0] == 200

    together(call, call, call, reset)
    log = app.runtime.records.journal.exchanges
    assert log.size == sum(log.size_of(each) for each in log.after(None))


def test_the_vault_of_an_app_has_a_lock_also_after_another_state(app: MockApp) -> None:
    assert ask(app, "PUT", "/state", data=ask(app, "GET", "/state")[1])[0] == 200
    vault = app.runtime.instances.store.gateway.vault
    with vault._lock:
        reader = beside(lambda: vault.get(b""))
        assert reader.is_alive(), "it looks while another one writes"
    reader.join(60)


def test_a_delivery_sent_again_beside_a_reset_belongs_to_the_old_world(
    app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    ControlApi(app).post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9/hook"})
    assert send(app) == 200
    assert app.runtime.webhooks.courier.wait_idle(60)
    (first, *_) = app.runtime.records.journal.deliveries.after(None)
    real, threads = app.runtime.records.journal.next_id, list[threading.Thread]()

    def next_id(prefix: str, owner: str | None) -> str:
        monkeypatch.undo()
        threads.append(beside(lambda: ask(app, "POST", "/reset")))
        return real(prefix, owner)

    monkeypatch.setattr(app.runtime.records.journal, "next_id", next_id)
    assert ask(app, "POST", f"/deliveries/{first.id}/resend", json={})[0] == 201
    threads[0].join(60)
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert ControlApi(app).items("/deliveries") == []
