"""A state with something everywhere, every place of it edited: refused whole, or it goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.ids import Ids
from megaapi_mock.profile import default_profile
from megaapi_mock.spec.plans import EVERY_PLAN
from megaapi_mock.store.state_file import seal
from megaapi_mock.web.app import MockApp, build_app

from ..support import KEY, START, UNLINKED, RecordingTransport

ANA, OFF, OTHER = "5511900000002", "5511900000004", "5511900000003"
GROUP = "120363000000000001@g.us"
THIRD = "megacode-TESTKEY0003"
THIRD_NUMBER = "5511900000055"
HOOK = {"url": "http://127.0.0.1:9/hook"}
# What a place may say instead; MISSING takes it away.
MISSING = object()
ODD: tuple[Any, ...] = (MISSING, None, "", "x", 5, True, [], {}, [[]], {"x": 5})
SWITCHES = {"ack_delays": "1,2,3,4", "restart_seconds": "30", "group_acks": "each"}
# So many runs of the test share the places among them.
SHARES = 4
Place = tuple[Any, ...]
Kind = tuple[str, ...]


class Client:
    """Calls of both APIs, and which of them were answered by a bug."""

    def __init__(self, app: MockApp) -> None:
        self._client = app.test_client()
        self.bugs: list[str] = []

    def call(
        self, method: str, path: str, body: Any = None, token: str | None = None, **options: Any
    ) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        options |= {} if body is None else {"json": body}
        reply = self._client.open(path, method=method, headers=headers, **options)
        if reply.status_code >= 500 and not reply.headers.get("X-Mock-Reason"):
            self.bugs.append(f"{method} {path} {body}: {reply.status_code}")
        return reply

    def mock(self, method: str, path: str, body: Any = None) -> Any:
        return self.call(method, f"/_mock{path}", body)

    def rest(self, name: str, data: Any, key: str = KEY, token: str = "TESTKEY0001") -> Any:
        return self.call("POST", f"/rest/{name.replace('KEY', key)}", {"messageData": data}, token)

    def send(self, to: str, key: str = KEY, token: str = "TESTKEY0001") -> Any:
        return self.rest("sendMessage/KEY/text", {"to": to, "text": "oi"}, key, token)

    def inbound(self, key: str = KEY, **body: Any) -> Any:
        return self.mock("POST", f"/instances/{key}/inbound", {"from": ANA, **body})


def live(client: Client) -> None:
    """Something in every table of the first instance, or of one of the others."""
    client.mock("POST", "/instances", {"key": THIRD, "connected": True, "number": THIRD_NUMBER})
    client.mock("POST", f"/instances/{UNLINKED}/link", {})
    for key in (KEY, UNLINKED, THIRD):
        client.mock("POST", f"/instances/{key}/webhook", HOOK)
    contact = f"/instances/{KEY}/contacts"
    client.mock("POST", f"{contact}/{OFF}", {"state": "phone_off", "shows_buttons": False})
    # What these three write waits: for a phone, for another instance, for an author.
    client.mock("POST", f"/instances/{UNLINKED}/contacts/5511900000001", {"state": "phone_off"})
    for to in (ANA, OFF, OTHER, GROUP, THIRD_NUMBER):
        client.send(to)
    client.mock("POST", "/clock", {"advance": 2.5})
    for to in (ANA, GROUP, THIRD_NUMBER, OTHER):
        client.send(to)
    for event in ("image", "text-plain", "group-text"):
        client.inbound(event=event)
    chat = {"to": ANA, "option": True}
    client.call("POST", f"/rest/chat/{KEY}/blockChat", {**chat, "to": OTHER}, "TESTKEY0001")
    client.call("POST", f"/rest/chat/{KEY}/pinChat", chat, "TESTKEY0001")
    present = {"to": ANA, "option": "composing"}
    client.call("POST", f"/rest/chat/{KEY}/presenceUpdateChat", present, "TESTKEY0001")
    client.rest("instance/setProfileStatus/KEY", {"status": "Aberto"})
    picture = {"to": "5511900000001@s.whatsapp.net", "url": "https://files.example.test/a.jpg"}
    client.rest("instance/setProfilePictureUrl/KEY", picture)
    client.mock("POST", f"/instances/{KEY}/chaos", {"duplicate": 2, "delay": [5, 9]})
    client.inbound(event="text-plain")
    for fault in ({"fault": "rate-limit", "calls": 9}, {"fault": "ban-after", "messages": 9}):
        client.mock("POST", "/faults", {**fault, "instance": UNLINKED})
    client.send(ANA, UNLINKED, "TESTKEY0002")
    # Its socket is down for a while: what happens meanwhile waits.
    client.call("DELETE", f"/rest/instance/{THIRD}/restart", None, "TESTKEY0003")
    client.inbound(THIRD, event="text-plain")


def goes_on(client: Client, rich: dict[str, Any]) -> None:
    """Everything that a state decides about is asked for, done, and due."""
    again = client.mock("GET", "/state")
    if client.mock("PUT", "/state", again.get_json()).status_code != 200:
        client.bugs.append("its own state is refused")
    for path in ("instances", "messages", "deliveries", "faults", "clock", "metrics"):
        client.mock("GET", f"/{path}")
    for one in rich["instances"]:
        is_asked(client, one["key"], one["token"])
    client.mock("POST", "/clock", {"advance": 10})
    # What waits for them goes on, stops, or waits again.
    for state in ("reachable", "blocked", "phone_off", "reachable"):
        for key, number in ((KEY, OFF), (KEY, ANA), (UNLINKED, "5511900000001")):
            client.mock("POST", f"/instances/{key}/contacts/{number}", {"state": state})
    client.mock("POST", "/clock", {"advance": 100_000})
    for one in rich["instances"]:
        client.call("DELETE", f"/rest/instance/{one['key']}/logout", None, one["token"])
        client.mock("POST", f"/instances/{one['key']}/link", {})
    client.mock("GET", "/state")
    client.mock("POST", "/reset")


def is_asked(client: Client, key: str, token: str) -> None:
    """Calls about one instance, and writes to and from it."""
    for name in ("contacts", "chats", f"conversation?chat={ANA}", "groups", "media", "chaos"):
        client.mock("GET", f"/instances/{key}/{name}")
    for path in (f"instance/{key}", f"group/list/{key}", f"group/{key}/group?jid={GROUP}"):
        client.call("GET", f"/rest/{path}", None, token)
    for name in ("messages", "contacts", "chats"):
        client.rest(f"instance/{name}/KEY", {"to": ANA}, key, token)
    for to in (ANA, OFF, GROUP):
        client.send(to, key, token)
    client.inbound(key, event="text-plain")
    client.inbound(key, event="group-text")
    client.call("GET", f"/rest/instance/qrcode_base64/{key}", None, token)


def places(node: Any, path: Place = (), kind: Kind = ()) -> Iterator[tuple[Place, Kind]]:
    """Every place, and its kind: without what tells one row from another."""
    items = enumerate(node) if isinstance(node, list) else ()
    for name, value in node.items() if isinstance(node, dict) else items:
        step = name if isinstance(name, str) and name.isidentifier() else "#"
        yield (*path, name), (*kind, step)
        yield from places(value, (*path, name), (*kind, step))


def with_odd(rich: dict[str, Any], place: Place, odd: Any) -> dict[str, Any]:
    """The state with this in that place, or without the place."""
    state: dict[str, Any] = json.loads(json.dumps(rich))
    node: Any = state
    for step in place[:-1]:
        node = node[step]
    if odd is MISSING:
        del node[place[-1]]
    else:
        node[place[-1]] = odd
    return state


@pytest.fixture
def mock() -> Iterator[MockApp]:
    app = build_app(
        clock=Clock(frozen_at=START),
        ids=Ids(7),
        transport=RecordingTransport(),
        profile=default_profile(EVERY_PLAN).with_switches(SWITCHES),
    )
    yield app
    app.stop(0)


@pytest.fixture
def rich(mock: MockApp) -> dict[str, Any]:
    client = Client(mock)
    live(client)
    assert client.bugs == []
    state = json.loads(mock.test_client().get("/_mock/state").data)["state"]
    assert isinstance(state, dict)
    return state


def test_the_edited_state_has_something_everywhere(rich: dict[str, Any]) -> None:
    names = set(rich["instances"][0])
    assert names == {name for one in rich["instances"] for name, value in one.items() if value}
    assert {name for name, value in rich.items() if not value} == {"instance", "start"}


@pytest.mark.broken_bodies
@pytest.mark.parametrize("share", range(SHARES))
def test_every_place_of_a_state_may_say_odd_things(
    mock: MockApp, rich: dict[str, Any], share: int
) -> None:
    """It is refused, and nothing has changed; or everything is answered, and due, without a bug."""
    client, taken, refused, wrong = Client(mock), 0, 0, list[str]()
    kinds: dict[Kind, Place] = {}
    for place, kind in places(rich):
        kinds.setdefault(kind, place)
    for number, (kind, place) in enumerate(kinds.items()):
        if number % SHARES != share:
            continue
        # Another of them at each place: all of them at all places take minutes.
        for odd in (MISSING, ODD[1 + number // SHARES % (len(ODD) - 1)]):
            said = f"{'.'.join(kind)}: {'missing' if odd is MISSING else repr(odd)}"
            reply = client.call("PUT", "/_mock/state", data=seal(with_odd(rich, place, odd)))
            if reply.status_code == 200:
                taken += 1
                goes_on(client, rich)
            else:
                refused += 1
                assert reply.status_code in (400, 409), said
            wrong += [f"{said}: {bug}" for bug in (*client.bugs, *mock.runtime.records.bugs)]
            client.bugs.clear()
            mock.runtime.records.bugs.clear()
    assert wrong == []
    assert taken and refused > taken


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "ack takes 2 or 3 arguments"),
        (["ID"], "ack takes 2 or 3 arguments"),
        (["ID", "delivered", "x", "y"], "ack takes 2 or 3 arguments"),
        (["ID", "x"], "'x' is none of"),
        (["x", "delivered"], "is about another message"),
    ],
)
def test_acks_that_wait_for_a_phone_are_held_to_what_they_take(
    mock: MockApp, rich: dict[str, Any], arguments: list[str], said: str
) -> None:
    state = json.loads(json.dumps(rich))
    ((message_id, waiting), *_) = state["instances"][0]["held_acks"].items()
    waiting[0][1] = [message_id if argument == "ID" else argument for argument in arguments]
    reply = mock.test_client().put("/_mock/state", data=seal(state))
    assert reply.status_code == 400 and said in reply.get_json()["error"]


def test_an_event_that_is_told_later_is_one_there_is(mock: MockApp, rich: dict[str, Any]) -> None:
    state = json.loads(json.dumps(rich))
    (instance,) = (one for one in state["instances"] if one["delayed"])
    next(iter(instance["delayed"].values()))["name"] = "no-such-event"
    reply = mock.test_client().put("/_mock/state", data=seal(state))
    assert reply.status_code == 400
    assert "name: there is no event 'no-such-event'" in reply.get_json()["error"]
