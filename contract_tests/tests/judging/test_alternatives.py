"""Every documented way to answer is known by its form, and a host keeps to the one it took."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_contract.judging.alternatives import (
    USUAL,
    Alternative,
    SettledSwitches,
    alternatives,
)
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Exchange

from ..made_up import exchange

ERROR = {"name": "FORBIDDEN", "message": "Instance not logged in", "statusCode": 403}


def answer(status: int, document: Any = None, *, body: bytes | None = None) -> Exchange:
    return exchange(status=status, body=json.dumps(document).encode() if body is None else body)


def marked(contract: Contract) -> list[tuple[str, Alternative]]:
    return [
        (operation.id, alternative)
        for operation in contract.operations
        for alternative in contract.alternatives(operation.id)
    ]


def test_every_marked_example_fits_its_own_alternative(contract: Contract) -> None:
    marked_examples = marked(contract)
    assert len(marked_examples) > 30
    for operation, alternative in marked_examples:
        if alternative.document is None:
            same = answer(alternative.status, body=b"")
        elif isinstance(alternative.document, str):
            same = answer(alternative.status, body=alternative.document.encode())
        else:
            same = answer(alternative.status, alternative.document)
        assert alternative.fits(same), (operation, alternative)
        assert not alternative.fits(replace(same, status=418)), (operation, alternative)


def test_the_usual_success_of_an_operation_is_no_refusal_or_empty(contract: Contract) -> None:
    for operation in contract.operations:
        status, media_type, document = contract.answer_example(operation)
        if media_type != "application/json":
            continue
        usual = answer(status, document)
        fitting = [each for each in contract.alternatives(operation.id) if each.fits(usual)]
        # Other forms of a success may differ below the first level: host/forms.py reads those.
        assert all(isinstance(each.document, dict) for each in fitting), operation.id
        assert all(each.document.get("error") is not True for each in fitting), operation.id


@pytest.mark.parametrize(
    ("alternative", "sent_message", "fits"),
    [
        (Alternative("s", "v", 200), answer(200, body=b""), True),
        (Alternative("s", "v", 200), answer(200, {}), False),
        (Alternative("s", "page", 200, "<html>"), answer(200, body=b"<html>connected"), True),
        (Alternative("s", "page", 200, "<html>"), answer(200, body=b"data:image/png"), False),
        (Alternative("s", "page", 200, "<html>"), answer(200, {}), False),
        (Alternative("s", "list", 200, []), answer(200, [1]), True),
        (Alternative("s", "list", 200, []), answer(200, {}), False),
        (Alternative("s", "v", 200, {"a": 1}), answer(200, []), False),
        (Alternative("s", "v", 200, {"a": 1}), answer(200, {"a": 2, "b": 3}), True),
        (Alternative("s", "v", 200, {"a": 1}), answer(200, {"b": 3}), False),
        (Alternative("s", "v", 200, {"a": 1}, foreign_fields=frozenset("b")),
         answer(200, {"a": 2, "b": 3}), False),
        (Alternative("s", "v", 200, {"error": True}), answer(200, {"error": False}), False),
        (Alternative("s", "v", 200, {"message": "x"}), answer(200, {"message": "y"}), True),
        (Alternative("s", "v", 403, ERROR), answer(403, ERROR), True),
        (Alternative("s", "v", 403, ERROR), answer(403, {**ERROR, "message": "No"}), False),
        (Alternative("s", "v", 403, ERROR), answer(403, {**ERROR, "statusCode": 401}), False),
        (Alternative("s", "v", 403, ERROR, False), answer(403, {**ERROR, "message": "No"}), True),
        (Alternative("s", "v", 403, ERROR, False), answer(403, {**ERROR, "statusCode": 1}), False),
    ],
)  # fmt: skip
def test_an_answer_fits_where_its_form_and_its_known_texts_do(
    alternative: Alternative, sent_message: Exchange, fits: bool
) -> None:
    assert alternative.fits(sent_message) is fits


def test_marks_are_read_from_examples_and_from_whole_responses(contract: Contract) -> None:
    responses: dict[int, Any] = {
        200: {
            "description": "(switch shape=empty)", "x-may-be-empty": True,
            "content": {"application/json": {"examples": {
                "usual": {"summary": "as usual", "value": {"group": {}, "error": False}},
                "flat": {"summary": "(switch shape=flat), a guess", "value": {"id": "x"}},
            }}},
        },
        403: {
            "description": "(switch refusal=403)",
            "content": {"application/json": {"examples": {"one": {"value": ERROR}}}},
        },
        404: {"description": "(switch refusal=404)"},
    }  # fmt: skip
    operation = replace(
        contract.by_id["send_text"], definition={"responses": {str(each): {} for each in responses}}
    )
    read_alternatives = alternatives(operation, lambda _, status: responses[status])
    assert read_alternatives == (
        Alternative("shape", "flat", 200, {"id": "x"}, False, frozenset({"group", "error"})),
        Alternative("shape", "empty", 200),
        Alternative("refusal", "403", 403, ERROR),
    )


def test_an_operation_of_another_plan_has_none(contract: Contract) -> None:
    assert contract.alternatives("unheard_of") == ()
    assert contract.alternatives("send_text") is contract.alternatives("send_text")


@given(values=st.lists(st.sampled_from([USUAL, "a", "b"]), min_size=1))
def test_a_host_keeps_to_the_first_way_that_was_seen(values: list[str]) -> None:
    settled = SettledSwitches()
    verdicts = [settled.is_same_as_before("switch", value) for value in values]
    assert verdicts == [value == values[0] for value in values]
    assert settled.is_same_as_before("another switch", "c")
    settled.clear()
    assert settled.is_same_as_before("another switch", "d")
