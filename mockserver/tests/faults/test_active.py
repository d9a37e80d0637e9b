"""Which call a fault hits, how often, in which order, and until when."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.faults import active, armed_fault, registry
from megaapi_mock.handlers.call import Call, operation
from megaapi_mock.handlers.registry import discover
from megaapi_mock.ids import Ids
from megaapi_mock.web.app import MockApp
from werkzeug.test import TestResponse

from ..conftest import MakeApp
from ..control import ControlApi
from ..support import AUTH, KEY, START, TOKEN, UNLINKED, UNLINKED_TOKEN, RecordingTransport

GONE = {"fault": "bad-gateway"}
GROUP = "120363000000000001@g.us"
Send = Callable[..., TestResponse]


@pytest.fixture
def send(app: MockApp) -> Send:
    """A text of one instance."""
    return sender(app)


def sender(app: MockApp) -> Send:
    client = app.test_client()

    def send(
        to: str = "5511900000002",
        *,
        key: str = KEY,
        token: str = TOKEN,
        fault: str | None = None,
        data: bytes | None = None,
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if fault is not None:
            headers["X-Mock-Fault"] = fault
        path = f"/rest/sendMessage/{key}/text"
        if data is not None:
            return client.post(path, data=data, headers=headers)
        return client.post(path, json={"messageData": {"to": to, "text": "oi"}}, headers=headers)

    return send


def status(app: MockApp, **headers: str) -> TestResponse:
    return app.test_client().get(f"/rest/instance/{KEY}", headers={**AUTH, **headers})


def other(control_api: ControlApi) -> dict[str, str]:
    """A second linked instance, as arguments of `send`."""
    control_api.post("/instances", {"key": "megacode-TESTKEY0009", "connected": True}, status=201)
    return {"key": "megacode-TESTKEY0009", "token": "TESTKEY0009"}


# -- armed, listed, cleared --------------------------------------------------------------------


def test_nothing_is_armed_by_itself(control_api: ControlApi, send: Send) -> None:
    assert control_api.get("/faults") == {"items": [], "next": None}
    assert send().status_code == 200
    assert control_api.items("/exchanges")[0]["fault"] is None


def test_what_was_armed_comes_back_with_everything_that_counts(control_api: ControlApi) -> None:
    given = {**GONE, "instance": KEY, "recipient": "5511900000002", "percent": 50, "skip": 2}
    armed = control_api.post("/faults", {**given, "times": None}, status=201)
    assert armed == {
        "id": f"f1.{KEY}",
        **given,
        "after": False,
        "seconds": 0.0,
        "operation": None,
        "times": None,
        "used": 0,
        "over": False,
        "hits": [],
    }
    assert control_api.items("/faults") == [armed]


def test_a_hit_stands_in_the_header_and_in_the_journal(control_api: ControlApi, send: Send) -> None:
    control_api.post("/faults", GONE, status=201)
    reply = send()
    reason = "fault f1 bad-gateway, armed by POST /_mock/faults"
    assert reply.headers["X-Mock-Reason"] == reason
    [exchange] = control_api.items("/exchanges")
    assert exchange["id"] == reply.headers["X-Mock-Exchange"]
    assert exchange["fault"] == {"id": "f1", "name": "bad-gateway"}
    assert exchange["reason"] == reason
    assert exchange["response"]["body"] == "error code: 502"
    assert control_api.items("/faults")[0]["used"] == 1
    assert fault_hits(control_api) == [("f1", "bad-gateway", "send_text")]


def fault_hits(control_api: ControlApi, query: str = "") -> list[tuple[str, str, str]]:
    """Fault's id and name, and what was hit, of all that the journal has."""
    return [
        (found["fault"]["id"], found["fault"]["name"], found["what"])
        for found in control_api.items(f"/fault-hits{query}")
    ]


