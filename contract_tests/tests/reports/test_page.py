"""The page stands alone, says what happened, and cannot be written into."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from megaapi_contract.judging.results import Report
from megaapi_contract.reports.page import page

from ..made_up import bad, failure, good, unusable

VOID = {"meta", "link", "input", "br"}


class Structure(HTMLParser):
    """Tags that close what they open, ids, links, headings and all visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.ids += [str(attributes["id"])] if "id" in attributes else []
        self.links += [str(attributes[name]) for name in ("href", "src") if name in attributes]
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("style", "script"):
            self.text.append(data)


def read(report: Report) -> Structure:
    structure = Structure()
    structure.feed(page(report))
    assert structure.open == []
    return structure


def text(report: Report) -> str:
    return " ".join(" ".join(read(report).text).split())


@pytest.mark.parametrize("make", [good, bad, unusable])
def test_it_is_one_file_whose_parts_can_be_reached(make: Callable[[], Report]) -> None:
    structure = read(make())
    assert len(structure.ids) == len(set(structure.ids))
    targets = [link for link in structure.links if link != "data:,"]
    assert targets and all(link.startswith("#") for link in targets)
    assert {link[1:] for link in targets} <= set(structure.ids)
    steps = zip(structure.headings, structure.headings[1:], strict=False)
    assert structure.headings[0] == 1 and all(after - before <= 1 for before, after in steps)
    # Nothing but what the page itself brings along can be loaded.
    assert "default-src 'none'" in page(make()) and "@import" not in page(make())


def test_it_tells_failures_with_what_a_person_needs() -> None:
    page_text = text(bad())
    assert "mock breaks 2 promises of its contract" in page_text
    assert "Not complete because no group is known: group_details" in page_text
    assert "spec/paths/send_message/send_text.yaml" in page_text
    assert "megaapi-contract replay failures/001-status-send-text.json" in page_text
    assert 'curl -X POST "$MEGAAPI_GATEWAY/rest/sendMessage/' in page_text
    assert "the group is not listed any more" in page_text
    assert "sends: not allowed (--allow sends) (1 probe)" in page_text
    assert "418 \u00d71 not promised" in page_text


def test_a_clean_run_says_so() -> None:
    page_text = text(good())
    assert "mock keeps its contract" in page_text and "None. Every promise" in page_text
    assert "Not complete" not in page_text


def test_an_unusable_host_is_not_praised() -> None:
    page_text = text(unusable())
    assert "mock could not be judged" in page_text and "Every promise" not in page_text


def test_what_a_host_says_is_text_and_nothing_else() -> None:
    report = bad()
    report.results[0].breaches = (failure("<script>alert(1)</script></details>"),)
    assert "<script>alert" not in page(report)
    assert "<script>alert(1)</script></details>" in text(report)


def test_new_facts_are_listed() -> None:
    report = good()
    fact = failure("an additional member: trace", kind="addition", rule="trace")
    report.results[0] = replace(report.results[0], breaches=(fact,))
    assert '<li class="fault new fact"' in page(report)
    assert "send_text: an additional member: trace" in text(report)
