"""Every operation and event has its page in both languages, and every link leads somewhere."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag

import pytest
from click.testing import CliRunner
from megaapi_mock.commands.main import main
from megaapi_mock.reference.calls import MOCK
from megaapi_mock.reference.contract import Contract
from megaapi_mock.reference.site import HERE, Site
from megaapi_mock.reference.words import PAGE_LANGUAGES, Words, _texts
from megaapi_mock.resources import root
from megaapi_mock.spec.description import description
from megaapi_mock.spec.gateway_events import CAUSED_BY_GATEWAY

from ..web.ui.test_pages import Inline

CONTRACT = description(root("spec"))
PAGES = [f"operations/{each.id}.html" for each in CONTRACT.index]
PAGES += [f"events/{each.name}.html" for each in CONTRACT.events]
CODE = re.compile("`[^`]+`")
LANGUAGES = pytest.mark.parametrize("language", ["pt", "en"])


class Seen(HTMLParser):
    """What a page leads to, its tags, and its words by tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.words: dict[str, list[str]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("href", "src"):
                self.links.append(value or "")

    def handle_data(self, data: str) -> None:
        if self.tags:
            self.words.setdefault(self.tags[-1], []).append(data)


@LANGUAGES
@pytest.mark.parametrize("path", PAGES)
def test_every_operation_and_event_has_its_page(
    pages: Mapping[str, str], path: str, language: str
) -> None:
    text = pages[f"{language}/{path}"]
    [title] = re.findall("<h1>(.*?)</h1>", text)
    folder, _, name = path.removesuffix(".html").partition("/")
    if folder == "operations":
        [definition] = [each.definition for each in CONTRACT.index if each.id == name]
    else:
        [definition] = [each.definition for each in CONTRACT.events if each.name == name]
    assert unescape(title) == definition["x-summary-pt" if language == "pt" else "summary"]
    assert f'<html lang="{"pt-BR" if language == "pt" else "en"}">' in text


@LANGUAGES
def test_examples_name_the_profile_that_has_them(pages: Mapping[str, str], language: str) -> None:
    for operation in CONTRACT.index:
        text = pages[f"{language}/operations/{operation.id}.html"]
        command = f"megaapi-mock serve --profile {operation.plans[0]}</code>"
        assert (command in text) == ("code" not in operation.plans)


def test_every_link_leads_to_a_page_and_to_a_place_on_it(pages: Mapping[str, str]) -> None:
    html = {path: text for path, text in pages.items() if path.endswith(".html")}
    anchors = {path: re.findall(r'\bid="([^"]*)"', text) for path, text in html.items()}
    broken = []
    for path, text in html.items():
        assert len(anchors[path]) == len(set(anchors[path])), path
        for link in re.findall(r'\b(?:href|src)="([^"]*)"', text):
            if link == f"{MOCK}/docs/":
                continue
            address, anchor = urldefrag(link)
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), address))
            target = target if address else path
            if target not in pages or (anchor and anchor not in anchors[target]):
                broken.append(f"{path}: {link}")
    assert broken == []


def test_the_menu_leads_to_every_page(pages: Mapping[str, str]) -> None:
    for language in ("pt", "en"):
        start = Seen(pages[f"{language}/index.html"])
        assert set(PAGES) <= set(start.links)
    assert "Enviar mensagem de texto para grupo" in pages["pt/index.html"]


def test_pages_have_nothing_inline(pages: Mapping[str, str]) -> None:
    for path in ("index.html", "pt/index.html", f"pt/{PAGES[0]}", f"en/{PAGES[-1]}"):
        assert Inline(pages[path]).refused == [], path


@LANGUAGES
def test_search_index_names_every_page(pages: Mapping[str, str], language: str) -> None:
    text = pages[f"{language}/search_index.js"]
    rows = json.loads(text.removeprefix("window.MEGAAPI_REFERENCE = ").removesuffix(";\n"))
    assert {path for _, _, path, _, _ in rows} == set(PAGES)
    [(words, text)] = [row[3:] for row in rows if row[2] == "events/reaction.html"]
    assert "Reação" in words and "Reaction" in words and "reactionMessage" in words
    reaction = next(each.definition for each in CONTRACT.events if each.name == "reaction")
    for key in ("description", "x-description-pt"):
        assert " ".join(reaction[key].split()) in text


