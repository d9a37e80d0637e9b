"""Random histories: seeded calls of the gateway and its control API, good ones and bad ones.

What is drawn depends on the seed and on what this one instance was answered before, never on
time or on anybody else: the same history told twice is the same calls, as far as the mock is.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from megaapi_mock.clock import Clock
from megaapi_mock.domain.world import World
from megaapi_mock.ids import Ids
from megaapi_mock.profile import default_profile
from megaapi_mock.resources import root
from megaapi_mock.settings import Settings
from megaapi_mock.spec.bundle import read_yaml
from megaapi_mock.spec.operations import Operation, operations
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.web.app import MockApp, build_app
from megaapi_mock.worlds.load import read_world

from .support import START, RecordingTransport

Json = dict[str, Any]
PEOPLE = ("5511900000002", "5511900000004", "5531990000005", "5511900000006", "5511900000099")
STATES = ("reachable", "reachable", "phone_off", "blocked", "unregistered")
EXAMPLE_NUMBERS = ("5511900000001", "5511900000003")
COMMON_GROUP = "120363000000000001@g.us"
EXAMPLE_KEYS = ("megacode-TESTKEY0001", "megacode-TESTKEY0002")
# Everything takes some time, so that something is pending whenever one looks.
SWITCHES = {
    "ack_delays": "0.5-2,1-30,5-600,6-900",
    "restart_seconds": "7",
    "group_acks": "each",
    "group_events": "on",
    "presence_events": "on",
}
CHAOS_CHOICES: tuple[Json, ...] = (
    {"duplicate": 2, "drop": 0.2},
    {"reorder": 4, "hold": 30},
    {"delay": [0, 90], "redeliver": 3600},
    {"burst": 5, "early_ack": True, "hold": 20},
)


def keys(number: int) -> list[str]:
    """The first instances of `world`."""
    return [f"megacode-TESTKEY00{place:02d}" for place in range(11, 11 + number)]


def number_of(key: str) -> str:
    """The number of an instance of `world`."""
    return f"55119000000{int(key[-2:]) + 9}"


def group_of(key: str) -> str:
    """The group of `world` that this instance is in and no other."""
    return f"1203630000000010{key[-2:]}@g.us"


@cache
def world() -> World:
    """The default world with eight other instances, all linked: each has a group of its own, and
    then there is one of all.
    """
    content = read_yaml(root("fixtures") / "worlds" / "default.yaml")
    assert isinstance(content, dict)
    content["instances"] = [
        {"key": key, "token": f"TOKEN{key[-4:]}", "number": number_of(key), "connected": True}
        for key in keys(8)
    ]
    (common,) = content["groups"]
    content["groups"] = [
        {
            **common,
            "jid": group_of(key),
            "participants": [*common["participants"], {"number": number_of(key), "admin": "admin"}],
        }
        for key in keys(8)
    ]
    everybody = [{"number": number_of(key)} for key in keys(8)]
    # Whoever deletes the account leaves it for all: with them in it, nobody would live alone.
    others = [who for who in common["participants"] if who["number"] not in PEOPLE]
    common["participants"] = [*others, *everybody]
    content["groups"].append(common)
    return read_world(content)


def open_mock(
    switches: dict[str, str] | None = None, seed: int = 7, *, settings: Settings | None = None
) -> MockApp:
    """A mock whose time stands still; who opens it stops it."""
    return build_app(
        settings=settings,
        clock=Clock(frozen_at=START),
        ids=Ids(seed),
        transport=RecordingTransport(),
        world=world(),
        profile=default_profile().with_switches(SWITCHES if switches is None else switches),
    )


@cache
def examples() -> list[tuple[str, Json]]:
    """Operation and request of every example of an instance there is, read once."""
    found = []
    for path in sorted((root("fixtures") / "examples").glob("*/*/*.json")):
        request = json.loads(path.read_text(encoding="utf-8"))["request"]
        if request["path"].get("instance_key") in EXAMPLE_KEYS:
            found.append((path.parent.name, request))
    return found


@cache
def offered() -> dict[str, Operation]:
    """Every operation by its id."""
    return {found.id: found for found in operations(valid_bundle(root("spec")))}


@dataclass
class History:
    """The calls of one instance; `told` has each with everything that was answered."""

    app: MockApp
    key: str
    chance: Random
    token: str = ""
    chaos: bool = True
    people: tuple[str, ...] = PEOPLE
    told: list[Json] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    media: list[Json] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.token = self.token or f"TOKEN{self.key[-4:]}"
        self.client = self.app.test_client()
        self._ways: list[tuple[Callable[[], None], int]] = [
            (self._example, 45),
            (self._send, 15),
            (self._about, 12),
            (self._download, 4),
            (self._group, 4),
            (self._inbound, 12),
            (self._link, 10),
            (self._contact, 5),
            (self._emit, 3),
            (self._resend, 2),
            (self._chaos, 2 if self.chaos else 0),
            (self._unknown, 1),
        ]

    def fork(self, app: MockApp, chance: Random) -> History:
        """Whoever has lived through this and goes on elsewhere, with other luck."""
        return History(
            app,
            self.key,
            chance,
            self.token,
            self.chaos,
            self.people,
            sent=list(self.sent),
            media=list(self.media),
            groups=list(self.groups),
        )

    def begin(self) -> None:
        """A webhook, so that there is something to hear."""
        url = f"http://127.0.0.1:9/{self.key}"
        body = {"messageData": {"webhookUrl": url, "webhookEnabled": True}}
        self.gateway("POST", f"/webhook/{self.key}/configWebhook", body)

    def go_on(self, calls: int) -> None:
        """So many calls more."""
        ways = [way for way, _ in self._ways]
        weights = [weight for _, weight in self._ways]
        for way in self.chance.choices(ways, weights, k=calls):
            way()

    # -- asking ------------------------------------------------------------------------------

    def gateway(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """A call of the gateway with the instance's own token."""
        options.setdefault("headers", {"Authorization": f"Bearer {self.token}"})
        return self._ask(method, f"/rest{path}", body, **options)

    def control_api(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the control API."""
        return self._ask(method, f"/_mock{path}", body)

    def _ask(self, method: str, path: str, body: Any, **options: Any) -> Any:
        if body is not None:
            options["json"] = body
        reply = self.client.open(path, method=method, **options)
        raw = reply.get_data()
        reply.close()
        headers = list(reply.headers)
        if path.endswith("/resend"):
            # It tells how far the delivery has come already, which is up to the courier's threads.
            raw, headers = raw.partition(b',"state":')[0], []
        self.told.append(
            {
                "asked": [method, path, body],
                "status": reply.status,
                "headers": headers,
                "body": raw,
            }
        )
        return reply.get_json() if reply.data and reply.mimetype == "application/json" else None

    # -- ways to call ------------------------------------------------------------------------

    def _example(self) -> None:
        plan = {found.id for found in self.app.runtime.api.operations}
        operation_id, example = self.chance.choice([each for each in examples() if each[0] in plan])
        text = json.dumps(example).replace(COMMON_GROUP, group_of(self.key))
        # Whoever pairs with another's number, or is written to under it, would not live alone.
        for number in EXAMPLE_NUMBERS:
            text = text.replace(number, number_of(self.key))
        request = json.loads(text)
        operation = offered()[operation_id]
        known = request["token"].startswith("TESTKEY")
        options: Json = {
            "headers": {
                "Authorization": f"Bearer {self.token if known else request['token']}",
                **request.get("headers", {}),
            },
            "query_string": request.get("query") or {},
        }
        if "raw_body" in request:
            options["data"] = request["raw_body"].encode()
        path = operation.path.format(**{**request["path"], "instance_key": self.key})
        answer = self._ask(operation.method, path, request.get("body"), **options)
        good = self.told[-1]["status"].startswith("200") and (answer or {}).get("error") is False
        if operation_id == "change_token" and good:
            self.token = request["body"]["messageData"]["token"]
        self._remember(answer)

    def _remember(self, answer: Any) -> None:
        told = answer.get("messageData") if isinstance(answer, dict) else None
        if isinstance(told, dict) and isinstance(told.get("key"), dict):
            self.sent.append(told["key"]["id"])
            for kind, part in told["message"].items():
                if isinstance(part, dict) and "directPath" in part:
                    self.media.append({"kind": kind, **part})

    def _send(self) -> None:
        to = self.chance.choice((*self.people, *self.groups))
        text = f"Mensagem {self.chance.randrange(1000)}"
        body = {"messageData": {"to": to, "text": text}}
        self._remember(self.gateway("POST", f"/sendMessage/{self.key}/text", body))

    def _about(self) -> None:
        """Something about a message that was sent, or about none."""
        to, about = self.chance.choice(PEOPLE), self.chance.choice([*self.sent[-20:], "3EB0NONE"])
        reference = {"remoteJid": f"{to}@s.whatsapp.net", "fromMe": True, "id": about}
        way = self.chance.randrange(4)
        if way == 0:
            body: Json = {"messageData": {"to": to, "key": reference}}
            self.gateway("POST", f"/chat/{self.key}/deleteMessage", body)
        elif way == 1:
            body = {"messageData": {"to": to, "key": reference, "message": {"conversation": "a"}}}
            self._remember(self.gateway("POST", f"/sendMessage/{self.key}/forwardMessage", body))
        else:
            event = self.chance.choice(("text-quoted-reply", "reaction", "deleted", "edited"))
            body = {"from": to, "event": event, "message": about}
            self.control_api("POST", f"/instances/{self.key}/inbound", body)

    def _download(self) -> None:
        keys = self.chance.choice([*self.media[-10:], {"kind": "imageMessage"}])
        body = {
            "messageKeys": {
                "mediaKey": keys.get("mediaKey", "AAAA"),
                "directPath": keys.get("directPath", "/v/none"),
                "url": keys.get("url", ""),
                "mimetype": keys.get("mimetype", "image/png"),
                "messageType": keys["kind"].removesuffix("Message"),
            }
        }
        self.gateway("POST", f"/instance/downloadMediaMessage/{self.key}", body)

    def _group(self) -> None:
        people = self.chance.sample(PEOPLE[:4], 2)
        if not self.groups or self.chance.random() < 0.3:
            body: Json = {"group_data": {"group_name": "Grupo", "participants": people}}
            made = self.gateway("POST", f"/group/{self.key}/create", body)
            jid = (made or {}).get("group", {}).get("id") if isinstance(made, dict) else None
            self.groups += [jid] if jid else []
            return
        body = {"group_data": {"jid": self.chance.choice(self.groups), "participants": people}}
        way = self.chance.choice(("addParticipants", "removeParticipants"))
        self.gateway("POST", f"/group/{self.key}/{way}", body)

    def _inbound(self) -> None:
        events = self.app.runtime.setup.samples.names()
        body = {"from": self.chance.choice(PEOPLE), "event": self.chance.choice(events)}
        self.control_api("POST", f"/instances/{self.key}/inbound", body)

    def _link(self) -> None:
        if self.chance.random() < 0.9:
            self.control_api("POST", f"/instances/{self.key}/link", {})
        else:
            by = self.chance.choice(("phone", "gateway", "ban", "nobody"))
            self.control_api("POST", f"/instances/{self.key}/unlink", {"by": by})

    def _contact(self) -> None:
        person, state = self.chance.choice(PEOPLE), self.chance.choice(STATES)
        self.control_api("POST", f"/instances/{self.key}/contacts/{person}", {"state": state})

    def _emit(self) -> None:
        event = self.chance.choice([*self.app.runtime.setup.samples.names(), "nothing"])
        body: Json = {"event": event, "count": self.chance.randint(1, 3)}
        if self.chaos and self.chance.random() < 0.5:
            body["chaos"] = self.chance.choice(CHAOS_CHOICES)
        self.control_api("POST", f"/instances/{self.key}/emit", body)

    def _resend(self) -> None:
        number = self.chance.randint(1, 30)
        self.control_api("POST", f"/deliveries/d{number}.{self.key}/resend")

    def _chaos(self) -> None:
        if self.chance.random() < 0.3:
            self.control_api("DELETE", f"/instances/{self.key}/chaos")
        else:
            body = self.chance.choice(CHAOS_CHOICES)
            self.control_api("POST", f"/instances/{self.key}/chaos", body)

    def _unknown(self) -> None:
        self.gateway("POST", f"/sendMessage/{self.key}/{self.chance.choice(('sms', 'fax'))}", {})


# -- what is left of it ----------------------------------------------------------------------


def exchanges(app: MockApp, key: str) -> list[Json]:
    """Every recorded exchange of an instance, but for the real time it took."""
    kept = app.runtime.records.journal.exchanges.after(None)
    return [
        {
            **kept.as_json(),
            "duration_ms": None,
            "raw": kept.response_body,
            "sent": list(kept.response_headers),
        }
        for kept in kept
        if kept.instance == key
    ]


def owed(app: MockApp, key: str) -> list[tuple[Any, ...]]:
    """Every recorded delivery of an instance, without what depends on its receiver's speed.

    Waits until the courier is idle: a delivery under way is neither queued nor delivered for sure.
    """
    assert app.runtime.webhooks.courier.wait_idle(60)
    seen = (
        "id",
        "time",
        "event",
        "message_type",
        "url",
        "body",
        "lane",
        "state",
        "reason",
        "chaos",
    )
    return [
        (*(getattr(kept, name) for name in seen), [attempt.time for attempt in kept.attempts])
        for kept in app.runtime.records.journal.deliveries.after(None)
        if kept.instance == key
    ]


def arrived(app: MockApp) -> dict[tuple[str, str], list[tuple[bytes, Any]]]:
    """What receivers got, by instance and URL, in the order of arrival: bodies and headers."""
    assert app.runtime.webhooks.courier.wait_idle(60)
    transport = app.runtime.webhooks.courier._transport
    assert isinstance(transport, RecordingTransport)
    found: dict[tuple[str, str], list[tuple[bytes, Any]]] = defaultdict(list)
    for url, body, headers in transport.posts:
        payload = json.loads(body)
        found[str(payload.get("instance_key")), url].append((body, headers))
    return dict(found)
