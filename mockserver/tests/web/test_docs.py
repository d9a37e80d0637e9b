"""The documents live hosts show too: the contract in one file, and Swagger UI without a network."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from megaapi_mock.profile import default_profile
from megaapi_mock.settings import Settings
from megaapi_mock.web.app import MockApp
from openapi_spec_validator import validate

from ..conftest import MakeApp


class Links(HTMLParser):
    """Every address an element names, and what stands in scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.named: list[str] = []
        self.script = ""
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        self.named += [value or "" for name, value in attrs if name in ("src", "href", "action")]

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.script += data


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


def test_the_page_is_set_up_to_call_nobody(page: Links) -> None:
    found = re.search(r"user_config = ({.*?});", page.script)
    assert found is not None
    config = json.loads(found[1])
    assert config["validatorUrl"] is None
    assert config["url"] == "/docs/swagger.json"
    hosts = set(re.findall(r"https?://[^/\"']+", page.script))
    assert hosts == {"http://localhost"}


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
    kept = app.runtime.document
    expected = json.dumps({**kept, "servers": None}).replace(
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
