"""Whose token a request carried, in every way it can be sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_contract.judging.contract import Contract
from megaapi_contract.redaction.placeholders import Private
from megaapi_contract.redaction.redaction import Redaction
from megaapi_contract.redaction.token_owners import Owners, new_token
from megaapi_contract.redaction.vocabulary import Vocabulary
from megaapi_contract.safety.fence import WRONG_TOKEN

from ..made_up import exchange

KEY, TOKEN, OTHER, OTHERS = "K1", "TESTKEY-own-1", "K2", "TESTKEY-other-2"
PRIVATE = Private(key=KEY, token=TOKEN, tokens={OTHER: OTHERS})


@pytest.mark.parametrize(
    ("key", "value", "scheme", "token", "owner"),
    [
        (KEY, f"Bearer {TOKEN}", "Bearer ", TOKEN, "own"),
        (KEY, f"basic {TOKEN}", "basic ", TOKEN, "own"),
        (KEY, TOKEN, "", TOKEN, "own"),
        (KEY, f"Bearer {OTHERS}", "Bearer ", OTHERS, "another"),
        (OTHER, f"Bearer {TOKEN}", "Bearer ", TOKEN, "another"),
        (OTHER, f"Bearer {OTHERS}", "Bearer ", OTHERS, "own"),
        ("nobody's", f"Bearer {TOKEN}", "Bearer ", TOKEN, "own"),
        (KEY, f"Bearer {WRONG_TOKEN}", "Bearer ", WRONG_TOKEN, "wrong"),
        (KEY, "Bearer unheardOf", "Bearer ", "unheardOf", "nobody's"),
        (KEY, "Bearer ", "Bearer ", "", "none"),
        (KEY, "", "", "", "none"),
        # Any other word before a token is somebody's secret as much as the token.
        (KEY, f"Secret {TOKEN}", "", f"Secret {TOKEN}", "nobody's"),
    ],
)
def test_the_owner_of_a_token_is_read_from_the_request(
    key: str, value: str, scheme: str, token: str, owner: str
) -> None:
    credentials = Owners(PRIVATE).credentials_of(key, value)
    assert (credentials.scheme, credentials.token, credentials.owner) == (scheme, token, owner)


def test_only_instances_of_the_run_are_known() -> None:
    owners = Owners(PRIVATE)
    assert owners.knows(KEY) and owners.knows(OTHER) and not owners.knows("K3")
    assert not Owners(Private(key=KEY)).knows(KEY)


def changing(body: Any, operation: str = "change_token") -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return exchange(operation=operation, request_body=raw)


def test_a_token_that_was_set_is_the_instances_own_from_then_on() -> None:
    owners = Owners(PRIVATE)
    change = changing({"messageData": {"token": "TESTKEY-new-3"}})
    assert owners.credentials_of(KEY, "Bearer TESTKEY-new-3").owner == "nobody's"
    owners.learn("K3", change)
    assert owners.credentials_of(KEY, "Bearer TESTKEY-new-3").owner == "nobody's"
    owners.learn(KEY, change)
    assert owners.credentials_of(KEY, "Bearer TESTKEY-new-3").owner == "own"
    assert owners.credentials_of(KEY, f"Bearer {TOKEN}").owner == "own"
    assert owners.credentials_of(OTHER, "Bearer TESTKEY-new-3").owner == "another"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", [], {}, {"messageData": None}, {"messageData": {}}, {"messageData": {"token": 7}}],
)
def test_a_request_that_sets_no_token_sets_none(body: Any) -> None:
    assert new_token(changing(body)) == ""
    assert new_token(changing({"messageData": {"token": "T"}}, "send_text")) == ""
    assert new_token(changing({"messageData": {"token": "T"}})) == "T"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"Bearer {TOKEN}", "Bearer <token>"),
        (f"Bearer {OTHERS}", "Bearer <token 1, not its own>"),
        ("Bearer unheardOf", "Bearer <token 1, not its own>"),
        (f"Bearer {WRONG_TOKEN}", f"Bearer {WRONG_TOKEN}"),
        ("Bearer ", "Bearer "),
        (f"Secret {TOKEN}", "<credentials 1>"),
        ("", ""),
    ],
)
def test_a_header_says_whose_token_it_held_and_not_which(
    value: str, expected: str, contract: Contract, vocabulary: Vocabulary
) -> None:
    redaction = Redaction(contract, PRIVATE, vocabulary=vocabulary)
    assert redaction.headers([("Authorization", value)], KEY) == (("Authorization", expected),)
