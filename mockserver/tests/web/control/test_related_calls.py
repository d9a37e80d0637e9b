"""Which calls belong to a webhook, by hand-made records: times, chats, and what cannot be known."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from megaapi_mock.domain.contacts import Directory
from megaapi_mock.records.delivery import Attempt, Delivery
from megaapi_mock.records.exchange import Exchange
from megaapi_mock.records.journal import Journal
from megaapi_mock.store import Store
from megaapi_mock.web.control.record_search import RecordSearch
from megaapi_mock.web.control.related_calls import RelatedCalls
from megaapi_mock.webhooks.courier import Courier

KEY = "megacode-TESTKEY0001"
ANA, BIA = "5511900000002", "5511900000003"


class Story:
    """A journal of webhooks and calls in the order they happened."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.under_way: dict[Delivery, Any] = {}
        self.frozen = False

    def webhook(
        self,
        message: str,
        *spans: tuple[float, float],
        chat: str = ANA,
        earlier: float | None = None,
        **fields: Any,
    ) -> Delivery:
        """A message of a contact, with its attempts; `earlier`: one of an earlier start."""
        key = {"remoteJid": f"{chat}@s.whatsapp.net", "fromMe": False, "id": message}
        body = json.dumps({"key": key, "message": {"conversation": "oi"}}).encode()
        number = len(self.journal.deliveries.numbers_and_records()) + 1
        attempts = [Attempt(begin, 200, 0.0, None, (), b"", False, (), (begin, end))
                    for begin, end in spans]  # fmt: skip
        if earlier is not None:
            attempts = [Attempt(earlier, 200, 1000.0, None, (), b"", False)]
        fields.setdefault("state", "delivered")
        delivery = Delivery(f"d{number}.{KEY}", 1.0, KEY, "text-plain", "", "http://a", body, KEY,
                            attempts=attempts, **fields)  # fmt: skip
        self.journal.add_deliveries([delivery])
        return delivery

    def call(
        self, came: float | None, to: str | None = ANA, *, time: float = 1.0, **fields: Any
    ) -> Exchange:
        """A send to somebody; without `to` a call that names no chat."""
        body = b"" if to is None else json.dumps({"messageData": {"to": to}}).encode()
        number = len(self.journal.exchanges.numbers_and_records()) + 1
        given = {"instance": KEY, "request_body": body, "request_headers": [], **fields}
        exchange = Exchange(
            id=f"x{number}", time=time, operation="send_text", method="POST", path="/a",
            came=came, **given,
        )  # fmt: skip
        self.journal.add_exchange(exchange)
        return exchange

    def related(self, delivery: Delivery) -> dict[str, Any]:
        gateway = SimpleNamespace(directory=Directory())
        search = RecordSearch(cast(Store, SimpleNamespace(gateway=gateway)))
        courier = cast(Courier, SimpleNamespace(under_way=self.under_way))
        found = RelatedCalls(self.journal, courier, search, delivery, is_frozen=self.frozen)
        return found.as_json()

    def calls(self, delivery: Delivery) -> list[tuple[str, str]]:
        """Why, and the id, of each call."""
        return [(item["why"], item["exchange"]["id"]) for item in self.related(delivery)["items"]]


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_call_that_names_the_message_is_its(story: Story) -> None:
    story.call(0.5, request_body=b'{"id": "ONE"}')
    one = story.webhook("ONE", (1.0, 2.0))
    story.call(99.0, BIA, request_body=b'{"id": "ONE"}')
    # What came before the webhook was made cannot be caused by it.
    assert story.calls(one) == [("message", "x2")]


def test_a_call_while_the_receiver_answers_is_its(story: Story) -> None:
    one = story.webhook("ONE", (1.0, 2.0))
    for came in (1.0, 2.0, 2.5):
        story.call(came)
    assert story.calls(one) == [("during", "x1"), ("during", "x2"), ("chat", "x3")]


def test_a_call_without_a_chat_belongs_to_what_was_under_way_alone(story: Story) -> None:
    one = story.webhook("ONE", (1.0, 2.0))
    story.call(1.5, None)
    story.call(2.5, None)
    assert story.calls(one) == [("during", "x1")]