@LANGUAGES
def test_descriptions_are_marked_with_their_language(
    pages: Mapping[str, str], language: str
) -> None:
    text = pages[f"{language}/operations/send_text.html"]
    english = '<p lang="en">May be empty. A missing text is a 500 (switch missing_text).</p>'
    assert (english in text) == (language == "pt")


def test_every_operation_event_and_use_is_described_in_portuguese(
    pages: Mapping[str, str],
) -> None:
    definitions = [each.definition for each in (*CONTRACT.index, *CONTRACT.events)]
    uses = [use for each in definitions for use in each.get("x-uses", ())]
    for each in (*definitions, *uses):
        text = each.get("x-description-pt", "")
        assert text and text != each["description"], each["summary"]
        # What is code stays the same in both languages.
        assert set(CODE.findall(text)) == set(CODE.findall(each["description"])), each["summary"]
    assert "Não há chave de idempotência" in pages["pt/operations/send_text.html"]
    assert "Não há chave de idempotência" not in pages["en/operations/send_text.html"]


def test_texts_of_the_contract_are_never_html(contract: Contract) -> None:
    document = json.loads(json.dumps(contract.document))
    evil = "<img src=x onerror=alert(1)>\"' `<b>`"
    definition = document["paths"]["/rest/sendMessage/{instance_key}/text"]["post"]
    names = ("summary", "x-summary-pt", "description", "x-description-pt")
    definition.update(dict.fromkeys(names, evil))
    body = definition["requestBody"]["content"]["application/json"]
    body["schema"]["properties"]["messageData"]["properties"]["text"]["description"] = evil
    body["examples"]["to_person"].update({"summary": evil})
    body["examples"]["to_person"]["value"]["messageData"]["text"] = f"</code></pre>{evil}"
    operations = [
        type(each)(
            **{**vars(each), "definition": document["paths"][each.path][each.method.lower()]}
        )
        for each in contract.operations
    ]
    site = Site(Contract(document, operations, contract.events, {}, contract.samples))
    for path in ("pt/operations/send_text.html", "en/operations/send_text.html", "en/index.html"):
        seen = Seen(site.page(path).decode())
        assert not {"img", "b"} & set(seen.tags), path
        assert "<b>" in "".join(word for words in seen.words.values() for word in words) or (
            path == "en/index.html"
        )


def test_every_grade_of_a_field_is_shown(pages: Mapping[str, str]) -> None:
    text = pages["en/operations/send_text.html"]
    rows = dict(re.findall(r'<tr role="row" data-field="([^"]+)">(.*?)</tr>', text, re.DOTALL))
    assert 'class="grade observed"' in rows["messageData.to"]
    assert 'class="grade vendor-doc"' in rows["messageData.linkPreview"]
    assert 'class="grade vendor-doc inherited"' in rows["messageData.text"]


def test_everything_the_pages_say_is_there_in_both_languages() -> None:
    for name, texts in _texts()["words"].items():
        assert set(texts) == {"en", "pt"}, name
        assert texts["pt"], name
    assert set(_texts()["ways_pt"]) == set(CAUSED_BY_GATEWAY)


def test_words_that_templates_ask_for_are_there(pages: Mapping[str, str]) -> None:
    # Each page was made above: a word that is missing is a KeyError. This names what nobody uses.
    templates = "".join(
        path.read_text(encoding="utf-8")
        for path in HERE.rglob("*")
        if path.suffix in (".html", ".py")
    )
    computed = tuple(
        "grade. effect. phone. sent. arrival. in. category. auth. hooks. search. payload. "
        "inherited by. group. answer. years.".split()
    )
    unused = [
        name
        for name in _texts()["words"]
        if f'"{name}"' not in templates and not name.startswith(computed)
    ]
    assert unused == []
    assert Words(PAGE_LANGUAGES[0])("yes") == "sim"


def test_command_writes_the_same_pages_as_files(tmp_path: Path, pages: Mapping[str, str]) -> None:
    target = tmp_path / "pages"
    result = CliRunner().invoke(main, ["spec", "pages", "-o", str(target)])
    assert result.exit_code == 0, result.output
    assert f"open {target / 'index.html'}" in result.output
    written = {
        path.relative_to(target).as_posix(): path.read_text(encoding="utf-8")
        for path in target.rglob("*")
        if path.is_file()
    }
    assert written == pages


def test_command_says_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(main, ["spec", "pages", "-o", str(tmp_path / "file" / "below")])
    assert result.exit_code != 0 and "cannot be written" in result.output
