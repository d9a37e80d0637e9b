"""Webhooks by the control API: where they go, chaos, sending again, and the verdict on a bot."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.control import webhook_routes
from megaapi_mock.web.control.webhook_routes import WebhookRoutes

from ...control import ControlApi
from ...support import AUTH, KEY, UNLINKED
from .bot_calls import HOOK, TEXT, heard, send_text

ANA, RUI = "5511900000002", "5511900000004"
Json = dict[str, Any]
VERDICT = {"instance": KEY, "wait": 0}


def write(control_api: ControlApi, sender: str = ANA) -> Json:
    """A text that a contact writes."""
    body = {"from": sender, "text": "oi"}
    message: Json = control_api.post(f"/instances/{KEY}/inbound", body, status=201)
    return message


@pytest.fixture
def hook(app: MockApp, control_api: ControlApi) -> ControlApi:
    """The control API of a mock whose instance has a webhook."""
    control_api.post(f"/instances/{KEY}/webhook", {"url": HOOK})
    return control_api


def settled(app: MockApp, control_api: ControlApi) -> list[Json]:
    """The deliveries of the instance, once none is under way."""
    assert app.runtime.webhooks.courier.wait_idle(60)
    return control_api.items(f"/deliveries?instance={KEY}")


# -- where they go -----------------------------------------------------------------------------


def test_the_webhook_is_set_and_switched_without_a_call_in_the_journal(
    control_api: ControlApi,
) -> None:
    path = f"/instances/{KEY}/webhook"
    assert control_api.post(path, {"url": HOOK})["webhook"] == {"url": HOOK, "enabled": True}
    # What is not given stays, but for the switch: who points it somewhere wants it on.
    assert control_api.post(path, {"enabled": False})["webhook"] == {"url": HOOK, "enabled": False}
    assert control_api.post(path, {"url": HOOK})["webhook"]["enabled"] is True
    assert control_api.post(path, {"url": ""})["webhook"]["url"] == ""
    assert control_api.items("/exchanges") == []


# -- chaos -------------------------------------------------------------------------------------


def test_chaos_says_what_it_holds_and_lets_go(app: MockApp, hook: ControlApi) -> None:
    path = f"/instances/{KEY}/chaos"
    none = {"instance": KEY, "chaos": None, "held": 0, "released": 0}
    assert hook.get(path) == none
    assert hook.post(path, {"delay": [60, 60], "seed": 1})["chaos"]["delay"] == [60.0, 60.0]
    write(hook)
    assert hook.get(path)["held"] == 1
    # Chaos in its place lets go what the first one held, and so does its end.
    assert hook.post(path, {"delay": [60, 60]})["released"] == 1
    write(hook)
    assert hook.delete(path) == {**none, "released": 1}
    assert heard(app, hook) == ["text-plain"] * 2


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_chaos_belongs_to_an_instance(calm: ControlApi, method: str) -> None:
    body = {"duplicate": 2} if method == "POST" else None
    path = "/instances/megacode-NOBODY/chaos"
    assert "megacode-NOBODY" in calm.refusal(method, path, body, status=404)


# -- once more ---------------------------------------------------------------------------------


def test_a_delivery_is_sent_again_under_an_id_of_its_own(app: MockApp, hook: ControlApi) -> None:
    write(hook)
    (first,) = settled(app, hook)
    copy = hook.post(f"/deliveries/{first['id']}/resend", status=201)
    again = settled(app, hook)[1]
    assert (again["id"], again["payload"]) == (copy["id"], first["payload"])
    assert copy["id"] != first["id"]


def test_an_emission_names_its_deliveries(app: MockApp, hook: ControlApi) -> None:
    emission = hook.post(f"/instances/{KEY}/emit", {"event": "call", "count": 2}, status=201)
    assert emission == {
        "deliveries": [each["id"] for each in settled(app, hook)], "reason": None,
    }  # fmt: skip


# -- the verdict -------------------------------------------------------------------------------


def test_a_verdict_comes_in_three_forms(app: MockApp, hook: ControlApi) -> None:
    write(hook)
    send_text(app)
    settled(app, hook)
    verdict = hook.post("/deliveries/verdict", VERDICT)
    assert (verdict["instance"], verdict["passed"]) == (KEY, True)
    client, path = hook.client, "/_mock/deliveries/verdict"
    table = client.post(path, json={**VERDICT, "format": "table"})
    assert (table.mimetype, "passed" in table.text.lower()) == ("text/plain", True)
    junit = client.post(path, json={**VERDICT, "format": "junit"})
    assert (junit.mimetype, junit.text.lstrip().startswith("<")) == ("application/xml", True)


def test_a_verdict_is_about_the_chats_and_the_url_it_is_asked_for(
    app: MockApp, hook: ControlApi
) -> None:
    write(hook, RUI)
    write(hook, ANA)
    send_text(app)
    settled(app, hook)
    # Nobody answered Rui; the clock stands still, so that no answer is waited for.
    assert not hook.post("/deliveries/verdict", VERDICT)["passed"]
    assert hook.post("/deliveries/verdict", {**VERDICT, "chats": [ANA]})["passed"]
    assert not hook.post("/deliveries/verdict", {**VERDICT, "chats": [RUI]})["passed"]
    other = hook.post("/deliveries/verdict", {**VERDICT, "url": "http://127.0.0.1:9/other"})
    assert other != hook.post("/deliveries/verdict", {**VERDICT, "url": HOOK})


def test_a_verdict_begins_after_a_delivery_that_there_was(app: MockApp, hook: ControlApi) -> None:
    write(hook)
    (first,) = settled(app, hook)
    write(hook)
    send_text(app)
    settled(app, hook)
    assert hook.post("/deliveries/verdict", {**VERDICT, "since": first["id"]})["passed"]
    for unknown in (f"d9999.{KEY}", f"x1.{KEY}", "d1", "d1.megacode-NOBODY"):
        sentence = hook.refusal("POST", "/deliveries/verdict", {**VERDICT, "since": unknown})
        assert sentence.startswith("since: there was no delivery")


@pytest.mark.parametrize(
    ("looks", "wait", "shown"),
    [(3, 30, "decided"), (1, 30, "decided"), (10**6, 0.05, "open"), (3, 0, "open")],
    ids=["decided", "at-once", "time-over", "no-wait"],
)
def test_a_verdict_is_waited_for_until_it_is_decided_or_the_time_is_over(
    control_api: ControlApi,
    monkeypatch: pytest.MonkeyPatch,
    looks: int,
    wait: float,
    shown: str,
) -> None:
    """It is decided at so many looks."""
    seen: list[str] = []

    def judge(self: WebhookRoutes, key: str, body: Json, terms: Any) -> Any:
        seen.append("open" if len(seen) + 1 < looks else "decided")
        state = seen[-1]
        return SimpleNamespace(open=state == "open", as_json=lambda: {"state": state})

    monkeypatch.setattr(webhook_routes, "VERDICT_LOOK", 0.001)
    monkeypatch.setattr(WebhookRoutes, "_judge", judge)
    body = {"instance": KEY, "wait": wait}
    reply = control_api.client.post("/_mock/deliveries/verdict", json=body)
    assert reply.get_json() == {"state": shown}
    assert len(seen) == {"decided": looks, "open": len(seen) if wait else 1}[shown]


def test_a_send_that_was_refused_is_told_in_the_verdict(app: MockApp, hook: ControlApi) -> None:
    write(hook)
    body = {"messageData": {**TEXT["messageData"], "to": "1"}}
    refused = app.test_client().post(f"/rest/sendMessage/{KEY}/text", json=body, headers=AUTH)
    assert refused.status_code >= 400
    settled(app, hook)
    verdict = hook.post("/deliveries/verdict", VERDICT)
    (exchange,) = hook.items("/exchanges")
    assert exchange["id"] in str(verdict)


def test_an_instance_without_messages_passes_no_verdict_on_anybody(hook: ControlApi) -> None:
    first = hook.post("/deliveries/verdict", {**VERDICT, "instance": UNLINKED})
    assert first["instance"] == UNLINKED
    nobody = {**VERDICT, "instance": "megacode-NOBODY"}
    assert "megacode-NOBODY" in hook.refusal("POST", "/deliveries/verdict", nobody, status=404)
