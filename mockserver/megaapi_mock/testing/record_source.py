"""Where a test reads what happened to one instance: the lists of the control API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from ..errors.frames import between_test_and_refusal
from ..web.control.control_client import ControlClient
from .records import Call, Fetch, Message, Webhook
from .waiting import Cursor

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]
R = TypeVar("R")
# Reads the records after a cursor, waiting so many seconds for the first; with their epoch.
Read = Callable[[Cursor, float], tuple[int, list[R]]]


@dataclass(frozen=True)
class RecordSource:
    """The records of the instance `key`; `fetch` gets the bytes of a file in one of them."""

    control_api: ControlClient
    key: str
    fetch: Fetch

    def webhooks(self) -> list[Webhook]:
        """Every webhook there is now."""
        return self._all_records("/deliveries", self.webhook)

    def calls(self) -> list[Call]:
        """Every call there is now."""
        return self._all_records("/exchanges", Call)

    def webhook(self, item: Json) -> Webhook:
        """The webhook that the control API shows as this."""
        return Webhook(item, self.fetch)

    def message(self, item: Json) -> Message:
        """The message that the control API shows as this."""
        return Message(item, self.fetch)

    def reader(self, path: str, record: Callable[[Json], R], **query: Any) -> Read[R]:
        """A function that reads one of the lists from a cursor on."""

        def read_page(cursor: Cursor, wait: float) -> tuple[int, list[R]]:
            place = {"since": cursor.last, "epoch": cursor.epoch, "wait": wait or None}
            epoch, items = self.control_api.follow(path, instance=self.key, **place, **query)
            return epoch, [record(item) for item in items]

        return read_page

    def _all_records(self, path: str, record: Callable[[Json], R]) -> list[R]:
        return [record(item) for item in self.control_api.find(path, instance=self.key)]
