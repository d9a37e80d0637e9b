"""Wherever a call names a file, a host that fetches it is given one of the run's own."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from megaapi_contract.host.place import Place
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.judge import Judge
from megaapi_contract.safety.gate import Gate
from megaapi_contract.session import PICTURE_URL, Session

from .support import KEY, LISTED, TOKEN

OWN = "http://127.0.0.1:9/own.png"


@pytest.fixture
def session() -> Iterator[Session]:
    target, contract = MockTarget(), Contract()
    gate, judge = Gate(target, contract), Judge(contract, mock=True)
    yield Session(contract, gate, judge, target.receiver, (), 1, media_url=OWN)
    target.close()


@pytest.mark.parametrize("field", ["url", "mediaUrl"])
def test_every_field_that_names_a_file_names_that_one(session: Session, field: str) -> None:
    buttons = [{"type": "reply", "title": "Sim", "id": "sim"}]
    data = {"to": LISTED, "text": "Gostou?", "type": "image", "buttons": buttons}
    body = {"messageData": {**data, field: PICTURE_URL}}
    exchange = session.call("send_buttons", Place(KEY, TOKEN), body=body)
    sent_data = json.loads(exchange.request_body)["messageData"]
    assert sent_data == {**data, field: OWN}
