"""Control API: chaos set and ended, any event emitted, any delivery sent again."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any

import pytest
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.spec.authority import Authority
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..control import ControlApi
from ..support import KEY, START, UNLINKED, RecordingTransport

HOOK = "http://127.0.0.1:9/hook"
EVENTS = Samples(root("fixtures")).names()
SECOND = "megacode-TESTKEY0009"
PLAIN = {
    "duplicate": 1,
    "drop": 0.0,
    "reorder": 1,
    "delay": [0.0, 0.0],
    "burst": 1,
    "redeliver": 0.0,
    "early_ack": False,
    "hold": 10.0,
    "seed": 0,
}


@pytest.fixture
def hook(app: MockApp, control_api: ControlApi) -> ControlApi:
    """The control_api of an app whose two connected instances have a webhook."""
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))
    seed = {"key": SECOND, "number": "5511900000020", "connected": True, "webhook_url": HOOK}
    control_api.post("/instances", seed, status=201)
    return control_api


def deliveries(app: MockApp, control_api: ControlApi, query: str = "") -> list[Any]:
    assert app.runtime.webhooks.courier.wait_idle(60)
    return control_api.items(f"/deliveries?limit=5000{query}")


# -- chaos -----------------------------------------------------------------------------------


def test_chaos_is_set_read_and_ended(app: MockApp, hook: ControlApi) -> None:
    path = f"/instances/{KEY}/chaos"
    assert hook.get(path)["chaos"] is None
    wishes = {
        "duplicate": 3, "drop": 0.1, "reorder": 5, "delay": [0.5, 2], "burst": 50,
        "redeliver": 120, "early_ack": True, "seed": 7,
    }  # fmt: skip
    shown = hook.post(path, wishes)
    assert shown == hook.get(path)
    assert shown["chaos"] == {**PLAIN, **wishes}

    hook.post(path, {"delay": [60, 60]})
    hook.post(f"/instances/{KEY}/inbound", {}, status=201)
    assert hook.get(path)["held"] == 1
    (held,) = hook.items("/deliveries")
    assert (held["state"], held["chaos"]) == ("queued", "delay")
    assert hook.delete(path) == {"instance": KEY, "chaos": None, "held": 0, "released": 1}
    assert [each["state"] for each in deliveries(app, hook)] == ["delivered"]


def test_the_clock_moves_what_is_delayed(app: MockApp, hook: ControlApi) -> None:
    hook.post(f"/instances/{KEY}/chaos", {"delay": [30, 30], "duplicate": 2})
    hook.post(f"/instances/{KEY}/inbound", {}, status=201)
    hook.post("/clock", {"advance": 30})
    first, copy = deliveries(app, hook)
    assert copy["chaos"] == f"duplicate of {first['id']}"
    assert copy["payload"] == first["payload"]
    assert (first["time"], copy["time"]) == (START, START + 30)


@pytest.mark.parametrize("query", ["", f"?instance={KEY}"])
def test_a_reset_ends_chaos(app: MockApp, hook: ControlApi, query: str) -> None:
    hook.post(f"/instances/{KEY}/chaos", {"delay": [60, 60]})
    hook.post(f"/instances/{KEY}/inbound", {}, status=201)
    hook.post(f"/reset{query}")
    told = hook.get(f"/instances/{KEY}/chaos")
    assert (told["chaos"], told["held"]) == (None, 0)
    hook.post("/clock", {"advance": 100})
    assert deliveries(app, hook) == []


def test_webhooks_held_of_a_removed_instance_are_abandoned(app: MockApp, hook: ControlApi) -> None:
    hook.post(f"/instances/{SECOND}/chaos", {"delay": [60, 60]})
    hook.post(f"/instances/{SECOND}/inbound", {}, status=201)
    hook.delete(f"/instances/{SECOND}")
    assert [each["state"] for each in deliveries(app, hook)] == ["abandoned"]


def test_chaos_needs_a_wish_an_instance_and_sense(calm: ControlApi) -> None:
    path = f"/instances/{KEY}/chaos"
    assert calm.refusal("POST", path, {}).startswith("give at least one of duplicate, ")
    assert calm.refusal("POST", path, {"drop": 2}) == "drop: must be a number from 0 to 1, not 2"
    assert "no such field" in calm.refusal("POST", path, {"lose": 1})
    for method in ("GET", "DELETE"):
        calm.refusal(method, "/instances/megacode-NOBODY/chaos", status=404)
    calm.refusal("POST", "/instances/megacode-NOBODY/chaos", {"drop": 1}, status=404)


# -- emit --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority(valid_bundle(root("spec")).document)


@pytest.mark.parametrize("generation", ["2023", "2024", "2025", "2026"])
def test_every_event_by_its_name_as_another_instance_would_tell_it(
    make_app: MakeApp, authority: Authority, generation: str
) -> None:
    app = make_app(switches={"payload_generation": generation})
    control_api = ControlApi(app)
    seed = {"key": SECOND, "number": "5511900000020", "connected": True, "webhook_url": HOOK}
    control_api.post("/instances", seed, status=201)
    assert {*EVENTS} == {path.stem for path in (root("spec") / "webhooks").glob("*.yaml")}
    for event in EVENTS:
        answer = control_api.post(f"/instances/{SECOND}/emit", {"event": event}, status=201)
        assert len(answer["deliveries"]) == 1, answer
    found = deliveries(app, control_api)
    assert [each["event"] for each in found] == EVENTS
    seen = set()
    for each in found:
        payload, text = each["payload"], json.dumps(each["payload"])
        problems = authority.webhook_violations(each["event"], json.dumps(payload).encode())
        assert problems == [], each["event"]
        assert payload["instance_key"] == SECOND
        assert '"5511900000001@s.whatsapp.net"' not in text
        assert '"100000000000001@lid"' not in text
        if "key" in payload:
            assert payload["key"]["id"] not in seen
            seen.add(payload["key"]["id"])
        if "messageTimestamp" in payload:
            assert payload["messageTimestamp"] == int(START)
        if "timestamp" in payload:
            assert payload["timestamp"] == int(START)
    plain = next(each["payload"] for each in found if each["event"] == "text-plain")
    assert ("lid" in plain) == (generation == "2026")


def test_what_is_set_is_told_as_often_as_asked(app: MockApp, hook: ControlApi) -> None:
    body = {"event": "text-plain", "set": {"message.conversation": "oi"}, "count": 20}
    answer = hook.post(f"/instances/{KEY}/emit", body, status=201)
    found = deliveries(app, hook)
    assert [each["id"] for each in found] == answer["deliveries"]
    assert answer["reason"] is None
    assert {each["payload"]["message"]["conversation"] for each in found} == {"oi"}
    assert len({each["payload"]["key"]["id"] for each in found}) == 20
    assert hook.items("/messages") == []


NAMES = ("mediaKey", "directPath", "url")
MEDIA = {
    "audio-file": "audio",
    "audio-voice-note": "audio",
    "document": "document",
    "document-with-caption": "document",
    "group-image": "image",
    "image": "image",
    "status-story": "image",
    "sticker": "sticker",
    "video": "video",
    "video-note": "video",
    "view-once": "image",
}


def media_of(content: Any) -> dict[str, Any]:
    """The fields of the one media in a content."""
    if "directPath" in content:
        found: dict[str, Any] = content
        return found
    (inner,) = [part for part in content.values() if isinstance(part, dict) and "Hash" not in part]
    return media_of(inner)


def downloaded(
    app: MockApp, part: dict[str, Any], kind: str = "image", key: str = KEY
) -> bytes | str:
    """What downloadMediaMessage answers to just the keys of a webhook: bytes, or a complaint."""
    keys = {name: part[name] for name in ("mediaKey", "directPath", "url", "mimetype")}
    reply = app.test_client().post(
        f"/rest/instance/downloadMediaMessage/{key}",
        json={"messageKeys": {**keys, "messageType": kind}},
        headers={"Authorization": f"Bearer {ControlApi(app).get(f'/instances/{key}')['token']}"},
    )
    document: Any = reply.get_json()
    return b64decode(document["data"].partition(",")[2]) or str(document["message"])


def emitted(app: MockApp, hook: ControlApi, **body: Any) -> list[dict[str, Any]]:
    """The media of what is emitted, as the receiver gets it."""
    told = hook.post(f"/instances/{KEY}/emit", body, status=201)["deliveries"]
    found = {each["id"]: each["payload"]["message"] for each in deliveries(app, hook)}
    for each in found.values():
        each.pop("messageContextInfo", None)
    return [media_of(found[each]) for each in told]


def test_every_event_with_media_is_known() -> None:
    samples = Samples(root("fixtures"))
    holding = [name for name in EVENTS if '"directPath"' in json.dumps(samples.payload(name))]
    assert sorted(holding) == sorted(MEDIA)


@pytest.mark.parametrize(("event", "kind"), MEDIA.items())
def test_media_told_of_can_be_downloaded(
    app: MockApp, hook: ControlApi, event: str, kind: str
) -> None:
    first, second = emitted(app, hook, event=event, count=2)
    assert first["mediaKey"] != second["mediaKey"]
    for part in (first, second):
        content = downloaded(app, part, "image" if kind == "sticker" else kind)
        assert isinstance(content, bytes)
        assert content == Samples(root("fixtures")).media(kind)
        assert part["fileSha256"] == b64encode(sha256(content).digest()).decode()
        assert part["fileLength"] == str(len(content))
    assert hook.items("/messages") == []


def test_media_are_those_of_the_instance_they_were_told_for(app: MockApp, hook: ControlApi) -> None:
    (part,) = emitted(app, hook, event="image")
    assert downloaded(app, part, key=SECOND) == "media not found"


def test_media_set_around_the_sample_can_be_downloaded_too(app: MockApp, hook: ControlApi) -> None:
    image = Samples(root("fixtures")).payload("image")["message"]["imageMessage"]
    wrapped = {"message.ephemeralMessage.message": {"imageMessage": image}}
    first, second = emitted(app, hook, event="ephemeral", count=2, set=wrapped)
    assert first["directPath"] != second["directPath"]
    for part in (first, second):
        assert downloaded(app, part) == Samples(root("fixtures")).media("image")


@pytest.mark.broken_bodies
def test_a_message_set_instead_is_told_as_it_is(app: MockApp, hook: ControlApi) -> None:
    text = {"message": {"conversation": "oi"}}
    hook.post(f"/instances/{KEY}/emit", {"event": "image", "set": text}, status=201)
    assert deliveries(app, hook)[-1]["payload"]["message"] == {"conversation": "oi"}
    gone: dict[str, Any] = {"message": None}
    hook.post(f"/instances/{KEY}/emit", {"event": "image", "set": gone, "force": True}, status=201)
    assert deliveries(app, hook)[-1]["payload"]["message"] is None


def test_keys_that_are_set_lead_where_they_say(app: MockApp, hook: ControlApi) -> None:
    (image,) = emitted(app, hook, event="image")
    path = "message.documentWithCaptionMessage.message.documentMessage"
    nowhere = {f"{path}.directPath": "/v/none", f"{path}.url": "https://mmg.whatsapp.net/v/none"}
    (part,) = emitted(app, hook, event="document-with-caption", set=nowhere)
    assert part["directPath"] == "/v/none"
    assert downloaded(app, part, "document") == "media not found"
    keys = {f"message.stickerMessage.{name}": image[name] for name in NAMES}
    (part,) = emitted(app, hook, event="sticker", set=keys)
    assert downloaded(app, part) == Samples(root("fixtures")).media("image")


def test_a_snapshot_holds_the_media_told_of(app: MockApp, hook: ControlApi) -> None:
    (part,) = emitted(app, hook, event="video")
    state = hook.get("/state")
    hook.post("/reset")
    assert downloaded(app, part, "video") == "media not found"
    hook.put("/state", state)
    assert downloaded(app, part, "video") == Samples(root("fixtures")).media("video")


def test_a_chaos_of_its_own_touches_these_alone(app: MockApp, hook: ControlApi) -> None:
    body = {"event": "text-plain", "count": 4, "chaos": {"duplicate": 2, "burst": 50}}
    answer = hook.post(f"/instances/{KEY}/emit", body, status=201)
    hook.post(f"/instances/{KEY}/emit", {"event": "image"}, status=201)
    found = deliveries(app, hook)
    assert len(answer["deliveries"]) == 4
    assert [each["chaos"] for each in found[:4]] == ["burst"] * 4
    assert [each["chaos"] for each in found[4:8]] == [
        f"duplicate of {first}" for first in answer["deliveries"]
    ]
    assert [each["chaos"] for each in found[8:]] == [None]
    assert hook.get(f"/instances/{KEY}/chaos")["chaos"] is None


def test_the_instances_chaos_touches_what_is_emitted_too(app: MockApp, hook: ControlApi) -> None:
    hook.post(f"/instances/{KEY}/chaos", {"duplicate": 2})
    hook.post(f"/instances/{KEY}/emit", {"event": "poll-vote"}, status=201)
    assert len(deliveries(app, hook)) == 2


def test_the_filter_holds_for_what_is_emitted(app: MockApp, hook: ControlApi) -> None:
    app.runtime.instances.publisher.change(
        KEY,
        lambda instance: setattr(instance, "filter", instance.filter.block(["messagesInput"])),
    )
    answer = hook.post(f"/instances/{KEY}/emit", {"event": "text-plain"}, status=201)
    assert answer["deliveries"] == []
    assert "messagesInput" in answer["reason"]
    assert deliveries(app, hook) == []


def test_without_a_webhook_there_is_nobody_to_tell(calm: ControlApi) -> None:
    sentence = calm.refusal("POST", f"/instances/{UNLINKED}/emit", {"event": "qrcode"}, status=409)
    assert sentence == f"{UNLINKED} has no webhook switched on: set one with configWebhook"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "event: is required; any webhook event"),
        ({"event": "text"}, "event: there is no 'text'"),
        ({"event": "image", "count": 0}, "count: must be a whole number"),
        ({"event": "image", "count": 1.5}, "count: must be a whole number"),
        ({"event": "image", "count": 5001}, "count: must be a whole number"),
        ({"event": "image", "set": {"": 1}}, "set: ''"),
        ({"event": "image", "set": {"messageType.x": 1}}, "set: 'messageType.x' leads through"),
        ({"event": "image", "chaos": {"drop": 9}}, "chaos.drop: must be"),
    ],
)
def test_what_cannot_be_emitted_is_refused(
    app: MockApp, hook: ControlApi, body: dict[str, Any], sentence: str
) -> None:
    assert hook.refusal("POST", f"/instances/{KEY}/emit", body).startswith(sentence)
    assert hook.items("/deliveries") == []


def test_an_unknown_instance_emits_nothing(calm: ControlApi) -> None:
    path = "/instances/megacode-NOBODY/emit"
    assert "megacode-NOBODY" in calm.refusal("POST", path, {"event": "image"}, status=404)


# -- resend ------------------------------------------------------------------------------------


@pytest.mark.broken_bodies
def test_a_delivery_again_byte_for_byte_or_edited(make_app: MakeApp) -> None:
    transport = RecordingTransport()
    app = make_app(transport=transport)
    control_api = ControlApi(app)
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))
    (first,) = control_api.post(f"/instances/{KEY}/emit", {"event": "image"}, status=201)[
        "deliveries"
    ]
    assert app.runtime.webhooks.courier.wait_idle(60)
    control_api.post(f"/instances/{KEY}/chaos", {"drop": 1})

    again = control_api.post(f"/deliveries/{first}/resend", status=201)
    edited = {"messageType": "conversation", "message": {"conversation": "ão"}}
    other = control_api.post(f"/deliveries/{first}/resend", {"body": edited}, status=201)

    assert app.runtime.webhooks.courier.wait_idle(60)
    assert len({first, again["id"], other["id"]}) == 3
    assert again["chaos"] == other["chaos"] == f"resend of {first}"
    assert (again["event"], other["message_type"]) == ("image", "conversation")
    bodies = [body for _, body, _ in transport.posts]
    assert bodies[0] == bodies[1]
    assert json.loads(bodies[2]) == edited
    states = [each["state"] for each in control_api.items("/deliveries")]
    assert states == ["delivered"] * 3


def test_only_what_the_journal_has_is_sent_again(calm: ControlApi) -> None:
    assert "d9" in calm.refusal("POST", "/deliveries/d9/resend", status=404)
    assert "body: must be an object" in calm.refusal(
        "POST", "/deliveries/d9/resend", {"body": "oi"}
    )
