"""Ends the queued webhooks of an instance that is reset, replaced or deleted."""

from __future__ import annotations

from ..runtime import Runtime


def abandon(runtime: Runtime, key: str | None = None) -> None:
    """End all queued webhooks of one instance, or of all, as abandoned; forget what it was before.

    An attempt under way may finish, in its old record; nothing that is owed from now on waits for
    it. The caller holds whoever begins anew (`Publisher.at_rest`) until this has returned and the
    new life has begun. In the order of the way out: nothing can pass from one place to the next.
    """
    end_queued(runtime, key)
    runtime.points.forget(key)


def end_queued(runtime: Runtime, key: str | None) -> None:
    """The same, but that it can still go back to what it was before."""
    runtime.publisher.abandon(key)
    runtime.chaos_dispatcher.clear(key)
    runtime.courier.abandon(key)
