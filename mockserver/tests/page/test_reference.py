"""The reference pages and Swagger UI in a browser: read, searched, copied, on a phone, as files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from megaapi_mock.reference.contract import read_contract
from megaapi_mock.reference.site import Site
from megaapi_mock.testing import MockServer

from .conftest import PATIENCE
from .screen import axe_violations, expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE = {"width": 360, "height": 780}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": PHONE},
    "dark phone": {"viewport": PHONE, "color_scheme": "dark"},
}
PATHS = ("index.html", "operations/send_list.html", "events/reaction.html")
Open = Callable[..., "Page"]


@pytest.fixture
def open_page(browser: Browser, mock: MockServer) -> Iterator[Open]:
    """Opens an address of the mock as a reader with these settings; nothing may go wrong there."""
    contexts, troubles = [], []

    def open_page(path: str, **settings: Any) -> Page:
        context = browser.new_context(
            **{"locale": "pt-BR", **settings}, permissions=["clipboard-read", "clipboard-write"]
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console", lambda line: troubles.append(line.text) if line.type == "error" else None
        )
        page.goto(path if "://" in path else f"{mock.url}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["pt", "en"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(
    open_page: Open, language: str, look: str
) -> None:
    page = open_page("/docs/reference/", **LOOKS[look])
    for path in PATHS:
        page.goto(re.sub(r"/reference/.*", f"/reference/{language}/{path}", page.url))
        assert axe_violations(page) == [], path
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.evaluate("innerWidth"), path
        if language == "pt" and path != "index.html":
            assert axe_violations(page) == [], f"{path}, all of it open"


def test_no_operation_is_wider_than_a_phone(open_page: Open) -> None:
    """Each with all of it open, in one of the two languages."""
    page = open_page("/docs/reference/pt/index.html", viewport=PHONE)
    links = page.locator(".menu a").evaluate_all("links => links.map((link) => link.href)")
    operations = [link for link in dict.fromkeys(links) if "/operations/" in link]
    assert len(operations) > 20
    wide = []
    for index, link in enumerate(operations):
        address = link.replace("/pt/", ("/pt/", "/en/")[index % 2])
        page.goto(address, wait_until="domcontentloaded")
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(address)
    assert wide == []


def test_search_finds_titles_before_what_only_a_description_says(open_page: Open) -> None:
    page = open_page("/docs/reference/pt/index.html")
    page.get_by_role("searchbox").fill("grupo")
    expect(page.locator("#results a").first).to_be_visible()
    titles = page.locator("#results a").all_inner_texts()
    named = ["grupo" in title.splitlines()[0].lower() for title in titles]
    assert named == sorted(named, reverse=True) and True in named


def test_first_page_is_in_the_readers_language_and_leads_to_the_other(open_page: Open) -> None:
    page = open_page("/docs/reference/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Referência da megaAPI")
    page.get_by_role("link", name="Envio de Mensagens de Texto").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Envio de Mensagens de Texto")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Send text")


@pytest.mark.parametrize(
    ("words", "title"),
    [("reacao", "Reação"), ("sendText", "Envio de Mensagens de Texto"), ("group list", None),
     ("listResponseMessage", "Resposta de lista"), ("send text", None),
     ("/rest/sendMessage/megacode-TESTKEY0001/text", "Envio de Mensagens de Texto"),
     ("POST https://apinocode01.megaapi.com.br/rest/group/k/create?a=1", "Criar grupo"),
     ("idempotencia", "Envio de Mensagens de Texto")],
)  # fmt: skip
def test_search_finds_by_title_path_and_name(
    open_page: Open, words: str, title: str | None
) -> None:
    page = open_page("/docs/reference/pt/operations/logout.html")
    page.get_by_role("searchbox").fill(words)
    results = page.locator("#results a")
    expect(results.first).to_be_visible()
    if title is not None:
        expect(results.first).to_contain_text(title)
    assert axe_violations(page) == []
    page.keyboard.press("ArrowDown")
    expect(results.first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/pt/(operations|events)/(?!logout)"))


def test_search_says_how_many_it_finds_and_escape_ends_it(open_page: Open) -> None:
    page = open_page("/docs/reference/en/index.html")
    box = page.get_by_role("searchbox")
    box.fill("no such thing")
    expect(page.locator("#found")).to_have_text("Nothing found")
    box.fill("qrcode_base64")
    expect(page.locator("#found")).to_have_text("1 result")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    expect(page.locator("#results")).to_be_hidden()


def test_a_language_is_chosen_once_for_every_example(open_page: Open) -> None:
    page = open_page("/docs/reference/en/operations/send_media_url.html")
    page.get_by_role("tab", name="curl").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="PHP").first).to_be_focused()
    shown = page.locator(".program:not([hidden])")
    languages = shown.evaluate_all("all => all.map(each => each.dataset.language)")
    assert set(languages) == {"php"} and len(languages) == 4
    page.goto(page.url.replace("send_media_url", "send_text"))
    expect(page.get_by_role("tab", name="PHP").first).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize("look", ["light", "phone"])
def test_copy_takes_the_whole_program(open_page: Open, mock: MockServer, look: str) -> None:
    page = open_page("/docs/reference/pt/operations/send_text.html", **LOOKS[look])
    button = page.get_by_role("button", name="Copiar").first
    button.click()
    expect(page.get_by_role("button", name="Copiado")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(f"curl -X POST {mock.url}/rest/sendMessage/")
    expect(button).to_have_text("Copiar")


def test_pages_work_as_files_too(open_page: Open, tmp_path: Path) -> None:
    Site(read_contract()).write(tmp_path)
    page = open_page((tmp_path / "index.html").as_uri())
    page.get_by_role("link", name="Referência da megaAPI").click()
    page.get_by_role("searchbox").fill("reacao")
    page.locator("#results a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reação")
    page.get_by_role("link", name="Início").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Referência da megaAPI")


def test_everything_can_be_read_without_scripts(open_page: Open) -> None:
    page = open_page("/docs/reference/en/operations/send_text.html", java_script_enabled=False)
    for name in ("curl", "Python", "PHP", "JavaScript", "C#"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()


@pytest.mark.parametrize("look", ["light", "phone"])
def test_swagger_ui_has_the_token_both_definitions_and_grades(open_page: Open, look: str) -> None:
    page = open_page("/docs/", **LOOKS[look])
    operation = page.locator("#operations-Instance-instance_status")
    operation.locator(".opblock-summary-control").click()
    expect(operation.locator(".opblock-description")).to_contain_text("Evidence: ")
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    live = operation.locator(".live-responses-table tbody .response-col_status").first
    expect(live).to_contain_text("200")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
    page.locator("select#select").select_option("/docs/control.json")
    expect(page.get_by_text("Every route of the control API").first).to_be_visible()
    page.get_by_role("link", name="Referência").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Referência da megaAPI")
