"""What every send answers: each rule broken alone is said in its own sentence."""

from __future__ import annotations

import json
from copy import deepcopy
from types import SimpleNamespace
from typing import Any, cast

import pytest
from megaapi_contract.host.host_clock import CLOSE
from megaapi_contract.host.stage import Stage
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Exchange
from megaapi_contract.probes.laws.sent_message import hold_sent
from megaapi_contract.probes.session import Session

from ...made_up import exchange
from ...support import LISTED

CONTRACT, NOW = Contract(), 1_767_225_600
STAGE: Any = SimpleNamespace(phone=True, control_api=lambda *_: {"now": NOW})
GOOD: dict[str, Any] = {
    "error": False,
    "messageData": {
        "key": {"remoteJid": f"{LISTED}@s.whatsapp.net", "fromMe": True, "id": "3EB0" + "0" * 18},
        "message": {"imageMessage": {"caption": "oi", "mimetype": "image/png"}},
        "messageTimestamp": str(NOW),
        "status": "PENDING",
    },
}


class Held:
    """In place of a session: which sentences did not hold."""

    contract = CONTRACT

    def __init__(self) -> None:
        self.broken: list[str] = []

    def hold(self, holds: object, sentence: str, **_: Any) -> bool:
        if not holds:
            self.broken.append(sentence)
        return bool(holds)


def sent(document: Any, status: int = 200, **content: Any) -> tuple[list[str], Any]:
    """What did not hold, and the content."""
    held = Held()
    answer: Exchange = exchange(status=status, body=json.dumps(document).encode())
    message = hold_sent(cast(Session, held), cast(Stage, STAGE), answer, LISTED, **content)
    return held.broken, message


def changed(*path: str, to: Any) -> dict[str, Any]:
    """The good answer with another value there."""
    document = deepcopy(GOOD)
    node = document["messageData"]
    for name in path[:-1]:
        node = node[name]
    node[path[-1]] = to
    return document


def test_a_good_answer_breaks_nothing_and_gives_its_content() -> None:
    assert sent(GOOD, imageMessage={"caption": "oi"}) == ([], GOOD["messageData"]["message"])


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (changed("key", "remoteJid", to=LISTED), "remoteJid is built from `to`"),
        (changed("key", "fromMe", to="true"), "fromMe is true"),
        (changed("key", "id", to="3EB0"), "the id is 3EB0 and 18 hex digits"),
        (changed("key", "id", to="3eb0" + "0" * 18), "the id is 3EB0 and 18 hex digits"),
        (changed("messageTimestamp", to="soon"), "messageTimestamp is the time in seconds"),
        (changed("messageTimestamp", to=NOW * 1000), "messageTimestamp is the time in seconds"),
        (changed("messageTimestamp", to=NOW - CLOSE - 1),
         "messageTimestamp is the time in seconds"),
        (changed("status", to="SENT"), "the status is PENDING"),
        (changed("message", to={"videoMessage": {}}), "the content is imageMessage"),
        (changed("message", "imageMessage", "caption", to="x"),
         "imageMessage.caption is what was sent"),
    ],
)  # fmt: skip
def test_one_rule_that_is_broken_is_said(document: Any, sentence: str) -> None:
    assert sent(document, imageMessage={"caption": "oi"})[0] == [sentence]


def test_what_is_as_good_is_taken() -> None:
    older = changed("key", "id", to="A" * 40)
    assert sent(older)[0] == []
    assert sent(changed("messageTimestamp", to=NOW - CLOSE))[0] == []


@pytest.mark.parametrize(("document", "status"), [(GOOD, 500), ({**GOOD, "error": True}, 200)])
def test_of_a_send_that_failed_nothing_more_is_held(document: Any, status: int) -> None:
    assert sent(document, status) == (["a good send: 200"], {})
