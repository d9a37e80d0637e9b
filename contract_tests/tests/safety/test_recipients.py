"""Numbers without an account: what a look-up says, and what the first refused send says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_contract.errors import SetupError, Unusable
from megaapi_contract.judging.results import Exchange
from megaapi_contract.safety.recipients import Recipients, read_number, recipient_error

from ..support import LISTED, UNLISTED

HOST = "https://host.example.test"
REFUSAL = {"error": True, "message": "Number NOT Registered on WhatsApp"}


def exchange(status: int, answer: Any = None, request: Any = None) -> Exchange:
    body = b"" if answer is None else json.dumps(answer).encode()
    sent = b"" if request is None else json.dumps(request).encode()
    return Exchange(1, "send_text", "POST", HOST, (), sent, status, (), body, 0.0, 0.0)


def sent_to(to: str) -> dict[str, Any]:
    return {"messageData": {"to": to, "text": "Bom dia"}}


@pytest.fixture
def recipients() -> Recipients:
    return Recipients(HOST, {LISTED, UNLISTED})


def test_a_look_up_that_says_yes_confirms_the_number(recipients: Recipients) -> None:
    assert not recipients.observe_look_up(LISTED, exchange(200, {"exists": True}))
    assert recipients.unconfirmed == {UNLISTED}


@pytest.mark.parametrize(
    ("status", "answer", "denies"),
    [
        (200, {"exists": False}, True),
        (200, None, True),
        (200, REFUSAL, True),
        (403, REFUSAL, True),
        (500, REFUSAL, False),
        (403, {"message": "token not allowed"}, False),
        (500, {"exists": False}, False),
        (500, {"exists": True}, False),
        (200, ["exists"], False),
        (200, {"exists": "true"}, False),
        (403, {"message": 1}, False),
    ],
)
def test_a_look_up_confirms_nothing_unless_it_says_yes(
    recipients: Recipients, status: int, answer: Any, denies: bool
) -> None:
    assert recipients.observe_look_up(LISTED, exchange(status, answer)) == denies
    assert recipients.unconfirmed == {LISTED, UNLISTED}


@pytest.mark.parametrize("to", [LISTED, f"{LISTED}@s.whatsapp.net"])
def test_a_send_that_succeeds_confirms_its_recipient(recipients: Recipients, to: str) -> None:
    recipients.observe_send(exchange(200, {}, sent_to(to)))
    assert recipients.unconfirmed == {UNLISTED}


def test_a_refused_send_blames_the_number_until_it_is_confirmed(recipients: Recipients) -> None:
    refused = exchange(403, REFUSAL, sent_to(LISTED))
    with pytest.raises(Unusable, match=f"first message to {LISTED}: this number is not on"):
        recipients.observe_send(refused)
    recipients.observe_send(exchange(200, {}, sent_to(LISTED)))
    recipients.observe_send(refused)


@pytest.mark.parametrize(
    ("status", "answer", "to"),
    [
        (403, {"message": "token not allowed"}, LISTED),
        (500, REFUSAL, LISTED),
        (403, REFUSAL, "5511900000007"),
    ],
)
def test_another_refusal_blames_nobody(
    recipients: Recipients, status: int, answer: Any, to: str
) -> None:
    recipients.observe_send(exchange(status, answer, sent_to(to)))
    assert recipients.unconfirmed == {LISTED, UNLISTED}


def test_only_recipients_are_read_of_a_request(recipients: Recipients) -> None:
    body = {"messageData": {"to": [LISTED], "text": UNLISTED, "vcard": {"phone": UNLISTED}}}
    recipients.observe_send(exchange(200, {}, body))
    assert recipients.unconfirmed == {UNLISTED}


@pytest.mark.parametrize(
    ("own_too", "doubt"),
    [(True, "of the instance's own number too"), (False, "If the number is right, the")],
)
def test_a_denied_number_is_named_with_what_else_may_be_wrong(own_too: bool, doubt: str) -> None:
    error = recipient_error(HOST, LISTED, own_too=own_too)
    assert isinstance(error, SetupError)
    assert f"{HOST} says that {LISTED} is not on WhatsApp" in str(error) and doubt in str(error)


def test_a_number_without_its_country_code_is_guessed_whole() -> None:
    assert "did you mean 5511900000002? " in str(
        recipient_error(HOST, "11900000002", own_too=False)
    )
    assert "did you mean" not in str(recipient_error(HOST, LISTED, own_too=False))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("(11) 90000-0002", "5511900000002"),
        ("+55 11 90000-0002", "5511900000002"),
        ("11900000002", "11900000002"),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, number: str) -> None:
    assert read_number(text) == number
