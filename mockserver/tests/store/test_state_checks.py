"""States edited by hand, their checksum right: refused whole, or as good as any other."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from megaapi_mock.clock import LATEST
from megaapi_mock.store.state_file import seal
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..histories import PEOPLE, History, keys, number_of, open_mock
from ..support import AUTH, KEY

FIRST = keys(1)[0]
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def saved() -> dict[str, Any]:
    """The state of three instances with a past and things still to happen."""
    app = open_mock()
    people = (*PEOPLE, *map(number_of, keys(3)))
    histories = [History(app, key, Random(f"1 {key}"), people=people) for key in keys(3)]
    for history in histories:
        history.begin()
        history.go_on(20)
    app.runtime.clock.advance(25)
    for history in histories:
        history.go_on(4)
    client = app.test_client()
    client.post(f"/_mock/instances/{FIRST}/chaos", json={"duplicate": 2, "delay": [5, 9]})
    client.post("/_mock/faults", json={"fault": "rate-limit", "calls": 2, "window": 10})
    state = json.loads(client.get("/_mock/state").data)["state"]
    app.stop(0)
    assert state["instances"][0]["agenda"] and state["instances"][0]["messages"]
    assert isinstance(state, dict)
    return state


@pytest.fixture
def mock() -> Iterator[MockApp]:
    app = open_mock()
    yield app
    app.stop(0)
    assert list(app.runtime.records.bugs) == []


def put(app: MockApp, state: Any) -> Any:
    return app.test_client().put("/_mock/state", data=seal(state))


def at(*path: Any, value: Any) -> Edit:
    """Puts the value there; None in the path is the first of whatever there is."""

    def edit(state: dict[str, Any]) -> None:
        node: Any = state
        for step in path[:-1]:
            node = node[next(iter(node)) if step is None else step]
        node[path[-1]] = value

    return edit


ONE = ("instances", 0)
MESSAGE = (*ONE, "messages", None)
GROUP = (*ONE, "group_table", None)
PERSON = ("world", "directory", "by_number", "5511900000004")
IMPOSSIBLE: dict[str, tuple[Edit, str]] = {
    "a key with line ends": (at(*ONE, "key", value="a\r\nb"), "[0].key: must be letters"),
    "a key with slashes": (at(*ONE, "key", value="a/../b"), "[0].key: must be letters"),
    "a key that is empty": (at(*ONE, "key", value=""), "[0].key: must be letters"),
    "a token with line ends": (at(*ONE, "token", value="a\r\nb"), "[0].token: must be"),
    "a number with letters": (at(*ONE, "number", value="x"), "[0].number: must be 8"),
    "a seed's key": (at("world", "instances", 0, "key", value="/"), "world.instances[0].key"),
    "a person's state": (at(*PERSON, "state", value="x"), "world.directory"),
    "a time that stands far off": (at("clock", "frozen_at", value=1e300), "clock.frozen_at"),
    "a time before 1970": (at("clock", "frozen_at", value=-1.0), "clock.frozen_at"),
    "a time that runs far off": (
        at("clock", value={"frozen_at": None, "ahead": 1e300, "ticks": 0}),
        "clock.ahead",
    ),
    "fewer than no ticks": (at("clock", "ticks", value=-1), "clock.ticks"),
    "a seed below nothing": (at("seed", value=-1), "seed: must be"),
    "a count below nothing": (at("numbers", "x", value=-1), "numbers.x"),
    "a count nobody can reach": (at("numbers", "x", value=2**62), "numbers.x"),
    "an ack without arguments": (at(*ONE, "agenda", 0, 4, value=[]), "agenda[0]: ack takes 2 or 3"),
    "an ack of no kind": (at(*ONE, "agenda", 0, 4, 1, value="x"), "agenda[0]"),
    "something unknown to do": (at(*ONE, "agenda", 0, 2, value="x"), "agenda[0]"),
    "a thing due before time": (at(*ONE, "agenda", 0, 0, value=-1e300), "agenda[0]"),
    "an order not given out": (at(*ONE, "agenda", 0, 1, value=2**40), "agenda[0]: its order"),
    "a link of no state": (at(*ONE, "connection", "state", value="x"), "connection.state"),
    "a message of no state": (at(*MESSAGE, "state", value="x"), "messages."),
    "a message far off": (at(*MESSAGE, "time", value=1e300), "messages."),
    "a group as a member": (
        at(*GROUP, "participants", 0, "jid", value="120363000000000001@g.us"),
        "participants[0].jid: must be somebody's address",
    ),
    "a member without digits": (
        at(*GROUP, "participants", 0, "jid", value="ana@lid"),
        "participants[0].jid: must be somebody's address",
    ),
    "an owner who is nobody": (
        at(*GROUP, "owner", value="ana@s.whatsapp.net"),
        "owner: must be somebody's address",
    ),
    "a member of no rank": (at(*GROUP, "participants", 0, "admin", value="boss"), "admin: 'boss'"),
    "a group founded far off": (at(*GROUP, "created", value=10**12), "created: must be a time"),
    "a person for a group": (
        at(*GROUP, "jid", value="5511900000002@s.whatsapp.net"),
        "group_table",
    ),
    "a world's member of no rank": (
        at("world", "groups", 0, "participants", 0, "admin", value=""),
        "participants[0].admin",
    ),
    "a seed's member of no rank": (
        at("world", "instances", 0, "groups", 0, "participants", 0, "admin", value="boss"),
        "world.instances[0].groups",
    ),
    "a number without digits": (
        lambda state: state["world"]["directory"]["by_number"].update(
            {"": state["world"]["directory"]["by_number"]["5511900000004"]}
        ),
        "by_number",
    ),
    "a person without a number": (at(*PERSON, "jid", value="@s.whatsapp.net"), "jid: must be"),
    "a person with a LID of letters": (at(*PERSON, "lid", value="x@lid"), "lid: must be"),
    "a message under another id": (at(*MESSAGE, "id", value="other"), "stands there as other"),
}


@pytest.mark.parametrize(("edit", "said"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_no_call_could_have_made_is_refused_whole(
    edit: Edit, said: str, saved: dict[str, Any], mock: MockApp
) -> None:
    state = json.loads(json.dumps(saved))
    edit(state)
    before = mock.test_client().get("/_mock/state").data
    reply = put(mock, state)
    assert reply.status_code == 400, "it was taken"
    assert said in reply.get_json()["error"]
    assert mock.test_client().get("/_mock/state").data == before


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("kind", "a/b", "kind: 'a/b' is none of audio"),
        ("length", -1, "length: must be"),
        ("time", 1e300, "time: must be a time"),
        ("direct_path", "/other", "stands there as /other"),
    ],
)
def test_file_that_no_call_could_have_kept_is_refused(
    app: MockApp, field: str, value: Any, said: str
) -> None:
    client = app.test_client()
    client.post(f"/_mock/instances/{KEY}/inbound", json={"event": "image"})
    state = json.loads(client.get("/_mock/state").data)["state"]
    at(*ONE, "media", None, field, value=value)(state)
    reply = put(app, state)
    assert reply.status_code == 400, "it was taken"
    assert said in reply.get_json()["error"]


# Near the last whole number that every JSON reader keeps, and the ends of what 64 bits hold.
ODD_NUMBERS = (2**53 + 1, -(2**53), 2**63, 2**64 - 1, -1, 1e308, -1e308, -0.0)


def _numbers(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every number in a document."""
    if isinstance(node, dict | list):
        for name, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _numbers(value, (*path, name))
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield path


