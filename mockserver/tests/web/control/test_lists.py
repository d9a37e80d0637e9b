"""The control API's lists: filters, pages, waiting, and what is too long to show whole."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.web.app import MockApp, build_app

from ...conftest import MakeApp
from ...control import ControlApi
from ...support import AUTH, KEY, START, UNLINKED, UNLINKED_TOKEN, RecordingTransport

HOOK = "http://127.0.0.1:9/hook"
LONG = "ã" * 40_000  # 80,000 bytes in UTF-8
LISTS = ["/exchanges", "/deliveries", "/messages"]
# Seconds that a wait may take: one that took them was not woken.
WAIT_MOST = 60


def send(app: MockApp, text: str = "oi", *, key: str = KEY, token: str = "TESTKEY0001") -> Any:
    """One text; the answer's document."""
    return (
        app.test_client()
        .post(
            f"/rest/sendMessage/{key}/text",
            json={"messageData": {"to": "5511900000002", "text": text}},
            headers={"Authorization": f"Bearer {token}"},
        )
        .get_json()
    )


def hear(app: MockApp, key: str = KEY) -> None:
    """Webhooks go to the recording transport from now on."""
    app.runtime.instances.publisher.change(key, lambda instance: instance.set_webhook(HOOK))


def two_by_turns(app: MockApp) -> ControlApi:
    """Two linked instances that wrote two texts each, by turns, and one refused call."""
    control_api = ControlApi(app)
    control_api.post(f"/instances/{UNLINKED}/link")
    for key in (KEY, UNLINKED):
        hear(app, key)
    for text in ("um", "dois"):
        send(app, text)
        send(app, text, key=UNLINKED, token=UNLINKED_TOKEN)
    app.test_client().get(f"/rest/instance/{KEY}").get_data()
    assert app.runtime.webhooks.courier.wait_idle(60)
    return control_api


@pytest.fixture(scope="module")
def busy() -> Iterator[ControlApi]:
    """What `two_by_turns` left, for those who only read."""
    app = build_app(clock=Clock(frozen_at=START), transport=RecordingTransport())
    yield two_by_turns(app)
    assert app.stop(60) == 0
    assert list(app.runtime.records.bugs) == []


# -- filters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 5),
        (f"instance={KEY}", 3),
        (f"instance={UNLINKED}", 2),
        ("instance=megacode-NOBODY", 0),
        ("operation=send_text", 4),
        ("operation=instance_status", 1),
        ("status=200", 4),
        ("status=401", 1),
        ("status=499", 0),
        ("event=ack-read", 4),
        ("event=disconnected", 0),
        (f"instance={KEY}&status=200&operation=send_text&event=ack-server", 2),
        ("since=x2.megacode-TESTKEY0002", 1),
        ("since=x999", 5),
        ("limit=2", 2),
    ],
)
def test_exchanges_by(busy: ControlApi, query: str, count: int) -> None:
    assert len(busy.items(f"/exchanges?{query}")) == count


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 16),
        (f"instance={KEY}", 8),
        ("event=ack-read", 4),
        ("event=text-plain", 0),
        ("status=delivered", 16),
        ("status=200", 16),
        ("status=queued", 0),
        ("status=500", 0),
        (f"instance={UNLINKED}&event=ack-server&status=delivered", 2),
        ("since=d8.megacode-TESTKEY0002", 0),
        ("limit=3", 3),
    ],
)
def test_deliveries_by(busy: ControlApi, query: str, count: int) -> None:
    assert len(busy.items(f"/deliveries?{query}")) == count


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 4),
        (f"instance={KEY}", 2),
        ("status=read", 4),
        ("status=pending", 0),
        ("event=extendedTextMessage", 4),
        ("event=imageMessage", 0),
        (f"instance={UNLINKED}&status=read&event=extendedTextMessage", 2),
        ("since=never", 4),
        ("limit=1", 1),
    ],
)
def test_messages_by(busy: ControlApi, query: str, count: int) -> None:
    assert len(busy.items(f"/messages?{query}")) == count


