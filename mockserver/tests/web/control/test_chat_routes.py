"""Chats, people, and the calls that a webhook led to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.web.app import MockApp
from megaapi_mock.webhooks.http.client import ReceiverAnswer

from ...conftest import MakeApp
from ...control import ControlApi
from ...slowness import slowness
from ...support import AUTH, KEY, RecordingTransport

ANA, ANAS_CHAT = "5511900000002", "5511900000002@s.whatsapp.net"
RUI, RUIS_CHAT = "5511900000004", "5511900000004@s.whatsapp.net"
GROUP = "120363000000000001@g.us"

Send = Callable[..., Any]


@pytest.fixture
def says(app: MockApp, control_api: ControlApi) -> Send:
    """A contact writes, and the bot has been told; the message."""

    def write(who: str, text: str, **more: Any) -> Any:
        body = {"from": who, "text": text, **more}
        message = control_api.post(f"/instances/{KEY}/inbound", body, status=201)
        assert app.runtime.webhooks.courier.wait_idle(60)
        return message

    return write


@pytest.fixture
def answers(app: MockApp) -> Send:
    """The bot writes; the id of the call."""

    def write(to: str, text: str) -> str:
        body = {"messageData": {"to": to, "text": text}}
        reply = app.test_client().post(f"/rest/sendMessage/{KEY}/text", json=body, headers=AUTH)
        assert reply.status_code == 200
        # Only then the webhooks leave that it caused, and those behind them.
        reply.close()
        return reply.headers["X-Mock-Exchange"]

    return write


@pytest.fixture
def hears(control_api: ControlApi) -> None:
    """The instance has a webhook."""
    control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9000/hook"})


def chats(control_api: ControlApi, query: str = "") -> list[str]:
    return [chat["chat"] for chat in control_api.items(f"/instances/{KEY}/chats{query}")]


def delivery_of(control_api: ControlApi, message: Any) -> str:
    (delivery,) = control_api.items(f"/deliveries?instance={KEY}&message={message['id']}")
    return str(delivery["id"])


def calls(control_api: ControlApi, delivery: str) -> list[tuple[str, str]]:
    items = control_api.get(f"/deliveries/{delivery}/calls")["items"]
    return [(item["why"], item["exchange"]["id"]) for item in items]


# -- chats -------------------------------------------------------------------------------------


def test_the_chat_with_the_latest_message_is_first(
    control_api: ControlApi, says: Send, answers: Send
) -> None:
    says(ANA, "oi")
    says(RUI, "olá")
    says(ANA, "oi", group=GROUP, event="group-text")
    last = says(RUI, "tem pizza?")
    assert chats(control_api) == [RUIS_CHAT, GROUP, ANAS_CHAT]
    first, group, _ = control_api.items(f"/instances/{KEY}/chats")
    assert (first["kind"], first["number"], first["messages"]) == ("person", RUI, 2)
    assert first["last"] == last
    assert (group["kind"], group["name"], group["number"]) == ("group", "Equipe Teste", None)


def test_unread_is_what_the_contact_has_not_read(
    control_api: ControlApi, says: Send, answers: Send, app: MockApp
) -> None:
    control_api.post(f"/instances/{KEY}/contacts/{ANA}", {"state": "phone_off"})
    answers(ANA, "um")
    answers(ANA, "dois")
    assert [chat["unread"] for chat in control_api.items(f"/instances/{KEY}/chats")] == [2]
    control_api.post(f"/instances/{KEY}/contacts/{ANA}", {"state": "reachable"})
    assert [chat["unread"] for chat in control_api.items(f"/instances/{KEY}/chats")] == [0]


def test_a_person_has_the_common_groups_on_the_phone(control_api: ControlApi, says: Send) -> None:
    says(RUI, "olá")
    assert chats(control_api, f"?with={ANA}") == [ANAS_CHAT, GROUP]
    says(ANA, "oi", group=GROUP, event="group-text")
    assert chats(control_api, f"?with={ANAS_CHAT}") == [GROUP, ANAS_CHAT]
    empty = control_api.items(f"/instances/{KEY}/chats?with={ANA}")[1]
    assert (empty["messages"], empty["last"]) == (0, None)


def test_chats_are_paged_and_found_by_name_or_number(control_api: ControlApi, says: Send) -> None:
    numbers = [f"55119100000{number:02d}" for number in range(7)]
    for number in numbers:
        says(number, "oi")
    assert [chat["number"] for chat in control_api.walk(f"/instances/{KEY}/chats?limit=3")] == [
        *reversed(numbers)
    ]
    assert chats(control_api, "?text=10000003") == ["5511910000003@s.whatsapp.net"]
    assert chats(control_api, "?text=NOBODY") == []


def test_a_thousand_chats_of_fifty_thousand_messages_are_listed_quickly(
    app: MockApp, control_api: ControlApi
) -> None:
    control_api.post(f"/instances/{KEY}/inbound", {"text": "oi"}, status=201)
    with app.runtime.instances.store.change(KEY) as instance:
        message = next(instance.messages.newest())
        for number in range(50_000):
            chat = f"55119{number % 1000:08d}@s.whatsapp.net"
            other = replace(message, id=f"M{number}", chat=chat, arrival=instance.tick())
            instance.messages.put(other.id, other)
    # Each is asked three times: others' threads may use this process too.
    for path in (
        f"/instances/{KEY}/chats",
        f"/messages?instance={KEY}&order=newest",
        f"/messages?instance={KEY}&order=newest&chat=5511900000999",
        f"/messages?instance={KEY}&order=newest&text=nowhere",
    ):
        seconds = []
        for _ in range(3):
            begun = time.process_time()
            assert app.test_client().get(f"/_mock{path}").status_code == 200
            seconds.append(time.process_time() - begun)
        assert min(seconds) < slowness(), path


def test_texts_and_names_are_found_without_their_accents(
    control_api: ControlApi, says: Send
) -> None:
    wanted = {
        says(ANA, text)["id"] for text in ("Promoção de verão", "promocao", "PROMOÇÃO \U0001f600")
    }
    says(RUI, "promessa")
    for text in ("promocao", "PROMOÇÃO", "promoção", "Promoc\u0327a\u0303o"):
        found = control_api.walk(f"/messages?instance={KEY}&text={quote(text)}")
        assert {message["id"] for message in found} == wanted
    assert control_api.walk(f"/messages?instance={KEY}&text={quote('promoçãoo')}") == []
    group = {"subject": "Reunião", "participants": [ANA]}
    jid = control_api.post(f"/instances/{KEY}/groups", group, status=201)["jid"]
    says(ANA, "oi", group=jid)
    assert (
        len(chats(control_api, "?text=REUNIAO"))
        == len(chats(control_api, f"?text={quote('reunião')}"))
        == 1
    )
    people = control_api.items(f"/instances/{KEY}/contacts?text={quote('contáto teste')}")
    assert [person["number"] for person in people] == [ANA]


# -- people ------------------------------------------------------------------------------------


def test_people_are_listed_as_the_instance_meets_them(control_api: ControlApi) -> None:
    people = control_api.walk(f"/instances/{KEY}/contacts?limit=2")
    numbers = [person["number"] for person in people]
    assert ANA in numbers and len(numbers) == len(set(numbers))
    assert people[numbers.index(ANA)] == control_api.get(f"/instances/{KEY}/contacts/{ANA}")
    found = control_api.items(f"/instances/{KEY}/contacts?text=0000002")
    assert ANA in [person["number"] for person in found] and len(found) < len(people)


# -- what a webhook led to ---------------------------------------------------------------------


@pytest.mark.usefixtures("hears")
def test_what_the_bot_wrote_into_a_chat_belongs_to_its_last_message(
    control_api: ControlApi, says: Send, answers: Send
) -> None:
    first = says(ANA, "oi")
    hello, other = answers(ANA, "Bom dia"), answers(RUI, "Promoção")
    bare = answers(ANAS_CHAT, "Pois não?")
    second = says(ANA, "tem pizza?")
    menu = answers(ANA, "Temos")
    assert calls(control_api, delivery_of(control_api, first)) == [("chat", hello), ("chat", bare)]
    assert calls(control_api, delivery_of(control_api, second)) == [("chat", menu)]
    until = control_api.get(f"/deliveries/{delivery_of(control_api, first)}/calls")["until"]
    assert until == delivery_of(control_api, second)
    assert other not in dict(calls(control_api, delivery_of(control_api, first))).values()


@pytest.mark.usefixtures("hears")
def test_a_call_that_names_the_message_belongs_to_it_whenever_it_comes(
    app: MockApp, control_api: ControlApi, says: Send
) -> None:
    first = says(ANA, "oi")
    says(ANA, "alô?")
    key = {"remoteJid": ANAS_CHAT, "fromMe": False, "id": first["id"]}
    body = {
        "messageData": {
            "to": ANA,
            "text": "Sim?",
            "key": key,
            "message": {"conversation": "oi"},
        }
    }
    reply = app.test_client().post(f"/rest/sendMessage/{KEY}/quoteMessage", json=body, headers=AUTH)
    quoted = reply.headers["X-Mock-Exchange"]
    assert ("message", quoted) in calls(control_api, delivery_of(control_api, first))


@pytest.mark.usefixtures("hears")
def test_what_comes_after_several_messages_may_belong_to_any_of_them(
    control_api: ControlApi, says: Send, answers: Send
) -> None:
    first, second, third = (says(ANA, text) for text in ("um", "dois", "três"))
    assert not control_api.get(f"/deliveries/{delivery_of(control_api, first)}/calls")["unclear"]
    answers(RUI, "Promoção")
    late = [answers(ANA, "Um!"), answers(ANA, "Dois!")]
    for message in (first, second):
        related = control_api.get(f"/deliveries/{delivery_of(control_api, message)}/calls")
        assert (related["items"], related["unclear"]) == ([], True)
    related = control_api.get(f"/deliveries/{delivery_of(control_api, third)}/calls")
    assert [(item["why"], item["exchange"]["id"]) for item in related["items"]] == [
        ("chat", id_) for id_ in late
    ]
    assert related["unclear"] is False


class Replying(RecordingTransport):
    """Writes to the sender before it answers a webhook, and holds the first one until `go`."""

    def __init__(self) -> None:
        super().__init__()
        self.app: MockApp | None = None
        self.go = threading.Event()
        self.made: list[list[str]] = []

    def post(
        self, url: str, body: bytes, headers: Sequence[tuple[str, str]], *, timeout: float
    ) -> ReceiverAnswer:
        assert self.app is not None and self.go.wait(60)
        reply = {"messageData": {"to": ANA, "text": "Sim?"}}
        path = f"/rest/sendMessage/{KEY}/text"
        self.made.append([
            self.app.test_client().post(path, json=reply, headers=AUTH).headers["X-Mock-Exchange"]
            for _ in range(2)
        ])  # fmt: skip
        return super().post(url, body, headers, timeout=timeout)


@pytest.mark.parametrize("frozen_at", [None, 1_700_000_000.0])
def test_what_was_sent_while_a_webhook_was_answered_belongs_to_it(
    make_app: MakeApp, frozen_at: float | None
) -> None:
    transport = Replying()
    transport.app = app = make_app(clock=Clock(frozen_at), transport=transport)
    control_api = ControlApi(app)
    control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9000/hook"})
    # All of them are owed before the bot has done anything.
    messages = [
        control_api.post(f"/instances/{KEY}/inbound", {"from": ANA, "text": text}, status=201)
        for text in ("um", "dois", "três")
    ]
    transport.go.set()
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert len(transport.made) == 3
    expected = [[("during", id_) for id_ in made] for made in transport.made]
    assert [
        calls(control_api, delivery_of(control_api, message)) for message in messages
    ] == expected
    if frozen_at is None:
        # Records of an earlier start have the times of the mock's clock alone.
        for exchange in app.runtime.records.journal.exchanges.after(None):
            exchange.came = None
        for delivery in app.runtime.records.journal.deliveries.after(None):
            delivery.attempts = [replace(attempt, span=None) for attempt in delivery.attempts]
        assert [
            calls(control_api, delivery_of(control_api, message)) for message in messages
        ] == expected


class Asking(RecordingTransport):
    """Asks for the instance's status before it answers a webhook."""

    def __init__(self) -> None:
        super().__init__()
        self.app: MockApp | None = None
        self.asked: list[str] = []

    def post(
        self, url: str, body: bytes, headers: Sequence[tuple[str, str]], *, timeout: float
    ) -> ReceiverAnswer:
        assert self.app is not None
        self.asked.append(ask_status(self.app))
        return super().post(url, body, headers, timeout=timeout)


