"""Bots on trial where people are met under LIDs: by which address they may answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from megaapi_mock.commands.receiver_trial import run_verdict
from megaapi_mock.receiver_check.result import Verdict
from megaapi_mock.testing import MockServer

from .commands.test_receiver_trial import QUICK, example, outcomes, serving
from .support import KEY, TOKEN

Address = Callable[[dict[str, Any]], str]


def bot(gateway: str, address: Address) -> Any:
    """The careful bot, which writes to the address it reads from a key."""
    kind: Any = example("careful_bot").Bot

    def works(self: Any) -> None:
        for key, message in iter(self.queue.get, None):
            data = {"to": address(key), "text": "Obrigado!", "key": key, "message": message}
            body = json.dumps({"messageData": data}).encode()
            with suppress(HTTPError):
                urlopen(Request(self.url, body, self.headers), timeout=60).close()

    return type("Bot", (kind,), {"work": works})(gateway, KEY, TOKEN)


def to_the_chat(key: dict[str, Any]) -> str:
    return str(key["remoteJid"])


def to_the_number(key: dict[str, Any]) -> str:
    return str(key.get("senderPn", key["remoteJid"]))


def to_the_digits(key: dict[str, Any]) -> str:
    """As many do: whatever stands before the @ is taken for a phone number."""
    jid = str(key["remoteJid"])
    return jid if jid.endswith("@g.us") else jid.partition("@")[0]


@pytest.fixture(params=["lid", "mixed"])
def mock(request: pytest.FixtureRequest) -> Iterator[MockServer]:
    with MockServer(switches={"addressing": request.param}) as server:
        yield server


def tried(
    mock: MockServer, address: Address, event: str | None, *, patience: float = 20.0
) -> Verdict:
    # A bot is slow where its machine is: its time is spent only where an answer is missing.
    terms = replace(QUICK, patience=patience, limit=250.0)
    with serving(bot(mock.url, address)) as receiver:
        return run_verdict(mock.url, receiver, seed=3, instance=KEY, event=event, terms=terms)


@pytest.mark.parametrize("event", ["text-plain", None])
@pytest.mark.parametrize("address", [to_the_chat, to_the_number])
def test_an_answer_to_the_lid_or_to_the_number_is_one(
    mock: MockServer, address: Address, event: str | None
) -> None:
    verdict = tried(mock, address, event)
    assert verdict.passed, verdict.as_table()
    assert verdict.figures["answers"] >= verdict.figures["inbound"] / 2


def test_who_takes_the_digits_of_a_lid_for_a_number_fails(mock: MockServer) -> None:
    for patience in (2.0, 20.0):
        verdict = tried(mock, to_the_digits, "text-plain", patience=patience)
        found = outcomes(verdict)
        if found["sends_accepted"] == "failed":
            break
    assert (verdict.passed, found["sends_accepted"]) == (False, "failed"), verdict.as_table()
    assert "has no WhatsApp account" in verdict.as_table()
