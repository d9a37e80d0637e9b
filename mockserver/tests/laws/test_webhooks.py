"""Laws of what leaves, over random histories of sends, contacts, phones, links and time."""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import orjson
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from megaapi_mock.domain.event import Event
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.message_states import CONTACT_STATES
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.spec.authority import Authority
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..support import KEY, TOKEN, UNLINKED, UNLINKED_TOKEN, RecordingTransport

GROUP, NO_GROUP = "120363000000000001@g.us", "120363000000000009@g.us"
FRIEND, COLLEAGUE, STRANGER = "5511900000002", "5511900000004", "5511900000099"
# Many hundreds of gateways, each with its receivers.
pytestmark = pytest.mark.hosts

TOKENS = {KEY: TOKEN, UNLINKED: UNLINKED_TOKEN}
SAMPLES = Samples(root("fixtures"))
EVENTS = tuple(SAMPLES.names())
VOICE = b64encode(SAMPLES.media("audio")).decode()
ACTIONS = (
    "text-quoted-reply", "reaction", "edited", "deleted", "list-response", "poll-creation",
    "poll-vote", "text-plain", "from-me-phone", "pin-in-chat", "text-forwarded",
)  # fmt: skip

KEYS = st.sampled_from((KEY, KEY, UNLINKED))
PEOPLE = st.sampled_from((FRIEND, FRIEND, COLLEAGUE))
TO = st.sampled_from((FRIEND, FRIEND, COLLEAGUE, GROUP, STRANGER, NO_GROUP))
WHAT = st.sampled_from(("text", "listMessage", "mediaBase64", "broken", "wrong token"))
STATES = st.sampled_from(("reachable", "reachable", *CONTACT_STATES))
SEND = st.tuples(st.just("send"), KEYS, TO, WHAT)
INBOUND = st.tuples(
    st.just("inbound"), KEYS, PEOPLE, st.sampled_from((*EVENTS, *ACTIONS)), st.booleans()
)
ACT = st.tuples(st.just("inbound"), KEYS, PEOPLE, st.sampled_from(ACTIONS), st.just(False))
CONTACT = st.tuples(st.just("contact"), KEYS, PEOPLE, STATES)
ADVANCE = st.tuples(st.just("advance"), st.sampled_from((0.5, 2, 30, 100)))
LINK = st.tuples(st.just("link"), KEYS, st.sampled_from(("link", "link", "unlink", "restart")))
# Links change seldom, or little else would happen.
STEP = st.one_of(*(SEND, INBOUND, ACT, CONTACT, ADVANCE) * 3, LINK)
HISTORIES = st.lists(STEP, min_size=30, max_size=80)


@cache
def authority() -> Authority:
    return Authority(valid_bundle(root("spec")).document)


@cache
def violations(event: str, body: bytes) -> int:
    return len(authority().webhook_violations(event, body))


