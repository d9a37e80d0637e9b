"""Who hears of deliveries and of fault hits; what fails there fails nobody who tells of them."""

from __future__ import annotations

from collections.abc import Callable

from .bugs import Bugs, log_errors_of
from .counts import Counts
from .delivery import Delivery
from .fault_hit import RecordedHit
from .journal import Journal


def delivery_listener(
    journal: Journal,
    counts: Counts,
    on_delivery: Callable[[Delivery], None] | None,
    bugs: Bugs | None = None,
) -> Callable[[Delivery], None]:
    """Counts and records every step of a delivery, then shows it to whoever asked."""
    count = log_errors_of(counts.webhook, "our own bug: a delivery is not counted")
    record = log_errors_of(
        journal.delivery_changed, "our own bug: a delivery is not in the journal"
    )
    show = log_errors_of(on_delivery or _no_listener, "on_delivery failed", bugs)

    def on_change(delivery: Delivery) -> None:
        count(delivery)
        record(delivery)
        show(delivery)

    return on_change


def hit_listener(journal: Journal, counts: Counts) -> Callable[[RecordedHit], None]:
    """Counts and records that a fault hit."""
    count = log_errors_of(counts.fault_hit, "our own bug: a fault hit is not counted")
    record = log_errors_of(journal.add_hit, "our own bug: a fault hit is not in the journal")

    def hit(recorded: RecordedHit) -> None:
        count(recorded.hit)
        record(recorded)

    return hit


def _no_listener(delivery: Delivery) -> None:
    """Nobody is told."""
