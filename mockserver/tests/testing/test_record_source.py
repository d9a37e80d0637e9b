"""Where a test reads what happened to one instance: the lists of the control API."""

from __future__ import annotations

from typing import Any, cast

import pytest
from megaapi_mock.testing.record_source import RecordSource
from megaapi_mock.testing.records import Call, Message, Webhook
from megaapi_mock.testing.waiting import Cursor
from megaapi_mock.web.control.control_client import ControlClient

KEY = "megacode-TESTKEY0001"
ITEMS = [{"id": "d1"}, {"id": "d2"}]


class ControlApi:
    """In place of the control API: the same two records everywhere, and what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def find(self, path: str, **query: Any) -> list[dict[str, Any]]:
        self.asked.append((path, query))
        return ITEMS

    def follow(self, path: str, **query: Any) -> tuple[int, list[dict[str, Any]]]:
        self.asked.append((path, query))
        return 4, ITEMS


@pytest.fixture
def control_api() -> ControlApi:
    return ControlApi()


@pytest.fixture
def source(control_api: ControlApi) -> RecordSource:
    return RecordSource(cast(ControlClient, control_api), KEY, lambda path: b"")


def test_webhooks_and_calls_are_those_of_the_instance(
    control_api: ControlApi, source: RecordSource
) -> None:
    webhooks, calls = source.webhooks(), source.calls()
    assert [type(each) for each in webhooks] == [Webhook, Webhook]
    assert [type(each) for each in calls] == [Call, Call]
    assert control_api.asked == [
        ("/deliveries", {"instance": KEY}), ("/exchanges", {"instance": KEY}),
    ]  # fmt: skip


@pytest.mark.parametrize(("wait", "asked"), [(2.5, 2.5), (0, None)])
def test_a_reader_goes_on_from_its_cursor(
    control_api: ControlApi, source: RecordSource, wait: float, asked: float | None
) -> None:
    read = source.reader("/messages", source.message, direction="in")
    epoch, messages = read(Cursor(7, 3), wait)
    assert epoch == 4 and [type(each) for each in messages] == [Message, Message]
    query = {"instance": KEY, "since": 7, "epoch": 3, "wait": asked, "direction": "in"}
    assert control_api.asked == [("/messages", query)]