def ask_status(app: MockApp) -> str:
    reply = app.test_client().get(f"/rest/instance/{KEY}", headers=AUTH)
    return reply.headers["X-Mock-Exchange"]


def test_call_without_chat_belongs_to_the_webhook_being_answered(
    make_app: MakeApp,
) -> None:
    transport = Asking()
    transport.app = app = make_app(clock=Clock(), transport=transport)
    control_api = ControlApi(app)
    control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9000/hook"})
    message = control_api.post(f"/instances/{KEY}/inbound", {"text": "oi"}, status=201)
    assert app.runtime.webhooks.courier.wait_idle(60)
    outside = ask_status(app)
    related = calls(control_api, delivery_of(control_api, message))
    assert related == [("during", transport.asked[0])]
    assert outside not in transport.asked


def test_an_unknown_delivery_has_no_calls(control_api: ControlApi) -> None:
    assert "d9" in control_api.refusal("GET", "/deliveries/d9/calls", status=404)


# -- phones that show no buttons ---------------------------------------------------------------


@pytest.fixture
def offered(app: MockApp) -> str:
    """A list that Ana was sent."""
    rows = [{"title": "Vendas", "rowId": "opcao_1", "description": "d"}]
    data = {
        "to": ANA,
        "buttonText": "Abrir",
        "text": "Escolha",
        "title": "Menu",
        "description": "Escolha",
        "sections": [{"title": "Setores", "rows": rows}],
        "listType": 0,
    }
    reply = app.test_client().post(
        f"/rest/sendMessage/{KEY}/listMessage", json={"messageData": data}, headers=AUTH
    )
    assert reply.status_code == 200, reply.text
    return str(reply.get_json()["messageData"]["key"]["id"])


