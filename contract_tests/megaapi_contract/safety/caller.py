"""A probe's session as what restores an instance uses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..host.host_instance import HostInstance
from ..host.webhook_receiver import Receiver
from ..judging.contract import Contract
from ..judging.results import Exchange, Promise
from .gate import Gate
from .restore_file import Undo


class Caller(Protocol):
    """A probe's session as the restorer uses it."""

    contract: Contract
    gate: Gate
    receiver: Receiver

    def call(
        self,
        operation_id: str,
        instance: HostInstance,
        *,
        body: Any = None,
        query: Mapping[str, str] | None = None,
    ) -> Exchange:
        """One operation of one instance."""

    def hold(
        self, holds: object, sentence: str, *, promise: Promise, exchange: Exchange | None = None
    ) -> bool:
        """Note a broken rule of behaviour unless `holds`; whether it did."""

    def discard_undo(self, step: Undo | None) -> None:
        """Discard an undo step that is not needed any more."""