def _of_each_kind(state: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """One number of each kind, by its path without what tells one row from another."""
    return {
        ".".join(name if str(name).isidentifier() else "#" for name in map(str, path)): path
        for path in _numbers(state)
    }


@pytest.mark.parametrize("number", ODD_NUMBERS, ids=str)
def test_a_number_of_a_state_is_refused_or_kept_as_it_is(
    number: float, saved: dict[str, Any], mock: MockApp
) -> None:
    client = mock.test_client()
    state = json.loads(json.dumps(saved))
    key = state["instances"][0]["key"]
    friend = "5511900000002@s.whatsapp.net"
    state["instances"][0]["pinned"] = {friend: 1767225600.0}
    state["instances"][0]["presence"] = {friend: ["composing", 1767225600.0]}
    state["clock"]["frozen_at"] = state["clock"]["frozen_at"] or 1767225600.0
    assert put(mock, state).status_code == 200
    kinds = _of_each_kind(json.loads(client.get("/_mock/state").data)["state"])
    assert len(kinds) > 25
    for kind, path in kinds.items():
        whole = json.loads(json.dumps(state))
        at(*path, value=number)(whole)
        reply = put(mock, whole)
        if reply.status_code != 200:
            assert (reply.status_code, list(reply.get_json())) == (400, ["error"]), kind
            continue
        kept: Any = json.loads(client.get("/_mock/state").data)["state"]
        # What was due by then has been done; what a clock that stands is ahead by means nothing.
        if ".agenda." not in kind and kind != "clock.ahead":
            for step in path:
                kept = kept[step]
            assert kept == number, kind
        auth = {"Authorization": f"Bearer {whole['instances'][0]['token']}"}
        assert client.get(f"/rest/instance/{key}", headers=auth).status_code == 200, kind
        assert client.get(f"/_mock/instances/{key}/chats").status_code == 200, kind
        again = client.put("/_mock/state", data=client.get("/_mock/state").data)
        assert again.status_code == 200, (kind, again.get_json())


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("pinned",), {"5511900000002@s.whatsapp.net": 1e308}, "pinned.5511900000002@"),
        (("presence",), {"5511900000002@s.whatsapp.net": ["composing", -1e308]}, "presence.55"),
        (("phone_steps",), {"X": {"5511900000002@s.whatsapp.net": 2**63}}, "phone_steps.X"),
    ],
)
def test_a_number_that_no_call_could_have_made_is_refused(
    path: tuple[str, ...], value: Any, said: str, saved: dict[str, Any], mock: MockApp
) -> None:
    state = json.loads(json.dumps(saved))
    at(*ONE, *path, value=value)(state)
    reply = put(mock, state)
    assert reply.status_code == 400, "it was taken"
    assert said in reply.get_json()["error"]


