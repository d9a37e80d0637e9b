"""The page's files: their types and headers, who may read them, and the way there from `/`."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from megaapi_mock.settings import Settings
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.ui import pages
from megaapi_mock.web.ui.pages import STATIC, TYPES

from ...conftest import MakeApp
from ...control import ControlApi

FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())


class Inline(HTMLParser):
    """What a content security policy without `unsafe-inline` would not run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.refused: list[str] = []
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag
        names = dict(attrs)
        self.refused += [f"{tag} {name}" for name in names if name == "style" or name[:2] == "on"]
        self.refused += [tag] if tag == "script" and "src" not in names else []
        self.refused += [tag] if tag == "style" else []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(STATIC)))
def test_every_file_of_the_page_is_served_as_what_it_is(app: MockApp, path: Path) -> None:
    name = path.relative_to(STATIC).as_posix()
    assert path.suffix in TYPES, f"{name}: give its type in web/ui/pages.py"
    reply = app.test_client().get(f"/_mock/ui/{name}")
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, TYPES[path.suffix])
    assert reply.data == path.read_bytes()


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix == ".html"], ids=lambda path: path.name
)
def test_no_html_of_the_page_has_anything_inline(path: Path) -> None:
    assert Inline(path.read_text(encoding="utf-8")).refused == []


def test_the_page_may_load_nothing_from_elsewhere(app: MockApp) -> None:
    headers = app.test_client().get("/_mock/ui/").headers
    rules = dict(
        rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";")
    )
    assert rules["default-src"] == "'none'" and rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    sources = {source for value in rules.values() for source in value.split()}
    assert sources <= {"'none'", "'self'", "data:", "blob:"}
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_file_is_sent_once_and_packed_for_who_takes_it(app: MockApp) -> None:
    client = app.test_client()
    plain = client.get("/_mock/ui/")
    again = client.get("/_mock/ui/", headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    packed = client.get("/_mock/ui/", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    refused = client.get("/_mock/ui/", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_a_file_that_changes_is_another_one(
    app: MockApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "STATIC", tmp_path)
    (tmp_path / "deep").mkdir()
    file = tmp_path / "deep" / "page.js"
    file.write_text("1", encoding="utf-8")
    first = app.test_client().get("/_mock/ui/deep/page.js")
    file.write_text("one", encoding="utf-8")
    second = app.test_client().get("/_mock/ui/deep/page.js")
    assert (first.data, second.data) == (b"1", b"one")
    assert first.headers["ETag"] != second.headers["ETag"]


@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "../pages.py",
        "..%2fpages.py",
        "%2e%2e/pages.py",
        "a/b/c.js",
        "deep/",
        "x" * 300,
        f"{'x' * 300}/index.html",
        "%00",
        "%ff%fe",
    ],
)
def test_what_is_no_file_of_the_page_is_not_there(app: MockApp, name: str) -> None:
    reply = app.test_client().get(f"/_mock/ui/{name}")
    assert reply.status_code == 404 and list(reply.get_json()) == ["error"]


def test_without_its_slash_the_page_leads_to_itself(app: MockApp) -> None:
    reply = app.test_client().get("/_mock/ui")
    assert (reply.status_code, reply.headers["Location"]) == (308, "/_mock/ui/")


@pytest.mark.parametrize("token", ["", "TESTTOKEN"])
def test_beyond_loopback_the_files_need_no_token_and_the_calls_do(
    make_app: MakeApp, token: str
) -> None:
    control_api = ControlApi(make_app(settings=Settings(host="0.0.0.0", control_token=token)))
    assert control_api.client.get("/_mock/ui/").status_code == 200
    assert control_api.client.get("/_mock/ui/nothing.js").status_code == 404
    assert control_api.client.post("/_mock/ui/").status_code == 403
    for path in ("/_mock", "/_mock/uix", "/_mock/stream", "/_mock/instances"):
        assert control_api.client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/_mock/ui/", "/_mock/ui/index.html"])
def test_foreign_hosts_and_pages_do_not_get_the_page(app: MockApp, path: str) -> None:
    client = app.test_client()
    for header in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        assert client.get(path, headers=header).status_code == 403


# -- the first page ----------------------------------------------------------------------------

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_a_browser_finds_the_page_and_the_documents(app: MockApp) -> None:
    reply = app.test_client().get("/", headers={"Accept": BROWSER})
    assert (reply.status_code, reply.mimetype) == (200, "text/html")
    text = reply.get_data(as_text=True)
    links = re.findall(r'<a [^>]*href="([^"]*)"', text)
    reference = {f"/docs/reference/{language}/index.html" for language in ("pt", "en")}
    assert set(links) == {"/_mock/ui/", "/docs/", *reference}
    assert Inline(text).refused == []
    for link in links:
        assert app.test_client().get(link).status_code == 200
    assert "X-Mock-Exchange" not in reply.headers


@pytest.mark.parametrize(
    ("method", "path", "accept"),
    [
        ("GET", "/", "*/*"),
        ("GET", "/", "application/json, text/plain, */*"),
        ("GET", "/", ""),
        ("POST", "/", BROWSER),
        ("GET", "/rest", BROWSER),
    ],
)
def test_everybody_else_gets_the_gateways_answer(
    app: MockApp, method: str, path: str, accept: str
) -> None:
    reply = app.test_client().open(path, method=method, headers={"Accept": accept})
    assert (reply.status_code, reply.get_json()["name"]) == (404, "NOT_FOUND")
    assert reply.headers["X-Mock-Exchange"]
