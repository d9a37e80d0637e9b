"""The documents live hosts show too: the contract in one file, and Swagger UI without a network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from megaapi_mock.profile import default_profile
from megaapi_mock.settings import Settings
from megaapi_mock.spec.plans import ADMIN_TOKEN, document_of_plan
from megaapi_mock.web.app import MockApp
from openapi_spec_validator import validate

from ..conftest import MakeApp
from ..spec.test_example_hosts import MADE_UP, hosts
from ..support import TOKEN
from .ui.test_pages import Inline


class Links(HTMLParser):
    """Every address an element names."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.named: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.named += [value or "" for name, value in attrs if name in ("src", "href", "action")]


@pytest.fixture
def page(app: MockApp) -> Links:
    reply = app.test_client().get("/docs/")
    assert (reply.status_code, reply.mimetype) == (200, "text/html")
    return Links(reply.get_data(as_text=True))


def test_the_page_names_no_foreign_host(app: MockApp, page: Links) -> None:
    assert len(page.named) >= 5
    for address in page.named:
        assert address.startswith("/docs/"), address
        reply = app.test_client().get(address, buffered=True)
        assert reply.status_code == 200, address
        if address.endswith(".css"):
            called = re.findall(r"url\(\s*['\"]?([^'\")]*)|@import", reply.get_data(True))
            assert [url for url in called if not url.startswith(("data:", "#"))] == []


def test_the_page_is_set_up_to_call_nobody(app: MockApp, page: Links) -> None:
    reply = app.test_client().get("/docs/")
    assert Inline(reply.get_data(as_text=True)).refused == []
    policy = dict(
        rule.strip().split(" ", 1) for rule in reply.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == policy["script-src"] == "'self'"
    start = app.test_client().get("/docs/start.js").get_data(as_text=True)
    assert "validatorUrl: null" in start and not re.search(r"https?://", start)


def test_both_definitions_are_offered_and_lead_here(app: MockApp) -> None:
    start = app.test_client().get("/docs/start.js").get_data(as_text=True)
    urls = re.findall(r'"(/docs/[a-z]+\.json)"', start)
    assert sorted(urls) == ["/docs/control.json", "/docs/swagger.json"]
    for url in urls:
        served = app.test_client().get(url).get_json()
        validate(served)
        assert served["servers"] == [{"url": "http://localhost"}]


def test_the_token_filled_in_is_the_one_of_the_starting_world(app: MockApp) -> None:
    start = app.test_client().get("/docs/start.js").get_data(as_text=True)
    tokens = dict(re.findall(r'(\w+Token): "(\w+)"', start))
    contract = app.test_client().get("/docs/swagger.json").get_json()
    (scheme,) = contract["security"][0]
    assert tokens == {scheme: TOKEN, "adminToken": ADMIN_TOKEN}


def test_page_and_reference_lead_to_each_other(app: MockApp, page: Links) -> None:
    ways = [link for link in page.named if link.startswith("/docs/reference/")]
    assert len(ways) == 2
    for way in ways:
        assert 'href="http://localhost/docs/"' in app.test_client().get(way).text


def examples(node: Any, kind: str = "") -> Iterator[Any]:
    """The values of every example of a request, and of every parameter."""
    if isinstance(node, list):
        for item in node:
            yield from examples(item, kind)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name == "example":
                yield value
            elif name == "examples":
                yield value
            elif name not in ("responses", "webhooks"):
                yield from examples(value, name)


@pytest.mark.parametrize("path", ["/docs/swagger.json", "/docs/control.json"])
def test_nothing_that_can_be_tried_out_leads_to_a_public_host(app: MockApp, path: str) -> None:
    tried = json.dumps(list(examples(app.test_client().get(path).get_json())), ensure_ascii=False)
    named = set(hosts(tried))
    # downloadMediaMessage names where WhatsApp keeps the file: nobody fetches it from there.
    named -= {"mmg.whatsapp.net"}
    assert named, "no example has a URL any more"
    assert [host for host in named if not host.endswith(MADE_UP)] == []


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:9999", "[::1]:80"])
def test_the_only_server_is_the_mock_itself(app: MockApp, host: str) -> None:
    reply = app.test_client().get("/docs/swagger.json", headers={"Host": host})
    assert reply.mimetype == "application/json"
    own = host.removesuffix(":80") if host.endswith("]:80") else host
    assert reply.get_json()["servers"] == [{"url": f"http://{own}"}]


def test_another_name_is_believed_beyond_loopback_alone(make_app: MakeApp) -> None:
    asked = {"base_url": "https://mock.example:8443"}
    loopback = make_app().test_client().get("/docs/swagger.json", **asked).get_json()
    assert loopback["servers"] == [{"url": "http://127.0.0.1:8443"}]
    app = make_app(settings=Settings(host="0.0.0.0"))
    beyond = app.test_client().get("/docs/swagger.json", **asked).get_json()
    assert beyond["servers"] == [{"url": "https://mock.example:8443"}]


def test_another_plans_operations_are_not_shown(make_app: MakeApp) -> None:
    app = make_app(profile=default_profile("business"))
    paths = app.test_client().get("/docs/swagger.json").get_json()["paths"]
    assert "/rest/sendMessage/{instance_key}/text" in paths
    assert not [path for path in paths if path.startswith("/rest/config/")]


def test_the_served_contract_is_valid_and_whole(app: MockApp) -> None:
    served = app.test_client().get("/docs/swagger.json").get_json()
    validate(served)
    kept = app.runtime.api.description.document
    expected = json.dumps({**document_of_plan(kept, "code"), "servers": None}).replace(
        "https://shop.example.test/hook", "http://127.0.0.1:9000/hook"
    )
    assert {**served, "servers": None} == json.loads(expected)
    assert kept["servers"][0]["url"] != served["servers"][0]["url"]
    assert not re.search(r'"\$ref": "(?!#)', json.dumps(served))


@pytest.mark.parametrize("path", ["/docs", "/docs/index.html"])
def test_other_ways_to_the_page(app: MockApp, path: str) -> None:
    reply = app.test_client().get(path, follow_redirects=True)
    assert (reply.status_code, reply.mimetype) == (200, "text/html")


@pytest.mark.parametrize("path", ["/docs/nothing.js", "/docs/../secret", "/docs/%2e%2e/secret"])
def test_what_is_not_there(app: MockApp, path: str) -> None:
    reply = app.test_client().get(path)
    assert reply.status_code == 404
    assert reply.get_json()["error"].startswith("there is no ")


def test_example_of_a_webhook_address_leads_to_a_receiver_of_this_machine(
    make_app: MakeApp,
) -> None:
    paths = make_app().test_client().get("/docs/swagger.json").get_json()["paths"]
    body = paths["/rest/webhook/{instance_key}/configWebhook"]["post"]["requestBody"]
    data = json.dumps(body["content"]["application/json"])
    assert "http://127.0.0.1:9000/hook" in data
    assert "shop.example.test/hook" not in data