@pytest.mark.parametrize("path", ["exchanges", "deliveries"])
def test_an_event_that_does_not_exist_is_refused_at_once(busy: ControlApi, path: str) -> None:
    refusal = busy.refusal("GET", f"/{path}?event=text&wait=60")
    assert refusal.startswith("there is no event 'text': did you mean text-")
    assert refusal.endswith("see /_mock/events")


def test_an_event_is_not_the_type_of_a_message(busy: ControlApi) -> None:
    refusal = busy.refusal("GET", "/messages?event=text-plain&wait=60")
    assert refusal.startswith("event: text-plain is an event: /_mock/deliveries is asked by those")


def test_messages_of_an_unknown_instance(busy: ControlApi) -> None:
    assert "megacode-NOBODY" in busy.refusal(
        "GET", "/messages?instance=megacode-NOBODY", status=404
    )


def test_an_exchange_has_all_of_it(app: MockApp, control_api: ControlApi) -> None:
    sent = app.test_client().post(
        f"/rest/sendMessage/{KEY}/text?x=1",
        json={"messageData": {"to": "5511900000002"}},
        headers={**AUTH, "X-Test": "a"},
    )
    (exchange,) = control_api.items("/exchanges")
    assert exchange["id"] == sent.headers["X-Mock-Exchange"]
    assert exchange["reason"] == sent.headers["X-Mock-Reason"]
    assert exchange["violations"] and exchange["events"] == []
    request, response = exchange["request"], exchange["response"]
    assert request["method"] == "POST"
    assert request["path"] == f"/rest/sendMessage/{KEY}/text?x=1"
    assert request["headers"]["X-Test"] == "a"
    assert request["headers"]["Content-Type"] == "application/json"
    assert request["body"] == {"messageData": {"to": "5511900000002"}}
    assert (response["status"], response["body"]) == (500, sent.get_json())
    assert response["headers"] == dict(sent.headers)


def test_a_delivery_has_all_of_it(app: MockApp, control_api: ControlApi) -> None:
    hear(app)
    control_api.post(f"/instances/{KEY}/inbound", {}, status=201)
    assert app.runtime.webhooks.courier.wait_idle(60)
    (delivery,) = control_api.items("/deliveries")
    assert (delivery["url"], delivery["event"]) == (HOOK, "text-plain")
    assert delivery["message_type"] == delivery["payload"]["messageType"] == "conversation"
    (attempt,) = delivery["attempts"]
    assert (attempt["status"], attempt["body"], attempt["error"]) == (200, "ok", None)


def test_an_unknown_route_belongs_to_the_instance_it_names(
    app: MockApp, control_api: ControlApi
) -> None:
    app.test_client().get("/rest/nothing").get_data()
    app.test_client().get("/rest/instance/megacode-NOBODY").get_data()
    app.test_client().post(f"/rest/sendMessage/{KEY}/fax").get_data()
    route, key, named = control_api.items("/exchanges")
    assert (route["instance"], route["operation"]) == (None, None)
    assert (key["instance"], key["operation"]) == (None, "instance_status")
    assert (named["instance"], named["operation"]) == (KEY, None)
    assert control_api.items(f"/exchanges?instance={KEY}") == [named]


# -- pages -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 5000])
def test_pages_walk_everything_exactly_once(busy: ControlApi, path: str, limit: int) -> None:
    whole = busy.items(path)
    assert busy.walk(f"{path}?limit={limit}") == whole
    ids = [item["id"] for item in whole]
    assert len(ids) == len(set(ids)) >= 4


@pytest.mark.parametrize("path", LISTS)
def test_pages_walk_a_filtered_list_too(busy: ControlApi, path: str) -> None:
    whole = busy.items(f"{path}?instance={KEY}")
    assert busy.walk(f"{path}?instance={KEY}&limit=1") == whole
    assert {item["instance"] for item in whole} == {KEY}


def test_messages_of_all_instances_come_in_the_order_they_came(busy: ControlApi) -> None:
    assert [item["instance"] for item in busy.items("/messages")] == [KEY, UNLINKED] * 2


