"""`/docs/reference/`: the pages as the mock serves them, naming itself."""

from __future__ import annotations

import subprocess
import sys

import pytest
from megaapi_mock.profile import default_profile
from megaapi_mock.settings import Settings
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp

PAGE = "/docs/reference/pt/operations/send_text.html"


@pytest.mark.parametrize(
    ("language", "folder"),
    [("pt-BR,pt;q=0.9,en;q=0.8", "pt"), ("pt", "pt"), ("pt-PT", "pt"), ("en-US,en", "en"),
     ("de", "en"), ("", "en")],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/docs/reference", "/docs/reference/"])
def test_first_page_is_in_the_readers_language(
    app: MockApp, path: str, language: str, folder: str
) -> None:
    reply = app.test_client().get(path, headers={"Accept-Language": language})
    assert reply.status_code == 302 and reply.headers["Vary"] == "Accept-Language"
    assert reply.headers["Location"] == f"/docs/reference/{folder}/index.html"
    assert app.test_client().get(reply.headers["Location"]).status_code == 200


def test_programs_name_the_mock_that_serves_them(make_app: MakeApp) -> None:
    app = make_app()
    text = app.test_client().get(PAGE, headers={"Host": "localhost:9999"}).get_data(as_text=True)
    assert "curl -X POST http://localhost:9999/rest/sendMessage/" in text
    assert "127.0.0.1:8080" not in text
    assert 'href="http://localhost:9999/docs/"' in text
    beyond = make_app(settings=Settings(host="0.0.0.0"))
    asked = {"base_url": "https://mock.example:8443"}
    assert "https://mock.example:8443/rest/" in beyond.test_client().get(PAGE, **asked).text


@pytest.mark.parametrize("host", ['x"><script>', "a'b", "a b", "a$(id)"])
def test_a_host_that_no_program_may_name_is_not_named(make_app: MakeApp, host: str) -> None:
    app = make_app(settings=Settings(host="0.0.0.0"))
    reply = app.test_client().get(PAGE, headers={"Host": host})
    assert host not in reply.get_data(as_text=True)


def test_pages_may_load_nothing_from_elsewhere(app: MockApp) -> None:
    reply = app.test_client().get(PAGE)
    assert "script-src 'self'" in reply.headers["Content-Security-Policy"]
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    again = app.test_client().get(PAGE, headers={"If-None-Match": reply.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "kind"),
    [("static/reference.js", "text/javascript"), ("static/reference.css", "text/css"),
     ("static/icon.svg", "image/svg+xml"), ("pt/search_index.js", "text/javascript"),
     ("index.html", "text/html")],
)  # fmt: skip
def test_files_of_the_pages_have_their_types(app: MockApp, path: str, kind: str) -> None:
    reply = app.test_client().get(f"/docs/reference/{path}")
    assert (reply.status_code, reply.mimetype) == (200, kind)


@pytest.mark.parametrize(
    "path",
    ["nothing.html", "pt", "pt/operations/nothing.html", "static/../site.py", "static/nothing.js",
     "static", "fr/index.html", "%2e%2e/site.py"],
)  # fmt: skip
def test_what_is_no_page_is_not_there(app: MockApp, path: str) -> None:
    assert app.test_client().get(f"/docs/reference/{path}").status_code == 404


def test_a_mock_that_nobody_reads_about_loads_no_pages() -> None:
    program = (
        "import sys; from megaapi_mock.web.app import build_app; app = build_app();"
        "app.test_client().get('/docs/'); app.stop(0);"
        "print(sorted(name for name in sys.modules if name.startswith('megaapi_mock.reference')))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    names = ["", ".calls", ".words"]
    assert ran.stdout.strip() == str([f"megaapi_mock.reference{name}" for name in names]), (
        ran.stderr
    )


def test_another_plans_operations_have_no_page(make_app: MakeApp) -> None:
    client = make_app(profile=default_profile("business")).test_client()
    assert client.get("/docs/reference/en/operations/config_details.html").status_code == 404
    assert "config_details" not in client.get("/docs/reference/en/index.html").text


def test_a_page_of_a_token_guarded_mock_needs_none(make_app: MakeApp) -> None:
    app = make_app(settings=Settings(host="0.0.0.0", control_token="TESTTOKEN"))
    assert app.test_client().get(PAGE).status_code == 200