@pytest.mark.parametrize("name", ["used", "seen"])
def test_a_fault_that_has_counted_beyond_counting_is_refused(
    name: str, saved: dict[str, Any], mock: MockApp
) -> None:
    state = json.loads(json.dumps(saved))
    at("faults", "armed", 0, name, value=2**64 - 1)(state)
    reply = put(mock, state)
    assert reply.status_code == 400, "it was taken"
    assert f"faults.armed[0].{name}: must be a whole number" in reply.get_json()["error"]


# -- anything else somebody may write -----------------------------------------------------------

ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 1, 1e300, -1e300, 10**12, 2**63 - 1, 0.5, "", "x", "a/b", "a\r\nb"),
    *("\x00", "\u00e9", "@lid", "@s.whatsapp.net", "5511900000002@s.whatsapp.net", "x@y@z"),
    *("120363000000000001@g.us", [], {}, [None], ["x"], {"a": 1}, "{}", "AAAA", "9" * 5000),
)


def _places(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[Any, Any, str]]:
    """Every holder and name, and the place without what tells one row from another."""
    items = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for name, value in list(items):
        told = str(name) if isinstance(name, str) and name.isidentifier() else "#"
        yield node, name, ".".join((*path, told))
        yield from _places(value, (*path, told))


def edited(saved: dict[str, Any], draw: Random) -> tuple[dict[str, Any], str]:
    """The state with one odd place, every kind of place as likely as any other."""
    state = json.loads(json.dumps(saved))
    kinds: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
    for holder, name, kind in _places(state):
        kinds[kind].append((holder, name))
    kind = draw.choice(sorted(kinds))
    holder, name = draw.choice(kinds[kind])
    how = draw.randrange(6)
    if how < 4:
        holder[name] = draw.choice(ODD)
    elif how == 4:
        del holder[name]
    elif isinstance(holder, list):
        holder.append(holder[name])
    else:
        holder[draw.choice([odd for odd in ODD if isinstance(odd, str)])] = holder.pop(name)
    return state, kind


def lives_on(app: MockApp, state: dict[str, Any]) -> list[str]:
    """What comes back as our own bug from a mock in this state."""
    client, wrong = app.test_client(), []

    def call(method: str, path: str, **options: Any) -> Any:
        reply = client.open(path, method=method, **options)
        if reply.status_code >= 500 and not reply.headers.get("X-Mock-Reason"):
            wrong.append(f"{method} {path}: {reply.status_code}")
        return reply

    for path in ("instances", "messages", "deliveries", "faults", "clock"):
        call("GET", f"/_mock/{path}")
    again = call("GET", "/_mock/state")
    taken = client.put("/_mock/state", data=again.data)
    if taken.status_code != 200:
        wrong.append(f"its own state is refused: {taken.get_json()}")
    for one in state["instances"][:2]:
        key, auth = one["key"], {"Authorization": f"Bearer {one['token']}"}
        text = {"messageData": {"to": "5511900000002", "text": "x"}}
        call("GET", f"/rest/instance/{key}", headers=auth)
        call("POST", f"/rest/sendMessage/{key}/text", headers=auth, json=text)
        call("GET", f"/rest/group/list/{key}", headers=auth)
        inbound = {"from": "5511900000002", "event": "text-plain"}
        call("POST", f"/_mock/instances/{key}/inbound", json=inbound)
    call("POST", "/_mock/clock", json={"advance": 100_000})
    call("GET", "/_mock/state")
    call("POST", "/_mock/reset")
    return wrong + [str(bug) for bug in app.runtime.records.bugs]


