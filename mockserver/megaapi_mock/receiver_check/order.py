"""Whether a bot answers in the order it was written to: pure, over data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from ..records.delivery import Delivery
from .result import FAILED, OPEN, PASSED, Check
from .transcript import ChatTranscript, Inbound


def in_order(chats: Sequence[ChatTranscript], plain: Mapping[Delivery, int]) -> Check:
    """Of two messages the receiver certainly had in this order, the first is answered first."""
    name = "answered_in_order"
    sure_pairs, unknown, wrong = 0, 0, []
    for chat in chats:
        answered_messages = [
            each for each in chat.inbound.values() if each.answers and each.is_accepted
        ]
        # An answer known by its place alone would be in its place whatever it answers.
        sure = [each for each in answered_messages if each.is_answer_certain]
        pairs, late = _out_of_order(sure, plain)
        sure_pairs, unknown = sure_pairs + pairs, unknown + len(answered_messages) - len(sure)
        wrong += late
    if wrong:
        message = f"{len(wrong)} messages were overtaken by answers to later ones"
        return Check(name, FAILED, message, tuple(wrong))
    if not sure_pairs:
        return Check(name, OPEN, _UNTOLD if unknown else _UNORDERED)
    return Check(name, PASSED, "in every chat the answers follow the order of the messages")


_UNORDERED = "no chat has two answered messages whose order is known"
_UNTOLD = "cannot be told: its answers neither quote a message nor repeat a long number of one"


def _out_of_order(
    answered_messages: Sequence[Inbound], plain: Mapping[Delivery, int]
) -> tuple[int, list[str]]:
    """How many messages have a known predecessor, and the ids of those answered too late."""
    by_had = sorted(answered_messages, key=lambda each: each.received_at)
    sure_pairs, wrong, position, latest = 0, set(), 0, (-1, "")
    for each in sorted(answered_messages, key=lambda each: each.first_attempt):
        while position < len(by_had) and by_had[position].received_at <= each.first_attempt:
            latest = max(latest, (by_had[position].answers[0].arrival, by_had[position].id))
            position += 1
        if position:
            sure_pairs += 1
            if latest[0] > each.answers[0].arrival:
                wrong.add(latest[1])
    # While the clock stands still the times say nothing; the line of the untouched still does.
    line = [
        each for each in answered_messages if all(delivery in plain for delivery in each.deliveries)
    ]
    line.sort(key=lambda each: plain[each.deliveries[0]])
    for before, after in pairwise(line):
        sure_pairs += 1
        if before.answers[0].arrival > after.answers[0].arrival:
            wrong.add(before.id)
    return sure_pairs, sorted(wrong)


def plain_order(deliveries: Sequence[Delivery]) -> dict[Delivery, int]:
    """Deliveries without chaos to the first URL: they leave in the order they were recorded."""
    return {
        delivery: number
        for number, delivery in enumerate(deliveries)
        if delivery.chaos is None and delivery.lane == delivery.instance
    }
