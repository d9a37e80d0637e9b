"""What public receivers read is also in the webhooks that the mock causes, in every generation."""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.ids import Ids
from megaapi_mock.profile import default_profile
from megaapi_mock.resources import root
from megaapi_mock.spec.bundle import read_yaml
from megaapi_mock.web.app import MockApp, build_app
from megaapi_mock.worlds.load import read_world

from ...support import AUTH, KEY, START, RecordingTransport
from ...test_webhook_samples import GENERATIONS, READS, _at

FRIEND, GROUP = "5511900000002", "120363000000000001@g.us"
# Never by themselves, and the other text of a disconnection.
ON_DEMAND = {"ack-error", "connection-closed-temporary", "disconnected-logout-variant"}
ROWS = [{"title": "s", "rows": [{"title": "A", "rowId": "a", "description": "d"}]}]
VOICE = b64encode((root("fixtures") / "media" / "voice.ogg").read_bytes()).decode()
REPLY = [{"type": "reply", "id": "b1", "title": "Sim"}]
SENDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("text", {"to": FRIEND, "text": "oi"}),
    ("text", {"to": GROUP, "text": "oi"}),
    ("mediaBase64", {"to": FRIEND, "type": "ptt", "base64": VOICE, "fileName": "a.ogg"}),
    ("listMessage", {"to": FRIEND, "text": "t", "title": "t", "buttonText": "b", "sections": ROWS}),
    ("buttonMessage", {"to": FRIEND, "type": "text", "text": "t", "buttons": REPLY}),
    ("templateMessage", {"to": FRIEND, "text": "t", "footerText": "f", "buttons": [
        {"type": "replyButton", "title": "Sim", "payload": "p1"}]}),
)  # fmt: skip
JOINS = {"group-participants": {"group": GROUP, "from": "5511900000077"}}


def make(generation: str) -> MockApp:
    switches = {"payload_generation": generation, "group_acks": "each"}
    people = read_yaml(root("fixtures") / "worlds" / "default.yaml")
    for contact in people["contacts"]:
        # What only businesses are told with is read too.
        contact["verified_name"] = contact["name"] if "name" in contact else None
    people["contacts"] = [each for each in people["contacts"] if each["verified_name"]]
    return build_app(
        world=read_world(people),
        clock=Clock(frozen_at=START),
        ids=Ids(0),
        transport=RecordingTransport(),
        profile=default_profile().with_switches(switches),
    )


@cache
def caused(generation: str) -> dict[str, Any]:
    """The first payload of every event that something caused."""
    app = make(generation)
    client = app.test_client()
    app.runtime.instances.publisher.change(KEY, lambda one: one.set_webhook("http://127.0.0.1:9/"))
    for operation, data in SENDS:
        path = f"/rest/sendMessage/{KEY}/{operation}"
        reply = client.post(path, json={"messageData": data}, headers=AUTH)
        assert reply.status_code == 200, (operation, reply.text)
        reply.close()
    for event in app.runtime.setup.samples.names():
        given = {"event": event, **JOINS.get(event, {"group": GROUP} if "group-" in event else {})}
        client.post(f"/_mock/instances/{KEY}/inbound", json=given).close()
    for path, body in (
        ("/clock", {"advance": 100}),
        (f"/instances/{KEY}/unlink", {}),
        (f"/instances/{KEY}/link", {}),
        (f"/instances/{KEY}/unlink", {}),
    ):
        assert client.post(f"/_mock{path}", json=body).status_code == 200
    client.get(f"/rest/instance/qrcode/{KEY}", headers=AUTH).close()
    assert app.runtime.webhooks.courier.wait_idle(60)
    found: dict[str, Any] = {}
    for delivery in app.runtime.records.journal.deliveries.after(None):
        found.setdefault(delivery.event, json.loads(delivery.body))
    app.stop(0)
    return found


@pytest.mark.parametrize("generation", GENERATIONS)
def test_everything_but_what_is_on_demand_was_caused(generation: str) -> None:
    told = {event for _, events, _, _ in READS for event in events}
    assert told - set(caused(generation)) == ON_DEMAND


@pytest.mark.parametrize("generation", GENERATIONS)
def test_what_receivers_read_is_there_when_something_causes_it(generation: str) -> None:
    missing = [
        (client, event, place)
        for client, events, places, years in READS
        if generation in years
        for event in events
        if event not in ON_DEMAND
        for place in places.split()
        if _at(caused(generation)[event], place) is None
    ]
    assert missing == []
