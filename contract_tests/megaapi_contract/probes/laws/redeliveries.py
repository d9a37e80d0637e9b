"""Webhooks that a network brought again, and what may be held of their order and number."""

from __future__ import annotations

from ...judging.results import Promise, Webhook
from ...judging.values import value_at
from ..session import Session

# Nobody has promised it of a way over networks: a redelivery is a finding, never a failure.
OVER_NETWORK = Promise("inferred", "openapi.yaml")
WEBHOOK = "configure_webhook"


def first_deliveries(
    session: Session, webhooks: list[Webhook], *, is_direct: bool
) -> list[Webhook]:
    """These webhooks without those whose very bytes came before: a finding, noted once.

    Another body about the same thing is not a redelivery and stays. Where the way is direct, that
    of a mock whose control API the suite has, only the host delivers again: all of them stay.
    """
    if is_direct:
        return webhooks
    first_numbers: dict[tuple[str, bytes], int] = {}
    for one in session.receiver.webhooks:
        first_numbers.setdefault((one.url, one.body), one.number)
    again = [
        one
        for one in webhooks
        if first_numbers[one.url, one.body] != one.number and _is_of_one_thing(one)
    ]
    session.hold(
        not again, "each webhook is delivered once", promise=OVER_NETWORK,
        webhook=again[0] if again else None, operation=WEBHOOK,
    )  # fmt: skip
    return [one for one in webhooks if one not in again]


def _is_of_one_thing(webhook: Webhook) -> bool:
    """Whether it names what it is about: that somebody is there may be said twice in like words."""
    payload = webhook.json
    return any(value_at(payload, place, "id") is not None for place in ("key", "data"))
