"""The whole mock as a file: what comes back is the very same mock, or nothing has happened."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.errors import WorldError
from megaapi_mock.ids import Ids
from megaapi_mock.settings import Settings
from megaapi_mock.store.state_file import seal
from megaapi_mock.web.app import MockApp, build_app
from megaapi_mock.webhooks.http.client import ReceiverAnswer

from ..conftest import MakeApp
from ..control import ControlApi
from ..histories import PEOPLE, History, arrived, exchanges, keys, number_of, open_mock, owed
from ..support import AUTH, KEY, START, UNLINKED, RecordingTransport

JUMPS = (0.4, 3, 25, 400, 7200)


@pytest.fixture
def opened() -> Iterator[Callable[..., MockApp]]:
    """Mocks of random histories; each must end without a bug."""
    made: list[MockApp] = []

    def open_one(**options: Any) -> MockApp:
        made.append(open_mock(**options))
        return made[-1]

    yield open_one
    for app in made:
        app.stop(60)
        assert list(app.runtime.records.bugs) == []


def lived(app: MockApp, seed: int, *, calls: int = 90) -> list[History]:
    """Three instances with a past, in which time went on and they wrote to each other."""
    people = (*PEOPLE, *map(number_of, keys(3)))
    histories = [History(app, key, Random(f"{seed} {key}"), people=people) for key in keys(3)]
    for history in histories:
        history.begin()
    tell(app, histories, Random(seed), calls)
    return histories


def tell(app: MockApp, histories: list[History], chance: Random, calls: int) -> None:
    for _ in range(calls // 15):
        for history in histories:
            history.go_on(15)
            assert app.runtime.webhooks.courier.wait_idle(60)
        app.runtime.clock.advance(chance.choice(JUMPS))
    assert app.runtime.webhooks.courier.wait_idle(60)


@pytest.mark.parametrize(
    ("part", "field", "value", "said"),
    [("chaos", "duplicate", 2**62, "duplicate"), ("chaos", "delay", [9, 1], "delay"),
     ("faults", "times", "often", "times"), ("faults", "percent", -1, "percent")],
)  # fmt: skip
def test_a_state_asks_for_no_more_than_a_body_may(
    make_app: MakeApp, part: str, field: str, value: Any, said: str
) -> None:
    app = make_app()
    control_api = ControlApi(app)
    control_api.post(f"/instances/{KEY}/chaos", {"duplicate": 2})
    control_api.post("/faults", {"fault": "bad-gateway", "times": 2, "percent": 5}, status=201)
    before = taken(app)
    state = json.loads(before)["state"]
    place = state["chaos"][0]["chaos"] if part == "chaos" else state["faults"]["armed"][0]["given"]
    place[field] = value
    reply = put(app, seal(state))
    assert reply.status_code == 400 and f"{said}: must be" in reply.get_json()["error"]
    assert taken(app) == before


@pytest.mark.parametrize("start", ["x", 1.5, [[]]])
def test_a_start_that_is_no_state_is_refused(make_app: MakeApp, start: Any) -> None:
    app = make_app()
    before = taken(app)
    reply = put(app, seal({**json.loads(before)["state"], "start": start}))
    assert reply.status_code == 400 and "start: must be an object" in reply.get_json()["error"]
    assert taken(app) == before


def forget_what_left(app: MockApp) -> None:
    """Records are not part of a state: what was sent before cannot be sent again from one."""
    assert app.runtime.webhooks.courier.wait_idle(60)
    app.runtime.records.journal.deliveries.drop(lambda kept: kept.state == "queued")
    app.runtime.records.journal.exchanges.drop(lambda kept: False)


def taken(app: MockApp, query: str = "") -> bytes:
    reply = app.test_client().get(f"/_mock/state{query}")
    assert reply.status_code == 200, reply.get_json()
    return reply.get_data()


def put(app: MockApp, raw: bytes, query: str = "") -> Any:
    return app.test_client().put(f"/_mock/state{query}", data=raw)


def content(raw: bytes) -> dict[str, Any]:
    state = json.loads(raw)["state"]
    assert isinstance(state, dict)
    return state


# -- there and back ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_what_was_put_is_what_is_got(opened: Callable[..., MockApp], seed: int) -> None:
    lives = opened()
    lived(lives, seed)
    raw = taken(lives)
    assert taken(lives) == raw
    fresh = opened(seed=99)
    reply = put(fresh, raw)
    assert reply.status_code == 200, reply.get_json()
    assert taken(fresh) == raw
    assert put(lives, raw).status_code == 200
    assert taken(lives) == raw


@pytest.mark.parametrize("seed", range(6))
def test_what_was_restored_goes_on_as_what_it_was_taken_from(
    opened: Callable[..., MockApp], seed: int
) -> None:
    """The same calls, the same moves of the clock: the same bytes, webhooks and state."""
    lives, fresh = opened(), opened()
    past = lived(lives, seed)
    raw = taken(lives)
    assert put(fresh, raw).status_code == 200
    forget_what_left(lives)
    told = []
    for app in (lives, fresh):
        app.runtime.webhooks.courier._transport.posts.clear()  # type: ignore[attr-defined]
        histories = [history.fork(app, Random(f"later {seed} {history.key}")) for history in past]
        tell(app, histories, Random(seed + 1), 60)
        app.runtime.clock.advance(90_000)
        posts = {place: sorted(map(repr, them)) for place, them in arrived(app).items()}
        told.append(
            (
                [history.told for history in histories],
                [(exchanges(app, key), owed(app, key)) for key in keys(3)],
                posts,
                taken(app),
            )
        )
    assert told[0] == told[1]
    assert sum(map(len, told[0][2].values())) > 50


def test_the_states_of_those_tests_hold_everything_there_is(
    opened: Callable[..., MockApp],
) -> None:
    """A property about empty tables would be none."""
    filled: set[str] = set()
    for seed in range(6):
        app = opened()
        lived(app, seed)
        state = content(taken(app))
        filled |= {name for name, value in state.items() if value}
        for one in state["instances"]:
            filled |= {name for name, value in one.items() if value}
        for series in state["chaos"]:
            filled |= {f"chaos.{name}" for name, value in series.items() if value}
    names = {
        "seed", "clock", "world", "numbers", "instances", "media", "chaos", "messages",
        "group_table", "presence", "counters", "generations", "agenda", "order",
        "moving", "phone_steps", "contact_states", "held_acks", "chaos.held", "chaos.agenda",
    }  # fmt: skip
    assert names - filled == set()


def test_a_qr_series_goes_on_where_it_was(make_app: MakeApp) -> None:
    first, second = make_app(), make_app()
    control_api, other = ControlApi(first), ControlApi(second)
    first.test_client().get(f"/rest/instance/qrcode_base64/{UNLINKED}", headers=AUTH)
    control_api.post(f"/instances/{UNLINKED}/link", {})
    control_api.post(f"/instances/{UNLINKED}/unlink", {"by": "phone"})
    auth = {"Authorization": "Bearer TESTKEY0002"}
    path = f"/rest/instance/qrcode_base64/{UNLINKED}"
    first.test_client().get(path, headers=auth)
    control_api.post("/clock", {"advance": 45})
    put(second, taken(first))
    for app, it in ((first, control_api), (second, other)):
        it.post("/clock", {"advance": 21})
        assert app.test_client().get(path, headers=auth).status_code == 200
    assert (
        first.test_client().get(path, headers=auth).data
        == second.test_client().get(path, headers=auth).data
    )


def test_armed_faults_go_on_where_they_were(make_app: MakeApp) -> None:
    """So often, such a share, so many in a window: counted on, and drawn as before."""
    first, second = make_app(), make_app()
    for wishes in (
        {"fault": "reply", "status": 503, "times": 5, "skip": 2, "instance": KEY},
        {"fault": "rate-limit", "calls": 6, "window": 60},
        {"fault": "empty-200", "percent": 40, "recipient": "5511900000002"},
    ):
        ControlApi(first).post("/faults", wishes, status=201)
    path, body = f"/rest/sendMessage/{KEY}/text", {"messageData": {"text": "oi"}}

    def call_again(app: MockApp, times: int) -> list[tuple[int, bytes]]:
        seen = []
        for number in range(times):
            body["messageData"]["to"] = ("5511900000002", "5511900000004")[number % 2]
            reply = app.test_client().post(path, json=body, headers=AUTH)
            seen.append((reply.status_code, reply.get_data()))
            reply.close()
        return seen

    call_again(first, 4)
    raw = taken(first)
    assert put(second, raw).status_code == 200
    assert taken(second) == raw
    # What they have hit is a record, and no part of a state.
    known = [{**item, "hits": []} for item in ControlApi(first).items("/faults")]
    assert ControlApi(second).items("/faults") == known
    assert call_again(first, 20) == call_again(second, 20)
    assert taken(second) == taken(first)
    alone = make_app()
    assert put(alone, raw, f"?instance={KEY}").status_code == 200
    assert [item["fault"] for item in ControlApi(alone).items("/faults")] == ["reply"]


@pytest.mark.parametrize(
    "chaos",
    [
        {"early_ack": True, "hold": 1000},
        {"early_ack": True, "hold": 1000, "burst": 3},
        {"reorder": 6, "hold": 900},
        {"burst": 8, "hold": 900},
        {"delay": [100, 2000], "drop": 0.3, "duplicate": 2},
        {"redeliver": 3000},
    ],
    ids=str,
)
def test_whatever_chaos_holds_goes_on(
    opened: Callable[..., MockApp], chaos: dict[str, Any]
) -> None:
    switches = {"ack_delays": "40,50,60"}
    first, second = opened(switches=switches), opened(switches=switches)
    (history,) = (History(first, key, Random(0)) for key in keys(1))
    history.begin()
    ControlApi(first).post(f"/instances/{history.key}/chaos", chaos)
    for at in range(4):
        send(first, f"{at}", history.key, history.token)
        first.runtime.clock.advance(11)
    raw = taken(first)
    (series,) = content(raw)["chaos"]
    assert series["held"] and series["agenda"]
    assert put(second, raw).status_code == 200
    forget_what_left(first)
    left = []
    for app in (first, second):
        app.runtime.webhooks.courier._transport.posts.clear()  # type: ignore[attr-defined]
        send(app, "later", history.key, history.token)
        app.runtime.clock.advance(90_000)
        assert app.runtime.webhooks.courier.wait_idle(60)
        left.append((owed(app, history.key), taken(app)))
    assert left[0] == left[1]


def test_the_clock_comes_along(make_app: MakeApp) -> None:
    first, second = make_app(), make_app(clock=Clock())
    ControlApi(first).post("/clock", {"advance": 1000})
    assert put(second, taken(first)).status_code == 200
    assert ControlApi(second).get("/clock") == {"now": START + 1000, "frozen": True}


def test_what_fell_due_while_it_lay_in_a_file_happens_at_once(make_app: MakeApp) -> None:
    """A clock that runs is as far ahead of the machine's as it was, not where it was."""
    first = make_app(clock=Clock(), switches={"ack_delays": "1000,2000,3000,4000"})
    send(first, "oi")
    raw = taken(first)
    ControlApi(first).post("/clock", {"advance": 2500})
    ahead = taken(first)
    second = make_app(clock=Clock(), switches={"ack_delays": "1000,2000,3000,4000"})
    for file, state in ((raw, "pending"), (ahead, "delivered")):
        assert put(second, file).status_code == 200
        assert [item["state"] for item in ControlApi(second).items("/messages")] == [state]
    assert taken(second) == ahead