def test_who_remembers_the_last_message_misses_none_of_any_instance(app: MockApp) -> None:
    """Even while the clock stands still and the next one is an earlier instance's."""
    control_api = two_by_turns(app)
    last = control_api.items("/messages")[-1]
    assert last["instance"] == UNLINKED
    sent = send(app, "mais um")
    (found,) = control_api.items(f"/messages?since={last['id']}")
    assert found["id"] == sent["messageData"]["key"]["id"]


@pytest.mark.parametrize("path", LISTS)
def test_the_newest_is_last(app: MockApp, path: str) -> None:
    control_api = two_by_turns(app)
    before = control_api.items(path)
    send(app, "tres")
    assert app.runtime.webhooks.courier.wait_idle(60)
    after = control_api.items(path)
    assert after[: len(before)] == before and len(after) > len(before)


# -- numbers that cannot be --------------------------------------------------------------------


@pytest.mark.parametrize("path", [*LISTS, "/instances"])
@pytest.mark.parametrize("limit", ["0", "-1", "1.5", "", "x", "5001", "9" * 5000, "²", "٣"])
def test_limits_that_cannot_be(calm: ControlApi, path: str, limit: str) -> None:
    assert "limit" in calm.refusal("GET", path, query_string={"limit": limit})


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("wait", ["-1", "60.1", "x", "", "nan", "inf", "1e3"])
def test_waits_that_cannot_be(calm: ControlApi, path: str, wait: str) -> None:
    assert "wait" in calm.refusal("GET", path, query_string={"wait": wait})


# -- waiting -----------------------------------------------------------------------------------


def until(fact: Callable[[], Any], *, limit: float = 60) -> None:
    """Return once the fact holds; fail after `limit` seconds."""
    end, pause = time.monotonic() + limit, threading.Event()
    while not fact():
        assert time.monotonic() < end
        pause.wait(0.001)


class Waiter:
    """A GET that waits in a thread of its own; `items` is what came, and how long it took."""

    def __init__(self, app: MockApp, path: str) -> None:
        self.found: list[Any] = []
        self.seconds = 0.0
        self._app, self._path = app, path
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()
        until(lambda: app.runtime.records.journal.waiting)

    def _ask(self) -> None:
        begin = time.monotonic()
        self.found = ControlApi(self._app).items(self._path)
        self.seconds = time.monotonic() - begin

    def items(self) -> list[Any]:
        self._thread.join(60)
        assert not self._thread.is_alive(), f"{self._path} is still waiting"
        assert self.seconds < WAIT_MOST, "nothing woke it"
        return self.found


@pytest.mark.parametrize("path", LISTS)
def test_a_wait_ends_with_nothing(control_api: ControlApi, path: str) -> None:
    begin = time.monotonic()
    assert control_api.get(f"{path}?wait=0.05&instance={KEY}") == {
        "items": [],
        "next": None,
        "epoch": 0,
    }
    assert 0.05 <= time.monotonic() - begin < WAIT_MOST


@pytest.mark.parametrize("path", LISTS)
def test_a_wait_for_what_is_there_does_not_wait(busy: ControlApi, path: str) -> None:
    begin = time.monotonic()
    assert busy.items(f"{path}?wait={WAIT_MOST}")
    assert time.monotonic() - begin < WAIT_MOST


def test_a_wait_for_an_exchange_ends_with_it(app: MockApp) -> None:
    waiter = Waiter(app, f"/exchanges?wait={WAIT_MOST}&operation=send_text")
    app.test_client().get(f"/rest/instance/{KEY}", headers=AUTH).get_data()
    send(app)
    assert [item["operation"] for item in waiter.items()] == ["send_text"]


def test_a_wait_for_a_delivered_webhook_ends_with_it(app: MockApp) -> None:
    hear(app)
    waiter = Waiter(app, f"/deliveries?wait={WAIT_MOST}&event=ack-read&status=delivered")
    send(app)
    (delivery,) = waiter.items()
    assert (delivery["event"], delivery["state"]) == ("ack-read", "delivered")


