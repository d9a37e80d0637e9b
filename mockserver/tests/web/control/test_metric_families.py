"""/_mock/metrics: what was called, sent and held, in Prometheus's own format."""

from __future__ import annotations

import re
from typing import Any

import pytest
from megaapi_mock.resources import root
from megaapi_mock.serving.bodies import Limits
from megaapi_mock.serving.calls import WatchedApp
from megaapi_mock.serving.deferred import DEFERRED_BYTES
from megaapi_mock.settings import Settings
from megaapi_mock.testing import MockServer
from megaapi_mock.web.app import MockApp
from prometheus_client.parser import text_string_to_metric_families

from ...conftest import MakeApp
from ...control import ControlApi
from ...support import AUTH, KEY, TOKEN

FRIEND = "5511900000002"
HOOK = "http://127.0.0.1:9/hook"
Labels = dict[str, str]
PAGE = root("spec").parent / "docs" / "operations.md"


class Metrics:
    """One reading of all metrics."""

    def __init__(self, app: MockApp) -> None:
        reply = app.test_client().get("/_mock/metrics")
        assert reply.status_code == 200, reply.text
        self.text = reply.text
        self.families = list(text_string_to_metric_families(reply.text))
        self.samples = [sample for family in self.families for sample in family.samples]

    def value(self, name: str, **labels: str) -> float:
        """The value of one sample; 0 where there is none, as a counter begins."""
        values = [
            sample.value
            for sample in self.samples
            if sample.name == f"megaapi_mock_{name}" and sample.labels == labels
        ]
        assert len(values) <= 1
        return values[0] if values else 0


def send(app: MockApp, to: str = FRIEND, text: str = "oi", auth: Labels = AUTH) -> int:
    body = {"messageData": {"to": to, "text": text}}
    reply = app.test_client().post(f"/rest/sendMessage/{KEY}/text", json=body, headers=auth)
    reply.get_data()
    reply.close()
    return reply.status_code


def hear(app: MockApp) -> None:
    body = {"messageData": {"webhookUrl": HOOK, "webhookEnabled": True}}
    reply = app.test_client().post(f"/rest/webhook/{KEY}/configWebhook", json=body, headers=AUTH)
    assert reply.status_code == 200
    reply.close()


def test_calls_are_counted_by_operation_and_status(app: MockApp) -> None:
    assert send(app) == send(app) == 200
    refused = send(app, auth={"Authorization": "Bearer TESTTOKEN0001"})
    metrics = Metrics(app)
    assert metrics.value("calls_total", operation="send_text", status="200") == 2
    assert metrics.value("calls_total", operation="send_text", status=str(refused)) == 1
    assert metrics.value("call_duration_seconds_count", operation="send_text") == 3
    assert metrics.value("call_duration_seconds_sum", operation="send_text") > 0


def test_a_path_that_is_none_is_counted_without_its_name(app: MockApp) -> None:
    app.test_client().get(f"/rest/nothing/{KEY}").close()
    assert Metrics(app).value("calls_total", operation="other", status="404") == 1


def test_control_calls_are_counted_by_route(app: MockApp, control_api: ControlApi) -> None:
    inbound = {"from": FRIEND, "text": "oi"}
    client = app.test_client()
    client.post(f"/_mock/instances/{KEY}/inbound", json=inbound).close()
    client.post(f"/_mock/instances/{KEY}/inbound?x=1", json=inbound).close()
    client.post("/_mock/instances/nobody/inbound", json=inbound).close()
    client.get("/_mock/health").close()
    metrics = Metrics(app)
    route = "POST /instances/<key>/inbound"
    assert metrics.value("control_calls_total", route=route, status="201") == 1
    assert metrics.value("control_calls_total", route=route, status="400") == 1
    assert metrics.value("control_calls_total", route=route, status="404") == 1
    assert metrics.value("control_calls_total", route="GET /health", status="200") == 1


def test_webhooks_are_counted_by_event_and_result(app: MockApp, control_api: ControlApi) -> None:
    hear(app)
    control_api.call(
        "POST", f"/instances/{KEY}/inbound", {"from": FRIEND, "text": "oi"}, status=201
    )
    assert app.runtime.webhooks.courier.wait_idle(60)
    delivered = [item["event"] for item in control_api.walk(f"/deliveries?instance={KEY}")]
    assert delivered
    metrics = Metrics(app)
    for event in set(delivered):
        count = metrics.value("webhooks_total", event=event, result="delivered")
        assert count == delivered.count(event)
    assert metrics.value("webhook_duration_seconds_count") == len(delivered)


def test_faults_are_counted_armed_and_hit(app: MockApp, control_api: ControlApi) -> None:
    assert Metrics(app).value("faults_armed") == 0
    control_api.call(
        "POST", "/faults", {"fault": "bad-gateway", "operation": "send_text"}, status=201
    )
    assert send(app) >= 500
    metrics = Metrics(app)
    assert metrics.value("faults_armed") == 1
    assert metrics.value("fault_hits_total", fault="bad-gateway") == 1


def test_chaos_and_what_it_holds_are_counted(app: MockApp, control_api: ControlApi) -> None:
    hear(app)
    control_api.call("POST", f"/instances/{KEY}/chaos", {"delay": [60, 60]})
    control_api.call(
        "POST", f"/instances/{KEY}/inbound", {"from": FRIEND, "text": "oi"}, status=201
    )
    metrics = Metrics(app)
    assert metrics.value("chaos_instances") == 1
    assert metrics.value("webhooks_waiting", place="webhooks_held_by_chaos") >= 1
    assert metrics.value("bytes", of="webhooks_held_by_chaos") > 0
    app.runtime.clock.advance(61)
    assert app.runtime.webhooks.courier.wait_idle(60)
    metrics = Metrics(app)
    assert metrics.value("webhooks_waiting", place="webhooks_held_by_chaos") == 0
    assert metrics.value("chaos_total", kind="delay") >= 1