def test_calls_to_others_and_of_others_are_not_its(story: Story) -> None:
    one = story.webhook("ONE", (1.0, 2.0))
    story.call(1.5, BIA)
    story.call(1.5, instance="megacode-TESTKEY0002")
    related = story.related(one)
    assert (related["items"], related["unclear"]) == ([], False)


def test_a_later_call_is_given_to_the_latest_webhook_of_its_chat(story: Story) -> None:
    one = story.webhook("ONE", (1.0, 1.1))
    other = story.webhook("OTHER", (1.5, 1.6), chat=BIA)
    two = story.webhook("TWO", (2.0, 2.1))
    story.call(3.0)
    assert story.calls(two) == [("chat", "x1")]
    related = story.related(one)
    # It may as well be the late answer to the first.
    assert (related["items"], related["unclear"], related["until"]) == ([], True, two.id)
    assert story.related(other) == {"items": [], "until": None, "unclear": False, "next": None}


def test_a_call_that_names_the_later_message_is_no_late_answer(story: Story) -> None:
    one = story.webhook("ONE", (1.0, 1.1))
    two = story.webhook("TWO", (2.0, 2.1))
    story.call(3.0, request_body=json.dumps({"to": ANA, "id": "TWO"}).encode())
    assert story.calls(two) == [("message", "x1")]
    assert not story.related(one)["unclear"]


def test_copies_of_a_message_share_its_calls(story: Story) -> None:
    one, copy = story.webhook("ONE", (1.0, 1.1)), story.webhook("ONE", (2.0, 2.1))
    story.call(3.0)
    assert story.calls(one) == story.calls(copy) == [("chat", "x1")]
    assert story.related(one)["until"] is None


def test_what_never_left_causes_nothing(story: Story) -> None:
    refused = story.webhook("ONE", state="refused")
    queued = story.webhook("TWO", state="queued")
    story.call(3.0)
    assert story.calls(refused) == story.calls(queued) == []


def test_an_attempt_under_way_counts_until_now(story: Story) -> None:
    one = story.webhook("ONE", state="queued")
    story.under_way[one] = SimpleNamespace(started=1.0)
    story.call(0.5)
    story.call(9.0)
    assert story.calls(one) == [("during", "x2")]


def test_of_an_earlier_start_the_mocks_own_times_tell(story: Story) -> None:
    one = story.webhook("ONE", earlier=10.0)
    story.call(None, time=10.5)
    story.call(None, time=12.0)
    assert story.calls(one) == [("during", "x1"), ("chat", "x2")]


def test_a_frozen_clock_tells_nothing_of_an_earlier_start(story: Story) -> None:
    story.frozen = True
    one = story.webhook("ONE", earlier=10.0)
    story.call(None, time=10.0)
    assert story.calls(one) == [("chat", "x1")]


def test_times_of_an_earlier_start_with_several_messages_tell_nothing(story: Story) -> None:
    one, two = story.webhook("ONE", earlier=10.0), story.webhook("TWO", earlier=10.0)
    story.call(None, time=10.5)
    assert story.calls(one) == [] and story.calls(two) == [("chat", "x1")]


def test_a_webhook_of_no_chat_has_the_calls_that_name_its_message(story: Story) -> None:
    key = {"remoteJid": f"{ANA}@s.whatsapp.net", "fromMe": True, "id": "OWN"}
    echo = story.webhook("OWN", (1.0, 2.0))
    echo.body = json.dumps({"key": key, "message": {}}).encode()
    story.call(1.5)
    story.call(1.5, request_body=b'{"id": "OWN"}')
    assert story.calls(echo) == [("message", "x2")]


def test_a_webhook_of_nothing_has_what_came_while_it_was_answered(story: Story) -> None:
    connected = story.webhook("ONE", (1.0, 2.0))
    connected.body = b'{"messageType": "connected"}'
    story.call(1.5, None)
    story.call(2.5, None)
    story.call(1.5)
    assert story.calls(connected) == [("during", "x1")]
