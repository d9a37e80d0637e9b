"""What laws say of an answer: each sentence with the promise it breaks, and the documented ways."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, cast

import pytest
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Exchange, Promise
from megaapi_contract.probes.laws.assertions import (
    NOT_REGISTERED,
    claim,
    claim_failure,
    claim_refusal,
    claim_success,
    in_order,
    logged_out,
    no_account,
    not_logged_in,
)
from megaapi_contract.probes.session import Session

from ...made_up import exchange

CONTRACT = Contract()


class Noted:
    """In place of a session: what was held and settled. `alternative` is the way the host takes."""

    def __init__(self, alternative: str = "") -> None:
        self.contract, self.alternative = CONTRACT, alternative
        self.broken: list[str] = []
        self.promises: list[Promise] = []
        self.settled: list[tuple[str, str]] = []
        self.notes: list[str] = []

    def hold(self, holds: object, sentence: str, *, promise: Promise, **_: Any) -> bool:
        self.promises.append(promise)
        if not holds:
            self.broken.append(sentence)
        return bool(holds)

    def takes_alternative(self, _: Exchange, *switches: str) -> bool:
        return self.alternative in switches if self.alternative else False

    def settle(self, switch: str, value: str = "", **_: Any) -> None:
        self.settled.append((switch, value))

    def settle_usual(self, _: Exchange, *switches: str, promise: Promise) -> None:
        self.settled += [(switch, "") for switch in switches]

    def note(self, sentence: str, **_: Any) -> None:
        self.notes.append(sentence)


def answer(status: int, document: Any, operation: str | None = "send_text") -> Exchange:
    made = exchange(status=status, body=json.dumps(document).encode())
    return replace(made, operation=operation)


def noted(alternative: str = "") -> tuple[Noted, Session]:
    made = Noted(alternative)
    return made, cast(Session, made)


REFUSED = {"name": "FORBIDDEN", "message": NOT_REGISTERED, "statusCode": 403}


def test_a_rule_of_a_200_is_held_to_its_promise() -> None:
    notes, session = noted()
    assert claim(session, answer(200, {}), True, "it holds")
    assert not claim(session, answer(200, {}), None, "it does not")
    assert notes.broken == ["it does not"]
    assert notes.promises[0] == CONTRACT.promise("send_text", 200)


@pytest.mark.parametrize(
    ("status", "document", "good"),
    [
        (200, {"error": False}, True),
        (200, {}, True),
        (200, {"error": True}, False),
        (200, {"error": None}, True),
        (201, {"error": False}, False),
    ],
)
def test_a_success_is_a_200_that_says_no_error(status: int, document: Any, good: bool) -> None:
    notes, session = noted()
    assert claim_success(session, answer(status, document), "a send") == good
    assert notes.broken == ([] if good else ["a send: 200"])


@pytest.mark.parametrize(
    ("status", "document", "broken"),
    [
        (403, REFUSED, []),
        (200, REFUSED, ["a send: 403"]),
        (403, {}, ["a send: name, message, statusCode"]),
        (403, {**REFUSED, "error": True}, ["a send: no `error`"]),
        (403, {**REFUSED, "name": "OTHER"}, ["a send: the name of 403"]),
        (403, {**REFUSED, "statusCode": 400}, ["a send: the number of 403"]),
        (403, {**REFUSED, "message": 5}, ["a send: a text"]),
        (403, {**REFUSED, "message": "Other"}, [f"a send: {NOT_REGISTERED}"]),
        (403, [], ["a send: name, message, statusCode"]),
    ],
)
def test_the_first_rule_that_a_refusal_breaks_is_said(
    status: int, document: Any, broken: list[str]
) -> None:
    notes, session = noted()
    refusal = answer(status, document)
    is_good = claim_refusal(session, refusal, 403, "a send", message=NOT_REGISTERED)
    assert is_good == (not broken) and notes.broken == broken


def test_of_a_body_that_is_too_large_only_the_status_is_known() -> None:
    notes, session = noted()
    assert claim_refusal(session, answer(413, "a proxy's page"), 413, "a body")
    assert not claim_refusal(session, answer(413, {"odd": 1}), 413, "a body")
    assert len(notes.broken) == 1


def test_a_documented_alternative_is_as_good() -> None:
    notes, session = noted("swallowed_sends")
    assert claim_refusal(session, answer(200, {}), 403, "a send", switches=("swallowed_sends",))
    assert notes.broken == notes.settled == []


def test_the_usual_way_is_noted_but_for_a_500() -> None:
    notes, session = noted()
    claim_refusal(session, answer(403, REFUSED), 403, "a send", switches=("a", "b"))
    assert notes.settled == [("a", ""), ("b", "")]
    failed = {"name": "INTERNAL_SERVER_ERROR", "message": "x", "statusCode": 500}
    claim_refusal(session, answer(500, failed), 500, "a send", switches=("a",))
    claim_refusal(session, answer(200, {}), 403, "a send", switches=("a",))
    assert len(notes.settled) == 2


def test_unknown_fields_of_errors_are_noted_where_the_judge_is_silent() -> None:
    notes, session = noted()
    odd = answer(403, {**REFUSED, "zorba": 1, "more": 2}, operation=None)
    assert claim_refusal(session, odd, 403, "a route", operation="send_text")
    assert notes.notes == [
        f"body: {name}: a field that errors do not have" for name in ("more", "zorba")
    ]
    claim_refusal(session, answer(403, {**REFUSED, "zorba": 1}), 403, "a send")
    claim_refusal(session, replace(odd, status=200), 403, "a route", operation="send_text")
    assert len(notes.notes) == 2


def test_the_order_of_checks_is_a_guess() -> None:
    _, session = noted()
    assert in_order(session, "send_text", 401).grade == "inferred"


def test_without_a_phone_an_answer_is_a_403() -> None:
    notes, session = noted()
    refused = {"name": "FORBIDDEN", "message": "Instance not logged in", "statusCode": 403}
    assert not_logged_in(session, answer(403, refused), "a send")
    assert not not_logged_in(session, answer(403, REFUSED), "a send")
    assert notes.broken == ["a send: Instance not logged in"]


def test_a_number_without_an_account_is_refused_or_swallowed() -> None:
    notes, session = noted()
    assert no_account(session, answer(403, REFUSED), "a send")
    assert no_account(session, answer(200, {"error": False}), "a send")
    assert notes.settled[-1] == ("unregistered_sends", "200")
    assert not no_account(session, answer(200, {"error": True}), "a send")
    swallowed, session = noted("swallowed_sends")
    assert no_account(session, answer(200, {}), "a send") and swallowed.settled == []


def test_a_logout_without_a_phone_is_done_or_refused_as_documented() -> None:
    notes, session = noted()
    assert logged_out(session, answer(200, {"error": False}, "logout"), "a logout")
    assert notes.settled == [("logout_disconnected", "")]
    other, session = noted("logout_disconnected")
    assert logged_out(session, answer(403, {}, "logout"), "a logout") and other.settled == []


@pytest.mark.parametrize(
    ("status", "document", "good", "settled"),
    [
        (200, {"error": True}, True, 1),
        (200, {"error": False}, False, 1),
        (500, {"error": True}, False, 0),
    ],
)
def test_a_failure_is_a_200_that_says_so(
    status: int, document: Any, good: bool, settled: int
) -> None:
    notes, session = noted()
    promise = Promise("observed", "openapi.yaml")
    failed = answer(status, document)
    assert claim_failure(session, failed, "a file", promise=promise, switch="media_gone") == good
    assert len(notes.settled) == settled
    assert notes.broken == ([] if good else ["a file: 200 with error true"])
