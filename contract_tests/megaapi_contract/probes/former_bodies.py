"""Bodies that today's contract forbids, and a host of an earlier year takes as good ones."""

from __future__ import annotations

from typing import Any

from megaapi_mock.spec.operations import Operation

from ..host.forms import settled_form
from ..judging.contract import Contract
from ..judging.results import Exchange, read_json


def is_former_body(contract: Contract, exchange: Exchange) -> bool:
    """Whether a success shows a form of before, and the body that it answers is a good one of it.

    In 2022 a button was a title alone (switch buttons_form).
    """
    operation = contract.by_id.get(str(exchange.operation))
    if operation is None:
        return False
    if settled_form(operation.id, exchange.json) != ("buttons_form", "2022"):
        return False
    body = _with_button_types(read_json(exchange.request_body))
    return bool(contract.compiler.compile(_schema(operation)).is_valid(body))


def _schema(operation: Operation) -> Any:
    return operation.definition["requestBody"]["content"]["application/json"]["schema"]


def _with_button_types(body: Any) -> Any:
    data = body.get("messageData") if isinstance(body, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("buttons"), list):
        return body
    typed = [
        {"type": "reply", **each} if isinstance(each, dict) else each for each in data["buttons"]
    ]
    return {**body, "messageData": {**data, "buttons": typed}}
