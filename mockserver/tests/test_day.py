"""One clock drives everything: a day goes by at once, and everything in it in its order."""

from __future__ import annotations

import time
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.web.app import MockApp

from .conftest import MakeApp
from .control import ControlApi
from .histories import keys, world
from .slowness import slowness
from .support import START

DAY = 86_400.0
SLOW = {
    "ack_delays": "1-600,60-3600,600-80000,700-86000",
    "restart_seconds": "5000",
    "group_acks": "each",
}
SENDS = 25


class Life:
    """One instance, by the calls a customer and a test make."""

    def __init__(self, app: MockApp, key: str) -> None:
        self.app, self.key, self.control_api = app, key, ControlApi(app)
        self.client = app.test_client()

    def ask(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        reply = self.client.open(
            f"/rest{path}",
            method=method,
            json=body,
            headers={"Authorization": f"Bearer TOKEN{self.key[-4:]}"},
        )
        raw = reply.get_data()
        reply.close()
        assert reply.status_code == status, raw
        return reply.get_json()

    def hear(self) -> None:
        body = {"webhookUrl": f"http://127.0.0.1:9/{self.key}", "webhookEnabled": True}
        self.ask("POST", f"/webhook/{self.key}/configWebhook", {"messageData": body})

    def send(self, to: str, text: str = "oi") -> Any:
        body = {"messageData": {"to": to, "text": text}}
        return self.ask("POST", f"/sendMessage/{self.key}/text", body)["messageData"]

    def contact(self, number: str, state: str) -> None:
        self.control_api.post(f"/instances/{self.key}/contacts/{number}", {"state": state})


def deliveries(app: MockApp) -> list[Delivery]:
    """Every webhook, in the order in which it came to be owed."""
    assert app.runtime.webhooks.courier.wait_idle(60)
    return list(app.runtime.records.journal.deliveries.after(None))


def full_day(app: MockApp) -> list[Life]:
    """Eight instances, and everything that takes time pending in them."""
    lives = [Life(app, key) for key in keys(8)]
    for number, life in enumerate(lives):
        life.hear()
        for _ in range(SENDS):
            life.send("5511900000002")
        life.send("120363000000000001@g.us")
        life.contact("5511900000004", "phone_off")
        life.send("5511900000004")
        life.ask(
            "POST",
            f"/chat/{life.key}/presenceUpdateChat",
            {"to": "5511900000002", "option": "composing"},
        )
        if number % 2:
            chaos = {"redeliver": 7200 + number, "delay": [0, 600], "reorder": 2, "hold": 30}
            life.control_api.post(f"/instances/{life.key}/chaos", chaos)
    lives[0].ask("DELETE", f"/instance/{lives[0].key}/restart")
    lives[1].control_api.post(f"/instances/{lives[1].key}/unlink", {"by": "phone"})
    lives[1].ask("GET", f"/instance/qrcode_base64/{lives[1].key}")
    lives[2].contact("5511900000004", "reachable")
    return lives


def test_a_day_goes_by_quickly_and_in_order(make_app: MakeApp) -> None:
    app = make_app(world=world(), switches=SLOW)
    lives = full_day(app)
    before = len(deliveries(app))
    # Processor time, the courier's threads included: what else the machine does is not ours.
    began = time.process_time()
    ControlApi(app).post("/clock", {"advance": DAY})
    owed = deliveries(app)[before:]
    took = time.process_time() - began
    assert took < slowness(), f"{took:.2f} s for {len(owed)} webhooks"
    assert len(owed) > 8 * 3 * SENDS
    # A copy is of its own time; all else came to be in order, whosever it is.
    made = [each for each in owed if not (each.chaos or "").startswith("redelivery")]
    assert all(one.time <= other.time for one, other in pairwise(made))
    assert all(START <= each.time <= START + DAY for each in owed)
    assert (
        app.runtime.instances.timers._first() is None
        or app.runtime.instances.timers._first()[0][0] > START + DAY
    )
    told = Counter((each.instance, each.event) for each in made)
    assert told[lives[1].key, "qrcode"] == 4
    assert told[lives[0].key, "connected"] == 1
    for life in (lives[2], lives[4], lives[6]):
        # One to the group too, each told by its members; one whose phone came back, or did not.
        reached = SENDS + (life is lives[2])
        assert told[life.key, "ack-delivered"] == reached
        assert told[life.key, "ack-read"] == reached
    again = [each for each in owed if (each.chaos or "").startswith("redelivery")]
    assert Counter(each.instance for each in again)[lives[3].key] > 3 * SENDS
    for each in again:
        due = each.time + 7200 + int(each.instance[-2:]) - 11
        if each.left is None:
            assert due > START + DAY and each.state == "queued"
        else:
            assert each.left == pytest.approx(due, abs=0.001)


def test_steps_of_a_minute_bring_the_same_as_one_jump(make_app: MakeApp) -> None:
    """What happens does not depend on how far the clock is moved at a time."""
    seen = []
    for steps in (1, 1440):
        app = make_app(world=world(), switches=SLOW)
        full_day(app)
        for _ in range(steps):
            app.runtime.clock.advance(DAY / steps)
        owed = deliveries(app)
        seen.append(
            [
                [(each.id, each.time, each.left, each.event, each.body) for each in owed
                 if each.instance == key]
                for key in keys(8)
            ]
        )  # fmt: skip
    assert seen[0] == seen[1]


def test_held_webhooks_and_acks_keep_their_order_in_one_jump(make_app: MakeApp) -> None:
    """A webhook that chaos holds for an hour leaves before an ack that comes after that."""
    app = make_app(world=world(), switches={"ack_delays": "3000,4500,9000"})
    life = Life(app, keys(1)[0])
    life.hear()
    life.control_api.post(f"/instances/{life.key}/chaos", {"reorder": 2, "hold": 1000})
    life.send("5511900000002")
    life.control_api.post("/clock", {"advance": DAY})
    left = [(each.event, each.left) for each in deliveries(app)]
    # The echo waits its patience alone; so does each ack but for the two that meet.
    assert left == [
        ("from-me-api-echo", START + 1000),
        ("ack-server", START + 4000),
        ("ack-delivered", START + 5500),
        ("ack-read", START + 10_000),
    ]


def test_attempts_are_of_the_moment_they_would_have_been(make_app: MakeApp) -> None:
    """Not of the end of the jump, nor of whenever a thread came to it."""
    app = make_app(world=world(), switches={"ack_delays": "10,20,30"})
    life = Life(app, keys(1)[0])
    life.hear()
    life.send("5511900000002")
    life.control_api.post("/clock", {"advance": DAY})
    times = [each.attempts[0].time for each in deliveries(app)]
    assert times == [START, START + 10, START + 20, START + 30]


def test_a_clock_that_is_set_back_repeats_nothing_and_loses_nothing(make_app: MakeApp) -> None:
    """What happened has happened; what is to come waits for its hour."""
    app = make_app(world=world(), switches={"ack_delays": "10,2000,3000"})
    life = Life(app, keys(1)[0])
    life.hear()
    life.send("5511900000002")
    life.control_api.post("/clock", {"advance": 100})
    life.control_api.post("/clock", {"set": START - 5000})
    assert [each.event for each in deliveries(app)] == ["from-me-api-echo", "ack-server"]
    life.control_api.post("/clock", {"set": START + 1999})
    assert len(deliveries(app)) == 2
    life.control_api.post("/clock", {"set": START + 3000})
    assert [(each.event, each.time) for each in deliveries(app)[2:]] == [
        ("ack-delivered", START + 2000),
        ("ack-read", START + 3000),
    ]
    assert "set" in life.control_api.refusal("POST", "/clock", {"advance": -1})


def test_presence_times_out_by_the_clock(make_app: MakeApp) -> None:
    app = make_app(world=world())
    life = Life(app, keys(1)[0])
    body = {"to": "5511900000002", "option": "composing"}
    life.ask("POST", f"/chat/{life.key}/presenceUpdateChat", body)
    life.control_api.post("/clock", {"advance": 19.9})
    assert life.control_api.get(f"/instances/{life.key}")["presence"] != {}
    life.control_api.post("/clock", {"advance": 0.2})
    assert life.control_api.get(f"/instances/{life.key}")["presence"] == {}


@pytest.mark.parametrize(("switches", "days"), [({}, 30.0), ({"media_days": "0.5"}, 0.5)])
def test_media_expire_by_the_clock(
    make_app: MakeApp, switches: dict[str, str], days: float
) -> None:
    app = make_app(world=world(), switches=switches)
    life = Life(app, keys(1)[0])
    data = {"to": "5511900000002", "type": "image", "base64": "data:image/png;base64,aGk="}
    sent = life.ask("POST", f"/sendMessage/{life.key}/mediaBase64", {"messageData": data})
    part = sent["messageData"]["message"]["imageMessage"]
    names = ("mediaKey", "directPath", "url", "mimetype")
    wanted = {"messageKeys": {**{name: part[name] for name in names}, "messageType": "image"}}
    path = f"/instance/downloadMediaMessage/{life.key}"
    life.control_api.post("/clock", {"advance": days * DAY - 1})
    assert life.ask("POST", path, wanted)["error"] is False
    life.control_api.post("/clock", {"advance": 1})
    answer = life.ask("POST", path, wanted)
    assert (answer["error"], answer["data"]) == (True, "")
