"""Which messages of an instance have got the webhooks that are sure to come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ...judging.results import Exchange, Webhook
from .assertions import value_at


def sent_ids(answer: Exchange) -> frozenset[str]:
    """The id of the message that a call sent; empty when it sent none."""
    id_ = value_at(answer.json, "messageData", "key", "id")
    return frozenset((id_,) if isinstance(id_, str) else ())


@dataclass(slots=True)
class DueWebhooks:
    """Acknowledgements and echoes that are waited for, and those that need not come."""

    _acknowledged: set[str] = field(default_factory=set)
    _echoed: set[str] = field(default_factory=set)

    def expect_none(self, answer: Exchange) -> None:
        """Nobody need be told of what this call sent."""
        self._acknowledged |= sent_ids(answer)
        self.expect_no_echo(answer)

    def expect_no_echo(self, answer: Exchange) -> None:
        """What this call sent is not echoed, as a deletion is not."""
        self._echoed |= sent_ids(answer)

    def note(self, webhooks: Iterable[Webhook], last_ack: int) -> None:
        """Take what has come; `last_ack` is the status that every message comes to."""
        for one in webhooks:
            id_, status = value_at(one.json, "key", "id"), value_at(one.json, "update", "status")
            if isinstance(id_, str) and status == last_ack:
                self._acknowledged.add(id_)
            elif isinstance(id_, str) and status is None:
                self._echoed.add(id_)

    def are_acknowledged(self, ids: set[str]) -> bool:
        """Whether all of these got their acknowledgement."""
        return ids <= self._acknowledged

    def are_echoed(self, ids: set[str]) -> bool:
        """Whether all of these got their echo."""
        return ids <= self._echoed