def send(app: MockApp, text: str, key: str = KEY, token: str = "TESTKEY0001") -> None:
    reply = app.test_client().post(
        f"/rest/sendMessage/{key}/text",
        json={"messageData": {"to": "5511900000002", "text": text}},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert reply.status_code == 200
    reply.close()


# -- the world below, and resets ---------------------------------------------------------------


def test_a_reset_leads_to_the_world_the_state_stood_on(
    opened: Callable[..., MockApp], make_app: MakeApp
) -> None:
    lives, fresh = opened(), make_app()
    lived(lives, 1, calls=15)
    assert put(fresh, taken(lives)).status_code == 200
    for app in (lives, fresh):
        ControlApi(app).post("/reset")
    assert content(taken(lives))["instances"] == content(taken(fresh))["instances"]
    assert [item["key"] for item in ControlApi(fresh).items("/instances")] == keys(8)


def test_whoever_the_state_knows_is_known_after_it(make_app: MakeApp) -> None:
    """The directory comes along: a number without WhatsApp stays without it."""
    first, second = make_app(), make_app()
    state = content(taken(first))
    state["world"]["directory"]["without"] = ["5511900000055"]
    assert put(second, seal(state)).status_code == 200
    refusal = ControlApi(second).refusal(
        "POST", f"/instances/{KEY}/inbound", {"from": "5511900000055", "event": "text-plain"}
    )
    assert "no WhatsApp" in refusal
    query = "jid=5511900000055@s.whatsapp.net"
    path = f"/rest/instance/isOnWhatsApp/{KEY}?{query}"
    assert second.test_client().get(path, headers=AUTH).get_json()["exists"] is False


@pytest.fixture
def started(tmp_path: Path, make_app: MakeApp) -> tuple[bytes, Callable[[], MockApp]]:
    """A state file, and mocks that start with it."""
    app = make_app()
    control_api = ControlApi(app)
    send(app, "before")
    control_api.post("/instances", {"key": "megacode-TESTKEY0050"}, status=201)
    control_api.post("/clock", {"advance": 77})
    raw = taken(app)
    path = tmp_path / "state.json"
    path.write_bytes(raw)
    return raw, lambda: make_app(settings=Settings(world=str(path)), clock=Clock())


def test_a_mock_starts_with_a_state(started: tuple[bytes, Callable[[], MockApp]]) -> None:
    raw, start = started
    app = start()
    assert {**content(taken(app)), "start": None} == content(raw)


def test_people_in_bulk_belong_to_worlds(tmp_path: Path, make_app: MakeApp) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(taken(make_app()))
    with pytest.raises(WorldError, match="is a state, which says itself who exists: leave --cont"):
        make_app(settings=Settings(world=str(path), contacts=10))


def test_a_reset_leads_back_to_the_state_it_started_with(
    started: tuple[bytes, Callable[[], MockApp]],
) -> None:
    raw, start = started
    app = start()
    control_api = ControlApi(app)
    for _ in range(2):
        send(app, "after")
        control_api.delete("/instances/megacode-TESTKEY0050")
        control_api.post("/clock", {"advance": 1000})
        assert control_api.post("/reset") == {"reset": "all", "instances": 3}
        assert {**content(taken(app)), "start": None} == content(raw)
        assert control_api.items("/exchanges") == []


def test_a_reset_of_one_leads_back_to_what_the_state_says_of_it(
    started: tuple[bytes, Callable[[], MockApp]],
) -> None:
    _, start = started
    app = start()
    control_api = ControlApi(app)
    send(app, "after")
    control_api.post(f"/instances/{UNLINKED}/link", {})
    control_api.post("/instances", {"key": "megacode-TESTKEY0051"}, status=201)
    assert control_api.post(f"/reset?instance={KEY}")["reset"] == KEY
    texts = [
        item["content"]["extendedTextMessage"]["text"] for item in control_api.items("/messages")
    ]
    assert texts == ["before"]
    assert control_api.get(f"/instances/{UNLINKED}")["state"] == "connected"
    control_api.post("/reset?instance=megacode-TESTKEY0051")
    control_api.refusal("GET", "/instances/megacode-TESTKEY0051", status=404)
    control_api.refusal("POST", "/reset?instance=megacode-NOBODY", status=404)


def test_where_a_reset_leads_comes_along(
    started: tuple[bytes, Callable[[], MockApp]], make_app: MakeApp
) -> None:
    raw, start = started
    app, other = start(), make_app()
    send(app, "after")
    assert put(other, taken(app)).status_code == 200
    assert taken(other) == taken(app)
    ControlApi(other).post("/reset")
    assert {**content(taken(other)), "start": None} == content(raw)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda raw: raw[:-30], "this is not a state file"),
        (lambda raw: raw.replace(b"before", b"beyond"), "damaged"),
        (lambda raw: raw.replace(b'"version":1', b'"version":9'), "version 9"),
    ],
)
def test_a_start_with_a_spoiled_state_is_refused(
    started: tuple[bytes, Callable[[], MockApp]],
    tmp_path: Path,
    spoil: Callable[[bytes], bytes],
    sentence: str,
) -> None:
    raw, _ = started
    path = tmp_path / "spoiled.json"
    path.write_bytes(spoil(raw))
    with pytest.raises(WorldError, match=sentence) as refusal:
        build_app(settings=Settings(world=str(path)))
    assert str(path) in str(refusal.value)


