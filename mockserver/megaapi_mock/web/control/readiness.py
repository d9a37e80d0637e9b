"""Whether the mock can be used now, which is more than that it answers."""

from __future__ import annotations

from collections.abc import Iterator

from ...runtime import Instances, Records, Start, Webhooks


def hindrances(instances: Instances, webhooks: Webhooks, records: Records) -> Iterator[str]:
    """Why the mock cannot be used now, one sentence each; none where it can.

    The worlds are loaded whenever this is asked: before that, nothing answers.
    """
    if (reason := instances.store.hindrance()) is not None:
        yield reason
    if not _is_free(instances.start):
        yield "a state is being loaded or saved: the mock is ready again in a moment"
    if not webhooks.courier.is_running:
        yield "the courier has ended: webhooks are not sent any more"
    if not instances.timers.is_running:
        yield "the timers are not running: nothing happens by itself, acknowledgements for example"
    if records.journal.is_closed:
        yield "the mock is stopping"


def _is_free(start: Start) -> bool:
    """Whether nobody loads or saves a state; it is not waited for."""
    if not start.loading.acquire(blocking=False):
        return False
    start.loading.release()
    return True