@pytest.mark.broken_bodies
@pytest.mark.parametrize("seed", range(4))
def test_a_state_edited_anywhere_is_refused_whole_or_holds(
    seed: int, saved: dict[str, Any]
) -> None:
    taken = 0
    for number in range(25):
        state, kind = edited(saved, Random(f"{seed} {number}"))
        app = open_mock()
        try:
            before = app.test_client().get("/_mock/state").data
            reply = put(app, state)
            assert reply.status_code in (200, 400, 409), kind
            if reply.status_code == 200:
                taken += 1
                assert lives_on(app, state) == [], kind
            else:
                assert app.test_client().get("/_mock/state").data == before, kind
        finally:
            app.stop(0)
    assert taken, "nothing was taken at all: the test no longer tests what is taken"


# -- and what the mock itself can be made to say ------------------------------------------------


def with_webhook(app: MockApp) -> Any:
    """A client of a mock whose instance is owed webhooks."""
    client = app.test_client()
    url = {"webhookUrl": "http://127.0.0.1:9/hook", "webhookEnabled": True}
    path = f"/rest/webhook/{KEY}/configWebhook"
    assert client.post(path, json={"messageData": url}, headers=AUTH).status_code == 200
    return client


@pytest.mark.parametrize("moment", [LATEST, LATEST - 0.001, 0])
@pytest.mark.parametrize("frozen", [True, False])
def test_the_ends_of_time_are_days_like_any_other(
    moment: float, frozen: bool, make_app: MakeApp
) -> None:
    client = with_webhook(make_app())
    control_api = f"/_mock/instances/{KEY}"
    moved = client.post("/_mock/clock", json={"freeze": frozen, "set": moment})
    assert moved.status_code == 200
    for event in ("call", "text-plain", "connected"):
        reply = client.post(f"{control_api}/emit", json={"event": event})
        assert reply.status_code < 300, reply.get_json()
    call = client.post(f"{control_api}/inbound", json={"from": "5511900000002", "event": "call"})
    assert call.status_code == 201
    text = {"messageData": {"to": "5511900000002", "text": "x"}}
    sent = client.post(f"/rest/sendMessage/{KEY}/text", json=text, headers=AUTH)
    assert sent.status_code == 200
    state = client.get("/_mock/state").data
    assert client.put("/_mock/state", data=state).status_code == 200


SETS: tuple[Any, ...] = (
    *({"message.imageMessage.mimetype": 5}, {"message.imageMessage": "x"}, {"key.remoteJid": {}}),
    *({"key.remoteJid": "a\r\nb"}, {"key.id": 7}, {"key": []}, {"message": None}),
    *({"messageTimestamp": "x"}, {"messageTimestamp": 1e300}, {"messageType": 5}, {"jid": {}}),
    *({"message.imageMessage.fileLength": {}}, {"message.imageMessage.fileSha256": 5}),
    *({"pushName": []}, {"isGroup": "x"}, {"senderLid": 5}, {"key.participant": [1]}),
)


@pytest.mark.broken_bodies
@pytest.mark.parametrize("event", ["image", "text-plain", "group-text"])
@pytest.mark.parametrize("route", ["emit", "inbound"])
def test_a_state_after_odd_events_can_be_put_back(
    event: str, route: str, make_app: MakeApp
) -> None:
    client, taken = with_webhook(make_app()), 0
    for number, odd in enumerate(SETS):
        body = {"event": event, "set": odd, "force": True}
        if route == "inbound":
            body["from"] = "5511900000002"
        reply = client.post(f"/_mock/instances/{KEY}/{route}", json=body)
        assert reply.status_code < 500, (number, odd)
        taken += reply.status_code < 300
        for path in ("messages", "deliveries"):
            shown = client.get(f"/_mock/{path}?instance={KEY}")
            assert shown.status_code == 200, (path, odd)
        for chats in ([], ["5511900000002"], ["120363000000000001@g.us"]):
            wanted = {"instance": KEY, "wait": 0, **({"chats": chats} if chats else {})}
            verdict = client.post("/_mock/deliveries/verdict", json=wanted)
            assert verdict.status_code == 200, (chats, odd, verdict.get_json())
        state = client.get("/_mock/state").data
        again = client.put("/_mock/state", data=state)
        assert again.status_code == 200, (odd, again.get_json())
    assert taken, "no odd event was taken at all"