def test_a_wait_for_a_message_ends_with_a_send(app: MockApp) -> None:
    waiter = Waiter(app, f"/messages?wait={WAIT_MOST}")
    send(app)
    assert len(waiter.items()) == 1


def test_wait_for_message_ends_with_inbound_one_without_webhook(
    app: MockApp, control_api: ControlApi
) -> None:
    waiter = Waiter(app, f"/messages?wait={WAIT_MOST}&instance={KEY}&event=conversation")
    control_api.post(f"/instances/{KEY}/inbound", {}, status=201)
    assert [item["type"] for item in waiter.items()] == ["conversation"]


def test_a_wait_for_a_state_ends_with_the_clock(make_app: MakeApp) -> None:
    app = make_app(switches={"ack_delays": "1,2,3"})
    send(app)
    waiter = Waiter(app, f"/messages?wait={WAIT_MOST}&status=read")
    ControlApi(app).post("/clock", {"advance": 3})
    assert [item["state"] for item in waiter.items()] == ["read"]


def test_a_wait_since_the_last_ends_with_the_next(app: MockApp) -> None:
    first = send(app)["messageData"]["key"]["id"]
    waiter = Waiter(app, f"/messages?wait={WAIT_MOST}&since={first}")
    second = send(app)["messageData"]["key"]["id"]
    assert [item["id"] for item in waiter.items()] == [second]


@pytest.mark.parametrize("path", LISTS)
def test_another_epoch_is_told_and_its_ids_begin_anew(app: MockApp, path: str) -> None:
    control_api = ControlApi(app)
    hear(app)
    sent = f"{path}?instance={KEY}"
    epochs = [control_api.get(path)["epoch"], control_api.get(sent)["epoch"]]
    send(app)
    last = control_api.items(sent)[-1]["id"]
    known = f"{sent}&since={last}&epoch={epochs[1]}"
    assert control_api.get(known) == {"items": [], "next": None, "epoch": epochs[1]}
    # What befalls another instance's records says nothing of these.
    control_api.post(f"/reset?instance={UNLINKED}")
    assert [control_api.get(path)["epoch"], control_api.get(sent)["epoch"]] == [
        epochs[0] + 1,
        epochs[1],
    ]
    control_api.post(f"/reset?instance={KEY}", {"ids": "again"})
    hear(app)
    send(app)
    came = control_api.get(f"{known}&wait={WAIT_MOST}")
    assert came["epoch"] == epochs[1] + 1
    assert last in [item["id"] for item in came["items"]]
    assert control_api.get(f"{sent}&since={last}&epoch={came['epoch']}")["items"] == []


def test_a_stop_lets_everyone_go_who_waits(app: MockApp) -> None:
    waiter = Waiter(app, f"/exchanges?wait={WAIT_MOST}")
    app.close_streams()
    assert waiter.items() == []


def test_many_may_wait_while_many_write(app: MockApp, control_api: ControlApi) -> None:
    """Readers hold instances, writers the journal: neither may wait for the other's lock."""
    hear(app)
    over = threading.Event()
    failures: list[BaseException] = []

    def read(path: str) -> None:
        mine = ControlApi(app)
        try:
            while not over.is_set():
                mine.get(f"{path}{'&' if '?' in path else '?'}limit=1")
        except BaseException as error:
            failures.append(error)

    paths = ["/messages", f"/messages?wait=0.001&instance={KEY}&status=stopped", "/deliveries"]
    readers = [threading.Thread(target=read, args=(path,), daemon=True) for path in paths]
    writers = [
        threading.Thread(target=lambda: [send(app) for _ in range(40)], daemon=True)
        for _ in range(2)
    ]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join(60)
    over.set()
    for thread in readers:
        thread.join(60)
    assert not any(thread.is_alive() for thread in (*readers, *writers))
    assert failures == []
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert len(control_api.items("/deliveries?limit=5000&status=delivered")) == 4 * 80