def test_what_is_held_stands_beside_its_limit(make_app: MakeApp) -> None:
    app = make_app(settings=Settings(messages_limit=7, journal_bytes=100_000, instances_limit=9))
    for _ in range(3):
        send(app)
    metrics = Metrics(app)
    assert metrics.value("records", of="messages_of_fullest_instance") == 3
    assert metrics.value("records_limit", of="messages_of_fullest_instance") == 7
    assert metrics.value("records", of="exchanges") == 3
    assert 0 < metrics.value("bytes", of="exchanges") <= 100_000
    assert metrics.value("bytes_limit", of="exchanges") == 100_000
    assert metrics.value("records", of="instances") == len(app.runtime.instances.store.keys())
    assert metrics.value("records_limit", of="instances") == 9
    assert metrics.value("instances", state="connected") == 1


def test_bodies_are_shown_where_a_server_holds_them(app: MockApp) -> None:
    assert 'of="bodies"' not in Metrics(app).text
    watched = WatchedApp(app, Limits(bodies_bytes=5_000_000))
    watched.budget.take(1_234_567)
    metrics = Metrics(app)
    assert metrics.value("bytes", of="bodies") == 1_234_567
    # Whatever else was set: the server's own limit is what counts.
    assert metrics.value("bytes_limit", of="bodies") == 5_000_000
    assert metrics.value("bytes", of="waits") == 0
    assert metrics.value("bytes_limit", of="waits") == DEFERRED_BYTES


def test_a_wait_is_seen_while_it_lasts(app: MockApp, control_api: ControlApi) -> None:
    from megaapi_mock.records.waiter import Waiter

    with app.runtime.records.journal.waiting_with(Waiter()):
        assert Metrics(app).value("clients_waiting", kind="wait") == 1
    assert Metrics(app).value("clients_waiting", kind="wait") == 0


def test_no_label_holds_a_key_a_token_a_number_or_a_text(
    app: MockApp, control_api: ControlApi
) -> None:
    secret = "nobody may read this"
    hear(app)
    control_api.call("POST", f"/instances/{KEY}/chaos", {"duplicate": 2})
    control_api.call(
        "POST", "/faults", {"fault": "delay", "seconds": 0, "recipient": FRIEND}, status=201
    )
    send(app, text=secret)
    send(app, to="5511900000099", text=secret)
    control_api.call(
        "POST", f"/instances/{KEY}/inbound", {"from": FRIEND, "text": secret}, status=201
    )
    client = app.test_client()
    for path in (f"/rest/x/{TOKEN}", f"/rest/instance/{FRIEND}", f"/_mock/instances/{FRIEND}"):
        client.get(path).close()
    app.runtime.clock.advance(60)
    assert app.runtime.webhooks.courier.wait_idle(60)
    text = Metrics(app).text
    for each in (KEY, TOKEN, FRIEND, "55119", secret, "127.0.0.1", "TESTKEY"):
        assert each not in text


def test_metrics_are_as_few_however_much_is_called(app: MockApp) -> None:
    client = app.test_client()
    send(app)
    client.get("/rest/x/0").close()
    before = len(Metrics(app).samples)
    for number in range(300):
        client.get(f"/rest/{number}/{number}").close()
        client.get(f"/rest/instance/{number}").close()
    # One operation more, unknown instances: its counter, its buckets, sum and count; and the
    # control API's own metrics route, which the first reading itself has called.
    assert len(Metrics(app).samples) <= before + 25


def test_who_counts_wrongly_fails_no_call(app: MockApp, monkeypatch: pytest.MonkeyPatch) -> None:
    hear(app)

    def broken(*_: Any) -> None:
        raise RuntimeError("made up")

    monkeypatch.setattr(app.runtime.records.counts, "_fold", broken)
    for _ in range(300):
        assert send(app) == 200
    monkeypatch.undo()
    assert Metrics(app).value("calls_total", operation="send_text", status="200") == 300
    app.runtime.records.bugs.clear()


def test_openmetrics_is_answered_to_who_accepts_it(app: MockApp) -> None:
    accept = "application/openmetrics-text; version=1.0.0"
    reply = app.test_client().get("/_mock/metrics", headers={"Accept": accept})
    assert reply.content_type.startswith("application/openmetrics-text")
    assert reply.text.endswith("# EOF\n")


def test_two_mocks_in_one_process_count_apart() -> None:
    with MockServer(listen=False) as one, MockServer(listen=False) as other:
        send(one.app)
        assert Metrics(one.app).value("calls_total", operation="send_text", status="200") == 1
        assert Metrics(other.app).value("calls_total", operation="send_text", status="200") == 0


def test_metrics_ask_for_the_token_beyond_loopback(make_app: MakeApp) -> None:
    app = make_app(settings=Settings(host="0.0.0.0", control_token="TESTTOKEN0001"))
    client = app.test_client()
    assert client.get("/_mock/metrics").status_code == 403
    assert (
        client.get("/_mock/metrics", headers={"X-Mock-Token": "TESTTOKEN0001"}).status_code == 200
    )


def test_the_page_lists_every_metric_there_is_and_no_other(app: MockApp) -> None:
    families = {re.sub(r"_total$", "", family.name) for family in Metrics(app).families}
    listed = re.findall(r"^\| `(megaapi_mock_\w+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {re.sub(r"_total$", "", name) for name in listed} == families
