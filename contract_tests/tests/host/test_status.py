"""The state of an instance, read from every form in which hosts report it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_contract.host.status import EMPTY, FORM_2022, LIST, NONE, OBJECT, Status, read_status

from ..made_up import exchange

KEY = "megacode-TESTKEY0001"
USER = {"id": "5511900000001:7@s.whatsapp.net"}


def status_of(document: Any, status: int = 200) -> Status:
    body = json.dumps(document).encode()
    return read_status(exchange(operation="instance_status", status=status, body=body))


@pytest.mark.parametrize(
    ("document", "form", "state", "connected"),
    [
        ({"instance": {"key": KEY, "status": "connected"}}, OBJECT, "connected", True),
        ({"instance": {"key": KEY, "status": "connecting"}}, OBJECT, "connecting", False),
        ([{"instance": {"status": "connected"}}], LIST, "connected", True),
        ([{"instance": {"status": "disconnected"}}], LIST, "disconnected", False),
        ({"instance": {"key": KEY, "user": USER}}, FORM_2022, "connected", True),
        ({"instance": {"key": KEY}}, FORM_2022, "disconnected", False),
    ],
)
def test_state_is_read_from_each_form(
    document: Any, form: str, state: str, connected: bool
) -> None:
    status = status_of(document)
    assert (status.form, status.state, status.connected) == (form, state, connected)


@pytest.mark.parametrize(
    "document",
    [
        None, 5, "connected", {}, [], {"instance": []}, {"instance": {}}, [5], [{"instance": 5}],
        [{"instance": {"status": "connected"}}, {"instance": {"status": "connected"}}],
        {"instance": {"key": KEY, "status": None}}, {"instance": {"key": KEY, "status": 1}},
        {"instance": {"key": 5}}, [{"instance": {"status": 5}}],
    ],
)  # fmt: skip
def test_other_documents_say_nothing(document: Any) -> None:
    status = status_of(document)
    assert status == Status(NONE) and not status.connected


def test_empty_body_of_a_200_alone_is_disconnected() -> None:
    assert read_status(exchange(status=200, body=b"")) == Status(EMPTY, "disconnected")
    assert read_status(exchange(status=500, body=b"")) == Status(NONE)


@pytest.mark.parametrize(
    ("user", "number"),
    [
        (USER, "5511900000001"),
        ({"id": "5511900000001@s.whatsapp.net"}, "5511900000001"),
        ({"id": "test.person@lid"}, ""),
        ({"id": 5511900000001}, ""),
        ({}, ""),
        ("5511900000001", ""),
        (None, ""),
    ],
)
def test_number_is_read_from_the_user_alone(user: Any, number: str) -> None:
    status = status_of({"instance": {"key": KEY, "status": "connected", "user": user}})
    assert status.number == number


def test_user_that_is_null_differs_from_a_missing_one() -> None:
    assert status_of({"instance": {"key": KEY, "status": "connected", "user": None}}).user == ""
    assert status_of({"instance": {"key": KEY, "status": "connected"}}).user is None