def test_a_hit_outside_calls_is_seen_too(control_api: ControlApi) -> None:
    for name, key in (("zombie-session", KEY), ("qr-never-scanned", UNLINKED)):
        control_api.post("/faults", {"fault": name, "instance": key}, status=201)
    for event in ("text-plain", "call", "presence"):
        body = {"from": "5511900000002", "event": event}
        control_api.post(f"/instances/{KEY}/inbound", body, status=201)
        control_api.post("/clock", {"advance": 1})
    control_api.refusal("POST", f"/instances/{UNLINKED}/link", {}, status=409)
    swallowed = (f"f1.{KEY}", "zombie-session", "inbound from 5511900000002@s.whatsapp.net")
    kept_away = (f"f1.{UNLINKED}", "qr-never-scanned", "link")
    assert fault_hits(control_api) == [*[swallowed] * 3, kept_away]
    assert fault_hits(control_api, f"?instance={UNLINKED}") == fault_hits(
        control_api, "?fault=qr-never-scanned"
    )
    assert fault_hits(control_api, f"?fault={swallowed[0]}&limit=1") == [swallowed]
    times = [START, START + 1, START + 2]
    assert [found["time"] for found in control_api.items(f"/fault-hits?instance={KEY}")] == times
    [zombie, unlinked] = control_api.items("/faults")
    assert [(one["time"], one["instance"], one["what"]) for one in zombie["hits"]] == [
        (time, KEY, swallowed[2]) for time in times
    ]
    assert [one["what"] for one in unlinked["hits"]] == ["link"]
    control_api.post(f"/reset?instance={KEY}")
    assert fault_hits(control_api) == [kept_away]


def test_every_hit_of_a_call_is_seen(control_api: ControlApi, send: Send) -> None:
    control_api.post("/faults", {"fault": "delay", "seconds": 0}, status=201)
    control_api.post("/faults", {"fault": "ban-after", "messages": 2}, status=201)
    send(fault="bad-gateway")
    send()
    send(fault="ban-after")
    assert fault_hits(control_api) == [
        (None, "bad-gateway", "send_text"),
        ("f1", "delay", "send_text"),
        ("f1", "delay", "send_text"),
        ("f1", "delay", "send_text"),
        (None, "ban-after", "send_text"),
        ("f2", "ban-after", "send_text"),
    ]
    assert [fault["used"] for fault in control_api.items("/faults")] == [3, 1]


def test_a_fault_shows_its_newest_hits(control_api: ControlApi, send: Send) -> None:
    control_api.post("/faults", GONE, status=201)
    for _ in range(12):
        send()
        control_api.post("/clock", {"advance": 1})
    [fault] = control_api.items("/faults")
    assert (fault["used"], len(control_api.items("/fault-hits"))) == (12, 12)
    assert [one["time"] for one in fault["hits"]] == [START + at for at in range(2, 12)]


def test_cleared_one_by_one_for_an_instance_and_all(control_api: ControlApi, send: Send) -> None:
    for instance in (None, KEY, UNLINKED, KEY):
        control_api.post("/faults", {**GONE, "instance": instance}, status=201)
    names = ["f1", f"f1.{KEY}", f"f1.{UNLINKED}", f"f2.{KEY}"]
    assert [item["id"] for item in control_api.walk("/faults?limit=1")] == names
    assert [item["id"] for item in control_api.items(f"/faults?instance={KEY}")] == names[1::2]
    assert control_api.delete(f"/faults/{names[1]}") == {"cleared": 1}
    assert "no fault" in control_api.refusal("DELETE", f"/faults/{names[1]}", status=404)
    assert control_api.delete(f"/faults?instance={KEY}") == {"cleared": 1}
    assert send().status_code == 502
    assert control_api.delete("/faults") == {"cleared": 2}
    assert send().status_code == 200
    assert control_api.post("/faults", GONE, status=201)["id"] == "f2"


def test_a_reset_clears_all_and_counts_anew(control_api: ControlApi, send: Send) -> None:
    for instance in (None, KEY):
        control_api.post("/faults", {**GONE, "instance": instance}, status=201)
    control_api.post("/reset")
    assert control_api.items("/faults") == []
    assert send().status_code == 200
    assert control_api.post("/faults", GONE, status=201)["id"] == "f1"


def test_the_reset_of_one_instance_clears_its_own_alone(control_api: ControlApi) -> None:
    for instance in (None, KEY, UNLINKED):
        control_api.post("/faults", {**GONE, "instance": instance}, status=201)
    control_api.post(f"/reset?instance={KEY}")
    assert [item["id"] for item in control_api.items("/faults")] == ["f1", f"f1.{UNLINKED}"]


