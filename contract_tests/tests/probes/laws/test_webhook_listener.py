"""What came to the address of one instance: what counts as its own, and what is held of it."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any, cast

import pytest
from megaapi_contract.errors import Impossible, NotTried
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.host.stage import Stage
from megaapi_contract.host.webhook_receiver import Receiver
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.judge import Judge
from megaapi_contract.judging.results import Exchange, Promise
from megaapi_contract.probes.laws.webhook_listener import (
    DELIVERED,
    READ,
    SERVER,
    WebhookListener,
)
from megaapi_contract.probes.session import Session
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples

from ...support import KEY, LISTED, OWN, TOKEN, UNLISTED

INSTANCE = HostInstance(KEY, TOKEN, OWN)
LID = "100000000000002@lid"
TEXT = "text-extended"


class PlainStage:
    """A stage whose last webhook, and whose people, a test decides."""

    def __init__(self, receiver: Receiver, *, phone: bool) -> None:
        self.receiver, self.phone = receiver, phone
        self.customers: tuple[str, ...] = ()
        self.gets_messages_at_once = True
        self.unasked: set[str] = set()
        self.announced: list[str] = []
        self.refusal: Exception | None = None
        self.comes = True
        self.names: dict[str, str | None] = {}
        self.lids: dict[str, str | None] = {}

    def control_api(self, method: str, path: str, body: Any = None) -> Any:
        return {"now": time.time()}

    def is_unasked(self, webhook: Any) -> bool:
        return webhook.json.get("messageType") in self.unasked

    def pass_time(self, seconds: float) -> bool:
        return self.phone

    def announce(self, instance: HostInstance, event: str, mark: str) -> bool:
        if self.refusal is not None:
            raise self.refusal
        self.announced.append(event)
        if self.comes:
            self.receiver.add(json.dumps({"mark": mark}).encode(), (), f"{self.receiver.url}/{KEY}")
        return self.phone

    def person(self, instance: HostInstance, number: str) -> dict[str, Any]:
        jid = f"{number}@s.whatsapp.net"
        return {"jid": jid, "lid": self.lids.get(number), "name": self.names.get(number)}


class Scene:
    """A listener with its receiver, its session and what it has noted."""

    def __init__(self, contract: Contract, *, phone: bool = True) -> None:
        self.receiver = Receiver()
        self.receiver.patience = 0.0
        self.stage = PlainStage(self.receiver, phone=phone)
        judge = cast(Judge, SimpleNamespace(webhook=lambda webhook, probe: []))
        gate: Any = SimpleNamespace(target=SimpleNamespace(real=False), fence=None)
        self.session = Session(contract, gate, judge, self.receiver, (LISTED,), 7, probe="a probe")
        self.listener = WebhookListener(self.session, cast(Stage, self.stage), INSTANCE)

    def add(self, payload: Any, end: str = f"/{KEY}") -> None:
        self.receiver.add(json.dumps(payload).encode(), (), f"{self.receiver.url}{end}")

    def receive(self) -> list[Any]:
        return [webhook.json for webhook in self.listener.receive()]

    @property
    def broken(self) -> list[str]:
        return [breach.message for breach in self.session.breaches if breach.kind == "law"]


@pytest.fixture
def scene(contract: Contract) -> Scene:
    return Scene(contract)


@pytest.fixture
def given(contract: Contract) -> Scene:
    """A given instance, whose phone nobody plays."""
    return Scene(contract, phone=False)


def sample(event: str = TEXT, **changes: Any) -> dict[str, Any]:
    """A webhook of the contract, told of this instance and of now."""
    payload = json.loads(json.dumps(Samples(root("fixtures")).payload(event)))
    own = {"instance_key": KEY, "jid": f"{OWN}@s.whatsapp.net"}
    return {**payload, **own, "messageTimestamp": int(time.time()), **changes}


# -- what comes ------------------------------------------------------------------------------


def test_what_came_is_given_once_and_without_the_last_webhook(scene: Scene) -> None:
    scene.add({"a": 1})
    assert scene.receive() == [{"a": 1}]
    scene.add({"a": 2})
    assert scene.receive() == [{"a": 2}]
    assert scene.stage.announced == ["call", "call"] and scene.broken == []


def test_webhooks_of_another_place_are_not_its_own(scene: Scene) -> None:
    scene.add({"a": 1}, "/megacode-TESTKEY0002")
    scene.add({"a": 2}, f"/before/{KEY}")
    assert scene.receive() == [{"a": 2}]


def test_a_last_webhook_that_does_not_come_is_a_broken_rule(scene: Scene) -> None:
    scene.stage.comes = False
    assert scene.receive() == []
    assert scene.listener.is_silent
    assert scene.broken == ["a webhook that was asked for comes"]


def test_a_host_that_forgot_the_webhook_breaks_its_promise(scene: Scene) -> None:
    scene.stage.refusal = Impossible("the instance has no webhook")
    with pytest.raises(NotTried, match="has forgotten its webhook"):
        scene.listener.receive()
    assert scene.broken == ["the webhook stays set, whatever happens to the link"]


def test_another_refusal_of_the_last_webhook_is_raised(scene: Scene) -> None:
    scene.stage.refusal = Impossible("the phone is not linked")
    with pytest.raises(Impossible, match="not linked"):
        scene.listener.receive()
    assert scene.broken == []


def test_where_events_may_be_blocked_nothing_is_announced(given: Scene) -> None:
    given.session.called_operations.add("block_events")
    given.receive()
    assert given.stage.announced == []


def test_a_new_event_of_the_instance_is_left_to_the_judge(scene: Scene) -> None:
    scene.add({"messageType": "no.such.event", "instance_key": KEY})
    scene.add({"messageType": "no.such.event", "instance_key": "megacode-TESTKEY0002"})
    assert [one["instance_key"] for one in scene.receive()] == ["megacode-TESTKEY0002"]


def test_what_nobody_was_asked_for_is_not_looked_at(scene: Scene) -> None:
    scene.stage.unasked = {"call"}
    scene.add({"messageType": "call", "instance_key": "megacode-TESTKEY0002"})
    scene.add({"messageType": "other", "instance_key": "megacode-TESTKEY0002"})
    assert [one["messageType"] for one in scene.receive()] == ["other"]


def test_a_presence_before_a_message_of_the_same_person_is_no_webhook(scene: Scene) -> None:
    theirs = {"remoteJid": f"{LISTED}@s.whatsapp.net", "fromMe": False, "id": "A1"}
    herald = {"messageType": "presence.update", "id": theirs["remoteJid"], "instance_key": KEY}
    message = sample(key=theirs)
    for payload in (herald, message, herald, sample(key=theirs | {"fromMe": True})):
        scene.add(payload)
    kinds = [payload["messageType"] for payload in scene.receive()]
    assert kinds == [message["messageType"], "presence.update", message["messageType"]]
    assert scene.session.settled_switches.value_of_switch["presence_events"] == "on"


def test_a_presence_of_a_hidden_number_precedes_its_message_too(scene: Scene) -> None:
    scene.stage.lids[LISTED] = LID
    key = {"remoteJid": f"{LISTED}@s.whatsapp.net", "fromMe": False, "id": "A1"}
    for lid in (LID, "100000000000009@lid"):
        scene.add({"messageType": "presence.update", "id": lid, "instance_key": KEY})
        scene.add(sample(key=key))
    kinds = [payload["messageType"] for payload in scene.receive()]
    assert kinds.count("presence.update") == 1


def test_what_another_listener_waited_for_is_seen_here_too(scene: Scene) -> None:
    beside = WebhookListener(scene.session, cast(Stage, scene.stage), INSTANCE, "/b")
    scene.add({"a": 1}, f"/{KEY}/b")
    scene.receive()
    mark = scene.listener._mark.decode()
    scene.add({"mark": mark}, f"/{KEY}/b")
    scene.add({"a": 2})
    assert [one.json for one in beside.receive_beside(scene.listener)] == [{"a": 1}]


def test_what_came_since_the_last_look_is_unread(scene: Scene) -> None:
    scene.add({"a": 1})
    scene.add({"a": 2}, "/other")
    assert [one.json for one in scene.listener.unread()] == [{"a": 1}]
    assert scene.listener.unread() == []


# -- where one listens -----------------------------------------------------------------------


def test_a_real_host_needs_a_receiver_that_it_can_reach(scene: Scene) -> None:
    scene.session.gate.target.real = True
    with pytest.raises(NotTried, match="--webhook-url"):
        WebhookListener(scene.session, cast(Stage, scene.stage), INSTANCE)
    scene.receiver.public = True
    WebhookListener(scene.session, cast(Stage, scene.stage), INSTANCE)


def test_where_webhooks_stopped_coming_nobody_listens(scene: Scene) -> None:
    scene.receiver._silence = "no webhook has come"
    with pytest.raises(NotTried, match="no webhook has come"):
        WebhookListener(scene.session, cast(Stage, scene.stage), INSTANCE)


@pytest.mark.parametrize(
    ("phone", "customers", "ack"),
    [(True, (), READ), (False, (LISTED,), DELIVERED), (False, (), SERVER),
     (False, (UNLISTED,), SERVER)],
)  # fmt: skip
def test_the_last_sure_acknowledgement_depends_on_who_reads(
    contract: Contract, phone: bool, customers: tuple[str, ...], ack: int
) -> None:
    scene = Scene(contract, phone=phone)
    scene.stage.customers = customers
    assert scene.listener.last_sure_ack == ack


def test_a_persons_phone_may_be_off_so_that_only_the_servers_ack_is_sure(
    contract: Contract,
) -> None:
    scene = Scene(contract, phone=False)
    scene.stage.customers, scene.stage.gets_messages_at_once = (LISTED,), False
    assert scene.listener.last_sure_ack == SERVER


def test_a_message_is_all_announced_once_it_is_echoed_and_acknowledged(given: Scene) -> None:
    given.session._message_ids[KEY] = {"A1"}
    listener = given.listener
    assert not listener._is_all_announced([])
    given.add({"key": {"id": "A1"}, "message": {}})
    assert not listener._is_all_announced(listener.unread())
    given.add({"key": {"id": "A1"}, "update": {"status": SERVER}})
    assert listener._is_all_announced(listener.unread())


def test_a_host_that_sends_neither_echo_nor_acknowledgement_has_told_all(given: Scene) -> None:
    given.session._message_ids[KEY] = {"A1"}
    assert not given.listener.settle_echo(False) and not given.listener.settle_acks(False)
    assert given.listener._is_all_announced([])


# -- what is held of it ----------------------------------------------------------------------


def told(scene: Scene, payload: Any, event: str = TEXT) -> list[str]:
    scene.add(payload)
    [webhook] = scene.listener.receive()
    scene.listener.check_event(webhook, event)
    return scene.broken


def test_a_webhook_of_this_place_and_of_now_breaks_nothing(scene: Scene) -> None:
    assert told(scene, sample()) == []


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"key": None}, [f"it is told as {TEXT}"]),
        ({"instance_key": "megacode-TESTKEY0002"}, ["instance_key is the instance's"]),
        ({"jid": f"{LISTED}@s.whatsapp.net"}, ["jid is the instance's own"]),
        ({"messageTimestamp": 1}, ["messageTimestamp is the time in seconds, a number"]),
    ],
)
def test_what_a_webhook_tells_wrongly_is_a_broken_rule(
    scene: Scene, changes: dict[str, Any], broken: list[str]
) -> None:
    assert told(scene, sample(**changes)) == broken


@pytest.mark.parametrize(("device", "value"), [(":12", "on"), ("", "")])
def test_a_device_in_the_own_jid_is_a_way_and_no_mistake(
    scene: Scene, device: str, value: str
) -> None:
    assert told(scene, sample(jid=f"{OWN}{device}@s.whatsapp.net")) == []
    assert scene.session.settled_switches.value_of_switch["jid_suffix"] == value


def author(scene: Scene, name: str, **key: Any) -> list[str]:
    base = {"remoteJid": f"{LISTED}@s.whatsapp.net", "fromMe": False, "id": "A1"}
    scene.add(sample(key=base | key, pushName=name))
    [webhook] = scene.listener.receive()
    scene.listener.check_author(webhook, TEXT, LISTED)
    return scene.broken


def test_a_message_names_its_author_by_number_and_name(scene: Scene) -> None:
    scene.stage.names[LISTED] = "Pessoa Teste"
    assert author(scene, "Pessoa Teste", senderPn=f"{LISTED}@s.whatsapp.net") == []
    wrong = author(scene, "Outra Pessoa", senderPn=f"{UNLISTED}@s.whatsapp.net")
    assert wrong == ["senderPn is the author", "pushName is the author's name"]


def test_a_hidden_number_is_the_same_from_its_first_sight_on(scene: Scene) -> None:
    assert author(scene, "x", senderLid=LID) == []
    assert author(scene, "x", senderLid="100000000000009@lid") == ["senderLid is the author"]


def test_exactly_one_webhook_is_held_to_be_there(scene: Scene) -> None:
    scene.add(sample())
    scene.add(sample())
    webhooks = scene.listener.receive()
    assert scene.listener.check_single(webhooks, TEXT, "a text") == {}
    assert scene.broken == ["a text: exactly one webhook"]
    assert scene.listener.check_single(webhooks[:1], TEXT, "a text") == webhooks[0].json


def test_nothing_is_held_to_come_where_nothing_should(scene: Scene) -> None:
    promise = Promise("observed", "webhooks/call.yaml")
    assert scene.listener.check_none([], TEXT, "a blocked event", promise)
    scene.add(sample())
    assert not scene.listener.check_none(scene.listener.receive(), TEXT, "blocked", promise)
    assert scene.broken == ["blocked: no webhook"]


def sent(chat: str) -> Exchange:
    body = json.dumps({"messageData": {"key": {"remoteJid": chat}}}).encode()
    return Exchange(1, "send_text", "POST", "", (), b"", 200, (), body, 0.0, 0.0)


def test_a_chat_is_that_of_a_call_under_any_address_of_the_person(scene: Scene) -> None:
    scene.stage.lids[LISTED] = LID
    answer, group = sent(f"{LISTED}@s.whatsapp.net"), sent("120363000000000001@g.us")
    is_chat = scene.listener.is_chat_of
    assert is_chat(answer, f"{LISTED}@s.whatsapp.net") and is_chat(answer, LID)
    assert not is_chat(answer, f"{UNLISTED}@s.whatsapp.net")
    assert is_chat(group, "120363000000000001@g.us")
    assert not is_chat(group, f"{LISTED}@s.whatsapp.net")


def test_where_nobody_knows_the_person_a_chat_is_any_but_the_own(given: Scene) -> None:
    answer = sent(f"{LISTED}@s.whatsapp.net")
    assert given.listener.is_chat_of(answer, LID)
    assert not given.listener.is_chat_of(answer, f"{OWN}@s.whatsapp.net")
