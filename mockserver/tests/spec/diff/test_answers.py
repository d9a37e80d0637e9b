"""Answers of an operation compared status by status, and what receivers may answer."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.diff.answers import answer_changes, receipt_changes
from megaapi_mock.spec.diff.media import Contents

from .seeded import Json
from .small import NUMBER, TEXT

OK: Json = {"description": "ok"}
NOTHING: Json = {"openapi": "3.1.0"}


def told(old: Any, new: Any, documents: tuple[Json, Json] = (NOTHING, NOTHING)) -> list[str]:
    """`rule at place` of each change."""
    changes = answer_changes("POST /a", Contents(*documents), documents, old, new)
    return [f"{each.rule} at {each.place}" for each in changes]


def with_schema(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        (["200"], ["200", "201"], ["success-added at answer 201"]),
        (["200", "201"], ["200"], ["success-removed at answer 201"]),
        (["401"], ["404"], ["refusal-removed at answer 401", "refusal-added at answer 404"]),
        (["4XX"], ["404"], ["range-narrowed at answer 4XX"]),
        (["404"], ["4XX"], ["refusal-added at answer 4XX"]),
        (["4XX", "404"], ["4xx", "404"], []),
        (["default"], ["500"], ["range-narrowed at answer default"]),
        (
            ["200"],
            ["default"],
            ["success-removed at answer 200", "refusal-added at answer default"],
        ),
        (["2XX"], ["404"], ["success-removed at answer 2XX", "refusal-added at answer 404"]),
        ([200], ["200"], []),
    ],
)
def test_a_status_is_compared_with_what_stands_for_it(
    old: list[Any], new: list[Any], changes: list[str]
) -> None:
    assert told(dict.fromkeys(old, OK), dict.fromkeys(new, OK)) == changes


def test_no_answers_at_all_are_none() -> None:
    assert told(None, None) == []


def test_a_single_status_is_compared_with_the_range_that_stands_for_it() -> None:
    text, number = with_schema(TEXT), with_schema(NUMBER)
    assert told({"404": text}, {"4XX": number}) == [
        "type-changed at answer 404",
        "refusal-added at answer 4XX",
    ]
    assert told({"4XX": text}, {"404": number}) == [
        "range-narrowed at answer 4XX",
        "type-changed at answer 404",
    ]


def test_texts_are_compared_of_the_same_status_alone() -> None:
    other = {"description": "other"}
    assert told({"404": OK}, {"404": other}) == ["text-changed at answer 404"]
    assert told({"404": OK}, {"4XX": other}) == ["refusal-added at answer 4XX"]


def test_an_answer_that_is_referred_to_is_read() -> None:
    def document(schema: Json) -> Json:
        return {"openapi": "3.1.0", "components": {"responses": {"R": with_schema(schema)}}}

    answers = {"200": {"$ref": "#/components/responses/R"}}
    documents = (document(TEXT), document(NUMBER))
    assert told(answers, answers, documents) == ["type-changed at answer 200"]


def test_evidence_and_links_of_an_answer_are_compared() -> None:
    old = {"links": {"a": {"operationId": "x"}, "b": {"operationId": "x"}}}
    new = {"links": {"a": {"operationId": "y"}, "c": {}}, "x-provenance": {"grade": "observed"}}
    assert told({"200": old}, {"200": new}) == [
        "answer-link-removed at answer 200 link a",
        "answer-link-removed at answer 200 link b",
        "answer-link-added at answer 200 link c",
        "evidence-changed at answer 200",
    ]


def test_headers_are_told_apart_by_their_small_letters() -> None:
    old = {"headers": {"X-A": {"required": True}, "Content-Type": {"required": True}, "X-B": {}}}
    new = {"headers": {"x-b": {}, "X-C": {}}}
    assert told({"200": old}, {"200": new}) == [
        "required-header-removed at answer 200 header x-a",
        "header-added at answer 200 header x-c",
    ]


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        (["200"], ["200", "204"], ["receiver-status-added at answer 204"]),
        (["2XX"], ["200"], ["receiver-status-removed at answer 2XX"]),
        (["200"], ["2xx"], ["receiver-status-added at answer 2XX"]),
        (["2XX"], ["2xx"], []),
        ([], ["200"], ["receiver-status-added at answer 200"]),
    ],
)
def test_what_a_receiver_may_answer_is_compared(
    old: list[str], new: list[str], changes: list[str]
) -> None:
    pair = (dict.fromkeys(each, OK) for each in (old, new))
    assert [f"{one.rule} at {one.place}" for one in receipt_changes("text", *pair)] == changes
