"""What Express makes of headers: 304 where the client has the answer, and another method."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.web.app import MockApp

from ...conftest import MakeApp
from ...support import AUTH, KEY

STATUS = f"/rest/instance/{KEY}"
TEXT = f"/rest/sendMessage/{KEY}/text"
OVERRIDE = "X-HTTP-Method-Override"


def tag_of(app: MockApp) -> str:
    """The tag of the answer to a status call."""
    return app.test_client().get(STATUS, headers=AUTH).headers["ETag"]


def again(app: MockApp, tags: str, *, method: str = "GET", **headers: str) -> Any:
    headers = {**AUTH, "If-None-Match": tags, **{k.replace("_", "-"): headers[k] for k in headers}}
    return app.test_client().open(STATUS, method=method, headers=headers)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "form", ["{weak}", "{strong}", "*", '"other", {weak}', ' {strong} ,"other"']
)
def test_known_answer_is_304_without_a_body(method: str, form: str, app: MockApp) -> None:
    weak = tag_of(app)
    tags = form.format(weak=weak, strong=weak.removeprefix("W/"))
    reply = again(app, tags, method=method)
    assert (reply.status_code, reply.data) == (304, b"")
    assert reply.headers["ETag"] == weak
    assert reply.headers["X-Mock-Exchange"]
    assert {"Content-Type", "Content-Length", "Content-Encoding"}.isdisjoint(reply.headers.keys())
    exchange = app.test_client().get("/_mock/exchanges").get_json()["items"][-1]
    assert (exchange["response"]["status"], exchange["operation"]) == (304, "instance_status")


@pytest.mark.parametrize(
    ("tags", "headers"),
    [
        ('"other"', {}),
        ("", {}),
        ("{tag}", {"Cache_Control": "no-cache"}),
        ("{tag}", {"Cache_Control": "max-age=0, no-cache"}),
        ("{tag}", {"If_Modified_Since": "Mon, 01 Jan 2024 00:00:00 GMT"}),
        ("{tag}", {"Authorization": "Bearer nobody"}),
    ],
)
def test_answer_comes_whole_to_who_has_not_got_it(
    tags: str, headers: dict[str, str], app: MockApp
) -> None:
    reply = again(app, tags.format(tag=tag_of(app)), **headers)
    assert reply.status_code in (200, 401) and reply.get_json()


def test_refusal_with_its_own_tag_comes_whole(app: MockApp) -> None:
    headers = {"Authorization": "Bearer nobody"}
    refused = app.test_client().get(STATUS, headers=headers)
    reply = again(app, refused.headers["ETag"], **headers)
    assert (reply.status_code, reply.data) == (401, refused.data)


def test_changed_answer_has_another_tag(app: MockApp) -> None:
    tag = tag_of(app)
    app.test_client().post(f"/_mock/instances/{KEY}/unlink", json={"by": "phone"})
    reply = again(app, tag)
    assert (reply.status_code, reply.get_json()["instance"]["status"]) == (200, "disconnected")


def test_send_is_never_304(app: MockApp) -> None:
    body = {"messageData": {"to": "5511900000002", "text": "x"}}
    reply = app.test_client().post(TEXT, headers={**AUTH, "If-None-Match": "*"}, json=body)
    assert reply.status_code == 200 and reply.get_json()["messageData"]


def test_switch_gives_every_answer_whole(make_app: MakeApp) -> None:
    app = make_app(switches={"if_none_match": "200"})
    assert again(app, tag_of(app)).status_code == 200


def logged_out(app: MockApp, method: str, name: str) -> int:
    """The status of a call to log out with another method in its header."""
    headers = {**AUTH, OVERRIDE: name}
    path = f"{STATUS}/logout"
    return int(app.test_client().open(path, method=method, headers=headers).status_code)


@pytest.mark.parametrize(
    ("method", "name", "status"),
    [
        ("POST", "DELETE", 200),
        ("POST", "delete", 200),
        ("POST", " Delete , GET", 200),
        ("POST", "", 404),
        ("POST", "GET", 404),
        ("POST", "NONSENSE", 404),
        ("PUT", "DELETE", 404),
        ("DELETE", "GET", 200),
    ],
)
def test_post_counts_as_the_method_its_header_names(
    method: str, name: str, status: int, app: MockApp
) -> None:
    assert logged_out(app, method, name) == status


def test_post_that_names_head_gets_the_body(app: MockApp) -> None:
    reply = app.test_client().post(STATUS, headers={**AUTH, OVERRIDE: "HEAD"})
    assert reply.status_code == 200 and reply.get_json()["instance"]["key"] == KEY


def test_preflight_is_none_of_the_header_s(app: MockApp) -> None:
    reply = app.test_client().options(STATUS, headers={OVERRIDE: "GET"})
    assert reply.status_code == 204


def test_switch_leaves_the_method_as_it_is(make_app: MakeApp) -> None:
    assert logged_out(make_app(switches={"method_override": "off"}), "POST", "DELETE") == 404