class History:
    """One app for many histories, each from the starting world; `happened` hears every event."""

    def __init__(self, app: MockApp, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app, self.client = app, app.test_client()
        self.happened: dict[str, list[Event]] = defaultdict(list)
        take = Instance.take_events

        def heard(instance: Instance) -> list[Event]:
            events = take(instance)
            self.happened[instance.key] += events
            return events

        monkeypatch.setattr(Instance, "take_events", heard)

    @property
    def transport(self) -> RecordingTransport:
        found = self.app.runtime.webhooks.courier._transport
        assert isinstance(found, RecordingTransport)
        return found

    def begin(self) -> None:
        """The starting world, with a webhook each."""
        self.control_api("POST", "/reset")
        self.control_api("POST", f"/instances/{UNLINKED}/link")
        assert self.app.runtime.webhooks.courier.wait_idle(60)
        self.happened.clear()
        self.transport.posts.clear()
        for key in TOKENS:
            url = f"http://127.0.0.1:9/{key}"
            self.app.runtime.instances.publisher.change(
                key, lambda one, url=url: one.set_webhook(url)
            )

    def count(self) -> int:
        return sum(map(len, self.happened.values()))

    def control_api(self, method: str, path: str, body: Any = None) -> Any:
        """The control API; a refusal must have caused nothing."""
        before = self.count()
        reply = self.client.open(f"/_mock{path}", method=method, json=body)
        document = reply.get_json()
        if reply.status_code >= 400:
            assert reply.status_code in (400, 409), document
            assert self.count() == before, "a refusal caused an event"
        return document

    def step(self, name: str, *arguments: Any) -> None:
        """One thing of the history."""
        getattr(self, name)(*arguments)

    def send(self, key: str, to: str, what: str) -> None:
        row = {"title": "A", "rowId": "a", "description": ""}
        data = {
            "to": to, "text": "oi", "title": "t", "buttonText": "b", "type": "ptt",
            "sections": [{"title": "s", "rows": [row]}], "base64": VOICE,
        }  # fmt: skip
        operation = {"broken": "text", "wrong token": "text"}.get(what, what)
        token = "nobody" if what == "wrong token" else TOKENS[key]
        before = self.count()
        reply = self.client.post(
            f"/rest/sendMessage/{key}/{operation}",
            json=data if what == "broken" else {"messageData": data},
            headers={"Authorization": f"Bearer {token}"},
        )
        failed = reply.get_json().get("error") is not False
        if failed:
            assert self.count() == before, "a failed call caused an event"
        assert failed or what not in ("broken", "wrong token")

    def inbound(self, key: str, who: str, event: str, in_group: bool) -> None:
        body: dict[str, Any] = {"event": event}
        if event not in ("from-me-phone", "self-chat", "newsletter"):
            body["from"] = who
        self.control_api(
            "POST", f"/instances/{key}/inbound", body | ({"group": GROUP} if in_group else {})
        )

    def contact(self, key: str, who: str, state: str) -> None:
        self.control_api("POST", f"/instances/{key}/contacts/{who}", {"state": state})

    def advance(self, seconds: float) -> None:
        self.control_api("POST", "/clock", {"advance": seconds})

    def link(self, key: str, way: str) -> None:
        if way != "restart":
            self.control_api("POST", f"/instances/{key}/{way}")
            return
        self.client.delete(
            f"/rest/instance/{key}/restart", headers={"Authorization": f"Bearer {TOKENS[key]}"}
        ).get_data()

    def deliveries(self) -> list[Delivery]:
        """Everything owed, in order."""
        assert self.app.runtime.webhooks.courier.wait_idle(60)
        return list(self.app.runtime.records.journal.deliveries.after(None))

    def messages(self, key: str) -> dict[str, dict[str, Any]]:
        """Messages of an instance by id, as the control API lists them."""
        found = self.control_api("GET", f"/messages?instance={key}&limit=500")["items"]
        return {message["id"]: message for message in found}


@pytest.mark.parametrize(
    ("examples", "switches"),
    [
        (60, {"ack_delays": "0,0,0,0"}),
        (100, {"ack_delays": "0-2,1-3,2-60,3-90"}),
        (60, {"ack_delays": "0-2,0-2,0-60,1-90", "group_acks": "each", "presence_events": "on"}),
    ],
    ids=["at once", "spans", "each participant"],
)
def test_what_leaves_keeps_the_laws(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, examples: int, switches: dict[str, str]
) -> None:
    history = History(make_app(switches=switches), monkeypatch)

    # Without the explain phase, which costs minutes on a failure.
    phases = (Phase.explicit, Phase.generate, Phase.shrink)

    @settings(settings.get_profile("repo"), max_examples=examples, phases=phases)
    @given(steps=HISTORIES)
    def keeps(steps: Sequence[Any]) -> None:
        history.begin()
        for step in steps:
            history.step(*step)
        deliveries = history.deliveries()
        each_event_leaves_once_and_in_order(history, deliveries)
        for key in TOKENS:
            own = [found for found in deliveries if found.instance == key]
            payloads = [orjson.loads(found.body) for found in own]
            every_body_fits_its_contract(own)
            ids_are_unique(own, payloads)
            acks_follow_their_message_step_by_step(payloads)
            nothing_is_told_while_unlinked(own)
            what_is_referred_to_was_written(payloads)
            states_agree_with_acks(history.messages(key), payloads)

    keeps()


# -- the laws ------------------------------------------------------------------------------------


def each_event_leaves_once_and_in_order(history: History, deliveries: list[Delivery]) -> None:
    posts: dict[str, list[bytes]] = defaultdict(list)
    for url, body, _ in history.transport.posts:
        posts[url].append(body)
    for key in TOKENS:
        own = [found for found in deliveries if found.instance == key]
        assert [found.event for found in own] == [event.name for event in history.happened[key]]
        assert [found.time for found in own] == sorted(found.time for found in own)
        assert posts[f"http://127.0.0.1:9/{key}"] == [found.body for found in own]
        assert all(found.state == "delivered" and len(found.attempts) == 1 for found in own)


def every_body_fits_its_contract(own: list[Delivery]) -> None:
    assert [found.event for found in own if violations(found.event, found.body)] == []


def ids_are_unique(own: list[Delivery], payloads: list[dict[str, Any]]) -> None:
    assert len({found.id for found in own}) == len(own)
    ids = [one["key"]["id"] for one in payloads if "message" in one and "key" in one]
    assert len(set(ids)) == len(ids)


def acks(payloads: list[dict[str, Any]]) -> Iterator[tuple[int, str, str | None, int]]:
    for at, one in enumerate(payloads):
        if one["messageType"] == "message.ack":
            yield at, one["key"]["id"], one["key"].get("participant"), one["update"]["status"]


def acks_follow_their_message_step_by_step(payloads: list[dict[str, Any]]) -> None:
    announced = {
        one["key"]["id"]: at for at, one in enumerate(payloads) if "message" in one and "key" in one
    }
    told: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    for at, message_id, participant, status in acks(payloads):
        assert announced[message_id] < at, "an ack before its message"
        if participant is not None:
            assert told[message_id, None] == [2], "a phone before the server"
        told[message_id, participant].append(status)
    for (_, participant), statuses in told.items():
        first = 2 if participant is None else 3
        assert statuses == list(range(first, first + len(statuses)))


def nothing_is_told_while_unlinked(own: list[Delivery]) -> None:
    linked = True
    for found in own:
        if found.event == "connected":
            linked = True
        elif found.event == "disconnected":
            linked = False
        else:
            assert linked or found.event == "qrcode"


def what_is_referred_to_was_written(payloads: list[dict[str, Any]]) -> None:
    """Keys and quotes lead to messages of the same chat, announced before."""
    chats: dict[str, str] = {}
    for one in payloads:
        if "message" not in one or "key" not in one:
            continue
        message, chat = one["message"], chat_of(one)
        chats[one["key"]["id"]] = chat
        for part in message.values():
            if not isinstance(part, dict):
                continue
            key = part.get("key") or part.get("pollCreationMessageKey") or {}
            quoted = (part.get("contextInfo") or {}).get("stanzaId")
            for referred in (key.get("id"), quoted):
                assert referred is None or chats[referred] == chat


def chat_of(one: dict[str, Any]) -> str:
    """Where it was written, whichever address the payload uses."""
    return str(one["key"].get("senderPn", one["key"]["remoteJid"]))


def states_agree_with_acks(
    messages: dict[str, dict[str, Any]], payloads: list[dict[str, Any]]
) -> None:
    highest: dict[str, int] = {}
    for _, message_id, _, status in acks(payloads):
        highest[message_id] = max(status, highest.get(message_id, 0))
    names = {2: "server", 3: "delivered", 4: "read", 5: "played"}
    for message_id, message in messages.items():
        if message["state"] == "stopped":
            assert message["reason"] in ("disconnected", "blocked", "not registered")
        elif message_id in highest:
            assert message["state"] == names[highest[message_id]]
            assert message["reason"] in (None, "phone off")
        else:
            assert not message["from_me"] or message["state"] in ("pending", "server")