def test_a_phone_without_buttons_chooses_nothing(control_api: ControlApi, offered: str) -> None:
    path, tap = f"/instances/{KEY}/contacts/{ANA}", {"from": ANA, "event": "list-response"}
    control_api.post(path, {"state": "reachable"})
    assert control_api.post(path, {"shows_buttons": False})["shows_buttons"] is False
    assert "no buttons" in control_api.refusal("POST", f"/instances/{KEY}/inbound", tap, status=409)
    (message,) = control_api.items(f"/messages?instance={KEY}")
    assert (message["id"], message["state"]) == (offered, "read")
    assert control_api.post(path, {"shows_buttons": True})["shows_buttons"] is True
    control_api.post(f"/instances/{KEY}/inbound", tap, status=201)


def test_buttons_and_the_state_of_a_phone_are_set_apart(
    app: MockApp, control_api: ControlApi
) -> None:
    path = f"/instances/{KEY}/contacts/{ANA}"
    control_api.post(path, {"state": "phone_off"})
    shown = control_api.post(path, {"shows_buttons": False})
    assert (shown["state"], shown["shows_buttons"]) == ("phone_off", False)
    shown = control_api.post(path, {})
    assert (shown["state"], shown["shows_buttons"]) == ("reachable", False)
    state = app.test_client().get("/_mock/state").data
    control_api.post("/reset")
    assert control_api.get(path)["shows_buttons"] is True
    app.test_client().put("/_mock/state", data=state)
    assert control_api.get(path)["shows_buttons"] is False
