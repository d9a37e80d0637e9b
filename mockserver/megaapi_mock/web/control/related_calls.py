"""Which calls a receiver probably made because of a webhook, and whether that can be known."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

from ...records.delivery import Delivery
from ...records.exchange import Exchange
from ...records.log import RecordQueries
from ...webhooks.courier import Courier
from .record_search import RecordSearch, is_inbound, message_named, names_message

Json = dict[str, Any]


class RelatedCalls:
    """The calls of one webhook, judged by when each webhook of its chat was under way.

    The machine's own clock tells that: the mock's may stand still or be moved. Records of an
    earlier start have only the mock's.
    """

    def __init__(
        self,
        records: RecordQueries,
        courier: Courier,
        search: RecordSearch,
        delivery: Delivery,
        *,
        is_frozen: bool,
    ) -> None:
        self._records, self._under_way = records, courier.under_way
        self._is_frozen = is_frozen
        self._search, self._delivery = search, delivery
        self._message = message_named(delivery)
        self._chat = search.chat_named(delivery) if is_inbound(delivery) else None
        # The webhooks that tell of something in its chat, as they left.
        self._webhooks = sorted(self._of_chat(), key=self._departure)

    def as_json(self) -> Json:
        """The calls, the webhook with which its time ends, and whether later calls may be its."""
        items, is_unclear = [], False
        for exchange in self._later_calls():
            chats = self._search.chats_named(exchange)
            why = self._relation(exchange, chats)
            if why is not None:
                items.append({"why": why, "exchange": exchange.as_json()})
            elif self._chat in chats and self._may_be_late(exchange):
                is_unclear = True
        until = self._next()
        return {
            "items": items,
            "until": None if until is None else until.id,
            "unclear": is_unclear,
            "next": None,
        }

    def _later_calls(self) -> Iterator[Exchange]:
        exchanges = self._records.exchanges
        begin = self._records.deliveries.number(self._delivery.id)
        for exchange in exchanges.after(None, self._delivery.instance):
            if exchanges.number(exchange.id) > begin:
                yield exchange

    def _of_chat(self) -> Iterator[Delivery]:
        if self._chat is None:
            return
        for delivery in self._records.deliveries.after(None, self._delivery.instance):
            if is_inbound(delivery) and self._search.chat_named(delivery) == self._chat:
                yield delivery

    def _relation(self, exchange: Exchange, chats: frozenset[str]) -> str | None:
        """Why the call is thought to belong to the webhook; None where it is not."""
        if self._message is not None and names_message(exchange, self._message):
            return "message"
        if not chats:
            return "during" if self._covers(self._delivery, exchange) else None
        if self._chat not in chats:
            return None
        answered = [webhook for webhook in self._webhooks if self._covers(webhook, exchange)]
        if answered and self._are_distinct(answered):
            return "during" if self._delivery in answered else None
        return "chat" if self._delivery in self._latest(exchange) else None

    def _are_distinct(self, answered: list[Delivery]) -> bool:
        """Times of an earlier start that cover several messages say nothing: time stood still."""
        if any(self._spans(delivery) for delivery in answered):
            return True
        return len({message_named(delivery) for delivery in answered}) == 1

    def _latest(self, exchange: Exchange) -> list[Delivery]:
        """What had left last before the call: one webhook, or several of the same message."""
        sent_before = [webhook for webhook in self._webhooks if self._had_left(webhook, exchange)]
        latest: list[Delivery] = []
        while sent_before and (
            not latest or message_named(sent_before[-1]) == message_named(latest[0])
        ):
            latest.append(sent_before.pop())
        return latest

    def _may_be_late(self, exchange: Exchange) -> bool:
        """Whether a call given to a later message may as well be the late answer to this one."""
        others = {message_named(webhook) for webhook in self._webhooks} - {self._message, None}
        return self._had_left(self._delivery, exchange) and not any(
            names_message(exchange, message) for message in others if message is not None
        )

    def _next(self) -> Delivery | None:
        """The next webhook of the chat that tells of another message."""
        if self._delivery not in self._webhooks:
            return None
        for later in self._webhooks[self._webhooks.index(self._delivery) + 1 :]:
            if message_named(later) != self._message:
                return later
        return None

    def _spans(self, delivery: Delivery) -> list[tuple[float, float]]:
        """When its attempts began and ended, also the one that is being made."""
        spans = [attempt.span for attempt in delivery.attempts if attempt.span is not None]
        attempt = self._under_way.get(delivery)
        return spans if attempt is None else [*spans, (attempt.started, inf)]

    def _departure(self, delivery: Delivery) -> tuple[float, int]:
        """What orders webhooks: those of an earlier start first, what has not left yet last."""
        spans = self._spans(delivery)
        begin = spans[0][0] if spans else -inf if delivery.attempts else inf
        return begin, self._records.deliveries.number(delivery.id)

    def _had_left(self, delivery: Delivery, exchange: Exchange) -> bool:
        if delivery.state == "refused":
            return False
        begin, number = self._departure(delivery)
        if exchange.came is not None:
            return begin <= exchange.came
        return begin == -inf and number < self._records.exchanges.number(exchange.id)

    def _covers(self, delivery: Delivery, exchange: Exchange) -> bool:
        """Whether the call came while the receiver was answering this webhook."""
        if exchange.came is not None:
            return any(begin <= exchange.came <= end for begin, end in self._spans(delivery))
        # On a frozen clock everything happens at one time, which says nothing.
        return not self._is_frozen and any(
            attempt.span is None
            and attempt.time <= exchange.time <= attempt.time + attempt.duration_ms / 1000
            for attempt in delivery.attempts
        )
