"""What is looked up of an operation once: whom a call is for, and whether it only reads."""

from __future__ import annotations

from typing import Any, cast

import pytest
from megaapi_mock.handlers.call import Call, operation
from megaapi_mock.profile import default_profile
from megaapi_mock.spec.operations import Operation
from megaapi_mock.spec.validate import Validators
from megaapi_mock.web.gateway.endpoint import Endpoint, endpoints


class Checks:
    """In place of validators."""

    def body_check(self, _: Operation) -> Any:
        return str.isdigit

    def reply_checks(self, _: Operation) -> Any:
        return {200: str.isalpha}


@operation()
def plain(call: Call) -> Any:
    """Does nothing."""


@operation(changes=lambda instance: False)
def changing(call: Call) -> Any:
    """Reads, and changes something all the same."""


def made(handler: Any = plain, **definition: Any) -> Endpoint:
    fields = {"x-effect": "reads", "x-requires-connection": True, **definition}
    asked = Operation("it", "room", "POST", "/a/{instance_key}", "paths/it.yaml", fields)
    handlers = {"room/it": handler}
    checks = cast(Validators, Checks())
    return endpoints((asked,), handlers, checks, default_profile())["it"]


@pytest.mark.parametrize(
    ("place", "given", "recipient", "asks_query"),
    [
        ("messageData.to", {"messageData": {"to": "x"}}, "x", False),
        ("query.to", {"to": "y"}, "y", True),
    ],
)
def test_a_call_says_whom_it_is_for(
    place: str, given: Any, recipient: str, asks_query: bool
) -> None:
    endpoint = made(**{"x-recipient": place})
    assert endpoint.recipient is not None
    assert (endpoint.recipient(given), endpoint.asks_query) == (recipient, asks_query)
    with pytest.raises(LookupError):
        endpoint.recipient({})
    with pytest.raises(TypeError):
        endpoint.recipient(None)


def test_an_operation_for_nobody_has_no_recipient() -> None:
    assert made().recipient is None and not made().asks_query


@pytest.mark.parametrize(
    ("handler", "effect", "reads"),
    [(plain, "reads", True), (plain, "sends", False), (changing, "reads", True)],
)
def test_only_what_changes_nothing_reads(handler: Any, effect: str, reads: bool) -> None:
    assert made(handler, **{"x-effect": effect}).reads == reads


def test_what_the_contract_says_is_at_hand() -> None:
    endpoint = made(**{"x-scope": "host"})
    assert (endpoint.address, endpoint.needs_connection, endpoint.is_of_host) == (
        "room/it", True, True,
    )  # fmt: skip
    assert endpoint.fits is not None and endpoint.fits("7") and endpoint.reply_fits[200]("a")
    assert endpoint.handler is plain


def test_an_endpoint_is_made_at_the_first_call_and_kept() -> None:
    fields = {"x-effect": "reads", "x-requires-connection": True}
    asked = Operation("it", "room", "POST", "/a/{instance_key}", "paths/it.yaml", fields)
    checks = cast(Validators, Checks())
    table = endpoints((asked,), {"room/it": plain}, checks, default_profile())
    assert len(table) == 0
    assert table["it"] is table["it"]
    assert len(table) == 1
    with pytest.raises(KeyError):
        table["other"]


def test_what_an_operation_lacks_is_found_at_the_start() -> None:
    asked = Operation("it", "room", "POST", "/a/{instance_key}", "paths/it.yaml", {})
    checks = cast(Validators, Checks())
    with pytest.raises(KeyError, match="room/it"):
        endpoints((asked,), {}, checks, default_profile())
    with pytest.raises(KeyError, match="x-requires-connection"):
        endpoints((asked,), {"room/it": plain}, checks, default_profile())
