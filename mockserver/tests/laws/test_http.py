"""The laws through HTTP: several instances, frozen clock, a transport that only records."""

from __future__ import annotations

import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import hypothesis.strategies as st
import orjson
import pytest
from hypothesis import Phase
from hypothesis.stateful import rule, run_state_machine_as_test
from megaapi_mock.domain.settings import EventFilter
from megaapi_mock.handlers import uploads
from megaapi_mock.store.memory import MemoryStore
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.gateway.auth import Access
from megaapi_mock.webhooks import publish
from megaapi_mock.webhooks.publish import Publisher

from ..conftest import MakeApp
from ..support import AUTH, KEY, START, RecordingTransport
from .dump import dump
from .machine import WHO, Laws, Refused, lawful, laws_world
from .model import COLLEAGUE, FRIEND, NO_GROUP, PEOPLE, STRANGER, Known, Rates, Told, jid_of

# Every law over HTTP, on whole gateways and on broken ones: minutes.
pytestmark = pytest.mark.hosts

ACKS = {2: "ack-server", 3: "ack-delivered", 4: "ack-read"}
Post = tuple[str, dict[str, Any]]


class HttpWay:
    """Verbs as calls on the gateway and its control API; posts are read as their receiver would."""

    def __init__(self, app: MockApp) -> None:
        self.app, self.client = app, app.test_client()
        self.tokens: dict[str, str] = {}
        transport = app.runtime.webhooks.courier._transport
        assert isinstance(transport, RecordingTransport)
        self.transport = transport
        self._posts: list[Post] = []
        self._since: dict[str, int] = {}

    def begin(self) -> None:
        self.app.runtime.webhooks.courier.wait_idle(60)
        self.transport.posts.clear()
        self.control_api("POST", "/reset")
        self.control_api("POST", "/clock", {"set": START})
        self.tokens = {KEY: "TESTKEY0001"}

    # -- asking ------------------------------------------------------------------------------

    def ask(self, method: str, path: str, key: str, body: Any = None, **options: Any) -> Any:
        """A gateway call with the instance's token; the parsed body, or Refused."""
        options.setdefault("headers", {"Authorization": f"Bearer {self.tokens.get(key, 'none')}"})
        if body is not None:
            options["json"] = body
        return self.take(self.client.open(f"/rest{path}", method=method, **options))

    def control_api(self, method: str, path: str, body: Any = None) -> Any:
        """A control API call."""
        return self.take(self.client.open(f"/_mock{path}", method=method, json=body))

    def take(self, reply: Any) -> Any:
        """What came back, once everything it caused has been delivered."""
        raw = reply.get_data()
        reply.close()
        assert self.app.runtime.webhooks.courier.wait_idle(60)
        why = reply.headers.get("X-Mock-Reason", "")
        assert reply.status_code != 500 or why, "a 500 without a reason is our own bug"
        if not reply.mimetype == "application/json":
            return raw
        document = orjson.loads(raw)
        if reply.status_code >= 300 or document.get("error") is True:
            raise Refused(reply.status_code, f"{why} {document}")
        return document

    def create(self, key: str, number: str, *, connected: bool, url: str) -> str:
        self._since[key] = len(self.posts())
        body = {"key": key, "number": number, "connected": connected, "webhook_url": url}
        self.tokens[key] = str(self.control_api("POST", "/instances", body)["token"])
        return self.tokens[key]

    def discard(self, key: str) -> None:
        self.control_api("DELETE", f"/instances/{key}")

    def link(self, key: str) -> None:
        self.control_api("POST", f"/instances/{key}/link")

    def unlink(self, key: str, by: str) -> None:
        self.control_api("POST", f"/instances/{key}/unlink", {"by": by})

    def logout(self, key: str) -> None:
        self.ask("DELETE", f"/instance/{key}/logout", key)

    def restart(self, key: str) -> None:
        self.ask("DELETE", f"/instance/{key}/restart", key)

    def show_qr(self, key: str) -> str:
        code = str(self.ask("GET", f"/instance/qrcode_base64/{key}", key)["qrcode"])
        assert code.encode() in self.ask("GET", f"/instance/qrcode/{key}", key)
        picture = self.ask("GET", f"/instance/qrcode-img/{key}", key)
        assert picture == b64decode(code.partition(",")[2])
        return code

    def pair(self, key: str) -> str:
        # The phone that types the code is linked: its own, so that the number stays.
        number = self.control_api("GET", f"/instances/{key}")["number"]
        path = f"/instance/pairingCode/{key}?phoneNumber={number}"
        return str(self.ask("GET", path, key)["pairingCode"])

    def _sent(self, key: str, operation: str, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        answer = self.ask("POST", f"/{operation}", key, {"messageData": data})["messageData"]
        assert answer["key"]["fromMe"] is True and answer["status"] == "PENDING"
        return str(answer["key"]["id"]), dict(answer["message"])

    def send_text(self, key: str, to: str, text: str) -> tuple[str, dict[str, Any]]:
        data = {"to": to, "text": text}
        return self._sent(key, f"sendMessage/{key}/text", data)

    def send_file(self, key: str, to: str, content: bytes) -> tuple[str, dict[str, Any]]:
        data = {"to": to, "type": "document", "mimeType": "text/plain", "fileName": "a.txt"}
        data["base64"] = f"data:text/plain;base64,{b64encode(content).decode()}"
        return self._sent(key, f"sendMessage/{key}/mediaBase64", data)

    def revoke(self, key: str, to: str, message_id: str) -> tuple[str, dict[str, Any]]:
        reference = {"remoteJid": jid_of(to), "fromMe": True, "id": message_id}
        data = {"to": to, "key": reference}
        return self._sent(key, f"chat/{key}/deleteMessage", data)

    def forget(self, key: str, to: str, message_id: str) -> None:
        body = {"to": to, "messageData": {"id": message_id, "timestamp": int(START)}}
        self.ask("POST", f"/chat/{key}/deleteMessageFromMe", key, body)

    def inbound(self, key: str, sender: str, group: str | None) -> tuple[str, Any]:
        body = {"from": sender, "event": "text-plain"} | ({"group": group} if group else {})
        message = self.control_api("POST", f"/instances/{key}/inbound", body)
        return str(message["id"]), message["content"]

    def download(self, key: str, keys: dict[str, Any]) -> bytes:
        names = ("mediaKey", "directPath", "url", "mimetype")
        wanted = {name: keys[name] for name in names} | {"messageType": "document"}
        path = f"/instance/downloadMediaMessage/{key}"
        answer = self.ask("POST", path, key, {"messageKeys": wanted})
        head, _, encoded = answer["data"].partition(",")
        assert head == f"data:{keys['mimetype']};base64"
        return b64decode(encoded)

    def create_group(self, key: str, subject: str, people: list[str]) -> str:
        body = {"group_data": {"group_name": subject, "participants": people}}
        return str(self.ask("POST", f"/group/{key}/create", key, body)["group"]["id"])

    def _change(self, key: str, verb: str, jid: str, people: list[str]) -> list[str]:
        body = {"group_data": {"jid": jid, "participants": people}}
        answer = self.ask("POST", f"/group/{key}/{verb}", key, body)
        outcome = [person for [person] in answer["updatedParticipants"]]
        assert [person["jid"] for person in outcome] == [jid_of(who) for who in people]
        return [person["status"] for person in outcome]

    def add(self, key: str, jid: str, people: list[str]) -> list[str]:
        return self._change(key, "addParticipants", jid, people)

    def remove(self, key: str, jid: str, people: list[str]) -> list[str]:
        return self._change(key, "removeParticipants", jid, people)

    def leave(self, key: str, jid: str) -> None:
        path = f"/group/{key}/leaveGroup"
        self.ask("DELETE", path, key, query_string={"jid": jid})

    def change_token(self, key: str, token: str) -> None:
        self.ask("POST", f"/config/{key}/changeToken", key, {"messageData": {"token": token}})
        old, self.tokens[key] = self.tokens[key], token
        if old != token:
            with pytest.raises(Refused, match=r"^401"):
                headers = {"Authorization": f"Bearer {old}"}
                self.ask("GET", f"/instance/{key}", key, headers=headers)

    def block(self, key: str, names: list[str]) -> None:
        self.ask("POST", f"/config/{key}/blockEvents", key, {"messageData": {"events": names}})

    def accept(self, key: str, names: list[str]) -> None:
        path = f"/config/{key}/configAcceptWebhooks"
        self.ask("POST", path, key, {"messageData": {"events": names}})

    def set_webhook(self, known: Known) -> None:
        data = {
            "webhookUrl": known.url,
            "webhookEnabled": known.enabled,
            "webhookSecondaryUrl": known.second_url,
            "webhookSecondaryEnabled": known.second_enabled,
        }
        path = f"/webhook/{known.key}/configWebhook"
        assert self.ask("POST", path, known.key, {"messageData": data})["webhookUrl"] == known.url

    def advance(self, seconds: float) -> None:
        self.control_api("POST", "/clock", {"advance": seconds})

    # -- reading back ------------------------------------------------------------------------

    def alive(self) -> Sequence[str]:
        return [shown["key"] for shown in self.control_api("GET", "/instances")["items"]]

    def state(self, key: str) -> Any:
        with self.app.runtime.instances.store.change(key) as instance:
            known = dump(instance)
        deliveries = self.app.runtime.records.journal.deliveries.after(None)
        return known, sum(delivery.instance == key for delivery in deliveries)

    def posts(self) -> list[Post]:
        """Everything posted so far, in order."""
        raw = self.transport.posts
        if len(raw) < len(self._posts):
            self._posts.clear()
        self._posts += [(url, orjson.loads(body)) for url, body, _ in raw[len(self._posts) :]]
        return self._posts

    def posted(self, key: str, to: str = "") -> list[Post]:
        """What was posted of this instance since it was made."""
        start = f"http://127.0.0.1:9/{key}/{to}"
        return [
            post for post in self.posts()[self._since.get(key, 0) :] if post[0].startswith(start)
        ]

    def told(self, known: Known) -> Sequence[tuple[str, Told]]:
        """Each URL has its own line: order counts within one, not between the two."""
        return sorted(
            ((url, _told(payload)) for url, payload in self.posted(known.key)),
            key=lambda told: told[0],
        )

    def owed(self, known: Known) -> Sequence[tuple[str, Told]]:
        return sorted(known.owed, key=lambda owed: owed[0])

    def codes(self, key: str) -> Sequence[str]:
        posts = self.posted(key, "one")
        return [str(payload["qrcode"]) for _, payload in posts if "qrcode" in payload]

    def read_back(self, known: Known) -> None:
        self._read_connection(known)
        self._read_messages(known)
        self._read_settings(known)
        if known.linked:
            self._read_groups(known)
        for keys, content in known.media:
            assert self.download(known.key, keys) == content

    def _read_connection(self, known: Known) -> None:
        """Status, QR, pairing and sending agree at every moment."""
        key = known.key
        status = self.ask("GET", f"/instance/{key}", key)["instance"]
        assert ("user" in status) == known.linked
        assert status["status"] == ("connected" if known.linked else "disconnected")
        expected = "Number not registered" if known.linked else "Instance not logged in"
        with pytest.raises(Refused, match=f"^403.*{expected}"):
            self.send_text(key, STRANGER, "nobody reads this")
        if not known.shows_qr:
            for form in ("qrcode", "qrcode-img", "qrcode_base64", "pairingCode"):
                with pytest.raises(Refused, match=r"^403"):
                    self.ask("GET", f"/instance/{form}/{key}?phoneNumber={FRIEND}", key)

    def _read_messages(self, known: Known) -> None:
        listed = self.control_api("GET", f"/messages?limit=5000&instance={known.key}")["items"]
        assert [message["id"] for message in listed] == list(known.messages)
        for shown, sent in zip(listed, known.messages.values(), strict=True):
            wanted = (sent.chat, sent.from_me, sent.state, sent.content, sent.deleted)
            fields = ("chat", "from_me", "state", "content", "deleted")
            assert tuple(shown[field] for field in fields) == wanted
        for _, payload in self.posted(known.key):
            if "message" in payload and "key" in payload:
                assert payload["message"] == known.messages[payload["key"]["id"]].content

    def _read_settings(self, known: Known) -> None:
        key = known.key
        shown = self.ask("GET", f"/webhook/{key}", key)["webhookData"]
        assert shown == {"webhookUrl": known.url, "webhookEnabled": known.enabled}
        config = self.ask("GET", f"/config/{key}", key)["configData"]
        assert set(config["blockEvents"]) == known.blocked
        assert not known.blocked & set(config["webhookEvents"])
        control_api = self.control_api("GET", f"/instances/{key}")
        assert (control_api["token"], control_api["webhook"]["url"]) == (known.token, known.url)

    def _read_groups(self, known: Known) -> None:
        key = known.key
        listed = self.ask("GET", f"/group/list/{key}", key)["groups"]
        assert [group["id"] for group in listed] == list(known.groups)
        for group in listed:
            circle = known.groups[group["id"]]
            members = {who["id"]: who["admin"] for who in group["participants"]}
            assert (group["subject"], members) == (circle.subject, circle.members)
            assert group["size"] == len(members)
            query = {"jid": group["id"]}
            details = self.ask("GET", f"/group/{key}/group", key, query_string=query)
            assert details["group"] == group
        with pytest.raises(Refused, match=r"^404"):
            self.ask("GET", f"/group/{key}/group", key, query_string={"jid": NO_GROUP})


def _told(payload: dict[str, Any]) -> Told:
    kind = payload["messageType"]
    if kind == "message.ack":
        return ACKS[payload["update"]["status"]], str(payload["key"]["id"])
    if kind == "qrcode_update":
        return "qrcode", ""
    if kind == "connection_update":
        linked = payload["message"] == "phone_connected"
        return "connected" if linked else "disconnected", ""
    own = payload["key"]["fromMe"]
    return "from-me-api-echo" if own else "inbound", str(payload["key"]["id"])


# Method, path with ~ for the key, options for the test client, status while linked or not.
BAD_CALLS: dict[str, tuple[str, str, dict[str, Any], tuple[int, int]]] = {
    "no token": ("POST", "/sendMessage/~/text", {"headers": {}}, (401, 401)),
    "wrong token": (
        "GET", "/instance/~", {"headers": {"Authorization": "Bearer TESTKEYWRONG"}}, (401, 401),
    ),
    "other scheme": (
        "GET", "/webhook/~", {"headers": {"Authorization": "Basic VEVTVDpURVNU"}}, (401, 401),
    ),
    "no wrapper": (
        "POST", "/sendMessage/~/text", {"json": {"to": FRIEND, "text": "oi"}}, (500, 403),
    ),
    "no text": (
        "POST", "/sendMessage/~/text", {"json": {"messageData": {"to": FRIEND}}}, (500, 403),
    ),
    "no body": ("POST", "/sendMessage/~/text", {}, (500, 403)),
    "wrong type": (
        "POST", "/config/~/blockEvents", {"json": {"messageData": {"events": "qrCode"}}},
        (500, 500),
    ),
    "no token given": ("POST", "/config/~/changeToken", {"json": {"messageData": {}}}, (500, 500)),
    "half a webhook": (
        "POST", "/webhook/~/configWebhook", {"json": {"messageData": {"webhookUrl": ""}}},
        (500, 500),
    ),
    "not JSON": (
        "POST", "/webhook/~/configWebhook",
        {"data": b"{webhookUrl", "content_type": "application/json"}, (400, 400),
    ),
    "not UTF-8": (
        "POST", "/sendMessage/~/text", {"data": b'"\xff"', "content_type": "application/json"},
        (400, 400),
    ),
    "too deep": (
        "POST", "/group/~/create",
        {"data": b"[" * 200 + b"]" * 200, "content_type": "application/json"}, (400, 400),
    ),
    "no JSON type": (
        "POST", "/sendMessage/~/text", {"data": b"{}", "content_type": "text/plain"}, (500, 403),
    ),
    "too large": (
        "POST", "/sendMessage/~/text",
        {"data": b"{}", "content_type": "application/json",
         "environ_overrides": {"CONTENT_LENGTH": str(33 * 2**20)}},
        (413, 413),
    ),
    "unknown route": ("GET", "/sendMessage/~/smoke", {}, (404, 404)),
    "other method": ("PUT", "/instance/~/logout", {}, (404, 404)),
    "nobody to add": (
        "POST", "/group/~/create",
        {"json": {"group_data": {"group_name": "x", "participants": []}}}, (500, 403),
    ),
    "short pairing code": (
        "GET", "/instance/pairingCode/~?phoneNumber=5511900000002&customPairingCode=12", {},
        (500, 500),
    ),
    "unknown group": ("GET", f"/group/~/group?jid={NO_GROUP}", {}, (404, 403)),
    "unknown media type": (
        "POST", "/sendMessage/~/mediaUrl",
        {"json": {"messageData": {"to": FRIEND, "type": "smell", "url": "http://127.0.0.1:9/a"}}},
        (500, 403),
    ),
}  # fmt: skip
BAD_DOOR_CALLS: dict[str, tuple[str, str, Any, int]] = {
    "unknown event": ("POST", "/instances/~/inbound", {"event": "smoke-signal"}, 400),
    "from nobody": ("POST", "/instances/~/inbound", {"from": STRANGER}, 400),
    "by chance": ("POST", "/instances/~/unlink", {"by": "chance"}, 400),
    "to no number": ("POST", "/instances/~/link", {"number": "12"}, 400),
    "the key again": ("POST", "/instances", {"key": "~"}, 409),
    "a clock of words": ("POST", "/clock", {"advance": "soon"}, 400),
}


class HttpLaws(Laws):
    """The common laws, and what only HTTP can get wrong."""

    app: MockApp

    def http(self) -> HttpWay:
        """The way, as what it is."""
        assert isinstance(self.way, HttpWay)
        return self.way

    @rule(who=WHO, bad=st.sampled_from(sorted(BAD_CALLS)))
    def call_badly(self, who: int, bad: str) -> None:
        known = self.who(who)
        method, path, options, refused = BAD_CALLS[bad]
        with self.calling(known, refused[not known.linked]):
            self.http().ask(method, path.replace("~", known.key), known.key, **dict(options))

    @rule(who=WHO, bad=st.sampled_from(sorted(BAD_DOOR_CALLS)))
    def knock_badly(self, who: int, bad: str) -> None:
        known = self.who(who)
        method, path, body, refused = BAD_DOOR_CALLS[bad]
        body = {name: known.key if value == "~" else value for name, value in body.items()}
        with self.calling(known, refused):
            self.http().control_api(method, path.replace("~", known.key), body)

    @rule(who=WHO, other=WHO)
    def call_with_anothers_token(self, who: int, other: int) -> None:
        known, stranger = self.who(who), self.who(other)
        headers = {"Authorization": f"Bearer {stranger.token}"}
        with self.calling(known, None if known is stranger else 401):
            self.http().ask("GET", f"/instance/{known.key}", known.key, headers=headers)

    @rule(who=WHO, person=st.sampled_from(PEOPLE))
    def ask_who_is_there(self, who: int, person: str) -> None:
        known = self.who(who)
        path, query = f"/instance/isOnWhatsApp/{known.key}", {"jid": person}
        with self.calling(known, None if known.linked else 403):
            found = self.http().ask("GET", path, known.key, query_string=query)
            assert found["exists"] == (person != STRANGER)
            assert found["jid"] == jid_of(person)

    @rule(who=WHO, pick=st.integers(0, 5), forward=st.booleans())
    def pass_on(self, who: int, pick: int, forward: bool) -> None:
        """Forward or quote what is there: another message, the first one untouched."""
        known = self.who(who)
        ids = list(known.messages) or ["3EB0000000000000000000"]
        message_id = ids[pick % len(ids)]
        reference = {"remoteJid": jid_of(COLLEAGUE), "fromMe": False, "id": message_id}
        data = {"to": FRIEND, "key": reference, "message": {"conversation": "oi"}, "text": "re"}
        operation = "forwardMessage" if forward else "quoteMessage"
        with self.calling(known, known.refuses_send(FRIEND)):
            path = f"sendMessage/{known.key}/{operation}"
            sent, content = self.http()._sent(known.key, path, data)
            known.send(FRIEND, self.new_id(sent), content)

    @rule(who=WHO)
    def reset_another(self, who: int) -> None:
        """One instance back to the start: the starting one as new, a made one gone."""
        known = self.who(who)
        if known.key == KEY:
            return
        with self.calling(known):
            self.http().control_api("POST", f"/reset?instance={known.key}")
            del self.world[known.key]


SLOW = Rates(ack_delays=(1, 2, 3), restart_seconds=5)


def machine(app: MockApp, machine_rates: Rates) -> type[HttpLaws]:
    """The machine on this app."""

    class Machine(HttpLaws):
        rates = machine_rates
        open_way = staticmethod(lambda: HttpWay(app))

    return Machine


@pytest.mark.parametrize(
    ("rates", "switches"),
    (
        pytest.param(Rates(), {}, id="at-once"),
        pytest.param(
            SLOW,
            {"ack_delays": "1,2,3", "restart_seconds": "5"},
            id="slow",
        ),
    ),
)
def test_laws_hold(rates: Rates, switches: dict[str, str], make_app: MakeApp) -> None:
    app = make_app(switches=switches, world=laws_world())
    run_state_machine_as_test(machine(app, rates), settings=lawful(50, 50))


def test_reading_messages_while_sending_stops_neither(make_app: MakeApp) -> None:
    """The journal and an instance must never wait for each other."""
    app = make_app()
    url = {"webhookUrl": "http://127.0.0.1:9/hook", "webhookEnabled": True}
    path = f"/rest/webhook/{KEY}/configWebhook"
    app.test_client().post(path, headers=AUTH, json={"messageData": url}).close()

    def send() -> None:
        body = {"messageData": {"to": FRIEND, "text": "oi"}}
        for _ in range(150):
            path = f"/rest/sendMessage/{KEY}/text"
            app.test_client().post(path, headers=AUTH, json=body).close()

    def read() -> None:
        for _ in range(150):
            app.test_client().get("/_mock/messages?limit=1").close()

    threads = [threading.Thread(target=work, daemon=True) for work in (send, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "sending and reading block each other"
    assert len(app.runtime.records.journal.deliveries._records) == 4 * 150


def test_who_waits_for_a_message_gets_it_without_any_webhook(make_app: MakeApp) -> None:
    app = make_app()
    found: list[Any] = []

    def wait() -> None:
        reply = app.test_client().get("/_mock/messages?wait=60")
        found.extend(reply.get_json()["items"])

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    app.test_client().post(f"/_mock/instances/{KEY}/inbound", json={}).close()
    waiting.join(timeout=60)
    assert len(found) == 1


# -- the laws can be broken -------------------------------------------------------------------


def _tells_the_blocked(self: EventFilter, category: str, event: str) -> bool:
    return True


def _tells_the_disabled(instance: Any) -> Any:
    return [(instance.webhook.url, instance.key)] if instance.webhook.url else []


def _tells_twice(instance: Any) -> Any:
    return TARGETS(instance) * 2


def _forgets_the_second_url(instance: Any) -> Any:
    return TARGETS(instance)[:1]


def _tells_backwards(self: Publisher, instance: Any, events: Sequence[Any]) -> Any:
    return OWED(self, instance, list(reversed(events)))


def _tells_the_neighbours_url(instance: Any) -> Any:
    return [(f"http://127.0.0.1:9/{KEY}/one", lane) for _, lane in TARGETS(instance)]


def _lets_everyone_in(access: Access, instance: Any, authorization: str) -> None:
    return None


def _loses_the_last_byte(text: str) -> tuple[bytes, str | None]:
    content, named = DECODES(text)
    return content[:-1], named


@contextmanager
def _shares_groups(self: MemoryStore, seed: Any, **options: Any) -> Iterator[Any]:
    with ADDS(self, seed, **options) as instance:
        yield instance
    first = self._slots[next(iter(self._slots))].instance.state
    instance.state.group_table = first.group_table


def _keeps_the_discarded(self: MemoryStore, key: str) -> None:
    return None


TARGETS, OWED, DECODES, ADDS = (
    publish._targets,
    Publisher._deliveries_for,
    uploads.decode_base64,
    MemoryStore.add,
)
WRONGS: list[tuple[object, str, Callable[..., Any]]] = [
    (EventFilter, "lets_through", _tells_the_blocked),
    (publish, "_targets", _tells_the_disabled),
    (publish, "_targets", _tells_twice),
    (publish, "_targets", _forgets_the_second_url),
    (publish, "_targets", _tells_the_neighbours_url),
    (Publisher, "_deliveries_for", _tells_backwards),
    (Access, "require", _lets_everyone_in),
    (uploads, "decode_base64", _loses_the_last_byte),
    (MemoryStore, "add", _shares_groups),
    (MemoryStore, "remove", _keeps_the_discarded),
]


@pytest.mark.parametrize(
    ("owner", "name", "wrong"), WRONGS, ids=[wrong.__name__.strip("_") for *_, wrong in WRONGS]
)
def test_laws_notice_a_gateway_that(
    owner: Any,
    name: str,
    wrong: Callable[..., Any],
    make_app: MakeApp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(owner, name, wrong)
    app = make_app(world=laws_world())
    with pytest.raises((AssertionError, pytest.fail.Exception, Refused, ExceptionGroup)):
        run_state_machine_as_test(machine(app, Rates()), settings=lawful(60, 50, Phase.generate))
