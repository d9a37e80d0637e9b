"""Bodies of an earlier year are good ones for a host that answers as in that year, and no other."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Exchange
from megaapi_contract.probes.former_bodies import is_former_body

CONTRACT = Contract()
OF_2022 = {"messageData": {"message": {"buttonsMessage": {}}}}
TODAYS = {"messageData": {"message": {"interactiveMessage": {}}}}
TITLES: list[Any] = [{"title": "Sim"}, {"type": "reply", "title": "Não"}]


def exchange(answer: Any, operation: str = "send_buttons", **data: Any) -> Exchange:
    body = {"messageData": {"to": "5511900000002", "text": "Confirma?", **data}}
    sent, answered = (json.dumps(each).encode() for each in (body, answer))
    return Exchange(
        1, operation, "POST", "http://127.0.0.1:9/", (), sent, 200, (), answered, 0.0, 0.0
    )


def test_a_button_of_2022_is_a_title_alone() -> None:
    assert is_former_body(CONTRACT, exchange(OF_2022, buttons=TITLES))


@pytest.mark.parametrize(
    "bad",
    [
        exchange(TODAYS, buttons=TITLES),
        exchange({}, buttons=TITLES),
        exchange(OF_2022, operation="send_text", buttons=TITLES),
        exchange(OF_2022, buttons=[{}]),
        exchange(OF_2022, buttons=[{"title": 5}]),
        exchange(OF_2022, buttons=[{"type": "url", "title": "Sim"}]),
        exchange(OF_2022, buttons="Sim"),
        exchange(OF_2022),
        exchange(OF_2022, to=5, buttons=TITLES),
    ],
)
def test_what_was_never_a_good_body_is_none(bad: Exchange) -> None:
    assert not is_former_body(CONTRACT, bad)