# -- what is too long --------------------------------------------------------------------------


def test_long_bodies_are_cut_and_marked(app: MockApp, control_api: ControlApi) -> None:
    hear(app)
    send(app, LONG)
    assert app.runtime.webhooks.courier.wait_idle(60)
    (exchange,) = control_api.items("/exchanges")
    (message,) = control_api.items("/messages")
    delivery = control_api.items("/deliveries")[0]
    for shown, field in (
        (exchange["request"], "body"),
        (exchange["response"], "body"),
        (delivery, "payload"),
        (message, "content"),
    ):
        assert shown["cut"] is True and shown["size"] > 80_000
        assert isinstance(shown[field], str)
        assert 65_000 < len(shown[field].encode()) <= 65_539
    assert delivery["event"] == "from-me-api-echo"


def test_a_body_of_just_64_kib_is_whole(app: MockApp, control_api: ControlApi) -> None:
    text = "x" * (64 * 1024 - 2)
    app.test_client().post(
        "/rest/nothing", data=f'"{text}"', content_type="application/json"
    ).get_data()
    app.test_client().post("/rest/nothing", data=f'"{text}x"').get_data()
    whole, cut = (item["request"] for item in control_api.items("/exchanges"))
    assert whole["body"] == text and "cut" not in whole
    assert cut["cut"] is True and cut["size"] == 64 * 1024 + 1


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"", {"body": None}),
        (b"oi", {"body": "oi"}),
        (b"\xff\x00", {"body": "/wA=", "encoding": "base64"}),
        (b"[1]", {"body": [1]}),
        (b"[" * 300 + b"]" * 300, {"body": "[" * 300 + "]" * 300}),
    ],
)
def test_bodies_are_shown_as_what_they_are(
    app: MockApp, control_api: ControlApi, raw: bytes, shown: dict[str, Any]
) -> None:
    app.test_client().post("/rest/nothing", data=raw).get_data()
    (exchange,) = control_api.items("/exchanges")
    request = exchange["request"]
    assert {name: request[name] for name in request if name in ("body", "encoding", "cut")} == shown


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("exchanges?since=zzz", "since: must be the id of an exchange"),
        ("exchanges?since=d1", "since: must be the id of an exchange"),
        ("exchanges?status=5", "status: must be an HTTP status"),
        (
            "exchanges?operation=send_txt",
            "there is no operation 'send_txt': did you mean send_text",
        ),
        ("exchanges?instance=", "instance: must be the key of an instance"),
        ("exchanges?statsu=500", "there is no query parameter 'statsu': did you mean status?"),
        ("deliveries?since=x1", "since: must be the id of a delivery"),
        ("deliveries?status=gone", "status: must be queued, delivered"),
        ("fault-hits?since=1", "since: must be the id of a fault hit"),
        ("messages?since=", "since: must be the id of a message"),
        ("messages?chat=zzz", "chat: must be a number or a JID"),
        ("faults?since=zzz", "since: must be the id of a fault"),
        ("instances?since=a/b", "since: must be the key of an instance"),
        ("plays?since=1", "since: must be the id of a play"),
        ("stream?since=zzz", "since: must be the id of an event"),
        (f"instances/{KEY}/points?since=1", "since: must be the id of a point"),
        (f"instances/{KEY}/groups?since=zzz", "since: must be the JID of an item"),
        (f"instances/{KEY}/chats?with=zzz", "with: must be a number or a JID"),
        ("clock?now=1", "there is no query parameter 'now': it takes none"),
    ],
)
def test_a_malformed_query_is_refused_in_a_sentence(
    query: str, sentence: str, app: MockApp
) -> None:
    assert sentence in ControlApi(app).refusal("GET", f"/{query}")


def test_a_cursor_of_what_has_gone_is_no_malformed_one(app: MockApp) -> None:
    for query in (f"exchanges?since=x999.{KEY}", "deliveries?since=d9", "messages?since=3EB0GONE"):
        assert ControlApi(app).get(f"/{query}")["items"] == []