def test_a_start_with_the_state_of_one_is_refused(make_app: MakeApp, tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_bytes(taken(make_app(), f"?instance={KEY}"))
    with pytest.raises(WorldError, match=f"{KEY} alone"):
        build_app(settings=Settings(world=str(path)))


# -- one instance alone ------------------------------------------------------------------------


def test_one_instance_comes_and_goes_alone(opened: Callable[..., MockApp]) -> None:
    lives, other = opened(), opened()
    past = lived(lives, 3)
    lived(other, 4)
    key = keys(3)[1]
    other.runtime.clock.set(lives.runtime.clock.now())
    raw = taken(lives, f"?instance={key}")
    before = {name: taken(other, f"?instance={name}") for name in keys(3)}
    reply = put(other, raw)
    assert reply.get_json()["restored"] == key
    assert taken(other, f"?instance={key}") == raw
    for name in (keys(3)[0], keys(3)[2]):
        assert taken(other, f"?instance={name}") == before[name]
    forget_what_left(lives)
    told = []
    for app in (lives, other):
        history = past[1].fork(app, Random(5))
        history.go_on(60)
        told.append((history.told, exchanges(app, key), owed(app, key)))
    assert told[0] == told[1]


def test_one_instance_of_a_whole_state(opened: Callable[..., MockApp]) -> None:
    lives, other = opened(), opened()
    lived(lives, 6)
    key = keys(1)[0]
    other.runtime.clock.set(lives.runtime.clock.now())
    assert put(other, taken(lives), f"?instance={key}").get_json()["restored"] == key
    assert taken(other, f"?instance={key}") == taken(lives, f"?instance={key}")
    assert put(other, taken(lives), "?instance=megacode-NOBODY").status_code == 404


def test_messages_of_one_that_came_back_are_the_newest(make_app: MakeApp) -> None:
    app = make_app()
    control_api = ControlApi(app)
    control_api.post(f"/instances/{UNLINKED}/link", {})
    send(app, "first")
    raw = taken(app, f"?instance={KEY}")
    send(app, "second", UNLINKED, "TESTKEY0002")
    assert put(app, raw).status_code == 200
    assert [item["instance"] for item in control_api.items("/messages")] == [UNLINKED, KEY]


def test_unknown_instances_have_no_state(control_api: ControlApi) -> None:
    assert "megacode-NOBODY" in control_api.refusal(
        "GET", "/state?instance=megacode-NOBODY", status=404
    )


# -- refused without harm ----------------------------------------------------------------------


def spoiled(raw: bytes) -> list[tuple[str, bytes, int]]:
    """What a file can be instead, with the status it is refused with."""
    state = content(raw)
    no_token = {**state, "instances": [{**state["instances"][0]}]}
    del no_token["instances"][0]["token"]
    twice = {**state, "instances": state["instances"][:1] * 2}
    rows = dict(state["instances"][0]["messages"])
    first = next(iter(rows))
    wrong = {**state["instances"][0], "messages": {first: {**rows[first], "time": "now"}}}
    silent = {**state["instances"][0], "messages": {first: {**rows[first], "content": "oi"}}}
    return [
        ("nothing", b"", 400),
        ("no JSON", b"\x00\xff", 400),
        ("a list", b"[]", 400),
        ("a world", b'{"instances": [], "contacts": []}', 400),
        ("somebody else's", raw.replace(b"megaapi-mock-state", b"another-mock-state"), 400),
        ("cut short", raw[: len(raw) // 2], 400),
        ("without a version", raw.replace(b'"version":1', b'"version":"1"'), 400),
        ("a newer one", raw.replace(b'"version":1', b'"version":2'), 409),
        ("without content", raw.replace(b'"state":{', b'"state":[{', 1)[:-2] + b"]}", 400),
        ("edited", raw.replace(b"Contato Teste", b"Contato Outro"), 400),
        ("a field less", seal(no_token), 400),
        ("the same key twice", seal(twice), 400),
        ("a time that is none", seal({**state, "instances": [wrong]}), 400),
        ("content that is none", seal({**state, "instances": [silent]}), 400),
        ("without a clock", seal({**state, "clock": None}), 400),
        ("a field more", seal({**state, "world": {**state["world"], "directory": {}}}), 400),
        ("media that are none", seal({**state, "media": ["%"]}), 400),
        ("a start that is none", seal({**state, "start": {"instances": []}}), 400),
        ("turns about nothing", seal({**state, "chaos": [chaos_of(state)]}), 400),
    ]


def chaos_of(state: dict[str, Any]) -> dict[str, Any]:
    series = dict(state["chaos"][0])
    turn = {"due": START, "order": 0, "what": "arrive", "delivery": 99, "place": None}
    return {**series, "agenda": [turn]}


def test_what_cannot_be_is_refused_and_nothing_has_happened(make_app: MakeApp) -> None:
    app = make_app()
    control_api = ControlApi(app)
    send(app, "kept")
    control_api.post(f"/instances/{KEY}/chaos", {"delay": [5, 5]})
    raw = taken(app)
    shown = control_api.get("/exchanges")
    for name, file, status in spoiled(raw):
        reply = put(app, file)
        assert (name, reply.status_code) == (name, status)
        assert len(reply.get_json()["error"]) > 30, name
        assert taken(app) == raw, name
    assert control_api.get("/exchanges") == shown


def test_refusals_say_what_is_wrong_where_and_what_to_do(make_app: MakeApp) -> None:
    app = make_app()
    send(app, "kept")
    ControlApi(app).post(f"/instances/{KEY}/chaos", {"delay": [5, 5]})
    said = {name: put(app, file).get_json() for name, file, _ in spoiled(taken(app))}
    sentences = {name: told["error"] for name, told in said.items()}
    assert "another-mock-state" in sentences["somebody else's"]
    assert "version 2" in sentences["a newer one"]
    assert "checksum" in sentences["edited"]
    assert "instances[0]: token is missing" in sentences["a field less"]
    assert "instances[0].messages.3EB0" in sentences["a time that is none"]
    assert ".time: must be a number, not 'now'" in sentences["a time that is none"]
    assert ".content: must be the text of a JSON object" in sentences["content that is none"]
    assert f"instances[1]: {KEY} is in it twice" in sentences["the same key twice"]
    assert "media[0]: must be base64" in sentences["media that are none"]
    for text in sentences.values():
        assert "GET /_mock/state" in text or "that wrote it" in text


def test_no_byte_can_be_another(make_app: MakeApp) -> None:
    app = make_app()
    send(app, "kept")
    raw = taken(app)
    chance = Random(0)
    for at in chance.sample(range(len(raw) - 1), 300):
        other = bytes([raw[at] ^ chance.choice((1, 2, 4, 8, 16, 32))])
        reply = put(app, raw[:at] + other + raw[at + 1 :])
        assert reply.status_code in (400, 409), (at, raw[at - 20 : at + 20], other)
    assert taken(app) == raw


def test_white_space_may_be_another(make_app: MakeApp) -> None:
    app = make_app()
    send(app, "kept")
    raw = taken(app)
    pretty = json.dumps(json.loads(raw), indent=2, ensure_ascii=False).encode()
    assert put(app, b"\xef\xbb\xbf" + pretty).status_code == 200
    assert taken(app) == raw


def test_the_size_is_bounded_both_ways(make_app: MakeApp) -> None:
    raw = taken(make_app(settings=Settings(state_bytes=10**7)))
    small = make_app(settings=Settings(state_bytes=len(raw) - 1))
    for reply in (
        small.test_client().get("/_mock/state"),
        put(small, raw),
        small.test_client().put(
            "/_mock/state",
            data=raw,
            headers={"Transfer-Encoding": "chunked"},
            environ_overrides={"wsgi.input_terminated": True},
        ),
    ):
        assert reply.status_code == 413
        assert "--state-bytes" in reply.get_json()["error"]
    fits = make_app(settings=Settings(state_bytes=len(raw)))
    assert put(fits, raw).status_code == 200


def test_other_switches_and_another_seed_are_told(make_app: MakeApp) -> None:
    first = make_app(switches={"echo": "off", "qr_seconds": "5"})
    second = make_app(switches={"qr_seconds": "7"})
    assert put(second, taken(first)).get_json()["differences"] == [
        "echo: off where it was saved, default here",
        "qr_seconds: 5 where it was saved, 7 here",
    ]
    third = make_app(ids=Ids(8))
    told = put(third, taken(second, f"?instance={KEY}")).get_json()["differences"]
    assert told == [
        "qr_seconds: 7 where it was saved, default here",
        "seed: 0 where it was saved, 8 here",
    ]


# -- while others are at it --------------------------------------------------------------------


class Gate(RecordingTransport):
    """Lets nothing through until it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.open = threading.Event(), threading.Event()

    def post(self, *given: Any, **options: Any) -> ReceiverAnswer:
        self.reached.set()
        assert self.open.wait(60)
        return super().post(*given, **options)


@contextmanager
def opening(gate: Gate) -> Iterator[None]:
    try:
        yield
    finally:
        gate.open.set()


@pytest.mark.parametrize("good", [True, False])
def test_a_state_put_in_ends_what_waits_and_not_what_is_under_way(
    make_app: MakeApp, good: bool
) -> None:
    gate = Gate()
    with opening(gate):
        app = make_app(transport=gate, switches={"acks": "off"})
        raw = taken(app)
        body = {"messageData": {"webhookUrl": "http://127.0.0.1:9/hook", "webhookEnabled": True}}
        app.test_client().post(
            f"/rest/webhook/{KEY}/configWebhook", json=body, headers=AUTH
        ).close()
        send(app, "under way")
        send(app, "behind it")
        assert gate.reached.wait(60)
        assert put(app, raw if good else raw[:-9]).status_code == (200 if good else 400)
    assert app.runtime.webhooks.courier.wait_idle(60)
    texts = [
        json.loads(body)["message"]["extendedTextMessage"]["text"] for _, body, _ in gate.posts
    ]
    assert texts == (["under way"] if good else ["under way", "behind it"])


def test_states_come_and_go_under_load(opened: Callable[..., MockApp]) -> None:
    """Nobody waits for ever, and no state is half of one thing and half of another."""
    app = opened(switches={})
    ended, problems = threading.Event(), []

    def write(key: str) -> None:
        number = 0
        while not ended.is_set():
            number += 1
            try:
                send(app, f"{number}", key, f"TOKEN{key[-4:]}")
            except Exception as problem:
                problems.append(problem)
                return

    threads = [threading.Thread(target=write, args=(key,)) for key in keys(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(15):
            raw = taken(app)
            for one in content(raw)["instances"]:
                sent = [row for row in one["messages"].values() if row["from_me"]]
                assert one["counters"].get("message", 0) == len(sent)
            assert put(app, raw).status_code == 200
    finally:
        ended.set()
        for thread in threads:
            thread.join(60)
    assert problems == []
    assert not any(thread.is_alive() for thread in threads)
