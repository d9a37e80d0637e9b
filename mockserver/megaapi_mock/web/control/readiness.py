"""Whether the mock can be used now, which is more than that it answers."""

from __future__ import annotations

from collections.abc import Iterator

from ...runtime import Runtime


def hindrances(runtime: Runtime) -> Iterator[str]:
    """Why the mock cannot be used now, one sentence each; none where it can.

    The worlds are loaded whenever this is asked: before that, nothing answers.
    """
    if (reason := runtime.store.hindrance()) is not None:
        yield reason
    if not _is_free(runtime):
        yield "a state is being loaded or saved: it is ready again in a moment"
    if not runtime.courier.is_running:
        yield "the courier has ended: webhooks are not sent any more"
    if not runtime.timers.is_running:
        yield "the timers are not running: nothing happens by itself, acknowledgements for example"
    if runtime.journal.is_closed:
        yield "the mock is stopping"


def _is_free(runtime: Runtime) -> bool:
    """Whether nobody loads or saves a state; it is not waited for."""
    if not runtime.loading.acquire(blocking=False):
        return False
    runtime.loading.release()
    return True