def test_the_reset_of_one_instance_begins_its_counting_anew(
    control_api: ControlApi, send: Send
) -> None:
    control_api.post("/faults", {"fault": "rate-limit", "calls": 1}, status=201)
    assert [send().status_code for _ in range(2)] == [200, 429]
    control_api.post(f"/reset?instance={KEY}")
    assert [send().status_code for _ in range(2)] == [200, 429]


def test_a_removed_instance_takes_its_faults_along(control_api: ControlApi) -> None:
    key = other(control_api)["key"]
    control_api.post("/faults", {**GONE, "instance": key}, status=201)
    control_api.delete(f"/instances/{key}")
    assert control_api.items("/faults") == []


def test_the_number_of_faults_is_bounded(
    control_api: ControlApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(active, "ARMED_MOST", 3)
    for _ in range(3):
        control_api.post("/faults", GONE, status=201)
    assert "DELETE /_mock/faults" in control_api.refusal("POST", "/faults", GONE, status=409)


def test_a_fault_that_is_over_makes_room(
    control_api: ControlApi, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(active, "ARMED_MOST", 3)
    for times in (None, 1, None):
        wishes = {"fault": "error-true-200", "operation": "send_text" if times else "restart"}
        control_api.post("/faults", {**wishes, "times": times}, status=201)
    assert send().json == {"error": True, "message": "Internal Server Error"}
    control_api.post("/faults", GONE, status=201)
    assert [item["id"] for item in control_api.items("/faults")] == ["f1", "f3", "f4"]


def test_what_one_fault_remembers_is_bounded(app: MockApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(armed_fault, "TALLIES_MOST", 2)
    faults, [operation] = (
        app.runtime.faults,
        [found for found in app.runtime.api.operations if found.id == "send_text"],
    )
    limit = faults.arm({"fault": "rate-limit", "calls": 1})
    for key in ("a", "b", "c", "d"):
        faults.match([], operation, key, None)
    assert list(limit.tallies) == ["c", "d"]


# -- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        ({}, "fault: is required; the name of a kind"),
        ({"fault": None}, "fault: is required; the name of a kind"),
        ({"fault": 7}, "fault: must be a string, not 7"),
        ({"fault": "bad_gateway"}, "did you mean bad-gateway?"),
        ({**GONE, "second": 1}, "second: bad-gateway has no such parameter, did you mean seconds?"),
        ({**GONE, "status": 503}, "there are after, seconds, operation"),
        ({**GONE, "time": 3}, "did you mean times?"),
        ({"fault": "reply", "status": "503"}, 'a whole number from 200 to 599, not "503"'),
        ({"fault": "reply", "status": 199}, "from 200 to 599"),
        ({"fault": "reply", "headers": {"A\nB": "c"}}, "headers: must be an object"),
        ({"fault": "reply", "headers": {"Content-Length": "1"}}, "without Content-Length"),
        ({"fault": "reply", "headers": {"A": "b\r\nC: d"}}, "printable ASCII"),
        ({"fault": "reply", "content_type": "text/plain\n"}, "content_type: must be"),
        ({"fault": "delay", "seconds": [2, 1]}, "[least, most]"),
        ({"fault": "delay", "seconds": -1}, "seconds: must be seconds from 0 to 3600"),
        ({"fault": "delay", "seconds": True}, "seconds: must be"),
        ({"fault": "hang", "seconds": 1e9}, "from 0 to 3600"),
        ({"fault": "rate-limit", "window": 0}, "window: must be"),
        ({"fault": "ban-after", "messages": 0}, "messages: must be a whole number from 1"),
        ({"fault": "accepted-undelivered", "stays": "read"}, "pending or server"),
        ({"fault": "reset", "after": "yes"}, "after: must be true or false"),
        ({**GONE, "times": 0}, "times: must be a whole number from 1"),
        ({**GONE, "skip": -1}, "skip: must be"),
        ({**GONE, "percent": 101}, "percent: must be a number from 0 to 100"),
        ({**GONE, "instance": 5}, "instance: must be a string"),
        ({**GONE, "operation": "sendText"}, "no 'sendText', did you mean send_text?"),
        ({**GONE, "recipient": "nobody@nowhere.example"}, "nowhere.example"),
        ({"fault": "media-expired", "operation": "send_text"}, "concerns download_media"),
        ({"fault": "qr-never-scanned", "recipient": "5511900000002"}, "concerns the phone"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)  # fmt: skip
def test_what_cannot_be_is_told_in_a_sentence(
    calm: ControlApi, wishes: dict[str, Any], sentence: str
) -> None:
    assert sentence in calm.refusal("POST", "/faults", wishes)
    assert calm.items("/faults") == []


def test_an_unknown_instance_is_told(calm: ControlApi) -> None:
    wishes = {**GONE, "instance": "megacode-NOBODY"}
    assert "megacode-NOBODY" in calm.refusal("POST", "/faults", wishes, status=404)


def test_the_kinds_are_listed_with_their_parameters(calm: ControlApi) -> None:
    document = calm.get("/faults/kinds")
    kinds = {item["name"]: item for item in document["items"]}
    assert kinds.keys() == registry.discover().keys()
    assert kinds["cut-body"]["parameters"][0] == {
        "name": "keep",
        "default": None,
        "accepts": "a whole number from 0 to 1000000, or null",
        "help": "bytes that are sent; null: half",
    }
    assert [one["name"] for one in document["scope"]][:2] == ["operation", "instance"]


# -- which call --------------------------------------------------------------------------------


def test_by_operation(app: MockApp, control_api: ControlApi, send: Send) -> None:
    control_api.post("/faults", {**GONE, "operation": "instance_status"}, status=201)
    assert (send().status_code, status(app).status_code) == (200, 502)


def test_by_instance(control_api: ControlApi, send: Send) -> None:
    second = other(control_api)
    control_api.post("/faults", {**GONE, "instance": second["key"]}, status=201)
    assert (send().status_code, send(**second).status_code) == (200, 502)


@pytest.mark.parametrize("form", ["5511900000004", "5511900000004@s.whatsapp.net"])
def test_by_recipient_in_any_form(
    app: MockApp, control_api: ControlApi, send: Send, form: str
) -> None:
    control_api.post("/faults", {**GONE, "recipient": "5511900000004"}, status=201)
    assert send("5511900000002").status_code == 200
    assert send(form).status_code == 502
    # Neither a call for nobody nor one that cannot be read is for this recipient.
    assert status(app).status_code == 200
    assert send(data=b"{broken").status_code == 400
    assert send(data=b"[]").status_code == 500
    assert send(data=b'{"messageData": {"to": 5}}').status_code == 500


def test_by_group(control_api: ControlApi, send: Send) -> None:
    control_api.post("/faults", {**GONE, "recipient": GROUP}, status=201)
    assert (send().status_code, send(GROUP).status_code) == (200, 502)


def test_skip_times_and_order(control_api: ControlApi, send: Send) -> None:
    """Faults that replace the answer hit in the order they were armed, one for each call."""
    control_api.post("/faults", {**GONE, "skip": 1, "times": 2}, status=201)
    control_api.post("/faults", {"fault": "rate-limit", "times": 2}, status=201)
    assert [send().status_code for _ in range(6)] == [429, 502, 502, 429, 200, 200]
    assert [(item["used"], item["over"]) for item in control_api.items("/faults")] == [
        (2, True)
    ] * 2


def test_all_others_hit_together(control_api: ControlApi, send: Send) -> None:
    control_api.post("/faults", {"fault": "accepted-undelivered"}, status=201)
    control_api.post("/faults", {"fault": "delay", "seconds": 0}, status=201)
    control_api.post("/faults", {**GONE, "after": True}, status=201)
    reply = send()
    assert reply.status_code == 502
    for name in ("f1 accepted-undelivered", "f2 delay", "f3 bad-gateway", "real answer was 200"):
        assert name in reply.headers["X-Mock-Reason"]
    assert control_api.items("/exchanges")[0]["fault"] == {"id": "f3", "name": "bad-gateway"}
    assert control_api.items("/messages")[0]["state"] == "server"


def test_checks_before_a_fault_come_first(
    app: MockApp, control_api: ControlApi, send: Send
) -> None:
    """Route, instance, token; only then the fault, and the body after it."""
    control_api.post("/faults", GONE, status=201)
    assert app.test_client().get("/rest/nothing").status_code == 404
    assert send(key="megacode-NOBODY").status_code == 404
    assert send(token="wrong").status_code == 401
    assert control_api.items("/faults")[0]["used"] == 0
    assert send(data=b"{broken").status_code == 502
    assert send(key=UNLINKED, token=UNLINKED_TOKEN).status_code == 502


# -- before and after --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code"),
    [("reply", 500), ("malformed-json", 200), ("cut-body", 200), ("empty-200", 200),
     ("bad-gateway", 502), ("error-true-200", 200), ("rate-limit", 429)],
)  # fmt: skip
@pytest.mark.parametrize("after", [False, True])
def test_the_call_is_done_only_with_after(
    make_app: MakeApp, fault: str, code: int, after: bool
) -> None:
    transport = RecordingTransport()
    app = make_app(transport=transport)
    with app.runtime.instances.store.change(KEY) as instance:
        instance.set_webhook("http://127.0.0.1:9/hook")
    control_api = ControlApi(app)
    control_api.post("/faults", {"fault": fault, "after": after, "times": 1}, status=201)
    reply = sender(app)()
    assert reply.status_code == code
    # An intended failure is never taken for our own bug.
    assert reply.headers["X-Mock-Reason"].startswith(f"fault f1 {fault}, armed by")
    reply.get_data()
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert len(control_api.items("/messages")) == (1 if after else 0)
    assert len(transport.posts) == (4 if after else 0)
    assert len(control_api.items("/exchanges")[0]["events"]) == (4 if after else 0)
    # The number of the message that was never sent is not used up.
    first = sender(app)().json["messageData"]["key"]["id"]
    assert (first == Ids(0).message(KEY, 1)) is not after


def test_a_refusal_behind_a_lost_answer_is_told(control_api: ControlApi, send: Send) -> None:
    control_api.post("/faults", {**GONE, "after": True}, status=201)
    reply = send("5511900000099")
    assert reply.status_code == 502
    assert "the real answer was 403" in reply.headers["X-Mock-Reason"]
    assert "5511900000099" in reply.headers["X-Mock-Reason"]


def test_a_delay_before_holds_up_the_call_and_a_delay_after_its_answer(
    app: MockApp, control_api: ControlApi, send: Send
) -> None:
    for after, there in ((False, 0), (True, 1)):
        control_api.post("/reset")
        control_api.post("/faults", {"fault": "delay", "seconds": 600, "after": after}, status=201)
        waiting = threading.Event()
        done = threading.Thread(target=send)
        pipeline = app.pipeline
        pipeline.stopping = Halting(waiting)
        done.start()
        assert waiting.wait(60)
        assert len(control_api.items("/messages")) == there
        pipeline.stopping.set()
        done.join(60)
        assert len(control_api.items("/messages")) == 1


class Halting(threading.Event):
    """Tells when somebody waits for it."""

    def __init__(self, waiting: threading.Event) -> None:
        super().__init__()
        self._waiting = waiting

    def wait(self, timeout: float | None = None) -> bool:
        self._waiting.set()
        return super().wait(60)


@pytest.mark.parametrize("fault", ["delay; seconds=0", "bad-gateway; after=true"])
def test_no_fault_covers_a_bug_of_our_own(make_app: MakeApp, fault: str) -> None:
    def broken(call: Call) -> Any:
        raise ZeroDivisionError

    app = make_app(handlers={**discover(), "send_message/send_text": operation()(broken)})
    reply = sender(app)(fault=fault)
    assert reply.status_code == 500
    assert "X-Mock-Reason" not in reply.headers
    assert len(app.runtime.records.bugs) == 1
    app.runtime.records.bugs.clear()


# -- chance ------------------------------------------------------------------------------------


def drawn(app: MockApp, key: str, count: int = 60) -> list[bool]:
    token = key.partition("-")[2]
    send = sender(app)
    return [send(key=key, token=token).status_code == 502 for _ in range(count)]


def test_percent_is_drawn_from_the_seed_for_each_instance_by_itself(make_app: MakeApp) -> None:
    """What an instance meets depends neither on the others nor on how the calls interleave."""
    keys = [f"megacode-TESTKEY00{number}" for number in range(10, 14)]

    def begun(seed: int = 0) -> MockApp:
        app = make_app(clock=Clock(frozen_at=START), ids=Ids(seed))
        control_api = ControlApi(app)
        for key in keys:
            control_api.post("/instances", {"key": key, "connected": True}, status=201)
        control_api.post("/faults", {**GONE, "percent": 30}, status=201)
        return app

    alone = {key: drawn(begun(), key) for key in keys}
    crowded, came = begun(), {}
    threads = [
        threading.Thread(target=lambda key=key: came.update({key: drawn(crowded, key)}))
        for key in keys
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert came == alone
    assert all(8 <= hits.count(True) <= 28 for hits in alone.values())
    assert len({tuple(hits) for hits in alone.values()}) == len(keys)
    assert drawn(begun(seed=1), keys[0]) != alone[keys[0]]


@pytest.mark.parametrize(("percent", "share"), [(0, 0), (100, 20)])
def test_percent_at_its_ends(control_api: ControlApi, send: Send, percent: int, share: int) -> None:
    control_api.post("/faults", {**GONE, "percent": percent}, status=201)
    assert [send().status_code for _ in range(20)].count(502) == share


def test_arming_for_other_instances_does_not_shift_what_is_drawn(make_app: MakeApp) -> None:
    found = []
    for before in ((), (None, UNLINKED)):
        app = make_app()
        control_api = ControlApi(app)
        for instance in before:
            wishes = {**GONE, "instance": instance, "operation": "restart"}
            control_api.post("/faults", wishes, status=201)
        control_api.post("/faults", {**GONE, "instance": KEY, "percent": 50}, status=201)
        found.append(drawn(app, KEY))
    assert found[0] == found[1]


def test_a_long_tail_is_mostly_short(app: MockApp) -> None:
    [operation] = [one for one in app.runtime.api.operations if one.id == "send_text"]
    app.runtime.faults.arm({"fault": "delay", "seconds": 1, "longest": 50})
    waits = []
    for _ in range(1_000):
        [fault] = app.runtime.faults.match([], operation, KEY, None)
        waits.append(fault.kind.wait(fault.moment))
    assert min(waits) >= 1
    assert max(waits) == 50
    assert 400 <= sum(wait > 2 for wait in waits) <= 600
    assert 60 <= sum(wait > 10 for wait in waits) <= 140


# -- asked for by the call itself --------------------------------------------------------------


def test_a_header_hits_its_own_call_alone(control_api: ControlApi, send: Send) -> None:
    reply = send(fault='reply; status=418; body={"short": true}; headers={"A": "b"}')
    assert (reply.status_code, reply.json, reply.headers["A"]) == (418, {"short": True}, "b")
    assert reply.headers["X-Mock-Reason"] == "fault reply, asked for by X-Mock-Fault"
    assert control_api.items("/exchanges")[0]["fault"] == {"id": None, "name": "reply"}
    assert control_api.items("/faults") == []
    assert send().status_code == 200


def test_what_a_header_does_to_an_instance_ends_with_its_call(
    control_api: ControlApi, send: Send
) -> None:
    assert send(fault="accepted-undelivered").status_code == 200
    assert send().status_code == 200
    assert [message["state"] for message in control_api.items("/messages")] == ["server", "read"]


def test_a_cut_body_always_lacks_a_byte(send: Send) -> None:
    reply = send(fault="cut-body; keep=1000000")
    assert len(reply.get_data()) == int(reply.headers["Content-Length"]) - 1


def test_a_header_comes_before_what_is_armed(control_api: ControlApi, send: Send) -> None:
    control_api.post("/faults", GONE, status=201)
    assert send(fault="rate-limit").status_code == 429
    assert control_api.items("/faults")[0]["used"] == 0


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("", "X-Mock-Fault is ignored: fault: there is no ''"),
        ("bad-gatewy", "did you mean bad-gateway?"),
        ("reply; status=99", "status: must be a whole number from 200 to 599, not 99"),
        ("reply; status", "'status' must be name=value"),
        ("reply; times=3", "times: reply has no such parameter"),
        ("reply; body=caf\xe9", ""),
        ("media-expired", "media-expired concerns download_media, not send_text"),
        ("qr-never-scanned", "concerns the phone"),
        ("rate-limit; calls=3", "rate-limit lets a single call pass"),
    ],
)
def test_a_header_that_asks_for_what_there_is_not_is_told(
    control_api: ControlApi, send: Send, fault: str, told: str
) -> None:
    reply = send(fault=fault)
    if not told:
        assert reply.status_code == 500
        return
    assert reply.status_code == 200
    assert told in reply.headers["X-Mock-Reason"]
    assert control_api.items("/exchanges")[0]["fault"] is None


def test_a_ban_can_be_asked_for(control_api: ControlApi, send: Send) -> None:
    assert [send(fault="ban-after").status_code, send().status_code] == [200, 403]
    assert control_api.items("/exchanges")[0]["fault"] == {"id": None, "name": "ban-after"}


def test_a_refused_send_is_no_message_on_the_way_to_a_ban(
    control_api: ControlApi, send: Send
) -> None:
    control_api.post("/faults", {"fault": "ban-after", "messages": 2}, status=201)
    numbers = ["5511900000099", "5511900000002", "5511900000099", "5511900000002", "5511900000002"]
    answers = [send(number).headers.get("X-Mock-Reason", "") for number in numbers]
    assert ["ban-after" in answer for answer in answers] == [False, False, False, True, False]
    assert "not linked" in answers[-1]


# -- rules of single kinds ---------------------------------------------------------------------


def test_a_rate_limit_counts_for_each_instance_by_itself(
    control_api: ControlApi, send: Send
) -> None:
    second = other(control_api)
    control_api.post("/faults", {"fault": "rate-limit", "calls": 1, "retry_after": 7}, status=201)
    assert [send().status_code, send(**second).status_code] == [200, 200]
    assert send().headers["Retry-After"] == "7"


def test_a_window_begins_anew_when_the_clock_is_set_back(
    control_api: ControlApi, send: Send
) -> None:
    control_api.post("/faults", {"fault": "rate-limit", "calls": 1}, status=201)
    assert [send().status_code for _ in range(2)] == [200, 429]
    control_api.post("/clock", {"set": START - 1000})
    assert send().status_code == 200


@pytest.mark.parametrize(
    ("wishes", "content_type", "body"),
    [
        ({"body": "<html>"}, "text/plain; charset=utf-8", b"<html>"),
        ({"body": "<html>", "content_type": "text/html"}, "text/html", b"<html>"),
        ({"body": [1]}, "application/json; charset=utf-8", b"[1]"),
        ({"status": 200}, "application/json; charset=utf-8", b'{"error":false}'),
        ({"status": 204, "body": "x"}, None, b""),
        ({"status": 599}, "application/json; charset=utf-8",
         b'{"name":"UNKNOWN_ERROR","message":"Unknown Error","statusCode":599}'),
    ],
)  # fmt: skip
def test_a_reply_is_what_was_asked_for(
    control_api: ControlApi,
    send: Send,
    wishes: dict[str, Any],
    content_type: str | None,
    body: bytes,
) -> None:
    control_api.post("/faults", {"fault": "reply", **wishes}, status=201)
    reply = send()
    assert reply.status_code == wishes.get("status", 500)
    assert (reply.headers.get("Content-Type"), reply.get_data()) == (content_type, body)


def test_a_zombie_for_one_contact_leaves_the_others_alone(
    control_api: ControlApi, send: Send
) -> None:
    control_api.post(
        "/faults", {"fault": "zombie-session", "recipient": "5511900000004"}, status=201
    )
    send("5511900000002")
    send("5511900000004")
    for number in ("5511900000002", "5511900000004"):
        control_api.post(f"/instances/{KEY}/inbound", {"from": number}, status=201)
    states = [message["state"] for message in control_api.items("/messages")]
    assert states == ["read", "pending", "delivered", "pending"]


def test_a_zombie_also_holds_what_was_on_its_way(make_app: MakeApp) -> None:
    app = make_app(switches={"ack_delays": "1,2,3"})
    control_api = ControlApi(app)
    sender(app)()
    control_api.post("/clock", {"advance": 1.5})
    control_api.post("/faults", {"fault": "zombie-session"}, status=201)
    control_api.post("/clock", {"advance": 60})
    assert control_api.items("/messages")[0]["state"] == "server"


def test_what_never_arrived_edits_nothing(control_api: ControlApi) -> None:
    path = f"/instances/{KEY}/inbound"
    written = control_api.post(path, {"from": "5511900000002", "event": "text-plain"}, status=201)
    control_api.post("/faults", {"fault": "zombie-session"}, status=201)
    control_api.post(path, {"from": "5511900000002", "event": "edited"}, status=201)
    [first, second] = control_api.items("/messages")
    assert first == written
    assert (second["state"], "f1 zombie-session" in second["reason"]) == ("pending", True)


def test_what_is_typed_on_the_own_phone_arrives_in_a_zombie(control_api: ControlApi) -> None:
    control_api.post("/faults", {"fault": "zombie-session"}, status=201)
    own = {"event": "from-me-phone", "to": "5511900000002"}
    assert control_api.post(f"/instances/{KEY}/inbound", own, status=201)["state"] == "server"


def test_the_phone_links_once_the_fault_is_over(control_api: ControlApi) -> None:
    wishes = {"fault": "qr-never-scanned", "instance": UNLINKED, "times": 2}
    control_api.post("/faults", wishes, status=201)
    for _ in range(2):
        control_api.refusal("POST", f"/instances/{UNLINKED}/link", {}, status=409)
    assert control_api.post(f"/instances/{UNLINKED}/link", {})["state"] == "connected"


def test_a_reset_links_whom_the_world_has_linked(control_api: ControlApi) -> None:
    """The fault keeps a phone away, not the starting world."""
    control_api.post("/faults", {"fault": "qr-never-scanned"}, status=201)
    control_api.post(f"/reset?instance={KEY}")
    assert control_api.get(f"/instances/{KEY}")["state"] == "connected"


def test_expired_media_is_said_as_the_switch_has_it(make_app: MakeApp) -> None:
    app = make_app(switches={"media_gone": "403"})
    control_api = ControlApi(app)
    image = {"from": "5511900000002", "event": "image"}
    part = control_api.post(f"/instances/{KEY}/inbound", image, status=201)["content"][
        "imageMessage"
    ]
    names = ("mediaKey", "directPath", "url", "mimetype")
    keys = {"messageType": "image", **{name: part[name] for name in names}}
    reply = app.test_client().post(
        f"/rest/instance/downloadMediaMessage/{KEY}",
        json={"messageKeys": keys},
        headers={**AUTH, "X-Mock-Fault": "media-expired"},
    )
    assert reply.status_code == 403


@pytest.mark.parametrize("stays", ["pending", "server"])
def test_a_message_stays_where_it_is_told_to(
    control_api: ControlApi, send: Send, stays: str
) -> None:
    control_api.post("/faults", {"fault": "accepted-undelivered", "stays": stays}, status=201)
    send()
    send(GROUP)
    control_api.post("/clock", {"advance": 3600})
    assert [message["state"] for message in control_api.items("/messages")] == [stays, stays]


def test_times_hold_to_the_call_whoever_calls_at_once(app: MockApp) -> None:
    [operation] = [one for one in app.runtime.api.operations if one.id == "send_text"]
    faults, came = app.runtime.faults, []
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(150):
            faults.arm({**GONE, "times": 1})
        start = threading.Barrier(8)

        def call() -> None:
            start.wait()
            came.extend(faults.match([], operation, KEY, None) for _ in range(150))

        threads = [threading.Thread(target=call) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(usual)
    assert sum(map(len, came)) == 150
    assert {armed.used for armed in faults.items()} == {1}
