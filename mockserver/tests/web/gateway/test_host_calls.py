"""Dedicated hosts: one token administers all instances, and they come and go with it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from megaapi_mock.profile import default_profile
from megaapi_mock.settings import Settings
from megaapi_mock.spec.plans import ADMIN_TOKEN, EVERY_PLAN
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.gateway.auth import Access

from ...conftest import MakeApp
from ...support import AUTH, KEY, UNLINKED

ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
NEW = "meu-crm-01"


def call(app: MockApp, method: str, path: str, body: Any = None, **headers: str) -> Any:
    options = {} if body is None else {"json": body}
    return app.test_client().open(
        f"/rest/{path}", method=method, headers={**ADMIN, **headers}, **options
    )


def listed(app: MockApp) -> dict[str, str]:
    reply = call(app, "GET", "instance/list")
    return {one["key"]: one["status"] for one in reply.get_json()["instances"]}


def test_token_of_the_settings_is_the_one_of_the_contract() -> None:
    assert Settings().admin_token == ADMIN_TOKEN


def test_what_is_made_is_listed_and_what_is_deleted_is_gone(whole_app: MockApp) -> None:
    before = listed(whole_app)
    assert before == {KEY: "connected", UNLINKED: "disconnected"}
    assert call(whole_app, "POST", f"instance/init?instance_key={NEW}").status_code == 200
    assert listed(whole_app) == {**before, NEW: "disconnected"}
    shown = whole_app.test_client().get(f"/_mock/instances/{NEW}").get_json()
    assert (shown["state"], shown["number"]) == ("disconnected", None)
    assert call(whole_app, "DELETE", f"instance/{NEW}/delete").status_code == 200
    assert listed(whole_app) == before
    assert call(whole_app, "GET", f"instance/{NEW}").status_code == 404


@pytest.mark.parametrize(
    ("query", "data", "url", "enabled"),
    [
        ("", None, "", False),
        ("", {"webhookUrl": "http://127.0.0.1:9/a"}, "http://127.0.0.1:9/a", True),
        ("", {"webhookUrl": "http://127.0.0.1:9/a", "webhookEnabled": False},
         "http://127.0.0.1:9/a", False),
        ("&disableWebhook=true", {"webhookUrl": "http://127.0.0.1:9/a", "webhookEnabled": True},
         "http://127.0.0.1:9/a", False),
        ("", {"webhookUrl": None, "webhookEnabled": None}, "", False),
    ],
)  # fmt: skip
def test_new_instance_has_the_webhook_it_was_given(
    whole_app: MockApp, query: str, data: Any, url: str, enabled: bool
) -> None:
    body = None if data is None else {"messageData": data}
    call(whole_app, "POST", f"instance/init?instance_key={NEW}{query}", body)
    settings = call(whole_app, "GET", f"webhook/{NEW}").get_json()["webhookData"]
    assert settings == {"webhookUrl": url, "webhookEnabled": enabled}


def test_keys_that_nobody_names_are_uuids_of_the_seed(make_app: MakeApp) -> None:
    keys = []
    for _ in range(2):
        app = make_app(profile=default_profile(EVERY_PLAN))
        keys.append(
            [call(app, "POST", "instance/init").get_json()["data"]["instance_key"] for _ in "ab"]
        )
    assert keys[0] == keys[1] and keys[0][0] != keys[0][1]
    uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(uuid.fullmatch(key) for key in keys[0])


def test_key_that_exists_is_replaced_and_repeats_no_id(whole_app: MockApp) -> None:
    def send() -> str:
        body = {"messageData": {"to": "5511900000002", "text": "Bom dia"}}
        reply = call(whole_app, "POST", f"sendMessage/{KEY}/text", body)
        return str(reply.get_json()["messageData"]["key"]["id"])

    first = send()
    assert call(whole_app, "POST", f"instance/init?instance_key={KEY}").status_code == 200
    assert listed(whole_app)[KEY] == "disconnected"
    assert whole_app.test_client().get(f"/_mock/messages?instance={KEY}").get_json()["items"] == []
    link = {"number": "5511900000001"}
    whole_app.test_client().post(f"/_mock/instances/{KEY}/link", json=link)
    assert send() != first


@pytest.mark.parametrize("key", ["a/b", "a b", "a?b", "..", "a%b", "á\n"])
def test_key_that_no_path_can_hold_is_refused(whole_app: MockApp, key: str) -> None:
    reply = whole_app.test_client().post(
        "/rest/instance/init", query_string={"instance_key": key}, headers=ADMIN
    )
    assert reply.status_code == 500 and "cannot stand in a path" in reply.headers["X-Mock-Reason"]


def test_too_many_instances_are_refused_with_the_limit(make_app: MakeApp) -> None:
    app = make_app(profile=default_profile("admin"), settings=Settings(instances_limit=3))
    assert call(app, "POST", "instance/init").status_code == 200
    reply = call(app, "POST", "instance/init")
    assert reply.status_code == 500 and "3 instances already" in reply.headers["X-Mock-Reason"]


@pytest.mark.parametrize("token", ["TESTKEY0001", "TESTKEYWRONG", ""])
def test_only_the_administrator_may(whole_app: MockApp, token: str) -> None:
    authorization = f"Bearer {token}" if token else ""
    for method, path in (
        ("POST", f"instance/init?instance_key={NEW}"),
        ("GET", "instance/list"),
        ("DELETE", f"instance/{KEY}/delete"),
        ("DELETE", "instance/nobody/delete"),
    ):
        reply = call(whole_app, method, path, Authorization=authorization)
        assert reply.status_code == 401, path
    assert listed(whole_app) == {KEY: "connected", UNLINKED: "disconnected"}


@pytest.mark.parametrize(("plan", "status"), [("admin", 200), (EVERY_PLAN, 200), ("code", 401)])
def test_administrators_token_opens_instances_of_dedicated_hosts_alone(
    make_app: MakeApp, plan: str, status: int
) -> None:
    app = make_app(profile=default_profile(plan))
    assert call(app, "GET", f"instance/{KEY}").status_code == status
    assert app.test_client().get(f"/rest/instance/{KEY}", headers=AUTH).status_code == 200


def test_without_own_tokens_the_administrators_alone_opens(make_app: MakeApp) -> None:
    profile = default_profile("admin").with_switches({"own_tokens": "off"})
    app = make_app(profile=profile, settings=Settings(admin_token="TESTKEYOTHER"))
    reply = app.test_client().get(f"/rest/instance/{KEY}", headers=AUTH)
    assert reply.status_code == 401
    assert "not the administrator's" in reply.headers["X-Mock-Reason"]
    assert call(app, "GET", f"instance/{KEY}").status_code == 401
    reply = call(app, "GET", f"instance/{KEY}", Authorization="Bearer TESTKEYOTHER")
    assert reply.status_code == 200


def test_own_tokens_open_where_nobody_administers_all(make_app: MakeApp) -> None:
    app = make_app(profile=default_profile("code").with_switches({"own_tokens": "off"}))
    assert app.test_client().get(f"/rest/instance/{KEY}", headers=AUTH).status_code == 200


def test_nobody_administers_where_there_is_no_token() -> None:
    access = Access("")
    for authorization in ("", "Bearer", "Bearer ", "bearer  "):
        with pytest.raises(Exception, match=r"administrator|Authorization"):
            access.require_admin(authorization)


@pytest.mark.parametrize(
    ("fault", "status"), [("bad-gateway", 502), ("rate-limit", 429), ("empty-200", 200)]
)
def test_fault_answers_in_place_of_a_call_and_nothing_is_done(
    whole_app: MockApp, fault: str, status: int
) -> None:
    reply = call(whole_app, "POST", f"instance/init?instance_key={NEW}", **{"X-Mock-Fault": fault})
    assert reply.status_code in (status, 200) and NEW not in listed(whole_app)


def test_calls_are_in_the_journal_under_their_operation(whole_app: MockApp) -> None:
    call(whole_app, "GET", "instance/list")
    call(whole_app, "DELETE", "instance/nobody/delete")
    items = whole_app.test_client().get("/_mock/exchanges").get_json()["items"]
    assert [(one["operation"], one["instance"]) for one in items] == [
        ("list_instances", None), ("delete_instance", None),
    ]  # fmt: skip


def test_list_comes_before_an_instance_of_that_key(whole_app: MockApp) -> None:
    whole_app.test_client().post("/_mock/instances", json={"key": "list"})
    assert "instances" in call(whole_app, "GET", "instance/list").get_json()
    assert call(whole_app, "DELETE", "instance/list/delete").status_code == 200


def test_reset_logs_out_and_pushes_the_first_code_of_a_new_series(whole_app: MockApp) -> None:
    hook = {"messageData": {"webhookUrl": "http://127.0.0.1:9/hook", "webhookEnabled": True}}
    call(whole_app, "POST", f"webhook/{KEY}/configWebhook", hook)
    reply = call(whole_app, "DELETE", f"instance/{KEY}/reset")
    assert reply.get_json() == {"error": False, "message": "Instance reset"}
    assert listed(whole_app)[KEY] == "disconnected"
    path = f"/_mock/deliveries?instance={KEY}&wait=60&event="
    for event in ("disconnected", "qrcode"):
        [told] = whole_app.test_client().get(path + event).get_json()["items"]
        assert told["event"] == event


def test_older_webhook_calls_change_what_todays_show(whole_app: MockApp) -> None:
    second = "http://127.0.0.1:9/second"
    data = {"webhookUrl": "http://127.0.0.1:9/a", "webhookEnabled": True,
            "webhookSecondaryUrl": second, "webhookSecondaryEnabled": True}  # fmt: skip
    call(whole_app, "POST", f"webhook/{KEY}/configWebhook", {"messageData": data})
    call(whole_app, "POST", f"webhook/{KEY}/updateUrl", {"data": {"url": "http://127.0.0.1:9/b"}})
    call(whole_app, "POST", f"webhook/{KEY}/enableMessage", {"data": {"sendWebhook": False}})
    settings = call(whole_app, "GET", f"webhook/{KEY}").get_json()["webhookData"]
    assert settings == {"webhookUrl": "http://127.0.0.1:9/b", "webhookEnabled": False}
    with whole_app.runtime.instances.store.read(KEY) as instance:
        assert instance.webhook.secondary_url == second
