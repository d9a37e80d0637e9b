"""The sentence beside an unknown route names what there is, and in which plan."""

from __future__ import annotations

import pytest
import yaml
from megaapi_mock.profile import load_profile
from megaapi_mock.resources import root
from megaapi_mock.spec.operations import operations
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.web.app import MockApp, build_app
from megaapi_mock.web.gateway.route_hints import RouteHints

from ...support import AUTH, KEY

FIXTURES = root("fixtures")
ELSEWHERE = yaml.safe_load((FIXTURES / "routes" / "elsewhere.yaml").read_text(encoding="utf-8"))
SOURCES = yaml.safe_load((root("spec") / "sources.yaml").read_text(encoding="utf-8"))
INDEX = operations(valid_bundle(root("spec")))


def hints(plan: str) -> RouteHints:
    offered = [operation for operation in INDEX if plan in operation.plans]
    return RouteHints(plan, INDEX, offered, FIXTURES)


def reason(method: str, path: str, plan: str = "code") -> str:
    return hints(plan).reason(method, path.replace("KEY", KEY))


@pytest.mark.parametrize(
    ("method", "path", "plan", "sentence"),
    [
        (
            "POST",
            "/rest/sendMessage/KEY/contactMessage",
            "code",
            "is an operation of plan start, business and token, not of plan code",
        ),
        (
            "POST",
            "/rest/group/KEY/promoteParticipants",
            "code",
            "is an operation of plan business and token, not of plan code",
        ),
        ("POST", "/rest/chat/KEY/pinChat", "code", "is an operation of plan token"),
        ("GET", "/rest/group/KEY/inviteInfo", "business", "operation of plan start, not of plan"),
        ("GET", "/rest/group/KEY/inviteInfo", "code", "serve it with --profile start"),
        ("GET", "/rest/config/KEY", "start", "plan code, not of plan start: serve it with --prof"),
        ("POST", "/rest/sendMessage/KEY/buttonMessage", "business", "with --profile code"),
        ("POST", "/rest/instance/init", "code", "plan admin, not of plan code: serve it with"),
        ("POST", "/rest/sendMessage/KEY/image", "code", "serve it with --profile token"),
    ],
)
def test_operation_of_another_plan_names_that_plan(
    method: str, path: str, plan: str, sentence: str
) -> None:
    told = reason(method, path, plan)
    assert sentence in told
    assert "did you mean" not in told or "/_mock/" in told


@pytest.mark.parametrize(
    ("method", "path", "sentence"),
    [
        ("POST", "/rest/instance/KEY/restart", f"/rest/instance/{KEY}/restart takes DELETE"),
        ("POST", "/rest/instance/restart/KEY", "mean DELETE /rest/instance/{instance_key}/restart"),
        ("GET", "/rest/instance/logout/KEY", "mean DELETE /rest/instance/{instance_key}/logout"),
        ("GET", "/rest/instance/KEY/qrcode", "mean GET /rest/instance/qrcode/{instance_key}"),
        ("GET", "/rest/group/KEY/list", "mean GET /rest/group/list/{instance_key}"),
        ("POST", "/rest/group/KEY/setWhoCanSendMessage", "takes PUT (an operation of plan busin"),
        ("POST", "/sendMessage/KEY/text", "mean POST /rest/sendMessage/{instance_key}/text"),
        ("POST", "/api/rest/sendMessage/KEY/text", "mean POST /rest/sendMessage/{instance_key}/te"),
        ("POST", "/rest/sendMessage/KEY/sendText", "mean POST /rest/sendMessage/{instance_key}/te"),
        ("POST", "/rest/sendMesage/KEY/text", "mean POST /rest/sendMessage/{instance_key}/text"),
        ("POST", "/rest/sendMessage/KEY/list", "/rest/sendMessage/{instance_key}/listMessage?"),
        ("POST", "/rest/sendMessage/KEY/listMesage", "sendMessage/{instance_key}/listMessage?"),
        ("POST", "/rest/sendMessage/KEY/presenceUpdateChat", "mean POST /rest/chat/{instance_key}"),
        ("POST", "/rest/chat/KEY/forwardMessage", "mean POST /rest/sendMessage/{instance_key}/f"),
        ("GET", "/rest/instance/KEY/connectionState", "mean GET /rest/instance/{instance_key}?"),
        ("POST", "/rest/chat/KEY/presence", "/rest/chat/{instance_key}/presenceUpdateChat?"),
    ],
)
def test_wrong_path_names_the_operation_that_exists(method: str, path: str, sentence: str) -> None:
    told = reason(method, path)
    assert "is not an operation of plan code" in told
    assert sentence in told


