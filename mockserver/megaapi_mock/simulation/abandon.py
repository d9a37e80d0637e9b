"""What an instance owes when it is reset, replaced or deleted: none of it is sent any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..web.app import Parts


def abandon(parts: Parts, key: str | None = None) -> None:
    """End everything owed by one instance, or by all, as abandoned.

    An attempt under way may finish, in its old record; nothing that is owed from now on waits for
    it. The caller holds whoever begins anew (`Publisher.at_rest`) until this has returned and the
    new life has begun. In the order of the way out: nothing can pass from one place to the next.
    """
    parts.publisher.abandon(key)
    parts.chaos_dispatcher.clear(key)
    parts.courier.abandon(key)