@pytest.mark.parametrize(
    "path",
    [
        "/rest/group/KEY/banParticipants",
        "/rest/group/KEY/updateParticipants",
        "/rest/sendMessage/KEY/message",
        "/rest/sendMessage/KEY/pollMessage",
        "/rest/instance/KEY/ban",
        "/",
        "/rest",
        "/rest/",
        "/favicon.ico",
        "/rest/sendMessage/KEY/x/y/z",
    ],
)
def test_path_like_nothing_is_not_taken_for_another_operation(path: str) -> None:
    assert "did you mean" not in reason("POST", path)


@pytest.mark.parametrize(
    "path", ["/rest//instance/KEY", "/rest/instance//KEY", "/rest/instance/KEY//"]
)
def test_path_with_a_doubled_slash_names_the_operation(path: str) -> None:
    told = reason("GET", path)
    assert told.endswith("plan code; did you mean GET /rest/instance/{instance_key}?")
    assert "takes GET" not in told


def test_every_listed_route_has_its_sources_and_is_not_in_the_contract() -> None:
    paths = {(operation.method, operation.path) for operation in INDEX}
    shown = {f"{method} {path}" for method, path in paths}
    for entry in ELSEWHERE["guessed"]:
        assert entry["sources"] and set(entry["sources"]) <= set(SOURCES), entry
        assert (entry.get("method"), entry["path"]) not in paths
        instead = entry.get("instead")
        assert instead is None or instead in shown or "/_mock/" in instead, entry


def test_without_the_file_of_other_routes_the_contract_is_still_known() -> None:
    bare = RouteHints("code", INDEX, INDEX, root("spec"))
    assert "takes DELETE" in bare.reason("POST", f"/rest/instance/{KEY}/restart")
    assert "not an operation" in bare.reason("POST", f"/rest/chat/{KEY}/pinChat")


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/rest/instance/list", "GET /rest/instance/list is an operation of plan admin, not of"),
        ("/rest/instance/qrcode", "did you mean GET /rest/instance/qrcode/{instance_key}?"),
        ("/rest/instance/qrcode_base64", "mean GET /rest/instance/qrcode_base64/{instance_key}?"),
        ("/rest/instance/isOnWhatsapp?jid=1", "mean GET /rest/instance/isOnWhatsApp/{instance_key"),
        ("/rest/instance/logout", "did you mean DELETE /rest/instance/{instance_key}/logout?"),
        ("/rest/webhook/configWebhook", "mean POST /rest/webhook/{instance_key}/configWebhook?"),
        (
            "/rest/instance/fetchInstances",
            "; no document of the vendor has it; did you mean GET /_mock/instances?",
        ),
    ],
)
def test_word_of_the_contract_in_the_place_of_a_key_names_the_operation(
    path: str, sentence: str, app: MockApp
) -> None:
    """The status of an instance has no word of its own: any other path of three parts fits it."""
    reply = app.test_client().get(path, headers=AUTH)
    assert reply.get_json()["message"] == "Instance not found"
    told = reply.headers["X-Mock-Reason"]
    assert told.startswith("no instance has the key '") and sentence in told


@pytest.mark.parametrize(
    "path",
    ["/rest/instance/megacode-NOPE", "/rest/instance/qrcode/list", "/rest/instance/undefined"],
)
def test_key_that_nobody_has_is_not_taken_for_an_operation(path: str, app: MockApp) -> None:
    told = app.test_client().get(path, headers=AUTH).headers["X-Mock-Reason"]
    assert told.endswith("GET /_mock/instances lists them")


def test_route_switched_off_says_so() -> None:
    profile = load_profile("code", FIXTURES).with_switches({"qrcode_img": "off"})
    app = build_app(profile=profile)
    try:
        reply = app.test_client().get(f"/rest/instance/qrcode-img/{KEY}", headers=AUTH)
        assert reply.status_code == 404
        assert "is switched off here" in reply.headers["X-Mock-Reason"]
    finally:
        app.stop(1)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_hint_stands_beside_the_404(app: MockApp, method: str) -> None:
    reply = app.test_client().open(
        f"/rest/sendMessage/{KEY}/contactMessage", method=method, headers=AUTH
    )
    assert reply.status_code == 404
    assert reply.get_json()["message"].endswith('contactMessage" not found')
    assert "an operation of plan start" in reply.headers["X-Mock-Reason"]
